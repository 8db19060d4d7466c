"""Images as arrays and the layers of the text: what the claims can't notice, and mutants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from workshop.measures.ch03_image_classification import text01_digital_images as images
from workshop.measures.ch03_image_classification import text05_last_layer as last_layers
from workshop.measures.ch03_image_classification import text07_keras_layers as layers
from workshop.numerics.convolution2d import convolve2d, max_pool2d

pytestmark = pytest.mark.usefixtures("tensorflow")


@pytest.mark.parametrize(
    ("shape", "described"),
    [
        ((5, 7), (5, 7, 1, "grayscale")),
        ((5, 7, 1), (5, 7, 1, "grayscale")),
        ((5, 7, 3), (5, 7, 3, "color")),
        ((512, 512, 3), (512, 512, 3, "color")),
    ],
)
def test_an_image_is_described_by_its_axes(
    shape: tuple[int, ...], described: tuple[int, int, int, str]
) -> None:
    """Height comes before width, channels last; an image without that axis is grey."""
    found = images.describe_image(np.zeros(shape, np.uint8))

    assert (found.height, found.width, found.channels, found.kind) == described
    assert found.dimensions == list(described[:3])


@pytest.mark.parametrize("shape", [(5,), (5, 7, 2), (5, 7, 4), (1, 5, 7, 3)])
def test_what_is_no_single_grey_or_colour_image_is_refused(shape: tuple[int, ...]) -> None:
    """One line names the shape and what to give instead."""
    with pytest.raises(ValueError, match=r"^image of shape \(5|\(1, .*: give \(height, width, channels\)"):
        images.describe_image(np.zeros(shape))


@pytest.mark.parametrize(
    ("dtype", "bounds"),
    [("uint8", (0, 255)), ("int8", (-128, 127)), ("bool", (0, 1)), ("uint16", (0, 65535))],
)
def test_the_range_of_a_dtype_is_found_by_trying(dtype: str, bounds: tuple[int, int]) -> None:
    """They are those that come back unchanged."""
    assert images.range_of(dtype) == bounds


@pytest.mark.parametrize("channels", [1, 3])
def test_a_png_file_gives_the_image_back(channels: int) -> None:
    """Rows, columns and channels keep their places on the way through the file's bytes."""
    image = np.random.default_rng(1).integers(0, 256, size=(5, 7, channels)).astype(np.uint8)

    np.testing.assert_array_equal(images.from_file(image), image)


def test_the_bytes_of_a_file_say_width_and_height(tensorflow: Any) -> None:
    """The header of a PNG file has the width first, so that describing the array is no echo of it."""
    data = tensorflow.image.encode_png(np.zeros((5, 7, 3), np.uint8)).numpy()

    assert (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")) == (7, 5)
    assert images.digital_images(size=(5, 7)).example_dims == [5, 7, 3]


def test_the_grey_picture_follows_the_grid() -> None:
    """A grid that is not its own transpose comes back as it is, and one changed pixel changes."""
    grid = [[0, 10, 20], [30, 40, 255]]

    found = images.digital_images(grid=grid).figure_3_2_grid

    np.testing.assert_array_equal(found, grid)
    assert found.dtype == np.uint8


def test_edge_map_shows_the_direction_of_the_filter() -> None:
    """The transposed filter answers to horizontal contours alone; a sum of pixels is not black inside."""
    across = images.edge_map(kernel=np.transpose(images.SOBEL))
    summed = images.edge_map(kernel=np.ones((3, 3), int))

    assert (across.flat, across.vertical, across.horizontal) == (0, [0, 0], [1020, 1020])
    assert summed.flat == 9 * 255


def test_edge_map_follows_the_step() -> None:
    """Half the step gives half the strength: 4 · 100 on both sides of both contours."""
    assert images.edge_map(bright=100).vertical == [400, 400]


SUMS = np.float32([[-2.0, 0.0, 3.0], [50.0, -50.0, 0.5]])


@pytest.mark.parametrize(
    ("problem", "formula"),
    [
        ("regression", lambda z: z),
        ("binary classification", lambda z: 1 / (1 + np.exp(-z))),
        (
            "multi-class classification",
            lambda z: (
                np.exp(z - z.max(axis=1, keepdims=True))
                / np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)
            ),
        ),
    ],
)
def test_the_activation_is_its_formula(
    tensorflow: Any, problem: str, formula: Callable[[np.ndarray], np.ndarray]
) -> None:
    """What comes out of the last layer is what float64 NumPy makes of the sums."""
    activation = last_layers.last_layer(problem, classes=3).activation

    np.testing.assert_allclose(activation(tensorflow.constant(SUMS)), formula(np.float64(SUMS)), atol=1e-6)


def test_only_several_classes_take_several_numbers() -> None:
    """The number of classes counts for the multi-class problem alone."""
    assert [last_layers.last_layer(problem, 7).units for problem in last_layers.ACTIVATIONS] == [1, 1, 7]


def test_an_unknown_problem_is_refused() -> None:
    """One line names it and the ones that there are."""
    with pytest.raises(ValueError, match=r"^problem 'ranking': use one of regression, binary"):
        last_layers.last_layer("ranking")


def test_the_convolution_is_that_by_hand() -> None:
    """64 filters of 3 x 3, stride 2, "same" and ReLU give what NumPy gives, zeros included."""
    rng = np.random.default_rng(3)
    image, kernel, bias = (rng.normal(size=size) for size in ((2, 9, 6, 1), (3, 3, 1, 64), (64,)))
    layer = layers.convolution()
    layer.build(image.shape)
    layer.set_weights([kernel, bias])

    by_hand = np.maximum(convolve2d(image, kernel, bias, strides=2, padding="same"), 0)

    np.testing.assert_allclose(layer(image.astype(np.float32)).numpy(), by_hand, atol=1e-5)
    assert 0.2 < (by_hand == 0).mean() < 0.8


def test_the_pooling_takes_the_greatest() -> None:
    """Windows of 3 x 3 that move by one pixel give NumPy's maxima; 28 becomes 26."""
    image = np.random.default_rng(3).normal(size=(1, 28, 28, 2)).astype(np.float32)

    pooled = layers.max_pooling()(image).numpy()

    assert pooled.shape == (1, 26, 26, 2)
    np.testing.assert_array_equal(pooled, max_pool2d(image, 3, strides=1))


@pytest.mark.parametrize(
    ("stride", "size", "out"), [(1, 28, 28), (2, 28, 14), (2, 27, 14), (2, 1, 1), (3, 28, 10), (3, 27, 9)]
)
def test_same_padding_divides_the_size_by_the_stride_and_rounds_up(stride: int, size: int, out: int) -> None:
    """Rows are read from what is fed and what comes out, heights before widths."""
    found = layers.sizes(layers.convolution(stride=stride), size, 5)

    assert found == [[size, 5], stride, [out, -(-5 // stride)]]


@pytest.mark.parametrize(
    ("target", "accepted"),
    [
        ((4, 5, 1), True),
        ((3, 4, 5, 1), False),  # with the batch axis
        ((5, 4, 1), False),  # as many pixels, in another shape
        ((1, 4, 5), False),
        ((4, 5), False),
        ((20,), False),
    ],
)
def test_only_the_target_without_the_batch_axis_is_accepted(target: tuple[int, ...], accepted: bool) -> None:
    """Of three images of 4 x 5 pixels; what fits but gives another shape is not a channel axis."""
    images_ = np.arange(60, dtype=np.float32).reshape(3, 4, 5)

    assert layers.accepted_targets(images_, [target]) == ([list(target)] if accepted else [])


def test_a_batch_axis_of_one_does_not_pass_for_the_images() -> None:
    """For a single image the printed kind of target fits, but adds an axis too many."""
    assert layers.accepted_targets(np.zeros((1, 4, 5), np.float32), [(1, 4, 5, 1), (4, 5, 1)]) == [[4, 5, 1]]


def test_pixels_that_move_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same shape with rows and columns exchanged is not the reshape of the text."""
    monkeypatch.setattr(
        layers, "with_channel", lambda x: np.ascontiguousarray(x.transpose(0, 2, 1)).reshape(*x.shape, 1)
    )

    found = layers.snippets(shape=(10, 28, 28))

    assert found.reshape_numpy["shape"] == [10, 28, 28, 1]
    assert found.reshape_numpy["misplaced"] > 7000
    assert found.reshape_keras == []


def test_settings_follow_the_built_layer() -> None:
    """A stride of one and average pooling show in what is read back."""
    average = layers.keras.layers.AveragePooling2D((3, 3), strides=1)

    assert layers.read_back(layers.convolution(stride=1), "strides")["strides"] == [1, 1]
    assert layers.read_back(average, "pool_size") == {"layer": "AveragePooling2D", "pool_size": [3, 3]}


def test_names_that_do_not_work_are_left_out() -> None:
    """A class must take a number of units and give as many numbers; a function must exist."""
    found = layers.names_in_steps(
        classes=("Flatten", "Dense", "EinsumDense", "Nothing"),
        functions=("tf.no.name", "tf.keras", "tf.reshape"),
    )

    assert found.units_by_class == ["Dense"]
    assert found.download_functions == ["tf.reshape"]
