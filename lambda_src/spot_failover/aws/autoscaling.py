"""Application Auto Scaling in workload accounts."""

from __future__ import annotations

from spot_failover.aws.clients import WorkloadClients
from spot_failover.core.service_key import ServiceKey


class ScalableTargets:
    """The port `Autoscaling` on the Application Auto Scaling API."""

    def __init__(self, clients: WorkloadClients) -> None:
        self._clients = clients

    def scaled(self, key: ServiceKey) -> bool:
        """See `Autoscaling.scaled`."""
        autoscaling = self._clients.autoscaling(key.account, key.region)
        with self._clients.calling("application-autoscaling:DescribeScalableTargets", key):
            answer = autoscaling.describe_scalable_targets(
                ServiceNamespace="ecs",
                ResourceIds=[f"service/{key.cluster}/{key.service}"],
                ScalableDimension="ecs:service:DesiredCount",
            )
        return bool(answer["ScalableTargets"])
