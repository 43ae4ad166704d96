"""Principals of resource and trust policies (IAM User Guide, "AWS JSON policy elements: Principal / NotPrincipal")."""

from __future__ import annotations

from typing import Any

import pytest

from local_aws.iam.evaluate import PolicyError, PolicyKind, Request, Verdict, evaluate, parse_policy

HUB, TEAM = "123456789012", "111111111111"
ROLE = f"arn:aws:iam::{HUB}:role/platform/handler"
SESSION = f"arn:aws:sts::{HUB}:assumed-role/handler/run-1"
QUEUE = f"arn:aws:sqs:eu-west-1:{HUB}:work"


def asked(*, service: str | None = None, effect: str = "Allow", **principal: Any) -> Verdict:
    statements = [{"Effect": effect, "Action": "sqs:SendMessage", "Resource": QUEUE, **principal}]
    if effect == "Deny":
        statements.append({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})
    policy = parse_policy({"Version": "2012-10-17", "Statement": statements}, "queue", PolicyKind.RESOURCE)
    arn, context = (None, {}) if service else (SESSION, {"aws:PrincipalArn": (ROLE,)})
    return evaluate(policy, Request(arn, HUB, service, "sqs:SendMessage", QUEUE, context))


@pytest.mark.parametrize("principal", [ROLE, SESSION, [f"arn:aws:iam::{TEAM}:root", ROLE], "*"])
def test_role_session_and_everyone_are_named_directly(principal: object) -> None:
    verdict = asked(Principal={"AWS": principal})
    assert verdict.allowed
    assert verdict.direct


@pytest.mark.parametrize("principal", [HUB, f"arn:aws:iam::{HUB}:root"])
def test_an_account_stands_for_all_its_principals_but_names_none_directly(principal: str) -> None:
    verdict = asked(Principal={"AWS": principal})
    assert verdict.allowed
    assert not verdict.direct


@pytest.mark.parametrize(
    "principal",
    [TEAM, f"arn:aws:iam::{TEAM}:root", f"arn:aws:iam::{HUB}:role/handler", f"arn:aws:iam::{HUB}:role/platform/*"],
)
def test_other_accounts_other_paths_and_patterns_do_not_match(principal: str) -> None:
    assert not asked(Principal={"AWS": principal}).allowed


def test_a_service_matches_its_own_name_and_everyone() -> None:
    assert asked(service="events.amazonaws.com", Principal={"Service": "events.amazonaws.com"}).direct
    assert asked(service="events.amazonaws.com", Principal="*").allowed
    assert not asked(service="events.amazonaws.com", Principal={"Service": "sns.amazonaws.com"}).allowed
    assert not asked(service="events.amazonaws.com", Principal={"AWS": HUB}).allowed
    assert not asked(Principal={"Service": "events.amazonaws.com"}).allowed


def test_not_principal_denies_everyone_but_those_listed_with_their_account() -> None:
    account = f"arn:aws:iam::{HUB}:root"
    assert asked(effect="Deny", NotPrincipal={"AWS": [account, ROLE, SESSION]}).allowed
    for incomplete in ([ROLE, SESSION], [account], [account, ROLE], [account.replace(HUB, TEAM)]):
        assert not asked(effect="Deny", NotPrincipal={"AWS": incomplete}).allowed
    assert asked(
        effect="Deny", service="events.amazonaws.com", NotPrincipal={"Service": "events.amazonaws.com"}
    ).allowed
    assert not asked(
        effect="Deny", service="sns.amazonaws.com", NotPrincipal={"Service": "events.amazonaws.com"}
    ).allowed


@pytest.mark.parametrize(
    "principal", [{}, {"NotPrincipal": {"AWS": HUB}}, {"Principal": "arn"}, {"Principal": {"Aws": HUB}}]
)
def test_a_resource_policy_without_a_clear_principal_is_refused(principal: dict[str, Any]) -> None:
    with pytest.raises(PolicyError, match="'queue'"):
        asked(**principal)
