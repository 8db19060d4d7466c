"""How many seeds a stochastic claim draws: by its cost, what is recorded, and what a first seed shows."""

from __future__ import annotations

import pytest

from tests.toy.bench import EXACT, LOSS, setup, toy
from workshop.execution.seeds import seeds

DRAWN = [
    # seconds a seed, recorded elsewhere, options, fresh seeds, whether a recorded one is repeated
    (0.01, False, {}, 15, True),
    (0.15, True, {}, 6, False),
    (3.0, False, {}, 0, True),
    (3.0, True, {}, 1, False),
    (3.0, False, {"varied": 7}, 1, True),
    (3.0, False, {"seed_count": 3}, 3, True),
    (1.9, True, {"seed_count": 9}, 9, False),
]


@pytest.mark.parametrize(("seconds", "elsewhere", "options", "fresh", "replayed"), DRAWN)
def test_how_many_seeds_are_drawn(
    bench, references, seconds, elsewhere, options, fresh: int, replayed: bool
) -> None:
    """Quick units draw five or what fits into a second, slow ones one, or none where a replay tells more."""
    setup(bench, references, seconds=seconds, elsewhere=elsewhere)
    record = bench.verify(**options)["loss"]
    drawn = [*seeds("ch09.ex01", fresh, varied=options.get("varied", 0))]
    drawn += seeds("ch09.ex01", 1, stream="reference") if replayed else ()
    assert record.verdict == "reproduced"
    assert record.seeds == tuple(drawn)
    assert sorted(bench.tally()) == sorted(map(str, drawn))


@pytest.mark.parametrize(
    ("seconds", "options", "repeated"),
    [(3.0, {}, True), (0.5, {}, False), (3.0, {"varied": 7}, False), (3.0, {"seed_count": 1}, False)],
)
def test_what_needs_no_sample_rests_on_the_repeated_run_of_a_slow_unit(
    bench, references, seconds: float, options, repeated: bool
) -> None:
    """So that a slow unit is run once, not twice; where other seeds are asked for, on those."""
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


def test_a_slow_unit_that_drifted_draws_five(bench, references) -> None:
    """The first seed is beyond all recorded ones; five of them then decide."""
    setup(bench, references, seconds=3.0, elsewhere=True)
    bench.units(toy("loss += 4.0"))
    record = bench.verify()["loss"]
    assert (record.verdict, record.seeds) == ("failed", seeds("ch09.ex01", 5))
    assert record.reason.startswith("the quantity of 5 fresh runs")
    assert len(bench.tally()) == 5


SLOW = """
@unit("ch09.ex01", value="loss", first_steps=True)
def train(seed, *, epochs=50) -> float:
    tally(epochs)
    return epochs + (ODD if seed == FIRST else np.random.default_rng(seed).normal())
"""


def test_the_second_stage_draws_under_the_profile_of_the_first(bench, references) -> None:
    """A default run that takes full outcomes from the store compares these with the recorded full ones."""
    first = str(seeds("ch09.ex01", 1)[0])
    bench.units(SLOW.replace("ODD", "99.0").replace("FIRST", first))
    bench.claims(LOSS | {"documented": 50, "full_only": True})
    references.record()
    references.change(seconds=3.0, elsewhere=True)
    assert bench.verify(store=bench.store, profile="full")["loss"].verdict == "reproduced"
    before = len(bench.tally())
    record = bench.verify(store=bench.store)["loss"]
    assert (record.verdict, len(record.seeds)) == ("reproduced", 5)
    assert len(bench.tally()) == before


@pytest.mark.parametrize(("first", "verdict"), [(99.0, "deferred"), (0.0, "reproduced")])
def test_the_second_stage_of_a_default_run_computes_no_full_procedure(
    bench, references, first, verdict
) -> None:
    """Where only the first full seed is stored and lies far out, the others are left to a full run."""
    bench.units(SLOW.replace("ODD", str(first)).replace("FIRST", str(seeds("ch09.ex01", 1)[0])))
    bench.claims(LOSS | {"rule": {"at_most": {"bound": 1000}}, "full_only": True})
    assert len(bench.verify(store=bench.store, profile="full")["loss"].seeds) == 1
    bench.claims(LOSS | {"documented": 50, "full_only": True})
    references.record()
    references.change(seconds=3.0, elsewhere=True)
    before = len(bench.tally())

    record = bench.verify(store=bench.store)["loss"]

    assert (record.verdict, len(bench.tally())) == (verdict, before)
    if verdict == "deferred":
        assert (
            "a stored full run is unusual: only the full procedure decides it: "
            "workshop verify ch09.ex01 --full"
        ) in record.reason
        full = bench.verify(store=bench.store, profile="full")["loss"]
        assert (full.verdict, len(full.seeds), len(bench.tally())) == ("reproduced", 5, before + 4)


def test_a_full_run_says_how_to_draw_more_unless_its_seed_alone_would_fail(bench, references) -> None:
    """A seed that is somewhat unusual costs no hours; `--seeds` draws more of them."""
    bench.units(SLOW.replace("ODD", "3.2").replace("FIRST", str(seeds("ch09.ex01", 1)[0])))
    bench.claims(LOSS | {"documented": 50, "full_only": True})
    references.record()
    references.change(seconds=3.0, elsewhere=True)

    record = bench.verify(store=bench.store, profile="full")["loss"]

    assert (record.verdict, len(record.seeds)) == ("reproduced", 1)
    assert record.reason.endswith(
        "a fresh run is unusual: workshop verify ch09.ex01 --full --seeds 5 draws more"
    )
    assert len(bench.verify(store=bench.store, profile="full", seed_count=5)["loss"].seeds) == 5
