"""The installed product, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from tests.faults import mailbox
from tests.faults.clients import Clients
from tests.faults.state import NO_RECORD, State, text, turns, under_way
from tests.faults.task_sets import executions
from tests.permissions.policies import PLACES
from tests.scenarios.organization import CENTRAL, ORDERS, REGION, Organization

TABLE = "ecs_cp_restore_state"
TICK = 300.0
"""Seconds between restore ticks: the default schedule."""
FAILED_TICKS = "fargate-spot-restore-handler-dlq"
"""Gets a note of every tick that failed, and holds no work: the next tick does it."""
_NO_WORK = frozenset({FAILED_TICKS, mailbox.NAME})
"""Queues that hold nothing for a function."""
BEFORE_TICK = 40.0
SWEEP_RULE, HEARTBEAT_RULE = "fargate-spot-sweep-schedule", "fargate-spot-heartbeat"
TASK_STATE_RULE = "fargate-spot-task-state"
BUS, TOPIC = "ecs-spot-failover", "ecs-spot-failover-notifications"
HEARTBEAT_SCHEDULE = "fargate-spot-heartbeat"
AUTOMATION = "CentralSpotAutomationRole"
TWIN = "web-on-demand"
"""The second service of a cluster, where a scenario has one: the twin of `web`."""


@dataclass
class Installation:
    """`examples/multi-account` with on-demand twins and replaced task sets, applied.

    All under test happens in one account and Region.

    Nothing is swept, and no heartbeat and no start or stop of a task is heard, unless a scenario asks for it.
    """

    organization: Organization
    cases: int = 0
    replaces: bool = False
    """Whether the case at hand is of a service whose task set is replaced."""
    execution_clusters: dict[str, str] = field(default_factory=dict)
    """Of each execution that has been seen, by ARN, the cluster that it works in."""
    _tick: float | None = None
    _queues: list[tuple[str, str]] = field(default_factory=list)
    _dead_letters: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._clients = Clients(self.organization.aws, self.organization.aws.now())
        self._mailbox = mailbox.Mailbox(lambda service: self.client(service, CENTRAL), BUS, TOPIC)
        self._mailbox.open()
        self._silence_others()
        self.heartbeats(enabled=False)
        self.sweeps(enabled=False)
        self.task_states(enabled=False)
        self.advance(TICK)
        self.forget()

    def client(self, service: str, account: str = ORDERS) -> Any:
        """A client with an administrator's credentials of the account."""
        return self._clients.get(service, account)

    def advance(self, seconds: float) -> None:
        """Let time go by, with all that happens in it."""
        self._clients.now = self.organization.aws.advance(seconds)

    def record(self, cluster: str) -> dict[str, Any]:
        """The service's record; empty if there is none."""
        return self.item(f"{ORDERS}::{cluster}::web")

    def twin(self, cluster: str) -> dict[str, Any]:
        """What is remembered of the service's twin; empty if nothing is."""
        return self.item(f"twin::{ORDERS}::{cluster}::web")

    def item(self, record_id: str) -> dict[str, Any]:
        """What the state table holds under an id; empty if nothing."""
        key = {"id": {"S": record_id}, "region": {"S": REGION}}
        item = self.client("dynamodb", CENTRAL).get_item(TableName=TABLE, Key=key, ConsistentRead=True).get("Item")
        return {name: TypeDeserializer().deserialize(value) for name, value in (item or NO_RECORD).items()}

    def state(self, cluster: str) -> State:
        """Where the service of a cluster stands."""
        services = [one for one in self.organization.aws.services() if one["cluster"] == cluster]
        services = [one for one in services if one["service"] != TWIN]
        record, switches = self.record(cluster), self.organization.switches(cluster)
        items, letters = self.items(), self.letters()
        return State(
            strategy=text(services[0]["strategy"]) if services else "",
            phase=record.get("phase", ""),
            baseline=text(record.get("config", [])),
            failures=int(record.get("failures", 0)),
            unfinished=(*under_way(record), *under_way(self.twin(cluster)), *_open_incidents(items)),
            updates=tuple(
                f"{_by(update['principal_arn'])}: {text(update['strategy'])}"
                for update in switches
                if update["service"] != TWIN
            ),
            messages=self.messages(),
            reason=record.get("reason", ""),
            held="held_until" in record,
            stuck=bool(record.get("stuck", False)),
            pools=_open_pools(items),
            letters=tuple(sorted(self._dead_letters)),
            told=mailbox.told(letters, cluster),
            alerts=mailbox.alerts(letters, cluster),
            heard=_heard(items),
            executions=executions(self, cluster) if self.replaces else (),
            twin=turns([update["desired"] for update in switches if update["service"] == TWIN]),
            audited=mailbox.audited(letters, cluster),
        )

    def heard(self) -> tuple[str, ...]:
        """Accounts that are known by their heartbeats, and so are swept."""
        return _heard(self.items())

    def items(self) -> list[dict[str, Any]]:
        """All that the state table holds, as DynamoDB writes it."""
        found: list[dict[str, Any]] = self.client("dynamodb", CENTRAL).scan(TableName=TABLE, ConsistentRead=True)[
            "Items"
        ]
        return found

    def letters(self) -> list[str]:
        """What others were told since the case began."""
        return self._mailbox.letters()

    def read_dead_letters(self, queues: Iterable[str]) -> None:
        """Somebody reads what is in the dead-letter queues of these queues, and deletes it."""
        for queue in queues:
            for letter in mailbox.taken(self.client("sqs", CENTRAL), f"{queue}-dlq"):
                attributes = letter.get("MessageAttributes", {})
                reason = attributes.get("reason", {}).get("StringValue", "no reason")
                self._dead_letters.add(f"{queue}: {reason}: {letter['Body']}")

    def heartbeats(self, *, enabled: bool) -> None:
        """Let heartbeats through, or not."""
        self._switch(HEARTBEAT_RULE, BUS, enabled=enabled)

    def sweeps(self, *, enabled: bool) -> None:
        """Let the sweep be started, or not."""
        self._switch(SWEEP_RULE, "default", enabled=enabled)

    def task_states(self, *, enabled: bool) -> None:
        """Let starts and stops of tasks through, or not."""
        self._switch(TASK_STATE_RULE, BUS, enabled=enabled)

    def messages(self) -> tuple[str, ...]:
        """Queues of the product that are not empty, dead-letter queues too.

        But for what tells of restore ticks that failed.
        """
        places = {(CENTRAL, REGION), (ORDERS, REGION)}
        here = [one for one in self.organization.aws.get("queues") if (one["account"], one["region"]) in places]
        return tuple(sorted(one["name"] for one in here if one["messages"] and one["name"] not in _NO_WORK))

    def forget(self) -> None:
        """Empty state table and mailbox: what a case taught about its pool is not the next one's."""
        self._mailbox.empty()
        self._dead_letters.clear()
        dynamodb = self.client("dynamodb", CENTRAL)
        for item in self.items():
            dynamodb.delete_item(TableName=TABLE, Key={name: item[name] for name in ("id", "region")})

    def purge(self) -> None:
        """Empty all queues."""
        for account, url in self._all_queues():
            self.client("sqs", account).purge_queue(QueueUrl=url)

    def cool_down(self) -> None:
        """Let every function's next invocation start in a new sandbox, without a session in the workload account."""
        functions = self.client("lambda", CENTRAL)
        for function in functions.list_functions()["Functions"]:
            functions.update_function_configuration(FunctionName=function["FunctionName"], Description=f"{self.cases}")

    def to_before_tick(self) -> None:
        """Wait until shortly before a restore tick: then what is due in ten minutes is met by the third."""
        while self._tick is None:
            ticks = [told["time"] for told in self.organization.aws.invocations() if "restore" in told["function_arn"]]
            self._tick = ticks[0] if ticks else None
            self.advance(TICK)
        since = (self._clients.now - self._tick) % TICK
        self.advance((TICK - BEFORE_TICK - since) % TICK)

    def _switch(self, rule: str, bus: str, *, enabled: bool) -> None:
        events = self.client("events", CENTRAL)
        (events.enable_rule if enabled else events.disable_rule)(Name=rule, EventBusName=bus)

    def _silence_others(self) -> None:
        """Only the account and Region under test sends heartbeats."""
        for account, region in PLACES[2:]:
            scheduler = self.organization.client("scheduler", account, region)
            schedule = scheduler.get_schedule(Name=HEARTBEAT_SCHEDULE)
            kept = {name: schedule[name] for name in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
            scheduler.update_schedule(**kept, State="DISABLED")

    def _all_queues(self) -> list[tuple[str, str]]:
        if not self._queues:
            self._queues = [
                (account, url)
                for account in (CENTRAL, ORDERS)
                for url in self.client("sqs", account).list_queues().get("QueueUrls", ())
                if not url.endswith(f"/{FAILED_TICKS}")
            ]
        return self._queues


Items = Sequence[Mapping[str, Mapping[str, Any]]]


def _heard(items: Items) -> tuple[str, ...]:
    return tuple(sorted(item["id"]["S"] for item in items if "heard_at" in item))


def _open_pools(items: Items) -> tuple[str, ...]:
    pools = [item for item in items if item["id"]["S"].startswith("pool::")]
    return tuple(sorted(pool["id"]["S"] for pool in pools if pool["open"]["BOOL"]))


def _open_incidents(items: Items) -> tuple[str, ...]:
    """Incidents that are not over: people will be told once they are."""
    incidents = [item for item in items if item.get("due_partition", {}).get("S") == "incident"]
    return tuple(sorted(incident["id"]["S"] for incident in incidents))


def _by(principal_arn: str) -> str:
    return "automation" if AUTOMATION in principal_arn else "owner"
