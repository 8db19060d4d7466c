"""Chapter 1's helpers, compared with NumPy, Pillow and values worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workshop.measures.ch01_building_blocks import (
    _checks,
    ex01_image_and_speech,
    ex03_matrix_multiplication,
    ex06_linear_regression,
    text01_iris_sample,
)


@pytest.mark.usefixtures("tensorflow")
def test_line_is_where_adam_by_hand_ends() -> None:
    x, y = np.float32([1, 2, 3, 4]), np.float32([0, -1, -2, -3])

    def gradient(theta: np.ndarray) -> np.ndarray:
        sign = np.sign(theta[0] * x + theta[1] - y)
        return np.array([(sign * x).sum(), sign.sum()], dtype=np.float32)

    by_hand = _checks.adam_by_hand(gradient, np.zeros(2), learning_rate=0.01, steps=1000)[-1]

    outcome = ex06_linear_regression.exercise_1_06()

    np.testing.assert_allclose([outcome.w, outcome.b], by_hand, atol=1e-6)


@pytest.mark.parametrize(("m", "n", "p"), [(1, 1, 1), (2, 3, 2), (3, 1, 4), (4, 2, 1)])
def test_multiplication_by_hand_is_numpys(m: int, n: int, p: int) -> None:
    rng = np.random.default_rng(m * 100 + n * 10 + p)
    a, b = rng.integers(-9, 10, size=(m, n)), rng.integers(-9, 10, size=(n, p))

    assert ex03_matrix_multiplication.multiply_by_hand(a.tolist(), b.tolist()) == (a @ b).tolist()


def test_iris_columns_get_their_true_names() -> None:
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
    image_module = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, size=(12, 8, 3), dtype=np.uint8)
    path = tmp_path / "photo.png"
    image_module.fromarray(pixels).save(path)

    image = ex01_image_and_speech.load_photograph(path, (6, 4))
    batch = ex01_image_and_speech.as_batch(image)

    np.testing.assert_array_equal(batch, pixels[np.newaxis, 1::2, 1::2].astype(np.float32))
    assert batch.dtype == np.float32


@pytest.mark.parametrize(("content", "found"), [(b"sound", "prediction.mp3"), (b"", "")])
def test_speech_is_found_only_if_something_was_written(tmp_path: Path, content: bytes, found: str) -> None:
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
