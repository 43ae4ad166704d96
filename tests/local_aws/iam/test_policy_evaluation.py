"""The evaluator against the rules of the IAM User Guide, "Policy evaluation logic" and the policy element reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from local_aws.iam.evaluate import Decision, PolicyError, PolicyKind, Request, Verdict, evaluate, parse_policy

HUB, TEAM, STRANGER = "123456789012", "111111111111", "999999999999"
HANDLER = f"arn:aws:iam::{HUB}:role/platform/handler"
SESSION = f"arn:aws:sts::{HUB}:assumed-role/handler/run-1"
SERVICE = f"arn:aws:ecs:eu-west-1:{TEAM}:service/prod/web"


def allow(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "ecs:UpdateService", "Resource": "*", **elements}


def deny(**elements: Any) -> dict[str, Any]:
    return allow(**elements) | {"Effect": "Deny"}


def asked(
    *statements: dict[str, Any],
    action: str = "ecs:UpdateService",
    resource: str = SERVICE,
    kind: PolicyKind = PolicyKind.IDENTITY,
    version: str = "2012-10-17",
    given: Mapping[str, tuple[str, ...]] | None = None,
) -> Verdict:
    policy = parse_policy({"Version": version, "Statement": list(statements)}, "test", kind)
    return evaluate(
        policy, Request(SESSION, HUB, None, action, resource, {"aws:PrincipalArn": (HANDLER,), **(given or {})})
    )


def test_without_a_matching_statement_a_request_is_denied_implicitly() -> None:
    assert asked().decision is Decision.IMPLICIT_DENY


def test_an_allow_names_its_policy_and_statement() -> None:
    assert asked(allow(Sid="Update")).statement == "test/Update"
    assert asked(allow(Action="ecs:Nothing"), allow()).statement == "test/1"


def test_an_explicit_deny_wins_wherever_it_stands() -> None:
    for statements in ((allow(), deny()), (deny(), allow())):
        assert asked(*statements).decision is Decision.EXPLICIT_DENY


@pytest.mark.parametrize("pattern", ["ecs:UpdateService", "ECS:updateservice", "ecs:Update*", "ecs:?pdateService", "*"])
def test_actions_match_without_regard_to_case_and_with_wildcards(pattern: str) -> None:
    assert asked(allow(Action=["s3:GetObject", pattern])).allowed


def test_not_action_allows_every_other_action() -> None:
    statement = {"Effect": "Allow", "NotAction": "ecs:Delete*", "Resource": "*"}
    assert asked(statement).allowed
    assert not asked(statement, action="ecs:DeleteService").allowed


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        (SERVICE, True),
        (f"arn:aws:ecs:*:{TEAM}:service/prod/*", True),
        (f"arn:aws:ecs:*:{TEAM}:service/prod/we?", True),
        (f"arn:aws:ecs:*:{TEAM}:service/prod/we", False),
        (f"arn:aws:ecs:*:{TEAM}:service/PROD/web", False),
        (f"arn:aws:ecs:*:{HUB}:service/prod/*", False),
        ("arn:aws:ecs:*", True),
        ("arn:aws:ecs:eu-west-1*service/prod/web", False),
    ],
)
def test_resource_wildcards_stay_inside_their_part_of_the_arn(pattern: str, matches: bool) -> None:
    assert asked(allow(Resource=pattern)).allowed is matches


def test_a_wildcard_in_the_last_part_reaches_over_colons() -> None:
    group = f"arn:aws:logs:eu-west-1:{HUB}:log-group"
    assert asked(allow(Resource=f"{group}:/aws/lambda/f:*"), resource=f"{group}:/aws/lambda/f:log-stream:s").allowed


def test_not_resource_applies_to_every_other_resource() -> None:
    statement = {"Effect": "Deny", "Action": "*", "NotResource": f"arn:aws:ecs:*:{TEAM}:service/prod/*"}
    assert asked(allow(), statement).allowed
    assert not asked(allow(), statement, resource=SERVICE.replace("prod", "dev")).allowed


def test_actions_without_resource_level_permissions_need_a_star() -> None:
    assert not asked(allow(Resource="arn:aws:ecs:*:*:*"), resource="*").allowed
    assert asked(allow(), resource="*").allowed


CLUSTER = f"arn:aws:ecs:eu-west-1:{TEAM}:cluster/prod"


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "met"),
    [
        ("StringEquals", "a", ("a",), True),
        ("StringEquals", ["b", "a"], ("a",), True),
        ("StringEquals", "A", ("a",), False),
        ("StringEquals", "a*", ("ab",), False),
        ("StringEquals", "a", (), False),
        ("StringEqualsIfExists", "a", (), True),
        ("StringEqualsIfExists", "a", ("b",), False),
        ("StringNotEquals", ["a", "b"], ("b",), False),
        ("StringNotEquals", ["a", "b"], ("c",), True),
        ("StringNotEquals", "a", (), True),
        ("StringEqualsIgnoreCase", "A", ("a",), True),
        ("StringLike", "a?c*", ("abcd",), True),
        ("StringLike", "a?c", ("ac",), False),
        ("StringNotLike", "a*", ("abc",), False),
        ("StringNotLike", "a*", (), True),
        ("ArnEquals", f"arn:aws:ecs:*:{TEAM}:cluster/p*", (CLUSTER,), True),
        ("ArnLike", f"arn:aws:ecs:*:{HUB}:cluster/p*", (CLUSTER,), False),
        ("ArnLike", "arn:aws:ecs:*/prod", (CLUSTER,), False),
        ("ArnNotEquals", CLUSTER, (CLUSTER,), False),
        ("ArnNotLike", CLUSTER, (), True),
        ("Bool", "true", ("true",), True),
        ("Bool", True, ("false",), False),
        ("Bool", "false", (), False),
        ("Null", "true", (), True),
        ("Null", "true", ("a",), False),
        ("Null", "false", (), False),
        ("Null", False, ("a",), True),
        ("NumericLessThanEquals", "900", ("900",), True),
        ("NumericLessThan", 900, ("900",), False),
        ("NumericGreaterThan", "900", ("9000",), True),
        ("NumericEquals", "10", ("ten",), False),
        ("NumericNotEquals", "10", ("11",), True),
    ],
)
def test_condition_operators_on_one_value(operator: str, wanted: object, given: tuple[str, ...], met: bool) -> None:
    assert asked(allow(Condition={operator: {"aws:Key": wanted}}), given={"aws:KEY": given}).allowed is met


@pytest.mark.parametrize(
    ("operator", "given", "met"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "x"), False),
        ("ForAllValues:StringEquals", (), True),
        ("ForAnyValue:StringEquals", ("a", "x"), True),
        ("ForAnyValue:StringEquals", ("x", "y"), False),
        ("ForAnyValue:StringEquals", (), False),
        ("ForAnyValue:StringEqualsIfExists", (), True),
        ("ForAllValues:StringNotEquals", ("x", "y"), True),
        ("ForAllValues:StringNotEquals", ("a", "y"), False),
        ("ForAnyValue:StringNotEquals", ("a", "y"), True),
        ("ForAnyValue:StringNotEquals", ("a", "b"), False),
        ("ForAnyValue:StringNotEquals", (), False),
    ],
)
def test_set_operators_on_several_values(operator: str, given: tuple[str, ...], met: bool) -> None:
    assert (
        asked(allow(Condition={operator: {"events:source": ["a", "b"]}}), given={"events:source": given}).allowed is met
    )


def test_for_all_values_needs_a_null_guard_to_refuse_an_absent_key() -> None:
    condition = {"ForAllValues:StringEquals": {"events:source": "aws.ecs"}}
    guarded = condition | {"Null": {"events:source": "false"}}
    assert asked(allow(Condition=condition)).allowed
    assert not asked(allow(Condition=guarded)).allowed
    assert asked(allow(Condition=guarded), given={"events:source": ("aws.ecs",)}).allowed


def test_all_operators_and_all_keys_of_a_condition_block_must_hold() -> None:
    condition = {"StringEquals": {"aws:a": "1", "aws:b": "2"}, "Bool": {"aws:c": "true"}}
    met = {"aws:a": ("1",), "aws:b": ("2",), "aws:c": ("true",)}
    assert asked(allow(Condition=condition), given=met).allowed
    for key in met:
        assert not asked(allow(Condition=condition), given=met | {key: ("x",)}).allowed


def test_condition_keys_are_case_insensitive() -> None:
    assert asked(allow(Condition={"ArnEquals": {"AWS:principalARN": HANDLER}})).allowed


def test_an_unmet_condition_disarms_a_deny() -> None:
    assert asked(allow(), deny(Condition={"StringEquals": {"aws:a": "1"}})).allowed


def test_policy_variables_take_the_requests_values() -> None:
    own = allow(Resource="arn:aws:ecs:*:${aws:PrincipalAccount}:service/*")
    assert asked(own, given={"aws:PrincipalAccount": (TEAM,)}).allowed
    assert not asked(own, given={"aws:PrincipalAccount": (HUB,)}).allowed


def test_wildcards_that_come_out_of_a_variable_are_plain_characters() -> None:
    assert not asked(allow(Resource="${aws:PrincipalTag/what}"), given={"aws:PrincipalTag/what": ("*",)}).allowed
    starred = allow(Condition={"StringLike": {"aws:a": "x${*}*"}})
    assert asked(starred, given={"aws:a": ("x*y",)}).allowed
    assert not asked(starred, given={"aws:a": ("xyz",)}).allowed


def test_a_variable_without_value_gives_nothing_and_denies_nothing_less() -> None:
    condition = {"StringNotEquals": {"aws:a": "${aws:PrincipalTag/team}"}}
    assert not asked(allow(Condition=condition), given={"aws:a": ("x",)}).allowed
    assert asked(allow(), deny(Condition=condition), given={"aws:a": ("x",)}).decision is Decision.EXPLICIT_DENY
    assert asked(
        allow(Condition={"StringEquals": {"aws:a": "${aws:PrincipalTag/team, 'none'}"}}), given={"aws:a": ("none",)}
    ).allowed


def test_variables_are_plain_text_before_version_2012() -> None:
    own = allow(Condition={"StringEquals": {"aws:a": "${aws:b}"}})
    assert asked(own, version="2008-10-17", given={"aws:a": ("${aws:b}",)}).allowed
    assert not asked(own, version="2008-10-17", given={"aws:a": ("1",), "aws:b": ("1",)}).allowed


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        (
            allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            r"'team-policy', statement Own: .*'IpAddress'",
        ),
        (allow(Condition={"ForSomeValues:StringEquals": {"a": "b"}}), "ForSomeValues:StringEquals"),
        (allow(Condition={"NullIfExists": {"a": "true"}}), "NullIfExists"),
        (allow(Effect="allow"), "allow"),
        (allow(NotResource="*"), "one Resource or NotResource"),
        (allow(Principal="*"), "no Principal"),
        (allow(Conditions={}), "unknown element Conditions"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_by_name(statement: dict[str, Any], complaint: str) -> None:
    with pytest.raises(PolicyError, match=complaint):
        parse_policy({"Version": "2012-10-17", "Statement": statement | {"Sid": "Own"}}, "team-policy")


def test_text_that_is_no_policy_is_refused_by_name() -> None:
    for text in ("{", "[]", "{}"):
        with pytest.raises(PolicyError, match="'broken'"):
            parse_policy(text, "broken")
