"""The inputs of the Terraform modules: the same at the root as in `modules/central`, and every rule tested."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from spot_failover.core.profiles import PROFILES

ROOT = Path(__file__).parents[2]
CENTRAL = ROOT / "modules" / "central"
ONBOARDING = ROOT / "modules" / "workload-onboarding"
SCALEDOWN = ROOT / "modules" / "controlled-scaledown"
NLB_SCALEDOWN = ROOT / "examples" / "nlb-controlled-scaledown"
WEB_SERVICE = ROOT / "examples" / "fargate-web-service"

VARIABLE = re.compile(r'^variable "(?P<name>\w+)" \{\n(?P<body>.*?)^\}', re.DOTALL | re.MULTILINE)
EXPECTED = re.compile(r"expect_failures = \[(?P<inputs>[^]]*)\]")
RUN = re.compile(r'^run "\w+" \{\n(?P<body>.*?)^\}', re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(
    ("value", "field", "times"), [("max_delay_minutes", "max_delay", 3), ("initial_delay_minutes", "initial_delay", 2)]
)
def test_what_is_not_given_is_validated_as_the_profile_has_it(value: str, field: str, times: int) -> None:
    written = re.findall(
        rf"coalesce\(var\.restore\.{value}, (?:try\()?\{{ (.*?) \}}\[var", (CENTRAL / "variables_timing.tf").read_text()
    )
    numbers = [f"{name} = {getattr(policy, field).total_seconds() / 60:g}" for name, policy in PROFILES.items()]
    assert written == [", ".join(numbers)] * times


@pytest.mark.parametrize("file", sorted(file.name for file in CENTRAL.glob("variables*.tf")))
def test_the_root_takes_the_inputs_of_the_central_module(file: str) -> None:
    assert (ROOT / file).read_text() == (CENTRAL / file).read_text()


def test_the_root_hands_every_input_on() -> None:
    main = (ROOT / "main.tf").read_text()

    for name in rules(ROOT):
        assert f"= var.{name}\n" in main


@pytest.mark.parametrize(
    "module", [CENTRAL, ONBOARDING, SCALEDOWN, NLB_SCALEDOWN, WEB_SERVICE], ids=lambda module: module.name
)
def test_every_rule_has_a_run_that_breaks_it(module: Path) -> None:
    source = f'source = "./{module.relative_to(ROOT).as_posix()}"'
    bodies = [
        match["body"]
        for file in Path(__file__).parent.rglob("*.tftest.hcl")
        for match in RUN.finditer(file.read_text())
    ]
    expected = [match["inputs"] for body in bodies if source in body for match in EXPECTED.finditer(body)]
    refused = Counter(name for inputs in expected for name in re.findall(r"var\.(\w+)", inputs))

    assert {name: count for name, count in rules(module).items() if refused[name] < count} == {}


def test_what_expects_an_input_of_a_module_to_be_refused_needs_no_provider() -> None:
    """A provider that is started for each of these runs is minutes of continuous integration."""
    inputs = Path(__file__).parent / "inputs"
    with_provider = [file.name for file in inputs.glob("*.tftest.hcl") if "mock_provider" in file.read_text()]
    elsewhere = [
        file.name
        for file in Path(__file__).parent.glob("*.tftest.hcl")
        for match in RUN.finditer(file.read_text())
        if "./examples/" not in match["body"] and re.search(r"expect_failures = \[var\.", match["body"])
    ]

    assert (with_provider, elsewhere) == ([], [])


def rules(module: Path) -> dict[str, int]:
    """Count the validation rules of every input of a module."""
    return {
        match["name"]: match["body"].count("  validation {")
        for file in module.glob("variables*.tf")
        for match in VARIABLE.finditer(file.read_text())
    }
