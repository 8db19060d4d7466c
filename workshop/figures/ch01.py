"""Figures of chapter 1: the photograph that is recognised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from workshop.figures.model import Images, png
from workshop.figures.registry import Plot, figure

_WIDTH = 160  # pixels


@figure("ch01.ex01", title="The photograph", data="pizza_image")
def photograph(path: Path) -> Iterator[Plot]:
    """Draw a photograph in a small copy.

    Source: chapter 1, exercise 1.01, Figure 1.5.
    """
    from PIL import Image

    with Image.open(path) as file:
        width, height = file.size
        small = np.asarray(file.convert("RGB").resize((_WIDTH, round(_WIDTH * height / width))))
    alt = f"The photograph that the network recognises, {width} × {height} pixels, in a small copy."
    yield "", alt, (Images((("Figure 1.5", png(small), ""),)),), ""
