"""Input pipelines: which image comes when, in which variant and on which scale."""

import numpy as np
import pytest

from workshop.training.augmentation import Augmentation
from workshop.training.pipelines import Pipeline, batches, drawn

AS_IT_IS = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
MIRRORED = np.array([[1, 0, 0], [0, -1, 2]], np.float32)  # of three columns


pytestmark = pytest.mark.usefixtures("tensorflow")


def _images(n: int = 6) -> np.ndarray:
    """Return images of 2×3 pixels whose first pixel is their number, and whose last is white."""
    images = np.zeros((n, 2, 3, 1), np.uint8)
    images[:, 0, 0, 0] = np.arange(n)
    images[:, 1, 2, 0] = 255
    return images


def _made(pipeline: Pipeline, number: int, batch_size: int):
    made = batches(*pipeline.tensors(number), batch_size=batch_size, fill_mode=pipeline.fill_mode)
    return [(images.numpy(), labels.numpy()) for images, labels in made]


def test_batches_come_in_the_order_of_the_pass_scaled_to_one():
    labels = np.arange(6) * 10
    pipeline = Pipeline(_images(), labels, np.array([[5, 0, 2, 1], [3, 3, 4, 0]], np.int32))

    first, second = _made(pipeline, 1, 2)

    assert first[0].shape == (2, 2, 3, 1)
    assert first[0].dtype == np.float32
    np.testing.assert_allclose(first[0][:, 0, 0, 0] * 255, [3, 3], rtol=1e-6)
    np.testing.assert_allclose(second[0][:, 0, 0, 0] * 255, [4, 0], rtol=1e-6)
    np.testing.assert_array_equal(second[0][:, 1, 2, 0], [1, 1])
    assert (first[1].tolist(), second[1].tolist()) == ([30, 30], [40, 0])


def test_each_place_has_its_own_variant():
    variants = np.stack([AS_IT_IS, MIRRORED])[np.newaxis]
    pipeline = Pipeline(_images(), np.zeros(6), np.array([[4, 4]], np.int32), variants)

    ((images, _),) = _made(pipeline, 0, 2)

    as_it_is, mirrored = images[..., 0] * 255
    np.testing.assert_allclose(as_it_is, [[4, 0, 0], [0, 0, 255]], rtol=1e-6)
    np.testing.assert_allclose(mirrored, [[0, 0, 4], [255, 0, 0]], rtol=1e-6)


def test_a_drawn_pass_is_a_fresh_order_without_repeats():
    labels = np.arange(50)
    one = drawn(np.random.default_rng(1), _images(50), labels, passes=40, rows=48)
    varied = drawn(
        np.random.default_rng(1), _images(50), labels, passes=2, rows=50, augmentation=Augmentation(10.0)
    )

    assert all(len(set(rows)) == 48 for rows in one.order.tolist())
    assert len({tuple(rows) for rows in one.order.tolist()}) == 40
    assert {row for rows in one.order.tolist() for row in set(range(50)) - set(rows)} == set(range(50)) - (
        set.intersection(*({*rows} for rows in one.order.tolist()))
    )
    assert one.variants is None
    assert varied.variants.shape == (2, 50, 2, 3)
    assert len(np.unique(varied.variants.reshape(100, 6), axis=0)) == 100
    np.testing.assert_array_equal(varied.order, drawn(
        np.random.default_rng(1), _images(50), labels, passes=2, rows=50
    ).order)  # fmt: skip


@pytest.mark.parametrize("rows", [0, 7])
def test_more_rows_than_images_are_refused(rows):
    with pytest.raises(ValueError, match=f"{rows} rows of 6 images: take from one to all"):
        drawn(np.random.default_rng(0), _images(), np.arange(6), passes=1, rows=rows)


def test_variants_that_do_not_fit_the_order_are_refused():
    with pytest.raises(
        ValueError, match=r"variants of shape \(1, 2, 2, 3\): give one per row, \(1, 3, 2, 3\)"
    ):
        Pipeline(_images(), np.arange(6), np.zeros((1, 3), np.int32), np.zeros((1, 2, 2, 3), np.float32))


def test_rows_beyond_the_images_are_refused():
    with pytest.raises(ValueError, match="does not index 6 rows"):
        Pipeline(_images(), np.arange(6), np.array([[6]], np.int32))
    with pytest.raises(ValueError, match="6 rows of x and 5 of y"):
        Pipeline(_images(), np.arange(5), np.array([[0]], np.int32))
