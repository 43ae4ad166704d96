"""What instances and tasks need around them: AWS's own policies, templates and rules that stay as they were made."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.local_aws.conftest import Aws

POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
TAGS = [{"Key": "application", "Value": "shop"}]


def test_roles_get_the_policies_that_aws_manages(aws: Aws) -> None:
    iam = aws.client("iam")
    iam.create_role(RoleName="instances", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17"}))
    iam.attach_role_policy(RoleName="instances", PolicyArn=POLICY)
    attached = iam.list_attached_role_policies(RoleName="instances")["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [POLICY]
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.attach_role_policy(RoleName="instances", PolicyArn=POLICY.replace("service-role/", ""))


def test_tags_of_a_launch_template_are_not_those_of_what_it_launches(aws: Aws) -> None:
    ec2 = aws.client("ec2")
    for name, launched in (("plain", []), ("tagged", [{"ResourceType": "instance", "Tags": TAGS}])):
        data = {"InstanceType": "m5.large", "TagSpecifications": launched} if launched else {"InstanceType": "m5.large"}
        ec2.create_launch_template(
            LaunchTemplateName=name,
            LaunchTemplateData=data,
            TagSpecifications=[{"ResourceType": "launch-template", "Tags": TAGS}],
        )
        (version,) = ec2.describe_launch_template_versions(LaunchTemplateName=name)["LaunchTemplateVersions"]
        assert version["LaunchTemplateData"].get("TagSpecifications", []) == launched
        (template,) = ec2.describe_launch_templates(LaunchTemplateNames=[name])["LaunchTemplates"]
        assert template["Tags"] == TAGS


def test_a_rule_between_two_security_groups_keeps_its_description(aws: Aws) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    tasks, balancer = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("tasks", "lb")
    )
    port: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    for source in (
        {"UserIdGroupPairs": [{"GroupId": balancer, "Description": "from the load balancer"}]},
        {"IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "from inside"}]},
        {"IpRanges": [{"CidrIp": "10.1.0.0/16"}]},
    ):
        ec2.authorize_security_group_ingress(GroupId=tasks, IpPermissions=[{**port, **source}])
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [tasks]}])["SecurityGroupRules"]
    told = {rule.get("Description") for rule in rules if not rule["IsEgress"]}
    assert told == {"from the load balancer", "from inside", None}
