"""Keys, ARNs and scope."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spot_failover.core.arn import Arn
from spot_failover.core.errors import MalformedEventError
from spot_failover.core.policy import AccountOverride, InterruptionResponse, Mode, Policy, Scope
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import WEB


def test_the_record_id_holds_account_cluster_and_service() -> None:
    assert WEB.record_id == "111111111111::shop::web"
    assert ServiceKey.from_record_id("111111111111::shop::web", "us-east-1") == WEB


@pytest.mark.parametrize("record_id", ["path::111111111111", "pool::111111111111::us-east-1::FARGATE_SPOT", "x"])
def test_other_ids_are_no_services(record_id: str) -> None:
    with pytest.raises(ValueError, match="unpack"):
        ServiceKey.from_record_id(record_id, "us-east-1")


def test_the_text_names_all_four() -> None:
    assert str(WEB) == "service web of cluster shop in account 111111111111, Region us-east-1"


def test_where_no_service_is_known_the_text_names_the_rest() -> None:
    assert str(replace(WEB, service="")) == "cluster shop in account 111111111111, Region us-east-1"
    assert str(replace(WEB, service="", cluster="")) == "account 111111111111, Region us-east-1"


def test_an_arn_is_taken_apart_and_put_together() -> None:
    text = "arn:aws-cn:ecs:cn-north-1:111111111111:service/shop/web"
    arn = Arn.parse(text)
    assert (arn.partition, arn.region, arn.account) == ("aws-cn", "cn-north-1", "111111111111")
    assert (arn.kind, arn.path, arn.name, str(arn)) == ("service", ("shop", "web"), "web", text)


@pytest.mark.parametrize("text", ["", "arn", "arn:aws:ecs:r:a", "arn::ecs:r:a:x", "arn:aws:ecs:r:a:", None, 3, ["arn"]])
def test_other_texts_are_no_arns(text: object) -> None:
    with pytest.raises(MalformedEventError, match="not an ARN"):
        Arn.parse(text)


def test_an_empty_scope_covers_all() -> None:
    assert Scope().covers("111111111111", "shop", "web")


@pytest.mark.parametrize(
    "scope",
    [
        Scope(accounts=("222222222222",)),
        Scope(exclude_accounts=("1111*",)),
        Scope(clusters=("prod-*",)),
        Scope(exclude_clusters=("sho?",)),
        Scope(services=("api", "worker")),
        Scope(exclude_services=("w*",)),
        Scope(services=("web",), exclude_services=("web",)),
    ],
)
def test_each_list_can_leave_a_service_out(scope: Scope) -> None:
    assert not scope.covers("111111111111", "shop", "web")


def test_names_are_case_sensitive() -> None:
    assert not Scope(services=("WEB",)).covers("111111111111", "shop", "web")


def test_an_override_changes_what_it_names_in_its_account_alone() -> None:
    override = AccountOverride(mode=Mode.OBSERVE, interruption_response=InterruptionResponse.NONE)
    policy = Policy(account_overrides={"111111111111": override})
    there, elsewhere = policy.for_account("111111111111"), policy.for_account("222222222222")
    assert (there.mode, there.interruption.response, there.enabled) == (Mode.OBSERVE, InterruptionResponse.NONE, True)
    assert elsewhere == policy


def test_an_override_can_switch_off_one_account_and_on_another() -> None:
    overrides = {"111111111111": AccountOverride(enabled=True)}
    policy = Policy(enabled=False, account_overrides=overrides)
    assert policy.for_account("111111111111").enabled
    assert not policy.for_account("222222222222").enabled
