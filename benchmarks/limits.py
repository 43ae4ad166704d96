"""What limits the design, and at how many accounts and services: computed from quotas, not measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import Any

from benchmarks.storm.deployment import reading
from spot_failover.flow.pace import READS_PER_SECOND
from spot_failover.flow.sweep_flow import PAGE
from tests.unit.policy_text import policy_object

PARTITION_WRITES, PARTITION_READS = 1000, 3000
"""Units a second of one partition key (Amazon DynamoDB developer guide, partitions and data distribution)."""
RESTORE_WRITES = 3
"""Writes of a switch that change the index `due`: intent, confirmation, next look. DynamoDB writes the index too."""
QUERY_KEYS_PER_UNIT = 2 * 4096 // 120
"""Entries of the index in one eventually consistent read unit of 4 KB twice, an entry taking about 120 bytes."""
TICK_SECONDS, TICK_THREADS = 300, 8
RECORD_SECONDS = 0.4
"""What a due record takes in a tick: read, look, write; of ten that share a look."""
SWEEP_EVERY = 300
SWEEP_AT_ONCE = reading("sweep").maximum_concurrency
UPDATE_RATE = 5
ENVIRONMENT_BYTES = 4096
QUEUES = ("placement_failure", "spot_interruption", "sweep", "task_state")


@dataclass(frozen=True)
class Limit:
    """One limit. `reached_at`: in words, with the number."""

    what: str
    reached_at: str
    way_past: str

    @property
    def row(self) -> tuple[str, str, str]:
        """For a table."""
        return self.what, self.reached_at, self.way_past


def limits() -> list[Limit]:
    """All of them."""
    switches = PARTITION_WRITES // RESTORE_WRITES
    per_tick = floor(TICK_SECONDS * TICK_THREADS / RECORD_SECONDS)
    services_per_sweep = READS_PER_SECOND * PAGE * SWEEP_EVERY
    swept = SWEEP_AT_ONCE * READS_PER_SECOND * PAGE * SWEEP_EVERY
    left = ENVIRONMENT_BYTES - _policy_bytes() - 600
    return [
        Limit(
            "hash key of the index of what is due: one for all records that are open",
            f"{switches} switches a second in all accounts together: {PARTITION_WRITES} writes a second and "
            f"partition key, {RESTORE_WRITES} a switch. At ECS's {UPDATE_RATE} a second: {switches // UPDATE_RATE} "
            "accounts and Regions at once",
            "not built: a number from 0 to n at the end of `due_partition`, and a query for each. A write that is "
            "throttled comes again",
        ),
        Limit(
            "reading what is due",
            f"{PARTITION_READS * QUERY_KEYS_PER_UNIT:,} open records a second; a tick also reads every "
            "open record that is new to it, for incidents, within 30 s",
            "the same",
        ),
        Limit(
            "time of a restore tick (300 s, 8 threads)",
            f"about {per_tick:,} due records a tick, {per_tick * 12:,} an hour; what is left goes first in the next",
            "`restore_function.timeout_seconds` up to 900; shorter `restore.schedule`",
        ),
        Limit(
            "UpdateService in one account and Region: 5 a second, burst 50",
            "a pool of 500 services takes 90 s to fail over, one of 5,000 about 16 minutes",
            "a higher quota from AWS; nothing here makes it faster",
        ),
        Limit(
            "a quarter of the read quota for the sweep, in one account and Region",
            f"{services_per_sweep:,} services between two sweeps of 5 minutes; a sweep that takes longer "
            "goes on, and the next begins after it",
            "longer `sweep.schedule`",
        ),
        Limit(
            f"sweeps at once (`sweep_queue.maximum_concurrency`, {SWEEP_AT_ONCE})",
            f"{swept:,} services in all accounts within 5 minutes",
            "raise `maximum_concurrency`: the time goes with it",
        ),
        Limit(
            "the functions' environment (4,096 bytes)",
            f"about {left // 60} entries in `account_overrides`, of 60 bytes each; accounts without one cost nothing",
            "tags on services instead; names with `*`",
        ),
        Limit(
            "Lambda's concurrency in the central account (1,000, shared)",
            f"not reached: the queues' `maximum_concurrency` adds up to {_at_once()} with on-demand twins, and two "
            "schedules",
            "`reserved_concurrency` sets it aside from others",
        ),
    ]


def as_json() -> list[Mapping[str, Any]]:
    """Raw."""
    return [vars(limit) for limit in limits()]


def _at_once() -> int:
    return sum(reading(queue).maximum_concurrency for queue in QUEUES)


def _policy_bytes() -> int:
    return len(json.dumps(json.dumps(policy_object(), separators=(",", ":"))))
