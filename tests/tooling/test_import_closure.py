"""What is packaged follows from the sources' imports alone."""

import pytest

from tools.import_closure import Module, Policy, UnresolvedImportError, closure

SOURCES = {
    "app": "",
    "app.entry": "import json\nfrom app import helper\nfrom .inner import thing\n",
    "app.helper": "def later():\n    import boto3\n    from lib.lazy import x\n",
    "app.inner": "import typing\nif typing.TYPE_CHECKING:\n    import lib.types\nelse:\n    import lib.other\n",
    "lib": "",
    "lib.lazy": "x = 1\n",
    "lib.other": "from . import lazy\n",
    "lib.types": "",
    "lib.unused": "",
}
PACKAGES = {"app", "lib"}


def find(name: str) -> Module | None:
    return Module(name, name in PACKAGES, SOURCES[name]) if name in SOURCES else None


def test_imports_are_followed_into_functions_and_up_to_the_packages_above() -> None:
    reached = closure(["app.entry"], find, Policy(frozenset({"boto3"})))

    assert set(reached) == {"app", "app.entry", "app.helper", "app.inner", "lib", "lib.lazy", "lib.other"}


def test_what_only_a_type_checker_imports_stays_out() -> None:
    assert "lib.types" not in closure(["app.inner"], find, Policy(frozenset()))


def test_what_is_left_out_is_not_followed() -> None:
    policy = Policy(frozenset({"boto3"}), {"lib": "not reached"})

    assert set(closure(["app.entry"], find, policy)) == {"app", "app.entry", "app.helper", "app.inner"}


def test_an_import_that_nobody_provides_is_an_error_that_names_both_ends() -> None:
    with pytest.raises(UnresolvedImportError, match=r"app\.helper imports boto3"):
        closure(["app.entry"], find, Policy(frozenset()))


def test_a_relative_import_of_a_package_starts_at_the_package() -> None:
    module = Module("a.b", is_package=True, source="from . import c\nfrom ..d import e\n")

    assert list(module.imports()) == ["a.b", "a.b.c", "a.d", "a.d.e"]
