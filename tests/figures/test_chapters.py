"""What the figures of the chapters show of outcomes and data sets: points, prices, images, digits."""

import base64
import io
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop.figures import ch02, ch03, ch05, ch06, ch07
from workshop.figures.images import first_images
from workshop.figures.model import jpeg, png, sheet
from workshop.measures.ch07_gans.ex01_data_distribution import exercise_7_01

IMAGE = np.array([[0, 51, 255], [102, 204, 0]], np.uint8)
PRICES = np.array([10.0, 12.0, 11.0, 15.0, 14.0])
FORECASTS = np.array([np.nan, np.nan, 12.5, 11.5, 14.5])
REAL = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
FAKE = np.array([[-1.0, 7.0], [-2.0, 8.0]])
SINE = np.column_stack([REAL[:, 0], np.sin(REAL[:, 0])])
IMAGES = np.linspace(-1, 1, 26 * 2 * 3).reshape(26, 2, 3, 1)
SIGMOID = SimpleNamespace(z=np.array([-1.0, 0.0, 1.0]), values=np.array([0.3, 0.5, 0.7]))
OWN = np.array([[0.7, 0.1, 0.2]])
PIXELS = {"i10": SimpleNamespace(near_white_share=0.25), "after": SimpleNamespace(near_white_share=0.8)}
JUDGED = {"i10": SimpleNamespace(sure=0.5), "after": SimpleNamespace(sure=0.75)}
LOG = SimpleNamespace(iterations=[0, 50], together=[0.5, 0.5], real=[0.9, 0.8], fake=[0.1, 0.2])
SENTENCE = {"returned": [4, 3], "as_trained": [1, 7, 6]}
RANKS = {"the": 1, "a": 2, "film": 3, "good": 4}


def only(plots: Any) -> tuple[str, tuple[Any, ...]]:
    """Return the alternative text and the parts of the only figure that a function draws."""
    alt, parts, _ = plots
    return alt, parts


def drawn(part: Any) -> dict[str, tuple[tuple[float, ...], tuple[float, ...]]]:
    """Return the points of a chart by their look."""
    return {marks.look: (marks.x, marks.y) for marks in part.marks}


def described(plots: Any) -> str:
    """Return a figure in words: its text, and of each part what it draws, but for pixels."""
    alt, parts = only(plots)
    lines = [alt]
    for part in parts:
        if part.kind == "chart":
            ends = "".join(f" {name} {it}" for name, it in (("x", part.x_ends), ("y", part.y_ends)) if it)
            lines.append(f"chart {part.title!r}{ends} {' '.join(part.ticks)}".rstrip())
            lines += [f"  {m.look} {m.name!r}: {m.x} {m.y}" for m in part.marks]
        elif part.kind == "images":
            lines += [f"image {title!r} {text!r}" for title, _, text in part.images]
        else:
            lines += map(str, part.rows)
    return "\n".join(lines)


def test_a_figure_shows_what_is_written(golden):
    frame = pytest.importorskip("pandas").DataFrame
    points = frame({"label": [1, 0, 0], "x1": [1.0, 2.0, 3.0], "x2": [6.0, 5.0, 4.0]})
    flowers = frame({"length": [1.0, 2.0, 3.0], "width": [4.0, 5.0, 6.0], "species": [0, 1, 2]})
    prices = frame({"Date": ["c", "b", "a"], "Close": [3.0, 2.0, 1.0]})
    mine = frame({"Date": [f"{n}/1" for n in range(100)], "Close": np.arange(100.0)})
    figures = {
        "sigmoid": ch02.sigmoid(SIGMOID, printed=0.25),
        "digit": ch02.digit(IMAGE, OWN, 2, printed=[[0.0, 0.25, 0.75]]),
        "digit, other classes in print": ch02.digit(IMAGE, OWN, 2, printed=[[0.0, 1.0]]),
        "two classes": ch02.points(points),
        "a learned line": ch02.learned(np.array([[-1.0], [1.0]]), np.array([-2.0]), points),
        "three classes": ch02.species(flowers),
        "feature map": ch03.feature_map(IMAGE, np.array([[-400.0, 100.0]])),
        "mistaken column": ch03.column_mistaken([0.7, {"val_loss": 0.7, "val_accuracy": 0.9}]),
        "variants": ch03.variants(
            {name: np.full((2, 2, 3), float(grey)) for grey, name in enumerate(("original", "flip", "shift"))}
        ),
        "forecasts": ch05.forecasts(PRICES, FORECASTS, slice(2, 5)),
        "forecasts, from the end": ch05.forecasts(PRICES, FORECASTS, slice(-3, None)),
        "closing prices": ch05.closing_prices(prices, {"first": [0, 1.0], "last": [2, 3.0]}),
        "one company": ch05.same_company(mine, mine.assign(Close=[*np.arange(99.0), 0.0])),
        "lengths": ch06.lengths([0.2, 0.5, 0.3], (2.0, 8.0), printed=[0.1, 0.6, 0.3]),
        "sentence": ch06.sentence(SENTENCE, RANKS),
        "points of a GAN": ch07.scatters([0, 1, 2000], [(REAL, FAKE), (REAL, FAKE), (REAL, 2 * FAKE)]),
        "points of the book's": ch07.scatters([0, 2000], [(SINE, FAKE), (SINE, FAKE)]),
        "untrained": ch07.untrained(np.array([[0.0, 2.0]])),
        "generated images": ch07.images(PIXELS, JUDGED, [IMAGES, IMAGES], 1501),
        "generated images, not judged": ch07.images(PIXELS, {}, [IMAGES[..., 0], IMAGES[..., 0]], 1501),
        "outputs": ch07.outputs(LOG, printed=[0.25], last=True),
        "first outputs": ch07.outputs(LOG, printed=[0.25]),
        "first images": first_images(
            SimpleNamespace(x_train=np.zeros((30, 4, 4), np.uint8), y_train=np.arange(30))
        ),
    }
    golden("chapters.txt", {name: described(figure) for name, figure in figures.items()})


@pytest.mark.parametrize(("days", "shown"), [(2600, (2400, 2500)), (2450, (2400, 2449)), (300, (200, 299))])
def test_the_plain_rnns_zoom_fits_own_prices(days, shown):
    prices = np.arange(float(days))
    _, (whole, zoomed) = only(ch05.plain_rnn_forecasts(prices, prices))

    positions, _ = drawn(zoomed)["run"]
    assert (positions[0], positions[-1]) == shown
    assert len(drawn(whole)["actual"][0]) <= ch05._DRAWN


def test_the_first_day_has_no_naive_forecast():
    np.testing.assert_array_equal(ch05.naive_forecasts(PRICES[:3]), [np.nan, 10, 12])


def test_the_sine_is_what_it_is_given():
    data = exercise_7_01().real_data
    alt, (line,) = only(ch07.sine(data))

    assert np.allclose(drawn(line)["run"], data.T, rtol=1e-2, atol=1e-2)
    assert "crosses zero" in alt


def test_what_cant_be_drawn_is_one_clear_line():
    message = "none of the 2 days has a forecast: zoom on those that have"
    with pytest.raises(ValueError, match=f"^{message}$"):
        ch05.forecasts(PRICES, FORECASTS, slice(0, 2))


def test_an_image_is_what_it_is_given():
    _, (feature,) = only(ch03.feature_map(IMAGE, np.array([[-400.0, 100.0]])))
    _, (digit, _) = only(ch02.digit(IMAGE, OWN, 2, printed=[[0.0, 1.0]]))

    assert [image for _, image, _ in feature.images] == [png(IMAGE), png(np.array([[255.0, 63.75]]))]
    assert digit.images == (("Labelled 2", png(IMAGE), ""),)


def test_photographs_of_two_classes_are_five_each_and_variants_move_them():
    pytest.importorskip("PIL")
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
    first = [pixels[f"t/{kind}/{n}.jpg"] for kind in "ab" for n in range(5)]

    assert images.images[0][1] == jpeg(sheet(np.stack(first)))
    shown = {name: image for name, image, _ in variants.images}
    assert shown["original"] == jpeg(first[0])
    assert shown["horizontal flip"] == jpeg(first[0][:, ::-1])
    assert len({*shown.values()}) == 8


def test_a_photograph_is_a_jpeg_file_of_its_pixels():
    viewer = pytest.importorskip("PIL.Image")
    red, green = np.meshgrid(np.arange(0, 250, 5), np.arange(0, 200, 5))
    pixels = np.stack([red, green, np.full_like(red, 90)], axis=2)

    with viewer.open(io.BytesIO(base64.b64decode(jpeg(pixels)))) as file:
        kind, found = file.format, np.asarray(file, int)

    assert kind == "JPEG"
    assert np.abs(found - pixels).max() <= 8
