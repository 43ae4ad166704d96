"""What would stand in the way of a drill, asked of the decisions themselves before anything is put."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from spot_failover.core.events import PlacementFailure
from spot_failover.core.service import LiveService
from spot_failover.core.transitions import Delays, confirm_failover
from spot_failover.flow.pool_book import pool_keys
from spot_failover.flow.twin_flow import by_twin
from spotctl import installation as clock
from spotctl import judgement
from spotctl.exits import Exit
from spotctl.explain import step_text
from spotctl.installation import Installation, new_id
from spotctl.judgement import Look, Step


@dataclass(frozen=True)
class Refusal:
    """Why there is no drill."""

    text: str
    exit_code: Exit = Exit.NOT_DONE


@dataclass(frozen=True)
class Plan:
    """What a drill would do; `refusal`: it may not."""

    there: Step | None = None
    back: Step | None = None
    refusal: Refusal | None = None


def rehearse(installation: Installation, seen: Look) -> Plan:
    """The failover, and then the restore, as they would be decided right now."""
    policy, record, live = seen.policy, seen.record, seen.live
    if record.phase.open:
        since = f"it is {record.phase} ({record.reason or '-'}) by failover already"
        return Plan(refusal=Refusal(f"{since}: see spotctl status, and drill once it is back on Spot"))
    if by_twin(live, record, policy, clock.now()):
        return Plan(refusal=Refusal("its method is failover_service: its twin follows it, and it is never switched"))
    if live is not None and live.external:
        text = "its controller is EXTERNAL: a drill follows UpdateService, not the execution that replaces a task set"
        return Plan(refusal=Refusal(f"{text}. Use spotctl failover and restore"))
    steps = judgement.on_event(seen, synthetic_failure(seen, policy.synthetic.sources[0]))
    there = judgement.changing(steps)
    if there is None or live is None:
        return Plan(refusal=_refused("would not fail over", steps))
    unsteady = _unsteady(live)
    if unsteady:
        return Plan(refusal=Refusal(f"{unsteady}: drill once it is steady"))
    most, used = policy.max_failovers_per_hour, 0
    if most:
        now = clock.now()
        used = installation.shared.budget(seen.key.account, now).at(now).used
    if most and used >= most:
        return Plan(refusal=Refusal(f"account {seen.key.account} has had its {most} failovers of this hour"))
    steps = _way_back(installation, seen, live, there)
    back = judgement.changing(steps)
    if back is None:
        return Plan(there, refusal=_refused("would not come back at once", steps))
    return Plan(there, back)


def synthetic_failure(seen: Look, source: str) -> PlacementFailure:
    """The event of a drill, as the function will read it."""
    now = clock.now()
    providers = judgement.spot_of(seen)
    return PlacementFailure(new_id(), seen.key, source, now, now, synthetic=True, providers=providers)


def _unsteady(live: LiveService) -> str:
    """Why a service is not as it is on an ordinary day; empty: it is."""
    if live.running < live.desired:
        return f"it runs {live.running} of {live.desired} tasks"
    if len(live.deployments) != 1:
        return "a deployment of it is in progress"
    return ""


def _way_back(installation: Installation, seen: Look, live: LiveService, there: Step) -> list[Step]:
    """What the restore would come to, once the service runs whole on its fallback."""
    intent, target, primary, now = there.decision.record, there.decision.target, live.primary, clock.now()
    if intent is None or target is None or primary is None:
        return []
    deployment = replace(primary, id="of the drill", strategy=target, created_at=now)
    record = confirm_failover(intent, deployment, live.desired, Delays(timedelta(), timedelta()), now)
    pools = tuple(installation.shared.pool(key).at(now) for key in pool_keys(record, seen.policy))
    moved = replace(live, strategy=target, deployments=(deployment,))
    return judgement.at_tick(installation, replace(seen, live=moved, record=record, pools=pools), forward=True)


def _refused(what: str, steps: list[Step]) -> Refusal:
    why = "; ".join(step_text(each) for each in steps) or "nothing is decided"
    return Refusal(f"it {what}: {why}", judgement.not_done(steps))
