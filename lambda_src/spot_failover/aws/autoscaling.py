"""Application Auto Scaling in workload accounts."""

from __future__ import annotations

from spot_failover.aws.clients import WorkloadClients
from spot_failover.aws.errors import Call, translated
from spot_failover.core.errors import SessionExpiredError
from spot_failover.core.service_key import ServiceKey


class ScalableTargets:
    """The port `Autoscaling` on the Application Auto Scaling API."""

    def __init__(self, clients: WorkloadClients) -> None:
        self._clients = clients

    def scaled(self, key: ServiceKey) -> bool:
        """See `Autoscaling.scaled`."""
        autoscaling = self._clients.autoscaling(key.account, key.region)
        call = Call("application-autoscaling:DescribeScalableTargets", str(key), self._clients.role_arn(key.account))
        try:
            with translated(call):
                answer = autoscaling.describe_scalable_targets(
                    ServiceNamespace="ecs",
                    ResourceIds=[f"service/{key.cluster}/{key.service}"],
                    ScalableDimension="ecs:service:DesiredCount",
                )
        except SessionExpiredError:
            self._clients.forget(key.account)
            raise
        return bool(answer["ScalableTargets"])
