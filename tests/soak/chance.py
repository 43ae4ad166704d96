"""All randomness of a run from one seed: what a service is called, what goes wrong, how long a retry waits."""

from __future__ import annotations

import random
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from moto.moto_api._internal import mock_random


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let every source of randomness in this process give the same in every run.

    What a set of names is ordered by is not among them: see PYTHONHASHSEED.
    """
    names, before = random.Random(f"names {seed}"), random.getstate()  # noqa: S311  (repeatable, not secret)
    replaced = (uuid.uuid4, secrets.randbelow, secrets.token_hex)
    uuid.uuid4 = lambda: uuid.UUID(int=names.getrandbits(128), version=4)
    secrets.randbelow = names.randrange  # type: ignore[assignment]
    secrets.token_hex = lambda size=32: names.randbytes(size or 32).hex()  # type: ignore[assignment]
    random.seed(f"process {seed}")
    mock_random.seed(f"moto {seed}")
    try:
        yield
    finally:
        uuid.uuid4, secrets.randbelow, secrets.token_hex = replaced
        random.setstate(before)
