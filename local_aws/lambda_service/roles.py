"""What a function's execution role lets Lambda and the function do."""

from __future__ import annotations

from local_aws import iam
from local_aws.lambda_service.results import RoleNotAssumableError
from local_aws.world import World

LAMBDA = "lambda.amazonaws.com"
# A sandbox keeps the credentials it was started with; AWS's last this long.
SESSION_SECONDS = 12 * 3600


class Roles:
    """Execution roles of the world's functions."""

    def __init__(self, world: World) -> None:
        self._world = world

    def credentials(self, role_arn: str, function_name: str) -> iam.Credentials:
        """A session of the role, named after the function.

        Raises
        ------
        RoleNotAssumableError
            The role is gone or does not trust Lambda.
        """
        with self._world.lock:
            try:
                return iam.assume_service_role(
                    self._world, role_arn, LAMBDA, session_name=function_name, duration=SESSION_SECONDS
                )
            except iam.RoleNotAssumableError as error:
                raise RoleNotAssumableError(
                    f"The role defined for the function cannot be assumed by Lambda. {error}"
                ) from error

    def allows(self, role_arn: str, action: str, resource: str) -> bool:
        """Whether Lambda may do something in the role's name."""
        with self._world.lock:
            return iam.authorize_role(self._world, role_arn, action, resource).allowed
