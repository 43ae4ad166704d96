"""The product in a full storm, and beside the naive handler in a small one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.claim import Claim, markdown
from benchmarks.storm.deployment import Reading, reading
from benchmarks.storm.letters import FAILURES
from benchmarks.storm.place import Bound, Size, bound
from benchmarks.storm.storm import NAIVE, PLAIN_READING, PRODUCT, Result, storm

FULL, SMALL = Size(), Size(events=500, services=20, accounts=4, crowded=8)
MOST_CALLS = 1.5
"""Times the lower bound."""
MOST_ENTERED = 2.0
"""Times one AssumeRole for each account: two functions have a hand in a storm."""
MOST_READS = 0.1
"""Reads of the state table for each message: most messages of a storm are copies of what was dealt with."""
MOST_AGAIN = 1.0
"""Messages of a hundred that come again."""
MOST_TIME = 1.2
"""Times what UpdateService's quota alone takes."""
BASE = "before batches were handled by service"
BEFORE = {"DescribeServices": 20_922, "AssumeRole": 400, "UpdateService": 200, "GetItem": 50_127}
"""What a full storm took then (of as many events and services, 110 of these in one account and Region)."""


@dataclass(frozen=True)
class Storms:
    """Three runs in one harness."""

    full: Result
    small: Result
    naive: Result
    queue: Reading
    full_size: Size = FULL
    small_size: Size = SMALL

    @property
    def least(self) -> Bound:
        """The lower bound of the full storm."""
        return bound(self.full_size)


def measure(tell: Callable[[str], None] = lambda _: None) -> Storms:
    """Run them."""
    tell(f"storm of {SMALL.events} events, naive handler")
    naive = storm(SMALL, NAIVE, PLAIN_READING)
    tell(f"storm of {SMALL.events} events")
    small = storm(SMALL, PRODUCT)
    tell(f"storm of {FULL.events} events")
    return Storms(storm(FULL, PRODUCT), small, naive, reading(FAILURES))


def claims(storms: Storms) -> list[Claim]:
    """What is said of them."""
    full, least = storms.full, storms.least
    return [
        *call_claims("storm", full, least),
        Claim("storm", "storm: reads of the state table for each message", reads(full) / full.messages, MOST_READS),
        Claim("storm", "storm: dead letters, for throttling or anything else", full.dead_letters, 0.0),
        Claim("storm", "storm: services not switched", storms.full_size.services - full.services_switched, 0.0),
        Claim("storm", "storm: switches of services that were switched before", switched_again(full), 0.0),
        Claim("storm", "storm: messages that came again, of a hundred", came_again(full), MOST_AGAIN),
        Claim("storm", "storm: invocations that were cut off", full.cut_off, 0.0),
        Claim(
            "storm",
            f"storm: the last service is switched, over the {least.seconds:g} s of UpdateService's quota",
            full.last_switch / least.seconds,
            MOST_TIME,
            " x",
        ),
        Claim(
            "storm",
            "small storm: calls of the naive handler over the product's",
            calls(storms.naive) / calls(storms.small),
            None,
            " x",
        ),
    ]


def small_claims(result: Result, size: Size = SMALL) -> list[Claim]:
    """What continuous integration holds the small storm to. A handful of services is looked at by several at once."""
    least = bound(size)
    return [
        Claim("small_storm", "UpdateService over the bound", result.calls["UpdateService"] / least.updates, 1.1, " x"),
        Claim(
            "small_storm",
            "DescribeServices over the bound",
            result.calls["DescribeServices"] / least.describes,
            2.0,
            " x",
        ),
        Claim(
            "small_storm",
            "AssumeRole over the bound",
            result.calls["AssumeRole"] / least.accounts,
            MOST_ENTERED,
            " x",
        ),
        Claim("small_storm", "writes of a baseline over the bound", result.baselines / least.baselines, 1.0, " x"),
        Claim("small_storm", "calls for each message", calls(result) / result.messages, 0.15),
        Claim("small_storm", "services not switched", size.services - result.services_switched, 0.0),
        Claim("small_storm", "switches of services that were switched before", switched_again(result), 0.0),
        Claim("small_storm", "dead letters", result.dead_letters, 0.0),
        Claim("small_storm", "messages that came again, of a hundred", came_again(result), MOST_AGAIN),
        Claim("small_storm", "invocations that were cut off", result.cut_off, 0.0),
    ]


def call_claims(name: str, result: Result, least: Bound) -> list[Claim]:
    """Calls by kind over the lower bound."""
    made = result.calls
    kinds = (
        ("UpdateService, throttled ones among them", made.get("UpdateService", 0), least.updates, MOST_CALLS),
        ("DescribeServices", made.get("DescribeServices", 0), least.describes, MOST_CALLS),
        ("AssumeRole", made.get("AssumeRole", 0), least.accounts, MOST_ENTERED),
        ("writes of a baseline", result.baselines, least.baselines, 1.0),
    )
    return [
        Claim(name, f"{name}: {kind} over the bound of {of}", many / of, most, " x") for kind, many, of, most in kinds
    ]


def reads(result: Result) -> int:
    """Of the state table."""
    return result.calls.get("GetItem", 0) + result.calls.get("BatchGetItem", 0)


def accepted(result: Result) -> int:
    """UpdateService calls that took effect."""
    return result.calls.get("UpdateService", 0) - result.throttled.get("UpdateService", 0)


def switched_again(result: Result) -> int:
    """The same, beyond one for each service that was switched."""
    return accepted(result) - result.services_switched


def came_again(result: Result) -> float:
    """Messages of a hundred that went back to their queue."""
    return 100 * result.came_again / result.messages


def calls(result: Result) -> int:
    """All that it asked of AWS."""
    return sum(result.calls.values())


def as_json(storms: Storms) -> dict[str, Any]:
    """Raw figures."""
    return {**asdict(storms), "bound": asdict(storms.least)}


def document(storms: Storms) -> str:
    """For docs/performance.md."""
    full, least, queue = storms.full, storms.least, storms.queue
    kinds = sorted({*full.calls, "UpdateService"}, key=lambda kind: -full.calls.get(kind, 0))
    bounds = {
        "UpdateService": least.updates,
        "DescribeServices": least.describes,
        "AssumeRole": least.accounts,
    }
    rows = [
        (
            kind,
            f"{full.calls.get(kind, 0):,}",
            f"{bounds[kind]:,}" if kind in bounds else "",
            f"{BEFORE[kind]:,}" if kind in BEFORE else "",
        )
        for kind in kinds
    ]
    small = [
        (kind, f"{storms.small.calls.get(kind, 0):,}", f"{storms.naive.calls.get(kind, 0):,}")
        for kind in ("UpdateService", "DescribeServices", "AssumeRole", "GetItem", "PutItem")
    ]
    size = storms.full_size
    told = (
        f"{size.events:,} events for {size.services} services in {size.accounts} accounts and 2 Regions "
        f"({size.crowded} of them in one account and Region), {full.messages:,} messages with their copies, all in the "
        f"queues at once. Read as Terraform sets it: up to {queue.batch_size:,} messages or "
        f"{queue.batching_window_seconds} s a batch, {queue.maximum_concurrency} batches at once. "
        f"{full.sandboxes} sandboxes, {full.invocations} invocations, the longest {full.longest_invocation:.0f} s; "
        f"{full.came_again} messages came again; the last service was switched after {full.last_switch:.1f} s, and the "
        f"queues were empty after {full.over_after:.0f} s."
    )
    few = storms.small_size
    return "\n".join(
        [
            told,
            "",
            markdown(("call", "full storm", "lower bound", BASE), rows),
            f"A small storm ({few.events} events, {few.services} services), beside a naive handler:",
            "",
            markdown(
                ("", "product", "naive"),
                [
                    *small,
                    (
                        "forced deployments of a service, on average",
                        *(_deployments(result, storms) for result in (storms.small, storms.naive)),
                    ),
                    ("messages that came again", f"{storms.small.came_again:,}", f"{storms.naive.came_again:,}"),
                ],
            ),
        ]
    )


def _deployments(result: Result, storms: Storms) -> str:
    return f"{accepted(result) / storms.small_size.services:.1f}"
