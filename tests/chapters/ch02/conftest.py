"""What tests of chapter 2 share: a reader's own points and images."""

from typing import Any

import numpy as np
import pytest

from workshop.datasets.readers.images import ImageArrays


@pytest.fixture
def points(pandas) -> Any:
    """Forty points of two classes, with the columns in another order and one more."""
    rng = np.random.default_rng(0)
    label = np.arange(40) % 2
    x = rng.normal(size=(40, 2)) + 4 * label[:, np.newaxis]
    return pandas.DataFrame({"x2": x[:, 1], "name": "mine", "x1": x[:, 0], "label": label})


@pytest.fixture
def images() -> ImageArrays:
    """Images of 8 × 8 pixels of four classes, with two light columns each, and few test images."""
    rng = np.random.default_rng(0)
    labels = np.arange(80, dtype=np.uint8) % 4
    light = 200 * (np.arange(8) // 2 == labels[:, None, None])
    pixels = (light + rng.integers(0, 50, (80, 8, 8))).astype(np.uint8)
    return ImageArrays(pixels[:70], labels[:70], pixels[70:73], labels[70:73])
