"""Exercise 2.04: Classifying Handwritten Digits."""

import numpy as np
import pytest

from tests.chapters.ch02.pictures import images_of
from tests.chapters.deciding import holds
from workshop.datasets.readers.images import ImageArrays
from workshop.measures.ch02_neural_networks import ex04_digits

pytestmark = pytest.mark.usefixtures("tensorflow", "pandas")


def test_facts_of_the_digits_are_those_of_all_images():
    """Test images of another size, with other labels or other values are refused."""
    pixels, labels = images_of(np.arange(20) % 10, np.arange(20) % 10)
    claims = [f"ch02.text04.{name}" for name in ("image_shape", "pixel_range", "labels")]
    right = ex04_digits.mnist_case_study(ImageArrays(pixels, labels, pixels, labels))
    assert all(holds(claim, right) for claim in claims)

    other = ImageArrays(pixels, labels, pixels.astype(int) + 1, labels + 1)
    assert [holds(claim, ex04_digits.mnist_case_study(other)) for claim in claims] == [True, False, False]
    with pytest.raises(ValueError, match="dimension"):
        ex04_digits.mnist_case_study(ImageArrays(pixels, labels, pixels[:, 1:], labels))


@pytest.mark.usefixtures("without_xla")
def test_own_images_are_classified_by_one_layer(images):
    layer = ex04_digits.exercise_2_04(images, steps=200)

    assert (layer.x_shape, list(layer.accuracy_after)) == ([70, 64], ["step_100"])
    assert layer.accuracy == 1.0
