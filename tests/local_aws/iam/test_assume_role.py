"""AssumeRole: the caller's own policies, and the trust policy of the role in its own account."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.iam import RoleNotAssumableError, assume_service_role
from tests.local_aws.iam.conftest import HUB, STRANGER, TEAM, Cloud, Keys, statement, trust

AUTOMATION = f"arn:aws:iam::{TEAM}:role/platform/Automation"
HANDLER = f"arn:aws:iam::{HUB}:role/fn/handler"


def refused(keys: Keys, role: str = AUTOMATION, **more: Any) -> str:
    with pytest.raises(ClientError) as caught:
        keys.assume(role, **more)
    error = caught.value.response["Error"]
    assert error["Code"] == "AccessDenied"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return str(error["Message"])


@pytest.fixture
def handler(cloud: Cloud) -> Keys:
    """A session of the handler's role; its policies let it assume Automation in any account."""
    allow = statement("sts:AssumeRole", "arn:aws:iam::*:role/platform/Automation")
    cloud.role(HUB, "handler", [trust({"AWS": HUB})], allow, Path="/fn/")
    return cloud.root.assume(HANDLER)


def trusted(cloud: Cloud, **condition: Any) -> None:
    narrowed = {"ArnEquals": {"aws:PrincipalArn": HANDLER}, "StringEquals": {"sts:ExternalId": "spot"}}
    trusting = trust({"AWS": f"arn:aws:iam::{HUB}:root"}, Condition=condition or narrowed)
    cloud.role(TEAM, "Automation", [trusting], statement("ecs:*"), Path="/platform/")


def test_the_handler_with_the_right_external_id_becomes_the_automation_role(cloud: Cloud, handler: Keys) -> None:
    trusted(cloud)
    session = handler.assume(AUTOMATION, ExternalId="spot")
    identity = session.client("sts").get_caller_identity()
    assert identity["Account"] == TEAM
    assert identity["Arn"] == f"arn:aws:sts::{TEAM}:assumed-role/Automation/test"


def test_a_wrong_or_missing_external_id_is_refused(cloud: Cloud, handler: Keys) -> None:
    trusted(cloud)
    session = f"arn:aws:sts::{HUB}:assumed-role/handler/test"
    for more in ({"ExternalId": "other"}, {}):
        message = refused(handler, **more)
        assert message.startswith(
            f"User: {session} is not authorized to perform: sts:AssumeRole on resource: {AUTOMATION}"
        )


def test_another_role_of_the_trusted_account_is_refused(cloud: Cloud, handler: Keys) -> None:
    trusted(cloud)
    other = cloud.session(HUB, statement("sts:AssumeRole"), name="handler-of-another")
    refused(other, ExternalId="spot")
    refused(cloud.root, ExternalId="spot")


def test_the_roles_arn_is_compared_with_its_path(cloud: Cloud) -> None:
    trusted(cloud)
    same_name = cloud.session(HUB, statement("sts:AssumeRole"), name="handler")
    refused(same_name, ExternalId="spot")


def test_a_role_that_does_not_exist_is_refused_like_one_that_does_not_trust(cloud: Cloud, handler: Keys) -> None:
    refused(handler, ExternalId="spot")
    refused(handler, AUTOMATION.replace(TEAM, "333333333333"), ExternalId="spot")
    refused(cloud.root, AUTOMATION.replace("platform/", ""))


def test_across_accounts_the_callers_own_policies_must_allow_too(cloud: Cloud) -> None:
    trusted(cloud, StringEquals={"sts:ExternalId": "spot"})
    unprivileged = cloud.session(HUB, statement("ecs:*"))
    assert "no identity-based policy allows the sts:AssumeRole action" in refused(unprivileged, ExternalId="spot")


def test_an_account_outside_the_organization_fails_the_organizations_condition(cloud: Cloud, handler: Keys) -> None:
    role = cloud.role(
        TEAM,
        "Open",
        [trust("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}})],
        statement("ecs:*"),
    )
    cloud.session(HUB, statement("sts:AssumeRole"), name="member").assume(role)
    refused(cloud.administrator(STRANGER), role)
    refused(handler, role)


def test_within_an_account_a_trust_that_names_the_role_is_enough_and_one_that_names_the_account_is_not(
    cloud: Cloud,
) -> None:
    caller = cloud.session(HUB, name="caller")
    by_role = cloud.role(HUB, "by-role", [trust({"AWS": f"arn:aws:iam::{HUB}:role/caller"})])
    by_account = cloud.role(HUB, "by-account", [trust({"AWS": HUB})])
    caller.assume(by_role)
    refused(caller, by_account)


def test_an_explicit_deny_of_the_trust_policy_wins(cloud: Cloud, handler: Keys) -> None:
    deny = trust({"AWS": HANDLER}) | {"Effect": "Deny"}
    cloud.role(TEAM, "Automation", [trust({"AWS": HUB}), deny], Path="/platform/")
    assert "explicit deny in a resource-based policy" in refused(handler)


def test_session_tags_need_a_permission_of_their_own(cloud: Cloud) -> None:
    caller = cloud.session(HUB, statement("sts:AssumeRole"))
    role = cloud.role(TEAM, "Tagged", [trust({"AWS": HUB})])
    assert "sts:TagSession" in refused(caller, role, Tags=[{"Key": "team", "Value": "web"}])


@pytest.mark.parametrize(("seconds", "allowed"), [(900, True), (7200, True), (7201, False)])
def test_a_session_lasts_no_longer_than_the_role_allows(cloud: Cloud, seconds: int, allowed: bool) -> None:
    role = cloud.role(TEAM, "Long", [trust({"AWS": HUB})], MaxSessionDuration=7200)
    if allowed:
        cloud.root.assume(role, DurationSeconds=seconds)
        return
    with pytest.raises(ClientError, match="MaxSessionDuration"):
        cloud.root.assume(role, DurationSeconds=seconds)


def test_a_chained_session_lasts_an_hour_at_most(cloud: Cloud) -> None:
    role = cloud.role(TEAM, "Long", [trust({"AWS": HUB})], MaxSessionDuration=7200)
    with pytest.raises(ClientError, match="role chaining"):
        cloud.administrator(HUB).assume(role, DurationSeconds=3601)


def test_a_service_assumes_only_roles_that_trust_it(cloud: Cloud) -> None:
    role = cloud.role(HUB, "fn", [trust({"Service": "lambda.amazonaws.com"})], statement("ecs:ListClusters"))
    made = assume_service_role(cloud.world, role, "lambda.amazonaws.com", session_name="my-function")
    keys = Keys(made.access_key_id, made.secret_access_key, made.session_token)
    keys.client("ecs").list_clusters()
    assert keys.client("sts").get_caller_identity()["Arn"] == f"arn:aws:sts::{HUB}:assumed-role/fn/my-function"
    for arn, service in ((role, "events.amazonaws.com"), (HANDLER, "lambda.amazonaws.com")):
        with pytest.raises(RoleNotAssumableError, match=arn):
            assume_service_role(cloud.world, arn, service)
    refused(cloud.root, role)


def test_a_services_trust_may_depend_on_what_it_works_for(cloud: Cloud) -> None:
    rule = f"arn:aws:events:eu-west-1:{HUB}:rule/forward"
    condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:events:*:{HUB}:rule/*"}}
    role = cloud.role(HUB, "forward", [trust({"Service": "events.amazonaws.com"}, Condition=condition)])
    assume_service_role(cloud.world, role, "events.amazonaws.com", context={"aws:SourceArn": (rule,)})
    with pytest.raises(RoleNotAssumableError, match="does not allow events"):
        assume_service_role(cloud.world, role, "events.amazonaws.com")


def test_the_log_names_the_statements_of_both_sides(cloud: Cloud, handler: Keys) -> None:
    trusted(cloud)
    handler.assume(AUTOMATION, ExternalId="spot")
    (entry,) = [one for one in cloud.decisions("sts:AssumeRole") if one["resource"] == AUTOMATION]
    assert entry["statement"] == "own/0 and trust of role/platform/Automation/0"
