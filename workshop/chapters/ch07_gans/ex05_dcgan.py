"""Exercise 7.05: Implementing the DCGAN (page 368).

A generator learns to draw handwritten digits against a discriminator.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.training.backend import keras

NOISE = 100  # length of a noise vector


def exercise_7_05_generator() -> Any:
    """Return the generator of images: noise (rows, 100) → (rows, 28, 28, 1) in (−1, 1).

    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((NOISE,)),
            layers.Dense(512),
            layers.Activation("relu"),
            layers.BatchNormalization(),
            layers.Dense(7 * 7 * 64),
            layers.Activation("relu"),
            layers.BatchNormalization(),
            layers.Reshape((7, 7, 64)),
            layers.Conv2DTranspose(32, kernel_size=(5, 5), strides=(2, 2), padding="same"),
            layers.Activation("relu"),
            layers.BatchNormalization(axis=-1),
            layers.Conv2DTranspose(1, kernel_size=(5, 5), strides=(2, 2), padding="same"),
            layers.Activation("tanh"),
        ]
    )


def exercise_7_05_discriminator() -> Any:
    """Return the discriminator of images: (rows, 28, 28, 1) → probability of being real.

    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((28, 28, 1)),
            layers.Conv2D(32, kernel_size=(5, 5), strides=(2, 2), padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2D(64, kernel_size=(5, 5), strides=(2, 2), padding="same"),
            layers.LeakyReLU(0.2),
            layers.Flatten(),
            layers.Dense(512),
            layers.LeakyReLU(0.2),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def exercise_7_05_gan(generator: Any, discriminator: Any) -> Any:
    """Return generator and discriminator as one Keras model that trains only the generator.

    The discriminator stays frozen. To train it with Keras, unfreeze it first.
    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    discriminator.trainable = False
    return keras.models.Sequential([keras.layers.InputLayer((NOISE,)), generator, discriminator])


def exercise_7_05_in_keras(
    mnist: Any, seed: int, iterations: int = 5000, interval: int = 10, batch: int = 128
) -> tuple[list[float], np.ndarray]:
    """Train the DCGAN as the book does, which scales all images again for each batch.

    In the book, `lr` is the former name of `learning_rate`, and `predict_proba` that of `predict`. The book
    freezes the discriminator once, before the first iteration. In Keras 3 it would then never be trained, so
    it is frozen and unfrozen in each iteration here, as in exercise 7.04. The book compiles the combined
    model with Adam's defaults, the authors' notebook with the Adam used here. The printed results are the
    notebook's.

    Parameters
    ----------
    mnist : as `keras.datasets.mnist.load_data()` returns it.
    batch : number of real images, and of fakes, in an iteration; the generator is trained on twice as many.
    interval : iterations from one print to the next.

    Returns
    -------
    Mean probability that the discriminator gives ten real images and ten fakes together, at each print; 25
    images of the trained generator.
    """
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    (images, _), _ = mnist

    generator, discriminator = exercise_7_05_generator(), exercise_7_05_discriminator()
    adams = [keras.optimizers.Adam(learning_rate=0.0002, beta_1=0.5) for _ in range(2)]
    discriminator.compile(loss="binary_crossentropy", optimizer=adams[0], metrics=["accuracy"])

    gan = exercise_7_05_gan(generator, discriminator)
    gan.compile(loss="binary_crossentropy", optimizer=adams[1])

    def real_images(count: int) -> np.ndarray:
        scaled_images = (images[..., np.newaxis].astype("float32") - 127.5) / 127.5
        return scaled_images[rng.integers(len(images), size=count)]

    def fake_images(count: int) -> np.ndarray:
        return generator.predict(rng.uniform(-1, 1, (count, 100)), verbose=0)

    labels = np.repeat([[1.0], [0.0]], batch, axis=0)

    prints = []
    for iteration in range(iterations):
        both = np.concatenate([real_images(batch), fake_images(batch)])
        discriminator.trainable = True
        discriminator.train_on_batch(both, labels)
        discriminator.trainable = False
        gan.train_on_batch(rng.uniform(-1, 1, (2 * batch, 100)), np.ones((2 * batch, 1)))
        if iteration % interval == 0:
            shown = np.concatenate([real_images(10), fake_images(10)])
            prints.append(float(discriminator.predict(shown, verbose=0).mean()))
    return prints, fake_images(25)
