"""Drawn variants of images, compared with their ranges, Keras' own generator, and NumPy's transformations."""

import numpy as np
import pytest
from scipy import stats

from tests.oracles import warp
from workshop.numerics.transforms import centred, flip, rotation, shear, shift, zoom
from workshop.training import backend
from workshop.training.augmentation import Augmentation, transformed

DRAWS = 4000
SIZE = (20, 50)  # height, width
ALL = {
    "rotation_range": 40.0,
    "width_shift_range": 0.1,
    "height_shift_range": 0.2,
    "shear_range": 15.0,
    "zoom_range": 0.3,
    "horizontal_flip": True,
    "vertical_flip": True,
}
# name, settings, how the drawn value is read from matrices about the centre, and its range
RANGES = {
    "angle": ({"rotation_range": 40.0}, lambda m: np.degrees(np.arctan2(m[:, 1, 0], m[:, 0, 0])), (-40, 40)),
    "columns": ({"width_shift_range": 0.1}, lambda m: m[:, 1, 2], (-5, 5)),
    "rows": ({"height_shift_range": 0.1}, lambda m: m[:, 0, 2], (-2, 2)),
    "slant": ({"shear_range": 30.0}, lambda m: np.degrees(np.arcsin(-m[:, 1, 0])), (-30, 30)),
    "shown height": ({"zoom_range": 0.2}, lambda m: m[:, 0, 0], (0.8, 1.2)),
    "shown width": ({"zoom_range": 0.2}, lambda m: m[:, 1, 1], (0.8, 1.2)),
}
IDENTITY = np.eye(3)[:2]


@pytest.fixture
def generators():
    """Keras' module of image generators, where the installed Keras still has one."""
    pytest.importorskip("tensorflow")
    module = backend.keras.preprocessing.image
    if not hasattr(module, "ImageDataGenerator"):
        pytest.skip("the installed Keras has no ImageDataGenerator")
    return module


class Ends:
    """A generator that draws the lower end of every range, or the upper one."""

    def __init__(self, upper) -> None:
        self.upper = upper

    def uniform(self, low=0.0, high=1.0, size=None):
        return np.full(size, high if self.upper else low)


def about_centre(variants, size=SIZE):
    """Return matrices (n, 2, 3) of pixel numbers as float64 matrices about the centre."""
    centre = (np.array(size) - 1) / 2
    linear = variants[:, :, :2].astype(np.float64)
    return np.concatenate([linear, (variants[:, :, 2] + linear @ centre - centre)[..., np.newaxis]], axis=2)


def draw(count=(DRAWS,), size=SIZE, seed=3, **settings):
    """Return variants drawn by a fixed generator."""
    return Augmentation(**settings).draw(np.random.default_rng(seed), count, size)


@pytest.mark.parametrize("name", RANGES)
def test_draws_fill_their_range_evenly(name):
    settings, read, (low, high) = RANGES[name]

    found = read(about_centre(draw(**settings)))

    near = (high - low) / 100
    assert low - 1e-4 <= found.min() < low + near
    assert high - near < found.max() <= high + 1e-4
    assert stats.kstest(found, "uniform", args=(low, high - low)).pvalue > 1e-3


@pytest.mark.parametrize("name", RANGES)
def test_a_setting_changes_nothing_else(name):
    settings, read, _ = RANGES[name]
    matrices = about_centre(draw(**settings))
    again = {
        "rotation_range": lambda: rotation(read(matrices)),
        "width_shift_range": lambda: shift(0, read(matrices)),
        "height_shift_range": lambda: shift(read(matrices), 0),
        "shear_range": lambda: shear(read(matrices)),
        "zoom_range": lambda: zoom(matrices[:, 0, 0], matrices[:, 1, 1]),
    }[next(iter(settings))]()

    np.testing.assert_allclose(matrices, again[:, :2], atol=1e-5)


def test_height_and_width_are_zoomed_apart():
    matrices = about_centre(draw(zoom_range=0.2))

    assert abs(np.corrcoef(matrices[:, 0, 0], matrices[:, 1, 1])[0, 1]) < 4 / np.sqrt(DRAWS)


@pytest.mark.parametrize(("setting", "axis"), [("vertical_flip", 0), ("horizontal_flip", 1)])
def test_every_second_variant_is_flipped(setting, axis):
    matrices = about_centre(draw(**{setting: True}))

    flipped = IDENTITY.copy()
    flipped[axis, axis] = -1
    is_flipped = matrices[:, axis, axis] < 0
    np.testing.assert_array_equal(
        matrices, np.where(is_flipped[:, np.newaxis, np.newaxis], flipped, IDENTITY)
    )
    assert abs(is_flipped.mean() - 0.5) < 4 * 0.5 / np.sqrt(DRAWS)


def test_without_settings_nothing_moves():
    np.testing.assert_array_equal(draw(), np.broadcast_to(IDENTITY, (DRAWS, 2, 3)))


def test_every_image_of_every_pass_has_a_variant_of_its_own():
    found = draw((5, 3, 2), **ALL)

    assert (found.shape, found.dtype) == ((5, 3, 2, 2, 3), np.float32)
    assert len(np.unique(found.reshape(30, 6), axis=0)) == 30
    np.testing.assert_array_equal(found, draw((5, 3, 2), **ALL))


@pytest.mark.keras
@pytest.mark.parametrize("fill_mode", ["nearest", "constant"])
@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.filterwarnings("ignore:Please import `affine_transform`:DeprecationWarning")
def test_the_ends_of_all_ranges_together_are_what_keras_makes_of_them(generators, upper, fill_mode):
    """The two variants at the ends of all seven settings are those of Keras' own generator.

    Keras gets the transformation and not the ranges, because since TensorFlow 2.15 it moves columns by the
    draw from `height_shift_range`, turns the other way, and misses the centre of an image that is not square.
    """
    image = np.random.default_rng(8).uniform(0, 255, size=(24, 24, 3))
    sign = 1 if upper else -1
    variant = Augmentation(**ALL, fill_mode=fill_mode).draw(Ends(upper), (1,), (24, 24))
    generator = generators.ImageDataGenerator(fill_mode=fill_mode, cval=0.0)

    found = transformed(
        backend.tf.constant(image[np.newaxis], backend.tf.float32), backend.tf.constant(variant), fill_mode
    ).numpy()[0]

    of_keras = generator.apply_transform(
        image,
        {
            "theta": -40.0 * sign, "tx": 2.4 * sign, "ty": 4.8 * sign, "shear": 15.0 * sign,
            "zx": 1 + 0.3 * sign, "zy": 1 + 0.3 * sign,
            "flip_horizontal": not upper, "flip_vertical": not upper,
        },
    )  # fmt: skip
    assert np.abs(of_keras - image).mean() > 50
    np.testing.assert_allclose(found, of_keras, atol=0.02)


@pytest.mark.parametrize("fill_mode", ["nearest", "constant"])
@pytest.mark.parametrize("shape", [(12, 9, 1), (7, 16, 3), (10, 10, 5)])
def test_batches_are_transformed_as_numpy_does_it(shape, fill_mode):
    pytest.importorskip("tensorflow")
    rng = np.random.default_rng(4)
    images = rng.uniform(0, 255, size=(6, *shape)).astype(np.float32)
    matrices = (
        rotation(rng.uniform(-180, 180, size=6))
        @ shift(*rng.uniform(-3, 3, size=(2, 6)))
        @ shear(rng.uniform(-30, 30, size=6))
        @ zoom(*rng.uniform(0.6, 1.4, size=(2, 6)))
        @ flip(*rng.integers(2, size=(2, 6)))
    )
    variants = centred(matrices, shape[:2])[:, :2].astype(np.float32)
    graph = backend.tf.function(lambda *tensors: transformed(*tensors, fill_mode), autograph=False)

    found = graph(backend.tf.constant(images), backend.tf.constant(variants)).numpy()

    expected = [warp(image, matrix, fill=fill_mode) for image, matrix in zip(images, matrices, strict=True)]
    assert (found.shape, found.dtype) == (images.shape, np.float32)
    np.testing.assert_allclose(found, expected, atol=0.02)


@pytest.mark.parametrize(
    ("fill_mode", "expected"),
    [("nearest", [[1, 1, 2], [1, 1, 2], [4, 4, 5]]), ("constant", [[0, 0, 0], [0, 1, 2], [0, 4, 5]])],
)
def test_a_shift_by_hand(fill_mode, expected):
    pytest.importorskip("tensorflow")
    image = np.arange(1, 10, dtype=np.float32).reshape(1, 3, 3, 1)
    variant = centred(shift(-1, -1), (3, 3))[np.newaxis, :2].astype(np.float32)

    found = transformed(backend.tf.constant(image), backend.tf.constant(variant), fill_mode).numpy()

    assert found[0, ..., 0].tolist() == expected


def test_an_unknown_fill_is_one_clear_line():
    with pytest.raises(ValueError, match=r"^fill_mode 'wrap' is unknown: use one of nearest, constant$"):
        Augmentation(fill_mode="wrap")
