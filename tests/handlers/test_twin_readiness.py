"""What the sweep finds wrong with twins before any is needed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spot_failover.core.errors import TransientError
from spot_failover.core.policy import Policy
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.sweep_flow import SweepError
from tests.doubles.builders import API, FALLBACK, ON_DEMAND, SPOT, WEB, deployment, service
from tests.doubles.twin_story import Story, twin, twin_of

TWIN = twin_of(WEB)


def sweep(story: Story) -> list[tuple[str, str, str, str]]:
    """(service, action, reason, note) of what a sweep finds."""
    story.installation.told.clear()
    story.installation.hear()
    story.installation.sweep()
    return [
        (outcome.key.service, outcome.action, str(outcome.decision.reason), outcome.decision.note)
        for outcome in story.installation.told.outcomes
        if outcome.key.service
    ]


def test_twins_that_are_as_they_should_be_are_not_told() -> None:
    story = Story(WEB, API)
    assert sweep(story) == []
    assert set(story.installation.autoscaling.asked) == {twin_of(WEB), twin_of(API)}


def test_a_finding_is_told_once_and_once_more_when_it_is_mended() -> None:
    story = Story(WEB, API)
    del story.world.live[TWIN]
    [(name, action, reason, note)] = sweep(story)
    assert (name, action, reason) == ("web", "report", "TWIN_UNUSABLE")
    assert "has no active service web-on-demand" in note
    assert sweep(story) == []
    story.world.place(twin())
    [(name, action, reason, _)] = sweep(story)
    assert (name, action, reason) == ("web", "report", "READY")


def test_autoscaling_of_its_own_and_a_right_that_is_missing() -> None:
    story = Story()
    story.installation.autoscaling.targets.add(TWIN)
    assert "scalable target" in sweep(story)[0][3]
    other = Story()
    other.installation.autoscaling.denied = True
    assert "failover_service has to be on where the account is onboarded" in sweep(other)[0][3]


def test_a_twin_that_is_not_active_and_one_that_nobody_names() -> None:
    story = Story(WEB, API)
    story.world.live[TWIN] = replace(twin(), status="DRAINING")
    story.world.live[API] = replace(story.world.live[API], tags={"spot-failover:method": "failover_service"})
    notes = {name: note for name, _, _, note in sweep(story)}
    assert "has no active service web-on-demand" in notes["web"]
    assert "tag api with spot-failover:twin" in notes["api"]


def test_a_method_that_is_not_switched_on_asks_nobody() -> None:
    story = Story(policy=Policy())
    assert "failover_service.enabled is false" in sweep(story)[0][3]
    assert story.installation.autoscaling.asked == []


@pytest.mark.parametrize("tags", [{"enabled": "false"}, {"probe": "true"}, {"method": "strategy"}])
def test_a_service_that_needs_no_twin_is_not_asked_for_one(tags: dict[str, str]) -> None:
    story = Story()
    del story.world.live[TWIN]
    live = story.world.live[WEB]
    changed = {**live.tags, **{f"spot-failover:{name}": value for name, value in tags.items()}}
    story.world.live[WEB] = replace(live, tags=changed)
    assert not [line for line in sweep(story) if line[2] == "TWIN_UNUSABLE"]


@pytest.mark.parametrize("change", [{"desired": 0}, {"strategy": ON_DEMAND}])
def test_nor_one_that_wants_no_spot(change: dict[str, object]) -> None:
    story = Story()
    del story.world.live[TWIN]
    story.world.live[WEB] = replace(story.world.live[WEB], **change)  # type: ignore[arg-type]
    assert sweep(story) == []


def test_a_twin_that_cannot_be_looked_at_hides_no_shortage_and_no_finding() -> None:
    story = Story(WEB, API)
    del story.world.live[TWIN]
    assert [name for name, *_ in sweep(story)] == ["web"]
    alone = replace(WEB, service="zero")
    told_at = story.installation.clock.now()
    story.world.place(service(key=alone))
    story.world.made[alone] = []
    story.world.live[alone] = service(deployment(SPOT, running=0), key=alone, capacity_messages=(told_at,))
    story.installation.autoscaling.scaled = throttled  # type: ignore[method-assign]
    story.installation.clock.advance(minutes=15)
    with pytest.raises(SweepError):
        sweep(story)
    assert story.installation.strategy(alone) == FALLBACK
    del story.installation.autoscaling.scaled
    assert "READY" not in {reason for *_, reason, _ in sweep(story)}


def throttled(key: ServiceKey) -> bool:
    raise TransientError(f"application-autoscaling:DescribeScalableTargets for {key}: throttled")
