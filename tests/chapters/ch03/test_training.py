"""The trainings of chapter 3 on small sets, compared with Keras' own `fit` and its data generators."""

from types import SimpleNamespace

import numpy as np
import pytest

from workshop.chapters.ch03_image_classification.ex02_handwritten_digits import exercise_3_02_model
from workshop.measures.ch03_image_classification import _training as training
from workshop.measures.ch03_image_classification import act01_fashion_mnist as act01
from workshop.measures.ch03_image_classification import ex02_handwritten_digits as ex02
from workshop.measures.ch03_image_classification import ex04_cifar10 as ex04
from workshop.training.fitting import Network
from workshop.training.initialisers import initial_weights

SEED = 11


def small_set(shape: tuple[int, ...], train: int = 80, test: int = 48) -> SimpleNamespace:
    """Return images and labels like those of the readers."""
    rng = np.random.default_rng(2)
    images = [rng.integers(0, 256, (n, *shape)).astype(np.uint8) for n in (train, test)]
    labels = [rng.integers(0, 10, n).astype(np.uint8) for n in (train, test)]
    return SimpleNamespace(x_train=images[0], y_train=labels[0], x_test=images[1], y_test=labels[1])


def test_the_least_move_is_that_of_the_array_that_moved_least():
    start = [np.array([3.0, 4.0]), np.zeros(2), np.ones(4)]

    assert training.least_move(start, [np.array([3.0, 5.0]), np.array([0.0, 0.5]), np.full(4, 1.5)]) == 0.2
    assert training.least_move(start, [start[0], np.ones(2), np.zeros(4)]) == 0.0


def test_evaluation_in_parts_is_evaluation():
    pytest.importorskip("tensorflow")
    network, data = Network(exercise_3_02_model), small_set((28, 28, 1))
    weights = initial_weights(network.model, np.random.default_rng(SEED))

    whole, parts = (training.evaluated(network, weights, data.x_test, data.y_test, rows) for rows in (48, 20))

    assert parts == pytest.approx(whole, rel=1e-5)


def own_images(shape: tuple[int, ...]) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Return images of three classes as a reader has them: pairs of arrays, of another size."""
    rng = np.random.default_rng(3)
    return tuple((rng.integers(0, 256, (n, *shape)).astype(np.uint8), np.arange(n) % 3) for n in (70, 40))


@pytest.mark.parametrize(
    ("training", "shape", "steps"),
    [
        (ex02.exercise_3_02, (14, 12), {"train": 2, "validation": 1}),
        (ex02.exercise_3_02, (12, 12, 3), {"train": 2, "validation": 1}),
        (ex04.exercise_3_04, (12, 14, 3), {"train": 4, "validation": 2}),
        (act01.activity_3_01, (12, 14), {"train": 4, "validation": 2}),
    ],
)
@pytest.mark.usefixtures("keras")
def test_own_arrays_are_trained_on(training, shape, steps):
    outcome = training(own_images(shape), seed=1, epochs=1)

    assert outcome.ran.steps == steps
    assert outcome.mishap == ""
    assert outcome.history.loss.shape == (1,)
