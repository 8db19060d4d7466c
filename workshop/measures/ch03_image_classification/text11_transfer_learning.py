"""Text: Transfer Learning (chapter 3, page 147, ch03.text11), and Fine-Tuning (page 149, ch03.text12).

New layers on VGG16: frozen layers, and the effect of a training step.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Optional

import numpy as np

from workshop.training.backend import keras
from workshop.training.pretrained import Shape, vgg16
from workshop.training.summaries import parameter_totals
from workshop.units import unit

IMAGES = (100, 100, 3)
SMALLEST = (32, 32, 3)  # the smallest images that VGG16 takes


def on_top(base: Any, units: int = 20, activation: str = "softmax") -> Any:
    """Build a Sequential of a base and one dense layer directly on its maps, as in the text.

    Source: chapter 3, text on transfer learning and fine-tuning.
    """
    model = keras.models.Sequential([base, keras.layers.Dense(units, activation=activation)])
    if not model.built:  # Keras 3.0 waits for the first images
        model.build(base.input_shape)
    return model


def freeze_first(base: Any, layers: int = 10) -> None:
    """Freeze the first layers of a network in place, counting input and pooling layers.

    Source: chapter 3, text on fine-tuning.
    """
    for layer in base.layers[:layers]:
        layer.trainable = False


def changed_by_a_step(model: Any, parts: dict[str, Any], images: int = 2) -> dict[str, list[int]]:
    """Train one step on random images and classes, and count the weight arrays that it changes in each part.

    Parameters
    ----------
    model : a network with softmax outputs.
    parts : layers of the model by name.
    images : rows of the batch.

    Returns
    -------
    [arrays changed, arrays] by name, for the parts that have weights.
    """
    rng = np.random.default_rng(3)
    x = rng.random((images, *model.input_shape[1:]), dtype=np.float32)
    *places, classes = model.output_shape[1:]
    y = np.eye(classes, dtype=np.float32)[rng.integers(classes, size=(images, *places))]
    before = {name: part.get_weights() for name, part in parts.items()}
    # tracing a graph takes much longer than one eager step
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss="categorical_crossentropy", run_eagerly=True)
    model.train_on_batch(x, y)
    return {
        name: [sum(not np.array_equal(a, b) for a, b in zip(arrays, parts[name].get_weights())), len(arrays)]
        for name, arrays in before.items()
        if arrays
    }


@dataclass(frozen=True)
class WithTop:
    """Classes of VGG16 with its own top, and the image shape that its ImageNet weights then require."""

    imagenet_classes: int
    shape_with_top: list[int]


@unit("ch03.text11", uses="tensorflow")
def with_top(input_shape: Shape = IMAGES, smallest: Shape = SMALLEST) -> WithTop:
    """Build VGG16 with its top, random weights and small images, and request ImageNet weights for others.

    Source: chapter 3, text on transfer learning.
    """
    model = vgg16(include_top=True, input_shape=smallest)
    return WithTop(
        imagenet_classes=int(model.output_shape[-1]), shape_with_top=shape_with_imagenet_top(input_shape)
    )


def shape_with_imagenet_top(input_shape: Shape) -> list[int]:
    """Return the image shape that Keras requires for VGG16 with ImageNet weights and top.

    Keras refuses any other shape before it looks for the weights, and names the required one.
    """
    try:
        model = keras.applications.VGG16(weights="imagenet", include_top=True, input_shape=input_shape)
    except ValueError as refusal:
        named = re.search(r"`input_shape` should be \((\d+), (\d+), (\d+)\)", str(refusal))
        if named is None:
            raise
        return [int(size) for size in named.groups()]
    return [int(size) for size in model.input_shape[1:]]


@dataclass(frozen=True)
class Transfer:
    """The model with a new last layer: image and output shape, and the effect of a step.

    `frozen_base` is the procedure. `base_left_trainable` shows that the step would have changed the base.
    Both have [weight arrays changed by a step, weight arrays] of base and head, and trainable parameters.
    """

    shape_without_top: list[int]
    new_units: dict[str, Any]
    output_shape: list[Optional[int]]
    frozen_base: dict[str, Any]
    base_left_trainable: dict[str, Any]


@unit("ch03.text11", uses="tensorflow")
def transfer(input_shape: Shape = IMAGES) -> Transfer:
    """Put a new last layer on frozen VGG16 without its top, and train one step from random weights.

    Source: chapter 3, text on transfer learning.
    """
    base = vgg16(include_top=False, input_shape=input_shape)
    base.trainable = False
    model = on_top(base)
    new = model.layers[-1].get_config()
    return Transfer(
        shape_without_top=[int(size) for size in base.input_shape[1:]],
        new_units={"units": int(new["units"]), "activation": new["activation"]},
        output_shape=list(model.output_shape),
        frozen_base=step_of(model),
        base_left_trainable=step_of(on_top(vgg16(include_top=False, input_shape=input_shape))),
    )


def step_of(model: Any) -> dict[str, Any]:
    """Train a model of a base and a last layer for one step, and return what changed."""
    base, last = model.layers
    changed = changed_by_a_step(model, {"base": base, "head": last})
    return {"base": changed["base"], "head": changed["head"], "trainable": parameter_totals(model).trainable}


@dataclass(frozen=True)
class FineTuning:
    """The frozen layers of the base, and the effect of one training step.

    Number and indices of the base's frozen layers, and its remaining trainable parameters. The base's layers
    in which the step changes all weight arrays, and those in which it changes none. [arrays changed, arrays]
    of the head.
    """

    frozen_layers: int
    frozen_indices: list[int]
    trainable: int
    changed: list[str]
    unchanged: list[str]
    head: list[int]


@unit("ch03.text12", uses="tensorflow")
def fine_tuning(input_shape: Shape = IMAGES, layers: int = 10) -> FineTuning:
    """Freeze the first layers of VGG16 without its top, and train the rest one step from random weights.

    Source: chapter 3, text on fine-tuning.
    """
    base = vgg16(include_top=False, input_shape=input_shape)
    freeze_first(base, layers)
    model = on_top(base)
    frozen = [index for index, layer in enumerate(base.layers) if not layer.trainable]
    parts = {layer.name: layer for layer in base.layers}
    changes = changed_by_a_step(model, {**parts, "head": model.layers[-1]})
    head_arrays = changes.pop("head")
    return FineTuning(
        frozen_layers=len(frozen),
        frozen_indices=frozen,
        trainable=parameter_totals(base).trainable,
        changed=[name for name, (changed, arrays) in changes.items() if changed == arrays],
        unchanged=[name for name, (changed, _) in changes.items() if changed == 0],
        head=head_arrays,
    )
