"""Records, pools and paths as JSON documents: the words of the product, times in ISO 8601, what is empty left out."""

from __future__ import annotations

from typing import Any

from spot_failover.core.path import Path
from spot_failover.core.pool import Pool
from spot_failover.core.record import Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.twin_state import TwinState
from spot_failover.flow.report import Outcome


def of_key(key: ServiceKey) -> dict[str, Any]:
    """The four names."""
    return {"account": key.account, "region": key.region, "cluster": key.cluster, "service": key.service}


def of_record(record: Record) -> dict[str, Any]:
    """A record."""
    view: dict[str, Any] = of_key(record.key) | {
        "phase": str(record.phase),
        "phase_since": record.phase_since,
        "reason": record.reason,
        "event": dict(record.event),
        "baseline": record.baseline.to_api(),
        "fallback": record.fallback.to_api(),
        "switched_at": record.switched_at,
        "execution": record.execution,
        "restore_at": record.restore_at if record.phase.open else None,
        "due_at": record.due_at,
        "failed_restores": record.failures,
        "restore_day": record.restore_day,
        "restores_that_day": record.restores_that_day,
        "held_until": record.held_until,
        "held_by": record.held_by,
        "stuck": record.stuck,
        "alerted": sorted(map(str, record.alerted)),
        "lease_owner": record.lease.owner if record.lease is not None else "",
        "lease_expires_at": record.lease.expires_at if record.lease is not None else None,
        "version": record.version,
    }
    return {name: value for name, value in view.items() if value not in (None, "", [], {})}


def of_pool(pool: Pool) -> dict[str, Any]:
    """A pool with its breaker."""
    view: dict[str, Any] = {
        "account": pool.key.account,
        "region": pool.key.region,
        "provider": pool.key.provider,
        "cluster": pool.key.cluster,
        "open": pool.open,
        "opened_at": pool.opened_at,
        "failed_canaries": pool.failures,
        "next_canary_at": pool.next_canary_at,
        "proving": sorted(pool.proving),
    }
    return {name: value for name, value in view.items() if value not in (None, "")}


def of_twin(state: TwinState) -> dict[str, Any]:
    """A twin at work."""
    return of_key(state.primary) | {"twin": state.twin, "tasks": state.wanted, "raised_at": state.raised_at}


def of_path(path: Path) -> dict[str, Any]:
    """An account and Region."""
    return {
        "account": path.account,
        "region": path.region,
        "heard_at": path.heard_at,
        "silent": path.silent,
        "role_refused_since": path.refused_since,
        "swept_at": path.swept_at,
        "findings": dict(path.findings),
    }


def of_outcome(outcome: Outcome) -> dict[str, Any]:
    """What was decided, and done."""
    fields = outcome.fields()
    if outcome.record is not None:
        fields |= {"phase": str(outcome.record.phase), "record_version": outcome.record.version}
    return fields


def line(outcome: Outcome) -> str:
    """What was decided, and done, in a line."""
    fields = outcome.fields()
    parts = [f"{fields['account']}/{fields['region']}/{fields['cluster']}/{fields['service']}"]
    parts.append(f"{outcome.action} {outcome.decision.reason}")
    parts += [f"{name} {fields[name]}" for name in ("after", "deployment_id", "note") if name in fields]
    return ": ".join(parts)
