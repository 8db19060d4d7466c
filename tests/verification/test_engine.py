"""Claims in, records out: every outcome made once, every verdict for its reason."""

# ruff: noqa: E501, NPY002  a case is a line; the global random state is what is tested
from __future__ import annotations

import pytest

from workshop import datasets
from workshop.execution import planner
from workshop.execution.seeds import seeds

CHAIN = """
@dataclass(frozen=True)
class Fitted:
    loss: float
    draws: list

@unit("ch09.ex01")
def fit(seed) -> Fitted:
    tally(f"fit:{seed}")
    return Fitted(float(seed % 7), np.random.default_rng(seed).random(3).tolist())

@dataclass(frozen=True)
class Score:
    total: float
    largest: float

@unit("ch09.ex02")
def score(ch09_ex01) -> Score:
    tally("score")
    return Score(sum(ch09_ex01.draws), max(ch09_ex01.draws))

@dataclass(frozen=True)
class Fixed:
    one: int
    none: int

@unit("ch09.ex02")
def fixed() -> Fixed:
    tally("fixed")
    return Fixed(1, 0)
"""


LOW = {"at_most": {"bound": 10}}


def test_each_unit_runs_once_per_seed_however_many_claims_ask(bench) -> None:
    """Six claims and two calls cost one run of each part on each seed."""
    bench.units(CHAIN)
    ledger = bench.claims(
        {"id": "ch09.ex01.loss", "rule": LOW},
        {"id": "ch09.ex01.low", "measure": "loss", "rule": LOW},
        {"id": "ch09.ex01.first", "measure": "draws[0]", "rule": LOW},
        {"id": "ch09.ex02.total", "rule": LOW},
        {"id": "ch09.ex02.largest", "rule": LOW},
        {"id": "ch09.ex02.one"},
    )
    engine = bench.engine(store=None, seed_count=3)
    engine.verify(list(ledger.claims.values()))
    engine.verify([ledger.claims["ch09.ex02.total"]])
    assert sorted(bench.tally()) == sorted(
        [*(f"fit:{seed}" for seed in seeds("ch09.ex01", 3)), "score", "score", "score", "fixed"]
    )


@pytest.mark.parametrize(("asked", "drawn"), [(None, 1), (1, 1), (5, 5)])
def test_a_sample_is_as_large_as_the_option_asks(bench, asked: int | None, drawn: int) -> None:
    """A claim that rests on no reference sample draws one seed, or as many as `--seeds` says."""
    bench.units(CHAIN)
    bench.claims({"id": "ch09.ex01.loss", "rule": LOW})
    record = bench.verify(seed_count=asked)["loss"]
    assert record.seeds == seeds("ch09.ex01", drawn)
    assert len(bench.tally()) == drawn


def test_a_deterministic_claim_has_a_sample_of_one(bench) -> None:
    """`--seeds` repeats nothing that has no seed."""
    bench.units(CHAIN)
    bench.claims({"id": "ch09.ex02.one"})
    record = bench.verify(seed_count=9)["one"]
    assert (record.verdict, record.seeds, record.measured, bench.tally()) == ("reproduced", (), 1, ["fixed"])


def test_a_unit_takes_the_outcome_of_the_same_place_in_the_sample(bench) -> None:
    """What rests on a stochastic unit inherits its seeds, run by run."""
    import numpy as np

    bench.units(CHAIN)
    bench.claims({"id": "ch09.ex02.total", "rule": LOW})
    record = bench.verify(seed_count=3)["total"]
    totals = sorted(sum(np.random.default_rng(s).random(3).tolist()) for s in record.seeds)
    assert record.seeds == seeds("ch09.ex01", 3)
    assert record.measured == {"seeds": 3, "median": totals[1], "minimum": totals[0], "maximum": totals[2]}


BROKEN = """
@unit("ch09.ex01", value="a")
def breaks() -> int:
    raise ZeroDivisionError("\\x1b[1mfirst line\\x1b[0m\\nsecond line")

@unit("ch09.ex02", value="a")
def rests_on_it(ch09_ex01) -> int:
    return 1

@unit("ch09.ex03", value="a")
def stands() -> int:
    return 1

@dataclass(frozen=True)
class A:
    a: int

@unit("ch09.ex04")
def lies() -> A:
    return 3

@unit("ch09.ex05")
def unstorable() -> A:
    return A(object())
"""


@pytest.mark.parametrize("stored", [True, False])
def test_a_unit_that_raises_fails_its_claims_and_no_others(bench, stored: bool) -> None:
    """The reason is one line; what rests on the unit names it; the rest is decided."""
    bench.units(BROKEN)
    bench.claims(*({"id": f"ch09.ex0{i}.a{i}", "measure": "a"} for i in range(1, 6)))
    records = bench.verify(store=bench.store if stored else None)
    assert {name: r.verdict for name, r in records.items()} == {
        "a1": "failed", "a2": "failed", "a3": "reproduced", "a4": "failed", "a5": "failed",
    }  # fmt: skip
    assert records["a1"].reason == "ch09.ex01:breaks raised ZeroDivisionError: first line second line"
    assert records["a2"].reason == "ch09.ex02:rests_on_it needs the outcome of ch09.ex01, which failed"
    assert records["a4"].reason == "ch09.ex04:lies returned a int, not the A of its annotation"
    assert records["a5"].reason.startswith("ch09.ex05:unstorable: A.a is of type object: return plain values")


@pytest.mark.parametrize(
    ("measure", "rule", "reason"),
    [
        ("words[9]", "equal", "measure words[9]: [9] leads nowhere"),
        ("words", {"curve": {"property": "falling"}}, "measured down, up, down is not a curve"),
    ],
)
def test_a_value_that_a_claim_can_not_read_fails_that_claim(bench, measure: str, rule, reason: str) -> None:
    """A path that leads nowhere, or text where a rule wants numbers, is one line and no crash."""
    bench.units("""
        @unit("ch09.ex01", value="words")
        def speak() -> list:
            return ["down", "up", "down"]
    """)
    bench.claims({"id": "ch09.ex01.a", "measure": measure, "rule": rule, "documented": "falls"})
    record = bench.verify()["a"]
    assert record.verdict == "failed"
    assert record.reason.startswith(reason)


WITH_DATA = """
@unit("ch09.ex01", value="size")
def size(toy_data) -> int:
    tally("size")
    return len(toy_data)

@unit("ch09.ex02", value="size")
def again(ch09_ex01) -> int:
    return ch09_ex01.size
"""


def on_data(bench, documented=3, ours=False) -> None:
    """Two claims that rest on a data set, one through another unit."""
    bench.units(WITH_DATA)
    bench.claims(
        {"id": "ch09.ex01.size", "documented": documented, "needs": ["toy_data"], "ours": ours},
        {
            "id": "ch09.ex02.again",
            "measure": "size",
            "documented": documented,
            "needs": ["toy_data"],
            "ours": ours,
        },
    )


def test_missing_data_make_a_claim_unavailable_with_the_remedy(bench) -> None:
    """The reason names the data set and what gets it, for what rests on the unit too."""
    on_data(bench)
    for record in bench.verify().values():
        assert (record.verdict, record.reason) == ("unavailable", "toy_data: it is nowhere; fetch it")
    engine = bench.engine()
    assert engine.lacking_datasets(list(bench.ledger.claims.values())) == ({"toy_data"}, set())


def test_documented_data_decide(bench, data) -> None:
    """With the data there, their value reaches the function."""
    on_data(bench)
    bench.found["toy_data"] = data()
    assert [r.verdict for r in bench.verify().values()] == ["reproduced", "reproduced"]


def test_data_read_by_other_code_or_found_wrong_meanwhile_are_computed_on_again(
    bench, data, monkeypatch
) -> None:
    """Once; a change of other data's trust makes no difference."""
    monkeypatch.setenv("WORKSHOP_CACHE", str(bench.folder / "cache"))
    distrusted = bench.folder / "cache" / "distrusted.json"
    distrusted.parent.mkdir()
    on_data(bench, 3)
    bench.found["toy_data"] = data(checksum="c1")

    def computed() -> bool:
        before = len(bench.tally())
        assert {record.verdict for record in bench.verify(store=bench.store).values()} == {"reproduced"}
        return len(bench.tally()) > before

    assert (computed(), computed()) == (True, False)
    distrusted.write_text('{"c2": 1.0}', "utf-8")
    assert not computed()
    distrusted.write_text('{"c2": 1.0, "c1": 1.0}', "utf-8")
    assert (computed(), computed()) == (True, False)
    distrusted.write_text('{"c1": 2.0}', "utf-8")
    assert (computed(), computed()) == (True, False)
    monkeypatch.setattr(datasets, "reader_of", lambda _: ("workshop.datasets.readers.corpora", ()))
    assert (computed(), computed()) == (True, False)
    monkeypatch.setattr(planner, "own_digest", str.upper)
    assert (computed(), computed()) == (True, False)


SLOW = """
@unit("ch09.ex01", value="epochs", first_steps=True)
def train(seed, *, epochs=50) -> int:
    tally(f"epochs={epochs}")
    return epochs

@unit("ch09.ex02", value="epochs")
def rests(ch09_ex01) -> int:
    return ch09_ex01.epochs
"""


def test_what_first_steps_can_not_decide_is_left_to_a_full_run(bench) -> None:
    """A default run names the command and computes nothing; it takes what a full run has left behind."""
    bench.units(SLOW)
    keys = {"measure": "epochs", "documented": 50, "full_only": True}
    bench.claims({"id": "ch09.ex01.all", **keys}, {"id": "ch09.ex02.down", **keys})
    records = bench.verify(store=bench.store)
    assert bench.tally() == []
    assert records["all"].verdict == records["down"].verdict == "deferred"
    assert records["down"].reason == "only the full procedure decides it: workshop verify ch09.ex02 --full"
    for profile in ("full", "default"):
        records = bench.verify(store=bench.store, profile=profile)
        assert {(r.verdict, r.measured) for r in records.values()} == {("reproduced", 50)}
        assert bench.tally() == ["epochs=50"]


RANDOM = """
import random

@unit("ch09.ex01", value="a")
def one() -> list:
    return [random.random(), float(np.random.rand())]

@unit("ch09.ex02", value="a")
def two() -> list:
    np.random.seed(3)
    return [random.random(), float(np.random.rand())]
"""


def test_the_global_random_state_is_left_alone_and_does_not_matter(bench) -> None:
    """Whatever was drawn before, or runs before, a unit gives the same outcome and draws on nobody's account."""
    import random

    import numpy as np

    bench.units(RANDOM)
    bench.claims(*({"id": f"ch09.ex0{i}.a{i}", "measure": "a", "documented": [0, 0]} for i in (1, 2)))
    random.seed(5)
    np.random.seed(5)
    expected = (random.random(), np.random.rand())
    random.seed(5)
    np.random.seed(5)
    both = {name: record.measured for name, record in bench.verify().items()}
    drawn = (random.random(), np.random.rand())
    claims = bench.ledger.claims
    alone = {c.name: bench.engine().verify([c]).claims[0].measured for c in reversed(claims.values())}
    assert drawn == expected
    assert both == alone
