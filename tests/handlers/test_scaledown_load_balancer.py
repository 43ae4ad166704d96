"""What controlled scale-downs ask of Elastic Load Balancing, and what they make of the answers."""

from __future__ import annotations

import pytest

from spot_failover.aws.load_balancer import NetworkLoadBalancers
from spot_failover.core.errors import NotReplaceableError, RefusedError
from spot_failover.core.task_set import Health, Listener, TargetGroup
from tests.doubles.scaledown import BLUE, GREEN, MAIN, NLB, TEST
from tests.handlers.aws_account import use_made_up_credentials
from tests.handlers.test_scaledown_adapters import stubbed


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    use_made_up_credentials(monkeypatch)


def test_a_load_balancer_is_found_by_name_by_arn_and_by_its_target_group() -> None:
    elb, stub = stubbed("elbv2")
    found = {"LoadBalancers": [{"LoadBalancerArn": NLB, "Type": "network"}]}
    stub.add_response("describe_load_balancers", found, {"Names": ["stream"]})
    stub.add_response("describe_load_balancers", found, {"LoadBalancerArns": [NLB]})
    groups = {"TargetGroups": [{"TargetGroupArn": BLUE, "LoadBalancerArns": [NLB]}]}
    stub.add_response("describe_target_groups", groups, {"TargetGroupArns": [BLUE]})
    stub.add_response("describe_load_balancers", found, {"LoadBalancerArns": [NLB]})
    balancers = NetworkLoadBalancers(elb)
    assert [balancers.find("stream"), balancers.find(NLB), balancers.in_front_of(BLUE)] == [NLB] * 3


def test_what_is_no_network_load_balancer_is_refused() -> None:
    elb, stub = stubbed("elbv2")
    stub.add_response("describe_load_balancers", {"LoadBalancers": [{"LoadBalancerArn": NLB, "Type": "application"}]})
    stub.add_client_error("describe_load_balancers", "LoadBalancerNotFound", http_status_code=400)
    stub.add_client_error("describe_load_balancers", "ValidationError", http_status_code=400)
    stub.add_response("describe_target_groups", {"TargetGroups": [{"TargetGroupArn": BLUE}]})
    balancers = NetworkLoadBalancers(elb)
    with pytest.raises(NotReplaceableError, match="is a application load balancer"):
        balancers.find("stream")
    with pytest.raises(NotReplaceableError, match="is no load balancer"):
        balancers.find("stream")
    with pytest.raises(RefusedError):
        balancers.find("stream")
    with pytest.raises(NotReplaceableError, match="0 load balancers in front of it"):
        balancers.in_front_of(BLUE)


def test_groups_come_with_their_marks() -> None:
    elb, stub = stubbed("elbv2")
    listed = {"TargetGroups": [{"TargetGroupArn": BLUE}, {"TargetGroupArn": GREEN}]}
    stub.add_response("describe_target_groups", listed, {"LoadBalancerArn": NLB})
    tags = {
        "TagDescriptions": [
            {"ResourceArn": BLUE, "Tags": [{"Key": "isProduction", "Value": "True"}, {"Key": "team", "Value": "x"}]},
            {"ResourceArn": GREEN, "Tags": [{"Key": "team", "Value": "x"}]},
        ]
    }
    stub.add_response("describe_tags", tags, {"ResourceArns": [BLUE, GREEN]})
    blue, green = NetworkLoadBalancers(elb).groups(NLB)
    assert (blue, green) == (TargetGroup(BLUE, "True"), TargetGroup(GREEN, None))
    assert (blue.production, green.production) == (True, False)


def test_listeners_health_forwarding_and_marks() -> None:
    elb, stub = stubbed("elbv2")
    weighted = {"TargetGroups": [{"TargetGroupArn": BLUE, "Weight": 1}, {"TargetGroupArn": GREEN, "Weight": 0}]}
    listed = {
        "Listeners": [
            {"ListenerArn": MAIN, "Port": 443, "DefaultActions": [{"Type": "forward", "TargetGroupArn": BLUE}]},
            {"ListenerArn": TEST, "Port": 8443, "DefaultActions": [{"Type": "forward", "ForwardConfig": weighted}]},
        ]
    }
    stub.add_response("describe_listeners", listed, {"LoadBalancerArn": NLB})
    states = ("healthy", "healthy", "unhealthy", "initial", "unused", "draining")
    health = [{"TargetHealth": {"State": state}} for state in states]
    stub.add_response("describe_target_health", {"TargetHealthDescriptions": health}, {"TargetGroupArn": BLUE})
    actions = [{"Type": "forward", "TargetGroupArn": GREEN}]
    stub.add_response("modify_listener", {}, {"ListenerArn": MAIN, "DefaultActions": actions})
    stub.add_response("add_tags", {}, {"ResourceArns": [GREEN], "Tags": [{"Key": "isProduction", "Value": "true"}]})
    stub.add_response("remove_tags", {}, {"ResourceArns": [BLUE], "TagKeys": ["isProduction"]})
    balancers = NetworkLoadBalancers(elb)

    assert balancers.listeners(NLB) == (Listener(MAIN, 443, (BLUE,)), Listener(TEST, 8443, (BLUE, GREEN)))
    assert balancers.health(BLUE) == Health(2, 5, 1)
    balancers.forward(MAIN, GREEN)
    balancers.mark(GREEN, "true")
    balancers.mark(BLUE, None)
    stub.assert_no_pending_responses()
