"""Frozen layers stay, the others are trained, and the claims refuse models that are built otherwise."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
import pytest

from tests.chapters.deciding import failing
from workshop.chapters.ch03_image_classification import act02_fruits as fruits
from workshop.chapters.ch03_image_classification import text11_transfer_learning as transfer
from workshop.chapters.ch03_image_classification._data import steps_per_epoch

SMALL = (32, 32, 3)  # what a step changes and how many parameters there are does not depend on the images


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
    model = fruits.activity_3_02_model(base, 6)
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
    model = fruits.activity_3_02_model(base, 6)
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
    assert tuple(fruits.activity_3_02_model(base, 6).output_shape) == (None, 6)


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


def _trained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the last layer on a base that was made trainable again."""
    build = transfer.on_top

    def on_top(base: Any) -> Any:
        # Keras 3 leaves the layers alone where the base is trainable as it is
        for part in (base, *base.layers):
            part.trainable = True
        return build(base)

    monkeypatch.setattr(transfer, "on_top", on_top)


def _other_head(**settings: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """Build the last layer with other settings."""

    def mutate(monkeypatch: pytest.MonkeyPatch) -> None:
        build = transfer.on_top
        monkeypatch.setattr(transfer, "on_top", lambda base: build(base, **settings))

    return mutate


def _swapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Swap with and without top."""
    build = transfer.vgg16
    monkeypatch.setattr(
        transfer,
        "vgg16",
        lambda *, include_top, input_shape: build(include_top=not include_top, input_shape=input_shape),
    )


def _without_flatten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the activity's dense layers right on the maps."""
    build = fruits.activity_3_02_model

    def model(base: Any, classes: int) -> Any:
        _, _, *dense = build(base, classes).layers
        dense = [type(layer).from_config(layer.get_config()) for layer in dense]
        return transfer.keras.models.Sequential([base, *dense])

    monkeypatch.setattr(fruits, "activity_3_02_model", model)


def _never_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the activity's base trainable."""
    build = fruits.activity_3_02_model

    def model(base: Any, classes: int) -> Any:
        whole = build(base, classes)
        base.trainable = True
        return whole

    monkeypatch.setattr(fruits, "activity_3_02_model", model)


RUNS = {
    "top": transfer.with_top,
    "transfer": lambda: transfer.transfer(input_shape=SMALL),
    "fine-tuning": lambda: transfer.fine_tuning(input_shape=SMALL),
    "9 layers": lambda: transfer.fine_tuning(input_shape=SMALL, layers=9),
    "11 layers": lambda: transfer.fine_tuning(input_shape=SMALL, layers=11),
    "activity": fruits.activity_3_02_summary,
    "33 classes": lambda: fruits.activity_3_02_summary(classes=33),
    "smaller images": lambda: fruits.activity_3_02_summary(input_shape=(96, 96, 3)),
    "larger batches": lambda: fruits.activity_3_02_summary(batch_size=32),
}
# run, mutant, claims that refuse it
MUTANTS = [
    ("top", _swapped, ["ch03.text11.imagenet_classes"]),
    ("transfer", _trained, ["ch03.text11.frozen_base"]),
    ("transfer", _other_head(units=19), ["ch03.text11.new_units", "ch03.text11.frozen_base"]),
    ("transfer", _other_head(activation="sigmoid"), ["ch03.text11.new_units"]),
    ("fine-tuning", _trained, ["ch03.text12.frozen_layers", "ch03.text12.trainable_rest"]),
    ("fine-tuning", _swapped, ["ch03.text12.frozen_layers"]),
    ("9 layers", None, ["ch03.text12.frozen_layers", "ch03.text12.trainable_rest"]),
    ("11 layers", None, ["ch03.text12.frozen_layers"]),
    ("activity", _never_frozen, ["ch03.act02.vgg_params", "ch03.act02.model_params_witness"]),
    ("activity", _without_flatten, ["ch03.act02.model_summary_witness", "ch03.act02.model_params_witness"]),
    ("33 classes", None, ["ch03.act02.model_summary_witness", "ch03.act02.model_params_witness"]),
    ("smaller images", None, ["ch03.act02.vgg_summary"]),
    ("larger batches", None, ["ch03.act02.steps"]),
]


@pytest.mark.usefixtures("keras")
@pytest.mark.parametrize(("run", "mutate", "claims"), MUTANTS)
def test_a_claim_refuses_what_is_built_otherwise(
    monkeypatch: pytest.MonkeyPatch,
    run: str,
    mutate: Callable[[pytest.MonkeyPatch], None] | None,
    claims: list[str],
) -> None:
    """A base that is trained, other layers or another head are refused by the claims about them."""
    if mutate is not None:
        mutate(monkeypatch)

    outcome = RUNS[run]()

    assert [claim for claim in claims if not failing(claim, outcome)] == []


@pytest.mark.usefixtures("keras")
@pytest.mark.parametrize(
    ("run", "claims"),
    [
        ("transfer", ["ch03.text11.new_units", "ch03.text11.frozen_base"]),
        ("fine-tuning", ["ch03.text12.frozen_layers", "ch03.text12.trainable_rest"]),
    ],
)
def test_small_images_decide_the_same(run: str, claims: list[str]) -> None:
    """Without a mutant the runs on small images agree with their claims, so the mutant is refused."""
    outcome = RUNS[run]()

    assert [claim for claim in claims if not failing(claim, outcome)] == claims
