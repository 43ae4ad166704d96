"""The client, and the process that it starts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws.client import LocalAws
from local_aws.process import LocalAwsError
from tests.local_aws.conftest import CENTRAL, OUTSIDE, REGION, WORKLOAD

UNIT = "ou-ab12-11111111/"


@pytest.fixture(scope="module")
def local() -> Iterator[LocalAws]:
    with LocalAws.start([CENTRAL, WORKLOAD], outside_accounts=[OUTSIDE], units={WORKLOAD: UNIT}) as running:
        yield running


def test_it_acts_as_an_administrator_of_any_account(local: LocalAws) -> None:
    for account in (None, WORKLOAD, OUTSIDE):
        identity = local.session(account).client("sts").get_caller_identity()
        assert identity["Account"] == (account or CENTRAL)


def test_its_environment_serves_the_aws_cli(local: LocalAws) -> None:
    cli = Path(sys.executable).with_name("aws")
    command = [str(cli), "sts", "get-caller-identity", "--query", "Account", "--output", "text"]
    path = {"PATH": os.environ["PATH"]}
    ran = subprocess.run(command, env={**path, **local.env(WORKLOAD)}, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == WORKLOAD


def test_virtual_time_jumps(local: LocalAws) -> None:
    before, real = local.now(), time.monotonic()
    assert local.advance(86_400) >= before + 86_400
    assert time.monotonic() - real < 30
    assert time.time() < local.now() - 80_000


def test_it_tells_what_happened(local: LocalAws) -> None:
    local.emit(WORKLOAD, REGION, "aws.ecs", "ECS Service Action", {}, [])
    local.advance(1)
    assert local.deliveries() == []
    assert local.services() == []
    assert local.invocations() == []
    assert local.service_updates() == []
    assert local.timeline() == {"services": [], "spot": [], "interruptions": [], "target_groups": []}
    assert local.authorizations()


def test_clients_connect_through_load_balancers(local: LocalAws) -> None:
    with pytest.raises(LocalAwsError, match="no load balancer nlb"):
        local.connections.open(CENTRAL, REGION, "nlb", 443, 10)
    assert local.connections.listeners() == []
    local.connections.close()


def test_a_refused_request_says_why(local: LocalAws) -> None:
    with pytest.raises(LocalAwsError, match=r"400.*only moves forward"):
        local.advance(-1)


def test_a_wrong_start_says_where_to_look(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(LocalAwsError, match="log"):
        LocalAws.start(["12"], log_file=log)
    assert "12 digits" in log.read_text()


def test_sigterm_ends_it_cleanly_and_it_leaves_no_files(tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    command = [sys.executable, "-m", "local_aws", "--accounts", CENTRAL, "--port-file", str(port_file)]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE)
    assert process.stderr is not None
    assert b"listens on" in process.stderr.readline()
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == [port_file]


def test_it_ends_with_the_one_that_started_it() -> None:
    command = [sys.executable, "-m", "local_aws", "--accounts", CENTRAL, "--stop-with-stdin"]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.communicate(timeout=60)
    assert process.returncode == 0
