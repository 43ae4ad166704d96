"""Runs a scenario without a fault, and again with each fault at each call that was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from local_aws.faults.plan import CallSite, Kind
from tests.faults.case import Case, NotReachedError, new_case
from tests.faults.installation import Installation
from tests.faults.scenarios import Scenario
from tests.faults.state import State
from tests.faults.task_sets import FUNCTIONS
from tests.faults.weather import CLEAR, Weather, seed_of

PATIENCE = 180
"""Virtual minutes in which the end has to be reached."""
SETTLING = 660.0
"""Virtual seconds that the end has to last: two ticks, and every redelivery that may still be on its way."""
_READS = ("BatchGet", "Describe", "Get", "List", "Query", "Receive", "Scan")
_NO_CHANGES = frozenset({"sts:AssumeRole"})
"""They only make credentials, which nobody sees but their caller."""
AT_REST = frozenset({"", "closed"})
NOT_MADE = "the call was not made again"


def is_change(action: str) -> bool:
    """Whether a call changes something that others see. What is not known to be a read does."""
    return action not in _NO_CHANGES and not action.partition(":")[2].startswith(_READS)


@dataclass(frozen=True)
class Recording:
    """What a scenario does without faults."""

    scenario: Scenario
    sites: tuple[CallSite, ...]
    end: State


@dataclass(frozen=True)
class Fault:
    """One way for one call to go wrong."""

    site: CallSite
    kind: Kind
    retries_fail: bool

    def __str__(self) -> str:
        return f"{self.kind} at call {self.site.ordinal} of {self.site.action} by {self.site.function}"


@dataclass(frozen=True)
class Result:
    """What became of a scenario with a fault; `difference` is what was not as without one.

    Late reads and throttling lead some ways around the call that was to fail: then the fault was not `met`, and
    nothing is known of what it would have done.
    """

    scenario: str
    fault: Fault
    difference: str
    weather: Weather = CLEAR
    met: bool = True

    @property
    def survived(self) -> bool:
        """Whether the fault came about, and the end was the same."""
        return self.met and not self.difference


@contextmanager
def arranged(installation: Installation, scenario: Scenario) -> Iterator[Case]:
    """A case with which a scenario may begin."""
    with new_case(installation, twin=scenario.twin, external=scenario.external, **scenario.options) as case:
        scenario.arrange(case)
        yield case


def record(installation: Installation, scenario: Scenario) -> Recording:
    """Find the call sites."""
    with arranged(installation, scenario) as case:
        return recorded(case, scenario)


def recorded(case: Case, scenario: Scenario) -> Recording:
    """Find the call sites, with functions that start anew: what they do once is recorded too."""
    aws = case.installation.organization.aws
    case.installation.cool_down()
    aws.post("faults/record", {"enabled": True})
    scenario.act(case)
    calls = [call for call in aws.get("faults/calls") if not call["function"].startswith(FUNCTIONS)]
    scenario.finish(case)
    if not case.until(lambda: _at_rest(case.state), PATIENCE, step=60):
        raise NotReachedError(f"{scenario.name}: no end without any fault: {case.state}")
    case.installation.advance(SETTLING)
    end = case.state
    sites = tuple(CallSite(call["function"], call["action"], call["ordinal"]) for call in calls)
    return Recording(scenario, sites, end)


def faults(recording: Recording, weather: Weather = CLEAR, *, in_turn: bool = False) -> Iterator[Fault]:
    """Every kind at every call site. In other weather: at every change, and at reads one kind after the other.

    `in_turn`: one kind after the other at changes as well, whatever the weather.

    Errors outlast the SDK's own retries: the function has to live with them. A lost answer and a throttled call are
    tried again by the SDK, where it does that.
    """
    for number, site in enumerate(recording.sites):
        every = not in_turn and (weather == CLEAR or is_change(site.action))
        for kind in Kind if every else [list(Kind)[number % len(Kind)]]:
            yield Fault(site, kind, retries_fail=kind in {Kind.BEFORE, Kind.AFTER})


def attack(installation: Installation, recording: Recording, fault: Fault, weather: Weather = CLEAR) -> Result:
    """Run the scenario with the fault, and once more where that may still meet the call."""

    def tried(*, cold: bool) -> Result:
        with arranged(installation, recording.scenario) as case:
            return attempt(case, recording, fault, weather, cold=cold)

    result = tried(cold=starts_anew(fault))
    return tried(cold=True) if missed(result) else result


def starts_anew(fault: Fault) -> bool:
    """Whether it is at a call that only functions make that start anew: it gets such functions at once (`cold`)."""
    return fault.site.action == "sts:AssumeRole"


def missed(result: Result) -> bool:
    """Whether another try, with functions that start anew, may still meet the call."""
    return not result.met and result.difference in {"", NOT_MADE}


def attempt(case: Case, recording: Recording, fault: Fault, weather: Weather, *, cold: bool) -> Result:
    """Go on with a case to the end of its scenario, with the fault on the way."""
    met, difference = _attempt(case, recording, fault, weather, cold=cold)
    if not met and weather == CLEAR:
        difference = difference or NOT_MADE
    return Result(recording.scenario.name, fault, difference, weather, met)


def _attempt(case: Case, recording: Recording, fault: Fault, weather: Weather, *, cold: bool) -> tuple[bool, str]:
    aws, scenario = case.installation.organization.aws, recording.scenario
    seed, killed = seed_of(f"{scenario.name}: {fault}"), fault.kind.kills
    if cold:
        case.installation.cool_down()
    aws.post("faults/record", {"enabled": True})
    aws.post("faults/plan", {**asdict(fault.site), "kind": fault.kind, "retries_fail": fault.retries_fail})
    try:
        with weather.over(aws, seed):
            scenario.act(case)
            scenario.finish(case)
            if _until_end(case, recording.end, killed=killed):
                case.installation.advance(SETTLING)
    except NotReachedError as error:
        return bool(aws.get("faults/plan")["fired"]), str(error)
    return bool(aws.get("faults/plan")["fired"]), case.state.difference(recording.end, killed=killed)


def on_the_way(state: State, end: State) -> bool:
    """Whether the end can still be reached: a call too many, or another than expected, will never be put right."""
    asked, expected = ([told.split()[0] for told in each.executions] for each in (state, end))
    return state.updates == end.updates[: len(state.updates)] and asked == expected[: len(asked)]


def _until_end(case: Case, end: State, *, killed: bool) -> bool:
    """Let time go by until the end is reached, or can't be any more; whether it is."""

    def decided() -> bool:
        if case.record.get("phase", "") != end.phase:
            return False
        state = case.state
        return not state.difference(end, killed=killed) or not on_the_way(state, end)

    case.until(decided, PATIENCE, step=60)
    return not case.state.difference(end, killed=killed)


def _at_rest(state: State) -> bool:
    return state.phase in AT_REST and not state.messages and not state.unfinished
