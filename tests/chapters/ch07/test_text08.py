"""The text of chapter 7: Analysis of Sample Plots (and common problems with GANs)."""

from types import SimpleNamespace

import numpy as np
import pytest

from workshop.measures.ch07_gans import text08_mode_collapse as collapse


@pytest.mark.parametrize(
    ("white", "share"),
    [
        ([(3, 3)], 0.0),  # a single pixel is no patch
        ([(3, 3), (4, 4)], 0.0),  # nor are two corner to corner
        ([(3, 3), (3, 4)], 2 / 784),
        ([(0, 27), (1, 27), (2, 27)], 3 / 784),
        ([(0, 0), (27, 0), (0, 27)], 0.0),  # opposite sides don't touch
    ],
)
@pytest.mark.parametrize("scale", [1.0, 0.01])
def test_white_patches_are_neighbours_in_pictures_as_drawn(white, share, scale):
    image = np.zeros((28, 28, 1))
    image[14, 14] = 1.0
    image[tuple(zip(*white, strict=True))] = -1.0

    assert collapse.patches(scale * np.stack([image, image])) == pytest.approx(share)


@pytest.mark.usefixtures("tensorflow")
def test_mode_collapse_judges_by_the_test_labels():
    rng = np.random.default_rng(3)
    labels = np.arange(1000) % 10
    images = np.zeros((1000, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label : 2 * label + 4] = rng.integers(150, 256, (4, 28))
    for tested, accuracy in ((labels, 1.0), ((labels + 1) % 10, 0.0)):
        mnist = SimpleNamespace(x_train=images, y_train=labels, x_test=images, y_test=tested)
        assert collapse.mode_collapse(mnist, 1).test_accuracy == pytest.approx(accuracy, abs=0.1)
