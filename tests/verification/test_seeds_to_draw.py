"""How many seeds a stochastic claim draws: by its cost, what is recorded, and what is asked for."""

import pytest

from tests.toy.bench import EXACT, LOSS, setup, toy
from workshop.execution.seeds import seeds

NORMAL = LOSS | {"rule": {"reference": {"scale": "identity"}}}
FULL = {"profile": "full"}
DRAWN = [
    # seconds a seed, recorded elsewhere, options, fresh seeds, whether a recorded one is repeated
    (0.01, False, {}, 0, True),
    (0.15, True, {}, 6, False),
    (3.0, False, {}, 0, True),
    (3.0, True, {}, 1, False),
    (0.01, False, FULL, 15, True),
    (3.0, False, FULL, 0, True),
    (3.0, True, FULL, 1, False),
    (3.0, False, {"seed_count": 3}, 3, True),
    (1.9, True, {"seed_count": 9}, 9, False),
    (1.9, True, {"seed_count": 3}, 5, False),
]


@pytest.mark.parametrize(("seconds", "elsewhere", "options", "fresh", "replayed"), DRAWN)
def test_how_many_seeds_are_drawn(bench, references, seconds, elsewhere, options, fresh, replayed):
    """None where a repeated seed tells more, unless one asks; else five or what fits into a second."""
    setup(bench, references, NORMAL, seconds=seconds, elsewhere=elsewhere)
    record = bench.verify(**options)["loss"]
    drawn = [*seeds("ch09.ex01", fresh)]
    drawn += seeds("ch09.ex01", 1, stream="reference") if replayed else ()
    assert record.verdict == "reproduced"
    assert record.seeds == tuple(drawn)
    assert sorted(bench.tally()) == sorted(map(str, drawn))


@pytest.mark.parametrize(
    ("seconds", "options", "repeated"),
    [(3.0, {}, True), (0.5, {}, True), (3.0, {"seed_count": 1}, False)],
)
def test_what_needs_no_sample_rests_on_the_repeated_run(bench, references, seconds, options, repeated):
    """So that a unit is run once, not twice; where fresh seeds are asked for, on those."""
    bench.units(toy(words="[2]"))
    bench.claims(LOSS, EXACT)
    references.record_once()
    references.change(seconds=seconds)
    records = bench.verify(**options)
    reference_seeds = seeds("ch09.ex01", 1, stream="reference")
    assert records["length"].verdict == "reproduced"
    assert (records["length"].seeds == reference_seeds) == repeated
    if repeated:
        assert bench.tally() == [str(reference_seeds[0])]


@pytest.mark.parametrize("options", [{}, {"seed_count": 1}])
def test_a_slow_unit_that_drifted_fails(bench, references, options):
    """Where nothing is repeated, and where a seed was asked for."""
    setup(bench, references, NORMAL, seconds=3.0, elsewhere=True)
    bench.units(toy("loss += 9.0"))
    record = bench.verify(**options)["loss"]
    assert (record.verdict, record.seeds) == ("failed", seeds("ch09.ex01", 1))
    assert record.reason.startswith("the quantity of 1 fresh runs")


SLOW = """
@unit("ch09.ex01", value="loss", first_steps=True)
def train(seed, *, epochs=50) -> float:
    tally(epochs)
    return epochs + np.random.default_rng(seed).normal()
"""


def test_a_default_run_takes_full_outcomes_from_the_store(bench, references):
    """It compares these with the recorded full ones; what is not there is left to a full run."""
    bench.units(SLOW)
    bench.claims(LOSS | {"documented": 50, "full_only": True})
    references.record()
    references.change(seconds=3.0, elsewhere=True)
    assert bench.verify(store=bench.store, profile="full")["loss"].verdict == "reproduced"
    before = len(bench.tally())
    record = bench.verify(store=bench.store)["loss"]
    assert (record.verdict, len(record.seeds), record.basis) == ("reproduced", 1, "run here")
    assert len(bench.tally()) == before
    assert bench.verify(store=bench.store, seed_count=5)["loss"].verdict == "deferred"
    full = bench.verify(store=bench.store, profile="full", seed_count=5)["loss"]
    assert (full.verdict, len(full.seeds), len(bench.tally())) == ("reproduced", 5, before + 4)
