"""One sweep: every service of one account and Region that may run on Spot, page by page, as far as the time goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from spot_failover.core.decision import Decision
from spot_failover.core.errors import AccessDeniedError, BusyError, ConflictError, SpotFailoverError
from spot_failover.core.events import SilentShortage
from spot_failover.core.fallback import marked_as_fallback
from spot_failover.core.path import Path
from spot_failover.core.phase_table import taken_back
from spot_failover.core.policy import Policy
from spot_failover.core.readiness import finding
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.shortage import seems_short
from spot_failover.core.sweep_messages import SweepOrder
from spot_failover.core.tags import service_wishes
from spot_failover.flow.event_flow import EventFlow
from spot_failover.flow.pace import Pace
from spot_failover.flow.pool_book import PoolBook
from spot_failover.flow.registry import update
from spot_failover.flow.report import Outcome, Reporter
from spot_failover.flow.sweep_progress import BEYOND, Progress, name_of, split
from spot_failover.flow.twin_readiness import twin_findings
from spot_failover.flow.watch_flow import path_outcome
from spot_failover.flow.worker import Worker

if TYPE_CHECKING:
    from spot_failover.flow.ports import Orders, Registry

PAGE = 10
"""Services that one DescribeServices call takes."""
LISTED = 100
"""Clusters or services that one list or describe call takes."""
MOST_FINDINGS = 500
"""Findings that are remembered for an account and Region: beyond them each is told by every sweep."""
_Lives = Mapping[ServiceKey, LiveService]
CONTINUED = timedelta(minutes=5)
"""How long an order that goes on may wait in its queue before another sweep begins."""


class SweepError(SpotFailoverError):
    """Some services or clusters could not be decided about; each is told in a log line of its own."""


class SweepFlow:
    """Finds what runs short without a word, and gives it to the decision that events get."""

    def __init__(
        self, worker: Worker, policy: Policy, reporter: Reporter, registry: Registry, orders: Orders, pace: Pace
    ) -> None:
        self._worker = worker
        self._policy = policy
        self._reporter = reporter
        self._registry = registry
        self._orders = orders
        self._pace = pace
        self._events = EventFlow(worker, policy, reporter)
        self._book = PoolBook(worker)

    def run(self, order: SweepOrder) -> None:
        """Carry out an order.

        Raises
        ------
        SweepError
            After all else is done.
        SpotFailoverError
            The account could not be looked at; the order comes again.
        """
        path = self._begin(order)
        if path is None:
            return
        progress = Progress(dict(path.findings), failed=[path.failed] if order.after and path.failed else [])
        try:
            ended = all(
                self._cluster(order, cluster, attached, progress) for cluster, attached in self._clusters(order)
            )
        except AccessDeniedError as error:
            self._refused(path, error)
            return
        except SpotFailoverError:
            self._update(order, lambda it: replace(it, sweep_until=None))
            raise
        if not ended:
            self._continue(order, progress)
            return
        self._end(order, progress)
        if progress.failed:
            raise _not_decided(path, progress.told_failed)

    def _begin(self, order: SweepOrder) -> Path | None:
        """Take the account and Region; None where there is nothing to do."""
        path = self._registry.path(order.account, order.region)
        now = self._worker.now()
        if path.heard_at is None or not self._policy.for_account(order.account).enabled:
            reason = Reason.ACCOUNT_LEFT if path.heard_at is None else Reason.DISABLED
            self._reporter.outcome(path_outcome(path, Decision(Action.IGNORE, reason)))
            return None
        if order.overtaken(path.swept_at):
            if path.failed:
                # Not again for its sake: the next sweep tries these. But it goes on to be told that something is wrong.
                raise _not_decided(path, path.failed)
            note = "another has ended since this one was ordered"
            self._reporter.outcome(path_outcome(path, Decision(Action.IGNORE, Reason.SWEPT, note=note)))
            return None
        until = self._worker.lease().expires_at

        def taken(it: Path) -> Path:
            others = it.sweeping(now) and it.sweep != order.sweep
            return it if others else replace(it, sweep=order.sweep, sweep_until=until)

        path = self._update(order, taken)
        if path.sweep != order.sweep:
            self._reporter.outcome(path_outcome(path, Decision(Action.IGNORE, Reason.SWEEP_UNDER_WAY)))
            return None
        return path

    def _clusters(self, order: SweepOrder) -> list[tuple[str, frozenset[str]]]:
        """Clusters in scope that have a Spot provider and are not done with, in order, with all their providers."""
        self._pace.take(2)
        found = self._worker.services.clusters(order.account, order.region)
        self._pace.take(2 * (len(found) // LISTED))
        policy = self._policy.for_account(order.account)
        return [
            (name, attached)
            for name, attached in sorted(found.items())
            if attached & policy.for_cluster(name).spot_providers
            and policy.scope.covers_cluster(order.account, name)
            and (name, BEYOND) > split(order.after)
        ]

    def _cluster(self, order: SweepOrder, cluster: str, attached: frozenset[str], progress: Progress) -> bool:
        """Look at a cluster; whether there was time for all of it.

        One that hides itself (a service control policy, a permissions boundary) or fails hides none of those behind it.

        Raises
        ------
        SpotFailoverError
            Nobody gets into the account any more.
        """
        if self._worker.out_of_time():
            return False
        try:
            return all(self._page(order, page, attached, progress) for page in self._pages(order, cluster))
        except Exception as error:
            if isinstance(error, SpotFailoverError) and error.whole_account:
                raise
            self._reporter.unfinished(error, ServiceKey(order.account, order.region, cluster, ""))
            progress.passed_by(cluster)
            return True

    def _pages(self, order: SweepOrder, cluster: str) -> Iterator[Sequence[ServiceKey]]:
        self._pace.take()
        keys = self._worker.services.names(order.account, order.region, cluster)
        self._pace.take(len(keys) // LISTED)
        waiting = [key for key in keys if (cluster, key.service) > split(order.after)]
        for start in range(0, len(waiting), PAGE):
            yield waiting[start : start + PAGE]

    def _page(
        self, order: SweepOrder, page: Sequence[ServiceKey], attached: frozenset[str], progress: Progress
    ) -> bool:
        """Look at up to ten services; whether there was time for it."""
        if self._worker.out_of_time():
            return False
        self._pace.take()
        events, marked = [], {}
        lives = self._in_scope(page)
        for key, live in lives.items():
            policy = self._policy.of(key)
            if seems_short(live, policy.spot_providers, self._worker.now(), policy.shortage_threshold):
                events.append(self._event(order, key, "runs short"))
            elif live.rollbacks and marked_as_fallback(live.strategy, policy.spot_providers):
                marked[key] = live
        progress.short += len(events)
        events += self._taken_back(order, marked, progress)
        self._pace.take(len(events))
        errors = self._events.handle(events)
        if self._worker.out_of_time() and any(isinstance(error, BusyError) for error in errors):
            return False  # the whole page again, by whoever goes on
        for event, error in zip(events, errors, strict=True):
            if error is not None:
                self._failed(event.key, error, progress)
        # Afterwards: what only informs holds up no failover.
        self._note(lives, attached, progress)
        progress.last = name_of(page[-1])
        return True

    def _in_scope(self, page: Sequence[ServiceKey]) -> dict[ServiceKey, LiveService]:
        lives, scope = self._worker.services.describe(page), self._policy.of(page[0]).scope
        covered = (key for key in page if scope.covers(key.account, key.cluster, key.service))
        return {key: live for key in covered if (live := lives[key]) is not None and live.active}

    def _note(self, lives: _Lives, attached: frozenset[str], progress: Progress) -> None:
        """Note probes, and what would stop a failover. What is known of it stays where a twin can't be looked at."""
        progress.seen.update(map(name_of, lives))
        for key, live in lives.items():
            self._note_probe(live, self._policy.of(key), progress)
        try:
            twins = twin_findings(self._worker, lives.values(), self._policy, self._pace)
        except SpotFailoverError as error:
            if error.whole_account:
                raise
            self._failed(next(iter(lives)), error, progress)
            return
        for key, live in lives.items():
            self._note_finding(live, finding(live, attached, self._policy.of(key)) or twins.get(key), progress)

    def _taken_back(self, order: SweepOrder, marked: _Lives, progress: Progress) -> list[SilentShortage]:
        """Services that ECS has left on their fallback; where a record can't be read, whoever needs it tells."""
        try:
            records, now = self._worker.records.get_many(list(marked)) if marked else {}, self._worker.now()
        except SpotFailoverError as error:
            self._failed(next(iter(marked)), error, progress)  # those that are short need not be among them
            return []
        return [
            self._event(order, key, "left on its fallback")
            for key, record in records.items()
            if isinstance(record, Record) and taken_back(marked[key], record, now)
        ]

    def _event(self, order: SweepOrder, key: ServiceKey, cause: str) -> SilentShortage:
        now = self._worker.now()
        return SilentShortage(f"{order.sweep}/{name_of(key)}", key, "sweep", now, now, cause=cause)

    def _failed(self, key: ServiceKey, error: Exception, progress: Progress) -> None:
        self._reporter.unfinished(error, key)
        if not isinstance(error, BusyError | ConflictError):
            progress.failed.append(name_of(key))

    def _note_probe(self, live: LiveService, policy: Policy, progress: Progress) -> None:
        active = live.strategy.active_among(policy.spot_providers)
        if service_wishes(live.tags, policy).probe and active:
            try:
                self._book.seen_probe(live.key, [item.provider for item in active])
            except ConflictError:
                return  # the next sweep sees it again
            except SpotFailoverError as error:
                self._failed(live.key, error, progress)

    def _note_finding(self, live: LiveService, found: Decision | None, progress: Progress) -> None:
        """Tell what is new, and what is over."""
        name = name_of(live.key)
        before = progress.findings.pop(name, "")
        if found is not None and len(progress.findings) < MOST_FINDINGS:
            progress.findings[name] = str(found.reason)
        if found is not None and found.reason != before:
            self._reporter.outcome(Outcome(live.key, found, before=live.strategy))
        if found is None and before:
            note = f"nothing known would stop a failover any more: was {before}"
            self._reporter.outcome(Outcome(live.key, Decision(Action.REPORT, Reason.READY, note=note)))

    def _refused(self, path: Path, error: AccessDeniedError) -> None:
        now = self._worker.now()
        action = Action.IGNORE if path.refused_since is not None else Action.ALERT
        # First, as with a path that falls silent: once it is written down nobody tells it.
        self._reporter.outcome(path_outcome(path, Decision(action, Reason.ROLE_REFUSED, note=str(error))))
        # Where the role lets us in, somebody is there, whatever it does not let us see.
        self._update(
            path, lambda it: replace(it.refused(now) if error.whole_account else it.may_not_look(now), sweep_until=None)
        )

    def _end(self, order: SweepOrder, progress: Progress) -> None:
        note = f"{len(progress.seen)} services looked at, of which {progress.short} seemed short"
        path = Path(order.account, order.region)
        self._reporter.outcome(path_outcome(path, Decision(Action.REPORT, Reason.SWEPT, note=note)))
        findings = progress.kept_findings(order.after)
        now = self._worker.now()
        self._update(
            order,
            lambda it: replace(
                it.let_in(), sweep="", sweep_until=None, swept_at=now, failed=progress.told_failed, findings=findings
            ),
        )

    def _continue(self, order: SweepOrder, progress: Progress) -> None:
        now = self._worker.now()
        self._update(
            order,
            lambda it: replace(
                it.let_in(), sweep_until=now + CONTINUED, failed=progress.told_failed, findings=progress.findings
            ),
        )
        self._orders.send([replace(order, after=progress.last or order.after, ordered_at=now)])

    def _update(self, of: SweepOrder | Path, change: Callable[[Path], Path]) -> Path:
        return update(self._registry, of.account, of.region, change)


def _not_decided(path: Path, names: str) -> SweepError:
    return SweepError(f"{path}: could not be decided about, see their log lines: {names}")
