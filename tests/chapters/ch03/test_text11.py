"""Frozen layers stay, and the others are trained."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
import pytest

from workshop.chapters.ch03_image_classification.act02_fruits import activity_3_02_model
from workshop.measures.ch03_image_classification import act02_fruits as fruits
from workshop.measures.ch03_image_classification import text11_transfer_learning as transfer
from workshop.measures.ch03_image_classification._data import steps_per_epoch


@pytest.fixture
def base(keras: Any) -> Any:
    """A base of two convolutions: images (9, 7, 3) to maps (4, 3, 5)."""
    layers = keras.layers
    inputs = layers.Input((9, 7, 3))
    maps = layers.Conv2D(4, 2, activation="relu")(inputs)
    return keras.Model(inputs, layers.Conv2D(5, 2, strides=2, padding="same")(maps))


@pytest.mark.parametrize(
    ("images", "batch_size", "steps"), [(33, 16, 2), (32, 16, 2), (16, 16, 1), (7, 1, 7)]
)
def test_an_epoch_has_as_many_steps_as_there_are_whole_batches(
    images: int, batch_size: int, steps: int
) -> None:
    """Images that fill no batch are left out."""
    assert steps_per_epoch(images, batch_size) == steps


@pytest.mark.parametrize(("images", "batch_size"), [(15, 16), (0, 1), (5, 0)])
def test_no_whole_batch_is_refused(images: int, batch_size: int) -> None:
    """An epoch without a step trains nothing: the error names both numbers."""
    with pytest.raises(ValueError, match=f"{images} images make no batch of {batch_size}"):
        steps_per_epoch(images, batch_size)


def test_classifier_is_its_base_and_the_dense_layers_by_hand(base: Any) -> None:
    """Probabilities are softmax(relu(f W1 + b1) W2 + b2) of the flat features f of a frozen base."""
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
    """With the classifier's last weights the head gives the same of the base's features, bit for bit."""
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
    """A step changes every array of the layers not frozen, and no bit of the others; the input counts."""
    transfer.freeze_first(base, frozen)
    model = transfer.on_top(base, 3)
    _, first, second = base.layers

    found = transfer.changed_by_a_step(model, {"first": first, "second": second, "head": model.layers[-1]})

    assert found == {**changed, "head": [2, 2]}


def test_flattening_gives_one_label_a_picture(base: Any) -> None:
    """Right on the maps the last layer labels each place; on flat features it labels the picture."""
    assert tuple(transfer.on_top(base, 6).output_shape) == (None, 4, 3, 6)
    assert tuple(activity_3_02_model(base, 6).output_shape) == (None, 6)


def test_a_shape_that_is_not_refused_is_returned(keras: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """If Keras took the images of the text with ImageNet weights and top, their shape would be measured."""
    model = SimpleNamespace(input_shape=(None, 100, 100, 3))
    monkeypatch.setattr(keras.applications, "VGG16", lambda **_: model)

    assert transfer.shape_with_imagenet_top((100, 100, 3)) == [100, 100, 3]


def test_a_refusal_for_another_reason_is_not_taken_for_a_shape(
    keras: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the refusal that names the image shape is read; any other error comes through."""

    def refuse(**_: Any) -> NoReturn:
        raise ValueError("no such weights")

    monkeypatch.setattr(keras.applications, "VGG16", refuse)

    with pytest.raises(ValueError, match="no such weights"):
        transfer.shape_with_imagenet_top((100, 100, 3))
