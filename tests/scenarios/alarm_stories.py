"""The story of each alarm: what makes it go off, how soon, and what the documents' commands show of it meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.scenarios import alarm_causes as causes
from tests.scenarios.alarm_causes import BUS, FORWARD, FUNCTIONS, QUEUES, SCHEDULED, Trouble
from tests.scenarios.organization import CENTRAL, ORDERS


@dataclass(frozen=True)
class Story:
    """A cause that lasts for as long as a context, and the alarms that it makes go off within so many minutes.

    ``others`` may go off with them: they are the alarms of other stories. ``shows`` has, for each part of the runbook,
    what its commands must print while the cause lasts; ``explains`` has the same of the troubleshooting guide, and
    ``letters`` of the page about dead letters.
    """

    name: str
    trouble: Trouble
    alarms: Sequence[str]
    minutes: int
    others: Sequence[str] = ()
    shows: Mapping[str, Sequence[str]] = field(default_factory=dict)
    explains: Mapping[str, Sequence[str]] = field(default_factory=dict)
    letters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    account: str = CENTRAL


_DEAD_LETTERS = [f"{queue}-dlq-not-empty" for queue in QUEUES]
_SILENT, _LATE = "fargate-spot-sweep-handler-silent-paths", f"{BUS}-restores-late"
_INTRODUCTION = "operations-what-to-do-when-an-alarm-goes-off"
_ERRORS = [f"{name}-errors" for name in FUNCTIONS]
_OWN = ("failover-limit", "fallback-short", "restores-failing", "pool-open", "audit-lost", "people-not-told")

STORIES = (
    Story(
        "a restore is overruled",
        causes.a_restore_that_somebody_overrules,
        alarms=["fargate-spot-restore-handler-stuck-records"],
        minutes=15,
        shows={"stuck-records": ["RESTORE_OVERRULED", "STUCK", "FARGATE_SPOT"]},
    ),
    Story(
        "heartbeats stay away",
        causes.no_heartbeats,
        alarms=[_SILENT],
        minutes=25,
        shows={"silent-paths": ["PATH_SILENT", "rate(5 minutes)"]},
        explains={
            "no-events-arrive": ["fargate-spot-heartbeat-forward\tDISABLED", "path::111111111111", "o-exampleorg1"],
            "the-functions-may-not-act-in-an-account": ["fargate-spot-restore-handler", "sts:ExternalId"],
            "nobody-gets-a-message": ["sqs\t", "OK\tTrue"],
            "an-alarm-does-not-end-though-its-cause-is-mended": ["fargate-spot-sweep-handler-silent-paths"],
            "spotctl-may-not-enter-the-operator-role": ["123456789012", "platform-engineer"],
        },
    ),
    Story(
        "queues refuse what rules send",
        causes.queues_that_refuse,
        alarms=[*[f"{rule}-failed-invocations" for rule in QUEUES.values()], *_DEAD_LETTERS],
        minutes=7,
        shows={"failed-invocations": ["fargate-spot-placement-failure-queue"]},
        letters={
            "1-look": ["NO_PERMISSIONS"],
            "2-mend-the-cause-and-move-them-back": ["TaskHandle", 'ToMove": 1'],
            "3-delete-what-is-left": [],
        },
    ),
    Story(
        "the central bus lets nobody in",
        causes.a_bus_that_lets_nobody_in,
        alarms=[
            *[f"fargate-spot-{kind}-forward-failed-invocations" for kind in FORWARD],
            "fargate-spot-forward-dlq-not-empty",
        ],
        minutes=7,
        account=ORDERS,
    ),
    Story(
        "functions have a wrong environment",
        causes.functions_with_another_environment,
        alarms=_ERRORS,
        minutes=12,
        shows={"function-errors": ["SettingsError"]},
    ),
    Story(
        "functions get no concurrency",
        causes.no_concurrency,
        alarms=[f"{name}-throttles" for name in FUNCTIONS],
        minutes=12,
        shows={"function-throttles": ["ConcurrentExecutions", "ReservedConcurrentExecutions"]},
    ),
    Story(
        "nobody reads the queues",
        causes.queues_that_nobody_reads,
        alarms=[f"{queue.removesuffix('-queue')}-queue-age" for queue in QUEUES],
        minutes=20,
        others=[_SILENT],
        shows={"queue-age": ["ApproximateNumberOfMessages", "Disabled"]},
    ),
    Story(
        "schedules may not start their functions",
        causes.schedules_that_may_not_start_functions,
        alarms=[
            *[f"{rule}-failed-invocations" for rule in SCHEDULED.values()],
            "fargate-spot-restore-handler-dlq-not-empty",
            _LATE,
        ],
        others=[_SILENT, "fargate-spot-sweep-queue-dlq-not-empty"],
        minutes=40,
        shows={"restores-late": ["ENABLED"]},
    ),
    Story(
        "capacity runs out",
        causes.capacity_that_runs_out,
        alarms=[f"{BUS}-{name}" for name in _OWN],
        minutes=100,
        shows={
            _INTRODUCTION: ["failed_over", "FAILED_OVER"],
            "failover-limit": ["FAILOVER_LIMIT"],
            "restores-failing": ["RESTORE_FAILED"],
            "pool-open": ["pool::"],
            "fallback-short": ["FALLBACK_SHORT", "unable to place", "On-Demand"],
            "audit-lost": ["audit event lost"],
            "people-not-told": ["people not told"],
        },
        explains={
            "a-service-is-short-of-spot-and-was-not-moved": ["FAILED_OVER", "SWEPT"],
            "a-failover-is-not-possible": ["FARGATE\tFARGATE_SPOT", "ECS\tREPLICA"],
            "a-service-stays-on-on-demand-capacity": ["failed_over"],
            "terraform-wants-to-change-a-services-strategy": ["FARGATE_SPOT\t0"],
            "a-service-was-moved-that-should-not-have-been": ["tags"],
        },
    ),
)
