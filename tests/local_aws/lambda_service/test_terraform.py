"""Terraform's Lambda resources against a local AWS: made, unchanged, changed, destroyed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local_aws.client import LocalAws
from tests.local_aws.conftest import CENTRAL
from tests.local_aws.lambda_service.conftest import package
from tools.terraform_mirror import init_arguments, terraform_environment

CONFIGURATION = Path(__file__).parent / "terraform" / "main.tf"
NO_CHANGES = 0
SOURCE = "import os\ndef handler(event, context):\n    print(os.environ['COLOUR'], len(event['Records']))\n"


@pytest.mark.slow
def test_terraform_makes_plans_changes_and_destroys_a_function(tmp_path: Path) -> None:
    shutil.copy(CONFIGURATION, tmp_path)
    (tmp_path / "function.zip").write_bytes(package(SOURCE))
    with LocalAws.start([CENTRAL]) as aws:
        environment = terraform_environment({**os.environ, **aws.env(), "TF_VAR_package": "function.zip"})

        def terraform(*arguments: str) -> int:
            command = ["terraform", *arguments, "-no-color", "-input=false"]
            return subprocess.run(command, cwd=tmp_path, env=environment, check=False).returncode

        def send() -> None:
            queues = aws.session().client("sqs")
            queues.send_message(QueueUrl=queues.get_queue_url(QueueName="work")["QueueUrl"], MessageBody="{}")
            aws.advance(10)

        assert terraform("init", *init_arguments(environment)) == 0
        assert terraform("apply", "-auto-approve") == 0
        assert terraform("plan", "-detailed-exitcode") == NO_CHANGES
        send()
        assert [told["outcome"] for told in aws.invocations()] == ["ok"]
        assert terraform("apply", "-auto-approve", "-var=changed=true") == 0
        assert terraform("plan", "-detailed-exitcode", "-var=changed=true") == NO_CHANGES
        send()
        # What `aws logs tail` asks for.
        since = int((aws.now() - 3600) * 1000)
        told = (
            aws.session()
            .client("logs")
            .filter_log_events(logGroupName="/functions/reader", startTime=since, interleaved=True)
        )
        assert {"red 1", "blue 1"} <= {event["message"] for event in told["events"]}
        assert terraform("destroy", "-auto-approve") == 0
        assert aws.session().client("lambda").list_functions()["Functions"] == []
