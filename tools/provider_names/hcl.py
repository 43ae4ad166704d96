"""What a Terraform configuration uses of its provider: resource types, arguments and references to attributes.

Reads files as ``terraform fmt`` writes them, and refuses a line that it does not understand, and a reference of which
it can't tell the attribute: none is passed over. Not seen is what a local or a variable hands on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

META = frozenset({"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"})
_BLOCK = re.compile(r'^([\w-]+)((?: "[^"]*")*) \{$')
_EMPTY_BLOCK = re.compile(r'^([\w-]+)((?: "[^"]*")*) \{\}$')
_ONE_LINE_BLOCK = re.compile(r"^([\w-]+) \{ ([\w-]+) += .* \}$")
_ARGUMENT = re.compile(r"^([\w-]+) += (.*)$")
_HEREDOC = re.compile(r"<<-?(\w+)$")
_ADDRESS = r"(data\.)?(aws_\w+)\.\w+"
_REFERENCE = re.compile(rf"(?<![\w.]){_ADDRESS}")
_ATTRIBUTE = re.compile(r"\.([A-Za-z_]\w*)")
_LOOP = re.compile(rf"\bfor (?:\w+, )?(\w+) in {_ADDRESS} :")
_FOR_EACH = re.compile(rf'(?:\bdynamic "(\w+)" \{{\s+)?\bfor_each += {_ADDRESS}$', re.MULTILINE)
_SAME_OBJECTS = re.compile(r"\b(?:values|one|element|tolist|try|coalesce)\(\s*$")
"""Functions of which an attribute is one of what they are given."""
_NO_ATTRIBUTE = re.compile(
    r"\b(?:depends_on|replace_triggered_by) += \[(?:[^\[\]]|\[[^\]]*\])*\]|"
    rf"^ *(?:from|to) += {_ADDRESS}(?:\[[^\]]*\])?$",
    re.MULTILINE,
)
_WHOLE = (
    (re.compile(r"\bin $"), re.compile(" :")),
    (re.compile(r"\bfor_each += $"), re.compile("\n")),
    (re.compile(r"\b(?:length|keys)\($"), re.compile(r"\)")),
)
"""Before and after a reference that has no attribute: those of loops are looked for where the loop uses them."""


class UnreadableError(Exception):
    """A line is not written as ``terraform fmt`` would; the message names it."""


@dataclass(frozen=True, order=True)
class Use:
    """A name of a resource type or data source that a configuration needs.

    Parameters
    ----------
    kind
        ``resource`` or ``data``.
    type
        ``aws_sqs_queue``.
    name
        Argument or attribute, with the blocks around it: ``rule.filter.prefix``. Empty: the type itself.
    """

    kind: str
    type: str
    name: str


def uses(text: str) -> set[Use]:
    """Give all that one file uses of the provider ``aws``.

    Raises
    ------
    UnreadableError
        If the file can't be read to its end, or a reference has no attribute that can be told.
    """
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(("#", "//"))]
    found = set(_arguments(lines))
    code = "\n".join(lines)
    found.update(_references(_NO_ATTRIBUTE.sub(lambda match: "\n" * match[0].count("\n"), code)))
    for match in _FOR_EACH.finditer(code):
        block = code[code.rfind("\n}", 0, match.start()) + 1 : code.find("\n}", match.end())]
        names = re.findall(rf"(?<![\w.]){match[1] or 'each'}\.value\.(\w+)", block)
        found |= {Use(_kind(match[2]), match[3], name) for name in names}
    for match in _LOOP.finditer(code):
        body = code[match.end() : match.end() + _end(code[match.end() :])]
        found |= {Use(_kind(match[2]), match[3], name) for name in re.findall(rf"(?<![\w.]){match[1]}\.(\w+)", body)}
    return found


def _kind(data: str | None) -> str:
    return "data" if data else "resource"


def _references(code: str) -> Iterator[Use]:
    for match in _REFERENCE.finditer(code):
        before, after = code[max(0, match.start() - 80) : match.start()], code[match.end() :]
        attribute = _attribute(before, after)
        if attribute:
            yield Use(_kind(match[1]), match[2], attribute)
        elif not any(left.search(before) and right.match(after) for left, right in _WHOLE):
            number = code.count("\n", 0, match.start()) + 1
            raise UnreadableError(f"line {number} without comments: no attribute can be told of {match[0]}")


def _attribute(before: str, after: str) -> str:
    """Give the attribute behind a reference, its indexes and the functions around it; empty if there is none."""
    while True:
        if match := _ATTRIBUTE.match(after):
            return match[1]
        if after.startswith("["):
            after = after[_end(after[1:]) + 2 :]
        elif match := _SAME_OBJECTS.search(before):
            before, after = before[: match.start()], after[_end(after) + 1 :]
        else:
            return ""


def _arguments(lines: list[str]) -> Iterator[Use]:
    blocks: list[tuple[str, ...]] = []
    open_brackets = 0
    heredoc = ""
    for number, line in enumerate(map(str.strip, lines), start=1):
        if heredoc:
            heredoc = "" if line == heredoc else heredoc
        elif open_brackets:
            open_brackets += balance(line)
            heredoc = _heredoc(line)
        elif line == "}":
            blocks.pop()
        elif match := _BLOCK.match(line) or _EMPTY_BLOCK.match(line):
            block = (match[1], *re.findall(r'"([^"]*)"', match[2]))
            yield from _use([*blocks, block])
            blocks += [block] if line.endswith("{") else []
        elif match := _ONE_LINE_BLOCK.match(line):
            yield from _use([*blocks, (match[1],)])
            yield from _use([*blocks, (match[1],)], match[2])
        elif match := _ARGUMENT.match(line):
            yield from _use(blocks, match[1])
            open_brackets, heredoc = balance(match[2]), _heredoc(match[2])
        elif line:
            raise UnreadableError(f"line {number} without comments: {line!r}. Run `make fmt`")


def _heredoc(line: str) -> str:
    match = _HEREDOC.search(line)
    return match[1] if match else ""


def _use(blocks: list[tuple[str, ...]], argument: str = "") -> Iterator[Use]:
    """Give what stands at this place, nothing where that is Terraform's own."""
    if not blocks or blocks[0][0] not in ("resource", "data") or not blocks[0][1].startswith("aws_"):
        return
    inner = blocks[1:]
    if argument in META or any(block[0] in META for block in inner):
        return
    if inner and inner[-1][0] == "dynamic" and argument:
        return
    names = [block[1] if block[0] == "dynamic" else block[0] for block in inner if block[0] != "content"]
    yield Use(blocks[0][0], blocks[0][1], ".".join([*names, *([argument] if argument else [])]))


def balance(text: str) -> int:
    """Count the brackets that ``text`` leaves open, those in strings and comments aside."""
    opened = sum(1 for bracket in _brackets(text) if bracket in "([{")
    return opened - sum(1 for bracket in _brackets(text) if bracket in ")]}")


def _brackets(text: str) -> Iterator[str]:
    """Yield brackets outside of strings; a template within a string opens and closes by itself."""
    inside: list[str] = []  # '"' in a string, "{" in a template within one
    position = 0
    while position < len(text):
        character = text[position]
        in_string = bool(inside) and inside[-1] == '"'
        if in_string and character == "\\":
            position += 1
        elif in_string and text.startswith(("${", "%{"), position):
            inside.append("{")
            position += 1
        elif character == '"':
            inside = inside[:-1] if in_string else [*inside, '"']
        elif in_string:
            pass
        elif character == "#":
            return
        elif inside and character in "{}":
            inside = inside[:-1] if character == "}" else [*inside, "{"]
        elif character in "([{}])":
            yield character
        position += 1


def _end(text: str) -> int:
    """Find the bracket that closes what ``text`` begins in."""
    depth = 0
    for position, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth < 0:
            return position
    return len(text)
