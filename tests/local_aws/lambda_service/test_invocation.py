"""Functions that run."""

from __future__ import annotations

import base64
import json
import os
import time

import pytest
from botocore.exceptions import ClientError

from local_aws import lambda_service
from tests.local_aws.conftest import CENTRAL, WORKLOAD
from tests.local_aws.lambda_service.conftest import ECHO, LOGS, Lab, package

pytestmark = pytest.mark.slow


def test_a_function_returns_what_its_handler_returns(lab: Lab) -> None:
    arn = lab.deploy(ECHO)
    assert lab.call(event={"hello": "wörld"}) == {"hello": "wörld"}
    assert lab.call(arn, event=[1]) == [1]
    told = lab.invocations()
    assert [one["outcome"] for one in told] == ["ok", "ok"]
    assert told[0]["function_arn"] == arn
    assert told[0]["records"] == 0


def test_the_deployed_bytes_run_and_a_new_package_replaces_them(lab: Lab) -> None:
    lab.deploy("def handler(event, context):\n    return 'old'\n")
    assert lab.call() == "old"
    lab.functions.update_function_code(
        FunctionName="function", ZipFile=package("def handler(event, context):\n    return 'new'\n")
    )
    assert lab.call() == "new"


def test_a_warm_sandbox_keeps_its_process(lab: Lab) -> None:
    lab.deploy("import os\ndef handler(event, context):\n    return os.getpid()\n")
    assert lab.call() == lab.call()


def test_a_changed_environment_starts_anew(lab: Lab) -> None:
    lab.deploy("import os\nCOLOUR = os.environ['COLOUR']\ndef handler(event, context):\n    return COLOUR\n",
               Environment={"Variables": {"COLOUR": "red"}})  # fmt: skip
    assert lab.call() == "red"
    lab.functions.update_function_configuration(FunctionName="function", Environment={"Variables": {"COLOUR": "blue"}})
    assert lab.call() == "blue"


def test_the_sandbox_sees_virtual_time_and_real_monotonic_time(lab: Lab) -> None:
    lab.deploy(
        "import time, datetime\n"
        "def handler(event, context):\n"
        "    now = datetime.datetime.now(datetime.timezone.utc).timestamp()\n"
        "    return [time.time(), now, time.monotonic(), context.get_remaining_time_in_millis()]\n",
        Timeout=60,
    )
    lab.call()
    monotonic = time.monotonic()
    lab.aws.advance(7200)
    wall, now, theirs, remaining = lab.call()
    assert wall == pytest.approx(time.time(), abs=5)
    assert now == pytest.approx(wall, abs=1)
    assert theirs - monotonic < 60
    assert 50_000 < remaining <= 60_000


def test_the_environment_is_lambdas_and_nothing_of_this_machine(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THIS_MACHINE", "yes")
    lab.deploy("import os\ndef handler(event, context):\n    return dict(os.environ)\n", MemorySize=256)
    environment = lab.call()
    assert "SECRET_OF_THIS_MACHINE" not in environment
    assert environment["AWS_ENDPOINT_URL"] == lab.aws.url
    assert environment["AWS_REGION"] == "us-east-1"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "function"
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert environment["HOME"] != os.environ.get("HOME")


def test_the_function_acts_as_its_role(lab: Lab) -> None:
    lab.deploy(
        "import boto3\ndef handler(event, context):\n    return boto3.client('sts').get_caller_identity()['Arn']\n",
        Timeout=30,
    )
    assert lab.call() == f"arn:aws:sts::{CENTRAL}:assumed-role/function-role/function"


def test_credentials_are_renewed_before_they_expire(lab: Lab) -> None:
    lab.deploy(
        "import boto3\ndef handler(event, context):\n    return boto3.client('sts').get_caller_identity()['Account']\n",
        Timeout=30,
    )
    lab.call()
    lab.aws.advance(2 * 86400)
    assert lab.call() == CENTRAL


def test_only_the_zip_and_the_runtimes_packages_can_be_imported(lab: Lab) -> None:
    source = """
import importlib.util, sys
def handler(event, context):
    return {"found": [name for name in event if importlib.util.find_spec(name)], "path": sys.path}
"""
    lab.deploy("", ZipFile=package(source, aws_lambda_powertools="VERSION = 'from the zip'"))
    names = ["boto3", "awslambdaric", "aws_lambda_powertools", "moto", "pytest", "local_aws", "spot_failover"]
    answer = lab.call(event=names)
    assert answer["found"] == ["boto3", "awslambdaric", "aws_lambda_powertools"]
    assert "/task/" in answer["path"][0]


def test_an_exception_becomes_an_error_object(lab: Lab) -> None:
    lab.deploy("def handler(event, context):\n    raise ValueError('no such thing')\n")
    answer = lab.functions.invoke(FunctionName="function", Payload="{}")
    assert answer["FunctionError"] == "Unhandled"
    error = json.loads(answer["Payload"].read())
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "no such thing")
    assert lab.invocations()[0]["outcome"] == "error"


def test_a_package_that_cannot_be_imported_is_an_error_every_time(lab: Lab) -> None:
    lab.deploy("import not_in_the_zip\n")
    for _ in range(2):
        assert lab.call()["errorType"] == "Runtime.ImportModuleError"


def test_a_function_over_its_timeout_is_killed(lab: Lab) -> None:
    lab.deploy("import time\ndef handler(event, context):\n    time.sleep(event)\n    return 'done'\n", Timeout=1)
    assert "Task timed out after 1.00 seconds" in lab.call(event=30)["errorMessage"]
    assert lab.invocations()[0]["outcome"] == "timeout"
    assert lab.call(event=0) == "done"


def test_a_process_that_ends_is_an_error(lab: Lab) -> None:
    lab.deploy("import os\ndef handler(event, context):\n    os._exit(3)\n")
    assert lab.call()["errorType"] == "Runtime.ExitError"
    assert lab.invocations()[0]["outcome"] == "exit"


def test_reserved_concurrency_of_zero_throttles(lab: Lab) -> None:
    lab.deploy(ECHO)
    lab.functions.put_function_concurrency(FunctionName="function", ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        lab.call()
    assert lab.functions.get_function(FunctionName="function")["Concurrency"]["ReservedConcurrentExecutions"] == 0


def test_versions_keep_their_code(lab: Lab) -> None:
    lab.deploy("def handler(event, context):\n    return [1, context.function_version]\n", Publish=True)
    lab.functions.update_function_code(
        FunctionName="function", ZipFile=package("def handler(event, context):\n    return [2, None]\n")
    )
    assert lab.call(Qualifier="1") == [1, "1"]
    assert lab.call() == [2, None]


def test_a_role_that_does_not_trust_lambda_is_refused(lab: Lab) -> None:
    role = lab.role("wrong", [LOGS], trusts="ecs-tasks.amazonaws.com")
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        lab.deploy(ECHO, Role=role)


def test_python_calls_it_directly(lab: Lab) -> None:
    arn = lab.deploy(ECHO)
    result = lambda_service.invoke(lab.aws.world, arn, {"a": 1})
    assert result.json() == {"a": 1}
    assert result.outcome is lambda_service.Outcome.OK


def test_a_dry_run_does_not_run(lab: Lab) -> None:
    lab.deploy(ECHO)
    assert lab.functions.invoke(FunctionName="function", InvocationType="DryRun")["StatusCode"] == 204
    assert lab.invocations() == []


def test_functions_of_other_accounts_are_others(lab: Lab) -> None:
    lab.deploy(ECHO)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        lab.aws.client("lambda", WORKLOAD).invoke(FunctionName="function")


def test_the_tail_of_the_log_comes_with_the_answer(lab: Lab) -> None:
    lab.deploy("def handler(event, context):\n    print('hello')\n")
    answer = lab.functions.invoke(FunctionName="function", LogType="Tail")
    assert "hello" in base64.b64decode(answer["LogResult"]).decode()
