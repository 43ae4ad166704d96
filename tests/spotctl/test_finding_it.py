"""The installation is found by its restore function alone, and where it is not, the message says what to give."""

from __future__ import annotations

import pytest
from click import termui

from spotctl import cli, output
from tests.spotctl.central import RESTORE, Central
from tools import paths


def test_a_wrong_prefix(central: Central) -> None:
    result = central.run("--name-prefix", "dev-", "status")
    assert result.exit_code == 5
    assert f"no function dev-{RESTORE} in account 123456789012, Region us-east-1" in result.stderr
    assert "--name-prefix" in result.stderr


def test_a_function_of_another_name(central: Central) -> None:
    central.make_function("bring-back", "restore")
    assert central.run("--function", "bring-back", "status").exit_code == 0


def test_the_prefix_may_come_from_the_environment(central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPOTCTL_NAME_PREFIX", "dev-")
    assert central.run("status").exit_code == 5
    central.make_function(f"dev-{RESTORE}", "restore")
    assert central.run("status").exit_code == 0


def test_a_function_that_is_something_else(central: Central) -> None:
    central.functions.update_function_configuration(FunctionName=RESTORE, Environment={"Variables": {"A": "b"}})
    result = central.run("status")
    assert result.exit_code == 5
    assert "STATE_TABLE_NAME" in result.stderr


def test_no_region(central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    result = central.run("status")
    assert result.exit_code == 5
    assert "--region" in result.stderr
    assert central.run("--region", "us-east-1", "status").exit_code == 0


def test_the_region_may_come_from_the_environment_as_for_the_aws_cli(
    central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert central.run("status").exit_code == 0
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    assert central.run("status").exit_code == 0
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    result = central.run("status")
    assert result.exit_code == 5
    assert "Region eu-west-1" in result.stderr
    assert central.run("--region", "us-east-1", "status").exit_code == 0


def test_no_such_profile(central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    result = central.run("--profile", "central", "status")
    assert result.exit_code == 5
    assert "central" in result.stderr


def test_no_credentials(central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    result = central.run("status")
    assert result.exit_code in {4, 5}
    assert "redentials" in result.stderr


def test_ctrl_c_ends_as_a_shell_has_it(central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(termui, "visible_prompt_func", interrupted)
    with pytest.raises(KeyboardInterrupt):
        output.ask("Go on?", yes=False)
    monkeypatch.setattr(cli, "open_session", interrupted)
    result = central.run("status")
    assert result.exit_code == 130
    assert "interrupted" in result.stderr


def test_help_needs_no_aws(central: Central) -> None:
    result = central.run("--help")
    assert result.exit_code == 0
    for command in ("status", "explain", "history", "hold", "failover", "restore"):
        assert command in result.stdout
    assert central.run("hold", "--help").exit_code == 0


def test_it_tells_its_version_and_which_variables_name_the_region(central: Central) -> None:
    version = (paths.ROOT / "VERSION").read_text().strip()
    assert central.run("--version").stdout == f"spotctl, version {version}\n"
    told = central.run("--help").stdout
    assert all(name in told for name in ("AWS_REGION", "AWS_DEFAULT_REGION"))
