"""Twins that can't be used: one alert an hour, and nothing is scaled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from spot_failover.core.policy import Mode, Policy, TwinPolicy
from tests.doubles.builders import API, MIXED, ON_DEMAND, WEB, failure
from tests.doubles.twin_story import TWIN_POLICY, Story, twin, twin_of

TWIN = twin_of(WEB)
Change = Callable[[Story], object]


def alerts(story: Story) -> list[tuple[str, str]]:
    """(action, reason) of what a person was told."""
    return [line for line in story.installation.told.lines if "alert" in line[0]]


def short(*changes: Change, policy: Policy = TWIN_POLICY) -> Story:
    """Short of Spot, with something wrong; what ECS told is still to be delivered."""
    story = Story(policy=policy)
    for change in changes:
        change(story)
    story.world.lose(WEB)
    return story


def put(**changes: object) -> Change:
    return lambda story: story.world.live.update({TWIN: replace(twin(), **changes)})  # type: ignore[arg-type]


def names_itself(story: Story) -> None:
    tags = {**story.world.live[WEB].tags, "spot-failover:twin": "web"}
    story.world.live[WEB] = replace(story.world.live[WEB], tags=tags)


def names_none(story: Story) -> None:
    story.world.live[WEB] = replace(story.world.live[WEB], tags={"spot-failover:method": "failover_service"})


WRONG: dict[str, tuple[Change, str]] = {
    "missing": (lambda story: story.world.live.pop(TWIN), "cluster shop has no active service web-on-demand"),
    "gone": (put(status="INACTIVE"), "has no active service web-on-demand"),
    "in another cluster": (
        lambda story: story.world.live.update({replace(TWIN, cluster="other"): story.world.live.pop(TWIN)}),
        "has no active service",
    ),
    "not tagged": (put(tags={}), "spot-failover:twin of web-on-demand is '', not 'web'"),
    "another's": (put(tags={"spot-failover:twin": "api"}), "is 'api', not 'web': a twin has one primary"),
    "other target groups": (put(target_groups=frozenset({"tg/other"})), "web-on-demand is in tg/other, web in arn:"),
    "no target groups": (put(target_groups=frozenset()), "web-on-demand is in no target group"),
    "on Spot": (put(strategy=MIXED), "runs on Spot itself (FARGATE_SPOT)"),
    "a daemon": (put(scheduling="DAEMON"), "is DAEMON with controller ECS"),
    "another controller": (put(controller="EXTERNAL"), "is REPLICA with controller EXTERNAL"),
    "autoscaled": (lambda story: story.installation.autoscaling.targets.add(TWIN), "is a scalable target"),
    "its own": (names_itself, "names itself as its twin"),
    "none named": (names_none, "tag web with spot-failover:twin"),
    "no right to look": (
        lambda story: setattr(story.installation.autoscaling, "denied", True),
        "failover_service has to be on where the account is onboarded: scaled for service web-on-demand",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_twin_that_cannot_be_used_is_told_and_left_alone(wrong: str) -> None:
    change, note = WRONG[wrong]
    story = short(change)
    assert not any(story.deliver())
    assert story.counts == []
    assert story.world.updates == []
    [told] = [one for one in story.installation.told.outcomes if one.action == "alert"]
    assert str(told.decision.reason) == "TWIN_UNUSABLE"
    assert note in told.decision.note


def test_a_method_that_is_not_switched_on() -> None:
    story = short(policy=Policy(twin=TwinPolicy(enabled=False)))
    story.deliver()
    assert alerts(story) == [("alert", "TWIN_UNUSABLE")]
    assert "failover_service.enabled is false" in story.installation.told.outcomes[0].decision.note
    assert story.world.updates == []


def test_a_hundred_events_about_a_wrong_name_are_one_alert_an_hour() -> None:
    story = short(put(tags={}))
    story.world.fetch()
    for number in range(100):
        story.installation.clock.advance(seconds=30)
        now = story.installation.clock.now()
        story.send([failure(time=now, event_id=f"failure-{number}")])
    assert alerts(story) == [("alert", "TWIN_UNUSABLE")]
    assert story.reasons.count("TWIN_UNUSABLE") == 100
    story.installation.clock.advance(minutes=15)
    story.send([failure(time=story.installation.clock.now())])
    assert alerts(story) == [("alert", "TWIN_UNUSABLE")] * 2


def test_in_observe_mode_too() -> None:
    story = short(put(tags={}), policy=replace(TWIN_POLICY, mode=Mode.OBSERVE))
    for _ in range(10):
        story.send([failure(time=story.installation.clock.now())])
    assert alerts(story) == [("would_alert", "TWIN_UNUSABLE")]


def test_once_it_is_mended_the_next_event_raises_it() -> None:
    story = short(put(tags={}))
    story.deliver()
    story.world.live[TWIN] = twin()
    story.send([failure(time=story.installation.clock.now())])
    assert story.counts == [3]


def test_two_primaries_never_share_a_twin() -> None:
    story = Story(WEB, API)
    tags = {**story.world.live[API].tags, "spot-failover:twin": TWIN.service}
    story.world.live[API] = replace(story.world.live[API], tags=tags)
    story.world.lose(WEB)
    story.world.notice(API, 5)
    story.deliver()
    assert {key for key, _ in story.world.counts} == {TWIN}
    assert story.wanted() == 3
    assert [outcome.key for outcome in story.installation.told.outcomes if outcome.action == "alert"] == [API]


def test_a_twin_that_gets_autoscaling_while_it_carries_is_left_to_a_person_and_counted() -> None:
    story = short()
    story.deliver()
    story.go_on(minutes=5)
    story.installation.autoscaling.targets.add(TWIN)
    story.world.no_spot.clear()
    story.go_on(minutes=40)
    assert story.wanted() == 3
    assert story.installation.tick().stuck == 1
    assert alerts(story) == [("alert", "TWIN_UNUSABLE")]
    story.installation.autoscaling.targets.clear()
    story.go_on(minutes=40)
    assert story.wanted() == 0
    assert story.installation.tick().stuck == 0


def test_a_twin_that_is_deleted_while_it_carries_ends_its_state() -> None:
    story = short()
    story.deliver()
    story.go_on(minutes=5)
    del story.world.live[TWIN]
    story.installation.tick()
    assert alerts(story) == [("alert", "TWIN_UNUSABLE")]
    assert not story.installation.twins.stored(WEB).active


def test_a_twin_without_on_demand_capacity_is_told_once_an_hour() -> None:
    story = Story()
    story.world.live[TWIN] = replace(twin(), strategy=ON_DEMAND)
    story.world.lose(WEB)
    story.deliver()
    state = story.installation.twins.stored(WEB)
    story.world.made[TWIN].clear()
    for _ in range(11):
        story.installation.clock.advance(minutes=5)
        story.world.made[WEB] = [task for task in story.world.made[WEB] if task.runs]
        story.world._count(TWIN)
        story.installation.tick()
    assert alerts(story) == [("alert", "FALLBACK_SHORT")]
    assert story.installation.twins.stored(WEB).version > state.version
