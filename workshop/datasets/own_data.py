"""A reader's own data in place of a data set, turned into the value that chapter functions take."""

from __future__ import annotations

import itertools
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from workshop.datasets.finding import Found
from workshop.datasets.model import registry
from workshop.datasets.readers.folders import ZippedImages, read_image_zip
from workshop.datasets.readers.images import ImageArrays
from workshop.datasets.readers.imdb import ReviewIds
from workshop.datasets.readers.sentences import Lines, TaggedCorpus
from workshop.datasets.readers.tables import ReviewTables
from workshop.datasets.readers.vectors import WordVectors
from workshop.datasets.readers.weights import PretrainedFiles
from workshop.errors import DataError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

YOUR_OWN = "your own data"
START, OFFSET = 1, 3  # of Keras' imdb.load_data: the first id of a review, and what is added to ranks
_READERS = {".csv": "pandas.read_csv", ".xlsx": "pandas.read_excel", ".npy": "numpy.load"}
_PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"}
_FEWEST_DAYS = 7  # of which three quarters, the training part, have the fifth day that chapter 5 shows
_UNKNOWN = 100_000  # a rank beyond the word index
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Own(Found):
    """A reader's own data; each counts as other data than all before."""

    value: Any = None


@dataclass(frozen=True)
class Form:
    """A form of own data.

    `name` : of the variable in examples, which the lines `made` make. `wanted` : what is wanted, in words.
    """

    name: str
    wanted: str
    convert: Callable[[Any], Any]
    made: str

    def of(self, given: Any, taker: str) -> Any:
        """Return own data as functions take them. Raises DataError, which says what `taker` wants."""
        try:
            return self.convert(given)
        except _Unfit as error:
            raise DataError(f"{error}; for {taker} give {self.wanted}") from None
        except (TypeError, ValueError, AttributeError, LookupError, OSError):
            what = f"{_describe(given)} does not fit"
            if isinstance(given, str | Path) and (read := _READERS.get(Path(given).suffix.lower())):
                what = f"'{given}' is a path: read it first, {read}({str(given)!r})"
            raise DataError(f"{what}; for {taker} give {self.wanted}") from None


def own(data_set_id: str, given: Any) -> Own:
    """Return a reader's own data in place of a data set.

    Raises DataError, which says what is wanted, if it can't be turned into the value that functions take, or
    is empty.
    """
    form = form_of(data_set_id)
    if form is None:
        raise DataError(f"{data_set_id} is a tool of the exercise: nothing can take its place")
    return Own(
        id=data_set_id,
        edition="own",
        substitute=True,
        why=YOUR_OWN,
        paths={},
        provider=YOUR_OWN,
        checksum=f"own {next(_numbers)}",
        value=form.of(given, data_set_id),
    )


def form_of(data_set_id: str) -> Form | None:
    """Return the form of own data in place of a data set, None for a tool."""
    return _FORMS.get(data_set_id) or _FORMS.get(registry()[data_set_id].editions[0].loader)


def is_data(data_set_id: str) -> bool:
    """Whether a data set is what an exercise is about, and no tool, word list or pretrained network."""
    form = form_of(data_set_id)
    return form is not None and form.name not in {"words", "ranks", "weights"}


class _Unfit(ValueError):
    """A message for the reader on why data don't fit."""


def _describe(given: Any) -> str:
    shape = getattr(given, "shape", None)
    length = f" of {len(given)}" if isinstance(given, tuple | list | dict) else ""
    name = "array" if isinstance(given, np.ndarray) else type(given).__name__
    of = length if shape is None else f" of shape {tuple(shape)}"
    return f"a{'n' * (name[0] in 'aeiou')} {name}{of}"


def _table(given: Any) -> Any:
    """Return a frame with its index numbered; a named index, such as dates, becomes a column."""
    import pandas as pd

    if not isinstance(given, pd.DataFrame):
        raise TypeError
    if given.empty:
        raise _Unfit("it is empty")
    return given.reset_index(drop=given.index.names == [None])


def _labelled(given: Any, *, names: Sequence[str] = (), label: str, two: bool = False) -> Any:
    """Return a table of examples with the columns of the book's: those of numbers, and the class."""
    import pandas as pd

    if isinstance(given, tuple | list) and len(given) == 2:
        x, y = np.asarray(given[0], np.float64), np.asarray(given[1]).reshape(-1)
        if x.ndim != 2 or len(x) != len(y):
            raise _Unfit(f"x of shape {x.shape} and {len(y)} classes are not examples")
        table = pd.DataFrame({**{f"x{number}": column for number, column in enumerate(x.T, 1)}, label: y})
    else:
        table = _table(given)
    if not {label, *names} <= {*table.columns}:
        *numbers, last = table.columns
        if names and len(numbers) != len(names):
            raise _Unfit(f"a table of {len(table.columns)} columns does not fit")
        table = table.rename(columns={**dict(zip(numbers, names, strict=False)), last: label})
    for column in names or [name for name in table.columns if name != label]:
        if table[column].dtype.kind not in "iufb" or not np.isfinite(table[column].astype(float)).all():
            raise _Unfit(f"the column {column} has other than numbers")
    classes = sorted(table[label].unique().tolist(), key=str)
    if two and len(classes) != 2:
        raise _Unfit(f"there are {len(classes)} classes, not two")
    return table.assign(**{label: table[label].map(classes.index)}) if two else table


def _points(given: Any) -> Any:
    points = np.asarray(given, np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 4 or not np.isfinite(points).all():
        raise _Unfit(f"{_describe(given)} has no points")
    return points


def _prices(given: Any) -> Any:
    """Return prices as the book's files have them: Date and Close, newest first."""
    import pandas as pd

    if hasattr(given, "columns"):
        table = _table(given).rename(columns=lambda name: str(name).strip())
        missing = {"Date", "Close"} - {*table.columns}
        if missing:
            raise _Unfit(f"the table has no column {min(missing)}")
        _check_days(len(table))
        _check_kind(table["Close"].to_numpy())
        table = table.assign(Date=table["Date"].map(_day))
        days = pd.to_datetime(table["Date"], utc=True)
        return table[::-1].reset_index(drop=True) if days.iloc[0] < days.iloc[-1] else table
    _check_kind(np.asarray(given))
    prices = np.asarray(given, np.float64)
    if prices.shape not in {(prices.size,), (prices.size, 1)}:
        raise TypeError
    closes = _items(prices.reshape(-1)[::-1])
    _check_days(prices.size)
    return pd.DataFrame({"Date": np.arange(prices.size)[::-1], "Close": closes})


def _day(day: Any) -> Any:
    """Return a date as text, as the book's files have it; a time of day only where it says something."""
    if day is None or isinstance(day, str | int | float | np.number):
        return day
    local = day.replace(tzinfo=None) if getattr(day, "tzinfo", None) is not None else day
    return str(local).removesuffix(" 00:00:00")


def _check_kind(prices: np.ndarray[Any, Any]) -> None:
    if prices.dtype.kind in "cmM":
        raise _Unfit(f"prices are {prices.dtype}, and not plain numbers")


def _check_days(days: int) -> None:
    if days < _FEWEST_DAYS:
        raise _Unfit(f"{days} days are too few for a training and a test part")


def _items(given: Any) -> list[Any]:
    """Return the items of a list, a series or an array of one dimension."""
    if isinstance(given, str | bytes | Mapping) or getattr(given, "ndim", 1) != 1:
        raise TypeError
    items = list(given)
    if not items:
        raise _Unfit("it is empty")
    return items


def _whole_numbers(given: Any, name: str) -> np.ndarray[Any, Any]:
    numbers = np.asarray(given)
    if numbers.dtype.kind not in "iub":
        raise _Unfit(f"{name} are {numbers.dtype}, no whole numbers")
    return numbers


def _pairs(given: Any) -> list[tuple[Any, np.ndarray[Any, Any]]]:
    """Return ((x, y), (x, y)) as two pairs of examples and as many labels."""
    pairs = []
    for name, (x, y) in zip(("training", "test"), given, strict=True):
        if not len(x):
            raise _Unfit(f"there are no {name} examples")
        labels = _whole_numbers(y, f"{name} labels")
        if labels.shape not in {(len(x),), (len(x), 1)}:
            raise _Unfit(f"{len(x)} {name} examples have labels of shape {labels.shape}")
        pairs.append((x, labels.reshape(-1)))
    return pairs


def _images(given: Any, *, shape: Sequence[int]) -> ImageArrays:
    """Return images of a shape, (height, width) grey or (height, width, 3), resized where they differ."""
    if isinstance(given, ImageArrays):
        given = (given[:2], given[2:])
    arrays: list[np.ndarray[Any, Any]] = []
    for x, labels in _pairs(given):
        if labels.min() < 0 or labels.max() > 255:
            raise _Unfit(f"labels are from {labels.min()} to {labels.max()}")
        pixels = _pixels(x)
        if pixels.shape[1:] != tuple(shape):
            from PIL import Image

            mode, size = "RGB" if shape[2:] else "L", (shape[1], shape[0])
            resized = [Image.fromarray(each).convert(mode).resize(size) for each in pixels]
            pixels = np.stack(list(map(np.asarray, resized)))
        arrays += [pixels, labels.astype(np.uint8)]
    return ImageArrays(*arrays)


def _pixels(given: Any) -> np.ndarray[Any, Any]:
    """Return images as bytes, (n, height, width) or (n, height, width, 3)."""
    pixels = np.asarray(given)
    channels = pixels.shape[3:]
    if pixels.ndim not in {3, 4} or not pixels.size or channels not in {(), (1,), (3,)}:
        raise _Unfit(f"images of shape {pixels.shape} do not fit")
    if pixels.dtype.kind not in "iufb":
        raise _Unfit(f"pixels are {pixels.dtype}")
    low, high, most = pixels.min(), pixels.max(), 255 if pixels.dtype.kind in "iu" else 1
    if not (low >= 0 and high <= most):  # of NaN both are false
        raise _Unfit(f"pixels are {pixels.dtype} from {low} to {high}")
    if most == 1:
        pixels = np.rint(pixels * 255.0)
    pixels = pixels.astype(np.uint8)
    return pixels[..., 0] if channels == (1,) else pixels


def unlabelled(images: Any) -> Any:
    """Return images alone, for networks that take no labels, as training and test images of one class."""
    if isinstance(images, tuple | list):
        return images
    x = np.asarray(images)
    if x.ndim not in {3, 4}:
        raise DataError(
            f"images of shape {x.shape} do not fit: give (n, height, width) or (n, height, width, 3)"
        )
    return ((x, np.zeros(len(x), int)),) * 2


def _review_ids(given: Any) -> ReviewIds:
    if isinstance(given, ReviewIds):
        return given
    parts: list[np.ndarray[Any, Any]] = []
    for x, labels in _pairs(given):
        reviews = [_whole_numbers(review, "the ids of a review").astype(np.int64) for review in x]
        reviews = [review[1:] if review.ndim == 1 and review[:1] == START else review for review in reviews]
        if not all(review.ndim == 1 and len(review) and review.min() >= 0 for review in reviews):
            raise _Unfit("a review has no ids from 0 up")
        if not np.isin(labels, (0, 1)).all():
            raise _Unfit("a label is neither 0 nor 1")
        ranks = [np.where(r > OFFSET, r - OFFSET, _UNKNOWN).astype(np.uint32) for r in reviews]
        lengths = np.array([len(review) for review in ranks], np.int64)
        parts += [np.concatenate(ranks), lengths, labels.astype(np.int64)]
    return ReviewIds(*parts)


def are_texts(given: Any) -> bool:
    """Whether reviews are texts, which become ids by a vocabulary of their own."""
    try:
        first = given[0]
        return hasattr(first, "columns") or isinstance(next(iter(first[0])), str)
    except (TypeError, LookupError, StopIteration):
        return False


def _review_tables(given: Any) -> ReviewTables:
    import pandas as pd

    tables = []
    for part in given:
        if isinstance(part, pd.DataFrame):
            table = _table(part)
        else:
            texts, labels = part
            table = pd.DataFrame({"review_text": _texts(texts), "label": _items(labels)})
        missing = [name for name in ("review_text", "label") if name not in table.columns]
        if missing:
            raise _Unfit(f"a table has no column {missing[0]}")
        _texts(table["review_text"])
        if not table["label"].isin([0, 1]).all():
            raise _Unfit("a label is neither 0 nor 1")
        tables.append(table)
    return ReviewTables(*tables)


class Sentences(Lines):
    """Sentences of a reader's own corpus as lists of words."""

    @property
    def size(self) -> int:
        """Number of characters, with one blank between two words."""
        return len(" ".join(self._lines))


def _sentences(given: Any) -> Sentences:
    return Sentences(
        text.split() if isinstance(text, str) else [str(word) for word in text] for text in _items(given)
    )


def _tagged(given: Any) -> TaggedCorpus:
    if isinstance(given, TaggedCorpus):
        return given
    return TaggedCorpus({"own": ("own",)}, Lines(_sentences(given)))


def _texts(given: Any) -> tuple[str, ...]:
    texts = _items(given)
    others = [text for text in texts if not isinstance(text, str)]
    if others:
        raise _Unfit(f"{others[0]!r:.40} is not a text")
    return tuple(texts)


def _text(given: Any) -> str:
    text = given if isinstance(given, str) else "\n".join(_texts(given))
    if not text.strip():
        raise _Unfit("it is empty")
    return text


def _vectors(given: Any) -> WordVectors:
    if isinstance(given, WordVectors):
        return given
    vectors = np.array(_items(given.values()), np.float32)
    if vectors.ndim != 2 or not np.isfinite(vectors).all():
        raise _Unfit("a vector has other than finite numbers")
    return WordVectors(tuple(map(str, given)), vectors)


class _OwnPhotographs(ZippedImages):
    """Photographs of a zip of a reader's own."""

    def images(self, members: Iterable[str], size: tuple[int, int] | None = None) -> Iterator[Any]:
        """Yield images; an error names the one that can't be decoded."""
        names = list(members)
        decoded = super().images(names, size)
        for name in names:
            try:
                image = next(decoded)
            except DataError as error:
                raise DataError(f"{name} is not a photograph that can be read: replace it") from error
            yield image


class _Folder(_OwnPhotographs):
    """Photographs of a folder, `PART/CLASS/FILE`, like those of a zip."""

    def _contents(self, members: Iterable[str]) -> Iterator[bytes]:
        return (Path(name).read_bytes() for name in members)


def _folders(given: Any, *, parts: Sequence[str]) -> ZippedImages:
    """Return photographs with the book's names of the two parts, for training and for test.

    Photographs by class alone, `CLASS/FILE`, are split: every fourth is for test.
    """
    if isinstance(given, ZippedImages):
        return given
    path = Path(given)
    if path.is_dir():
        files = sorted(
            each for each in path.rglob("*") if each.suffix.lower() in _PICTURES and not each.is_dir()
        )
        members: dict[str, dict[str, list[str]]] = {}
        for file in files:
            if not file.is_file():
                raise _Unfit(f"{file} is not a file with a photograph")
            part, label = ["", "", *file.relative_to(path).parts[:-1]][-2:]
            members.setdefault(part, {}).setdefault(label, []).append(str(file))
        archive: ZippedImages = _Folder(path, members)  # type: ignore[arg-type]
    else:
        try:
            archive = _OwnPhotographs(*read_image_zip({"own": _file(given)}))
        except (DataError, zipfile.BadZipFile):
            raise _Unfit(f"{path} is not a zip with folders of images") from None
    found = archive.members
    if len(found) == 1 and path.is_dir():
        ((_, classes),) = found.items()
        found = {
            "train": {
                label: tuple(n for i, n in enumerate(own) if i % 4 != 3) for label, own in classes.items()
            },
            "test": {label: tuple(own[3::4]) for label, own in classes.items()},
        }
    if len(found) != 2 or any("" in classes or len(classes) < 2 for classes in found.values()):
        raise _Unfit(f"{path} has not two parts with a folder for each class")
    first, second = sorted(found, key=lambda part: not part.lower().startswith("train"))
    return archive._replace(members={parts[0]: found[first], parts[1]: found[second]})


def _file(given: Any) -> Path:
    path = Path(given)
    if not path.is_file():
        raise _Unfit(f"there is no file {path}")
    return path


_CHECKS: Mapping[str, Callable[..., Any]] = {
    "file": _file,
    "folders": _folders,
    "images": _images,
    "labelled": _labelled,
    "points": _points,
    "prices": _prices,
    "ranks": lambda ranks: {str(word): int(rank) for word, rank in ranks.items()},
    "review_ids": _review_ids,
    "review_tables": _review_tables,
    "sentences": _sentences,
    "tagged": _tagged,
    "text": _text,
    "texts": _texts,
    "vectors": _vectors,
    "weights": lambda path: PretrainedFiles("VGG16", _file(path), ()),
}
_FORMS: dict[str, Form] = {}
for _row in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["form"]:
    _check = partial(_CHECKS[_row["check"]], **_row.get("settings", {}))
    _FORMS |= dict.fromkeys(_row["for"], Form(_row["name"], _row["wanted"], _check, _row["made"]))
TEXT, POINTS = _FORMS["text"], _FORMS["points"]
