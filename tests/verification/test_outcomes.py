"""One outcome of each part after a run: of the first seed, as far as it was made; nothing is computed."""

import pytest

from workshop.execution.seeds import seeds

UNITS = """
@dataclass(frozen=True)
class Fitted:
    epochs: int
    drawn: float

@unit("ch09.ex01", first_steps=True)
def train(seed, *, epochs=50) -> Fitted:
    tally(f"epochs={epochs}")
    return Fitted(epochs, float(seed))

@unit("ch09.ex01", value="size")
def size(toy_data) -> int:
    return len(toy_data)

@unit("ch09.ex02", value="twice")
def rests(ch09_ex01) -> float:
    return 2 * ch09_ex01.drawn

@unit("ch09.ex03", value="size")
def breaks() -> int:
    raise ValueError("no")
"""
CLAIMS = (
    {"id": "ch09.ex01.drawn", "rule": {"at_least": {"bound": 0}}},
    {"id": "ch09.ex01.size", "documented": 3, "needs": ["toy_data"]},
    {"id": "ch09.ex02.twice", "rule": {"at_least": {"bound": 0}}, "needs": ["toy_data"]},
    {"id": "ch09.ex03.broken", "measure": "size"},
)


@pytest.fixture
def toy(bench):
    """Return the bench with its units and claims."""
    bench.units(UNITS)
    bench.claims(*CLAIMS)
    return bench


def looked_at(bench, *, verify: bool = True, **options):
    """Return the outcomes that an engine has after it has verified all claims, or before."""
    claims = list(bench.ledger.claims.values())
    engine = bench.engine(**options)
    if verify:
        engine.verify(claims)
    return engine.outcomes(claims)


def test_each_part_has_its_outcome_of_the_first_seed(toy, data):
    """However many seeds were drawn, with what it rests on; a unit that failed has none."""
    toy.found["toy_data"] = data(why="made of glass")

    found = looked_at(toy, seed_count=3, profile="full")

    (first,) = seeds("ch09.ex01", 1)
    assert list(found) == ["ch09.ex01", "ch09.ex02"]
    fitted, sized = found["ch09.ex01"]
    assert (fitted.outcome.epochs, fitted.outcome.drawn, sized.outcome.size) == (50, first, 3)
    assert (fitted.seeds, fitted.substitutes, fitted.digest) == ((first,), (), "")
    assert (sized.seeds, sized.substitutes) == ((), ("toy_data: made of glass",))
    assert not fitted.first_steps
    (rests,) = found["ch09.ex02"]
    assert (rests.outcome.twice, rests.seeds) == (2 * first, (first,))
    assert rests.substitutes == ("toy_data: made of glass",)


def test_a_part_that_could_not_run_is_left_out(toy):
    """Without its data set the unit has the other part alone; what rests on it has no outcome."""
    found = looked_at(toy, profile="full")

    assert list(found) == ["ch09.ex01"]
    assert [part.outcome.epochs for part in found["ch09.ex01"]] == [50]


def test_first_steps_are_not_shown(toy, data):
    """Nor what rests on them, but the part next to them."""
    toy.found["toy_data"] = data()

    found = looked_at(toy)

    assert [part.outcome.size for part in found["ch09.ex01"]] == [3]
    assert list(found) == ["ch09.ex01"]


def test_nothing_is_computed(toy):
    """An engine that has verified nothing shows what the store holds, and without a store nothing."""
    assert looked_at(toy, verify=False, store=toy.store) == looked_at(toy, verify=False) == {}
    assert toy.tally() == []
    looked_at(toy, store=toy.store, profile="full")

    (fitted,) = looked_at(toy, verify=False, store=toy.store)["ch09.ex01"]

    (entry,) = (path for path in toy.store.rglob("*.outcome") if fitted.digest.encode() in path.read_bytes())
    assert entry.read_bytes().startswith(fitted.digest.encode() + b"\n")
    assert fitted.outcome.epochs == 50
    assert toy.tally() == ["epochs=50"]


def test_where_a_recorded_run_is_all_that_is_repeated_it_is_shown(bench, references):
    """A slow unit draws no fresh seed where it was recorded; its outcome is that of the recorded seed."""
    bench.units(UNITS.replace(", first_steps=True", ""))
    low = {"id": "ch09.ex01.low", "measure": "drawn", "rule": {"at_least": {"bound": 0}}}
    bench.claims(low, {"id": "ch09.ex01.drawn", "rule": "reference"})
    references.record(10)
    references.change(seconds=5)

    (fitted,) = looked_at(bench)["ch09.ex01"]

    (recorded,) = seeds("ch09.ex01", 1, stream="reference")
    assert (fitted.outcome.drawn, fitted.seeds) == (recorded, (recorded,))
