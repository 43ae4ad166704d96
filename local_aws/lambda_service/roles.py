"""What a function's execution role lets Lambda and the function do."""

from __future__ import annotations

from local_aws import iam
from local_aws.iam.key_uses import DECRYPT
from local_aws.iam.keys import encryption
from local_aws.lambda_service.deployment import Deployment
from local_aws.lambda_service.results import KeyDeniedError, RoleNotAssumableError
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

    def allows(self, role_arn: str, action: str, resource: str, *, with_key: bool = True) -> bool:
        """Whether Lambda may do something in the role's name, ``with_key`` to what encrypts the resource too."""
        with self._world.lock:
            return iam.authorize_role(self._world, role_arn, action, resource, with_key=with_key).allowed

    def check_environment(self, deployment: Deployment) -> None:
        """Decrypt the function's environment in the role's name, where a customer key encrypts it.

        The grant that Lambda makes for the role when it is given the key is not counted on: it ends with the role that
        it was made for, and a role of the same name that is made anew has nothing but its policies.

        Raises
        ------
        KeyDeniedError
            The role may not use the key.
        """
        function, region = str(deployment.arn), deployment.arn.region
        found = encryption(deployment.key_arn, function, {"aws:lambda:FunctionArn": function})
        if found is None or not deployment.environment:
            return
        keys = {**found.condition_keys(), "kms:ViaService": (f"lambda.{region}.amazonaws.com",)}
        with self._world.lock:
            verdict = iam.authorize_role(self._world, deployment.role, DECRYPT, found.key_arn, keys)
        if not verdict.allowed:
            raise KeyDeniedError(
                "Lambda was unable to decrypt the environment variables because KMS access was denied. Please check "
                f"the function's KMS key settings. KMS Exception: AccessDeniedException KMS Message: {deployment.role} "
                f"is not authorized to perform: {DECRYPT} on resource: {found.key_arn} {verdict.reason}"
            )
