"""What AWS is like while a scenario is attacked: as good as it gets, or as its documentation warns that it may be."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from local_aws.client import LocalAws


@dataclass(frozen=True)
class Weather:
    """Reads are `late` by up to so many seconds, and others use the quotas of ECS up, with these probabilities."""

    name: str
    late_seconds: float = 0.0
    late: float = 0.0
    others: float = 0.0

    @contextmanager
    def over(self, aws: LocalAws, seed: int) -> Iterator[None]:
        """Let it be so for as long as the context lasts."""
        if self == CLEAR:
            yield
            return
        aws.chaos.reads(self.late_seconds, self.late, seed)
        aws.chaos.quotas(enabled=True, others=self.others, seed=seed)
        try:
            yield
        finally:
            aws.chaos.calm()


CLEAR = Weather("clear")
ROUGH = Weather("late reads, little quota", late_seconds=5.0, late=0.8, others=0.1)


WEATHERS = (CLEAR, ROUGH)


def seed_of(text: str) -> int:
    """The same for the same text, in every process."""
    return zlib.crc32(text.encode())
