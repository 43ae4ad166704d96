"""Takes one grant away from the running installation and tells the stories that need it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.permissions.grants import Grant
from tests.permissions.policies import changed, without
from tests.permissions.stories import Story
from tests.permissions.theatre import Report, Theatre


@dataclass(frozen=True)
class Removal:
    """What happened without a grant. `story` is the one that failed, or the last that did not."""

    grant: Grant
    story: str
    denied: bool
    reached: bool

    @property
    def needed(self) -> bool:
        """Whether the grant was missed: a request was refused, and the story did not come to its end."""
        return self.denied and not self.reached

    def __str__(self) -> str:
        denied = "denied" if self.denied else "NOTHING DENIED"
        reached = "END REACHED ALL THE SAME" if self.reached else "end not reached"
        return f"{denied}, {reached}: {self.story}" if self.story else "NO STORY NEEDS IT"


def remove(theatre: Theatre, report: Report, grant: Grant) -> Removal:
    """Try the stories that used the grant, one after another, until one fails without it."""
    last = Removal(grant, "", denied=False, reached=True)
    for story in report.stories(grant):
        last = _tell(theatre, grant, story)
        if last.needed:
            break
    return last


def _tell(theatre: Theatre, grant: Grant, story: Story) -> Removal:
    aws, statements = theatre.organization.aws, without(grant.policy, grant.sid, grant.action)
    with theatre.stage(story) as stage:
        since = aws.now()
        with changed(theatre.organization, grant.policy, statements):
            reached = story.run(stage)
            denied = any(one["time"] >= since and grant.missed(one) for one in aws.authorizations())
    return Removal(grant, str(story), denied, reached)
