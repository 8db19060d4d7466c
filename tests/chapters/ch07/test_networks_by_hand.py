"""What chapter 7's networks and layers show when they run: momenta of normalisations, and settings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.chapters.ch07.controls import failing
from workshop.chapters.ch07_gans import _networks_by_hand as networks
from workshop.chapters.ch07_gans import text05_layers
from workshop.chapters.ch07_gans.ex05_dcgan import exercise_7_05_generator, exercise_7_05_summary
from workshop.training.summaries import built_layers


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize(("place", "momentum"), [(2, 0.99), (2, 0.8), (9, 0.9)])
def test_another_momentum_is_refused(monkeypatch: pytest.MonkeyPatch, place: int, momentum: float) -> None:
    """Of one normalisation; the summary has no column for it."""

    def generator() -> Any:
        model = exercise_7_05_generator()
        built_layers(model)[place].momentum = momentum
        return model

    monkeypatch.setattr(networks, "exercise_7_05_generator", generator)
    run = SimpleNamespace(**vars(networks.image_networks()), **vars(exercise_7_05_summary()))

    wrong = ["momentum"] if momentum != 0.99 else []
    assert failing("ch07.ex05.gen_summary", ch07_ex05=run) == wrong


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(("kernel", "strides"), [((5, 5), (2, 2)), ((3, 4), (1, 2)), ((4, 3), (3, 1))])
def test_settings_are_found_from_outputs(
    tensorflow: Any, kernel: Any, strides: Any, padding: str, transposed: bool
) -> None:
    """Filters, kernel, strides and padding of a layer come back without its config."""
    kind = tensorflow.keras.layers.Conv2DTranspose if transposed else tensorflow.keras.layers.Conv2D
    layer = kind(3, kernel, strides=strides, padding=padding)

    found = text05_layers.settings_of(layer, size=15, transposed=transposed)

    assert found == {
        "filters": 3,
        "kernel_size": list(kernel),
        "strides": list(strides),
        "padding": padding,
    }
