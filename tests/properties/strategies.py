"""What hypothesis draws: capacity provider strategies that ECS accepts, records, events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from spot_failover.core.record import Lease, Phase, Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy, StrategyItem

PAIRS = {"spot-a": "on-demand-a", "spot-b": "on-demand-b", "spot-c": "on-demand-b"}
OTHERS = tuple(f"other-{number}" for number in range(18))
NAMES = (*PAIRS, *dict.fromkeys(PAIRS.values()), *OTHERS)


@st.composite
def capacity_strategies(draw: st.DrawFn) -> Strategy:
    """A strategy that ECS accepts: providers named once, a weight over 0, one base at most, 20 items at most."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=20, unique=True))
    weights = draw(st.lists(st.integers(0, 1000), min_size=len(names), max_size=len(names)))
    heavy = draw(st.integers(0, len(names) - 1))
    weights[heavy] = weights[heavy] or draw(st.integers(1, 1000))
    based = draw(st.none() | st.integers(0, len(names) - 1))
    base = draw(st.integers(1, 100))
    return Strategy(
        tuple(
            StrategyItem(name, weight, base if number == based else 0)
            for number, (name, weight) in enumerate(zip(names, weights, strict=True))
        )
    )


_names = st.text(st.sampled_from("abcXYZ019-_"), min_size=1, max_size=20)
_times = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_seconds = _times.map(lambda time: time.replace(microsecond=0))
_counts = st.integers(0, 10**6)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record as it may stand in the table."""
    return Record(
        key=ServiceKey(draw(st.from_regex(r"[0-9]{12}", fullmatch=True)), draw(_names), draw(_names), draw(_names)),
        phase=draw(st.sampled_from(list(Phase))),
        baseline=draw(capacity_strategies() | st.just(Strategy())),
        fallback=draw(capacity_strategies() | st.just(Strategy())),
        event=draw(st.dictionaries(_names, st.text(min_size=1), max_size=4)),
        reason=draw(_names | st.just("")),
        version=draw(_counts),
        lease=draw(st.none() | st.builds(Lease, _names, _times)),
        due_at=draw(st.none() | _seconds),
        not_before=draw(st.none() | _times),
        deployment_id=draw(_names | st.just("")),
        switched_at=draw(st.none() | _times),
        desired_at_switch=draw(_counts),
        shift_takes=timedelta(minutes=draw(st.integers(0, 50000))),
        short_since=draw(st.none() | _times),
        failures=draw(_counts),
        rollbacks=draw(_counts),
        proven_at=draw(st.none() | _times),
        restore_day=draw(st.just("") | st.just("2026-03-01")),
        restores_that_day=draw(_counts),
        held_until=draw(st.none() | _times),
        held_by=draw(st.sampled_from(["", "anna"])),
        alerted=draw(st.frozensets(_names, max_size=3)),
        redeploy_requested_at=draw(st.none() | _times),
        redeployed_at=draw(st.none() | _times),
        expires_at=draw(st.none() | _seconds),
    )
