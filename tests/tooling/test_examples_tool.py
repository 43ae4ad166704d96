"""What `make examples` notices, each broken on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.examples.__main__ import main, run_all, table
from tools.examples.catalogue import GIVEN, examples, runs
from tools.examples.inventory import Thing, unseen

HEAD = """terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.77"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}
"""
LEAVES = """
resource "aws_cloudwatch_log_group" "this" {
  name              = "left-behind"
  retention_in_days = 30
  skip_destroy      = true
}
"""
RESTLESS = """
resource "aws_sns_topic" "this" {
  name = "restless"
  tags = { applied-at = timestamp() }
}
"""
UNTIDY = """
resource "aws_sns_topic" "this" {
    name = "untidy"
}
"""
QUEUE = Thing("300000000001", "us-east-1", "aws_sqs_queue", "orders")


@pytest.mark.slow
def test_each_example_fails_at_what_is_wrong_with_it(tmp_path: Path) -> None:
    broken = {"leaves": LEAVES, "restless": RESTLESS, "untidy": UNTIDY}
    for name, text in broken.items():
        folder = tmp_path / "tree" / "examples" / name
        folder.mkdir(parents=True)
        (folder / "main.tf").write_text(HEAD + text)

    outcomes = run_all(runs([], tmp_path / "tree"), tmp_path / "runs", tmp_path / "tree")

    failed = {outcome.label: outcome.failed_at for outcome in outcomes}
    problems = {outcome.label: outcome.problem or "" for outcome in outcomes}
    assert failed["leaves"] == "leftovers"
    assert problems["leaves"] == "Left behind: aws_cloudwatch_log_group left-behind in account 300000000001, us-east-1"
    assert failed["restless"] == "again"
    assert "applied-at" in problems["restless"]
    assert failed["untidy"] == "fmt"
    assert table(outcomes).count("FAILED") == len(outcomes)


def test_a_resource_that_no_list_shows_is_told() -> None:
    before = {QUEUE}
    there = {QUEUE, Thing("300000000001", "us-east-1", "aws_sqs_queue", "media")}

    assert unseen({"aws_sqs_queue": 1, "aws_lb_listener": 3}, before, there) == []
    assert unseen({"aws_sqs_queue": 2}, before, there) == [
        "Terraform has made 2 aws_sqs_queue, AWS lists 1 more than before."
    ]
    (problem,) = unseen({"aws_ssm_parameter": 1}, before, there)
    assert problem.startswith("Nobody looks for what aws_ssm_parameter leaves behind")


def test_every_example_is_run_once_for_each_way_to_apply_it() -> None:
    wanted = runs([])

    assert {run.name for run in wanted} == set(examples())
    assert set(GIVEN) <= set(examples())
    assert [run.label for run in wanted if run.name == "environments"] == ["environments (dev)", "environments (prod)"]
    accounts = [account for run in wanted for account in {account for account, _ in run.places}]
    assert len(accounts) == len(set(accounts))


def test_an_example_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["single-acount"]) == 2
    assert "There is no example single-acount. There are: ec2-capacity-providers, " in capsys.readouterr().err
