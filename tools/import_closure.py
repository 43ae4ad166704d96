"""Which modules a set of modules imports, directly and indirectly, read from their source.

Nothing is executed, so the answer depends on the sources alone and not on the Python that asks.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field


class UnresolvedImportError(Exception):
    """An import names a module that nobody provides."""


@dataclass(frozen=True)
class Module:
    """One module's source.

    Parameters
    ----------
    name
        Dotted name.
    is_package
        Whether the source is the package's ``__init__.py``; relative imports start elsewhere there.
    source
        Python source text.
    """

    name: str
    is_package: bool
    source: str

    def imports(self) -> Iterator[str]:
        """Yield the dotted names that this module imports anywhere, functions included.

        ``from a import b`` yields ``a`` and ``a.b``: whether ``b`` is a module is for the caller to find out.
        What stands under ``if TYPE_CHECKING:`` is left out.
        """
        for node in _import_nodes(ast.parse(self.source)):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
                continue
            base = self._base(node)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        here = self.name.split(".")
        up = node.level - 1 if self.is_package else node.level
        return ".".join([*here[: len(here) - up], *([node.module] if node.module else [])])


@dataclass(frozen=True)
class Policy:
    """What an import may point to besides the modules that get packaged.

    Parameters
    ----------
    provided
        Top-level packages that the runtime brings.
    left_out
        Dotted prefixes that are imported somewhere but never reached by this product, with the reason.
    """

    provided: frozenset[str]
    left_out: Mapping[str, str] = field(default_factory=dict)

    def leaves_out(self, name: str) -> bool:
        """Tell whether ``name`` is, or lies under, a prefix that is left out."""
        return any(name == prefix or name.startswith(f"{prefix}.") for prefix in self.left_out)

    def is_provided(self, name: str) -> bool:
        """Tell whether the runtime or the standard library brings ``name``."""
        top = name.split(".", maxsplit=1)[0]
        return top in self.provided or top in sys.stdlib_module_names


def closure(roots: Iterable[str], find: Callable[[str], Module | None], policy: Policy) -> dict[str, Module]:
    """Follow imports from ``roots``.

    Parameters
    ----------
    roots
        Dotted names to start from.
    find
        Gives the module of a dotted name, or None where there is no such module.
    policy
        What need not be found.

    Returns
    -------
    dict[str, Module]
        Every module reached, packages above them included, by name.

    Raises
    ------
    UnresolvedImportError
        If an import is neither found, nor provided, nor left out.
    """
    reached: dict[str, Module] = {}
    waiting = [(name, "the entry points") for name in roots]
    while waiting:
        name, importer = waiting.pop()
        if not name or name in reached or policy.leaves_out(name):
            continue
        module = find(name)
        if module is None:
            parent = name.rpartition(".")[0]
            if policy.is_provided(name) or (parent and find(parent) is not None):
                continue
            raise UnresolvedImportError(
                f"{importer} imports {name}, which is in no packaged dependency. Add it to requirements/lambda.in, "
                f"or, where it can never be reached, to LEFT_OUT in tools/package.py with the reason."
            )
        reached[name] = module
        waiting.append((name.rpartition(".")[0], name))
        waiting.extend((target, name) for target in module.imports())
    return reached


def _import_nodes(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node
        return
    children: Iterable[ast.AST] = ast.iter_child_nodes(node)
    if isinstance(node, ast.If) and _is_type_checking(node.test):
        children = node.orelse
    for child in children:
        yield from _import_nodes(child)


def _is_type_checking(test: ast.expr) -> bool:
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
        case _:
            return False
