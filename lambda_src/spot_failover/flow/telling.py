"""Tells people: under a lease that is written before and given back after, so that two ticks never tell the same.

Whoever dies in between leaves a lease that expires; the next tick tells it then, perhaps for the second time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from spot_failover.core.alert_group import AlertKey
from spot_failover.core.errors import ConflictError, SpotFailoverError
from spot_failover.core.incident import Incident
from spot_failover.core.incident_text import of_alerts, of_incident
from spot_failover.core.record import Lease
from spot_failover.flow.ports import Incidents, Topic
from spot_failover.flow.worker import Worker

LEASE = timedelta(minutes=2)
"""More than a publication takes, less than two ticks are apart."""
MAX_CONFLICTS = 5


class Teller:
    """Without a topic all counts as told, and nothing is."""

    def __init__(self, worker: Worker, incidents: Incidents, topic: Topic | None) -> None:
        self._worker = worker
        self._incidents = incidents
        self._topic = topic
        self.told = 0
        """Messages that went out."""

    def incident(self, incident: Incident) -> None:
        """Tell what is to be told of it, if anything.

        Raises
        ------
        ConflictError
            Another tick is at it.
        SpotFailoverError
            Not told: the next tick tries again.
        """
        now = self._worker.now()
        stage = incident.to_tell(now)
        if stage is None or (incident.lease is not None and now < incident.lease.expires_at):
            return
        if self._topic is None:
            self._incidents.put_incident(incident.told_now(stage, now))
            return
        taken = self._incidents.put_incident(incident.telling(self._lease()))
        try:
            self._topic.publish(of_incident(taken, stage, now))
        except SpotFailoverError:
            self._incidents.put_incident(taken.not_told())
            raise
        self.told += 1
        self._settle(lambda: self._incidents.put_incident(self._incidents.incident(taken.pool).told_now(stage, now)))

    def alerts(self, key: AlertKey) -> None:
        """Tell the alerts of a group that wait; errors as `incident`."""
        now = self._worker.now()
        group = self._incidents.alerts(key)
        if group.due_at is None or group.due_at > now or (group.lease is not None and now < group.lease.expires_at):
            return
        names, more = tuple(group.waiting), group.more
        if self._topic is not None:
            taken = self._incidents.put_alerts(group.telling(self._lease()))
            try:
                self._topic.publish(of_alerts(taken))
            except SpotFailoverError:
                self._incidents.put_alerts(taken.not_sent())
                raise
            self.told += 1
        self._settle(lambda: self._incidents.put_alerts(self._incidents.alerts(key).sent(names, more, now)))

    @staticmethod
    def _settle(write: Callable[[], object]) -> None:
        """Write down what was told, over what others may have written meanwhile."""
        for _ in range(MAX_CONFLICTS):
            try:
                write()
            except ConflictError:
                continue
            return

    def _lease(self) -> Lease:
        return Lease(self._worker.name, self._worker.now() + LEASE)
