"""Each test of `database` runs on moto and on DynamoDB Local; one of `dynamodb_local` on that alone.

moto writes in two steps, check and put, and two threads may come between: races are run on DynamoDB Local only.
(`local_aws` answers one DynamoDB request at a time, so there moto's writes are whole.)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from tests.dynamodb.database import Database, with_state_table
from tests.handlers.aws_account import use_made_up_credentials
from tools.dynamodb_local.install import folder, installed
from tools.dynamodb_local.server import running

LOCAL = "dynamodb-local"
_NOT_RUN = pytest.StashKey[int]()


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(folder(), tmp_path_factory.mktemp("dynamodb-local") / "log") as url:
        yield url


@pytest.fixture
def dynamodb_local(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    use_made_up_credentials(monkeypatch)
    return with_state_table(endpoint)


@pytest.fixture(params=["moto", pytest.param(LOCAL, marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    if request.param == LOCAL:
        yield request.getfixturevalue("dynamodb_local")
        return
    use_made_up_credentials(monkeypatch)
    with mock_aws():
        yield with_state_table(None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if installed():
        return
    left_out = [item for item in items if Path(__file__).parent in item.path.parents and _needs_local(item)]
    config.stash[_NOT_RUN] = len(left_out)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if number := config.stash.get(_NOT_RUN, 0):
        terminalreporter.write_line(
            f"NOT RUN: {number} tests of the state table on DynamoDB Local, which is not installed. "
            "With a JDK (17 or newer) and Maven on the PATH, `make dynamodb-local` installs it.",
            yellow=True,
        )


def _needs_local(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    return "dynamodb_local" in getattr(item, "fixturenames", ()) or (call is not None and LOCAL in call.params.values())
