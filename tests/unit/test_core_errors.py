"""What errors say of themselves."""

from __future__ import annotations

from spot_failover.core.errors import AccessDeniedError, SpotFailoverError


def test_an_error_is_of_one_service_unless_its_account_lets_nobody_in() -> None:
    assert not SpotFailoverError("throttled").whole_account
    assert not AccessDeniedError("ecs:UpdateService is denied").whole_account
