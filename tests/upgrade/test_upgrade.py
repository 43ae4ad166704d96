"""Upgrades keep tables, queues, roles, bus and topic: planned by Terraform on the state that a release leaves."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.upgrade import __main__
from tests.upgrade.upgrade import RELEASES, Installation, State, addresses, installation
from tools import paths

pytestmark = pytest.mark.slow

STATE_TABLE = "module.spot_failover.module.central.aws_dynamodb_table.state"
LEDGER = "module.controlled_scaledown.aws_dynamodb_table.ledger"
DEAD_LETTERS = "module.spot_failover.module.workload_onboarding.aws_sqs_queue.dead_letters"
COMMIT = ("commit", "--quiet", "--allow-empty", "--message=x")
MOVED = """
moved {
  from = aws_dynamodb_table.before
  to   = aws_dynamodb_table.state
}
"""
REMOVED = """
removed {
  from = aws_dynamodb_table.before
  lifecycle {
    destroy = false
  }
}
"""


def released(version: str) -> State:
    state: State = json.loads((RELEASES / f"{version}.json").read_text())
    return state


def resource(state: State, address: str) -> dict[str, Any]:
    return next(each for each in state["resources"] if f"{each['module']}.{each['type']}.{each['name']}" == address)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("upgrade")) as ready:
        yield ready


@pytest.mark.parametrize("version", sorted(path.stem for path in RELEASES.glob("*.json")))
def test_nothing_that_a_release_made_is_lost(made: Installation, version: str) -> None:
    assert made.losses(released(version)) == []


def test_what_would_lose_a_table_or_a_queue_is_noticed_and_a_moved_block_saves_it(made: Installation) -> None:
    """The state has the state table at another address, the ledger by another key, and a queue by another name."""
    state = released(current())
    resource(state, STATE_TABLE)["name"] = "before"
    resource(state, LEDGER)["instances"][0]["attributes"]["hash_key"] = "other"
    resource(state, DEAD_LETTERS)["instances"][0]["attributes"]["name"] = "other"
    replaced = {f"{LEDGER}: replace", f"{DEAD_LETTERS}: replace"}

    assert set(made.losses(state)) == replaced | {f"{STATE_TABLE.replace('.state', '.before')}: delete"}

    # Forgotten, the table stays where nobody looks after it, and the new one is empty.
    (made.tree / "modules" / "central" / "moved.tf").write_text(REMOVED)
    assert set(made.losses(state)) == replaced | {f"{STATE_TABLE.replace('.state', '.before')}: remove"}

    (made.tree / "modules" / "central" / "moved.tf").write_text(MOVED)
    assert set(made.losses(state)) == replaced


def test_every_table_and_queue_of_this_version_is_recorded() -> None:
    """A release without them would pass for one that loses nothing."""
    state = released(current())
    assert len(addresses(state, ["aws_dynamodb_table"])) == 2
    assert len(addresses(state, ["aws_sqs_queue"])) >= 4
    assert addresses(state, ["aws_cloudwatch_event_bus", "aws_sns_topic"])


def test_what_a_release_is_known_by_is_never_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("It is recorded again.")

    for command in (["init", "--quiet"], ["-c", "user.name=x", "-c", "user.email=x", *COMMIT], ["tag", "v1.2.3"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    (tmp_path / "VERSION").write_text("1.2.3\n")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(__main__, "installation", never)
    assert __main__.main() == 1

    (tmp_path / "VERSION").write_text("1.2.4\n")
    with pytest.raises(AssertionError, match="recorded again"):
        __main__.main()


def test_without_git_nothing_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where tags can't be read, the version may be a released one."""
    (tmp_path / "VERSION").write_text("1.2.4\n")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "none"))
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    assert __main__.main() == 1
    assert "git tag" in capsys.readouterr().err


def current() -> str:
    return (paths.ROOT / "VERSION").read_text().strip()
