"""Chapter 1's helpers, compared with NumPy, Pillow and values worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from workshop.measures.ch01_building_blocks import (
    _checks,
    act01_quadratic_equation,
    ex01_image_and_speech,
    ex03_matrix_multiplication,
    ex05_argmax,
    ex06_linear_regression,
    text01_iris_sample,
    text02_tensors,
)


@pytest.mark.usefixtures("tensorflow")
def test_line_is_where_adam_by_hand_ends() -> None:
    """Exercise 1.06 ends within 1e-6 of a NumPy Adam on the summed absolute errors."""
    x, y = np.float32([1, 2, 3, 4]), np.float32([0, -1, -2, -3])

    def gradient(theta: np.ndarray) -> np.ndarray:
        sign = np.sign(theta[0] * x + theta[1] - y)
        return np.array([(sign * x).sum(), sign.sum()], dtype=np.float32)

    by_hand = _checks.adam_by_hand(gradient, np.zeros(2), learning_rate=0.01, steps=1000)[-1]

    outcome = ex06_linear_regression.exercise_1_06()

    np.testing.assert_allclose([outcome.w, outcome.b], by_hand, atol=1e-6)


@pytest.mark.parametrize(("coefficients", "root"), [((1, -10, 25), 5), ((1, 6, 9), -3), ((2, -4, 2), 1)])
def test_vertex_of_a_perfect_square_is_its_root(
    coefficients: tuple[float, float, float], root: float
) -> None:
    """The vertex of a perfect square is its double root, where the quadratic is 0."""
    assert act01_quadratic_equation.vertex(coefficients) == root
    assert act01_quadratic_equation.quadratic(root, coefficients) == 0


@pytest.mark.parametrize(("m", "n", "p"), [(1, 1, 1), (2, 3, 2), (3, 1, 4), (4, 2, 1)])
def test_multiplication_by_hand_is_numpys(m: int, n: int, p: int) -> None:
    """Multiplication entry by entry gives NumPy's product for every shape."""
    rng = np.random.default_rng(m * 100 + n * 10 + p)
    a, b = rng.integers(-9, 10, size=(m, n)), rng.integers(-9, 10, size=(n, p))

    assert ex03_matrix_multiplication.multiply_by_hand(a.tolist(), b.tolist()) == (a @ b).tolist()


def test_matrices_that_do_not_fit_are_refused() -> None:
    """A product of matrices whose inner sizes differ is refused with both sizes."""
    with pytest.raises(ValueError, match="2 columns against 1 rows"):
        ex03_matrix_multiplication.multiply_by_hand([[1, 2]], [[3, 4]])


@pytest.mark.parametrize(("axis", "maxima"), [(0, [7, 6]), (1, [6, 7, 5])])
def test_maxima_are_read_along_the_axis(axis: int, maxima: list[int]) -> None:
    """The values at the positions of the maxima are those of columns for axis 0 and of rows for axis 1."""
    matrix = np.array([[1, 6], [7, 2], [3, 5]])

    class Tensor:
        def numpy(self) -> np.ndarray:
            return matrix

    assert ex05_argmax.maxima_at(Tensor(), matrix.argmax(axis), axis=axis) == maxima


@pytest.mark.usefixtures("tensorflow")
def test_image_tensor_has_the_same_pixels_in_every_channel() -> None:
    """An image of 2 rows, 3 columns and 5 channels has the numbered pixels in each channel."""
    image = text02_tensors.image_tensor(2, 3, 5).numpy()

    for channel in range(5):
        np.testing.assert_array_equal(image[:, :, channel], [[0, 1, 2], [3, 4, 5]])


def test_iris_columns_get_their_true_names() -> None:
    """The numbers under petallength, the sepal's lengths, come out as sepal_length; species get names."""
    pandas = pytest.importorskip("pandas")
    book = pandas.DataFrame(
        {
            "petallength": [6.0, 7.0, 5.0],
            "petalwidth": [2.9, 3.2, 3.4],
            "sepallength": [4.5, 4.7, 1.5],
            "sepalwidth": [1.5, 1.4, 0.2],
            "species": [2, 1, 0],
        }
    )

    frame = text01_iris_sample.with_true_names(book)

    assert list(frame.columns) == ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
    assert frame.iloc[0].tolist() == [6.0, 2.9, 4.5, 1.5, "virginica"]
    assert frame["species"].tolist() == ["virginica", "versicolor", "setosa"]


@pytest.mark.usefixtures("tensorflow")
def test_photograph_is_loaded_by_nearest_pixels(tmp_path: Path) -> None:
    """A photograph of twice the size is loaded as every second pixel in RGB order, then batched unchanged."""
    image_module = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, size=(12, 8, 3), dtype=np.uint8)
    path = tmp_path / "photo.png"
    image_module.fromarray(pixels).save(path)

    image = ex01_image_and_speech.load_photograph(path, (6, 4))
    batch = ex01_image_and_speech.as_batch(image)

    np.testing.assert_array_equal(batch, pixels[np.newaxis, 1::2, 1::2].astype(np.float32))
    assert batch.dtype == np.float32


@pytest.mark.parametrize(
    ("probabilities", "label", "probability"),
    [([0.5, 0.25, 0.25], "tench", 0.5), ([0.25, 0.25, 0.5], "tiger_shark", 0.5)],
)
def test_most_probable_class_is_named(probabilities: Sequence[float], label: str, probability: float) -> None:
    """The label is the most probable class, with underscores for blanks."""
    names = ("tench", "goldfish", "tiger shark")

    assert ex01_image_and_speech.top_label(np.array(probabilities), names) == (label, probability)


def test_class_names_must_match_the_classes() -> None:
    """A list of names that is too short is refused."""
    with pytest.raises(ValueError, match="2 class names for 3 classes"):
        ex01_image_and_speech.top_label(np.array([0.1, 0.2, 0.7]), ("a", "b"))


@pytest.mark.parametrize(("content", "found"), [(b"sound", "prediction.mp3"), (b"", "")])
def test_speech_is_found_only_if_something_was_written(tmp_path: Path, content: bytes, found: str) -> None:
    """The service is handed the sentence and the file; an empty file counts as none."""
    handed = []

    def service(text: str, path: Path) -> None:
        handed.append((text, path))
        path.write_bytes(content)

    file_name = ex01_image_and_speech.exercise_1_01_speech(service, tmp_path)

    assert handed == [("This is a pizza", tmp_path / "prediction.mp3")]
    assert file_name == found


@pytest.mark.usefixtures("tensorflow")
def test_sentences_name_what_the_preprocessed_photograph_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network is handed the preprocessed batch; its label ends the printed and the spoken sentence."""
    image_module = pytest.importorskip("PIL.Image")
    path = tmp_path / "photo.png"
    image_module.fromarray(np.full((4, 4, 3), 10, dtype=np.uint8)).save(path)

    class Model:
        def predict_on_batch(self, batch: np.ndarray) -> np.ndarray:
            return np.array([[0.0, 1.0]]) if (batch == 20).all() else np.array([[1.0, 0.0]])

    class Files:
        class_names = ("tench", "tiger shark")

    monkeypatch.setattr(ex01_image_and_speech, "pretrained", lambda files: (Model(), lambda batch: 2 * batch))

    outcome = ex01_image_and_speech.exercise_1_01(path, Files(), (4, 4))

    assert outcome.label == "tiger_shark"
    assert outcome.printed == "This is a : tiger_shark"
    assert outcome.spoken_text == "This is a tiger_shark"
