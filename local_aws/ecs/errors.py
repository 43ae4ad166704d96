"""The errors that ECS answers with: code and message as clients see them."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class InvalidParameterError(ServiceException):
    """HTTP 400, InvalidParameterException."""

    code = "InvalidParameterException"


class ClientError(ServiceException):
    """HTTP 400, ClientException."""

    code = "ClientException"


class ClusterNotFoundError(ServiceException):
    """HTTP 400, ClusterNotFoundException."""

    code = "ClusterNotFoundException"
    message = "Cluster not found."


class ClusterContainsServicesError(ServiceException):
    """HTTP 400, ClusterContainsServicesException."""

    code = "ClusterContainsServicesException"
    message = "The Cluster cannot be deleted while Services are active."


class ServiceNotFoundError(ServiceException):
    """HTTP 400, ServiceNotFoundException."""

    code = "ServiceNotFoundException"
    message = "Service not found."


class TaskSetNotFoundError(ServiceException):
    """HTTP 400, TaskSetNotFoundException."""

    code = "TaskSetNotFoundException"
    message = "The specified task set wasn't found."


class LimitExceededError(ServiceException):
    """HTTP 400, LimitExceededException."""

    code = "LimitExceededException"


class ServiceNotActiveError(ServiceException):
    """HTTP 400, ServiceNotActiveException."""

    code = "ServiceNotActiveException"
    message = "Service was not ACTIVE."


class ResourceInUseError(ServiceException):
    """HTTP 400, ResourceInUseException."""

    code = "ResourceInUseException"
    message = "The specified capacity provider is in use and cannot be removed."
