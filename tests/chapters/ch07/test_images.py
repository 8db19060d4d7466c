"""The images of chapter 7 as the networks see them, and controls with wrong scales, places and labels."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.chapters.deciding import holds
from workshop.measures.ch07_gans import _images as images
from workshop.measures.ch07_gans import act01_fashion_dcgan as act01
from workshop.measures.ch07_gans import ex05_dcgan as ex05
from workshop.measures.ch07_gans import text07_training_process as text07

RIGHT = images.scaled
LABELS = text07.joined_labels
DATA = {
    "ch07.ex05": (ex05.exercise_7_05_images, 6),
    "ch07.act01": (act01.activity_7_01_images, 0),
}


def drawings(margin: int = 6, shift: int = 0):
    """Return squares of ink of every level around the centre of images of ten kinds."""
    rng = np.random.default_rng(1)
    x = np.zeros((500, 28, 28), np.uint8)
    inner = slice(margin or 1, -(margin or 1))
    x[:, inner, inner] = rng.integers(0, 256, x[:, inner, inner].shape)
    x[:, 13, 13] = 255
    return SimpleNamespace(x_train=np.roll(x, shift, axis=1), y_train=np.arange(500, dtype=np.uint8) % 10)


def scale_by(monkeypatch, scaled) -> None:
    """Let both exercises scale their images in another way."""
    for module in (images, ex05, act01):
        monkeypatch.setattr(module, "scaled", scaled)


def test_scaled_by_hand() -> None:
    """Black is −1, white 1; pixels stay where they lay, behind a channel axis, and the bytes as they were."""
    given = np.array([[[0, 255, 127], [128, 51, 204]]], np.uint8)
    before = given.copy()

    values = images.scaled(given)

    expected = np.array([[[-1, 1, -1 / 255], [1 / 255, -0.6, 0.6]]])[..., np.newaxis]
    np.testing.assert_allclose(values, expected, atol=1e-7)
    assert (values.dtype, values.shape) == (np.float32, (1, 2, 3, 1))
    assert (given == before).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_only_bytes_are_scaled(dtype: Any) -> None:
    """Images that are scaled already would all become white."""
    with pytest.raises(ValueError, match="uint8 from 0 to 255"):
        images.scaled(np.zeros((1, 28, 28), dtype))


def test_only_grey_images_are_scaled() -> None:
    """The message has the shape of the images, and the shape that is wanted."""
    with pytest.raises(ValueError, match=r"shape \(2, 28, 28, 3\): give grey ones, \(n, height, width\)"):
        images.scaled(np.zeros((2, 28, 28, 3), np.uint8))


def test_data_without_images_are_refused() -> None:
    """The message names the missing array and all that are needed."""
    with pytest.raises(ValueError, match=r"^the data set has no y_train: it needs x_train, y_train$"):
        act01.activity_7_01_images(SimpleNamespace(x_train=drawings().x_train))


@pytest.mark.parametrize("unit", DATA)
def test_images_of_another_size_are_examined(unit: str) -> None:
    """Their number, height and width may be others."""
    small = SimpleNamespace(x_train=drawings().x_train[:30, 2:, 4:-4], y_train=np.zeros(30))

    found = DATA[unit][0](small)

    assert found.normalisation.subtract == pytest.approx(127.5)
    assert found.sample_grid["off_centre"][0] < -0.5


@pytest.mark.parametrize(
    ("unit", "margin", "shift"),
    [("ch07.ex05", 6, 2), ("ch07.ex05", 6, 5), ("ch07.ex05", 1, 0), ("ch07.act01", 6, 2)],
    ids=["digits off the centre", "digits at the border", "digits that fill all", "articles off the centre"],
)
def test_drawings_elsewhere_are_refused(unit: str, margin: Any, shift: int) -> None:
    """What is not centred, or leaves no white border, is not what the figures show."""
    look, _ = DATA[unit]

    assert not holds(f"{unit}.sample_grid", look(drawings(margin, shift)))


def test_ink_off_the_centre_by_hand() -> None:
    """One black pixel two rows below and half a column left of the middle; two images average."""
    x = np.full((2, 5, 4, 1), -1, np.float32)
    x[:, 4, 1] = 1
    assert images.off_centre(x) == [2.0, -0.5]

    x[1] = -1
    x[1, 0, 3] = 0.5
    assert images.off_centre(x) == [0.0, 0.5]


def test_corners_are_distinguished() -> None:
    """Each corner has a share of its own."""
    data = drawings(0)
    data.x_train[:100, 0, 0] = 1
    data.x_train[:200, -1, 0] = 9

    assert act01.activity_7_01_images(data).sample_grid["white"] == pytest.approx([0.8, 1, 0.6, 1])


@pytest.mark.parametrize(
    ("shape", "kinds", "expected"),
    [((60, 28, 28), 10, True), ((60, 28, 28, 3), 10, False), ((60, 28, 28), 9, False)],
    ids=["grey, 10 kinds", "coloured", "9 kinds"],
)
def test_kinds_and_channels_are_counted(
    monkeypatch: pytest.MonkeyPatch, shape: Any, kinds: Any, expected: Any
) -> None:
    """Colours or a kind less are not what is documented."""
    scale_by(monkeypatch, lambda given: RIGHT(drawings().x_train))
    monkeypatch.setattr(act01, "normalisation_of", lambda given: None)
    data = SimpleNamespace(x_train=np.zeros(shape, np.uint8), y_train=np.arange(60) % kinds)

    assert holds("ch07.act01.classes", act01.activity_7_01_images(data)) is expected


def test_the_channel_is_the_last_axis() -> None:
    """No pixel moves."""
    x = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)

    reshaped = images.with_channel(x)

    assert reshaped.shape == (2, 3, 4, 1)
    assert (reshaped[..., 0] == x).all()


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (LABELS, True),
        (lambda batch: LABELS(batch)[::-1], False),
        (lambda batch: np.tile([[1.0], [0.0]], (batch, 1)), False),
        (lambda batch: np.ones((2 * batch, 1)), False),
        (lambda batch: LABELS(batch // 2), False),
        (lambda batch: np.repeat([[0.9], [0.0]], batch, axis=0), False),
    ],
    ids=["ours", "swapped", "by turns", "all real", "half a batch", "smoothed"],
)
def test_labels_of_a_joined_batch(monkeypatch: pytest.MonkeyPatch, labels: Any, expected: Any) -> None:
    """Only ones for the first half and zeros for the second are what is documented."""
    monkeypatch.setattr(text07, "joined_labels", labels)

    assert holds("ch07.text07.labels", SimpleNamespace(labels=text07.labels())) is expected


def test_labels_by_hand() -> None:
    """One column, float32, the real ones first."""
    given = text07.joined_labels(2)

    assert (given.tolist(), given.dtype) == ([[1], [1], [0], [0]], np.float32)


def test_digits_are_counted_as_they_are() -> None:
    """Size, labels and shape come from the data."""
    data = SimpleNamespace(x_train=np.zeros((7, 5, 4), np.uint8), y_train=np.array([3, 1, 1, 0, 3, 0, 9]))

    found = text07.digits(data)

    assert (found.mnist_train_size, found.mnist_classes) == (7, [0, 1, 3, 9])
    assert found.channel_axis == [7, 5, 4, 1]
