"""How long things take in this ECS, in seconds of virtual time, and how often it repeats itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Every time constant of the simulation. AWS promises few of them: the rest are what is usually seen.

    ``spot_notice`` is documented: two minutes between the warning and the end of a Fargate Spot task.
    """

    reaction: float = 1.0
    """From a change (an API call, a notice) to what the service scheduler does about it."""

    provisioning: float = 15.0
    pending: float = 15.0
    """From placed to PENDING, from PENDING to RUNNING."""

    healthy: float = 10.0
    """From RUNNING to healthy: only then may an old task be stopped for it."""

    stopping: float = 30.0
    """From DEACTIVATING to STOPPED: deregistration and the default stop timeout."""

    deprovisioning: float = 10.0
    """The end of it, for tasks with a network interface of their own."""

    deletion: float = 3.0
    """The same for the tasks of a service that is being deleted; shorter than AWS takes, so that a destroy is quick."""

    spot_notice: float = 120.0
    placement_retry: float = 30.0
    """Placement of a task that found no capacity is tried again on this grid."""

    placement_retell: float = 15 * 60.0
    """The event of an unbroken shortage comes at its beginning and then this often."""

    message_retell: float = 6 * 3600.0
    """A service's ``events[]`` leaves out what it has told already, for six hours (ECS developer guide)."""

    provisioning_timeout: float = 30 * 60.0
    """How long a task of an Auto Scaling group waits in PROVISIONING: between 10 and 30 minutes, then it is STOPPED and
    the service makes another (AWS's "Deep Dive on Amazon ECS Cluster Auto Scaling")."""

    start_backoff: float = 30.0
    start_backoff_max: float = 15 * 60.0
    """Wait after tasks that failed to start, doubled with each failed attempt in a row."""

    steady_state_repeat: float = 6 * 3600.0
    """SERVICE_STEADY_STATE comes again this often while nothing happens."""

    stopped_tasks_kept: float = 3600.0
    """A stopped task can be described for about an hour."""
