"""Activity 3.02: Fruit Classification with Transfer Learning (page 150).

A network trained on ImageNet gets new layers and learns to name fruit.
"""

from __future__ import annotations

from typing import Any

from workshop.training.backend import keras


def activity_3_02_model(base: Any, classes: int = 120) -> Any:
    """Build the network on a base without its top, which is frozen in place."""
    layers = keras.layers
    base.trainable = False
    return keras.models.Sequential(
        [
            base,
            layers.Flatten(),
            layers.Dense(1000, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def activity_3_02_in_keras(
    fruits360: str,
    size: tuple[int, int] = (100, 100),
    weights: Any = "imagenet",
    epochs: int = 5,
) -> dict[str, list[float]]:
    """Train as the book does, in Keras' own calls and with its generators; return the history.

    The book calls `fit_generator`, which is gone: `fit` takes generators. It gives both numbers of
    photographs as constants. Its seed 8 is left out.

    Parameters
    ----------
    fruits360 : path of a folder with `Training` and `Test`, each with a folder for each class.
    weights : of VGG16; None for random ones.
    """
    varied = keras.preprocessing.image.ImageDataGenerator(
        rescale=1.0 / 255,
        rotation_range=40,
        width_shift_range=0.1,
        height_shift_range=0.1,
        shear_range=0.2,
        zoom_range=0.2,
        horizontal_flip=True,
    )
    plain = keras.preprocessing.image.ImageDataGenerator(rescale=1.0 / 255)
    train = varied.flow_from_directory(f"{fruits360}/Training", target_size=size, batch_size=16)
    validation = plain.flow_from_directory(f"{fruits360}/Test", target_size=size, batch_size=16)
    base = keras.applications.VGG16(input_shape=(*size, 3), weights=weights, include_top=False)

    model = activity_3_02_model(base, train.num_classes)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.001),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )

    history = model.fit(
        train,
        steps_per_epoch=train.samples // 16,
        epochs=epochs,
        validation_data=validation,
        validation_steps=validation.samples // 16,
        verbose=2,
    )
    return history.history
