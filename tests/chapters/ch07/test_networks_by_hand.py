"""Settings that chapter 7's layers show when they run."""

from __future__ import annotations

from typing import Any

import pytest

from workshop.measures.ch07_gans import text05_layers


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(("kernel", "strides"), [((5, 5), (2, 2)), ((3, 4), (1, 2)), ((4, 3), (3, 1))])
def test_settings_are_found_from_outputs(
    tensorflow: Any, kernel: Any, strides: Any, padding: str, transposed: bool
) -> None:
    kind = tensorflow.keras.layers.Conv2DTranspose if transposed else tensorflow.keras.layers.Conv2D
    layer = kind(3, kernel, strides=strides, padding=padding)

    found = text05_layers.settings_of(layer, size=15, transposed=transposed)

    assert found == {
        "filters": 3,
        "kernel_size": list(kernel),
        "strides": list(strides),
        "padding": padding,
    }
