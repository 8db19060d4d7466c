"""The book's values in figures: they are the ledger's, at their places, on the book's own runs only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.figures.drawing import crosses
from workshop.figures import printed
from workshop.figures.panels import BLUE, GREY, ORANGE, WIDTH
from workshop.figures.printed import BOOK, NOTEBOOK, PrintedLog, Value, numbers
from workshop.figures.registry import draw_figures, draw_plots, sketches
from workshop.figures.svg import page_style, to_svg
from workshop.ledger import ledger
from workshop.paths import parse_steps
from workshop.verification.outcomes import PartOutcome

RNG = np.random.default_rng(3)


def history(epochs: int, *, validated: bool = True) -> SimpleNamespace:
    """Return the history of a training."""
    names = ("loss", "accuracy", "val_loss", "val_accuracy")[: 4 if validated else 2]
    return SimpleNamespace(**{name: RNG.uniform(0.6, 0.9, epochs) for name in names})


def outputs(iterations: Sequence[int]) -> SimpleNamespace:
    """Return the log of a training of two networks."""
    curves = {name: RNG.random(len(iterations)) for name in ("together", "real", "fake")}
    return SimpleNamespace(iterations=np.asarray(iterations), **curves)


def forecast(epochs: int) -> dict[str, Any]:
    """Return the fields of an outcome with forecasts."""
    prices = 100 + RNG.normal(size=2600)
    return {
        "curves": {"prices": prices, "forecasts": prices + 1},
        "log": RNG.uniform(0.001, 0.01, (epochs, 2)),
        "train_rmse": 0.02,
        "test_rmse": 0.03,
        "by_naive": {"train": 1.0, "test": 1.2},
    }


def nearest(count: int) -> list[list[Any]]:
    """Return a list of words and cosines."""
    return [[f"word{number}", 0.5] for number in range(count)]


SIGMOID = SimpleNamespace(z=np.array([-1.0, 0.0, 1.0]), values=np.array([0.3, 0.5, 0.7]))
GAN = {"iterations": np.arange(0, 20000, 2000), "real": RNG.random(10), "fake": RNG.random(10)}
# outcomes with the lengths of the book's own runs, by unit
OUTCOMES: dict[str, dict[str, Any]] = {
    "ch02.text01": {"sigmoid_curve": SIGMOID},
    "ch02.ex02": {"confusion": np.array([[11, 1], [2, 7]])},
    "ch02.ex05": {"history": history(1000, validated=False)},
    "ch02.ex06": {"history": history(50, validated=False)},
    "ch02.ex07": {
        "history": history(50, validated=False),
        "image": np.zeros((28, 28)), "probabilities": np.full((1, 10), 0.1), "label": 3,
    },
    "ch02.act01": {
        name: SimpleNamespace(history=history(30, validated=False)) for name in ("fresh", "continued")
    },
    **{f"ch03.{name}": {"history": history(5)} for name in ("ex02", "ex03", "ex04", "act01", "act02")},
    "ch04.text12": {"animal": nearest(10), "happiness": nearest(10)},
    "ch05.text07": forecast(3),
    "ch05.ex04": forecast(5),
    "ch05.ex05": forecast(3),
    "ch05.act01": forecast(5),
    "ch06.ex01": {"history": history(10), "earlier": SimpleNamespace(history=history(10))},
    "ch06.ex02": {"history": history(5)},
    **{f"ch06.{name}": {"history": history(4)} for name in ("ex03", "ex04", "ex05")},
    "ch06.act01": {
        "history": history(5),
        "histogram": {"shares": np.full(10, 0.1)}, "confusion": np.full((2, 2), 1000),
    },
    "ch07.ex04": {
        "log": SimpleNamespace(**GAN), "scatter": RNG.normal(size=(10, 2, 20, 2))
    },
    "ch07.text07": {"early_log": outputs(range(0, 151, 10))},
    "ch07.ex05": {"log": outputs(range(0, 5000, 10))},
    "ch07.act01": {"log": outputs(range(0, 5000, 50))},
}  # fmt: skip


def part(unit: str, *, first_steps: bool = False) -> PartOutcome:
    """Return the outcome of a unit."""
    return PartOutcome(SimpleNamespace(**OUTCOMES[unit]), (7,), first_steps, ())


def documented(path: str) -> Any:
    """Return what the ledger has at a claim's id and steps into its value."""
    return ledger().printed(path, home="")


def points(unit: str, plot: int, panel: int, label: str = BOOK) -> list[dict[float, float]]:
    """Return the printed points in a panel of one of a unit's plots, mark by mark."""
    plots = [drawn for _, _, drawn in draw_plots(unit, [part(unit)])]
    return [dict(zip(*each, strict=True)) for each in crosses(plots[plot].axes[panel], label)]


@pytest.mark.usefixtures("matplotlib")
def test_the_log_of_the_sonar_is_drawn() -> None:
    """Losses are above, accuracies below, of epochs 1 to 9, and of the tenth from a claim of its own."""
    log = {**documented("ch02.act01.log"), 10: documented("ch02.act01.log_epoch10")}

    assert points("ch02.act01", 0, 0) == [{epoch: line[0] for epoch, line in log.items()}]
    assert points("ch02.act01", 0, 1) == [{epoch: line[1] for epoch, line in log.items()}]


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize(
    ("unit", "claim", "epochs"),
    [
        ("ch02.ex05", "log_tail", range(994, 1001)),
        ("ch02.ex06", "log_excerpt", (*range(8, 16), 17, 19)),
        ("ch02.ex07", "log", (*range(1, 7), 11)),
    ],
)
def test_printed_lines_of_a_log_are_drawn(unit: str, claim: str, epochs: Sequence[int]) -> None:
    """A line is a loss and an accuracy."""
    log = documented(f"{unit}.{claim}")

    assert tuple(log) == tuple(epochs)
    assert points(unit, 0, 0) == [{epoch: log[epoch][0] for epoch in epochs}]
    assert points(unit, 0, 1) == [{epoch: log[epoch][1] for epoch in epochs}]


@pytest.mark.usefixtures("matplotlib")
def test_a_printed_history_is_drawn_with_its_validation() -> None:
    """Two marks in each panel."""
    value = documented("ch03.ex02.history")

    for panel, name in enumerate(("loss", "accuracy")):
        assert points("ch03.ex02", 0, panel) == [
            dict(enumerate(value[curve], 1)) for curve in (name, f"val_{name}")
        ]


@pytest.mark.usefixtures("matplotlib")
def test_epochs_of_several_claims_are_one_log() -> None:
    """What the book prints of an epoch is drawn, what is unreadable is not."""
    claims = {epoch: documented(f"ch03.ex03.epoch{epoch}") for epoch in range(1, 6)}

    assert points("ch03.ex03", 0, 0) == [
        {epoch: value[curve] for epoch, value in claims.items() if curve in value}
        for curve in ("loss", "val_loss")
    ]


@pytest.mark.usefixtures("matplotlib")
def test_slices_of_epochs_are_at_their_epochs() -> None:
    """`history.loss[1:3]` is of epochs 2 and 3."""
    first, middle, last = (documented(f"ch06.ex04.{name}") for name in ("epoch1", "epochs_2_3", "epoch4"))

    for panel, name in enumerate(("loss", "accuracy")):
        assert points("ch06.ex04", 0, panel) == [
            dict(enumerate([first[curve], *middle[curve], last[curve]], 1)) for curve in (name, f"val_{name}")
        ]


@pytest.mark.usefixtures("matplotlib")
def test_the_notebooks_log_is_not_called_the_books() -> None:
    """Nor does it hide what the book prints; earlier RMSprop is next to the same log."""
    value = documented("ch06.ex01.epochs_6_10")
    first = documented("ch06.ex01.epoch1")

    for plot in (0, 1):
        assert points("ch06.ex01", plot, 0) == []
        assert points("ch06.ex01", plot, 0, NOTEBOOK) == [
            {1: first[curve], **dict(enumerate(value[curve], 6))} for curve in ("loss", "val_loss")
        ]
    book, notebook = (points("ch03.ex04", 0, 0, label) for label in (BOOK, NOTEBOOK))
    assert book == [{5: documented(f"ch03.ex04.epoch5.{curve}")} for curve in ("loss", "val_loss")]
    assert [[*each] for each in notebook] == [[1, 2, 3, 4]] * 2


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize("unit", ["ch05.text07", "ch05.ex04", "ch05.ex05", "ch05.act01"])
def test_printed_losses_and_errors_of_chapter_5_are_drawn(unit: str) -> None:
    """A loss and a validation loss of each epoch, and both errors."""
    values = [claim.documented for claim in ledger().units[unit].claims if claim.name.startswith("epoch")]
    lines = [line for value in values for line in ([[*value.values()]] if isinstance(value, dict) else value)]

    assert points(unit, 3, 0) == [
        {epoch: line[column] for epoch, line in enumerate(lines, 1)} for column in (0, 1)
    ]
    errors = [documented(f"{unit}.{name}_rmse") for name in ("train", "test")]
    drawn = [each for _, _, each in draw_plots(unit, [part(unit)])]
    assert crosses(drawn[2].axes[0]) == [(errors, [0, 1])]


@pytest.mark.usefixtures("matplotlib")
def test_printed_outputs_and_accuracies_of_chapter_7_are_drawn() -> None:
    """The first 14 prints of the digits, the last seven of the fashion, and ten of the sine."""
    first = documented("ch07.ex05.probability_log.printed")
    last = documented("ch07.act01.probability_log.last")
    sine = documented("ch07.ex04.accuracy_log")

    for unit in ("ch07.text07", "ch07.ex05"):
        assert points(unit, 0, 0) == [dict(zip(range(0, 140, 10), first, strict=True))]
    assert points("ch07.act01", 0, 0) == [dict(zip(range(4650, 5000, 50), last, strict=True))]
    for panel, name in enumerate(("real", "fake")):
        assert points("ch07.ex04", 4, panel) == [dict(zip(range(0, 20000, 2000), sine[name], strict=True))]


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize(("unit", "plot"), [("ch02.ex02", 0), ("ch06.act01", 2)])
def test_printed_confusion_matrices_are_drawn(unit: str, plot: int) -> None:
    """All counts, row by row."""
    plots = [each for _, _, each in draw_plots(unit, [part(unit)])]

    texts = [text.get_text() for text in plots[plot].axes[0].texts if "%" not in text.get_text()]
    assert texts == [f"{count:,}" for row in documented(f"{unit}.confusion") for count in row]


@pytest.mark.usefixtures("matplotlib")
def test_other_printed_values_are_drawn() -> None:
    """Probabilities of a digit, the sigmoid at zero, lengths of reviews and words."""
    (probabilities,) = documented("ch02.ex07.probabilities")
    assert points("ch02.ex07", 1, 1) == [dict(enumerate(probabilities))]
    assert points("ch02.text01", 0, 0) == [{0: documented("ch02.text01.sigmoid_curve.centre")}]
    shares = points("ch06.act01", 0, 0, NOTEBOOK)
    assert [[*each.values()] for each in shares] == [documented("ch06.act01.lengths")]
    (animal, _) = (table for _, _, table in draw_plots("ch04.text12", [part("ch04.text12")]))
    assert all(
        f"<td>{word}</td><td>{cosine:.3f}</td>" in animal for word, cosine in documented("ch04.text12.animal")
    )


def test_what_figures_ask_for_is_in_the_ledger() -> None:
    """No figure asks for a value that the ledger does not have."""
    asked = [sketch.printed for several in sketches().values() for sketch in several if sketch.printed]
    logs = [each for each in asked if isinstance(each, PrintedLog)]
    values = [each for each in asked if isinstance(each, Value)]

    assert len(logs) > 20
    assert len(values) > 15
    assert [each for each in values if each() is None] == []
    assert [log for log in logs if not any(log(history(1000)).values())] == []


def in_another_form(documented: Any) -> Any:
    """Return a ledger with this value in all claims of the units that are drawn."""
    claims = {
        claim.id: claim.model_copy(update={"documented": documented}) for claim in ledger().claims.values()
    }
    units = {
        unit: SimpleNamespace(claims=[claims[claim.id] for claim in ledger().units[unit].claims])
        for unit in OUTCOMES
    }

    def read(path: str, *, home: str) -> Any:
        measured = re.match(r"ch\d\d\.\w+\.\w+", path)
        assert measured
        steps = parse_steps(path[measured.end() :])
        return printed.follow(claims[measured[0]].documented, steps)

    return SimpleNamespace(units=units, claims=claims, printed=read)


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize("other", ["a text", {"loss": "x", "printed": None}], ids=repr)
def test_a_claim_of_another_form_costs_no_figure(monkeypatch: pytest.MonkeyPatch, other: Any) -> None:
    """The figure is drawn without the book's values."""
    monkeypatch.setattr(printed, "ledger", lambda: in_another_form(other))

    for unit in OUTCOMES:
        drawn = [each for _, _, each in draw_plots(unit, [part(unit)])]
        assert drawn
        legends = [found for each in drawn if not isinstance(each, str) for found in each.legends]
        assert BOOK not in {text.get_text() for found in legends for text in found.texts}


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize(("first_steps", "book"), [(True, True), (False, False)])
def test_other_runs_than_the_books_have_no_crosses(first_steps: bool, book: bool) -> None:
    """Neither first steps nor a reader's own data or settings is next to the book's values."""
    for unit in OUTCOMES:
        for _, alt, drawn in draw_plots(unit, [part(unit, first_steps=first_steps)], book=book):
            assert "ook" not in alt
            if isinstance(drawn, str):
                assert BOOK not in drawn
            else:
                labels = {line.get_label() for panel in drawn.axes for line in panel.lines}
                assert not labels & {BOOK, NOTEBOOK}
    (figure,) = draw_figures({"ch02.ex02": [part("ch02.ex02", first_steps=first_steps)]}, book=book)[
        "ch02.ex02"
    ]
    assert BOOK not in figure.content


@pytest.mark.parametrize(
    "value", [None, "text", [[True, False]], {1: 2.0}, [1.0, 2.0], [[1.0], [2.0, 3.0]], [[1.0, float("nan")]]]
)
def test_what_are_no_numbers_of_a_shape_is_nothing(value: Any) -> None:
    """Another shape, text and no number are none of them."""
    assert numbers(value, (1, 2)) is None
    np.testing.assert_array_equal(numbers([[1, 2]], (1, 2)), [[1.0, 2.0]])


def test_a_value_that_is_not_there_is_nothing() -> None:
    """A claim that went, and a name that its value does not have."""
    assert Value("ch02.ex02.gone")() is None
    assert Value("ch07.ex05.probability_log.gone")() is None


# sizes and colours


def plots() -> Iterator[tuple[str, Any]]:
    """Yield all plots with their units, in the style of the page."""
    for unit in OUTCOMES:
        for _, _, each in draw_plots(unit, [part(unit)]):
            if not isinstance(each, str):
                yield unit, each


@pytest.mark.usefixtures("matplotlib")
def test_labels_have_11_pixels_in_a_column_of_the_page() -> None:
    """A figure is shown 300 pixels wide at least."""
    with page_style():
        for unit, sheet in plots():
            assert sheet.get_figwidth() == WIDTH
            text = to_svg(sheet)
            (width,) = re.findall(r'viewBox="0 0 ([\d.]+) ', text)
            sizes = [float(size) for size in re.findall(r"font(?:-size)?: (?:\w+ )*([\d.]+)px", text)]
            assert sizes, unit
            assert min(sizes) * 300 / float(width) >= 11, unit


@pytest.mark.usefixtures("matplotlib")
def test_no_text_is_cut_off() -> None:
    """Labels and legends lie on the sheet."""
    from matplotlib.text import Text

    with page_style():
        for unit, sheet in plots():
            sheet.draw_without_rendering()
            whole = sheet.bbox
            shown = [*sheet.legends]
            for panel in sheet.axes:
                shown += [panel.xaxis.label, panel.yaxis.label, panel.title, *panel.texts]
            for each in shown:
                if isinstance(each, Text) and not each.get_text():
                    continue
                box = each.get_window_extent()
                assert box.x0 >= whole.x0 - 0.5, (unit, each)
                assert box.x1 <= whole.x1 + 0.5, (unit, each)
                assert box.y0 >= whole.y0 - 0.5, (unit, each)
                assert box.y1 <= whole.y1 + 0.5, (unit, each)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [BLUE, ORANGE, GREY])
@pytest.mark.parametrize("paper", ["#ffffff", "#fcfcfb", "#121518", "#191d21", "#1f2429"])
def test_own_colours_are_visible_on_any_page(colour: str, paper: str) -> None:
    """A notebook has none of the page's variables."""
    assert contrast(colour, paper) >= 3


@pytest.mark.usefixtures("matplotlib")
def test_the_books_values_have_the_pages_orange() -> None:
    """In light and in dark the page exchanges it."""
    found: Mapping[str, Any] = draw_figures({"ch03.ex02": [part("ch03.ex02")]})
    (figure,) = found["ch03.ex02"]

    assert f"var(--c1, {ORANGE})" in figure.content
