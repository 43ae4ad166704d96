"""The restore profiles, and single values over them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from spot_failover.core.policy import RestorePolicy
from spot_failover.core.policy_parser import parse_policy
from spot_failover.core.profiles import PROFILES, Profile
from tests.unit.policy_text import policy_object

MINUTE = timedelta(minutes=1)


def chosen(**restore: object) -> RestorePolicy:
    """The policy of a setting that names nothing else about restores."""
    policy = policy_object() | {"restore": {"allow_disruption": False, **restore}}
    return parse_policy(json.dumps(policy)).restore


def test_balanced_tries_soon_and_waits_long() -> None:
    balanced = PROFILES[Profile.BALANCED]
    assert (balanced.initial_delay, balanced.factor, balanced.max_delay) == (10 * MINUTE, 2.0, 60 * MINUTE)
    assert (balanced.patience, balanced.stable_for, balanced.max_per_day) == (360 * MINUTE, 60 * MINUTE, 48)


def test_cheapest_is_back_on_spot_sooner_and_calm_makes_fewer_deployments() -> None:
    cheapest, balanced, calm = (PROFILES[Profile(name)] for name in ("cheapest", "balanced", "calm"))
    for sooner, later in ((cheapest, balanced), (balanced, calm)):
        assert sooner.initial_delay < later.initial_delay
        assert sooner.max_delay < later.max_delay
        assert sooner.factor <= later.factor
        assert sooner.patience <= later.patience
        assert sooner.max_per_day > later.max_per_day


@pytest.mark.parametrize("profile", list(Profile))
def test_a_profile_alone_chooses_everything(profile: Profile) -> None:
    assert chosen(profile=profile) == PROFILES[profile]
    assert PROFILES[profile].max_delay >= PROFILES[profile].initial_delay


@pytest.mark.parametrize(
    ("key", "value", "name", "read"),
    [
        ("initial_delay_minutes", 7, "initial_delay", 7 * MINUTE),
        ("factor", 3, "factor", 3.0),
        ("max_delay_minutes", 90, "max_delay", 90 * MINUTE),
        ("patience_minutes", 33, "patience", 33 * MINUTE),
        ("stable_for_minutes", 34, "stable_for", 34 * MINUTE),
        ("max_per_day", 5, "max_per_day", 5),
        ("max_proving", 2, "max_proving", 2),
        ("max_postpone_minutes", 0, "max_postpone", timedelta()),
    ],
)
def test_each_value_can_still_be_given_and_the_others_stay_the_profile_s(
    key: str, value: object, name: str, read: object
) -> None:
    given = chosen(profile="calm", **{key: value})
    calm = PROFILES[Profile.CALM]
    fields = [field for field in vars(calm) if field != name]
    assert getattr(given, name) == read
    assert [getattr(given, field) for field in fields] == [getattr(calm, field) for field in fields]
    assert chosen(profile="calm", **{key: None}) == calm


def test_a_delay_over_the_profile_s_maximum_is_refused() -> None:
    with pytest.raises(Exception, match=r"POLICY\.restore\.max_delay_minutes: .* initial_delay_minutes"):
        chosen(profile="cheapest", initial_delay_minutes=16)


def test_the_numbers_of_the_profiles() -> None:
    cheapest, calm = PROFILES[Profile.CHEAPEST], PROFILES[Profile.CALM]
    assert (cheapest.initial_delay, cheapest.factor, cheapest.max_delay) == (2 * MINUTE, 1.5, 15 * MINUTE)
    assert (cheapest.patience, cheapest.max_per_day) == (240 * MINUTE, 96)
    assert (calm.initial_delay, calm.factor, calm.max_delay) == (60 * MINUTE, 2.0, 240 * MINUTE)
    assert (calm.patience, calm.max_per_day) == (360 * MINUTE, 8)
