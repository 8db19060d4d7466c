"""Frozen layers stay, and the others are trained."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch03_image_classification.act02_fruits import activity_3_02_model
from workshop.measures.ch03_image_classification import act02_fruits as fruits
from workshop.measures.ch03_image_classification import text11_transfer_learning as transfer


@pytest.fixture
def base(keras: Any) -> Any:
    """A base of two convolutions: images (9, 7, 3) to maps (4, 3, 5)."""
    layers = keras.layers
    inputs = layers.Input((9, 7, 3))
    maps = layers.Conv2D(4, 2, activation="relu")(inputs)
    return keras.Model(inputs, layers.Conv2D(5, 2, strides=2, padding="same")(maps))


def test_classifier_is_its_base_and_the_dense_layers_by_hand(base: Any) -> None:
    model = activity_3_02_model(base, 6)
    images = np.random.default_rng(1).random((3, 9, 7, 3), dtype=np.float32)

    probabilities = np.asarray(model.predict_on_batch(images))

    w1, b1, w2, b2 = model.get_weights()[-4:]
    features = np.asarray(base.predict_on_batch(images)).reshape(3, -1)
    scores = np.maximum(features @ w1 + b1, 0) @ w2 + b2
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    np.testing.assert_allclose(probabilities, odds / odds.sum(axis=1, keepdims=True), rtol=1e-5)
    assert [w.shape for w in model.trainable_weights] == [w1.shape, b1.shape, w2.shape, b2.shape]


def test_head_on_features_is_the_classifier_on_images(base: Any) -> None:
    model = activity_3_02_model(base, 6)
    alone = fruits.activity_3_02_head((4, 3, 5), 6)
    images = np.random.default_rng(1).random((3, 9, 7, 3), dtype=np.float32)

    alone.set_weights(model.get_weights()[-4:])

    features = np.asarray(base.predict_on_batch(images))
    np.testing.assert_array_equal(alone.predict_on_batch(features), model.predict_on_batch(images))


@pytest.mark.parametrize(
    ("frozen", "changed"),
    [(0, {"first": [2, 2], "second": [2, 2]}), (2, {"first": [0, 2], "second": [2, 2]}),
     (3, {"first": [0, 2], "second": [0, 2]})],
)  # fmt: skip
def test_frozen_layers_stay_and_the_others_change(
    base: Any, frozen: int, changed: dict[str, list[int]]
) -> None:
    transfer.freeze_first(base, frozen)
    model = transfer.on_top(base, 3)
    _, first, second = base.layers

    found = transfer.changed_by_a_step(model, {"first": first, "second": second, "head": model.layers[-1]})

    assert found == {**changed, "head": [2, 2]}
