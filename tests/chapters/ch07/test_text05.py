"""The building blocks of convolutional GANs: what the claims can't tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workshop.ledger import ledger
from workshop.measures.ch07_gans import text05_layers as layers
from workshop.numerics import upsampling
from workshop.numerics.convolution2d import convolve2d
from workshop.paths import follow

pytestmark = pytest.mark.usefixtures("tensorflow")


def decision(claim_id, *outcomes, printed=True):
    """Return whether a claim's rule accepts outcomes in place of what is printed, or of the correction."""
    claim = ledger().claims[claim_id]
    fields = {name: value for outcome in outcomes for name, value in vars(outcome).items()}
    values = {name: follow(fields[m.field], m.steps) for name, m in claim.measures().items()}
    return claim.rule.decide(claim.documented if printed else claim.correct, values.get("", values)).holds


def origin_holds():
    """Return whether the correction of the printed plane is confirmed, and what is printed refused."""
    outcomes = layers.transposed_convolution(), layers.origin()
    return not decision("ch07.text06.plane", *outcomes) and decision(
        "ch07.text06.plane", *outcomes, printed=False
    )


def test_the_convolution_is_that_by_hand() -> None:
    """64 filters of 5 x 5, stride 2, "same", as NumPy computes them."""
    rng = np.random.default_rng(3)
    image, kernel, bias = (rng.normal(size=size) for size in ((2, 9, 6, 1), (5, 5, 1, 64), (64,)))
    layer = layers.convolution()
    layer.build(image.shape)
    layer.set_weights([kernel, bias])

    by_hand = convolve2d(image, kernel, bias, strides=2, padding="same")

    np.testing.assert_allclose(layer(image.astype(np.float32)).numpy(), by_hand, atol=1e-5)


def test_the_printed_plane_is_traced_to_a_kernel_of_one_weight() -> None:
    """The claim on the plane refuses the printed layer and confirms its correction."""
    assert origin_holds()


def test_the_kernel_of_a_known_plane_is_found() -> None:
    """Least squares give back the kernel and bias that a plane was made with, for each size."""
    rng = np.random.default_rng(3)
    images = layers.example()[1].astype(np.float32)
    for size in (1, 2, 3, 4):
        kernel, bias = rng.normal(size=(size, size, 1, 1)), rng.normal(size=1)
        plane = upsampling.transpose_convolve2d(images, kernel, bias, strides=2, padding="same")

        found = layers.solution(layers._of_size(size), images, plane)

        np.testing.assert_allclose(found.kernel, kernel[:, :, 0, 0], atol=1e-6)
        assert found.bias == pytest.approx(bias[0], abs=1e-6)
        assert (found.distance < 1e-5, found.free) == (True, 0)


def test_a_plane_that_no_kernel_gives_stays_apart() -> None:
    """A plane with numbers in every cell is not that of a kernel of one weight."""
    images = layers.example()[1].astype(np.float32)

    constant, rising = np.full((1, 6, 6, 1), images.max() ** 2), np.arange(36.0).reshape(1, 6, 6, 1)

    assert layers.solution(layers._of_size(1), images, constant).largest < 1e-6
    assert layers.solution(layers._of_size(1), images, rising).distance > 1


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_the_bound_is_that_of_keras_own_start(tensorflow: Any, size: int) -> None:
    """Weights of fresh layers reach nearly up to it, never beyond; the printed weight needs a 1x1 kernel."""
    bound = layers.origin().solved[f"{size}x{size}"].bound
    drawn = []
    for _ in range(max(1, 200 // size**2)):
        layer = layers.built_layers(layers.transposed_model(size))[0]
        drawn.append(np.abs(layer.get_weights()[0]).max())

    assert 0.9 * bound < max(drawn) <= bound
    assert (bound >= 0.90538687) == (size == 1)


@pytest.mark.parametrize(("kernel", "stride", "out"), [(4, 1, 3), (4, 2, 6), (1, 3, 9), (5, 3, 9)])
def test_what_comes_out_is_the_stride_times_what_goes_in(kernel: int, stride: int, out: Any) -> None:
    """Other strides and kernels, too: the rule that the text states."""
    images = layers.example()[1].astype(np.float32)

    assert layers._plane_size(layers.Network(layers.transposed_model, (kernel, stride)), images) == [out, out]
