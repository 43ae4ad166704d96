"""What somebody chose is not broken: the doctor says it, and does not fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.doubles.builders import API, ON_DEMAND, WEB, service
from tests.spotctl.central import Central
from tests.spotctl.examined import (
    detach,
    disable_heartbeats,
    disable_interruptions,
    disable_rule,
    disable_schedule,
    disable_sweeps,
    errors,
    healthy,
    leave_overdue,
    told_without_failing,
)
from tests.spotctl.plumbing import Plumbing


@pytest.mark.parametrize(("policy", "told"), [({"enabled": False}, "kill switch"), ({"mode": "observe"}, "observes")])
def test_what_was_chosen_is_a_warning(central: Central, policy: dict[str, Any], told: str) -> None:
    healthy(central)
    central.set_policy(**policy)
    assert errors(central) == []
    assert told in central.run("doctor").stdout


@pytest.mark.parametrize(
    ("harm", "rule", "key"),
    [
        (disable_rule, "path of placement_failure: rule placement_failure", "placement_failure"),
        (disable_interruptions, "path of interruption: rule interruption", "spot_interruption"),
        (disable_heartbeats, "path of sweep: rule sweep", "heartbeat"),
        (disable_sweeps, "schedule of sweep: rule fargate-spot-sweep-schedule", "sweep"),
    ],
)
def test_a_rule_that_is_switched_off_is_a_warning_that_names_both_inputs(
    central: Central, harm: Callable[[Plumbing], None], rule: str, key: str
) -> None:
    harm(healthy(central))
    (warning,) = told_without_failing(central, "warning")
    assert warning.startswith(f"{rule} is disabled; ")
    assert 'eventbridge_rule_state = "ENABLED"' in warning
    assert f"no other state of {key} in eventbridge_rule_state_overrides" in warning


def test_without_the_restore_schedule_nothing_comes_back(central: Central) -> None:
    disable_schedule(healthy(central))
    assert errors(central) == ["schedule of restore: rule fargate-spot-restore-schedule is disabled"]
    assert "no other state of restore in eventbridge_rule_state_overrides" in central.run("doctor").stdout


def test_a_rule_that_the_policy_leaves_nothing_to_do_is_a_note(central: Central) -> None:
    disable_interruptions(healthy(central))
    central.set_policy(spot_interruption=central.policy["spot_interruption"] | {"response": "none"})
    (note,) = told_without_failing(central, "note")
    assert note.startswith(
        "path of interruption: rule interruption is disabled, and the response to interruptions is none"
    )
    assert told_without_failing(central, "warning") == []
    assert "note" in central.run("doctor").stdout
    central.set_policy(account_overrides={"222222222222": {"interruption_response": "auto"}})
    assert len(told_without_failing(central, "warning")) == 1


def test_a_cluster_whose_services_need_no_on_demand_provider_is_a_note(central: Central) -> None:
    plumbing = healthy(central)
    detach(plumbing)
    central.services.add(
        service(tags={"spot-failover:probe": "true"}),
        service(key=API, tags={"spot-failover:enabled": "false"}),
        service(key=replace(WEB, service="own"), strategy=ON_DEMAND),
    )
    (note,) = told_without_failing(central, "note")
    assert note.endswith("cluster shop has Spot, but not FARGATE: none of its services needs it now")


@pytest.mark.parametrize(
    ("excluded", "notes"), [({"exclude_clusters": ["shop"]}, 0), ({"exclude_services": ["web"]}, 1)]
)
def test_what_is_out_of_scope_needs_no_on_demand_provider(
    central: Central, excluded: dict[str, list[str]], notes: int
) -> None:
    detach(healthy(central))
    central.set_policy(scope=central.policy["scope"] | excluded)
    assert len(told_without_failing(central, "note")) == notes


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        ({"enabled": False}, "switched off (enabled = false)"),
        ({"mode": "observe"}, 'only observed (mode = "observe")'),
        ({"account_overrides": {"111111111111": {"enabled": False}}}, "switched off (enabled = false)"),
        ({"account_overrides": {"111111111111": {"mode": "observe"}}}, 'only observed (mode = "observe")'),
    ],
)
def test_records_that_nobody_carries_on_with_by_choice_are_a_note(
    central: Central, policy: dict[str, Any], why: str
) -> None:
    leave_overdue(healthy(central))
    central.set_policy(**policy)
    (note,) = told_without_failing(central, "note")
    assert note == f"records: 1 of account 111111111111 are due, and wait: it is {why}"


def test_records_of_the_other_accounts_are_overdue_still(central: Central) -> None:
    leave_overdue(healthy(central))
    central.set_policy(account_overrides={"222222222222": {"enabled": False}})
    (error,) = errors(central)
    assert error.startswith("records: 111111111111/us-east-1/shop/web has been due")
