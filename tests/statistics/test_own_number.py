"""Where a typed number lies: how it is read, the order of the questions, and the five states."""

import itertools
from dataclasses import replace
from random import Random

import pytest

from workshop.statistics.own_number import (
    STATES,
    WORST,
    Answer,
    Known,
    Placed,
    ok_of,
    place_number,
    read,
    worst,
)

TEN = Known(runs=tuple(float(v) for v in range(10, 20)))
HUNDRED = Known(runs=tuple(v / 100 for v in range(100, 200)), bounds=(0.5, 2.5))
SHARES = Known(runs=tuple(0.8 + v / 1000 for v in range(64)), printed=(0.87, 0.865, 0.875), legal="share")
PERCENTS = Known(runs=tuple(80 + v / 10 for v in range(64)), legal="share", percent=True)
LOSSES = Known(
    runs=(0.1, 0.2, 0.3),
    legal="not negative",
    guess=(0.692, 0.695, "guessing"),
    others=((0.4435, 0.4445, "a loss"),),
)
EXACT = Known(printed=(0.9304, 0.93035, 0.93045), accepts=(0.93035, 0.93045), legal="share")
BOUND = replace(EXACT, accepts=(0.9, None))
COUNT = Known(printed=(36, 36, 36), accepts=(36, 36), legal="whole", others=((180, 180, "a loss"),))
WRONG = Known(printed=(75, 75, 75), error=True, right=(90, 90, 90), accepts=(75, 75), legal="whole")
CHANGED = replace(WRONG, error=False)
PRINTED = replace(HUNDRED, printed=(3.0, 2.95, 3.05))
EARLIER = replace(HUNDRED, earlier=((10, 2.6, 2.8, "keras 2"), (64, 3.0, 3.2, "keras 2")))
EVEN, AT_MOST = Known(printed=(100, 100, 100)), Known(printed=(0.3, 0.3, 0.3), accepts=(None, 0.5))
SOME_SHARES, FEW_LOSSES = Known(runs=(0.8, 0.9), legal="share"), replace(LOSSES, runs=(0.1, 0.2))
PERCENT = Known(printed=(84.6, 84.55, 84.65), legal="share", percent=True)
BOTH = Known(printed=(0.9, 0.85, 0.95), right=(0.93, 0.88, 0.98))
BOUNDED = Known(runs=(1.0, 2.0), bounds=(-0.5, 3.5))

# typed, what it is compared with, the answer
CASES: list[tuple[str, Known, Answer]] = [
    # 1. the print, whatever the runs say
    ("0.9304", EXACT, "equals the printed value"),
    ("93,04 %", EXACT, "equals the printed value"),
    ("0.93", EXACT, "equals the printed value"),
    ("0.93041", EXACT, "equals the printed value"),
    ("3.0", PRINTED, "equals the printed value"),
    ("0.87", SHARES, "equals the printed value"),
    ("75", WRONG, "equals a wrong print"),
    ("75", CHANGED, "equals the printed value"),
    ("36", replace(COUNT, ours=True), "agrees with the book"),
    ("1", EXACT, "differs"),  # half a unit of so few digits would equal anything
    # 2. the right value
    ("90", WRONG, "equals the right value"),
    ("0.82", replace(SHARES, right=(0.815, 0.8145, 0.8155)), "equals the right value"),
    # 3. what is possible
    ("87", SHARES, "a percentage"),
    ("870", SHARES, "impossible"),
    ("-0.1", SHARES, "impossible"),
    ("1.00", replace(SHARES, runs=(0.9, 1.0)), "an ordinary run"),
    ("-0.1", LOSSES, "impossible"),
    ("36.4", COUNT, "impossible"),
    ("101", PERCENTS, "impossible"),
    ("93", BOUND, "a percentage"),  # although the rule has no upper end
    # 4. inside the runs, or accepted
    ("14.5", TEN, "an ordinary run"),
    (" 1,5e1 ", TEN, "an ordinary run"),
    ("1300%", TEN, "an ordinary run"),
    ("13%", replace(TEN, percent=True), "an ordinary run"),
    ("10", TEN, "an ordinary run"),
    ("1.005", HUNDRED, "at the edge of the runs"),
    ("1.1", HUNDRED, "an ordinary run"),
    ("0.95", BOUND, "agrees with the book"),
    ("7.0000001", Known(runs=(7.0,) * 4), "an ordinary run"),  # another processor's last digit
    ("0.0", LOSSES, "beyond all runs"),
    ("0", replace(LOSSES, runs=(0.02, 0.03)), "too few digits"),
    ("1", SHARES, "too few digits"),
    # 5. another number
    ("0.693", LOSSES, "what guessing gives"),
    ("0.444", LOSSES, "perhaps another number"),  # a run may be so little beyond the others
    ("0.444", replace(LOSSES, runs=(0.1, 0.2)), "another number"),
    ("0.693", replace(LOSSES, runs=(0.1, 0.5)), "perhaps a guess"),
    ("0.693", replace(LOSSES, runs=()), "not compared"),
    ("0.693", replace(LOSSES, runs=(0.5, 0.8)), "an ordinary run"),  # the runs give it, too
    ("180", COUNT, "another number"),
    ("0.87", PERCENTS, "a share"),
    # 6. how far beyond
    ("2.95", replace(HUNDRED, printed=(3.0, 2.95, 3.05)), "equals the printed value"),
    ("2.5", PRINTED, "nearer to the print"), ("3.2", PRINTED, "excluded by the runs"),
    ("2.5", replace(PRINTED, error=True), "beyond all runs"),
    ("0.9", replace(HUNDRED, printed=(0.5, 0.45, 0.55)), "nearer to the print"),
    ("0.3", replace(HUNDRED, printed=(0.5, 0.45, 0.55)), "excluded by the runs"),
    ("12.5", HUNDRED, "far beyond the runs"), ("11.8", HUNDRED, "excluded by the runs"),
    ("-9.1", HUNDRED, "far beyond the runs"), ("78", Known(runs=(7.0,) * 4), "far beyond the runs"),
    # shares of all magnitudes have no span, other numbers have
    ("0.02", Known(runs=(0, 1e-9, 1.1e-6), legal="share"), "beyond all runs"),
    ("0.02", Known(runs=(0, 1e-9, 0.9e-6), legal="share"), "far beyond the runs"),
    ("0.693", replace(LOSSES, runs=(0, 0, 1e-9)), "perhaps a guess"),
    ("0.02", Known(runs=(0, 1e-9, 1.1e-6)), "far beyond the runs"),
    ("76", Known(runs=(7.0,) * 4), "beyond equal runs"), ("5", Known(runs=(0.0,) * 4), "beyond equal runs"),
    ("25", TEN, "beyond all runs"),
    ("-5", TEN, "beyond all runs"),
    ("2.1", HUNDRED, "beyond all runs"),
    ("2.6", HUNDRED, "excluded by the runs"),
    ("0.4", HUNDRED, "excluded by the runs"),
    ("2.7", EARLIER, "within a few earlier runs"),
    ("3.1", EARLIER, "ordinary for earlier versions"),
    ("4", EARLIER, "excluded by the runs"),
    ("5", Known(runs=(7.0,) * 4), "beyond equal runs"),
    ("99", replace(TEN, runs=(*(TEN.runs or ()), None, None)), "beyond all runs"),
    ("nan", replace(TEN, runs=(*(TEN.runs or ()), None)), "diverged like other runs"),
    ("nan", TEN, "diverged"),
    ("3", Known(runs=(None,) * 5), "not compared"),
    ("3", Known(runs=()), "not compared"),
    ("0.91", EXACT, "differs"),
    ("80", WRONG, "differs"),
    ("no", TEN, "no number"),
    # printed like both: the nearer one
    ("0.91", BOTH, "equals the printed value"), ("0.92", BOTH, "equals the right value"),
    # from zero on, below zero, and by the nearest run
    ("0.5", Known(runs=(3.0, 4.0), others=((0, 1, "a loss"),)), "beyond all runs"),  # anything would be
    ("-10", Known(runs=(-20.4, -10.4)), "an ordinary run"), ("3", Known(runs=(1.0, 2.6)), "an ordinary run"),
    ("1", Known(runs=(1.2, 100.0)), "too few digits"),
    ("-100.00005", Known(printed=(-100, -100, -100)), "equals the printed value"),
    ("-2", Known(printed=(-2.4, -2.45, -2.35)), "equals the printed value"),
    # the last one that is, and the first one that is not
    ("2", Known(printed=(2.4, 2.35, 2.45)), "equals the printed value"),
    ("2", Known(printed=(1.9, 1.85, 1.95)), "differs"),
    ("100.00005", EVEN, "equals the printed value"), ("99.99995", EVEN, "equals the printed value"),
    ("100.0005", EVEN, "differs"), ("100", SHARES, "a percentage"), ("101", SHARES, "impossible"),
    ("1.5", SHARES, "a percentage"), ("1.0000005", SOME_SHARES, "beyond all runs"),
    ("1.000005", SOME_SHARES, "a percentage"), ("100.00005", PERCENTS, "beyond all runs"),
    ("100.0005", PERCENTS, "impossible"), ("-3", COUNT, "differs"),
    ("1", Known(runs=tuple(range(1, 80))), "at the edge of the runs"),
    ("1", Known(runs=tuple(range(1, 79))), "an ordinary run"),
    ("1", Known(runs=(*range(1, 119), None)), "at the edge of the runs"),
    ("1", Known(runs=(*range(1, 118), None)), "an ordinary run"),
    ("0.900", BOUND, "agrees with the book"), ("0.899", BOUND, "differs"),
    ("0.5", AT_MOST, "agrees with the book"), ("0.51", AT_MOST, "differs"),
    ("0.692", LOSSES, "what guessing gives"), ("0.695", LOSSES, "what guessing gives"),
    ("0.6951", LOSSES, "beyond all runs"), ("0.4435", FEW_LOSSES, "another number"),
    ("0.4445", FEW_LOSSES, "another number"), ("1", PERCENTS, "a share"),
    ("0", PERCENTS, "far beyond the runs"),
    ("0.846", PERCENT, "a share"), ("0.846", replace(PERCENT, legal=""), "differs"),
    ("0.4", replace(PERCENTS, runs=(0.5, 80.0)), "beyond all runs"),
    ("4", BOUNDED, "excluded by the runs"), ("-1", BOUNDED, "excluded by the runs"),
    ("3.5", BOUNDED, "beyond all runs"),
    ("29", replace(BOUNDED, earlier=((63, 26, 28.5, "keras 2"),)), "within a few earlier runs"),
    ("29", replace(BOUNDED, earlier=((64, 29.5, 31, "keras 2"),)), "ordinary for earlier versions"),
    ("29", replace(BOUNDED, earlier=((64, 29.6, 31, "a"), (64, 27, 28.4, "b"))), "far beyond the runs"),
]  # fmt: skip
# a batch of 128: many of the values that its accuracy can have, or one of them
BATCH = Known(
    runs=(0.5, 0.6),
    others=tuple((k / 128 - 5e-7, k / 128 + 5e-7, "a loss") for k in range(80, 100)),
    legal="share",
    grid=1 / 128,
)
ONE = replace(BATCH, others=BATCH.others[5:6])
CASES += [
    ("0.734375", BATCH, "beyond all runs"),
    ("0.6640625", ONE, "beyond all runs"),
    ("0.6640625", replace(ONE, grid=0.0), "perhaps another number"),
    ("0.66", replace(ONE, grid=0.0), "beyond all runs"),
    ("0.9099", replace(EXACT, others=((0.90985, 0.90995, "a"), (0.9181, 0.9182, "b"))), "another number"),
    ("0.91", replace(EXACT, others=((0.9095, 0.9105, "a"),)), "differs"),  # two digits meet it by chance
    ("0.444", replace(FEW_LOSSES, others=((0.4435, 0.4445, "a"), (0.3, 0.307, "b"))), "beyond all runs"),
    (
        "0.444",
        replace(FEW_LOSSES, others=((0.4435, 0.4445, "a"), (0.9, 0.907, "b"))),
        "another number",
    ),  # not near it
]
OTHERS = replace(EARLIER, others=((8, 8, "a"), (9, 9, "b")), bounds=None)


@pytest.mark.parametrize(("typed", "known", "answer"), CASES)
def test_the_first_question_that_is_answered_is_the_answer(typed, known, answer):
    assert place_number(typed, known).answer == answer


@pytest.mark.parametrize(
    ("typed", "which"), [("8.0", 0), ("9.0", 1), ("8", 0), ("2.7", 0), ("3.1", 1), ("5", 0)]
)
def test_which_other_number_it_is(typed, which):
    assert place_number(typed, OTHERS).which == which
    assert {place_number(one, known).which for one, known, _ in CASES if "earlier" not in _} == {0}


def test_the_facts_are_those_of_counting():
    """How many runs are as far out as the end of the interval that is nearer to the others, and the gap."""
    draw = Random(1)
    for mine, n in itertools.product(range(-4, 5), range(10)):
        runs = [draw.choice([None, *range(-3, 4)]) for _ in range(n)]
        placed = place_number(str(mine), Known(runs=tuple(runs)))
        finite = [run for run in runs if run is not None]
        above, below = (sum(run >= mine - 0.5 for run in finite), sum(run <= mine + 0.5 for run in finite))
        gaps = [0.0, mine - 0.5 - max(finite), min(finite) - mine - 0.5] if finite else [0.0]
        side = "" if not finite else "above" if above <= below else "below"
        facts = (placed.n, placed.crashed, placed.as_far, placed.gap, placed.side)
        assert facts == (n, runs.count(None), min(above, below), max(gaps), side)


def test_every_answer_has_a_case_and_a_state():
    assert {answer for _, _, answer in CASES} == set(STATES)
    assert set(STATES.values()) == set(WORST)


def test_ok_is_true_only_for_what_is_as_it_should_be():
    assert [ok_of(state) for state in ("✔", "≠", "?", "✘", "–")] == [True, True, None, False, None]


def test_the_facts_of_a_number_beyond_the_runs():
    placed = place_number("2.1", HUNDRED)

    assert placed == Placed("beyond all runs", 2.1, 0.0, 100, 0, 0, "above", pytest.approx(0.06), 0)
    assert (placed.state, ok_of(placed.state)) == ("?", None)
    assert place_number("0.4", HUNDRED).side == "below"
    # the print stands for all that is printed like it
    assert place_number("5", Known(printed=(5, 4, 6), runs=(2.0, 3.0, 4.2))).as_far == 1
    assert place_number("5", Known(printed=(5, 4, 6), runs=(5.8, 7.0, 8.0))).as_far == 1


def test_the_facts_of_a_number_inside():
    placed = place_number("18", replace(TEN, runs=(*(TEN.runs or ()), None, None)))

    assert (placed.n, placed.crashed, placed.as_far, placed.side) == (12, 2, 2, "above")


def test_the_distance_from_the_print_is_known_for_all():
    assert place_number("0.81", SHARES).away == pytest.approx(0.06)


def test_the_worst_of_several_decides():
    assert worst(["equals the printed value", "beyond all runs", "differs"]) == 2
    assert worst(["equals the printed value", "equals the right value"]) == 1
    assert worst(["not compared", "an ordinary run"]) == 1
    assert worst(["differs", "differs"]) == 0


@pytest.mark.parametrize("typed", ["25", "1e9", "-3", "87007", "1007", "0", "1", "9" * 30])
@pytest.mark.parametrize(
    "known", [TEN, HUNDRED, SHARES, LOSSES, PERCENTS, EXACT, COUNT, WRONG, PRINTED, EARLIER]
)
def test_no_tick_outside_the_range(typed, known):
    """Whatever is not the print, the right value, inside the runs or what the rule accepts."""
    placed = place_number(typed, known)
    runs = [value for value in known.runs or () if value is not None]
    spans = [span for span in (known.printed, known.right) if span is not None]
    allowed = any(low <= placed.value <= high for _, low, high in spans)
    allowed |= bool(runs) and min(runs) <= placed.value <= max(runs)
    allowed |= any(n >= 64 and low <= placed.value <= high for n, low, high, _ in known.earlier)

    assert placed.state != "✔" or allowed


# typed, the number, half a unit of the last digit
READ = [
    ("0.846", 0.846, 5e-4), ("0.8460", 0.846, 5e-5), ("1e3", 1000, 500), ("1.5e-3", 0.0015, 5e-5),
    (".5", 0.5, 0.05), ("12.", 12, 0.5), ("-3.25", -3.25, 5e-3), ("+7", 7, 0.5), ("−3.25", -3.25, 5e-3),
    ("0,846", 0.846, 5e-4), ("84.6%", 0.846, 5e-4), ("84,6 %", 0.846, 5e-4), ("8.46e-1", 0.846, 5e-4),
    ("8,46e-1", 0.846, 5e-4), ("1,121", 1121, 0.5), ("-1,121", -1121, 0.5), ("1,121.5", 1121.5, 0.05),
    ("1,234,567", 1234567, 1e-6 * 1234567), ("1,12", 1.12, 5e-3), ("12,3456", 12.3456, 5e-5),
    ("0,5", 0.5, 0.05), ("1121,5", 1121.5, 0.05), (",5", 0.5, 0.05),
    ("1.0", 1.0, 1e-6), ("-20.0", -20.0, 2e-5), ("0.0", 0.0, 0.0), ("1.00", 1.0, 5e-3), ("1.0%", 0.01, 5e-4),
]  # fmt: skip
AMBIGUOUS = {"1,121", "-1,121"}
REFUSED = [
    "", "nan", "inf", "1e999", "0x10", "1_0", "٣", "1 2", ".", ",", "%", "1,2,3", "1.121,5", "1,12.5", "5%%",
    "1.2.3", "0,121,000", "0e999", f"1e{'9' * 5000}", f"1e-{'9' * 5000}",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "value", "half"), READ)
def test_a_typed_number_stands_for_its_digits(typed, value, half):
    """Half a unit of the last digit to both sides, trailing zeros and powers of ten included."""
    number = read(typed)

    assert number is not None
    assert (number.value, number.half) == (value, pytest.approx(half))
    assert number.thousands == (typed in AMBIGUOUS)


@pytest.mark.parametrize("typed", REFUSED)
def test_what_is_not_a_number_is_not_read(typed):
    """Nor is what Python alone would read."""
    assert read(typed) is None


def test_percents_where_the_numbers_are_percents():
    number = read("84.6%", percent=True)

    assert number is not None
    assert number.value == 84.6
