"""`examples/nlb-controlled-scaledown` as it stands: its service is replaced step by step, and attacked meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from local_aws.client import LocalAws
from tests.permissions.grants import grants_of, uses
from tests.permissions.policies import deployed_policies
from tests.permissions.unmodelled import unmodelled
from tests.scenarios.examples import Example
from tests.scenarios.organization import CENTRAL, REGION
from tests.scenarios.scaledown import MACHINE, Scaledown

pytestmark = pytest.mark.slow

CLIENTS = 40
QUICK = {"waitForService": 120, "scaledown_wait": 30}
OTHER = {"blue": "green", "green": "blue"}
# Each is made at another time: what is planned next has not been made yet when the last has happened.
KILLS = (
    (
        ("create", "ecs:CreateTaskSet"),
        ("traffic", "elasticloadbalancing:ModifyListener"),
        ("tasks", "ecs:DeleteTaskSet"),
    ),
    (
        ("create", "dynamodb:PutItem"),
        ("traffic", "elasticloadbalancing:AddTags"),
        ("tasks", "ecs:UpdateServicePrimaryTaskSet"),
    ),
    (("tasks", "ecs:UpdateTaskSet"),),
)


@pytest.fixture(scope="module")
def scaledown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scaledown]:
    folder = tmp_path_factory.mktemp("scaledown")
    with LocalAws.start([CENTRAL], log_file=folder / "local_aws.log") as aws:
        example = Example(aws, "nlb-controlled-scaledown", CENTRAL, folder / "terraform")
        example.init()
        example.apply()
        example.check_unchanged()
        aws.advance(120)
        yield Scaledown(example, example.outputs())
        # Every task set is the state machine's by now; the README says so.
        example.check_unchanged("-var=first_task_set=false")
        example.destroy("-var=first_task_set=false")
        assert aws.services() == []


def done(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """One other task set in the other group, and all traffic there."""
    ((_, _, old),) = before["task sets"]
    new = OTHER[old]
    return bool(
        now["task sets"] == [("PRIMARY", 100.0, new)]
        and now["forwards"] == {"production": new, "test": old}
        and now["production"] == [new]
        and now["ids"] != before["ids"]
    )


def timeline(aws: LocalAws) -> list[dict[str, Any]]:
    (listener,) = [each for each in aws.connections.listeners() if each["port"] == 80]
    points: list[dict[str, Any]] = listener["timeline"]
    return points


def test_no_connection_is_cut_by_the_swap_and_no_more_than_one_step_by_the_scale_down(scaledown: Scaledown) -> None:
    aws = scaledown.example.aws
    before = scaledown.world()
    assert aws.connections.open(CENTRAL, REGION, "stream", 80, CLIENTS) == CLIENTS

    command = scaledown.outputs["start_execution"]
    given = json.loads(command.partition(" --input ")[2].strip("'"))
    execution = scaledown.start("ordinary", **given)
    scaledown.until(execution, "Wait")
    swapped_at = aws.now()
    assert scaledown.world()["forwards"] == {"production": "green", "test": "blue"}
    assert sum(point["ended"] for point in timeline(aws)) == 0

    end = scaledown.end(execution)
    assert end["status"] == "SUCCEEDED", end
    assert done(before, scaledown.world())
    cut = {point["t"]: point["ended"] for point in timeline(aws) if point["ended"]}
    assert sum(cut.values()) == CLIENTS
    assert min(cut) >= swapped_at
    assert max(cut.values()) <= CLIENTS * given["scaledown_decrement"] / 100
    assert sum(point["refused"] for point in timeline(aws)) == 0
    aws.connections.close()


def test_new_tasks_that_fail_their_health_checks_leave_all_as_it_was(scaledown: Scaledown) -> None:
    aws = scaledown.example.aws
    before = scaledown.world()
    where = (CENTRAL, REGION, "stream", "sample-external-deployment")
    ecs = scaledown.client("ecs")
    definition = ecs.describe_task_definition(taskDefinition="stream")["taskDefinition"]
    fields = ("family", "requiresCompatibilities", "networkMode", "cpu", "memory", "executionRoleArn", "taskRoleArn")
    ecs.register_task_definition(
        **{name: definition[name] for name in fields}, containerDefinitions=definition["containerDefinitions"]
    )
    aws.fail_application(*where, "elb-health-check", task_definition="stream:2")

    end = scaledown.end(scaledown.start("unhealthy", taskDefinition="stream:2", **QUICK))

    aws.fail_application(*where, None)
    aws.advance(120)
    assert (end["status"], end["error"]) == ("FAILED", "PutBack")
    assert "all is as it was before" in end["cause"]
    assert "waitForService = 120 s" in end["cause"]
    assert scaledown.world() == before


def test_a_wrong_input_is_told_field_by_field_and_a_second_execution_is_refused(scaledown: Scaledown) -> None:
    before = scaledown.world()
    end = scaledown.end(scaledown.start("wrong", subnets=["private"], waitForService=0))
    assert (end["status"], end["error"]) == ("FAILED", "InputError")
    assert end["cause"].startswith('subnets: got ["private"]; must be ')
    assert "; waitForService: got 0; must be " in end["cause"]

    first = scaledown.start("first", **QUICK)
    scaledown.until(first, "WaitForTasks")
    second = scaledown.end(scaledown.start("second", **QUICK), minutes=1)
    assert (second["status"], second["error"]) == ("FAILED", "TakenError")
    assert first in second["cause"]
    assert scaledown.end(first)["status"] == "SUCCEEDED"
    assert done(before, scaledown.world())


@pytest.mark.parametrize("kills", KILLS, ids=["create-move-delete", "ledger-tag-primary", "scale"])
def test_functions_killed_after_their_changes_have_made_them_once(
    scaledown: Scaledown, kills: Sequence[tuple[str, str]]
) -> None:
    aws = scaledown.example.aws
    before = scaledown.world()
    aws.post("faults/record", {"enabled": True})
    execution = ""
    for part, action in kills:
        function = scaledown.outputs["functions"][part]["name"]
        aws.post("faults/plan", {"function": function, "action": action, "kind": "kill_after"})
        execution = execution or scaledown.start(f"killed-{action.partition(':')[2]}", **QUICK)
        for _ in range(120):
            if aws.get("faults/plan")["fired"]:
                break
            aws.advance(5)
        assert aws.get("faults/plan")["fired"], f"{action} was never called"

    end = scaledown.end(execution)
    aws.post("faults/record", {"enabled": False})
    assert end["status"] == "SUCCEEDED", end
    assert done(before, scaledown.world())


def test_a_listener_that_somebody_moves_back_ends_it_and_all_is_as_before(scaledown: Scaledown) -> None:
    before = scaledown.world()
    ((_, _, old),) = before["task sets"]
    idle = scaledown.outputs["target_groups"][OTHER[old]]
    elb = scaledown.client("elbv2")
    elb.remove_tags(ResourceArns=[idle], TagKeys=["isProduction"])
    execution = scaledown.start("by-hand", **QUICK)
    scaledown.until(execution, "Wait")
    listener, group = scaledown.outputs["listeners"]["production"], scaledown.outputs["target_groups"][old]
    elb.modify_listener(ListenerArn=listener, DefaultActions=[{"Type": "forward", "TargetGroupArn": group}])

    end = scaledown.end(execution)
    assert (end["status"], end["error"]) == ("FAILED", "PutBack")
    assert "changed the listeners on port 80" in end["cause"]
    tags = elb.describe_tags(ResourceArns=[idle])["TagDescriptions"][0]["Tags"]
    assert "isProduction" not in {tag["Key"] for tag in tags}
    scaledown.example.aws.advance(120)
    assert scaledown.world() == before


@pytest.mark.parametrize(("part", "action"), [("traffic", "ModifyListener"), ("tasks", "UpdateServicePrimaryTaskSet")])
def test_without_a_permission_all_is_put_back_and_the_cause_names_it(
    scaledown: Scaledown, part: str, action: str
) -> None:
    before = scaledown.world()
    with denied(scaledown, part, action):
        end = scaledown.end(scaledown.start(f"denied-{action}", **QUICK))

    assert (end["status"], end["error"]) == ("FAILED", "PutBack")
    assert f":{action}" in end["cause"]
    scaledown.example.aws.advance(120)
    assert scaledown.world() == before


def test_what_a_stopped_execution_leaves_is_put_in_order_by_the_next_one(scaledown: Scaledown) -> None:
    aws = scaledown.example.aws
    before = scaledown.world()
    stopped = scaledown.start("stopped", **QUICK)
    scaledown.until(stopped, "Wait")
    scaledown.client("stepfunctions").stop_execution(executionArn=stopped, cause="somebody pressed a button")
    assert scaledown.world() != before
    aws.advance(90)

    execution = scaledown.start("next", **QUICK)
    end = scaledown.end(execution)
    assert end["status"] == "SUCCEEDED", end
    states = scaledown.states(execution)
    assert states.index("RemoveNewTaskSet") < states.index("Swap")
    aws.advance(120)
    assert done(before, scaledown.world())


def test_an_execution_that_takes_too_long_ends_as_timed_out(scaledown: Scaledown) -> None:
    """The state machine has a limit that no execution should come near: here it is lower for once."""
    states, arn = scaledown.client("stepfunctions"), scaledown.outputs["state_machine_arn"]
    definition = states.describe_state_machine(stateMachineArn=arn)["definition"]
    short = json.dumps({**json.loads(definition), "TimeoutSeconds": 10})
    states.update_state_machine(stateMachineArn=arn, definition=short)
    try:
        assert scaledown.end(scaledown.start("slow", **QUICK))["status"] == "TIMED_OUT"
    finally:
        states.update_state_machine(stateMachineArn=arn, definition=definition)
    scaledown.example.aws.advance(90)  # until the service is free again, as after one that was stopped
    end = scaledown.end(scaledown.start("after-slow", **QUICK))
    assert end["status"] == "SUCCEEDED", end


def test_the_end_of_every_execution_is_told_and_bad_ends_raise_the_alarm(scaledown: Scaledown) -> None:
    """Those of the executions above; each alarm has ended since."""
    scaledown.example.aws.advance(600)
    alarms = scaledown.client("cloudwatch").describe_alarms(AlarmNamePrefix=MACHINE)["MetricAlarms"]
    assert {alarm["MetricName"]: alarm["StateValue"] for alarm in alarms} == {
        "ExecutionsFailed": "OK",
        "ExecutionsTimedOut": "OK",
        "ExecutionsAborted": "OK",
    }
    changes = scaledown.example.aws.get("alarm-changes")
    assert {one["alarm"] for one in changes if one["after"] == "ALARM"} == {alarm["AlarmName"] for alarm in alarms}
    puts = [each for each in scaledown.example.aws.authorizations() if each["action"] == "events:PutEvents"]
    assert {each["decision"] for each in puts} == {"allow"}


def test_nothing_is_granted_to_state_machine_and_functions_that_is_not_needed(scaledown: Scaledown) -> None:
    """After all that was done above: each statement and action was the only one to allow some request."""
    policies = deployed_policies(scaledown.organization, [(CENTRAL, REGION)], MACHINE)
    grants = grants_of(policy for policy in policies if f"/{MACHINE}" in policy.owner)
    counted = uses(grants, scaledown.example.aws.authorizations())
    assert len({grant.policy.owner for grant in grants}) == 4, grants
    assert [str(grant) for grant in grants if not counted[grant] and not unmodelled(grant)] == []


@contextmanager
def denied(scaledown: Scaledown, part: str, action: str) -> Iterator[None]:
    """Take one action out of the policy of a function's role, and put it back."""
    iam = scaledown.client("iam")
    role = scaledown.outputs["functions"][part]["role_arn"].rpartition("/")[2]
    policy = iam.get_role_policy(RoleName=role, PolicyName="handler")["PolicyDocument"]
    deny = {"Effect": "Deny", "Action": f"*:{action}", "Resource": "*"}
    without = {**policy, "Statement": [*policy["Statement"], deny]}
    iam.put_role_policy(RoleName=role, PolicyName="handler", PolicyDocument=json.dumps(without))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName="handler", PolicyDocument=json.dumps(policy))
