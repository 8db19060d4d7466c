"""Verdicts on a reader's values: against the print, the right value, and the recorded runs."""

import contextlib
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import workshop
from tests.toy.claims import claim as made_up_claim
from workshop.checking import checks, views
from workshop.checking.checks import Report, book, check_measured, check_numbers
from workshop.checking.judging import (
    LEVEL,
    Against,
    TypedNumber,
    joint_p,
    judge,
    no_number,
    share_with,
    typed_numbers,
)
from workshop.checking.notebook.readings import Reading
from workshop.checking.notebook.values import Shown
from workshop.errors import UsageError
from workshop.ledger.rules import OrderOverRuns, PrintedAmongRuns, PrintedRanking, SampledRule
from workshop.reporting.own_number import OwnNumber
from workshop.statistics.own_number import Known
from workshop.statistics.scales import Scale
from workshop.values import is_number, named_leaves, plain

VERDICTS = [
    ("ch02.ex04.accuracy", 0.9304, "✔", "equals the printed value"),
    ("2.04.accuracy", "93%", "✔", "equals the printed value"),
    ("2.04.accuracy", "0.9304" + "0" * 193, "✔", "equals the printed value"),
    ("ch02.ex04.accuracy", 0.5, "✘", "differs"),
    ("ch02.ex04.accuracy", 0.9099, "✘", "another number"),
    ("ch03.ex03.train_accuracy", 0.815, "✔", "equals the right value"),
    ("ch03.ex03.train_accuracy", 0.85, "≠", "equals a wrong print"),
    ("5.04.test_rmse", 0.05, "✔", "equals the printed value"),
    ("5.04.test_rmse", 0.04, "✔", "an ordinary run"),
    ("5.04.test_rmse", 50, "✘", "far beyond the runs"),
    ("5.04.test_rmse", 0.5, "?", "beyond all runs"),
    ("5.04.test_rmse", -1, "✘", "impossible"),
    ("5.04.epoch5.loss", float("nan"), "✘", "diverged"),
    ("5.04.epochs_2_4[0][1]", "0.0020", "✔", "equals the printed value"),
    ("5.04.total_params", {"total": 36, "trainable": 36}, "✔", "equals the printed value"),
    ("5.04.total_params.total", 360, "✘", "differs"),
    ("5.04.total_params.total", float("inf"), "✘", "diverged"),
    ("ch02.ex03.columns", ["petallength", "x"], "✘", "differs"),
    ("ch04.text05.driving", "drive", "✔", "equals the printed value"),
    ("ch05.ex01.ts_shape[0]", 2514, "✔", "agrees with the book"),
    ("ch05.text07.n_train_val.samples[0]", 1696, "✔", "equals the printed value"),
    ("ch05.text07.n_train_val.validated[1]", 1884, "✔", "agrees with the book"),
    ("ch01.ex05.axis1_values", [91, 88, 75], "≠", "equals a wrong print"),
    ("ch01.ex05.axis1_values", [91, 88, 90], "✔", "equals the right value"),
    ("ch02.act01.eval_loss", 0.003758653, "≠", "equals a wrong print"),
    ("ch02.act01.eval_loss.fresh", 0.05, "✔", "an ordinary run"),
    ("6.02.test_acc", 0.5, "✘", "what guessing gives"),
    ("6.02.test_acc", 87, "✘", "a percentage"),
    ("6.02.test_acc", 0.0, "✘", "far beyond the runs"),
    ("6.02.test_acc", 0.75, "?", "beyond all runs"),
    ("6.03.test_acc_percent", "87.15%", "≠", "equals a wrong print"),
    # lists of words that depend on a seed
    ("ch04.ex06.brown_top", ["job"], "✔", "equals the printed value"),
    ("ch04.ex06.brown_top", ["xyzzy"], "–", "not compared"),  # some runs have none in common, either
    ("ch04.ex06.movie_top2", ["cash", "xyzzy"], "✔", "an ordinary run"),
    ("ch04.act02.rabbit_default", [[word, 0.995] for word in "vwxyz"], "?", "beyond all runs"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "value", "state", "verdict"), VERDICTS)
def test_a_value_gets_its_verdict(claim: str, value: object, state: str, verdict: str) -> None:
    judged = workshop.check(claim, value)

    assert (judged.state, judged.verdict) == (state, verdict)
    assert judged.ok == {"✔": True, "≠": True, "✘": False}.get(state)
    assert judged.sentence.endswith(".")


def test_the_book_prints_no_value_of_ours() -> None:
    judged = workshop.check("ch05.ex01.ts_shape[0]", 2507)
    order = workshop.check("ch01.ex06.loss_falls", ["start", "trained"])

    assert judged.sentence.startswith("Differs: it should be 2514")
    assert judged.book.startswith("the close column")
    assert "it should be trained" in order.sentence


def test_words_in_an_order_of_runs_are_not_called_ordinary() -> None:
    claims = [
        claim
        for claim in book().ledger.claims.values()
        if isinstance(claim.rule, OrderOverRuns | PrintedRanking) and isinstance(claim.documented, list)
    ]
    assert len(claims) > 20
    for claim in claims:
        assert workshop.check(claim.id, plain(claim.documented)).verdict in {
            "equals the printed value", "equals a wrong print", "agrees with the book"
        }, claim.id  # fmt: skip
        with contextlib.suppress(UsageError):
            assert workshop.check(claim.id, ["xyzzy", "plugh"]).ok is not True, claim.id


def test_p_is_for_numbers_that_depend_on_a_seed() -> None:
    runs = len(book().recordings.of(book().ledger.claims["ch05.ex04.test_rmse"]).deciding)

    assert workshop.check("ch02.ex04.accuracy", 0.93).p is None
    assert workshop.check("5.04.test_rmse", 50).p == 1 / (runs + 1)


@pytest.mark.parametrize(
    ("claim", "value", "why"),
    [
        ("ch02.ex04.acuracy", 0.9, "did you mean"),
        ("nothing", 1, "no claim is named"),
        ("5.04.test_rmse", True, "not a number"),
        ("5.04.test_rmse", None, "not a number"),
        ("5.04.test_rmse.[", 1, "path"),
        ("5.04.test_rmse", "abc", "'abc' is not a number: give one such as 0.05"),
        ("5.04.test_rmse", "", "not a number"),
        ("5.04.test_rmse", [], "nothing in it"),
        ("5.04.test_rmse", {}, "nothing in it"),
        ("5.04.test_rmse", [5.0, 9.0], "give a single one"),
        ("5.04.epoch5.loss", "hello", "not a number"),
        ("5.04.epoch5.los", 0.002, "it has loss, val_loss"),
        ("5.04.total_params.totl", 36, "it has non_trainable, total, trainable"),
        ("2.04.accuracy", "0.93 or so", "not a number"),
        ("2.04.accuracy", ["0.93"], "give a single one"),
        ("2.04.accuracy", 10**5000, "too large"),
        ("2.04.accuracy", range(10**6), "more than 10,000 parts"),
        ("2.04.accuracy", np.zeros(10**6), "more than 10,000 parts"),
        ("2.04.accuracy", "9" * 10**6, "not a number"),
        ("2.04" + ".accuracy" * 50_000, 1, "so long a name"),
        ("2" * 201, 1, "so long a name"),
        ("2" * 200, 1, "no claim is named"),
        ("2.04.accuracy", "0." + "9" * 198, "not a number"),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, str) else type(value).__name__,
)
def test_a_wrong_call_is_one_line(claim: str, value: object, why: str) -> None:
    with pytest.raises(UsageError, match=why) as raised:
        workshop.check(claim, value)
    assert "\n" not in str(raised.value)


def test_a_value_that_contains_itself_is_refused() -> None:
    """It would never end."""
    value: list[object] = [1]
    value.append(value)

    with pytest.raises(UsageError, match="contains itself"):
        workshop.check("2.04.accuracy", value)


RUBBISH = ("abc", "", [], {}, [[]], {"nothing": 1.0}, ["a", "b", "c"], [5.0] * 200, "nan of it", None)


def test_rubbish_is_never_ok() -> None:
    known = book()
    answered = []
    for claim in known.ledger.claims.values():
        recorded = any(number.runs for number in known.of(claim).numbers.values())
        prints = any(is_number(leaf) for _, leaf in named_leaves(plain(claim.documented)))
        if not prints and (not recorded or claim.sampled_rule.compares):  # words, and rankings of words
            continue
        for value in RUBBISH:
            with contextlib.suppress(UsageError):
                if workshop.check(claim.id, value).ok:
                    answered.append((claim.id, value))

    assert answered == []


def test_what_the_book_prints_is_never_wrong() -> None:
    for claim in book().ledger.claims.values():
        printed = plain(claim.documented)
        sampled = isinstance(claim.rule, SampledRule)
        if printed and (not sampled or any(is_number(leaf) for _, leaf in named_leaves(printed))):
            assert workshop.check(claim.id, printed).state in {"✔", "≠"}, claim.id


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.array, Decimal, str])
def test_digits_are_those_of_the_type(kind: Callable[[object], object]) -> None:
    """A narrow 0.93 is 0.93, although it is another number as Python's."""
    number = "0.93" if kind is Decimal else 0.93
    judged = workshop.check("2.04.accuracy", kind(number))

    assert (judged.verdict, judged.yours) == ("equals the printed value", "0.93")
    assert workshop.check("5.04.epoch5.loss", np.float32(0.002)).yours == "loss 0.002"
    assert workshop.check("5.04.epochs_2_4", np.full((3, 2), 0.002, np.float32)).yours.count("0.002") == 6


def test_numbers_of_one_unit_are_judged_together() -> None:
    ordinary = check_numbers("mine", [("5.04.test_rmse", 0.05), ("5.04.train_rmse", 0.04)])
    unusual = check_numbers("mine", [("5.04.test_rmse", 0.5), ("5.04.train_rmse", 0.4)])
    impossible = check_numbers("mine", [("6.02.test_acc", 87)])

    assert (ordinary.ok, ordinary.units[0].pitfalls) == (True, ())
    assert (unusual.ok, unusual.units[0].together, unusual.units[0].smallest) == (False, "✘", True)
    assert {judgement.state for judgement in unusual.judgements} == {"?"}
    assert (impossible.ok, impossible.units[0].together) == (False, "?")


def test_the_books_own_code_is_not_called_wrong() -> None:
    against = book().of(book().ledger.claims["ch02.ex07.test_accuracy"])
    bounds = against.numbers[""].bounds
    assert bounds is not None
    value = Shown(repr(bounds[0] - 0.01))

    assert judge(against, value).verdict == "excluded by the runs"
    assert judge(against, value, same_code=True).verdict == "beyond all runs"
    for code, verdict in (("same", "beyond all runs"), ("other", "excluded by the runs")):
        (unit,) = checks._by_unit([Reading(against.claim, value, 1, code=code)])
        assert unit.judgements[0].verdict == verdict


def test_a_training_that_learned_nothing_is_named() -> None:
    values = {"loss": 0.6932, "accuracy": 0.4998, "val_loss": 0.6931, "val_accuracy": 0.5012}
    rows = [(f"6.02.{epoch}", values) for epoch in ("epoch1", "epoch5")]

    (unit,) = check_numbers("mine", rows).units

    assert (unit.learned, unit.state) == (False, "✘")
    assert views.card(unit).second == "It learned nothing: no epoch is better than guessing."


def test_the_p_of_a_single_number_is_that_of_isolation() -> None:
    runs = np.r_[np.linspace(0, 1, 100), np.linspace(9, 10, 100)]

    assert joint_p([TypedNumber("", Shown("0.5"), Known(runs=tuple(runs)), Scale())]) > LEVEL
    assert joint_p([TypedNumber("", Shown("5.0"), Known(runs=tuple(runs)), Scale())]) == 1 / 201
    assert joint_p([TypedNumber("", Shown("5.0"), Known(runs=tuple(runs[:3])), Scale())]) == 1.0
    shares = Known(runs=(*np.linspace(0, 0.01, 195), 0.6, 0.7, 0.8, 0.9, 1.0), legal="share")
    assert joint_p([TypedNumber("", Shown("-0.02"), shares, Scale())]) == 1 / 201  # wrong alone, if near
    assert share_with([TypedNumber("", Shown("0.5"), Known(runs=tuple(np.arange(4.0))), Scale())], 1) == 0.5


FEW_RUNS = [
    # recorded runs, the reader's number, its state, that of all numbers together
    (18, "50.0", "✘", "✔"),  # outside on the stated scale; p = 1/19 is ordinary
    (50, "50.0", "✘", "?"),
    (50, "-50.0", "✘", "?"),
    (98, "50.0", "✘", "?"),
    (128, "50.0", "✘", "✘"),
    (50, "0.1", "✔", "✔"),
]


@pytest.mark.parametrize(("count", "mine", "state", "together"), FEW_RUNS)
def test_an_excluded_number_is_not_ok_though_so_few_runs_can_not_say_so_together(
    monkeypatch: pytest.MonkeyPatch, count: int, mine: str, state: str, together: str
) -> None:
    stated = made_up_claim(0.1, rule={"reference": {"scale": "identity"}})
    values = np.random.default_rng(0).normal(size=count).tolist()
    number = OwnNumber(runs=tuple(values), bounds=(-9.0, 9.0))
    made = Against(stated, {"": number}, "")
    units = {"ch09.ex01": SimpleNamespace(number_pitfalls=())}
    made_up = SimpleNamespace(claims={stated.id: stated}, units=units)
    monkeypatch.setattr(checks, "book", lambda era="": SimpleNamespace(ledger=made_up, of=lambda _: made))
    monkeypatch.setattr(checks, "eras", lambda: ())

    (unit,) = checks._by_unit([Reading(stated, Shown(mine), 1)])

    assert (unit.judgements[0].state, unit.together) == (state, together)
    assert Report("mine", (unit,)).ok is (state == "✔")


EARLIER = [
    # by era: how many runs, around what, and with which versions; what is said of 50, and by which era
    ({"old": (64, 50.0, "Keras 2")}, "✔", "old"), ({"old": (63, 50.0, "Keras 2")}, "?", "old"),
    ({"old": (64, 50.0, "Keras 3")}, "✘", ""),  # today's, too
    ({"old": (128, 9.0, "Keras 1"), "new": (64, 50.0, "Keras 2")}, "✔", "new"), ({}, "✘", ""),
]  # fmt: skip


@pytest.mark.parametrize(("before", "together", "era"), EARLIER)
def test_numbers_of_earlier_versions(
    monkeypatch: pytest.MonkeyPatch, before: Any, together: str, era: str
) -> None:
    stated = made_up_claim(0.1, rule={"reference": {"scale": "identity"}})

    units = {"ch09.ex01": SimpleNamespace(number_pitfalls=())}
    made_up_ledger = SimpleNamespace(claims={stated.id: stated}, units=units)

    def known(name: str = "") -> Any:
        count, middle, made = {"": (128, 0.0, "Keras 3"), **before}[name]
        runs = tuple((middle + np.random.default_rng(0).normal(size=count)).tolist())
        made_up = Against(stated, {"": OwnNumber(runs=runs, made=made)}, "")
        return SimpleNamespace(ledger=made_up_ledger, of=lambda _: made_up)

    monkeypatch.setattr(checks, "book", known)
    monkeypatch.setattr(checks, "eras", lambda: [SimpleNamespace(name=name) for name in before])
    (unit,) = checks._by_unit([Reading(stated, Shown("50.0"), 1)])

    assert (unit.together, unit.era) == (together, era)
    assert unit.made == (before[era][2] if era else "Keras 3")
    assert (unit.p, unit.smallest) == (1 / 129, True)


@pytest.mark.parametrize(
    ("code", "edits", "together", "pitfalls"),
    [("same", (), "?", 1), ("", (), "✘", 1), ("other", ("b",), "✘", 0)],
)
def test_unusual_numbers_of_the_books_own_code(
    monkeypatch: pytest.MonkeyPatch, code: Any, edits: Any, together: str, pitfalls: int
) -> None:
    monkeypatch.setattr(checks, "eras", lambda: ())
    claims = book().ledger.claims
    values = [("ch05.ex04.train_rmse", "40", "", ()), ("ch05.ex04.test_rmse", "50", code, edits)]
    readings = [Reading(claims[name], Shown(text), 1, its, code=own) for name, text, own, its in values]
    (unit,) = checks._by_unit([*readings])
    assert (unit.together, unit.code, unit.edits) == (together, code, edits)
    assert len(unit.pitfalls) == pitfalls


def test_numbers_that_two_claims_share_count_once() -> None:
    rng = np.random.default_rng(1)
    one = TypedNumber("", Shown("2.5"), Known(runs=tuple(rng.normal(size=100))), Scale())
    other = TypedNumber("", Shown("0.1"), Known(runs=tuple(rng.normal(size=100))), Scale())

    assert joint_p([one, other]) == joint_p([one, one, one, other])


def test_every_sampled_claim_can_be_read() -> None:
    known = book()
    for claim in known.ledger.claims.values():
        recorded = any(number.runs for number in known.of(claim).numbers.values())
        if isinstance(claim.rule, PrintedAmongRuns) and recorded:
            values = {claim.id: claim.documented}
            report = check_numbers("book", values.items())

            assert report.judgements[0].verdict != "not compared", claim.id


def test_runs_on_substitute_data_judge_nobody() -> None:
    judged = workshop.check("ch06.act01.test_acc", 0.1)

    assert (judged.verdict, judged.ok) == ("not compared", None)
    assert "substitute" in judged.sentence
    assert workshop.check("ch06.act01.test_acc", book().ledger.claims["ch06.act01.test_acc"].documented).ok


MEASURED: list[tuple[str, Any, str | None]] = [
    ("ch02.ex04.accuracy", 0.9304, "equals the printed value"), ("ch02.ex04.accuracy", 0.5, "differs"),
    *(("ch02.ex04.accuracy", value, None) for value in (None, "0.93", [])),
    ("ch05.ex04.epoch5", {"loss": 0.002, "other": 3.0}, "equals the printed value"),
    ("ch05.ex04.epoch5", {"other": 3.0}, None),
    ("ch04.text05.driving", "drive", "equals the printed value"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "verdict"), MEASURED)
def test_what_a_run_measured_is_judged(name: str, value: Any, verdict: str | None) -> None:
    judged = check_measured(book().ledger.claims[name], value)
    assert (judged and judged.verdict) == verdict


def test_none_is_a_number() -> None:
    assert workshop.check("5.04.total_params.total", 0).placed["total"].away == 36


def test_numbers_of_a_run_are_not_compared_with_names() -> None:
    claim = book().ledger.claims["ch02.ex05.scatter"]

    assert check_measured(claim, {"triangles": 4.44, "stars": 4.9}) is None


def against(documented: Any, *, runs: dict[str, tuple[Any, ...]] | None = None, **keys: Any) -> Against:
    """Return what values of a made-up claim are compared with: with runs, if it has some, of any number."""
    erratum = keys.pop("erratum", "")
    numbers = {name: OwnNumber(runs=its) for name, its in (runs or {}).items()}
    return Against(made_up_claim(documented, **keys), numbers, erratum)


def shown(value: Any) -> Any:
    """Return a value with numbers as they are printed."""
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    return Shown(repr(value)) if is_number(value) else value


SAMPLED = {"rule": "reference"}
ORDERED = {"rule": {"reference": {"order": "paired"}}}
RANKED = {"rule": {"reference": {"first": 2, "scored": True}}}
BOTH = {"a": 1, "b": "x"}
FORMS = {"documented": {"a": 1, "b": 2}, "notebook": {"a": 1, "b": "x"}, **SAMPLED}
NOT_ANSWERED: list[tuple[dict[str, Any], Any, str]] = [
    ({"documented": 7}, 1, ""), ({"documented": 7}, "abc", "'abc' is not a number: give one such as 7"),
    ({"documented": 7}, True, "True is not a number: give one such as 7"),
    ({"documented": BOTH}, "abc", "'abc' is not a number: give one such as 1"),
    ({"documented": BOTH}, {"a": "abc", "b": "x"}, "'abc' is not a number: give one such as 1"),
    ({"documented": BOTH}, {"c": "abc"}, "'abc' is not a number: give one such as 1"),
    ({"documented": BOTH}, {"b": "y"}, ""), ({"documented": BOTH}, {"a": 1, "c": "abc"}, ""),
    ({"documented": BOTH}, {"c": 3}, "the claim has no such number: it has a"),
    ({"documented": BOTH}, {"c": "u", "d": "v"}, "the claim has no such number: it has a"),
    ({"documented": "x"}, 3, ""),
    ({"documented": "x"}, [], "there is nothing in it: give what the claim has"),
    # nothing is recorded: only what is printed can be given
    (FORMS, {"a": 1, "b": "x"}, ""), (FORMS, {"b": "x"}, ""),
    (FORMS, {"a": 1, "c": 2}, "the claim has no such number: it has a, b"),
    ({**FORMS, "runs": {"a": (1.0, 2.0)}}, {"a": 1, "c": 2}, ""),
    ({"documented": ["u", "v"], "runs": {"": (4.0,)}, **ORDERED}, "w", "'w' is not"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "value", "why"), NOT_ANSWERED)
def test_what_is_no_answer(claim: dict[str, Any], value: Any, why: str) -> None:
    said = no_number(against(**claim), shown(value))
    assert said.startswith(why)
    assert bool(said) == bool(why)


PARTS: list[tuple[Any, Any, str]] = [
    (1, 5, ""), ([1, 2], [1, 5], "number 2"), ([[1], [2]], [[1], [5]], "row 2, number 1"),
    ([[[1, 2]]], [[[1, 5]]], "row 1, column 1, number 2"), ({"5": [1, 2]}, {"5": [1, 5]}, "row 5, number 2"),
    ([[[[1, 2]]]], [[[[1, 5]]]], "row 1, column 1, number 1, number 2"), (BOTH, {"a": 1, "b": "y"}, "b"),
    ({"a": [1, 2]}, {"a": [5, 2]}, "a, number 1"),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "mine", "part"), PARTS)
def test_the_part_that_differs_is_named(printed: Any, mine: Any, part: str) -> None:
    judged = judge(against(printed), shown(mine))
    assert (judged.verdict, judged.part) == ("differs", part)


WORDS: list[tuple[dict[str, Any], Any, str, str]] = [
    ({"documented": "x"}, "x", "equals the printed value", ""),
    ({"documented": "x"}, "y", "differs", "Differs: the book prints x, yours is y."),
    ({"documented": BOTH}, {"c": "y"}, "differs", "Differs: the book prints nothing like it."),
    ({"documented": "x", "correct": "y", "erratum": "E"}, "x", "equals a wrong print", ""),
    ({"documented": "x", "correct": "y", "erratum": "E"}, "y", "equals the right value", ""),
    ({"documented": "x", "correct": "y"}, "x", "equals the printed value", ""),
    ({"documented": ["x", 1], "correct": ["x", 2], "erratum": "E"}, ["x"], "equals the printed value", ""),
    ({"documented": {"a": "x"}, "notebook": {"b": "y"}}, {"b": "y"}, "equals the printed value", ""),
    ({"documented": {"a": "x"}, "notebook": {"b": "y"}}, {"a": "x", "b": "y"}, "differs", ""),
    ({"documented": "2015"}, 2015, "equals the printed value", ""),
    ({"documented": 3}, 3.0000005, "equals the printed value", ""),
    ({"documented": 3}, 3.00001, "differs", ""),
    ({"documented": 0.3}, 0.349, "equals the printed value", ""),
    ({"documented": 0.3}, 0.351, "differs", ""),
    ({"documented": ["u", "v"], **ORDERED}, ["u", "v"], "equals the printed value", ""),
    ({"documented": ["u", "v"], **ORDERED, "erratum": "E"}, ["u", "v"], "equals a wrong print", ""),
    ({"documented": ["u", "v"], **ORDERED}, ["v", "u"], "not compared", ""),
    ({"documented": ["u", "v"], **ORDERED}, ["u"], "not compared", ""),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "mine", "verdict", "says"), WORDS)
def test_what_no_run_is_needed_for(claim: dict[str, Any], mine: Any, verdict: str, says: str) -> None:
    judged = judge(against(**claim), shown(mine))
    assert judged.verdict == verdict
    assert says in judged.sentence


RUNS: list[tuple[dict[str, Any], Any, str]] = [
    ({"documented": 2.0, "runs": {"": (1.0, None, 3.0)}}, 2.0, "1 to 3 in 3 recorded runs"),
    ({"documented": 2.0, "runs": {"": (None,) * 3}}, 2.0, "3 recorded runs"),
    ({"documented": [2, 3.5], "runs": {"[0]": (1.0, 2.0), "[1]": (3.0, 3.5)}}, [2, 3.5], "2 recorded runs"),
    ({"documented": [2, 3.5], "runs": {"[0]": (1.0, 2.0), "[1]": ()}}, [2, 3.5], "1 to 2 in 2 recorded runs"),
    ({"documented": 2.0, "runs": {}}, 2.0, ""),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "mine", "said"), RUNS)
def test_the_runs_in_words(claim: dict[str, Any], mine: Any, said: str) -> None:
    judged = judge(against(**claim, **SAMPLED), shown(mine))
    assert judged.runs == said
    assert {type(number) for number in judged.numbers.values()} <= {float}
    assert (judged.p is None) == (said == "")


def test_a_list_that_is_ranked_is_compared_by_its_numbers() -> None:
    runs = {"common": (1.0, 2.0, 2.0), "best": (0.5, 0.6, 0.7)}
    known = against([["u", 0.6], ["v", 0.5]], runs=runs, **RANKED)
    value = [["u", Shown("0.90")], ["w", Shown("0.10")]]
    texts = {number.name: number.mine.text for number in typed_numbers(known, value)}
    assert texts == {"common": "1.0", "best": "0.90"}
    judged = judge(known, value)
    assert (judged.verdict, judged.part) == ("beyond all runs", "the first one's score")
    assert judge(known, [["w", Shown("0.6")]]).part == "names in common with the print"
    none = against([["u", 0.6], ["v", 0.5]], runs={**runs, "common": (0.0, 1.0)}, **RANKED)
    assert judge(none, [["w", Shown("0.6")]]).verdict == "an ordinary run"
