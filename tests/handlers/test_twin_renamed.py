"""The primary names another twin while the one before carries: its tasks never lack for that."""

from __future__ import annotations

from dataclasses import replace

from tests.doubles.builders import WEB
from tests.doubles.twin_story import Story, twin, twin_of

NEW = replace(WEB, service="web-other")


def renamed() -> Story:
    """The twin has begun to carry, and a second one is named in its place."""
    story = Story()
    story.world.no_spot.add(WEB.account)
    story.world.notice(WEB, 1)
    story.deliver()
    story.go_on(minutes=5)
    assert story.wanted() == 1
    story.world.place(replace(twin(WEB), key=NEW))
    primary = story.world.live[WEB]
    story.world.live[WEB] = replace(primary, tags={**primary.tags, "spot-failover:twin": NEW.service})
    return story


def test_the_one_before_goes_on_until_it_has_no_tasks_and_the_new_one_begins_then() -> None:
    story = renamed()
    story.world.lose(WEB)
    story.go_on(minutes=10)
    assert story.runs() == 5
    story.world.no_spot.clear()
    story.go_on(minutes=180)
    assert (story.wanted(), story.world.live[NEW].desired) == (0, 0)
    story.world.no_spot.add(WEB.account)
    story.world.lose(WEB)
    story.deliver()
    story.go_on(minutes=5)
    assert story.wanted() == 0
    assert story.world.live[NEW].desired == 5 - story.world.runs(WEB) == 3


def test_one_that_says_no_more_whose_it_is_is_left_as_it_is_and_people_are_told() -> None:
    story = renamed()
    story.world.live[twin_of(WEB)] = replace(story.world.live[twin_of(WEB)], tags={})
    story.world.lose(WEB)
    story.go_on(minutes=10)
    assert story.world.live[NEW].desired == 5 - story.world.runs(WEB) == 3
    assert story.wanted() == 1
    [note] = [one.decision.note for one in story.installation.told.outcomes if one.action == "alert"]
    assert note == "web-on-demand was its twin, has 1 tasks and is no more tagged so: left as it is"
