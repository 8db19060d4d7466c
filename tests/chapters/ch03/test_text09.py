"""What chapter 3 measures of transformed pictures changes with the transformation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.oracles import warp
from workshop.measures.ch03_image_classification import text09_augmentation as augmenting
from workshop.numerics.transforms import flip, rotation, shear, shift, zoom
from workshop.training.augmentation import Augmentation

PICTURE = augmenting.picture(40, 60)
OTHERS = {
    "left and right": lambda x: x[:, ::-1],
    "top and bottom": lambda x: x[::-1],
    "half a turn": lambda x: np.rot90(x, 2),
    "a quarter turn": lambda x: np.rot90(x, -1),
    "a quarter turn back": np.rot90,
    "mirrored at the diagonal": lambda x: x.swapaxes(0, 1),
    "a pixel to the right": lambda x: np.roll(x, 1, axis=1),
    "a pixel down": lambda x: np.roll(x, 1, axis=0),
}


pytestmark = pytest.mark.usefixtures("tensorflow")


@pytest.mark.parametrize("other", OTHERS)
def test_the_picture_is_like_none_of_its_transformations(other: str) -> None:
    """A wrong transformation of the picture's square differs from it in whole colours, not single pixels."""
    square = PICTURE[:, :40].astype(int)

    apart = np.abs(OTHERS[other](square) - square)

    assert (apart > 0).any(axis=2).mean() > 0.9
    assert PICTURE.min() > 0


@pytest.mark.parametrize("fill_mode", ["nearest", "constant"])
def test_a_variant_is_that_of_numpy(fill_mode: str) -> None:
    """What is measured comes from the transformation that pipelines use, and agrees with the one by hand."""
    matrix = rotation(25) @ shift(3, -4) @ zoom(0.8, 1.1)

    found = augmenting.variant(PICTURE, matrix, fill_mode)

    np.testing.assert_allclose(found, warp(PICTURE, matrix, fill=fill_mode), atol=0.05)


@pytest.mark.parametrize("wrong", [flip(True, False), flip(True, True), flip(False, False)])
def test_a_flip_of_another_axis_is_noticed(wrong: np.ndarray) -> None:
    """Two flips give the picture back for any axis, so the distance from the mirror image decides."""
    found = augmenting.flipped(PICTURE, wrong, PICTURE[:, ::-1])

    assert found["twice"] < 1e-3
    assert found["mirrored"] > 50


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (zoom(0.5, 0.25), {"growth": [2, 4], "centre_moved": [0, 0], "in_view": [0.5, 0.25]}),
        (zoom(2, 1), {"growth": [0.5, 1], "centre_moved": [0, 0]}),
        (shift(-2, 3), {"growth": [1, 1], "centre_moved": [2, -3]}),
    ],
)
def test_growth_place_and_view_are_given_by_axis(
    matrix: np.ndarray, expected: dict[str, list[float]]
) -> None:
    """Twice as high and four times as wide, half as high, or moved: each shows in its own quantity."""
    found = augmenting.zoomed(PICTURE, matrix)

    for name, values in expected.items():
        assert getattr(found, name) == pytest.approx(values, abs=1e-3), name


@pytest.mark.parametrize(
    ("matrix", "share", "rest", "edge"),
    [
        (shift(0, -12), 0.2, 0, 0),
        (shift(0, -6), 0.1, 0, 0),
        (shift(0, 12), 0, None, 0),  # to the left: nothing is black at the left
        (shift(-8, 0), 0, None, 0),  # down
        (shift(-8, -12), 0.2, None, None),  # down as well: the rest is not that of the picture
    ],
)
def test_a_stripe_lies_where_the_shift_leaves_it(
    matrix: np.ndarray, share: float, rest: float | None, edge: float | None
) -> None:
    """Width, rest and edge are right together for shifts to the right only."""
    found = augmenting.stripe(PICTURE, matrix, lambda pixels: pixels)

    assert found["stripe"] == pytest.approx(share)
    for value, expected in ((found["rest_moved"], rest), (found["edge_repeated"], edge)):
        assert value == pytest.approx(0, abs=1e-3) if expected == 0 else value > 5


@pytest.mark.parametrize(
    ("matrix", "step", "corners"),
    [
        (shear(-30), -0.5, ["upper left", "lower right"]),
        (shear(30), 0.5, ["upper right", "lower left"]),
        (zoom(1, 1), 0, []),
    ],
)
def test_a_bar_shows_how_far_and_which_way_it_is_slanted(
    matrix: np.ndarray, step: float, corners: list[str]
) -> None:
    """Rows move by the sine of the angle; corners opposite to one another come from outside."""
    found = augmenting.parallelogram(PICTURE, matrix)

    assert found.step == pytest.approx(step, abs=1e-4)
    assert max(found.bend, found.width_differs) < 1e-3
    assert found.black_corners == corners


def test_a_bar_slanted_along_the_other_axis_is_noticed() -> None:
    """Where what is level is slanted, an upright bar only loses its corners."""
    found = augmenting.parallelogram(PICTURE, shear(-30).T)

    assert found.width_differs > 1


def test_variants_that_are_all_the_same_are_not_counted_as_different(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten copies of each image are ten images made, and one of its kind."""
    monkeypatch.setattr(augmenting, "SEVEN", Augmentation())

    assert augmenting.many_variants(images=3) == {"made": 10.0, "different": 1.0}


@pytest.mark.parametrize("lost", ["vertical_flip", "shear_range"])
def test_an_option_that_changes_nothing_is_not_listed(monkeypatch: pytest.MonkeyPatch, lost: str) -> None:
    """Each transformation is tried alone, so another one can't stand in for it."""
    monkeypatch.setattr(augmenting, "SEVEN", replace(augmenting.SEVEN, **{lost: False}))
    left = [name for name in augmenting.OPTIONS if name != lost]

    assert augmenting.generator_options() == left


def test_passes_are_timed_one_by_one_and_without_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passes of 2 s and of 6 s, after first ones of 100 s, have a ratio of 3; which is first alternates."""
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
