"""Reads what a report is made of: the functions' logs, the records, and the services as they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from spot_failover.core.errors import SpotFailoverError
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import NO_STRATEGY
from spotctl.installation import Installation
from spotctl.logs import lines_of
from spotctl.plant import Plant
from spotctl.report_episodes import ACTIONS, episodes
from spotctl.report_figures import History, Period

LOOK_BACK = timedelta(days=7)
"""How long before the period a failover is looked for that lasts into it."""
_PAGE = 10
"""Services that one DescribeServices call takes."""


@dataclass
class Material:
    """What was found."""

    histories: list[History] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    """What could not be read, for people."""


def material(installation: Installation, period: Period, *, everything: bool) -> Material:
    """Services that were moved in the period; with `everything` also those with active Spot that never were."""
    found = Material()
    lines = _lines(installation, period)
    records: dict[ServiceKey, Record] = {}
    for key in sorted({*lines, *(key for key, _ in installation.records.open())}):
        try:
            records[key] = installation.records.get(key)
        except SpotFailoverError as error:
            found.gaps.append(str(error))
    others = _never_moved(installation, records.keys(), found.gaps) if everything else []
    live = _described(installation, [*records, *others], found.gaps)
    for key in sorted({*records, *others}):
        record = records.get(key, Record(key))
        history = _history(record, lines.get(key, []), live.get(key))
        within = [each for each in history.episodes if period.of(each) > 0]
        if within or (everything and key in live):
            found.histories.append(history)
    return found


def _lines(installation: Installation, period: Period) -> Mapping[ServiceKey, list[Mapping[str, Any]]]:
    found: dict[ServiceKey, list[Mapping[str, Any]]] = defaultdict(list)
    for function in Plant(installation).functions:
        for action in ACTIONS:
            wanted = {"message": "decision", "action": action}
            for line in lines_of(installation, function, wanted, period.begin - LOOK_BACK):
                if line.get("service"):
                    key = ServiceKey(*(str(line[name]) for name in ("account", "region", "cluster", "service")))
                    found[key].append(line)
    return found


def _history(record: Record, lines: Sequence[Mapping[str, Any]], live: LiveService | None) -> History:
    strategy = record.baseline
    if live is not None and not (record.phase.open and live.strategy.same_as(record.fallback)):
        strategy = live.strategy
    found = episodes(lines, record)
    if not strategy:
        strategy = next((each.baseline for each in reversed(found) if each.baseline), NO_STRATEGY)
    tasks = live.desired if live is not None else record.desired_at_switch or None
    return History(record.key, tuple(found), strategy, tasks)


def _described(
    installation: Installation, keys: Sequence[ServiceKey], gaps: list[str]
) -> Mapping[ServiceKey, LiveService]:
    groups: dict[tuple[str, str, str], list[ServiceKey]] = defaultdict(list)
    for key in keys:
        groups[key.account, key.region, key.cluster].append(key)
    found: dict[ServiceKey, LiveService] = {}
    for group in groups.values():
        for start in range(0, len(group), _PAGE):
            try:
                answer = installation.services.describe(group[start : start + _PAGE])
            except SpotFailoverError as error:
                gaps.append(str(error))
                continue
            found |= {key: live for key, live in answer.items() if live is not None and live.active}
    return found


def _never_moved(installation: Installation, known: Any, gaps: list[str]) -> list[ServiceKey]:
    """Services with active Spot of every account and Region that is known, without those of `known`."""
    found: list[ServiceKey] = []
    for account, region in sorted(installation.registry.paths()):
        try:
            clusters = installation.services.clusters(account, region)
            keys = [key for name in sorted(clusters) for key in installation.services.names(account, region, name)]
        except SpotFailoverError as error:
            gaps.append(str(error))
            continue
        described = _described(installation, [key for key in keys if key not in known], gaps)
        for key, live in described.items():
            policy = installation.policy.of(key)
            if live.strategy.active_among(policy.spot_providers):
                found.append(key)
    return found
