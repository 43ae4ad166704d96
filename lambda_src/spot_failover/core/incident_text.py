"""What people are told of incidents and alerts, in the product's words."""

from __future__ import annotations

from datetime import datetime, timedelta

from spot_failover.core.alert_group import AlertGroup
from spot_failover.core.incident import TWINS, Incident, Stage
from spot_failover.core.notification import Notification
from spot_failover.core.reason import Reason
from spot_failover.core.service_key import ServiceKey

STEPS = {
    Reason.FALLBACK_SHORT: "On-demand capacity lacks too, or the tasks do not start: look at the service's events; ask "
    "for another on-demand vCPU quota, or for other subnets or task sizes.",
    Reason.FALLBACK_PROVIDER_MISSING: "Attach the on-demand provider to the cluster: aws ecs "
    "put-cluster-capacity-providers, which replaces the whole list: name what is there as well.",
    Reason.FALLBACK_IMPOSSIBLE: "Make room in the service's strategy: ECS takes 20 items.",
    Reason.FAILOVER_LIMIT: "These services stay short until the next hour of the clock. A higher "
    "max_failovers_per_hour helps those that come after it.",
    Reason.FAILOVER_ROLLED_BACK: "ECS rolled the failover's deployment back: see why its tasks do not start.",
    Reason.CHANGE_ROLLED_BACK: "ECS rolled a change back, and the fallback is live again: see why tasks did not start. "
    "What was there before the failover comes back in its time; to have another strategy, set it once more.",
    Reason.STUCK: "See spotctl explain, or docs/operations.md#stuck-records: what helps depends on phase and reason.",
    Reason.UNSAFE_TO_RESTORE: "Raise minimumHealthyPercent and maximumPercent of these services, or allow the restore: "
    "restore.allow_disruption.",
    Reason.RESTORE_OVERRULED: "Somebody set the fallback again: set the strategy that the service should have.",
    Reason.UNSUPPORTED_CONTROLLER: "These services are never switched: take them off Spot, or out of the scope; those "
    "with the controller EXTERNAL are where task_set is enabled.",
    Reason.TASK_SET_REFUSED: "The state machine touched nothing: mend what the line says of service, load balancer or "
    "target groups. It is tried again, a failover every 5 minutes.",
    Reason.TASK_SET_LEFT: "Task sets, listeners and tags may stand in between: see the execution's cause. The next "
    "execution puts that in order first.",
    Reason.PATH_SILENT: "Look at the heartbeat schedule and the forward rules of the account and Region.",
    Reason.ROLE_REFUSED: "Look at the automation role of the account: its trust policy and its permissions.",
    Reason.ACCOUNT_LEFT: "If nobody offboarded the account by intent, onboard it again and set its strategies by hand.",
    Reason.TWIN_UNUSABLE: "Mend the on-demand twin, as the note says.",
}
"""What to do about an alert, by its reason."""


def of_incident(incident: Incident, stage: Stage, now: datetime) -> Notification:
    """What is told of an incident at this stage."""
    pool, many = incident.pool, incident.size
    began = incident.opened_at or now
    where = f"account {pool.account}, Region {pool.region}"
    what = (
        "on-demand twins"
        if pool.provider == TWINS
        else f"{pool.provider}" + (f" of cluster {pool.cluster}" if pool.cluster else "")
    )
    match stage:
        case Stage.OPENED:
            title = f"Spot failover: {_services(many)} on on-demand, {what}, {pool.account} {pool.region}"
            summary = f"{_services(many)} of {where} moved to on-demand capacity: Spot ({what}) lacks."
        case Stage.GROWN:
            title = f"Spot failover: now {_services(many)} on on-demand, {what}, {pool.account} {pool.region}"
            summary = (
                f"The incident in {where} ({what}) that began at {_time(began)} has grown: {_services(many)} on "
                f"on-demand capacity now, {incident.seen} in all. Nothing more is told until it is over."
            )
        case _:
            title = f"Spot failover over: {what}, {pool.account} {pool.region}"
            ended = incident.quiet_since or now
            summary = (
                f"No service of {where} ({what}) is on on-demand capacity any more. From {_time(began)} to "
                f"{_time(ended)} ({_long(ended - began)}) {_services(incident.seen)} had been moved there, "
                f"{incident.most} at the same time."
            )
    steps: tuple[str, ...] = ()
    if stage is not Stage.OVER:
        steps = (
            "Nothing: each service goes back to its own strategy once Spot carries it, and you are told.",
            "To stop this automation: enabled = false.",
        )
    return Notification(
        title,
        summary,
        lines=tuple(_line(incident, record_id) for record_id in sorted(incident.services)),
        unlisted=incident.beyond,
        steps=steps,
        thread=f"{incident.record_id}::{pool.region}::{int(began.timestamp())}",
        kind=str(stage),
        account=pool.account,
        region=pool.region,
    )


def of_alerts(group: AlertGroup) -> Notification:
    """What is told of alerts that wait."""
    key, many = group.key, len(group.waiting) + group.more
    about_services = "-" not in group.waiting
    title = f"Spot failover, {key.reason}: {key.account} {key.region}"
    if about_services:
        title = f"Spot failover, {key.reason}: {_services(many)}, {key.account} {key.region}"
    step = STEPS.get(Reason(key.reason)) if key.reason in set(Reason) else None
    return Notification(
        title,
        f"{key.reason} in account {key.account}, Region {key.region}: a person has to look.",
        lines=tuple(
            f"{name}: {note}" if name != "-" and note else note or name for name, note in sorted(group.waiting.items())
        ),
        unlisted=group.more,
        steps=(step,) if step else (),
        thread=f"{key.record_id}::{key.region}",
        kind=key.reason,
        account=key.account,
        region=key.region,
    )


def _line(incident: Incident, record_id: str) -> str:
    key, member = ServiceKey.from_record_id(record_id, incident.pool.region), incident.services[record_id]
    tasks = f", {member.tasks} tasks" if member.tasks else ""
    return f"{key.cluster}/{key.service} since {_time(member.since)} ({member.reason or 'on-demand'}{tasks})"


def _services(many: int) -> str:
    return "1 service" if many == 1 else f"{many} services"


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _long(time: timedelta) -> str:
    minutes = int(time / timedelta(minutes=1))
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
