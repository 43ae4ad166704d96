"""The mutation tester: what it changes, what it leaves, what it remembers, and what it says of explanations."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tools.digest import state_of
from tools.mutants import core, explained, report
from tools.mutants.campaign import Outcome
from tools.mutants.explained import Explained
from tools.mutants.mutation import Mutation, Unit
from tools.mutants.reach import Reach
from tools.mutants.results import Results

ENUMS = {"Reason": ("HELD", "BUSY"), "Only": ("ONE",)}


def mutations(tmp_path: Path, text: str) -> list[Mutation]:
    (tmp_path / "module.py").write_text(dedent(text))
    return core.mutations("module", ENUMS, tmp_path)


def becomes(tmp_path: Path, line: str) -> set[str]:
    """What a line of a function is changed into."""
    return {one.becomes for one in mutations(tmp_path, f"def f(a, b, c):\n    {line}\n")}


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("return a < b", {"return a <= b", "return a >= b"}),
        ("return (a) == (b)", {"return (a) != (b)"}),
        ("return a not in b", {"return a in b"}),
        ("return a is not None", {"return a is None"}),
        ("return a and b", {"return a or b", "return True and b", "return a and True"}),
        ("return not a", {"return a"}),
        ("return a if b else c", {"return a if True else c", "return a if False else c"}),
        ("return [x for x in a if x]", {"return [x for x in a if True]", "return [x for x in a if False]"}),
        ("return a + b", {"return a - b"}),
        ("return min(a, b)", {"return max(a, b)"}),
        ("return {a, b}", {"return {b}", "return {a, }"}),
        ("return a(b, key=c)", {"return a(b, )"}),
        ("return 7", {"return 8"}),
        ("return True", {"return False"}),
        ("return Reason.HELD", {"return Reason.BUSY"}),
        ("a[b] = c", {"pass"}),
        ("a.append(b)", {"pass"}),
    ],
)
def test_what_is_changed(tmp_path: Path, line: str, changed: set[str]) -> None:
    assert becomes(tmp_path, line) == changed


@pytest.mark.parametrize(
    "line",
    [
        '"""It says 7 and more."""',
        'return f"{a + 1}"',
        'raise ValueError("3" + a)',
        'return a(b, note="7" + b)',
        "c: int | None = a",
        "return Only.ONE",
        "return a",
    ],
)
def test_words_for_people_and_types_are_left(tmp_path: Path, line: str) -> None:
    assert becomes(tmp_path, line) == set()


def test_alternatives_change_places_and_conditions_do_not(tmp_path: Path) -> None:
    assert "b ... a" in becomes(tmp_path, "return a or b")
    assert not any(" ... " in one for one in becomes(tmp_path, "return c if a or b else a"))
    assert not any(" ... " in one for one in becomes(tmp_path, "return a == 1 or b"))


ROWS = """
    def decide(a, b):
        first = a.first
        if first:
            return 1
        if b:
            return 2
        other = b.other
        if other and first:
            return "in other words"
        if other:
            return "said differently"
        return 3
"""


def test_rows_of_a_decision_change_places_unless_they_decide_the_same(tmp_path: Path) -> None:
    swaps = {one.becomes for one in mutations(tmp_path, ROWS) if " ... " in one.becomes}
    assert swaps == {
        "if b: ... first = a.first",
        "other = b.other ... if b:",
    }


def test_a_case_of_a_match_is_left_out(tmp_path: Path) -> None:
    text = """
        def f(a):
            match a:
                case "x":
                    return a
                case _:
                    return None
    """
    assert {one.becomes for one in mutations(tmp_path, text)} == {'case "x" if False:', "case _ if False:"}


def test_a_mutation_tells_where_it_is_and_changes_nothing_else(tmp_path: Path) -> None:
    text = "class A:\n    def f(self, é):\n        return é > self\n\n\nB = 1\n"
    greater, smaller, constant = mutations(tmp_path, text)
    assert (greater.where, greater.line, greater.was) == ("A.f", 3, "return é > self")
    assert {greater.source, smaller.source} == {text.replace(">", ">="), text.replace(">", "<=")}
    assert (constant.where, constant.source) == ("", text.replace("B = 1", "B = 2"))


UNITS = """
    ONE = 1


    @decorated(2)
    def f(a, b=3):
        def inner():
            return a > 4
        return inner


    class A:
        five: int = 5

        @property
        def g(self):
            return 6
"""


def test_a_mutation_tells_the_outermost_function_whose_body_holds_it(tmp_path: Path) -> None:
    units = {one.becomes: one.unit for one in mutations(tmp_path, UNITS)}
    inner, property_ = Unit("f", 5, 9), Unit("A.g", 15, 17)
    assert units == {
        "ONE = 2": None,
        "def f(a, b=4):": None,
        "return a >= 4": inner,
        "return a <= 4": inner,
        "return a > 5": inner,
        "five: int = 6": None,
        "return 7": property_,
    }


def test_the_tests_that_may_notice_are_those_that_run_the_function(tmp_path: Path) -> None:
    found = {one.becomes: one for one in mutations(tmp_path, UNITS)}
    inner, property_, outside = found["return a > 5"], found["return 7"], found["ONE = 2"]
    by_place = {("module", 7): ["first"], ("module", 15): ["third"], ("other", 7): ["second"]}
    reach = Reach(["first", "second", "third"], by_place, {("module", 15), ("other", 5)})

    assert reach.of(inner) == ["first"]
    assert [reach.at_import(one) for one in (inner, property_, outside)] == [False, True, True]
    assert reach.of(property_) == reach.of(outside) == ["first", "second", "third"]


def test_a_mutation_of_a_function_that_stayed_is_known_again(tmp_path: Path) -> None:
    text = "def f(a):\n    return a > 1\n\n\ndef g(a):\n    return a\n"
    keys = [one.key for one in mutations(tmp_path, text)]
    assert [one.key for one in mutations(tmp_path, "import os\n" + text.replace("return a\n", "return a.b\n"))] == keys
    assert not set(keys) & {one.key for one in mutations(tmp_path, text.replace("a > 1", "a > 1 > 0"))}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "kept" / "results.sqlite"
    before = Results(path, "one")
    before.put("killed", Outcome.KILLED)
    before.put("survived", Outcome.SURVIVED)
    return path


def test_outcomes_outlive_a_run_and_survivors_a_change_of_the_tests_does_not(results: Path) -> None:
    same, changed = Results(results, "one"), Results(results, "two")
    assert (same.get("killed"), same.get("survived"), same.get("new")) == (Outcome.KILLED, Outcome.SURVIVED, None)
    assert (changed.get("killed"), changed.get("survived")) == (Outcome.KILLED, None)
    changed.forget(["killed", "new"])
    assert (same.get("killed"), same.get("survived")) == (None, Outcome.SURVIVED)


def test_a_change_of_any_test_is_another_state(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("1")
    before = state_of([tmp_path])
    assert state_of([tmp_path]) == before
    (tmp_path / "test_a.py").write_text("2")
    assert state_of([tmp_path]) != before


def told(mutation: Mutation, why: str = "it is the same") -> Explained:
    return Explained(mutation.module, mutation.where, mutation.was, mutation.becomes, why)


def test_every_survivor_has_to_be_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = mutations(tmp_path, "def f(a, b):\n    return a < b\n")
    assert report.tell({"module": 2}, {"module": []}, []) == 0
    assert report.tell({"module": 2}, {"module": [one]}, [told(one)]) == 0
    capsys.readouterr()
    assert report.tell({"module": 2}, {"module": [one, other]}, [told(one)]) == 1
    output = capsys.readouterr().out
    assert f"+ {one.becomes}\n    it is the same" in output
    assert f"+ {other.becomes}\n    NOT EXPLAINED" in output
    assert output.count("  0.0%") == 2
    assert output.rstrip().endswith(explained.as_toml(other))


def test_an_explanation_of_what_was_killed_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = mutations(tmp_path, "def f(a, b):\n    return a < b\n")
    assert report.tell({"module": 2}, {"module": [one]}, [told(one), told(other)]) == 1
    assert f"survives no more: module.py f: {other.becomes}" in capsys.readouterr().out


def test_explanations_are_read_as_they_are_printed(tmp_path: Path) -> None:
    (one, *_) = mutations(tmp_path, 'def f(a):\n    return a < "it\'s"\n')
    path = tmp_path / "survivors.toml"
    path.write_text(explained.as_toml(one).replace('why = ""', 'why = "because"'))
    assert explained.load(path) == [told(one, "because")]
    path.write_text(explained.as_toml(one))
    with pytest.raises(ValueError, match="no reason why"):
        explained.load(path)


def test_every_explanation_of_the_core_has_a_reason_and_a_module() -> None:
    assert {one.module for one in explained.load()} <= set(core.modules())
