"""What figures show, as data: charts, strips, images, matrices, rankings, layers. `drawing` writes them."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from workshop.values import is_number, leaves

Number = Annotated[float, Field(allow_inf_nan=False)]
Numbers = tuple[Number, ...]
# areas, lines, dots, and the book's crosses
Look = Literal[
    "range", "half", "era", "median", "run", "other", "naive", "actual", "chance", "real", "made", "bars",
    "book", "notebook",
]  # fmt: skip
Interval = tuple[Number, Number]
Yardstick = Literal["book", "notebook", "correct", "naive", "guessing"]


@dataclass(frozen=True)
class Marks:
    """A layer of a chart, drawn as `look` says; areas go from `low` to `y`.

    `name` : in the key, "" for none. `end` : what the last value is called next to it, "" for nothing.
    """

    look: Look
    x: Numbers
    y: Numbers
    name: str = ""
    end: str = ""
    low: Numbers = ()


@dataclass(frozen=True)
class Chart:
    """Marks over x and y. `small` ones stand five a row and have no ticks; `note` is a line below.

    `ticks` : names of the whole numbers of x, () for numbers. `splits` : vertical lines by name.
    """

    marks: tuple[Marks, ...]
    title: str = ""
    x_label: str = ""
    size: Literal["panel", "wide", "small"] = "panel"
    log: bool = False
    x_ends: Interval | None = None
    y_ends: Interval | None = None
    ticks: tuple[str, ...] = ()
    splits: tuple[tuple[Number, str], ...] = ()
    note: str = ""
    kind: Literal["chart"] = "chart"


@dataclass(frozen=True)
class Strip:
    """A number's recorded runs, a dot each, and what is compared with them: intervals by name, this run's.

    `yours` : a reader's number, which is drawn, or several, for which the axis only has room. The axis keeps
    to what is possible on the quantity's `scale`: a share (`logit`) lies from 0 to 1, or 100 in percent.
    """

    runs: Numbers
    marks: tuple[tuple[Yardstick, Interval], ...] = ()
    today: tuple[Number, Number, Number] | None = None
    scale: str = "identity"
    narrow: bool = False
    yours: Numbers = ()
    kind: Literal["strip"] = "strip"


@dataclass(frozen=True)
class Images:
    """Images side by side, each with a title: PNG or JPEG files in base64, and a note."""

    images: tuple[tuple[str, Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]*=*$")], str], ...]
    kind: Literal["images"] = "images"


@dataclass(frozen=True)
class Matrix:
    """Printed numbers in rows, and this run's, None where nothing ran. `names` : of rows and columns."""

    book: tuple[Numbers, ...]
    run: tuple[Numbers, ...] | None = None
    names: tuple[str, ...] = ()
    kind: Literal["matrix"] = "matrix"


@dataclass(frozen=True)
class Cells:
    """Rows of words: a row's name, whose it is, and its words, each over a small one."""

    rows: tuple[tuple[str, Literal["book", "run"], tuple[tuple[str, str], ...]], ...]
    kind: Literal["cells"] = "cells"


@dataclass(frozen=True)
class Rank:
    """Words in the book's order, and how many of the runs have a word among their first ones.

    `runs` : 0 where one ranking is all that there is; then `counts` are its values.
    """

    book: tuple[str, ...]
    counts: tuple[tuple[str, Number], ...]
    runs: int = 0
    kind: Literal["rank"] = "rank"


@dataclass(frozen=True)
class Layers:
    """A network's layers: name, output shape, parameters in the book and in the run, None where none ran."""

    rows: tuple[tuple[str, str, int | None, int | None, str], ...]
    ran: bool = False
    kind: Literal["layers"] = "layers"


Part = Annotated[Chart | Strip | Images | Matrix | Cells | Rank | Layers, Field(discriminator="kind")]


NOT_DRAWN = "not drawn: "
_GAP = 2  # pixels between the images of a sheet


@dataclass(frozen=True)
class Figure:
    """A unit's figure: its parts next to each other, and in words what is to be seen.

    `note` : what it rests on. `claims` : the errors of the book that it makes visible: `on_card` of it stands
    on their cards. `folded` : whether it is shown on demand.
    """

    title: str
    alt: str
    parts: tuple[Part, ...] = ()
    note: str = ""
    claims: tuple[str, ...] = ()
    folded: bool = False

    @property
    def on_card(self) -> Figure:
        """What a card has room for: of charts the last one, else all parts."""
        charts = [part for part in self.parts if isinstance(part, Chart)]
        return replace(self, parts=(replace(charts[-1], x_label=""),) if charts else self.parts, note="")

    @property
    def is_drawn(self) -> bool:
        """Whether no error has kept it from being drawn, as one may for once."""
        return not self.alt.startswith(NOT_DRAWN)


def by_error(figures: Iterable[Figure]) -> dict[str, Figure]:
    """Return what stands on the card of each error of the book that some figures make visible."""
    return {claim: one.on_card for one in figures if one.parts for claim in one.claims}


def numbers(values: ArrayLike, digits: int = 4) -> Numbers:
    """Return values rounded to what is drawn."""
    return tuple(float(f"{value:.{digits}g}") for value in np.ravel(np.asarray(values, dtype=np.float64)))


def book_marks(
    xs: Sequence[float] | np.ndarray, printed: Any, name: str = "printed in the book"
) -> tuple[Marks, ...]:
    """Return the book's crosses at places, () if it does not print a number for each of them."""
    values = [leaf for leaf in leaves(printed) if is_number(leaf)]
    return (
        (Marks("book", numbers(xs, 6), numbers(values, 6), name),)
        if values and len(values) == len(xs)
        else ()
    )


def size(image: np.ndarray) -> str:
    """Write the height and width of an image."""
    return f"{image.shape[0]} × {image.shape[1]}"


def png(pixels: np.ndarray) -> str:
    """Return an image, 0 to 255 (height, width) or with 1 or 3 channels, as a PNG file in base64.

    Raises ValueError if the array is not an image.
    """
    image = np.clip(np.asarray(pixels, dtype=np.float64), 0, 255).round()
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 3)):
        raise ValueError(
            f"an array of shape {image.shape} is not an image: give (height, width) and 1 or 3 channels"
        )
    return _file(image[..., 0] if image.shape[2:] == (1,) else image, "PNG", optimize=True)


def jpeg(pixels: np.ndarray) -> str:
    """Return a photograph, 0 to 255 (height, width, 3), as a JPEG file in base64."""
    return _file(pixels, "JPEG", quality=85, subsampling=0)


def _file(pixels: np.ndarray, kind: str, **options: Any) -> str:
    from PIL import Image  # figures without images need none

    file = io.BytesIO()
    Image.fromarray(np.asarray(pixels).astype(np.uint8)).save(file, kind, **options)
    return base64.b64encode(file.getvalue()).decode()


def sheet(images: np.ndarray, columns: int = 5) -> np.ndarray:
    """Return grey images (n, height, width) or with a channel as one, row by row, white between them."""
    count, height, width, *channels = images.shape
    rows = -(-count // columns)
    tile = np.full((rows * (height + _GAP) - _GAP, columns * (width + _GAP) - _GAP, *channels), 255.0)
    for place, image in enumerate(images):
        top, left = (place // columns) * (height + _GAP), (place % columns) * (width + _GAP)
        tile[top : top + height, left : left + width] = image
    return tile
