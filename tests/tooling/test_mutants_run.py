"""The mutation tester at work: what it finds out by a run of the tests, and that each mutation is what they run on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools import paths


def printed(script: str) -> str:
    """By a process of its own: forks of this one would have imported core and tests."""
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=True).stdout


LOOK = """
import json
from tools.mutants.look import look
seen = look()
reach = seen.reach
print(json.dumps([[str(file) for file in seen.files], seen.modules, reach.tests, sorted(reach.imports)]))
"""


@pytest.mark.slow
def test_what_the_unit_tests_read_and_run_is_found_by_looking() -> None:
    files, modules, tests, imports = json.loads(printed(LOOK))

    read = {str(Path(file).relative_to(paths.ROOT)) for file in files}
    assert {"docs/phases.md", "docs/reasons.md", "examples/events/task-state-running.json"} <= read
    assert {"tests/unit/test_lifecycle.py", "tests/doubles/clock.py"} <= read
    assert "lambda_src/spot_failover/core/twin.py" in read
    assert not any(name.startswith(".") for name in read)
    assert "hypothesis" in modules
    assert not any(name.startswith(("spot_failover", "tests")) for name in modules)
    assert "tests/unit/test_backoff.py::" in "".join(tests)
    assert "service_key" in {module for module, _line in imports}


RUN = """
from tools.mutants.core import CORE
from tools.mutants.suite import near, passes
source = (CORE / "backoff.py").read_text()
changed = source.replace("min(", "max(")
print(*(passes("backoff", text, near("backoff")) for text in (None, source, changed, "raise SystemExit(0)")))
"""


@pytest.mark.slow
def test_the_tests_run_on_the_changed_module_and_on_no_other() -> None:
    assert printed(RUN).split() == ["True", "True", "False", "False"]


BOTH = """
import json
from dataclasses import replace
from tools.mutants import core, suite
from tools.mutants.campaign import attempt
from tools.mutants.look import look

suite.files = lambda: [suite.UNIT / "test_arn.py"]
reach = look().reach
found = [one for one in core.mutations("arn", core.enums()) if one.unit is not None][::4]
found.append(replace(found[0], key="none", source=(core.CORE / "arn.py").read_text()))
at_import = replace(reach, imports=set(reach.by_place))
told = [{}, {}]
attempt(found, reach, lambda one, outcome: told[0].update({one.key: outcome}))
attempt(found, at_import, lambda one, outcome: told[1].update({one.key: outcome}))
print(json.dumps(told))
"""


@pytest.mark.slow
def test_code_that_is_exchanged_does_what_a_new_import_would() -> None:
    exchanged, imported = json.loads(printed(BOTH))
    assert exchanged == imported
    assert exchanged.pop("none") == "survived"
    assert "killed" in exchanged.values()
