"""Claims in, records out: every outcome made once, every verdict for its reason."""

# ruff: noqa: E501, NPY002  a case is a line; the global random state is what is tested
from dataclasses import replace
from typing import Any
from unittest.mock import ANY

import numpy as np
import pytest

from workshop import datasets
from workshop.execution import planner
from workshop.execution.planner import Given
from workshop.execution.seeds import seeds
from workshop.execution.store import Store
from workshop.samples import recorded as recordings
from workshop.samples.model import ReferenceSample, Run
from workshop.verification.results import parse_results

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


def test_each_unit_runs_once_per_seed_however_many_claims_ask(bench):
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


@pytest.mark.parametrize(("asked", "drawn"), [(0, 1), (1, 1), (5, 5)])
def test_a_sample_is_as_large_as_the_option_asks(bench, asked, drawn):
    """A claim that rests on no reference sample draws one seed, or as many as `--seeds` says."""
    bench.units(CHAIN)
    bench.claims({"id": "ch09.ex01.loss", "rule": LOW})
    record = bench.verify(seed_count=asked)["loss"]
    assert record.seeds == seeds("ch09.ex01", drawn)
    assert len(bench.tally()) == drawn


def test_a_deterministic_claim_has_a_sample_of_one(bench):
    """`--seeds` repeats nothing that has no seed."""
    bench.units(CHAIN)
    bench.claims({"id": "ch09.ex02.one"})
    record = bench.verify(seed_count=9)["one"]
    assert (record.verdict, record.seeds, record.measured, bench.tally()) == ("reproduced", (), 1, ["fixed"])


def test_a_unit_takes_the_outcome_of_the_same_place_in_the_sample(bench):
    """What rests on a stochastic unit inherits its seeds, run by run."""
    bench.units(CHAIN)
    bench.claims({"id": "ch09.ex02.total", "rule": LOW})
    record = bench.verify(seed_count=3)["total"]
    totals = sorted(sum(np.random.default_rng(s).random(3).tolist()) for s in record.seeds)
    assert record.seeds == seeds("ch09.ex01", 3)
    low, median, high = totals
    assert (record.measured, record.runs, record.summary) == (median, 3, "median")
    assert record.numbers == {"": {"book": ANY, "low": low, "median": median, "high": high}}


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
def test_a_unit_that_raises_fails_its_claims_and_no_others(bench, stored):
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
    ("measure", "rule", "beside", "reason"),
    [
        ("words[9]", "equal", {}, "measure words[9]: [9] leads nowhere"),
        ("words[0]", "equal", {"last": "words[9]"}, "measure words[0]: [9] leads nowhere"),
        ("words", {"curve": {"property": "falling"}}, {}, "measured down, up, down is not a curve"),
    ],
)
def test_a_value_that_a_claim_can_not_read_fails_that_claim(bench, measure, rule, beside, reason):
    """A path that leads nowhere, or text where a rule wants numbers, is one line and no crash."""
    bench.units("""
        @unit("ch09.ex01", value="words")
        def speak() -> list:
            return ["down", "up", "down"]
    """)
    claim = {"id": "ch09.ex01.a", "measure": measure, "rule": rule, "documented": "falls"}
    bench.claims({**claim, "beside": beside} if beside else claim)
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


def test_missing_data_make_a_claim_unavailable_with_the_remedy(bench):
    """The reason names the data set and what gets it, for what rests on the unit too."""
    on_data(bench)
    for record in bench.verify().values():
        assert (record.verdict, record.reason) == ("unavailable", "toy_data: it is nowhere; fetch it")
    engine = bench.engine()
    assert engine.lacking_datasets(list(bench.ledger.claims.values())) == ({"toy_data"}, set())


def test_documented_data_decide(bench, data):
    """With the data there, their value reaches the function."""
    on_data(bench)
    bench.found["toy_data"] = data()
    assert [r.verdict for r in bench.verify().values()] == ["reproduced", "reproduced"]


def test_data_read_by_other_code_or_found_wrong_meanwhile_are_computed_on_again(bench, data, monkeypatch):
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


def test_what_first_steps_can_not_decide_is_left_to_a_full_run(bench):
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


def test_the_global_random_state_is_left_alone_and_does_not_matter(bench):
    """Whatever was drawn before, or runs before, a unit gives the same outcome and draws on nobody's account."""
    import random

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


def test_what_an_engine_says_of_its_run_can_be_read(bench):
    """By default it is of the usual seeds. Another engine would repeat it if it has a store, and the book's own."""
    record = bench.engine().environment_record()
    assert parse_results({"environment": record, "claims": []}).environment == record
    assert record["profile"] == "default"
    kinds: list[dict[str, Any]] = [{}, {"given": Given(3)}, {"python": bench.folder}]
    assert [bench.engine(store=bench.store, **each).repeatable for each in kinds] == [True, False, False]
    assert not bench.engine().repeatable


def test_the_memory_of_a_run_is_that_of_the_process_that_took_most(bench, monkeypatch):
    engine = bench.engine()
    workers = engine.workers()
    monkeypatch.setattr(engine, "workers", lambda: workers)
    for workers.peak in (8_000_000_000, 9_000_000_000, 7_000_000_000):
        engine.verify([])
    assert engine.environment_record()["memory"] == 9000


def test_the_seconds_of_a_seed_are_those_of_all_that_it_draws(bench):
    """Of each function once, one second where it is not known; nothing for what draws no seed or is not run."""
    bench.units(CHAIN)
    loss = {"id": "ch09.ex01.loss", "rule": LOW, "full_only": True}
    bench.claims({"id": "ch09.ex02.one"}, {"id": "ch09.ex02.total", "rule": LOW}, loss)
    one, total, loss = bench.ledger.claims.values()
    Store(bench.store).write_timings({"ch09.ex01:fit": 2.5, "ch09.ex02:fixed": 9.0})
    for claims, default, full in (
        ([one], 0, 0),
        ([loss], 0, 2.5),
        ([one, total], 3.5, 3.5),
        ([total, loss], 3.5, 3.5),
    ):
        for profile, seconds in (("default", default), ("full", full)):
            assert bench.engine(store=bench.store, profile=profile).seconds_a_seed(claims) == seconds


def test_what_is_not_here_is_asked_of_each_claim(bench, data):
    """The last one, too; a substitute is named apart."""
    bench.units(WITH_DATA.replace("again(ch09_ex01)", "again(other_data)"))
    claims = list(bench.claims({"id": "ch09.ex01.size"}, {"id": "ch09.ex02.size"}).claims.values())
    bench.found["toy_data"] = data(why="made of glass")
    for order in (claims, claims[::-1]):
        assert bench.engine().lacking_datasets(order) == ({"other_data"}, {"toy_data"})


def test_parts_run_with_all_that_they_take(bench):
    """On the first seed of a stream, and nothing else runs."""
    score = next(part for part in bench.units(CHAIN).parts["ch09.ex02"] if part.name == "score")
    for stream in ("run", "reference"):
        engine = bench.engine()
        jobs = engine.run([score], stream)
        (seed,) = seeds("ch09.ex01", 1, stream=stream)
        assert {*jobs} == {"ch09.ex01:fit", "ch09.ex02:score"}
        assert bench.tally()[-2:] == [f"fit:{seed}", "score"]
        largest = engine.made[jobs["ch09.ex02:score"].key].outcome.largest
        assert largest == max(np.random.default_rng(seed).random(3))
    assert len(bench.tally()) == 4


OF_ONE_RUN = """
@dataclass(frozen=True)
class Run:
    loss: float
    epochs: int

@unit("ch09.ex01", first_steps=True)
def train(seed, *, epochs=50) -> Run: return Run(float(seed), epochs)

@unit("ch09.ex02", value="rate")
def quick(seed, *, rate=0.5) -> float: return rate

@unit("ch09.ex03", value="size")
def size(toy_data) -> int: return 3

@unit("ch09.ex04", value="n")
def left_out() -> int: return 4
"""
FULL = "only the full procedure decides it: workshop verify ch09.ex01 --full"
BOTH = {"measure": {"a": "epochs", "b": "ch09.ex02.rate"}, "documented": {"a": 50, "b": 0.5}}


def test_what_rests_on_a_long_training_too_is_left_to_a_full_run(bench, monkeypatch):
    """Though the quick unit has run to its end, and though both have recorded runs."""
    monkeypatch.setattr(recordings, "reference_sample", lambda unit, *_: recorded[unit])
    made = Run(1, 0, "2026-11-24", 9.0, "crashed", ())
    recorded = {
        unit: ReferenceSample(unit, ({},), (), (name,), (replace(made, mishap="", values=(value,)), made) * 2)
        for unit, name, value in (("ch09.ex01", "epochs", 50), ("ch09.ex02", "rate", 0.5))
    }
    bench.units(OF_ONE_RUN)
    one, two = ({"id": f"ch09.ex01.{rule}", **BOTH, "rule": rule} for rule in ("equal", "reference"))
    full = {"id": "ch09.ex01.full", "measure": "epochs", "documented": 50, "full_only": True}
    bench.claims(one, two, full, {"id": "ch09.ex02.rate", "documented": 0.5})
    bench.engine(store=bench.store, profile="full").verify([bench.ledger.claims["ch09.ex02.rate"]])
    monkeypatch.setattr(Store, "write_timings", lambda *_: pytest.fail("nothing was computed"))
    records = bench.verify(store=bench.store)
    why = "no repeated seeds of ch09.ex01 are recorded for this device: workshop record ch09.ex01 --repeats"
    its = records.pop("full")  # recorded runs show it, but for those that crashed
    assert (its.verdict, its.runs, its.measured) == ("deferred", 2, 50)
    assert {name: (record.verdict, record.reason) for name, record in records.items()} == {
        "equal": ("deferred", f"recorded runs don't count here: {why}"), "reference": ("deferred", FULL), "rate": ("reproduced", "equal"),
    }  # fmt: skip


ONE_RUN = [
    # a claim on a reader's run of the first two units, its verdict, its reason, that with another rate
    ({"id": "ch09.ex01.loss", "rule": {"at_most": {"bound": 9}}, "full_only": True}, "deferred", FULL),
    ({"id": "ch09.ex01.epochs", "documented": 50}, "reproduced", "equal"),
    ({"id": "ch09.ex01.sum", "measure": {"a": "ch09.ex02.rate", "b": "loss"}, "documented": ["a", "b"],
      "rule": {"reference": {"order": "paired"}}}, "deferred", FULL),
    ({"id": "ch09.ex01.again", "documented": "it does", "rule": "repeats", "ours": True}, "deferred",
     "repeated seeds decide it: workshop verify ch09.ex01"),
    ({"id": "ch09.ex02.rate", "documented": 0.5}, "reproduced", "equal"),
    ({"id": "ch09.ex02.drawn", "measure": "rate", "documented": 0.5, "rule": "reference"}, "undecided",
     "ch09.ex02 has no reference sample: workshop record ch09.ex02"),
    ({"id": "ch09.ex03.size", "documented": 3, "needs": ["toy_data"]}, "unavailable",
     "toy_data: it is nowhere; fetch it"),
    ({"id": "ch09.ex04.n", "documented": 4}, "deferred",
     "ch09.ex04.n was not computed: workshop verify ch09.ex04"),
]  # fmt: skip


def test_of_a_readers_one_run_claims_are_decided_as_far_as_it_goes(bench):
    """Nothing is computed for them; a setting unlike the book's decides nothing."""
    catalogue = bench.units(OF_ONE_RUN)
    bench.claims(*(claim for claim, _, _ in ONE_RUN))
    claims = list(bench.ledger.claims.values())
    for changed in ({}, {"ch09.ex02:quick": {"rate": 0.25}}):
        engine = bench.engine(given=Given(3, changed))
        engine.run([part for unit in ("ch09.ex01", "ch09.ex02") for part in catalogue.parts[unit]])
        before = set(engine.made)
        records = engine.verify(claims).claims
        for (claim, verdict, reason), record in zip(ONE_RUN, records, strict=True):
            unlike = bool(changed) and record.unit == "ch09.ex02"
            why = ("undecided", "with rate=0.25, unlike the book") if unlike else (verdict, reason)
            assert (record.id, record.verdict, record.reason) == (claim["id"], *why)
        assert set(engine.made) == before
