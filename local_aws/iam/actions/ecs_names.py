"""ARNs of what ECS calls name."""

from __future__ import annotations

from local_aws.iam.actions.rows import Call


def cluster_arn(call: Call, cluster: str) -> str:
    """ARN of a cluster; `default` if it is not named."""
    return cluster if cluster.startswith("arn:") else call.arn(f"cluster/{cluster or 'default'}")


def named_cluster_arn(call: Call) -> str:
    """ARN of the cluster that the call names."""
    return cluster_arn(call, call.text("cluster", "default"))


def within_cluster(call: Call, kind: str, name: str) -> str:
    """ARN of a service or task. A full ARN is taken as it is, unless it is one of the short, old format."""
    prefix, _, cluster = named_cluster_arn(call).rpartition(":cluster/")
    if name.startswith("arn:") and name.count("/") > 1:
        return name
    return f"{prefix}:{kind}/{cluster}/{name.rpartition('/')[2]}"
