"""Which mistake explains a reader's numbers, on runs that were held back, over all modelled units."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from workshop.book import SAMPLES
from workshop.checking.checks import check_numbers
from workshop.checking.mistake_runs import (
    as_rows,
    mistakes_folder,
    recorded_mistakes,
    unchanged_numbers,
)
from workshop.checking.mistakes import Explanation, Modelled, _rounding, explain, finite, judge, modelled
from workshop.errors import UsageError
from workshop.ledger import ledger
from workshop.samples.model import reference_sample
from workshop.statistics.scales import Numbers, Scale

UNITS = sorted(path.stem for path in mistakes_folder().glob("*.json"))
# of 64 seeds a mistake is fitted on the first, and asked about some of the others
FITTED, ASKED = 48, (48, 56)
ORDINARY = "No mistake that we know explains these numbers clearly better than chance."
NOTHING = "We know no single mistake that explains these numbers."
CLAIMS = ledger().claims


def names_of(unit: str, *, single: bool) -> list[str]:
    """Return the names of a unit's numbers, each quantity once; `single` : of claims of one number alone."""
    columns = {
        column: name for name, column in modelled(unit).columns.items() if not single or name in CLAIMS
    }
    return list(columns.values())


def raw_mistakes(unit: str) -> dict[str, Numbers]:
    """Return the recorded runs of each mistake that counts, as printed numbers."""
    recorded = recorded_mistakes(unit)
    assert recorded is not None
    return {each.what: each.numbers for each in recorded.mistakes if not each.left_out}


def raw_unchanged(unit: str) -> Numbers:
    """Return the recorded runs of the unchanged procedure, as printed numbers."""
    recorded, sample = recorded_mistakes(unit), reference_sample(unit, {}, SAMPLES)
    assert recorded is not None
    assert sample is not None
    return as_rows(unchanged_numbers(ledger(), sample), recorded.quantities)


def planted(unit: str, every: int, *, single: bool) -> Iterator[tuple[str, Explanation]]:
    """Yield each mistake and what explains its numbers on seeds that nothing was fitted on.

    One in `every` of the numbers is asked about.
    """
    whole, names = modelled(unit), names_of(unit, single=single)
    fitted = replace(
        whole,
        unchanged=np.delete(whole.unchanged, range(FITTED, min(64, len(whole.unchanged))), axis=0),
        mistakes={what: runs[:FITTED] for what, runs in whole.mistakes.items()},
    )
    asked = [(what, runs[seed]) for what, runs in raw_mistakes(unit).items() for seed in ASKED]
    for what, run in asked[::every] if names else ():
        values = {name: run[whole.columns[name]] for name in names}
        yield what, judge(fitted, {name: x for name, x in values.items() if math.isfinite(x)})


def honest(unit: str, *, single: bool) -> Iterator[Explanation]:
    """Yield what explains the numbers of each recorded run of the unchanged procedure, by all other seeds."""
    whole, names, runs = modelled(unit), names_of(unit, single=single), raw_unchanged(unit)
    for held in range(len(runs)):
        others = {
            what: np.delete(each, held, axis=0) if held < len(each) else each
            for what, each in whole.mistakes.items()
        }
        fitted = replace(whole, unchanged=np.delete(whole.unchanged, held, axis=0), mistakes=others)
        values = {name: runs[held, whole.columns[name]] for name in names}
        yield judge(fitted, {name: x for name, x in values.items() if math.isfinite(x)})


TESTED = ("workshop/checking", "workshop/samples", "workshop/statistics")
Draws = Callable[[int], int]


@pytest.mark.parametrize(
    "single",
    [False, pytest.param(True, marks=pytest.mark.nightly(*TESTED))],
    ids=["all numbers", "single numbers"],
)
def test_mistakes_are_named_by_numbers_that_are_not_ordinary(single: bool, draws: Draws) -> None:
    """Of planted mistakes that are not taken for ordinary runs, most are named, and few by a wrong name."""
    fates: Counter[str] = Counter()
    for unit in UNITS:
        for what, answer in planted(unit, 10 // draws(10), single=single):
            if answer.sentence != ORDINARY:
                fates["right" if answer.mistake == what else "wrong" if answer.mistake else "none"] += 1
    asked = fates.total()
    full = draws(10) == 10
    assert asked > (40 if full else 4)
    least, most = 0.6 * asked, 0.1 * asked
    if not full:  # what 1 in 1,000 draws of so few would not reach
        low, high = stats.binom.ppf([1e-3, 1 - 1e-3], asked, [0.6, 0.1])
        least, most = low - 1, high + 1
    assert fates["right"] > least
    assert fates["wrong"] < most


@pytest.mark.nightly(*TESTED)
def test_honest_runs_are_hardly_ever_blamed() -> None:
    """At most one in a hundred recorded runs of the unchanged procedure, over all units."""
    answers = [answer for unit in UNITS for answer in honest(unit, single=False)]
    assert len(answers) > 1000
    assert sum(answer.mistake is not None for answer in answers) <= 0.01 * len(answers)


def test_numbers_from_nowhere_are_explained_by_none(draws: Draws) -> None:
    """Numbers that are drawn each for itself, near and far from those of all runs, belong to no mistake."""
    rng = np.random.default_rng(5)
    for unit in UNITS:
        whole, names = modelled(unit), names_of(unit, single=False)
        if len(names) < 5:
            continue
        runs = finite(np.concatenate([whole.unchanged, *whole.mistakes.values()]))
        low, high = runs.min(axis=0), runs.max(axis=0)
        for _ in range(draws(10)):
            drawn = rng.uniform(low - (high - low), high + (high - low))
            values = {n: float(whole.scales[whole.columns[n]].back(drawn[whole.columns[n]])) for n in names}
            assert judge(whole, values).sentence == NOTHING


NORMAL = stats.norm.ppf((np.arange(128) + 0.5) / 128)[:, None]
SHIFTED = stats.norm.ppf((np.arange(64) + 0.5) / 64)[:, None]


def toy(**mistakes: float) -> Modelled:
    """Return a unit of one number, normal, with mistakes that shift it."""
    shifted = {what: SHIFTED + by for what, by in mistakes.items()}
    return Modelled({"ch00.ex01.loss": 0}, (Scale(),), NORMAL, shifted)


def ask(unit: Modelled, value: float) -> Explanation:
    """Return what explains one number."""
    return judge(unit, {"ch00.ex01.loss": value})


def test_the_ratio_is_that_of_the_distributions() -> None:
    """Two normal distributions three apart give a number in the second exp(4.5) times the likelihood."""
    answer = ask(toy(rate=3.0), 3.0)
    assert answer.mistake == "rate"
    assert math.exp(4.5) / 3 < answer.times < 127
    assert answer.sentence.startswith("This number is about ")
    assert answer.sentence.endswith(" times likelier with this mistake: rate.")


def test_no_ratio_is_larger_than_the_runs_support() -> None:
    """Far out, the answer says `more than`, and stops at the number of recorded runs."""
    answer = ask(toy(rate=30.0), 30.0)
    assert answer.times == pytest.approx(128)
    assert answer.sentence == "This number is more than 100 times likelier with this mistake: rate."


@pytest.mark.parametrize(
    ("mistakes", "value", "sentence"),
    [
        ({"rate": 30.0}, 0.3, ORDINARY),
        ({"rate": 30.0}, 15.0, NOTHING),
        ({"rate": 30.0}, 1e9, NOTHING),
        ({"rate": 30.0}, math.nan, NOTHING),
        ({"rate": 0.5}, 1.0, ORDINARY),
        ({}, 30.0, NOTHING),
        (
            {"rate": 30.0, "size": 30.1},
            30.0,
            "Two mistakes explain these numbers about as well: rate, or size.",
        ),
    ],
    ids=["ordinary", "between", "nowhere", "no number", "alike", "no mistakes", "two"],
)
def test_no_mistake_is_named(mistakes: Mapping[str, float], value: float, sentence: str) -> None:
    """An ordinary number, one that no mistake makes, one that is alike with it, and one that two make."""
    answer = ask(toy(**mistakes), value)
    assert (answer.mistake, answer.times, answer.modelled) == (None, 1.0, True)
    assert answer.sentence == sentence


@pytest.mark.parametrize(
    ("others", "value", "mistake"),
    [
        ({"size": 32.0}, 30.0, "rate"),  # seven times likelier than with the other one
        ({"size": 31.0}, 30.0, None),
        ({}, 31.9, "rate"),  # one run in seventeen is farther out
        ({}, 32.3, None),  # one in fifty
    ],
)
def test_a_mistake_explains_what_its_own_runs_reach(
    others: dict[str, float], value: float, mistake: str | None
) -> None:
    """More than one in twenty of them, and no other mistake a third as well."""
    assert ask(toy(rate=30.0, **others), value).mistake == mistake


@pytest.mark.parametrize(("runs", "mistake"), [(16, "rate"), (15, None)])
def test_a_mistake_of_few_runs_is_not_asked(runs: int, mistake: str | None) -> None:
    """Those that have all their numbers."""
    few = np.full_like(SHIFTED, np.nan)
    few[:runs] = 30.0 + stats.norm.ppf((np.arange(runs) + 0.5) / runs)[:, None]
    assert ask(replace(toy(), mistakes={"rate": few}), 30.0).mistake == mistake


@pytest.mark.parametrize(
    ("count", "words"), [(2, "These two numbers are"), (9, "These nine"), (10, "These 10 numbers")]
)
def test_how_many_numbers_are_explained(count: int, words: str) -> None:
    """In words up to nine."""
    rng = np.random.default_rng(2)
    unit = Modelled(
        {f"ch00.ex01.n{i}": i for i in range(count)},
        (Scale(),) * count,
        rng.normal(size=(128, count)),
        {"rate": 30 + rng.normal(size=(64, count))},
    )
    assert judge(unit, dict.fromkeys(unit.columns, 30.0)).sentence.startswith(words)
    assert judge(unit, {**dict.fromkeys(unit.columns, 30.0), "ch00.ex01.n1": math.inf}).sentence == NOTHING


@pytest.mark.parametrize(
    ("seed", "run", "mistake"), [(3, 30.0, None), (100, 30.0, None), (3, -30.0, "rate"), (100, -30.0, "rate")]
)
def test_what_an_honest_run_reaches_by_chance_is_no_mistake(
    seed: int, run: float, mistake: str | None
) -> None:
    """One of the unchanged runs is as likely with the mistake, given all others; not one that is as rare."""
    unchanged = NORMAL.copy()
    unchanged[seed] = run
    answer = ask(replace(toy(rate=30.0, size=60.0), unchanged=unchanged), 30.0)
    assert (answer.mistake, answer.sentence == ORDINARY) == (mistake, mistake is None)


def test_numbers_that_are_not_recorded_are_left_out() -> None:
    """They change nothing; without any other, the answer says so."""
    both = judge(toy(rate=30.0), {"ch00.ex01.loss": 30.0, "ch00.ex01.n_rows": 7.0})
    assert both == ask(toy(rate=30.0), 30.0)
    assert judge(toy(rate=30.0), {"ch00.ex01.n_rows": 7.0}).mistake is None


@pytest.mark.parametrize(("unit", "why"), [("ch02.ex07", "longer than 2 s"), ("ch02.ex01", "no run of it")])
def test_where_mistakes_are_not_modelled_the_answer_says_why(unit: str, why: str) -> None:
    """Slow units are not, and units without chance."""
    answer = explain(unit, {f"{unit}.eval_loss": 0.3})
    assert (answer.mistake, answer.times, answer.modelled) == (None, 1.0, False)
    assert why in answer.sentence


def test_a_reader_asks_by_the_ids_of_claims() -> None:
    """The numbers of a recorded run with a mistake are named through the public function."""
    what = "the first training rows are the test rows"
    run = raw_mistakes("ch05.ex04")[what][0]
    values = {name: run[column] for name, column in modelled("ch05.ex04").columns.items()}
    assert {"ch05.ex04.test_rmse", "ch05.ex04.epoch1.loss"} <= set(values)
    assert explain("ch05.ex04", values).mistake == what
    (unit,) = check_numbers("mine", values.items()).units
    assert unit.explanation == explain("ch05.ex04", values)


def test_an_unknown_exercise_is_named() -> None:
    """The message is one line."""
    for name in ("ch05.ex44", ""):
        with pytest.raises(UsageError, match=f"^{name} is not an exercise"):
            explain(name, {})


def test_how_far_a_number_was_rounded() -> None:
    """The standard deviation of all numbers that are printed like it, on its scale; shares count rows."""
    ends = np.log([0.025, 0.035])
    for scale, deviation in ((Scale(), 0.01), (Scale("log"), ends[1] - ends[0]), (Scale("logit"), 0.0)):
        assert _rounding(0.03, scale) == pytest.approx(deviation / math.sqrt(12))
    assert _rounding(math.inf, Scale()) == _rounding(0.0, Scale("log")) == 0.0
