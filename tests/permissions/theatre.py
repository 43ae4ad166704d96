"""Tells the stories in an installation, and finds in the log of authorizations what each of them needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.permissions.grants import Grant, grants_of, uses
from tests.permissions.policies import PLACES, deployed_policies
from tests.permissions.stage import Stage
from tests.permissions.stories import Story
from tests.permissions.unmodelled import unmodelled
from tests.scenarios.organization import Organization


class StoryError(Exception):
    """A story did not come to its end with all permissions there: nothing can be learnt from it."""


@dataclass
class Report:
    """What each grant was needed for: requests counted by grant, story by story."""

    grants: Sequence[Grant]
    needed: dict[Story, Counter[Grant]] = field(default_factory=dict)

    def requests(self, grant: Grant) -> int:
        """How many requests nothing else allowed."""
        return sum(counted[grant] for counted in self.needed.values())

    def stories(self, grant: Grant) -> list[Story]:
        """The stories that needed it."""
        return [story for story, counted in self.needed.items() if counted[grant]]

    def excess(self) -> list[Grant]:
        """What is granted, and allowed nothing."""
        return [grant for grant in self.grants if not self.requests(grant) and not unmodelled(grant)]

    def wrongly_listed(self) -> list[Grant]:
        """What is excused from being used, and was."""
        return [grant for grant in self.grants if self.requests(grant) and unmodelled(grant)]


class Theatre:
    """An installation, with the policies it was applied with; of what they grant, what `concerns`."""

    def __init__(
        self,
        organization: Organization,
        places: Sequence[tuple[str, str]] = PLACES,
        concerns: Callable[[Grant], bool] = lambda _: True,
    ) -> None:
        self.organization = organization
        self.policies = deployed_policies(organization, places)
        self.grants = [grant for grant in grants_of(self.policies) if concerns(grant)]
        self._told = 0

    def report(self, stories: Sequence[Story]) -> Report:
        """Tell the stories, all permissions there."""
        report = Report(self.grants)
        for story in stories:
            since = self.organization.aws.now()
            with self.stage(story) as stage:
                if not story.run(stage):
                    raise StoryError(f"{story} did not come to its end; see the authorizations since {since}")
                decisions = [one for one in self.organization.aws.authorizations() if one["time"] >= since]
            report.needed[story] = uses(self.grants, decisions)
        return report

    @contextmanager
    def stage(self, story: Story) -> Iterator[Stage]:
        """A clean stage for a story."""
        self._told += 1
        stage = Stage(self.organization, self.policies, f"story-{self._told}", story.account, story.region)
        stage.cool_down()
        try:
            yield stage
        finally:
            stage.clear()
