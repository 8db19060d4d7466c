"""Exercise 1.01: Image and Speech Recognition Demo."""

from pathlib import Path

import numpy as np
import pytest

from workshop.measures.ch01_building_blocks import ex01_image_and_speech


@pytest.mark.usefixtures("tensorflow")
def test_photograph_is_loaded_by_nearest_pixels(tmp_path):
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
def test_most_probable_class_is_named(probabilities, label, probability):
    """The label is the most probable class, with underscores for blanks."""
    names = ("tench", "goldfish", "tiger shark")

    assert ex01_image_and_speech.top_label(np.array(probabilities), names) == (label, probability)


def test_class_names_must_match_the_classes():
    """A list of names that is too short is refused."""
    with pytest.raises(ValueError, match="2 class names for 3 classes"):
        ex01_image_and_speech.top_label(np.array([0.1, 0.2, 0.7]), ("a", "b"))


@pytest.mark.parametrize(("content", "found"), [(b"sound", "prediction.mp3"), (b"", "")])
def test_speech_is_found_only_if_something_was_written(tmp_path, content, found):
    """The service is handed the sentence and the file; an empty file counts as none."""
    handed = []

    def service(text: str, path: Path) -> None:
        handed.append((text, path))
        path.write_bytes(content)

    file_name = ex01_image_and_speech.exercise_1_01_speech(service, tmp_path)

    assert handed == [("This is a pizza", tmp_path / "prediction.mp3")]
    assert file_name == found


@pytest.mark.usefixtures("tensorflow")
def test_sentences_name_what_the_preprocessed_photograph_shows(tmp_path, monkeypatch):
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


@pytest.mark.usefixtures("tensorflow")
def test_own_picture_is_loaded_at_the_network_s_size(tmp_path):
    image_module = pytest.importorskip("PIL.Image")
    path = tmp_path / "mine.bmp"
    image_module.fromarray(np.arange(48, dtype=np.uint8).reshape(6, 8)).save(path)

    photograph = ex01_image_and_speech.exercise_1_01_photograph(str(path))

    assert (photograph.image_size, photograph.colour_mode) == ([224, 224], "RGB")
