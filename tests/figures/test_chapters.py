"""What the figures of the chapters show of outcomes and data sets: points, prices, images, digits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop.figures import ch02, ch03, ch05, ch06, ch07
from workshop.figures.images import first_images
from workshop.figures.model import png, sheet
from workshop.measures.ch07_gans.ex01_data_distribution import exercise_7_01

IMAGE = np.array([[0, 51, 255], [102, 204, 0]], np.uint8)
PRICES = np.array([10.0, 12.0, 11.0, 15.0, 14.0])
FORECASTS = np.array([np.nan, np.nan, 12.5, 11.5, 14.5])
REAL = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
FAKE = np.array([[-1.0, 7.0], [-2.0, 8.0]])
IMAGES = np.linspace(-1, 1, 26 * 2 * 3).reshape(26, 2, 3, 1)
SIGMOID = SimpleNamespace(z=np.array([-1.0, 0.0, 1.0]), values=np.array([0.3, 0.5, 0.7]))


def only(plots: Any) -> tuple[str, tuple[Any, ...]]:
    """Return the alternative text and the parts of the only figure that a function draws."""
    alt, parts, _ = plots
    return alt, parts


def drawn(part: Any) -> dict[str, tuple[tuple[float, ...], tuple[float, ...]]]:
    """Return the points of a chart by their look."""
    return {marks.look: (marks.x, marks.y) for marks in part.marks}


def test_the_sigmoid_has_the_printed_centre_and_a_line_at_one_half() -> None:
    alt, (chart,) = only(ch02.sigmoid(SIGMOID, printed=0.25))

    assert drawn(chart) == {
        "chance": ((-1, 1), (0.5, 0.5)), "run": ((-1, 0, 1), (0.3, 0.5, 0.7)), "book": ((0,), (0.25,))
    }  # fmt: skip
    assert "from 0.300 at z = -1 through 0.500 at z = 0 to 0.700 at z = 1" in alt


def test_a_digit_is_next_to_its_probabilities_and_the_printed_ones() -> None:
    """A bar a class, a cross on each; of another number of classes there are no crosses."""
    own = np.array([[0.7, 0.1, 0.2]])
    alt, (image, bars) = only(ch02.digit(IMAGE, own, 2, printed=[[0.0, 0.25, 0.75]]))
    _, (_, without) = only(ch02.digit(IMAGE, own, 2, printed=[[0.0, 1.0]]))

    assert image.images == (("Labelled 2", png(IMAGE), ""),)
    assert drawn(bars) == {"bars": ((0, 1, 2), (0.7, 0.1, 0.2)), "book": ((0, 1, 2), (0.0, 0.25, 0.75))}
    assert "book" not in drawn(without)
    assert alt.endswith("0 with the probability 0.700, then 2 with 0.200. The book prints 0.750 for 2.")


def test_two_classes_share_a_panel() -> None:
    """With a look each; the line that was learned has a place in it."""
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame({"label": [1, 0, 0], "x1": [1.0, 2.0, 3.0], "x2": [6.0, 5.0, 4.0]})
    alt, (chart,) = only(ch02.points(table))
    said, (learned,) = only(ch02.learned(np.array([[-1.0], [1.0]]), np.array([-2.0]), table))

    assert drawn(chart) == {"real": ((2, 3), (5, 4)), "made": ((1,), (6,))}
    assert alt == "2 points of class 0 around (2.50, 4.50); 1 point of class 1 around (1.00, 6.00)."
    assert drawn(learned)["run"] == ((2, 3), (4, 5))
    assert said == f"{alt} The line has 1 point on the wrong side."


def test_three_classes_are_small_multiples_on_the_same_axes() -> None:
    """Each class is blue among the others."""
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame({"length": [1.0, 2.0, 3.0], "width": [4.0, 5.0, 6.0], "species": [0, 1, 2]})
    _, (one, *others) = only(ch02.species(table))

    assert drawn(one) == {"real": ((2, 3), (5, 6)), "made": ((1,), (4,))}
    assert {(each.x_ends, each.y_ends) for each in others} == {((1, 3), (4, 6))}


def test_an_image_is_next_to_the_strength_of_the_response() -> None:
    """White is the strongest, of either sign."""
    alt, (images,) = only(ch03.feature_map(IMAGE, np.array([[-400.0, 100.0]])))

    assert [image for _, image, _ in images.images] == [png(IMAGE), png(np.array([[255.0, 63.75]]))]
    assert "The response is strongest, 400, in column 1 from the left" in alt


def test_variants_are_under_their_names() -> None:
    """In their order; the text says which differs most."""
    alt, (images,) = only(ch03.variants({"original": np.zeros((2, 2, 3)), "flip": np.ones((2, 2, 3))}))

    assert [title for title, _, _ in images.images] == ["original", "flip"]
    assert "1 variant. Pixels differ least in the flip, by 1.00 grey levels" in alt


@pytest.mark.parametrize("zoom", [slice(2, 5), slice(-3, None)])
def test_forecasts_are_over_the_prices_and_enlarged_with_the_naive_one(zoom: slice) -> None:
    """Positions are those of the whole series; "tomorrow = today" starts with the price before the view."""
    alt, (whole, enlarged) = only(ch05.forecasts(PRICES, FORECASTS, zoom))

    assert drawn(whole) == {
        "actual": ((0, 1, 2, 3, 4), tuple(PRICES)), "run": ((2, 3, 4), (12.5, 11.5, 14.5))
    }  # fmt: skip
    assert drawn(enlarged) == {
        "actual": ((2, 3, 4), (11, 15, 14)), "naive": ((2, 3, 4), (12, 11, 15)),
        "run": ((2, 3, 4), (12.5, 11.5, 14.5)),
    }  # fmt: skip
    assert alt.count("the naive forecast, yesterday’s price, by 2.45") == 2


@pytest.mark.parametrize(("days", "shown"), [(2600, (2400, 2500)), (2450, (2400, 2449)), (300, (200, 299))])
def test_the_plain_rnns_zoom_fits_own_prices(days: int, shown: tuple[int, int]) -> None:
    """The book's positions are shown as far as there are any, and of a shorter series the last 100 days."""
    prices = np.arange(float(days))
    _, (whole, zoomed) = only(ch05.plain_rnn_forecasts(prices, prices))

    positions, _ = drawn(zoomed)["run"]
    assert (positions[0], positions[-1]) == shown
    assert len(drawn(whole)["actual"][0]) <= ch05._DRAWN


def test_the_first_day_has_no_naive_forecast() -> None:
    np.testing.assert_array_equal(ch05.naive_forecasts(PRICES[:3]), [np.nan, 10, 12])


def test_prices_are_from_the_oldest_with_the_printed_points() -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"Date": ["c", "b", "a"], "Close": [3.0, 2.0, 1.0]})
    alt, (chart,) = only(ch05.closing_prices(table, {"first": [0, 1.0], "last": [2, 3.0]}))

    assert drawn(chart) == {"actual": ((0, 1, 2), (1, 2, 3)), "book": ((0, 2), (1, 3))}
    assert alt.endswith("The book has 1 on day 0 and 3 on day 2.")


def test_lengths_are_bars_with_the_notebooks_crosses() -> None:
    alt, (chart,) = only(ch06.lengths([0.2, 0.5, 0.3], (2.0, 8.0), printed=[0.1, 0.6, 0.3]))

    assert drawn(chart) == {"bars": ((0, 1, 2), (0.2, 0.5, 0.3)), "book": ((0, 1, 2), (0.1, 0.6, 0.3))}
    assert chart.ticks == ("3", "5", "7")
    assert "from 4.00 to 6.00 words, has 50.0 % of them. In the authors' notebook it has 60.0 %" in alt


def test_points_of_all_iterations_are_on_the_same_axes() -> None:
    """Real and generated ones, with the distance from the sine below; the book's figures are named."""
    alt, charts = only(ch07.scatters([0, 1, 2000], [(REAL, FAKE), (REAL, FAKE), (REAL, 2 * FAKE)]))

    assert {(chart.x_ends, chart.y_ends) for chart in charts} == {((-4.0, 4.0), (1.0, 16.0))}
    assert drawn(charts[0]) == {"real": ((0, 4), (1, 5)), "made": ((-1, -2), (7, 8))}
    assert [chart.title for chart in charts] == ["0", "1", "2,000"]
    assert "from the nearest real point at iteration 0" in alt  # they are a reader's own
    sine = np.column_stack([REAL[:, 0], np.sin(REAL[:, 0])])
    alt, charts = only(ch07.scatters([0, 2000], [(sine, FAKE), (sine, FAKE)]))
    assert [chart.title for chart in charts] == ["0", "2,000 Figure 7.17"]
    assert "8.38 from the sine at iteration 0" in alt


def test_the_sine_and_the_untrained_generator_are_what_they_are_given() -> None:
    """From left to right, and the distance in words."""
    data = exercise_7_01().real_data
    alt, (line,) = only(ch07.sine(data))
    assert np.allclose(drawn(line)["run"], data.T, rtol=1e-2, atol=1e-2)
    assert "crosses zero" in alt
    assert "They are 2.00 from the sine on average." in only(ch07.untrained(np.array([[0.0, 2.0]])))[0]


@pytest.mark.parametrize("made", [IMAGES, IMAGES[..., 0]])
def test_generated_images_are_sheets_of_sixteen_with_what_was_measured(made: np.ndarray) -> None:
    """−1 is white; not judged by a classifier in first steps."""
    pixels = {"i10": SimpleNamespace(near_white_share=0.25), "after": SimpleNamespace(near_white_share=0.8)}
    judged = {"i10": SimpleNamespace(sure=0.5), "after": SimpleNamespace(sure=0.75)}
    alt, (images,) = only(ch07.images(pixels, judged, [made, made], 1501))
    plain, _ = only(ch07.images(pixels, {}, [made, made], 1501))

    assert [title for title, _, _ in images.images] == ["Iteration 10", "After 1,501 iterations"]
    assert "more than 80 % sure of 75.0 %" in alt
    assert "sure" not in plain


def test_outputs_are_together_and_apart() -> None:
    """The printed ones are of both together."""
    log = SimpleNamespace(iterations=[0, 50], together=[0.5, 0.5], real=[0.9, 0.8], fake=[0.1, 0.2])
    alt, (mean, apart) = only(ch07.outputs(log, printed=[0.25], last=True))

    assert drawn(mean) == {"run": ((0, 50), (0.5, 0.5)), "book": ((50,), (0.25,))}
    assert [marks.y for marks in apart.marks] == [(0.5, 0.5), (0.9, 0.8), (0.1, 0.2)]
    assert "Over real ones alone it is 0.850, over fake ones 0.150. The book prints 0.250" in alt


def test_the_first_images_of_a_data_set_have_their_labels() -> None:
    """20 of them, dark on white if they are grey."""
    data = SimpleNamespace(x_train=np.zeros((30, 4, 4), np.uint8), y_train=np.arange(30))
    alt, (images,) = only(first_images(data))

    assert images.images[0][2].startswith("Labels: 0 1 2")
    assert alt.startswith("The first 20 images, 4 × 4 pixels")


def test_what_cant_be_drawn_is_one_clear_line() -> None:
    """The error names the thing and the remedy."""
    message = "none of the 2 days has a forecast: zoom on those that have"
    with pytest.raises(ValueError, match=f"^{message}$"):
        ch05.forecasts(PRICES, FORECASTS, slice(0, 2))


def test_photographs_of_two_classes_are_five_each_and_variants_move_them() -> None:
    """The first of each class; a flip is the picture read backward."""
    rng = np.random.default_rng(2)
    pixels = {
        f"t/{kind}/{n}.jpg": rng.integers(0, 255, (52, 52, 3), np.uint8) for kind in "ab" for n in range(6)
    }
    names = {kind: tuple(f"t/{kind}/{n}.jpg" for n in range(6)) for kind in "ab"}
    archive = SimpleNamespace(
        members={"t": names, "v": {}}, images=lambda asked, size: [pixels[name] for name in asked]
    )
    _, (images,) = only(ch03.photographs(archive))
    _, (variants,) = only(ch03.augmented(archive))

    first = [pixels[f"t/{kind}/{n}.jpg"] & 0xF0 for kind in "ab" for n in range(5)]
    assert images.images[0][1] == png(sheet(np.stack(first)))
    shown = {name: image for name, image, _ in variants.images}
    assert shown["original"] == png(first[0])
    assert shown["horizontal flip"] == png(first[0][:, ::-1])
    assert len({*shown.values()}) == 8


def test_a_sentence_is_shown_by_both_numberings() -> None:
    """Under each number is the word that a network takes it for."""
    ranks = {"the": 1, "a": 2, "film": 3, "good": 4}
    indices = {"returned": [4, 3], "as_trained": [1, 7, 6]}
    alt, (cells,) = only(ch06.sentence(indices, ranks))

    assert cells.rows == (
        ("the book’s", "book", (("4", "the"), ("3", "–"))),
        ("as trained", "run", (("1", "start"), ("7", "good"), ("6", "film"))),
    )
    assert alt.startswith("The book’s numbers are those of “the –”")


def test_prices_of_two_files_lie_on_each_other() -> None:
    """A cross every 90th day, and how many days are equal; a day that differs counts."""
    pandas = pytest.importorskip("pandas")
    days = [f"{n}/1" for n in range(100)]
    mine = pandas.DataFrame({"Date": days, "Close": np.arange(100.0)})
    other = mine.assign(Close=[*np.arange(99.0), 0.0])
    alt, (chart,) = only(ch05.same_company(mine, other))

    assert "the same on 99 of 100 days" in alt
    assert drawn(chart)["book"] == ((0, 90), (99, 9))
