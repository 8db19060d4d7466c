"""Figures that follow from what claims measure: logs, recorded runs, this run's line; words, layers."""

import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop.book import package_book
from workshop.execution.catalogue import catalogue
from workshop.figures.kinds import BOOK, NOTEBOOK, DrawnRuns, by_kind
from workshop.figures.model import Chart, Figure, Layers, Marks, Matrix, Rank
from workshop.figures.registry import draw_figures, sketches
from workshop.ledger import ledger
from workshop.samples.model import drawn_runs
from workshop.verification.engine import PartOutcome

HERE = {"device": "cpu"}
# what speaks of something to be seen
SEEN = re.compile(
    r"\b(figures?|plot\w*|curves?|histograms?|images?|graphs?|photographs?|pictures?|chart)\b", re.IGNORECASE
)
TRAINED = [
    unit.id
    for unit in ledger().units.values()
    if re.search(r"\.(ex|act)", unit.id)
    and any(re.search(r"\.(history|log)\b", str(m)) for c in unit.claims for m in c.measures().values())
]


def documented(path: str) -> Any:
    """Return what the ledger has at a claim's id and steps into its value."""
    return ledger().printed(path, home="")


def figures(unit: str, *outcomes: Any, book: bool = True, **changed: Any) -> list[Figure]:
    """Return the figures of a unit's claims, with the package's recorded runs."""
    recorded = drawn_runs(package_book(), [unit], HERE) | changed
    return [*by_kind(unit, ledger().units[unit].claims if book else (), outcomes, recorded if book else {})]


def marks(found: Sequence[Figure], curve: str, look: str) -> dict[float, float]:
    """Return the points of a curve that have a look, by epoch."""
    drawn: list[Marks] = [
        each
        for figure in found
        for part in figure.parts
        if isinstance(part, Chart) and part.title == curve
        for each in part.marks
        if each.look == look
    ]
    return {x: y for each in drawn for x, y in zip(each.x, each.y, strict=True)}


LOSS, ACCURACY = "Training loss", "Training accuracy"


@pytest.mark.parametrize(
    ("unit", "claim", "epochs"),
    [
        ("ch02.ex05", "log_tail", range(994, 1001)),
        ("ch02.ex06", "log_excerpt", (*range(8, 16), 17, 19)),
        ("ch02.ex07", "log", (*range(1, 7), 11)),
    ],
)
def test_printed_lines_of_a_log_are_crosses(unit, claim, epochs):
    """A line is a loss and an accuracy; the first may be the notebook's."""
    log, found = documented(f"{unit}.{claim}"), figures(unit)

    for column, curve in enumerate((LOSS, ACCURACY)):
        drawn = marks(found, curve, "book")
        assert {epoch: drawn[epoch] for epoch in epochs} == {e: log[e][column] for e in epochs}


def test_the_log_of_the_sonar_lies_outside_the_recorded_runs():
    """The erratum is to be seen: crosses of the first fit, and this run's second fit next to them."""
    fits = {
        name: SimpleNamespace(history=SimpleNamespace(loss=[0.7, 0.4], accuracy=[0.5, 0.8]))
        for name in ("fresh", "continued")
    }
    (first, *_) = figures("ch02.act01", SimpleNamespace(**fits))

    log = {**documented("ch02.act01.log"), 10: documented("ch02.act01.log_epoch10")}
    assert marks([first], LOSS, "book") == {epoch: log[epoch][0] for epoch in range(1, 11)}
    assert marks([first], LOSS, "other") == {1: 0.7, 2: 0.4}
    inside, whole = re.match(r"(\d+) of (\d+) printed values lie within", first.note).groups()
    assert int(inside) < int(whole) / 4


def test_a_printed_history_is_drawn_and_its_validation_folded():
    value, claims = documented("ch03.ex02.history"), [ledger().claims["ch03.ex02.history"]]
    found = [*by_kind("ch03.ex02", claims, [], drawn_runs(package_book(), ["ch03.ex02"], HERE))]

    assert [figure.folded for figure in found[:2]] == [False, True]
    for curve, name in ((LOSS, "loss"), ("Validation accuracy", "val_accuracy")):
        assert marks(found, curve, "book") == dict(enumerate(value[name], 1))


@pytest.mark.parametrize("unit", ["ch05.text07", "ch05.ex04", "ch05.ex05", "ch05.act01"])
def test_printed_losses_of_chapter_5_are_drawn(unit):
    """A loss and a validation loss of each epoch, from rows, columns and single numbers."""
    values = [claim.documented for claim in ledger().units[unit].claims if claim.name.startswith("epoch")]
    lines = [line for value in values for line in ([[*value.values()]] if isinstance(value, dict) else value)]
    found = figures(unit)

    assert marks(found, LOSS, "book") == {epoch: line[0] for epoch, line in enumerate(lines, 1)}
    assert marks(found, "Validation loss", "book") == {e: line[1] for e, line in enumerate(lines, 1)}


def test_slices_and_several_claims_are_one_log():
    """`history.loss[1:3]` is of epochs 2 and 3; the notebook's log is not called the book's."""
    first, middle, last = (documented(f"ch06.ex04.{name}") for name in ("epoch1", "epochs_2_3", "epoch4"))
    (training, *_) = found = figures("ch06.ex04")

    assert marks(found, LOSS, "book") == dict(enumerate([first["loss"], *middle["loss"], last["loss"]], 1))
    six = documented("ch06.ex01.epochs_6_10")["loss"]
    (notebook, *_) = figures("ch06.ex01")
    assert marks([notebook], LOSS, "notebook") == {
        1: documented("ch06.ex01.epoch1.loss"),
        **dict(enumerate(six, 6)),
    }
    names = {each.name for part in notebook.parts for each in part.marks if each.look == "notebook"}
    assert names == {NOTEBOOK}
    assert {each.name for part in training.parts for each in part.marks if each.look == "book"} == {BOOK}


def test_outputs_and_accuracies_of_gans_are_at_their_iterations():
    sine, digits = documented("ch07.ex04.accuracy_log"), documented("ch07.ex05.probability_log.printed")

    found = marks(figures("ch07.ex04"), "Accuracy on real points", "book")
    assert found == pytest.approx(dict(zip(range(0, 20000, 2000), sine["real"], strict=True)), rel=1e-4)
    found = marks(figures("ch07.ex05"), "Mean output on real and generated images", "book")
    assert found == pytest.approx(dict(zip(range(0, 140, 10), digits, strict=True)), rel=1e-4)


def test_the_area_is_the_range_of_the_recorded_runs():
    """Of each epoch the least and the greatest run, and half of the runs within the darker area."""
    recorded = DrawnRuns({"history.loss": [[float(run), run + 0.5] for run in range(5)] + [None]})
    (figure, *_) = figures("ch03.ex02", **{"ch03.ex02": recorded})

    area, half, median = figure.parts[0].marks[:3]
    assert (area.low, area.y) == ((0.0, 0.5), (4.0, 4.5))
    assert (half.low, half.y, median.y) == ((1.0, 1.5), (3.0, 3.5), (2.0, 2.5))
    assert area.name == "5 recorded runs: range"
    assert "median of 5 recorded runs 2.00 to 2.50" in figure.alt


def test_this_runs_line_is_its_outcome_or_the_recorded_run_that_it_repeated():
    """The caption says which; without either there is no line."""
    history = SimpleNamespace(loss=[0.9, 0.5], accuracy=[0.6, 0.8])
    (own, *_) = figures("ch03.ex02", SimpleNamespace(history=history))
    runs = drawn_runs(package_book(), ["ch03.ex02"], HERE)["ch03.ex02"]
    (repeated, *_) = figures("ch03.ex02", **{"ch03.ex02": DrawnRuns(runs.values, 3)})
    (without, *_) = figures("ch03.ex02")

    assert marks([own], LOSS, "run") == {1: 0.9, 2: 0.5}
    assert [*marks([repeated], LOSS, "run").values()] == pytest.approx(
        runs.values["history.loss"][3], rel=1e-4
    )
    assert "is a recorded run; this machine repeated its first steps" in repeated.note
    ends = [each.end for figure in (own, repeated) for each in figure.parts[0].marks if each.look == "run"]
    words = [end.rpartition(" ")[0] for end in ends]
    assert words == ["this run", f"run 4 of {len(runs.values['history.loss'])}"]  # not the median
    assert marks([without], LOSS, "run") == {}


def test_the_earlier_optimizer_is_another_era():
    (figure, *_) = figures("ch06.ex02")

    (era,) = [each for each in figure.parts[0].marks if each.look == "era"]
    assert era.name == "64 runs with the RMSprop of Keras up to 2.10"
    assert figure.note.startswith("0 of 10 printed values lie within the recorded runs. 10 of 10 lie within")


def test_own_data_have_neither_crosses_nor_recorded_runs():
    history = SimpleNamespace(loss=[0.9, 0.01], accuracy=[0.6, 0.01])
    found = figures("ch03.ex02", SimpleNamespace(history=history), book=False)

    looks = {each.look for figure in found for part in figure.parts for each in part.marks}
    assert looks == {"run"}
    assert marks(found, ACCURACY, "run") == {1: 0.6, 2: 0.01}
    assert [part.log for part in found[0].parts] == [True, False]
    assert not any("ook" in figure.alt for figure in found)


def test_words_are_ranked_by_the_runs_that_have_them():
    """The book's order, and each word's count, also of a word that few runs have."""
    (brown, movie) = figures("ch04.ex06")

    (rank,) = brown.parts
    assert isinstance(rank, Rank)
    assert rank.book == ("job", "care", "friendship", "risk", "permission")
    assert rank.runs == 64
    lists = drawn_runs(package_book(), ["ch04.ex06"], HERE)["ch04.ex06"].values["brown_money"]
    for word in (*rank.book, rank.counts[0][0]):
        assert dict(rank.counts)[word] == sum(word in [each for each, _ in run] for run in lists)
    assert "5 of the book’s 5 words are in the lists of most runs" in movie.alt
    # the same words of a run, for a claim of which the book prints no order, are drawn once
    words = [["cash", 0.9], ["funds", 0.8], ["fund", 0.7]]
    assert figures("ch04.ex06", SimpleNamespace(brown_money=words, movie_money=words)) == [brown, movie]


def test_only_words_that_both_have_are_joined():
    """On substitute data the runs have none of the book's ten words next to animal: no lines to explain."""
    animal, happiness = figures("ch04.text12")

    assert not {*animal.parts[0].book} & {word for word, _ in animal.parts[0].counts}
    assert animal.note == ""
    assert happiness.note.startswith("Solid lines")


def test_one_list_is_ranked_by_its_own_cosines():
    (money, *_) = figures(
        "ch04.text17", SimpleNamespace(money=[["cash", 0.9], ["funds", 0.8], ["fund", 0.7]])
    )

    assert money.parts[0].runs == 0
    assert money.parts[0].counts[0] == ("cash", 0.9)


def test_matrices_show_the_book_and_the_run():
    """The same numbers once; other numbers side by side, and in words how many predictions are right."""
    book = [[12.0, 0.0], [0.0, 9.0]]
    same, other = (
        next(
            f for f in figures("ch02.ex02", SimpleNamespace(confusion=np.array(table))) if "atrix" in f.title
        )
        for table in (book, [[11, 1], [0, 9]])
    )

    assert isinstance(same.parts[0], Matrix)
    assert same.parts[0].run == same.parts[0].book
    assert other.parts[0].run == ((11.0, 1.0), (0.0, 9.0))
    assert "The book prints 21 of 21 predictions right, 100.0 %. This run has 20 of 21" in other.alt


def test_a_network_is_a_table_of_layers():
    printed = documented("ch06.ex02.summary")
    other = [[*row] for row in printed]
    other[1][2] = other[2][2] = 1
    same, differs = (
        next(f for f in figures("ch06.ex02", SimpleNamespace(layers=rows)) if isinstance(f.parts[0], Layers))
        for rows in (printed, other)
    )

    assert same.parts[0].rows[2] == ("LSTM", "32", 8320, 8320, "")
    assert same.alt == "5 layers, 264,353 parameters, 96.8 % of them in Embedding. This run has the same."
    assert differs.parts[0].rows[2] == ("LSTM", "32", 8320, 1, "1")
    assert differs.alt.endswith("This run differs in 2 layers.")


@pytest.mark.parametrize("unit", TRAINED)
def test_every_training_has_its_curves_though_nothing_ran(unit):
    assert any(
        each.look == "range"
        for f in figures(unit)
        for part in f.parts
        if isinstance(part, Chart)
        for each in part.marks
    )


def test_what_speaks_of_something_to_be_seen_stands_with_a_figure():
    """Of the results whose line or statement names a picture most have one in their unit."""
    speaking = [
        claim
        for claim in ledger().claims.values()
        if not claim.ours and SEEN.search(f"{claim.what} {claim.statement or ''} {claim.test or ''}")
    ]
    units = {claim.unit for claim in speaking}
    drawn = {unit for unit in units if figures(unit) or unit in sketches()}

    assert len(speaking) >= 128
    assert sum(claim.unit in drawn for claim in speaking) >= 105


def test_outcomes_with_a_history_are_drawn():
    """Each unit whose outcome has the history of a training has the claims that make it a figure."""
    parts = catalogue(f"ch{number:02}" for number in range(1, 8)).parts
    having = {
        unit for unit, several in parts.items() if any("history" in p.outcome_fields() for p in several)
    }

    assert having
    for unit in having:
        assert figures(unit), unit


@pytest.mark.parametrize("other", ["a text", {"loss": "x", "printed": None}, [[1, 2], [3]]], ids=repr)
def test_a_claim_of_another_form_costs_no_figure(other):
    """The runs are drawn without the book's values."""
    for unit in ("ch02.ex05", "ch03.ex02", "ch04.ex06", "ch05.ex04", "ch07.ex04"):
        claims = [c.model_copy(update={"documented": other}) for c in ledger().units[unit].claims]
        found = [*by_kind(unit, claims, [], drawn_runs(package_book(), [unit], HERE))]
        assert not marks(found, LOSS, "book")
        assert found or unit == "ch04.ex06"


def test_first_steps_are_not_drawn_as_the_run():
    part = PartOutcome(SimpleNamespace(history=SimpleNamespace(loss=[1.0], accuracy=[0.5])), (7,), True, ())
    drawn = draw_figures(
        ledger(), {"ch03.ex02": [part]}, recorded=drawn_runs(package_book(), ["ch03.ex02"], HERE)
    )

    assert marks(drawn["ch03.ex02"], LOSS, "run") == {}
