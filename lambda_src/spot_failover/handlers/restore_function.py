"""The function behind the restore schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spot_failover.core.errors import SpotFailoverError
from spot_failover.flow.restore_flow import RestoreFlow
from spot_failover.flow.twin_tick import TwinTick
from spot_failover.handlers.assembly import Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext


class RestoreTickError(SpotFailoverError):
    """Some of the records that were due could not be handled; each is told in a log line of its own."""


class RestoreFunction:
    """One tick after another."""

    def __init__(self) -> None:
        self._function = Function(reads_queue=False)
        self.logger = self._function.logger

    def handle(self, context: LambdaContext) -> dict[str, int]:
        """Handle what is due; returns how many records were handled, and how many are left to the next tick.

        Raises
        ------
        RestoreTickError
            After all else is done: the failure shows in the function's error metric.
        """
        telemetry = self._function.telemetry
        try:
            tick = RestoreFlow(self._function.worker(context), self._function.settings.policy, telemetry).run()
            tick.add(TwinTick(self._function.worker(context), self._function.settings.policy, telemetry).run())
            for key, error in tick.errors.items():
                telemetry.unfinished(error, key)
            telemetry.gauge("StuckRecords", tick.stuck)
        finally:
            telemetry.flush()
        if tick.errors:
            names = "; ".join(sorted(str(key) for key in tick.errors))
            raise RestoreTickError(f"{len(tick.errors)} due records could not be handled, see their log lines: {names}")
        return {"handled": tick.handled, "left": tick.left}


def restore_handler() -> Callable[[dict[str, Any], LambdaContext], dict[str, int]]:
    """The Lambda handler of the restore tick.

    Raises
    ------
    SettingsError
        At the function's start, with the name of the variable that is missing or wrong.
    """
    function = RestoreFunction()

    @function.logger.inject_lambda_context(clear_state=True)
    def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
        return function.handle(context)

    return handler
