"""5/s and a burst of 50 for Create-, Update- and DeleteService together, 20/s and 100 for Describe- and ListServices.

"Request throttling for the Amazon ECS API" (Amazon ECS API Reference).
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_aws.chaos.quotas import QUOTAS, Bucket
from tests.local_aws.chaos.conftest import CLUSTER, Unpleasant
from tests.local_aws.conftest import CENTRAL, REGION, WORKLOAD, Aws

CHANGES, READS = QUOTAS


@pytest.mark.parametrize(("quota", "rate", "burst"), [(CHANGES, 5, 50), (READS, 20, 100)])
def test_a_bucket_gives_its_burst_at_once_and_its_rate_from_then_on(quota: Any, rate: int, burst: int) -> None:
    bucket = Bucket(quota, 1000.0)
    assert [bucket.take(1000.0) for _ in range(burst + 1)] == [True] * burst + [False]
    assert [bucket.take(1001.0) for _ in range(rate + 1)] == [True] * rate + [False]
    assert [bucket.take(9999.0) for _ in range(burst + 1)] == [True] * burst + [False]


def test_create_update_and_delete_share_a_bucket_that_reads_do_not_empty() -> None:
    assert CHANGES.operations == {"create_service", "update_service", "delete_service"}
    assert READS.operations == {"describe_services", "list_services"}


def _until_throttled(call: Any, most: int) -> tuple[int, ClientError]:
    for number in range(most):
        try:
            call()
        except ClientError as error:
            return number, error
    raise AssertionError(f"not throttled after {most} calls")


def _is_throttled(call: Any) -> bool:
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] == "ThrottlingException"
    return False


def test_beyond_the_burst_ecs_answers_400_throttling_exception_rate_exceeded(unpleasant: Unpleasant) -> None:
    """The ECS model of botocore has no shape for it: it is an error common to all AWS services, told by its code."""
    unpleasant.create()
    unpleasant.chaos.quotas(enabled=True)
    before = unpleasant.aws.world.clock.now()

    passed, error = _until_throttled(
        lambda: unpleasant.ecs.update_service(cluster=CLUSTER, service="web", desiredCount=1), 400
    )

    elapsed = unpleasant.aws.world.clock.now() - before
    assert 50 <= passed <= 50 + 5 * elapsed + 1
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert error.response["Error"] == {"Code": "ThrottlingException", "Message": "Rate exceeded"}
    assert len(unpleasant.aws.control("service-updates")) == 1 + passed  # a throttled call changes nothing
    assert unpleasant.chaos.counts()["throttled"] == 1


def test_tokens_come_back_with_virtual_time_and_each_account_and_region_has_its_own(unpleasant: Unpleasant) -> None:
    others = [unpleasant.make_cluster(CENTRAL), unpleasant.make_cluster(WORKLOAD, "eu-west-1")]
    unpleasant.chaos.quotas(enabled=True)
    _until_throttled(lambda: unpleasant.ecs.list_services(cluster=CLUSTER), 2000)
    for other in others:
        assert other.list_services(cluster=CLUSTER)["serviceArns"] == []
    unpleasant.create()  # another bucket

    unpleasant.aws.advance(2)

    for _ in range(40):
        unpleasant.ecs.list_services(cluster=CLUSTER)


def test_others_in_the_account_may_have_used_the_quota_up_the_same_for_a_seed(unpleasant: Unpleasant) -> None:
    unpleasant.create()

    def throttled(seed: int, others: float = 0.5) -> list[bool]:
        unpleasant.chaos.quotas(enabled=True, others=others, seed=seed)
        return [_is_throttled(lambda: unpleasant.ecs.list_services(cluster=CLUSTER)) for _ in range(20)]

    first = throttled(seed=1)

    assert 0 < sum(first) < 20
    assert throttled(seed=1) == first != throttled(seed=2)
    assert (throttled(seed=1, others=0), throttled(seed=1, others=1)) == ([False] * 20, [True] * 20)


def test_botocore_waits_and_tries_again(unpleasant: Unpleasant, aws: Aws) -> None:
    """It takes the code for throttling, and backs off in real time, in which tokens come back too."""
    unpleasant.create()
    unpleasant.chaos.quotas(enabled=True)
    _until_throttled(lambda: unpleasant.ecs.update_service(cluster=CLUSTER, service="web", desiredCount=1), 400)
    patient = aws._session(WORKLOAD, REGION).client(
        "ecs", endpoint_url=aws.url, config=Config(retries={"mode": "standard", "total_max_attempts": 5})
    )

    answer = patient.update_service(cluster=CLUSTER, service="web", desiredCount=3)

    assert answer["service"]["desiredCount"] == 3


def test_without_chaos_nobody_is_throttled(unpleasant: Unpleasant) -> None:
    for _ in range(150):
        unpleasant.ecs.list_services(cluster=CLUSTER)
    assert unpleasant.chaos.counts()["throttled"] == 0


def test_autoscaling_counts_in_the_quota_like_everybody_and_tries_again(unpleasant: Unpleasant) -> None:
    unpleasant.create(desiredCount=4)
    unpleasant.aws.advance(120)
    scaling = unpleasant.aws.client("application-autoscaling", WORKLOAD)
    target: dict[str, Any] = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{CLUSTER}/web",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=9)
    metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    scaling.put_scaling_policy(
        **target,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={"TargetValue": 50, "PredefinedMetricSpecification": metric},
    )
    service = {"account": WORKLOAD, "region": REGION, "cluster": CLUSTER, "service": "web"}
    unpleasant.post("service-load", {**service, "cpu": 4})

    unpleasant.chaos.quotas(enabled=True, others=1)
    unpleasant.aws.advance(180)
    unpleasant.chaos.calm()
    assert scaling.describe_scaling_activities(**target)["ScalingActivities"][0]["StatusCode"] == "Failed"
    assert unpleasant.describe()["services"][0]["desiredCount"] == 4
    unpleasant.aws.advance(60)
    assert scaling.describe_scaling_activities(**target)["ScalingActivities"][0]["StatusCode"] == "Successful"
    assert unpleasant.describe()["services"][0]["desiredCount"] == 8
