"""Tells people: under a lease that is written before and given back after, so that two ticks never tell the same.

Whoever dies in between leaves a lease that expires; the next tick tells it then, perhaps for the second time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from spot_failover.core.alert_group import AlertKey
from spot_failover.core.errors import ConflictError, RefusedError, SpotFailoverError
from spot_failover.core.incident import Incident
from spot_failover.core.incident_text import of_alerts, of_incident
from spot_failover.core.notification import Notification
from spot_failover.core.record import Lease
from spot_failover.flow.worker import Worker

if TYPE_CHECKING:
    from spot_failover.flow.ports import Incidents, Topic

LEASE = timedelta(minutes=2)
"""More than a publication takes, less than two ticks are apart."""
MAX_CONFLICTS = 5


class Teller:
    """Without a topic all counts as told, and nothing is.

    After a publication that fails for more than its own message no other is tried: it would wait for as long, and so
    would the restores.
    """

    def __init__(self, worker: Worker, incidents: Incidents, topic: Topic | None, until: datetime) -> None:
        self._worker = worker
        self._incidents = incidents
        self._topic = topic
        self._until = until
        self.told = 0
        """Messages that went out."""
        self.waiting = 0
        """Messages that were not tried."""
        self.why = ""
        """Why not."""

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
        if not self._may_publish():
            return
        taken = self._incidents.put_incident(incident.telling(self._lease()))
        try:
            self._publish(self._topic, of_incident(taken, stage, now))
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
            if not self._may_publish():
                return
            taken = self._incidents.put_alerts(group.telling(self._lease()))
            try:
                self._publish(self._topic, of_alerts(taken))
            except SpotFailoverError:
                self._incidents.put_alerts(taken.not_sent())
                raise
            self.told += 1
        self._settle(lambda: self._incidents.put_alerts(self._incidents.alerts(key).sent(names, more, now)))

    def _may_publish(self) -> bool:
        """Whether to try, and take the lease; counts what is not tried."""
        if not self.why and self._worker.now() > self._until:
            self.why = "too little time"
        self.waiting += bool(self.why)
        return not self.why

    def _publish(self, topic: Topic, notification: Notification) -> None:
        try:
            topic.publish(notification)
        except RefusedError:
            raise  # this message; another may do
        except SpotFailoverError as error:
            self.why = str(error)
            raise

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
