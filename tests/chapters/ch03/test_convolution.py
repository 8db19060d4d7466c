"""Convolution, stride, padding and pooling of chapter 3: what its claims can't notice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch03_image_classification.ex02_handwritten_digits import exercise_3_02_model
from workshop.measures.ch03_image_classification import _convolution as convolution
from workshop.measures.ch03_image_classification import ex01_convolution as ex01
from workshop.measures.ch03_image_classification import text03_stride_and_padding as sliding
from workshop.measures.ch03_image_classification import text06_pooling as pooling

IMAGE = np.arange(42).reshape(6, 7) ** 2 % 31
KERNEL = np.array([[1, -2, 3], [0, 5, -1]])


def place_by_place(image: np.ndarray, kernel: np.ndarray, stride: int) -> list[list[int]]:
    """Return the map of an image by the definition: one product and one sum for each place."""
    height, width = kernel.shape
    rows = range(0, image.shape[0] - height + 1, stride)
    columns = range(0, image.shape[1] - width + 1, stride)
    return [[(image[r : r + height, c : c + width] * kernel).sum() for c in columns] for r in rows]


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_feature_map_is_product_and_sum_at_each_place(stride: int) -> None:
    """Sliding the filter is the one-place convolution of the worked example, all over the image."""
    assert convolution.feature_map(IMAGE, KERNEL, stride=stride).tolist() == place_by_place(
        IMAGE, KERNEL, stride
    )


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("padding", ["valid", "same", ((2, 1), (0, 3))])
@pytest.mark.parametrize("stride", [1, 2])
def test_keras_layer_has_the_same_map(stride: int, padding: Any) -> None:
    """For a filter that is neither square nor symmetric, and padding that differs from side to side, too."""
    settings = {"stride": stride, "padding": padding}

    found = convolution.keras_feature_map(IMAGE, KERNEL, **settings)

    np.testing.assert_allclose(found, convolution.feature_map(IMAGE, KERNEL, **settings), atol=1e-3)
    assert convolution.keras_gap(IMAGE, KERNEL, **settings) < 1e-3


def test_distance_by_hand() -> None:
    """It is the largest one of any two numbers; arrays of other shapes are never near."""
    assert convolution.distance(np.array([1, -2]), np.array([1.5, 2.0])) == 4.0
    assert convolution.distance(np.zeros((2, 2)), np.zeros((2, 1))) == np.inf
    assert np.isnan(convolution.distance(np.array([np.nan, 0]), np.zeros(2)))


def test_matrices_are_those_of_other_examples() -> None:
    """What is read back follows the matrices given; the entries that differ are counted."""
    outcome = ex01.one_position(a=((1, 2), (3, 4)), b=((1, 0), (0, 1)))

    assert outcome.matrix_a.tolist() == [[1, 2], [3, 4]]
    assert outcome.matrix_b.tolist() == [[1, 0], [0, 1]]
    assert (outcome.product.tolist(), outcome.total) == ([[1, 0], [0, 4]], 5)
    assert outcome.not_matmul["product"].tolist() == [[1, 2], [3, 4]]
    assert outcome.not_matmul["entries"] == 2


@pytest.mark.usefixtures("tensorflow")
def test_filters_and_tensors_are_read_back() -> None:
    """Other sizes and other matrices than the book's give other filters and another sum."""
    outcome = ex01.exercise_3_01(a=((1, 2), (3, 4)), b=((0, 1), (-1, 5)))

    assert ex01.filters_of_keras(sizes=(1, 7)).filter_sizes == [[1, 1], [7, 7]]
    assert outcome.mult_out.tolist() == [[0, 2], [-3, 20]]
    assert (outcome.conv_out.item(), outcome.conv_out_meta["shape"]) == (19, [])
    assert outcome.convolution_gap == 0


@pytest.mark.usefixtures("tensorflow")
def test_own_matrices_are_multiplied_and_summed() -> None:
    """Arrays of any shape will do, also of fractions."""
    outcome = ex01.exercise_3_01(np.full((2, 5), 0.5), np.arange(10.0).reshape(2, 5))

    assert (outcome.conv_out.item(), outcome.mult_out.shape, outcome.convolution_gap) == (22.5, (2, 5), 0)


@pytest.mark.parametrize("b", [((1, 0),), (1, 0), ((1,), (0,))])
def test_matrices_of_different_shapes_are_refused(b: Any) -> None:
    """TensorFlow would repeat a row or a column."""
    with pytest.raises(ValueError, match=r"^arrays of shapes .*: give two matrices of one shape$"):
        ex01.exercise_3_01(((1, 2), (3, 4)), b)


def test_image_of_two_halves() -> None:
    """The left half has the first value; a middle column that is left over goes to the right half."""
    assert sliding.halves(7, 1, size=4).tolist() == [[7, 7, 1, 1]] * 4
    assert sliding.halves(7, 1, size=3).tolist() == [[7, 1, 1]] * 3


@pytest.mark.parametrize(("width", "columns"), [(4, [1, 2]), (6, [2, 3]), (2, [0, 1])])
def test_middle_columns_see_both_halves(width: int, columns: list[int]) -> None:
    """They are the only ones that answer to the edge of the two halves, padded or not."""
    row = np.arange(width)[np.newaxis]

    assert sliding.middle(row).tolist() == [columns]


def test_strongest_response_keeps_its_sign() -> None:
    """The value farthest from 0 is named, not its distance."""
    assert sliding.strongest(np.array([[3, -5], [4, 0]])) == -5


def test_input_image_is_found_by_its_map_not_by_its_name() -> None:
    """With bright and dark exchanged it is still the one that is bright on the left."""
    exchanged = sliding.pad(dark=200, bright=0)

    assert exchanged.input_image.tolist() == sliding.halves(200, 0).tolist()
    np.testing.assert_array_equal(exchanged.map_full, sliding.pad().map_full)


def test_left_edge_is_made_by_the_padding_not_by_the_image() -> None:
    """On an image of one value the zeros around make the same -800, where there is no pattern at all."""
    flat = np.full((6, 6), 200)

    found = convolution.feature_map(flat, convolution.SOBEL, padding=((1, 1), (1, 1)))

    assert found[1:-1].tolist() == [[-800, 0, 0, 0, 0, 800]] * 4
    assert not convolution.feature_map(np.pad(flat, 1, mode="edge"), convolution.SOBEL).any()


def test_a_filter_for_horizontal_lines_sees_none() -> None:
    """Turned by a quarter, the filter answers to no vertical line and to no zeros at the sides, but below."""
    outcome = sliding.pad(kernel=np.transpose(convolution.SOBEL))

    assert set(map(str, outcome.by_orientation.values())) == {"{'middle': [0, 0], 'left_edge': [0, 0]}"}
    assert outcome.map_full[-1].tolist() == [0, 0, 200, 600, 800, 600]


def test_windows_follow_size_and_stride() -> None:
    """Windows of three that move by one see nine values each, those of the lower half among them."""
    outcome = pooling.pool(size=3, stride=1)

    assert outcome.top_left == {"block": [6, 8, 6, 1, 2, 7, 9, 3, 5], "greatest": 9}
    assert outcome.top_right == {"block": [8, 6, 1, 2, 7, 4, 3, 5, 9], "greatest": 9}
    assert outcome.out_shape == [2, 2]


@pytest.fixture
def small(tensorflow: Any) -> Any:
    """Return a network on images of 5 by 6 whose every number can be counted on fingers."""
    layers = tensorflow.keras.layers
    return tensorflow.keras.models.Sequential(
        [
            layers.InputLayer((5, 6, 2)),
            layers.Conv2D(3, (2, 3)),
            layers.MaxPooling2D((2, 1)),
            layers.Flatten(),
            layers.Dense(7),
        ]
    )


def test_multiply_adds_by_hand(small: Any) -> None:
    """4·4 places times 2·3·2·3 weights, and 2·4·3 inputs times 7 units; biases don't count."""
    assert pooling.multiply_adds(small) == 16 * 36 + 24 * 7


def test_values_compared_by_hand(small: Any) -> None:
    """2·4·3 windows of two values."""
    assert pooling.compared_values(small.layers[1]) == 24 * 2


def test_network_without_pooling_is_the_same_otherwise(small: Any) -> None:
    """The convolution is as it was, the dense layer takes its 4·4·3 outputs; the model is left alone."""
    weights = small.get_weights()

    bare = pooling.without_pooling(small)

    assert [type(layer).__name__ for layer in bare.layers] == ["Conv2D", "Flatten", "Dense"]
    assert bare.layers[0].get_config() == small.layers[0].get_config()
    assert pooling.multiply_adds(bare) == 16 * 36 + 48 * 7
    assert all(np.array_equal(a, b) for a, b in zip(weights, small.get_weights(), strict=True))


def test_savings_are_counted_on_the_network_of_the_exercise(tensorflow: Any) -> None:
    """Layer by layer on paper: places times weights of kernels, 10 outputs at the end."""
    with_pooling = 26 * 26 * 9 * 64 + 11 * 11 * 9 * 64 * 64 + 5 * 5 * 64 * 128 + 128 * 10

    assert pooling.multiply_adds(exercise_3_02_model()) == with_pooling
    assert pooling.savings().pooling_saves["with_pooling"] == with_pooling
