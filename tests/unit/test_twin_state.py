"""What is remembered of a twin, and for how long."""

from __future__ import annotations

from datetime import timedelta

from spot_failover.core.reason import Reason
from spot_failover.core.twin_state import TwinState
from tests.doubles.builders import WEB
from tests.doubles.clock import START

AT_WORK = TwinState(WEB, twin="web-on-demand", wanted=3, due_at=START)


def test_alerts_are_told_again_after_an_hour() -> None:
    state = TwinState(WEB).telling(Reason.TWIN_UNUSABLE, START)
    assert state.expires_at == START + timedelta(days=1)
    assert not state.may_tell(Reason.TWIN_UNUSABLE, START + timedelta(minutes=59))
    assert state.may_tell(Reason.FALLBACK_SHORT, START)
    later = START + timedelta(hours=1)
    assert state.may_tell(Reason.TWIN_UNUSABLE, later)
    assert state.telling(Reason.FALLBACK_SHORT, later).told == {"FALLBACK_SHORT": later}
    assert AT_WORK.telling(Reason.TWIN_UNUSABLE, START).expires_at is None
