"""Watches what is asked of twins and written of them for what must never happen: a method for each promise."""

from __future__ import annotations

from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import MIXED
from tests.doubles.twin_story import TWIN_POLICY, Story, twin_of

MOST = TWIN_POLICY.twin.max_tasks


class TwinWatch:
    """The product catches what its calls raise, so a broken promise is kept for the test to find."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._primaries = {twin_of(primary): primary for primary in story.keys}
        self._others: list[range] = []
        self.broken: list[str] = []
        story.world.watch_count = self._asked

    def _asked(self, key: ServiceKey, count: int) -> None:
        if self.nothing_but_twins_is_scaled(key):
            self.no_twin_gets_more_than_it_may_have(key, count)
            self.no_twin_is_lowered_while_its_primary_needs_it(key, count)
            self.a_count_is_written_down_under_a_lease_before_it_is_asked_for(key, count)

    def nothing_but_twins_is_scaled(self, key: ServiceKey) -> bool:
        return self._kept(key in self._primaries, f"{key} was scaled, which is no twin")

    def no_twin_gets_more_than_it_may_have(self, key: ServiceKey, count: int) -> None:
        self._kept(count <= MOST, f"{key} was asked for {count} tasks")

    def no_twin_is_lowered_while_its_primary_needs_it(self, key: ServiceKey, count: int) -> None:
        world, primary = self._story.world, self._primaries[key]
        desired, settled = world.live[primary].desired, world.settled(primary)
        needed = count >= world.live[key].desired or settled + count >= min(desired, settled + MOST)
        self._kept(needed, f"{key} was lowered to {count}: {settled} of {desired} tasks have settled")

    def a_count_is_written_down_under_a_lease_before_it_is_asked_for(self, key: ServiceKey, count: int) -> None:
        state = self._story.installation.twins.stored(self._primaries[key])
        announced = state.active and state.twin == key.service and state.wanted == count
        leased = state.leased(self._story.installation.clock.now())
        self._kept(announced and leased, f"{key} was asked for {count} tasks, and written down was {state}")

    def every_twin_at_work_is_due_and_no_other(self) -> None:
        """What is written down: else no tick would finish it, or it would never be deleted."""
        for state in self._story.installation.twins.history:
            self._kept(state.active == (state.expires_at is None), f"neither due nor expiring, or both: {state}")
            self._kept(state.active or state.lease is None, f"at rest under a lease: {state}")
        self._story.installation.twins.history.clear()

    def no_strategy_of_a_service_with_a_twin_is_switched(self) -> None:
        world = self._story.world
        self._kept(world.updates == [], f"switched: {world.updates}")
        for key in self._story.keys:
            self._kept(world.live[key].strategy == MIXED, f"{key} has {world.live[key].strategy}")

    def events_lead_to_calls_in_their_own_accounts_alone(self, accounts: set[str], since: int) -> None:
        """Calls since then; a tick that came in between looks wherever a twin is at work."""
        calls = self._story.world.calls
        excused = {number for part in self._others for number in part}
        called = {account for number, (_, account) in enumerate(calls) if number >= since and number not in excused}
        self._kept(called <= accounts, f"events of {sorted(accounts)} led to calls in {sorted(called)}")

    def tick(self) -> None:
        """A tick, whose calls no event led to."""
        before = len(self._story.world.calls)
        try:
            self._story.installation.tick()
        finally:
            self._others.append(range(before, len(self._story.world.calls)))

    def _kept(self, kept: bool, broken: str) -> bool:
        if not kept:
            self.broken.append(broken)
        return kept
