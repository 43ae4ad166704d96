"""The control API's routes for what goes wrong in and around ECS: events untold, images that can't be pulled."""

from __future__ import annotations

from local_aws.ecs.announce import Repeat, Telling
from local_aws.ecs.applications import Failure
from local_aws.ecs.control_routes import Arguments, text
from local_aws.ecs.scheduler import Scheduler
from local_aws.ecs.service import Key
from local_aws.world import World


class FailureRoutes:
    """Handlers of the control API; each takes the lock."""

    def __init__(self, world: World, scheduler: Scheduler) -> None:
        self._world = world
        self._scheduler = scheduler

    def add_to(self, world: World) -> None:
        """Register all routes."""
        add = world.control.add
        add("POST", "broken-image", self.broken_image)
        add("POST", "fail-application", self.fail_application)
        add("POST", "count-interrupted", self.count_interrupted)
        add("POST", "ecs-events", self.ecs_events)
        add("POST", "provisioning-timeout", self.provisioning_timeout)

    def broken_image(self, arguments: Arguments) -> Arguments:
        """Make an image impossible to pull in an account (``broken`` false: possible again)."""
        item = (text(arguments, "account"), text(arguments, "image"))
        with self._world.lock:
            broken = self._scheduler.lifecycle.applications.broken_images
            if arguments.get("broken", True):
                broken.add(item)
            else:
                broken.discard(item)
        return {}

    def fail_application(self, arguments: Arguments) -> Arguments:
        """Let a service's tasks fail ``how``, those that run included; ``how`` null ends it.

        With ``task_definition`` (``family:revision``) only tasks of that revision fail: a release that does not start
        while the tasks of the one before go on.
        """
        key = Key(*(text(arguments, name) for name in ("account", "region", "cluster", "service")))
        how = arguments.get("how")
        if how is not None and how not in list(Failure):
            raise ValueError(f"how must be null or one of {', '.join(Failure)}, not {how!r}")
        with self._world.lock:
            service = self._scheduler.services.get(key)
            if service is None:
                raise ValueError(f"there is no service {key.arn}")
            if how == Failure.ELB_HEALTH and not any(
                unit.revision.wiring.get("loadBalancers") for unit in service.units
            ):
                raise ValueError(f"{key.arn} has no load balancer whose health checks it could fail")
            failure = None if how is None else Failure(how)
            self._scheduler.fail_application(service, failure, arguments.get("task_definition"))
        return {}

    def count_interrupted(self, arguments: Arguments) -> Arguments:
        """Choose whether ``runningCount`` has tasks between their notice and their end: AWS documents neither."""
        counted = _flag(arguments, "counted")
        with self._world.lock:
            self._scheduler.count_interrupted = counted
        return {}

    def ecs_events(self, arguments: Arguments) -> Arguments:
        """Choose what ECS tells from now on; what the request leaves out is told as always.

        ``enabled`` false: no event of any kind. ``placement_failures``: the event of one shortage comes ``repeated``,
        ``once`` or ``never``. ``messages`` false: a service's ``events[]`` has nothing of shortages.
        """
        known = {"enabled", "placement_failures", "messages"}
        if set(arguments) - known:
            raise ValueError(f"ecs-events knows {', '.join(sorted(known))}, not {sorted(set(arguments) - known)}")
        wanted = arguments.get("placement_failures", Repeat.REPEATED.value)
        if wanted not in list(Repeat):
            raise ValueError(f"placement_failures must be one of {', '.join(Repeat)}, not {wanted!r}")
        telling = Telling(_flag(arguments, "enabled", True), Repeat(wanted), _flag(arguments, "messages", True))
        with self._world.lock:
            self._scheduler.announcer.telling = telling
        return {}

    def provisioning_timeout(self, arguments: Arguments) -> Arguments:
        """How long tasks made from now on wait in PROVISIONING for an instance: AWS says 10 to 30 minutes."""
        seconds = arguments.get("seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
            raise ValueError(f"seconds must be a number above 0, not {seconds!r}")
        with self._world.lock:
            self._scheduler.lifecycle.provisioning_timeout = float(seconds)
        return {}


def _flag(arguments: Arguments, name: str, default: bool | None = None) -> bool:
    value = arguments.get(name, default)
    if value not in {True, False}:
        raise ValueError(f"{name} must be true or false, not {value!r}")
    return bool(value)
