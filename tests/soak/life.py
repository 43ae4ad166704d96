"""The lives of all services: what their owners do at random times, and what they make of alarms."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from spot_failover.core.record import Phase, Record
from tests.soak.ground import Ground, records, services
from tests.soak.letters import Letters
from tests.soak.owners import Owner
from tests.soak.plan import ACCOUNTS, TRIED_AGAIN, Place, same
from tests.soak.weather import DAY, HOUR, MINUTE, Weather


@dataclass
class Lives:
    """All owners."""

    ground: Ground
    weather: Weather
    letters: Letters
    dice: random.Random
    places: Sequence[Place]
    did: Counter[str] = field(default_factory=Counter)
    owners: list[Owner] = field(default_factory=list)
    stuck: dict[Place, str] = field(default_factory=dict)
    """Records that were found stuck, or held without reason: when, and why. Nobody helps them."""
    _broken: set[Place] = field(default_factory=set)

    def begin(self) -> None:
        """Make all services and let their owners live."""
        for place in self.places:
            owner = Owner(self.ground, place, self.dice, self.did)
            self.owners.append(owner)
            owner.create()
            self._live(owner)
        for _ in ACCOUNTS:
            self.weather.often(12 * HOUR, self.letters.send_one)
        self.weather.often(6 * HOUR, self.look_at_alarms)
        self.weather.on_outage = self._react

    def _live(self, owner: Owner) -> None:
        often, dice = self.weather.often, self.dice
        often(6 * DAY, owner.release)
        often(8 * DAY, owner.reapply)
        often(12 * DAY, owner.choose)
        often(2 * DAY, lambda: owner.scale(dice.randint(1, 6)))
        often(6 * DAY, lambda: self._rest(owner))
        often(25 * DAY, lambda: self._replace(owner))
        often(20 * DAY, lambda: self._break(owner))

    def _react(self, account: str, region: str) -> None:
        """Some deploy when Spot goes, by chance or because of it: while functions are at work, or soon after.

        Of some the image can't be pulled meanwhile: ECS rolls back what the automation does for them, time and again.
        """
        for owner in self.owners:
            if (owner.place.account, owner.place.region) != (account, region):
                continue
            if self.dice.random() < 0.05:
                self._image_lacks(owner, self.dice.uniform(1, 12) * HOUR)
            if self.dice.random() < 0.3:
                ways = (owner.release, owner.reapply, owner.reapply, owner.choose, partial(owner.scale, 8))
                mean = self.dice.choice((MINUTE, 20 * MINUTE))
                self.ground.clock.call_later(self.dice.expovariate(1 / mean), self.dice.choice(ways), name="react")

    def calm(self, overruled: Iterable[Place]) -> None:
        """Everything is mended; who was overruled sees it in Terraform's plan."""
        places = set(overruled)
        for owner in self.owners:
            self._image(owner, broken=False)
            if not owner.exists:
                owner.create()
            elif owner.place in places:
                owner.reapply()

    def look_at_alarms(self) -> None:
        """A person does what docs/operations.md leaves to people, of failovers that ECS rolled back too often.

        They close at the next tick. What is stuck, or held, for another reason has to go on by itself.
        """
        owners = {owner.place: owner for owner in self.owners if owner.exists}
        for place, record in records(self.ground).items():
            if place not in owners or not record.phase.open:
                continue
            if _left_to_people(record):
                self.did[f"alarm looked at: {record.reason}"] += 1
                owners[place].choose()  # it is on its baseline: to set that again changes nothing
            elif (record.stuck or record.held_until is not None) and place not in self.stuck:
                self.did[f"stuck, left alone: {record.phase} {record.reason}"] += 1
                self.stuck[place] = f"{record.phase} ({record.reason}) at {self.ground.clock.now():.0f}"

    def still_stuck(self) -> Iterator[str]:
        """Records that were found stuck and have not come to their end by themselves."""
        live = records(self.ground)
        for place, found in self.stuck.items():
            if place in live and live[place].phase.open:
                yield f"{place}: stuck {found}, and open to the end"

    def astray(self) -> Iterator[str]:
        """Services that are not as their owners want them."""
        live = services(self.ground)
        for owner in self.owners:
            place = owner.place
            if place not in live:
                yield f"{place}: there is no service"
                continue
            one = live[place]
            if not same(one["strategy"], owner.strategy):
                yield f"{place}: its strategy is {one['strategy']}, its owner wants {owner.strategy}"
            if len(one["deployments"]) > 1 or sum(one["running"].values()) != one["desired"]:
                yield f"{place}: runs {one['running']} of {one['desired']} tasks"

    def _rest(self, owner: Owner) -> None:
        """Scaled to zero for some hours."""
        before = owner.wanted["desiredCount"] or 1
        owner.scale(0)
        self.ground.clock.call_later(
            self.dice.uniform(0.5, 8) * HOUR, lambda: owner.scale(before), name=f"end of a rest of {owner.place}"
        )

    def _replace(self, owner: Owner) -> None:
        if owner.exists:
            owner.delete()
            self.ground.clock.call_later(
                self.dice.uniform(0.05, 30) * HOUR, lambda: self._create_again(owner), name=f"make {owner.place} again"
            )

    @staticmethod
    def _create_again(owner: Owner) -> None:
        if not owner.exists:
            owner.create()

    def _break(self, owner: Owner) -> None:
        """Its image can't be pulled for a while, and just then it is released."""
        self._image_lacks(owner, self.dice.uniform(10, 60) * MINUTE)
        if self.dice.random() < 0.5:
            owner.release()

    def _image_lacks(self, owner: Owner, seconds: float) -> None:
        self._image(owner, broken=True)
        self.did["broken images"] += 1
        self.ground.clock.call_later(
            seconds, lambda: self._image(owner, broken=False), name=f"mend {owner.place.image}"
        )

    def _image(self, owner: Owner, *, broken: bool) -> None:
        self.ground.control("broken-image", account=owner.place.account, image=owner.place.image, broken=broken)


def _left_to_people(record: Record) -> bool:
    """Whether it is held for good, with reason. Nobody here sets a fallback, which is the other that there is."""
    held = record.held_until is not None and not record.held_by
    return held and record.phase is Phase.FAILING_OVER and record.rollbacks > TRIED_AGAIN
