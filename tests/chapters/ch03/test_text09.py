"""The text of chapter 3: Data Augmentation (transformations)."""

import numpy as np
import pytest

from tests.oracles import warp
from workshop.measures.ch03_image_classification import text09_augmentation as augmenting
from workshop.numerics.transforms import rotation, shear, shift, zoom

pytestmark = pytest.mark.usefixtures("tensorflow")

PICTURE = augmenting.picture(40, 60)


def test_the_picture_grows_lighter_across_and_downward():
    assert (np.diff(PICTURE[..., 0].astype(int), axis=1) > 0).all()
    assert (np.diff(PICTURE[..., 1].astype(int), axis=0) > 0).all()


@pytest.mark.parametrize("fill_mode", ["nearest", "constant"])
def test_a_variant_is_that_of_numpy(fill_mode):
    matrix = rotation(25) @ shift(3, -4) @ zoom(0.8, 1.1)

    found = augmenting.variant(PICTURE, matrix, fill_mode)

    np.testing.assert_allclose(found, warp(PICTURE, matrix, fill=fill_mode), atol=0.05)


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (zoom(0.5, 0.25), {"growth": [2, 4], "centre_moved": [0, 0], "in_view": [0.5, 0.25]}),
        (zoom(2, 1), {"growth": [0.5, 1], "centre_moved": [0, 0]}),
        (shift(-2, 3), {"growth": [1, 1], "centre_moved": [2, -3]}),
    ],
)
def test_growth_place_and_view_are_given_by_axis(matrix, expected):
    found = augmenting.zoomed(PICTURE, matrix)

    for name, values in expected.items():
        assert found[name] == pytest.approx(values, abs=1e-3), name


@pytest.mark.parametrize(
    ("matrix", "step", "corners"),
    [
        (shear(-30), -0.5, ["upper left", "lower right"]),
        (shear(30), 0.5, ["upper right", "lower left"]),
        (zoom(1, 1), 0, []),
    ],
)
def test_a_bar_shows_how_far_and_which_way_it_is_slanted(matrix, step, corners):
    found = augmenting.parallelogram(PICTURE, matrix)

    assert found["step"] == pytest.approx(step, abs=1e-4)
    assert max(found["bend"], found["width_differs"]) < 1e-3
    assert found["black_corners"] == corners


def test_passes_are_timed_one_by_one_and_without_the_first(monkeypatch):
    now, order = [0.0], []

    class Passes:
        def __init__(self, variants, batch_size) -> None:
            self.name, self.batch_size, self.begun = (
                "augmented" if variants else "rescaled",
                batch_size,
                False,
            )

        def __iter__(self):
            order.append(self.name)
            now[0] += (6.0 if self.name == "augmented" else 2.0) if self.begun else 100.0
            self.begun = True
            return iter(
                [(None, type("Labels", (), {"numpy": lambda labels: np.zeros(self.batch_size)})())] * 4
            )

    monkeypatch.setattr(
        augmenting, "batches", lambda i, o, r, *v, batch_size, fill_mode: Passes(v, batch_size)
    )

    outcome = augmenting.pass_times(lambda: now[0], pairs=4, images=64)

    assert (outcome.ratios, outcome.typical) == ([3.0] * 4, 3.0)
    assert outcome.images == {"rescaled": 64, "augmented": 64}
    assert order[2:6] in (
        ["rescaled", "augmented", "augmented", "rescaled"],
        ["augmented", "rescaled", "rescaled", "augmented"],
    )


def test_an_option_that_changes_nothing_is_not_named():
    pytest.importorskip("tensorflow")
    assert augmenting.generator_options(draws=0) == []
