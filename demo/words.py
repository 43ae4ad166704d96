"""Durations and counts in words."""

from __future__ import annotations

from collections.abc import Mapping


def duration(seconds: float | None) -> str:
    """``47 s``, ``6 min 10 s``, ``1 h 05 min``; an em dash for what never happened."""
    if seconds is None:
        return "\N{EM DASH}"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def clock(seconds: float | None) -> str:
    """``+0:06:10``: time since the loss of Spot; as much room with nothing in it where Spot is not lost yet."""
    if seconds is None:
        return " " * 8
    whole = round(abs(seconds))
    return f"{'-' if seconds < 0 else '+'}{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def plural(count: int, noun: str) -> str:
    """``1 event``, ``2 events``."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def counts(by_name: Mapping[str, int]) -> str:
    """``FAILED_OVER 4, NOT_SHORT 2``, the largest first."""
    ordered = sorted(by_name.items(), key=lambda entry: (-entry[1], entry[0]))
    return ", ".join(f"{name} {count}" for name, count in ordered) or "none"
