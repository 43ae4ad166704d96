"""The checks of `spotctl doctor`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from spot_failover.aws.errors import Call, translated
from spot_failover.core.errors import RefusedError, SpotFailoverError
from spot_failover.core.path import Path
from spot_failover.core.policy import InterruptionResponse, Mode, Policy
from spot_failover.core.readiness import finding
from spot_failover.core.reason import Reason
from spotctl import installation as clock
from spotctl.installation import Installation
from spotctl.output import ago
from spotctl.plant import Plant, Queue, Rule
from spotctl.redrive import dead_letters_of
from spotctl.service_name import short

APPLY = "terraform apply of the central installation makes it anew."
NEEDED = ("placement_failure", "interruption", "sweep")
"""Functions that every installation has beside the restore function."""
_RULES = {"interruption": "spot_interruption", "sweep": "heartbeat"}
"""How the inputs name the rule that leads to a function's queue, where that is not the function's kind."""
_NAMED = 3
"""Services that a finding names; of more it tells how many there are."""


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    NOTE = "note"
    """As the policy or a tag shows that somebody chose it."""
    WARNING = "warning"
    """As somebody may have chosen it, or worth knowing."""
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """What one check found; `fix` is empty where nothing is to be done."""

    level: Level
    check: str
    text: str
    fix: str = ""


def _fine(check: str, text: str) -> Finding:
    return Finding(Level.OK, check, text)


def _broken(check: str, text: str, fix: str) -> Finding:
    return Finding(Level.ERROR, check, text, fix)


def central(installation: Installation, plant: Plant) -> Iterator[Finding]:
    """The central account."""
    policy = installation.policy
    if not policy.enabled:
        yield Finding(Level.WARNING, "policy", "the kill switch is on", "enabled = true, and terraform apply.")
    elif policy.mode is Mode.OBSERVE:
        yield Finding(Level.WARNING, "policy", "observes: changes nothing", 'mode = "act", and terraform apply.')
    else:
        yield _fine("policy", "enabled, acts")
    if policy.synthetic.enabled:
        sources = ", ".join(policy.synthetic.sources)
        text = f"synthetic events of {sources} are taken"
        yield Finding(Level.WARNING, "policy", text, "Switch synthetic_events off once the path is proven.")
    for kind in NEEDED:
        if kind not in plant.queues:
            text = f"no rule of the bus leads to a queue that a function {kind} reads"
            yield _broken(f"path of {kind}", text, APPLY)
    for kind, queue in plant.queues.items():
        yield from _queue(plant, kind, queue, policy)
    yield from _schedule(plant, "restore", policy)
    if "sweep" in plant.queues:
        yield from _schedule(plant, "sweep", policy)
    yield from _bus(installation)


def _queue(plant: Plant, kind: str, queue: Queue, policy: Policy) -> Iterator[Finding]:
    check = f"path of {kind}"
    if queue.function.state != "Active":
        yield _broken(check, f"function {queue.function.name} is {queue.function.state}", APPLY)
    if queue.mapping_state != "Enabled":
        text = f"{queue.function.name} does not read {queue.name}: its mapping is {queue.mapping_state}"
        yield _broken(check, text, f"aws lambda list-event-source-mappings tells why. {APPLY}")
    yield from _rules(check, _RULES.get(kind, kind), queue.rules, policy)
    arn = dead_letters_of(queue)
    if not arn:
        yield _broken(check, f"{queue.name} has no dead-letter queue", APPLY)
        return
    fix = f"spotctl redrive --queue {kind}: see why, mend it, move them back."
    if kind == "sweep":
        fix = "See docs/dead-letters.md, mend the cause, then purge the queue: the next sweep does their work."
    yield _letters(plant, check, arn, fix)


def _rules(check: str, key: str, rules: list[Rule], policy: Policy) -> Iterator[Finding]:
    for rule in rules:
        if not rule.enabled:
            yield _disabled(check, key, rule, policy)
        elif not rule.dead_letters:
            yield _broken(check, f"the target of rule {rule.name} has no dead-letter queue", APPLY)
        else:
            yield _fine(check, f"rule {rule.name} is enabled")


def _disabled(check: str, key: str, rule: Rule, policy: Policy) -> Finding:
    """The functions know no state of a rule: it is only seen to be chosen where the policy leaves it nothing to do."""
    text = f"rule {rule.name} is disabled"
    policies = [policy, *map(policy.for_account, policy.account_overrides)]
    answered = any(each.interruption.response is not InterruptionResponse.NONE for each in policies)
    if key == "spot_interruption" and not answered:
        return Finding(Level.NOTE, check, f"{text}, and the response to interruptions is none")
    fix = (
        f'If it is not meant: eventbridge_rule_state = "ENABLED", no other state of {key} in '
        "eventbridge_rule_state_overrides, and terraform apply."
    )
    # Without the restore schedule nothing comes back to Spot, and nothing that was cut off is finished.
    return Finding(Level.ERROR if key == "restore" else Level.WARNING, check, text, fix)


def _letters(plant: Plant, check: str, arn: str, fix: str) -> Finding:
    attributes, name = plant.attributes(arn), arn.rpartition(":")[2]
    if attributes is None:
        return _broken(check, f"there is no queue {name}", APPLY)
    count = int(attributes.get("ApproximateNumberOfMessages", 0))
    return _broken(check, f"{count} dead letters in {name}", fix) if count else _fine(check, f"{name} is empty")


def _schedule(plant: Plant, kind: str, policy: Policy) -> Iterator[Finding]:
    function = plant.restore if kind == "restore" else plant.queues[kind].function
    check, rules = f"schedule of {kind}", plant.schedules(function)
    if function.state != "Active":
        yield _broken(check, f"function {function.name} is {function.state}", APPLY)
    if not rules:
        yield _broken(check, f"no rule of the default bus starts {function.name}", APPLY)
    yield from _rules(check, kind, rules, policy)
    if kind == "restore":
        fix = "See docs/dead-letters.md, mend the cause, then purge the queue: the next tick does their work."
        for arn in sorted({rule.dead_letters for rule in rules if rule.dead_letters}):
            yield _letters(plant, check, arn, fix)


def _bus(installation: Installation) -> Iterator[Finding]:
    name, central_account = installation.settings.event_bus, installation.settings.central_account
    with translated(Call("events:DescribeEventBus", f"event bus {name}", installation.operator)):
        policy = installation.client("events").describe_event_bus(Name=name).get("Policy")
    statements = json.loads(policy)["Statement"] if policy else []
    others = sorted({account for account, _ in installation.registry.paths() if account != central_account})
    if not statements and others:
        fix = "Give organization_id, organizational_unit_paths or workload_account_ids, and terraform apply."
        yield _broken("bus policy", f"no other account may send, but {', '.join(others)} are known", fix)
        return
    open_ones = [str(each.get("Sid", "-")) for each in statements if not _narrow(each)]
    if open_ones:
        text = f"statements {', '.join(open_ones)} do not demand both source and detail type"
        yield _broken("bus policy", text, f"Somebody has changed it. {APPLY}")
    else:
        yield _fine("bus policy", f"{len(statements)} statements, each for the product's events alone")


def _narrow(statement: dict[str, Any]) -> bool:
    """Whether it lets in nothing but named sources and detail types: a key that is absent must not pass."""
    conditions: dict[str, Any] = statement.get("Condition", {})
    demanded = {
        name for name, value in conditions.get("Null", {}).items() if str(value).lower() in {"false", "['false']"}
    }
    named = set(conditions.get("ForAllValues:StringEquals", {}))
    return {"events:source", "events:detail-type"} <= demanded & named


def records(installation: Installation) -> Iterator[Finding]:
    """Open records: none may be unreadable, stuck or long overdue."""
    now, count = clock.now(), 0
    waiting = Counter[tuple[str, str]]()
    for key, _ in installation.records.open():
        count += 1
        try:
            record = installation.records.get(key)
        except RefusedError as error:
            yield _broken("records", str(error), "")
            continue
        # As the tick has marked it: whether a tag or a window lets it wait is seen at the service alone.
        if record.stuck:
            text = f"{short(key)} is stuck in {record.phase} since {ago(record.phase_since, now)}: {record.reason}"
            yield _broken("records", text, f"spotctl explain {short(key)}; docs/operations.md#stuck-records")
        late = record.due_at is not None and (now - record.due_at).total_seconds() > 1800
        why = _left_alone(installation.policy.for_account(key.account))
        if late and why:
            waiting[key.account, why] += 1
        elif late:
            text = f"{short(key)} has been due since {ago(record.due_at, now)}"
            yield _broken(
                "records", text, "The restore function does not run or fails: docs/operations.md#restores-late"
            )
    for (account, why), number in sorted(waiting.items()):
        yield Finding(Level.NOTE, "records", f"{number} of account {account} are due, and wait: {why}")
    yield _fine("records", f"{count} are open")


def _left_alone(policy: Policy) -> str:
    """Why nobody carries on with an account's records, as the alarm on late restores has it; empty: they are."""
    if not policy.enabled:
        return "it is switched off (enabled = false)"
    return 'it is only observed (mode = "observe")' if policy.mode is Mode.OBSERVE else ""


def accounts(installation: Installation) -> Iterator[Finding]:
    """Every account and Region that has sent a heartbeat: is it heard, may its role be entered, can it fail over."""
    names = sorted(installation.registry.paths())
    if not names:
        text = "no account and Region has ever sent a heartbeat"
        yield _broken("accounts", text, "Onboard one; then docs/sweep.md, hop by hop.")
    for account, region in names:
        try:
            path = installation.registry.path(account, region)
        except RefusedError as error:
            fix = "Somebody has changed its item in the state table: mend or delete it; a heartbeat makes it anew."
            yield _broken(f"account {account}, {region}", str(error), fix)
            continue
        yield from _account(installation, path)


def _account(installation: Installation, path: Path) -> Iterator[Finding]:
    now, check = clock.now(), f"account {path.account}, {path.region}"
    if path.is_silent(now, installation.policy.silent_after):
        text = f"its last heartbeat was sent {ago(path.heard_at, now)}"
        yield _broken(
            check, text, "Look at its schedule, forward rules and dead letters: docs/operations.md#silent-paths"
        )
    else:
        yield _fine(check, f"heartbeat {ago(path.heard_at, now)}")
    try:
        clusters = installation.services.clusters(path.account, path.region)
    except SpotFailoverError as error:
        yield _broken(
            check,
            f"its automation role: {error}",
            "terraform apply of its onboarding, with the output "
            "`onboarding` of the central installation: it names this operator role too.",
        )
        return
    yield _fine(check, f"its automation role was entered; {len(clusters)} clusters")
    yield from _clusters(installation, path, clusters)
    for name, reason in sorted(path.findings.items()):
        text = f"{name} could not fail over: {reason}, as the sweep saw it"
        yield Finding(Level.WARNING, check, text, f"spotctl explain {path.account}/{path.region}/{name}")


def _clusters(installation: Installation, path: Path, clusters: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """Those in scope that lack an on-demand provider: broken where a service needs it, which a probe never does."""
    policy, check = installation.policy.for_account(path.account), f"account {path.account}, {path.region}"
    for cluster, attached in sorted(clusters.items()):
        pairs = policy.for_cluster(cluster).fallback_pairs
        missing = sorted({target for spot, target in pairs.items() if spot in attached and target not in attached})
        if not missing or not policy.scope.covers_cluster(path.account, cluster):
            continue
        lacks = f"cluster {cluster} has Spot, but not {', '.join(missing)}"
        fix = f"Attach {', '.join(missing)} to it (PutClusterCapacityProviders)."
        try:
            names = _stranded(installation, path, cluster, attached)
        except SpotFailoverError as error:
            yield _broken(check, f"{lacks}, and its services can't be looked at: {error}", fix)
            continue
        if names:
            some = ", ".join(names[:_NAMED]) + (f" ({len(names)} in all)" if len(names) > _NAMED else "")
            yield _broken(check, f"{lacks}: no failover of {some} is possible", fix)
        else:
            yield Finding(Level.NOTE, check, f"{lacks}: none of its services needs it now")


def _stranded(installation: Installation, path: Path, cluster: str, attached: frozenset[str]) -> list[str]:
    """Services of a cluster that could not fail over for want of a provider, as the sweep decides it."""
    services, policy = installation.services, installation.policy.for_account(path.account).for_cluster(cluster)
    keys = services.names(path.account, path.region, cluster)
    covered = [key for key in keys if policy.scope.covers(key.account, key.cluster, key.service)]
    found = {key.service: finding(live, attached, policy) for key, live in services.describe(covered).items() if live}
    return [
        name
        for name, decision in sorted(found.items())
        if decision is not None and decision.reason is Reason.FALLBACK_PROVIDER_MISSING
    ]
