"""Claims in, records out: every outcome made once, every verdict for its reason."""

# ruff: noqa: E501, NPY002  a case is a line; the global random state is what is tested
from __future__ import annotations

from typing import NoReturn

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


def test_a_rule_that_raises_fails_its_claim_alone(bench, monkeypatch) -> None:
    """Whatever a rule trips over is one line and no crash of the run."""

    def trips(*args, **kwargs) -> NoReturn:
        raise ValueError("two\nlines")

    bench.units(CHAIN)
    bench.claims({"id": "ch09.ex02.one"})
    monkeypatch.setattr("workshop.verification.plans.judge", trips)
    record = bench.verify()["one"]
    assert (record.verdict, record.reason) == ("failed", "equal can't read 1: two lines")


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


@pytest.mark.parametrize(("documented", "verdict"), [(3, "supported"), (4, "unavailable")])
def test_a_substitute_supports_and_never_refutes(bench, data, documented: int, verdict: str) -> None:
    """Where it disagrees, the claim is unavailable and shows the substitute's value."""
    on_data(bench, documented)
    bench.found["toy_data"] = data(why="made of glass")
    for record in bench.verify().values():
        assert record.verdict == verdict
        assert record.measured == 3
        assert "substitute for toy_data: made of glass" in record.reason
        assert verdict == "supported" or "the substitute gives 3" in record.reason


def test_a_claim_of_ours_fails_on_a_substitute_too(bench, data) -> None:
    """It speaks of our code, not of the book: data are no excuse."""
    on_data(bench, 4, ours=True)
    bench.found["toy_data"] = data(why="made of glass")
    assert {record.verdict for record in bench.verify().values()} == {"failed"}


def test_a_missing_library_makes_a_claim_unavailable_with_the_extra(bench) -> None:
    """The reason says which extra of the package brings it."""
    bench.units("""
        @unit("ch09.ex01", value="a", uses=("no_such_library",))
        def build() -> int:
            return 1
    """)
    bench.claims({"id": "ch09.ex01.a"})
    record = bench.verify()["a"]
    assert record.verdict == "unavailable"
    assert record.reason.startswith("no_such_library is not installed; pip install 'workshop[cpu]'")


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


def test_a_library_that_a_reader_needs_makes_a_claim_unavailable(bench, data, monkeypatch) -> None:
    """It is known before anything runs; so are the claims on what the unit's outcome feeds."""
    on_data(bench, 3)
    bench.found["toy_data"] = data()
    monkeypatch.setattr(
        datasets, "reader_of", lambda _: ("workshop.datasets.readers.tables", ("no_such_library",))
    )
    for record in bench.verify().values():
        assert record.verdict == "unavailable"
        assert record.reason.startswith("no_such_library is not installed; pip install 'workshop[cpu]'")


SLOW = """
@unit("ch09.ex01", value="epochs", first_steps=True)
def train(seed, *, epochs=50) -> int:
    tally(f"epochs={epochs}")
    return epochs

@unit("ch09.ex02", value="epochs")
def rests(ch09_ex01) -> int:
    return ch09_ex01.epochs
"""


def slow(bench) -> None:
    """A unit of which a default run makes first steps, and claims that only the full procedure decides."""
    bench.units(SLOW)
    bench.claims(
        {"id": "ch09.ex01.all", "measure": "epochs", "documented": 50, "full_only": True},
        {"id": "ch09.ex02.down", "measure": "epochs", "documented": 50, "full_only": True},
    )


def test_a_default_run_defers_what_first_steps_can_not_decide(bench) -> None:
    """The reason names the command that decides it, and nothing is computed."""
    slow(bench)
    records = bench.verify(store=bench.store)
    assert bench.tally() == []
    assert records["all"].verdict == records["down"].verdict == "deferred"
    assert records["down"].reason == "only the full procedure decides it: workshop verify ch09.ex02 --full"


def test_a_full_run_uses_the_documented_settings(bench) -> None:
    """One run of the whole procedure decides all."""
    slow(bench)
    assert {r.verdict for r in bench.verify(profile="full").values()} == {"reproduced"}
    assert bench.tally() == ["epochs=50"]


def test_full_outcomes_in_the_store_decide_in_a_default_run(bench) -> None:
    """What a full run has left behind is used, and not computed again."""
    slow(bench)
    bench.verify(store=bench.store, profile="full")
    records = bench.verify(store=bench.store)
    assert {r.verdict for r in records.values()} == {"reproduced"}
    assert records["all"].measured == 50
    assert bench.tally() == ["epochs=50"]


VALUE = """
@unit("ch09.ex01", value="a")
def a() -> float:
    return 2.0
"""
HERE, ELSEWHERE = {"python": ">=3"}, {"python": ">=99"}
REASON = "recorded for the test"


@pytest.mark.parametrize(
    ("claim", "verdict", "reason"),
    [
        ({"documented": 2.0}, "reproduced", "equal"),
        ({"documented": 1.0}, "failed", "value is 2, not 1"),
        ({"documented": 1.0, "correct": 2.0}, "corrected", "printed 1 is wrong: equal"),
        ({"documented": 1.0, "correct": 3.0}, "failed", "value is 2, not 3"),
        ({"documented": 2.0, "correct": 3.0}, "failed", "the printed value holds after all: equal"),
        ({"documented": 1.0, "finding": {"verdict": "refuted", "reason": REASON, "instead": 2.0}},
         "refuted", REASON),
        ({"documented": 2.0, "finding": {"verdict": "refuted", "reason": REASON, "instead": 3.0}},
         "failed", "recorded as refuted, but the printed value holds after all"),
        ({"documented": 1.0, "finding": {"verdict": "refuted", "reason": REASON, "instead": 3.0}},
         "failed", "recorded as refuted, but value is 2, not 3"),
        ({"documented": 1.0, "finding": {"verdict": "changed", "reason": REASON, "instead": 2.0, "when": HERE}},
         "changed", REASON),
        ({"documented": 2.0, "finding": {"verdict": "changed", "reason": REASON, "instead": 3.0, "when": HERE}},
         "failed", "recorded as changed, but the printed value holds after all"),
        ({"documented": 2.0, "finding": {"verdict": "changed", "reason": REASON, "instead": 3.0, "when": ELSEWHERE}},
         "reproduced", "equal"),
        ({"documented": 1.0, "finding": {"verdict": "changed", "reason": REASON, "instead": 2.0, "when": ELSEWHERE}},
         "failed", "value is 2, not 1"),
        ({"documented": "a drawing", "rule": {"literature": {"reason": "a drawing, no numbers"}}},
         "not testable", "a drawing, no numbers"),
        ({"documented": 4.0, "rule": {"consistency": {"of": [2.0, 2.0], "operation": "sum"}}}, "reproduced", "printed 4"),
        ({"documented": 5.0, "rule": {"consistency": {"of": [2.0, 2.0], "operation": "sum"}}}, "failed", "printed 5"),
    ],
)  # fmt: skip
def test_measurement_and_ledger_alone_decide_the_verdict(bench, claim, verdict: str, reason: str) -> None:
    """A finding is strict both ways: it fails where the printed value holds, and where neither holds."""
    bench.units(VALUE)
    bench.claims({"id": "ch09.ex01.a", **claim})
    record = bench.verify()["a"]
    assert record.verdict == verdict
    assert record.reason.startswith(reason)


def test_several_measured_quantities_reach_the_rule_by_name(bench) -> None:
    """A mapping in `measure` gives a mapping of measured values."""
    bench.units(CHAIN)
    measure = {"none": "ch09.ex02.none", "one": "ch09.ex02.one"}
    bench.claims(
        {"id": "ch09.ex02.both", "measure": measure, "documented": ["none", "one"], "rule": "ordering"}
    )
    record = bench.verify()["both"]
    assert (record.verdict, record.measured) == ("reproduced", {"none": 0, "one": 1})


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
