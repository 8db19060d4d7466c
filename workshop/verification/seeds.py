"""Seeds of a unit's runs: derived from the unit's id, so that nobody picks them."""

from __future__ import annotations

import hashlib

import numpy as np

RUN_STREAM = 0


def seeds(unit: str, count: int, *, stream: int = RUN_STREAM) -> tuple[int, ...]:
    """Return the first `count` seeds of a unit, distinct, each in [0, 2³¹).

    A longer sample begins with the shorter one. `stream` separates uses that must not share seeds.
    """
    entropy = int.from_bytes(hashlib.sha256(unit.encode()).digest()[:16], "big")
    found: dict[int, None] = {}
    child = 0
    while len(found) < count:
        sequence = np.random.SeedSequence(entropy, spawn_key=(stream, child))
        found[int(sequence.generate_state(1, np.uint32)[0]) >> 1] = None
        child += 1
    return tuple(found)
