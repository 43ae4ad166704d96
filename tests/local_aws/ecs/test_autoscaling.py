"""Application Auto Scaling moves the desired count with the load, within bounds and with cooldowns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.local_aws.ecs.simulation import ACCOUNT, CLUSTER, ON_DEMAND, REGION, SPOT, Ecs

RESOURCE = f"service/{CLUSTER}/web"
TARGET: dict[str, Any] = {
    "ServiceNamespace": "ecs",
    "ResourceId": RESOURCE,
    "ScalableDimension": "ecs:service:DesiredCount",
}
ROLE = "AWSServiceRoleForApplicationAutoScaling_ECSService"
MINUTE = 60
SETTLED = 120
"""Seconds in which tasks come and go."""


@dataclass(frozen=True)
class Scaled:
    """A service of four tasks that is scaled between 2 and 20, at 50 % CPU and 80 % memory."""

    ecs: Ecs
    client: Any

    def policy(self, name: str, metric: str, target: float, **more: Any) -> None:
        predefined = {"PredefinedMetricType": f"ECSServiceAverage{metric}Utilization"}
        configuration = {"TargetValue": target, "PredefinedMetricSpecification": predefined, **more}
        self.client.put_scaling_policy(
            **TARGET,
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=configuration,
        )

    def load(self, **tasks: float | None) -> None:
        self.ecs.control(
            "POST", "service-load", account=ACCOUNT, region=REGION, cluster=CLUSTER, service="web", **tasks
        )

    @property
    def desired(self) -> int:
        return int(self.ecs.describe()["desiredCount"])

    @property
    def activities(self) -> list[dict[str, Any]]:
        """The newest first."""
        return list(self.client.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"])


@pytest.fixture
def scaled(simulation: Ecs) -> Scaled:
    simulation.create()
    simulation.advance(SETTLED)
    scaled = Scaled(simulation, boto3.client("application-autoscaling", region_name=REGION))
    scaled.client.register_scalable_target(**TARGET, MinCapacity=2, MaxCapacity=20)
    scaled.policy("cpu", "CPU", 50)
    scaled.policy("memory", "Memory", 80)
    scaled.load(cpu=2, memory=3)
    simulation.advance(20 * MINUTE)
    assert scaled.desired == 4
    return scaled


def test_three_minutes_over_the_target_scale_out_to_where_it_would_be_met(scaled: Scaled) -> None:
    scaled.load(cpu=3)
    scaled.ecs.advance(2 * MINUTE)
    assert scaled.desired == 4
    scaled.ecs.advance(MINUTE)
    assert scaled.desired == 6
    scaled.ecs.advance(SETTLED)
    assert scaled.ecs.running() == {"FARGATE_SPOT": 6}
    (activity,) = scaled.activities
    assert activity["ResourceId"] == RESOURCE
    assert activity["Description"] == "Setting desired count to 6."
    assert activity["StatusCode"] == "Successful"
    assert "AlarmHigh" in activity["Cause"]
    assert activity["Cause"].endswith("triggered policy cpu")


def test_it_is_an_update_service_of_the_service_linked_role_and_no_deployment(scaled: Scaled) -> None:
    before = scaled.ecs.describe()["deployments"]
    scaled.load(cpu=3)
    scaled.ecs.advance(3 * MINUTE)
    update = scaled.ecs.control("GET", "service-updates")[-1]
    assert (update["api"], update["desired"], update["force_new_deployment"]) == ("UpdateService", 6, False)
    assert update["principal_arn"] == (f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/AutoScaling-UpdateDesiredCapacity")
    after = scaled.ecs.describe()["deployments"]
    assert [item["id"] for item in after] == [item["id"] for item in before]


def test_of_two_policies_the_one_that_wants_more_is_followed(scaled: Scaled) -> None:
    scaled.load(cpu=3, memory=4)
    scaled.ecs.advance(3 * MINUTE)
    assert scaled.desired == 6
    scaled.load(cpu=3, memory=6)
    scaled.ecs.advance(10 * MINUTE)
    assert scaled.desired == 8


def test_in_a_cooldown_only_a_larger_scale_out_goes_on(scaled: Scaled) -> None:
    """What the first one added counts: the next is reckoned from before it."""
    scaled.ecs.spot(4)
    scaled.load(cpu=3)
    scaled.ecs.advance(4 * MINUTE)
    assert scaled.desired == 6  # at 75 % for tasks that don't come: 6 again, not 9
    scaled.load(cpu=4)
    scaled.ecs.advance(MINUTE)
    assert scaled.desired == 8  # 100 % of 4
    scaled.ecs.advance(3 * MINUTE)
    assert scaled.desired == 8


def test_a_quarter_of_an_hour_of_little_to_do_scales_in_once_a_cooldown(scaled: Scaled) -> None:
    scaled.load(cpu=1.5, memory=1)
    scaled.ecs.advance(14 * MINUTE)
    assert scaled.desired == 4
    scaled.ecs.advance(MINUTE)
    assert scaled.desired == 3
    scaled.load(cpu=1, memory=1)
    scaled.ecs.advance(4 * MINUTE)
    assert scaled.desired == 3
    scaled.ecs.advance(MINUTE)
    assert scaled.desired == 2
    scaled.load(cpu=0, memory=0)
    scaled.ecs.advance(60 * MINUTE)
    assert scaled.desired == 2
    assert "AlarmLow" in scaled.activities[0]["Cause"]


@pytest.mark.parametrize("memory", [None, 3])
def test_nothing_scales_in_while_one_policy_is_content_or_knows_nothing(scaled: Scaled, memory: float | None) -> None:
    scaled.load(cpu=0.1, memory=memory)
    scaled.ecs.advance(60 * MINUTE)
    assert scaled.desired == 4


def test_a_policy_that_must_not_scale_in_holds_up_no_other(scaled: Scaled) -> None:
    scaled.policy("memory", "Memory", 80, DisableScaleIn=True)
    scaled.load(cpu=1, memory=3)
    scaled.ecs.advance(16 * MINUTE)
    assert scaled.desired == 2


def test_while_a_deployment_is_in_progress_it_scales_out_but_not_in(scaled: Scaled) -> None:
    scaled.ecs.spot(0, "FARGATE")
    scaled.ecs.switch(ON_DEMAND)
    scaled.load(cpu=1, memory=1)
    scaled.ecs.advance(60 * MINUTE)
    assert scaled.desired == 4
    scaled.load(cpu=4, memory=1)
    scaled.ecs.advance(3 * MINUTE)
    assert scaled.desired == 8
    scaled.load(cpu=1, memory=1)
    scaled.ecs.spot(None, "FARGATE")
    scaled.ecs.advance(30 * MINUTE)
    assert scaled.desired == 2
    assert scaled.ecs.running() == {"FARGATE": 2}


def test_a_service_that_is_short_is_busier_and_wants_more_within_its_bounds(scaled: Scaled) -> None:
    scaled.ecs.spot(1)
    scaled.ecs.advance(5 * MINUTE)
    assert scaled.desired == 8
    scaled.ecs.advance(30 * MINUTE)
    assert scaled.desired == 20


def test_a_service_outside_the_bounds_is_brought_within_when_they_are_set(scaled: Scaled) -> None:
    scaled.client.register_scalable_target(**TARGET, MinCapacity=6, MaxCapacity=20)
    assert scaled.desired == 6
    scaled.client.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=3)
    assert scaled.desired == 3


def test_what_is_suspended_does_not_happen(scaled: Scaled) -> None:
    scaled.client.register_scalable_target(**TARGET, SuspendedState={"DynamicScalingOutSuspended": True})
    scaled.load(cpu=4, memory=1)
    scaled.ecs.advance(10 * MINUTE)
    assert scaled.desired == 4
    scaled.client.register_scalable_target(**TARGET, SuspendedState={"DynamicScalingInSuspended": True})
    scaled.load(cpu=0.5, memory=0.5)
    scaled.ecs.advance(60 * MINUTE)
    assert scaled.desired == 4


def test_policies_and_alarms_go_with_the_target_and_nothing_scales_any_more(scaled: Scaled) -> None:
    scaled.policy("cpu", "CPU", 40)
    alarms = boto3.client("cloudwatch", region_name=REGION)
    assert len(alarms.describe_alarms()["MetricAlarms"]) == 4
    scaled.client.deregister_scalable_target(**TARGET)
    assert scaled.client.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"] == []
    assert alarms.describe_alarms()["MetricAlarms"] == []
    scaled.load(cpu=4)
    scaled.ecs.advance(10 * MINUTE)
    assert scaled.desired == 4


def test_a_target_registered_again_is_scaled_once(scaled: Scaled) -> None:
    scaled.client.deregister_scalable_target(**TARGET)
    scaled.client.register_scalable_target(**TARGET, MinCapacity=2, MaxCapacity=20)
    scaled.policy("cpu", "CPU", 50)
    scaled.load(cpu=4)
    scaled.ecs.advance(3 * MINUTE)
    assert scaled.desired == 8
    assert len(scaled.activities) == 1


def test_a_target_has_tags_and_the_role_that_acts_for_it(scaled: Scaled) -> None:
    arn = scaled.client.register_scalable_target(**TARGET, Tags={"team": "a", "stage": "prod"})["ScalableTargetARN"]
    scaled.client.tag_resource(ResourceARN=arn, Tags={"team": "b"})
    scaled.client.untag_resource(ResourceARN=arn, TagKeys=["stage"])
    assert scaled.client.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"team": "b"}
    (told,) = scaled.client.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert told["RoleARN"].endswith(f"role/aws-service-role/ecs.application-autoscaling.amazonaws.com/{ROLE}")
    with pytest.raises(ClientError, match="does not exist"):
        scaled.client.list_tags_for_resource(ResourceARN=f"{arn}x")


def test_a_service_that_is_gone_is_left_alone(scaled: Scaled) -> None:
    scaled.load(cpu=4)
    scaled.ecs.client.delete_service(cluster=CLUSTER, service="web", force=True)
    scaled.ecs.advance(10 * MINUTE)
    assert scaled.activities == []
    scaled.ecs.create(strategy=SPOT, desired=2)
    scaled.ecs.advance(10 * MINUTE)
    assert scaled.desired > 2


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"service": "ghost"}, "there is no service"), ({"cpu": -1}, "cpu must be"), ({"memory": "much"}, "memory must")],
)
def test_a_load_that_makes_no_sense_is_refused(simulation: Ecs, wrong: dict[str, Any], message: str) -> None:
    simulation.create()
    where = {"account": ACCOUNT, "region": REGION, "cluster": CLUSTER, "service": "web"}
    with pytest.raises(ValueError, match=message):
        simulation.control("POST", "service-load", **{**where, **wrong})
