"""Planned numbers of recorded runs: they alone decide, so recording may stop anywhere between two."""

from __future__ import annotations

# of these, the largest that a sample reaches decides; runs beyond it wait until the next one is full
SIZES = (5, 10, 20, 30, 64, 128, 256, 512, 1024, 2048)
# (seconds per seed, most planned runs); slower units get _MOST runs at most
_LARGEST = ((0.5, 2048), (2.0, 1024))
_MOST = 128
# (seconds per seed, planned runs); slower units get SLOW runs
_PLANNED = ((1.0, 128), (60.0, 64), (360.0, 30))
_SLOW = 20


def full_size(runs: int) -> int:
    """Return the largest planned size that n runs reach; 0 for fewer than the smallest."""
    return max((size for size in SIZES if size <= runs), default=0)


def planned_size(seconds: float) -> int:
    """Return how many runs are planned for a unit that takes this many seconds a seed."""
    return next((size for limit, size in _PLANNED if seconds <= limit), _SLOW)


def largest_size(seconds: float) -> int:
    """Return how many runs are planned at most for a unit that takes this many seconds per seed."""
    return next((size for limit, size in _LARGEST if seconds <= limit), _MOST)


def could_decide(runs: int, seconds: float) -> str:
    """Say which planned size has this many runs, which could decide a statement.

    `seconds` is what a seed of the unit takes.
    """
    largest = largest_size(seconds)
    size = next((size for size in SIZES if runs <= size <= largest), None)
    if size is None:
        return f"it would take {runs:,} runs, and at most {largest:,} are planned"
    return f"{size:,} runs could decide"
