"""What can go wrong, told apart by what has to be done about it."""

from __future__ import annotations


class SpotFailoverError(Exception):
    """Base of all errors of this package."""

    whole_account = False
    """The account's role could not be assumed: whatever is asked there next fails for the same."""


class SettingsError(SpotFailoverError):
    """An environment variable is missing or wrong: nothing works until the installation is mended."""


class MalformedEventError(SpotFailoverError):
    """Not an event of a shape that this product reads: no retry can help."""


class ForeignResourceError(SpotFailoverError):
    """An event names a resource that its sender does not own: never acted on."""


class TransientError(SpotFailoverError):
    """Throttling, a server error or a time-out that outlasted the retries: a later delivery or tick tries again."""


class UnclearError(TransientError):
    """The answer to a changing call got lost: it may have taken effect. Look before calling again."""


class SessionExpiredError(TransientError):
    """The session of an assumed role has ended: the next try makes a new one."""


class AccessDeniedError(SpotFailoverError):
    """A permission is missing: not retried inside an invocation. The message names role, action and what to check."""


class RefusedError(SpotFailoverError):
    """AWS refused the request as invalid: the same request can't succeed."""


class GoneError(SpotFailoverError):
    """The service or its cluster does not exist any more, or is not ACTIVE."""


class ConflictError(SpotFailoverError):
    """Somebody else wrote the record since it was read: read again and decide again."""


class BusyError(SpotFailoverError):
    """Another worker holds the lease of this service, or its state has not settled: come back later."""


class InputError(SpotFailoverError):
    """Fields of the input of a controlled scale-down are missing or wrong: nothing was touched. Names all of them."""


class NotReplaceableError(SpotFailoverError):
    """Service, load balancer or target groups are not as a controlled scale-down needs them: nothing was touched."""


class TakenError(SpotFailoverError):
    """Another controlled scale-down works on this service: nothing was touched."""


class UnhealthyError(SpotFailoverError):
    """The new task set did not become steady and healthy in time, or did not stay so."""


class ChangedByHandError(SpotFailoverError):
    """Somebody else changed a listener or a task set while a controlled scale-down was under way."""


class OverdueError(SpotFailoverError):
    """A controlled scale-down has used up its time."""
