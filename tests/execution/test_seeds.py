"""Seeds: stable, distinct, and a longer sample begins with the shorter one."""

from __future__ import annotations

from typing import Any

import pytest

from workshop.execution.seeds import seed_at, seeds


def test_the_first_seeds_of_a_unit_never_change() -> None:
    """Stored reference samples rest on these very values."""
    assert seeds("ch02.ex05", 3, stream="reference") == (2041104121, 1341217787, 1840727195)


def test_a_longer_sample_begins_with_the_shorter_one() -> None:
    """Raising the number of seeds keeps the outcomes that are there."""
    assert seeds("ch05.ex03", 200)[:17] == seeds("ch05.ex03", 17)


@pytest.mark.parametrize("stream", ["run", "reference"])
@pytest.mark.parametrize("varied", [0, 5])
def test_a_seed_by_its_index(stream: Any, varied: int) -> None:
    """It is that of the whole stream."""
    whole = seeds("ch05.ex03", 4, stream=stream, varied=varied)
    assert tuple(seed_at("ch05.ex03", index, stream, varied) for index in range(4)) == whole
    assert seeds("ch05.ex03", 0) == ()


def test_seeds_are_distinct_and_in_range() -> None:
    """No seed is drawn twice, each fits 31 bits."""
    drawn = seeds("ch07.ex01", 2000)
    assert len(set(drawn)) == 2000
    assert all(isinstance(seed, int) and 0 <= seed < 2**31 for seed in drawn)


OTHERS = {
    "another unit": seeds("ch02.ex06", 50),
    "the reference's stream": seeds("ch02.ex05", 50, stream="reference"),
    "varied": seeds("ch02.ex05", 50, varied=7),
    "varied otherwise": seeds("ch02.ex05", 50, varied=8),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_units_and_streams_do_not_share_seeds(other: tuple[int, ...]) -> None:
    """Another unit, or another use of the same one, draws its own seeds."""
    assert not set(seeds("ch02.ex05", 50)) & set(other)


@pytest.mark.parametrize("varied", [0, 1, 2**31 - 1])
def test_fresh_runs_never_meet_a_recorded_seed(varied: int) -> None:
    """Run seeds are even and recorded ones odd, whatever varies them: agreement is never trivial."""
    assert {seed % 2 for seed in seeds("ch05.ex04", 500, varied=varied)} == {0}
    assert {seed % 2 for seed in seeds("ch05.ex04", 500, stream="reference", varied=varied)} == {1}
