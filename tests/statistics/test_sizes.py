"""Planned sizes: which runs decide, how many are planned, and what is said where they do not decide."""

import pytest

from workshop.statistics.sizes import (
    SIZES,
    could_decide,
    full_size,
    largest_size,
    planned_size,
)


@pytest.mark.parametrize(
    ("runs", "size"),
    [
        (0, 0),
        (4, 0),
        (5, 5),
        (9, 5),
        (25, 20),
        (44, 30),
        (60, 30),
        (64, 64),
        (127, 64),
        (128, 128),
        (500, 256),
        (512, 512),
        (1023, 512),
        (1024, 1024),
        (2048, 2048),
        (9000, 2048),
    ],
)
def test_the_largest_full_size_decides(runs, size):
    """Fewer runs than the smallest size decide nothing; runs beyond the largest one wait for ever."""
    assert SIZES == (5, 10, 20, 30, 64, 128, 256, 512, 1024, 2048)
    assert full_size(runs) == size


@pytest.mark.parametrize(
    ("seconds", "size"),
    [(0.01, 128), (1.0, 128), (1.1, 64), (60.0, 64), (61.0, 30), (360.0, 30), (361.0, 20), (1200.0, 20)],
)
def test_slower_units_are_planned_with_fewer_runs(seconds, size):
    """128 up to a second a seed, 64 up to a minute, 30 up to six minutes, else 20: all of them are sizes."""
    assert planned_size(seconds) == size
    assert size in SIZES


@pytest.mark.parametrize(
    ("runs", "seconds", "words"),
    [
        (3, 900.0, "5 runs could decide"),
        (31, 900.0, "64 runs could decide"),
        (128, 2.1, "128 runs could decide"),
        (129, 2.0, "256 runs could decide"),
        (512, 0.1, "512 runs could decide"),
        (999, 2.0, "1,024 runs could decide"),
        (1025, 0.5, "2,048 runs could decide"),
        (1025, 0.6, "it would take 1,025 runs, and at most 1,024 are planned"),
        (129, 2.1, "it would take 129 runs, and at most 128 are planned"),
        (1999, 2.0, "it would take 1,999 runs, and at most 1,024 are planned"),
    ],
)
def test_what_could_decide_is_a_planned_size(runs, seconds, words):
    """The next one of a unit of this many seconds per seed; where none is large enough, that is said."""
    assert could_decide(runs, seconds) == words
    assert largest_size(seconds) in SIZES
