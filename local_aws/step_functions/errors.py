"""The errors that Step Functions answers with, where moto's are not enough."""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError, ServiceException


class AccessDeniedError(JsonRESTError):
    """HTTP 400, AccessDeniedException: common to all services, and so not in the model of this one."""

    def __init__(self, message: str) -> None:
        super().__init__("AccessDeniedException", message)


class InvalidDefinitionError(ServiceException):
    """HTTP 400, InvalidDefinition."""

    code = "InvalidDefinition"


class InvalidLoggingConfigurationError(ServiceException):
    """HTTP 400, InvalidLoggingConfiguration."""

    code = "InvalidLoggingConfiguration"


class StateMachineAlreadyExistsError(ServiceException):
    """HTTP 400, StateMachineAlreadyExists."""

    code = "StateMachineAlreadyExists"


class InvalidTokenError(ServiceException):
    """HTTP 400, InvalidToken."""

    code = "InvalidToken"
