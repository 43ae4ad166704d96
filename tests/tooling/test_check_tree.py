"""What must not be published is found, and what merely looks like it is not."""

from pathlib import Path

import pytest

from tools.check_tree import LONGEST_PYTHON_FILE, findings

# Put together here, so that the check does not find this file.
NOTE = "TO" + "DO"
HOST = "pypi" + ".org"
MACHINE = "/ro" + "ot/x"
SKIP = "pytest." + "skip()"
SWALLOW = "|| " + "true"


def found(tmp_path: Path, name: str, text: str) -> list[str]:
    path = tmp_path / name
    path.write_text(text)
    return list(findings(tmp_path, [path]))


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.py", f"x = 1  # {NOTE}: later", "unfinished work"),
        ("a.txt", f"--extra https://{HOST}/simple", "package host"),
        ("a.md", f"see {MACHINE} for more", "machine path"),
        ("a.py", SKIP, "stub"),
        ("Makefile", f"\tfalse {SWALLOW}", "failure swallowed"),
    ],
)
def test_it_is_found_with_file_and_line(tmp_path: Path, name: str, text: str, what: str) -> None:
    (line,) = found(tmp_path, name, f"first\n{text}\n")

    assert line.startswith(f"{name}:2: {what}: ")


def test_a_long_python_file_is_found(tmp_path: Path) -> None:
    (line,) = found(tmp_path, "long.py", "x = 1\n" * (LONGEST_PYTHON_FILE + 1))

    assert line == f"long.py: {LONGEST_PYTHON_FILE + 1} lines, {LONGEST_PYTHON_FILE} at most"
    assert found(tmp_path, "right.py", "x = 1\n" * LONGEST_PYTHON_FILE) == []


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::111111111111:root",
        "https://example.com/work/root/",
        "the work that is to do",
        'Path("/opt").glob("*/registry")',
        "mktemp -d XXXXXX",
    ],
)
def test_what_only_looks_like_it_is_not(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, "a.py", text) == []


def test_binary_files_are_passed_over(tmp_path: Path) -> None:
    assert found(tmp_path, "a.zip", f"\0{NOTE}") == []
