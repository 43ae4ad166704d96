"""A page that needs no network: one file with its style. The demo's reports are made of it too."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

_STYLE = Path(__file__).parent / "page.css"


def page(title: str, body: str, script: str = "") -> str:
    """The whole file; `body` is HTML, its heading included."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE.read_text()}</style></head><body><main>"
        f"{body}</main>" + (f"<script>{script}</script>" if script else "") + "</body></html>\n"
    )


def tiles(shown: Sequence[tuple[object, str]]) -> str:
    """Figures in large type, each with what it is."""
    cells = "".join(
        f'<div class="tile"><b>{escape(str(value))}</b><span>{escape(what)}</span></div>' for value, what in shown
    )
    return f'<div class="tiles">{cells}</div>'


def table(head: str, body: str) -> str:
    """A table of HTML cells and rows that scrolls where it is too wide."""
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def badge(good: bool, yes: str, no: str) -> str:
    """A word in the colour of its meaning."""
    return f'<span class="verdict {"good" if good else "bad"}">{escape(yes if good else no)}</span>'
