"""Network Load Balancers: their ARNs, listeners that move between target groups, health of targets meanwhile."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.local_aws.ecs.balancers import behind, network, tcp_group
from tests.local_aws.ecs.simulation import REGION, Ecs


def _elb() -> Any:
    return boto3.client("elbv2", region_name=REGION)


def _forward(group: str) -> list[dict[str, Any]]:
    return [{"Type": "forward", "TargetGroupArn": group}]


def _states(group: str) -> list[str]:
    described = _elb().describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return sorted(item["TargetHealth"]["State"] for item in described)


@pytest.mark.usefixtures("simulation")
def test_arns_tell_a_network_load_balancer() -> None:
    net = network("nlb", ports=(443,), tags=[{"Key": "team", "Value": "a"}])
    assert ":loadbalancer/net/nlb/" in net.arn
    assert net.listeners[443].startswith(net.arn.replace(":loadbalancer/", ":listener/") + "/")
    elb = _elb()
    (balancer,) = elb.describe_load_balancers(Names=["nlb"])["LoadBalancers"]
    assert (balancer["LoadBalancerArn"], balancer["Type"], balancer["State"]["Code"]) == (net.arn, "network", "active")
    (tags,) = elb.describe_tags(ResourceArns=[net.arn])["TagDescriptions"]
    assert tags["Tags"] == [{"Key": "team", "Value": "a"}]
    (listener,) = elb.describe_listeners(LoadBalancerArn=net.arn)["Listeners"]
    assert (listener["Protocol"], listener["Port"], listener.get("SslPolicy")) == ("TCP", 443, None)
    (group,) = elb.describe_target_groups(LoadBalancerArn=net.arn)["TargetGroups"]
    assert group["LoadBalancerArns"] == [net.arn]
    elb.add_tags(ResourceArns=[net.blue], Tags=[{"Key": "isProduction", "Value": "true"}])
    elb.remove_tags(ResourceArns=[net.blue], TagKeys=["isProduction"])
    assert elb.describe_tags(ResourceArns=[net.blue])["TagDescriptions"][0]["Tags"] == []


@pytest.mark.parametrize("configured", [False, True])
def test_a_group_that_no_listener_forwards_to_has_unused_targets(simulation: Ecs, configured: bool) -> None:
    """TargetHealth: unused, Target.NotInUse. Both ways to write a forward action to one group are the same."""
    net = network("nlb", ports=(443,))
    simulation.external(desired=1)
    simulation.task_set(**behind(net.blue))
    with pytest.raises(ClientError, match="does not have an associated load balancer"):
        simulation.task_set(**behind(net.green))
    simulation.advance(60)
    assert _states(net.blue) == ["healthy"]
    action: Any = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": net.green, "Weight": 1}]}}
    _elb().modify_listener(
        ListenerArn=net.listeners[443], DefaultActions=[action] if configured else _forward(net.green)
    )
    assert _states(net.blue) == ["unused"]
    simulation.task_set(**behind(net.green))
    simulation.advance(60)
    assert _states(net.green) == ["healthy"]
    (listener,) = _elb().describe_listeners(ListenerArns=[net.listeners[443]])["Listeners"]
    assert net.green in str(listener["DefaultActions"])
    assert net.blue not in str(listener["DefaultActions"])


@pytest.mark.usefixtures("simulation")
def test_what_a_listener_refuses() -> None:
    net = network("nlb", ports=(443,))
    elb = _elb()
    two: Any = {"TargetGroups": [{"TargetGroupArn": arn, "Weight": 1} for arn in (net.blue, net.green)]}
    http = tcp_group("http", net.vpc, protocol="HTTP")
    refused = {
        "InvalidLoadBalancerAction": [{"Type": "forward", "ForwardConfig": two}],
        "TargetGroupNotFound": _forward(net.blue + "0"),
        "IncompatibleProtocols": _forward(http),
    }
    for code, actions in refused.items():
        with pytest.raises(ClientError) as error:
            elb.modify_listener(ListenerArn=net.listeners[443], DefaultActions=actions)
        assert error.value.response["Error"]["Code"] == code
    with pytest.raises(ClientError, match="DuplicateListener"):
        elb.create_listener(LoadBalancerArn=net.arn, Protocol="TCP", Port=443, DefaultActions=_forward(net.green))
    (listener,) = elb.describe_listeners(ListenerArns=[net.listeners[443]])["Listeners"]
    assert listener["DefaultActions"][0]["TargetGroupArn"] == net.blue


@pytest.mark.usefixtures("simulation")
def test_a_target_that_was_never_registered_is_unused() -> None:
    net = network("nlb", ports=(443,))
    (one,) = _elb().describe_target_health(TargetGroupArn=net.blue, Targets=[{"Id": "10.9.9.9", "Port": 8080}])[
        "TargetHealthDescriptions"
    ]
    assert (one["TargetHealth"]["State"], one["TargetHealth"]["Reason"]) == ("unused", "Target.NotRegistered")
