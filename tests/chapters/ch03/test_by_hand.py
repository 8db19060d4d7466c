"""Chapter 3's claims refuse trainings that learn nothing; the reach of filters, and built activations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.chapters.deciding import failing
from workshop.chapters.ch03_image_classification import act01_fashion_mnist as act01
from workshop.chapters.ch03_image_classification import ex02_handwritten_digits as ex02
from workshop.chapters.ch03_image_classification import ex03_cats_and_dogs as ex03
from workshop.chapters.ch03_image_classification import ex04_cifar10 as ex04
from workshop.measures.ch03_image_classification import _by_hand as by_hand
from workshop.measures.ch03_image_classification import act02_fruits as act02


@pytest.mark.usefixtures("keras")
def test_the_reach_of_a_filter_follows_its_size_and_not_its_argument(keras: Any) -> None:
    """A filter that is not square reaches as far as it is high and wide; a dilated one has gaps."""
    assert by_hand.reach_of(keras.layers.Conv2D(1, (2, 4)), 8) == [2, 4]
    assert by_hand.reach_of(keras.layers.Conv2D(1, 3, dilation_rate=2), 8) == [3, 3]
    assert failing("ch03.text02.filter_sizes", reach=by_hand.reach_of_filters(sizes=(3, 4))) != []


BUILT = [["Conv2D", "relu"], ["Conv2D", "relu"], ["Dense", "relu"], ["Dense", "softmax"]]


@pytest.mark.usefixtures("keras")
@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (ex02.exercise_3_02_model, BUILT),
        (ex03.exercise_3_03_model, [*BUILT[:3], ["Dense", "sigmoid"]]),
        (ex04.exercise_3_04_model, BUILT),
        (act01.activity_3_01_model, BUILT),
        (lambda: act02.activity_3_02_head((3, 3, 512)), BUILT[2:]),
    ],
)
def test_the_activations_of_the_built_networks(build: Callable[[], Any], expected: list[list[str]]) -> None:
    """Convolutions and dense layers have ReLU, the last layer what the book gives it."""
    found = [
        [type(layer).__name__, layer.get_config()["activation"]] for layer in build().layers if layer.weights
    ]

    assert found == expected
