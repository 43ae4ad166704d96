"""Two installations in one account, and a team's own service: applied, planned again without a change, and destroyed
without a rest. `make examples` does so with all examples.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws.client import LocalAws
from tests.scenarios.applied import ORGANIZATION
from tests.scenarios.examples import Example, applied, what_is_there
from tests.scenarios.organization import REGION

pytestmark = pytest.mark.slow

ENVIRONMENTS, SHOP = "555555555555", "666666666666"
PLACES = [(ENVIRONMENTS, REGION), (SHOP, REGION)]


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[LocalAws]:
    with LocalAws.start([ENVIRONMENTS, SHOP], ORGANIZATION, log_file=tmp_path / "local_aws.log") as aws:
        yield aws


def network_and_certificate(aws: LocalAws) -> dict[str, str]:
    """What a team has already: a VPC, two subnets, and a certificate."""
    session = aws.session(SHOP)
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab")
    ]
    network = {"vpc_id": vpc, "load_balancer_subnet_ids": subnets, "task_subnet_ids": subnets}
    certificate = session.client("acm").request_certificate(DomainName="shop.example.com")["CertificateArn"]
    return {"network": json.dumps(network), "certificate_arn": certificate}


def listeners(aws: LocalAws) -> dict[int, str]:
    """Port to what is done with requests, of the web service's load balancer."""
    elb = aws.session(SHOP).client("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    found = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    return {each["Port"]: each["DefaultActions"][0]["Type"] for each in found}


def test_each_is_applied_stays_as_it_is_and_goes_without_a_rest(aws: LocalAws, tmp_path: Path) -> None:
    given = network_and_certificate(aws)
    before = what_is_there(aws, PLACES)
    environments = [
        Example(aws, "environments", ENVIRONMENTS, tmp_path / name, workspace=name, variable_file=f"{name}.tfvars")
        for name in ("dev", "prod")
    ]
    with applied(
        Example(aws, "fargate-web-service", SHOP, tmp_path / "web-service", given),
        *environments,
    ):
        there = what_is_there(aws, PLACES)
        assert all(len(there[place]) > len(before[place]) for place in before)
        assert listeners(aws) == {80: "redirect", 443: "forward"}
        restores = {f"{name}-fargate-spot-restore-handler" for name in ("dev", "prod")}
        assert restores <= set(there[ENVIRONMENTS, REGION])
        # The state table of prod is protected: its README says to apply without first.
        environments[1].apply("-var=state_table_deletion_protection=false")
    assert what_is_there(aws, PLACES) == before
