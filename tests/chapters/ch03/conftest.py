"""What tests of chapter 3 share: a base to freeze, and a zip of photographs."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest

from workshop.datasets.readers.folders import ZippedImages, read_image_zip


@pytest.fixture
def base(keras) -> Any:
    """A base of two convolutions: images (9, 7, 3) to maps (4, 3, 5)."""
    layers = keras.layers
    inputs = layers.Input((9, 7, 3))
    maps = layers.Conv2D(4, 2, activation="relu")(inputs)
    return keras.Model(inputs, layers.Conv2D(5, 2, strides=2, padding="same")(maps))


Archive = Callable[[dict[str, int], tuple[str, ...]], ZippedImages]


@pytest.fixture
def archive(tmp_path) -> Archive:
    """Return the index of a zip of small photographs in folders of parts and classes."""
    from PIL import Image

    def make(parts: dict[str, int], classes: tuple[str, ...]) -> ZippedImages:
        rng = np.random.default_rng(4)
        with zipfile.ZipFile(tmp_path / "photos.zip", "w") as file:
            for part, count in parts.items():
                for label in classes:
                    for number in range(count):
                        pixels = rng.integers(0, 256, (31, 27, 3)).astype(np.uint8)
                        content = BytesIO()
                        Image.fromarray(pixels).save(content, "png")
                        file.writestr(f"top/{part}/{label}/{number:03d}.png", content.getvalue())
        return read_image_zip({"photos.zip": tmp_path / "photos.zip"})

    return make
