"""Seeds of a unit's runs: derived from the unit's id, so that nobody picks them."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Literal

# what a seed is drawn for; fresh runs must never meet a recorded seed, else their agreement would be trivial
Stream = Literal["run", "reference"]
_STREAMS: tuple[Stream, ...] = ("run", "reference")


def seeds(unit: str, count: int, *, stream: Stream = "run") -> tuple[int, ...]:
    """Return the first `count` seeds of a unit, distinct, each in [0, 2³¹).

    A longer sample begins with the shorter one. The streams share no seed: run seeds are even, those of
    reference samples odd.
    """
    import numpy as np  # late: most commands draw no seed

    entropy = int.from_bytes(hashlib.sha256(unit.encode()).digest()[:16], "big")
    parity = _STREAMS.index(stream)
    found: dict[int, None] = {}
    child = 0
    while len(found) < count:
        (word,) = np.random.SeedSequence(entropy, spawn_key=(parity, child)).generate_state(1)
        found[(int(word) >> 2) * 2 + parity] = None
        child += 1
    return tuple(found)


@cache
def seed_at(unit: str, index: int, stream: Stream) -> int:
    """Return one seed of a unit by its index in the stream."""
    return seeds(unit, index + 1, stream=stream)[-1]
