"""Made-up data in the documented form, of any size, from seeds: photographs, reviews, text, networks."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from workshop.training import pretrained

# words that units ask for, which all texts and vectors have
_ASKED = """
    king queen man woman boy girl uncle aunt sir madam doctor nurse smart money animal happiness oeuvre
    slow slower short shorter clearer clearest darker darkest white rabbit mad hatter alice cash pay
    paintings works writings female male men women mother father brother sister good bad great terrible
"""
ASKED = tuple(_ASKED.split())
# the commonest words of text8 and how often they occur there; later ones follow Zipf's law
COMMON = {
    "the": 1061396, "of": 593677, "and": 416629, "one": 411764, "in": 372201, "a": 325873, "to": 316376,
    "zero": 264975, "nine": 250430, "two": 192644,
}  # fmt: skip
WORDS_OF_TEXT8 = 253_854
_ORIENTATION = 0x0112  # the tag of EXIF for how a camera was held
_NO_PICTURE = b"\xd0\xcf\x11\xe0 thumbnails of another program"


@dataclass(frozen=True)
class Content:
    """What a host serves for a set: the archive's path, and the files that the registry expects of it.

    `files` : name in the registry → its unpacked content's path. `size` : bytes to download.
    """

    archives: dict[str, Path]
    files: dict[str, Path]


def as_they_are(*paths: Path) -> Content:
    """Return the content of files that are served as the registry expects them."""
    files = {path.name: path for path in paths}
    return Content(files, files)


def share(number: int, cut: float, least: int) -> int:
    """Return a number of things cut to a share of it, but not below the least that units can use."""
    return max(least, round(number * cut))


def words(count: int) -> list[str]:
    """Return different words: the commonest first, then those that are asked for, then made-up ones."""
    found = dict.fromkeys([*COMMON, *ASKED])
    letters = np.array(list("etaoinshrdlucmfwypvbgkqjxz"))
    rng = np.random.default_rng(8)
    while len(found) < count:
        lengths = rng.integers(2, 12, count)
        drawn = letters[np.minimum(rng.geometric(0.12, int(lengths.sum())) - 1, 25)]
        ends = np.cumsum(lengths)
        text = "".join(drawn.tolist())
        found.update(dict.fromkeys(text[end - n : end] for end, n in zip(ends, lengths, strict=True)))
    return list(found)[:count]


def frequencies(count: int) -> np.ndarray:
    """Return the shares of this number of words, the commonest first, as in text8."""
    shares = 1_300_000.0 / (np.arange(count) + 3.5)
    shares[: len(COMMON)] = list(COMMON.values())[:count]
    return np.asarray(shares / shares.sum())


def photographs(folder: Path, cut: float) -> Content:
    """Make `cats_and_dogs_filtered.zip`: colour, grey and CMYK, all sizes, turned cameras, odd files."""
    path = folder / "cats_and_dogs_filtered.zip"
    rng = np.random.default_rng(3)
    with zipfile.ZipFile(path, "w") as archive:
        top = "cats_and_dogs_filtered"
        archive.writestr(f"{top}/vectorize.py", b"# a script of the publisher\n")
        archive.writestr(f"{top}/.DS_Store", _NO_PICTURE)
        archive.writestr(f"__MACOSX/{top}/train/cats/._cat.0.jpg", _NO_PICTURE)
        for part, each, first in (("train", 1000, 0), ("validation", 500, 2000)):
            for kind in ("cat", "dog"):
                archive.writestr(f"{top}/{part}/{kind}s/Thumbs.db", _NO_PICTURE)
                for number in range(share(each, cut, 16)):
                    name = f"{top}/{part}/{kind}s/{kind}.{first + number}.jpg"
                    archive.writestr(name, _photograph(rng, number))
    return as_they_are(path)


def _photograph(rng: np.random.Generator, number: int) -> bytes:
    """Return a JPEG; every 50th is grey, another one CMYK, another one of a camera that was held upright."""
    # the largest of the published ones have 1,050 by 768 pixels
    width, height = (int(size) for size in rng.integers(60, 500, 2)) if number else (1050, 768)
    pixels = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    image = Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR)
    settings: dict[str, Any] = {}
    if number % 50 in (1, 2):
        image = image.convert({1: "L", 2: "CMYK"}[number % 50])
    if number % 50 == 3:
        exif = Image.Exif()
        exif[_ORIENTATION] = 6
        settings = {"exif": exif}
    return _jpeg(image, **settings)


def _jpeg(image: Image.Image, **settings: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=85, **settings)
    return stream.getvalue()


def fruits(folder: Path, cut: float) -> Content:
    """Make `fruits360.zip`: 120 classes, 11,398 and 4,752 images of 100 by 100 pixels."""
    path = folder / "fruits360.zip"
    classes = share(120, cut, 3)
    rng = np.random.default_rng(5)
    with zipfile.ZipFile(path, "w") as archive:
        for part, count in (("Training", 11_398), ("Test", 4_752)):
            for number in range(share(count, cut, 16 * classes)):
                kind = number % classes
                colours = rng.integers(0, 256, (6, 6, 3), dtype=np.uint8) // 2 + np.uint8(kind)
                image = Image.fromarray(colours).resize((100, 100), Image.Resampling.BILINEAR)
                name = f"fruits360/{part}/Apple Red {kind}/{number // classes}_100.jpg"
                archive.writestr(name, _jpeg(image))
    return as_they_are(path)


def reviews(folder: Path, cut: float) -> Content:
    """Make the two CSV files of 25,000 reviews: quotes, commas, accents, line ends; a word decides."""
    made, limits = words(20_000), np.cumsum(frequencies(20_000))
    paths = []
    for seed, part in enumerate(("train", "test")):
        rng = np.random.default_rng(seed)
        path = folder / f"Amazon_reviews_{part}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerow(["review_text", "label"])
            for number in range(share(25_000, cut, 400)):
                label = int(rng.integers(2))
                drawn = np.searchsorted(limits, rng.random(int(rng.integers(12, 180))) * limits[-1])
                body = [made[place] for place in drawn]
                body.insert(int(rng.integers(len(body))), ("terrible", "great")[label])
                text = f"{body[0].title()} {body[1]}: {' '.join(body[2:])}."
                if number % 10 == 1:
                    text = f'"{text}", he said; café\n\nI don\'t agree :-)'
                rows.writerow([text, label])
        paths.append(path)
    return as_they_are(*paths)


def text8(folder: Path, cut: float) -> Content:
    """Make `text8.zip`: 100,000,000 letters and blanks in one line, with the frequencies of real words."""
    size = share(100_000_000, cut, 600_000)
    made = words(share(WORDS_OF_TEXT8, cut, 5_000))
    limits = np.cumsum(frequencies(len(made)))
    rng = np.random.default_rng(8)
    path = folder / "text8"
    written = 0
    with path.open("wb") as stream:
        while written < size:
            drawn = np.searchsorted(limits, rng.random(500_000) * limits[-1])
            text = "".join([" " + made[place] for place in drawn]).encode()
            written += stream.write(text[: size - written])
    return _zipped(folder / "text8.zip", path)


def glove(folder: Path, cut: float) -> Content:
    """Make `glove.6B.zip`: 400,000 words with 100 numbers each, and the files of other lengths."""
    made = words(share(400_000, cut, 2_000))
    made[-3:] = ["'s", "café", "http://example.org"]
    rng = np.random.default_rng(6)
    numbers = [f"{value:.5g}" for value in rng.normal(0, 0.4, 200_003)] * 2
    path = folder / "glove.6B.100d.txt"
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row, word in enumerate(made):
            start = row * 101 % 200_003
            stream.write(f"{word} {' '.join(numbers[start : start + 100])}\n")
    return _zipped(folder / "glove.6B.zip", path, {"glove.6B.50d.txt": b"the 0.1 0.2\n"})


def _zipped(path: Path, content: Path, others: dict[str, bytes] | None = None) -> Content:
    """Return a zip of a file, in which others may precede it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in (others or {}).items():
            archive.writestr(name, text)
        archive.write(content, content.name)
    return Content({path.name: path}, {content.name: content})


def vgg16(folder: Path, cut: float) -> Content:
    """Make the weights of VGG16 without its top: the right shapes, random numbers."""
    path = folder / "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"
    _weights(path, pretrained.vgg16(include_top=False, input_shape=pretrained.IMAGES))
    return as_they_are(path)


def resnet50(folder: Path, cut: float) -> Content:
    """Make the weights of ResNet50 and its class names."""
    path = folder / "resnet50_weights_tf_dim_ordering_tf_kernels.h5"
    _weights(path, pretrained.resnet50())
    names = folder / "imagenet_class_index.json"
    names.write_text(json.dumps({str(n): [f"n{n:08}", f"made_up_{n}"] for n in range(1000)}))
    return as_they_are(path, names)


def _weights(path: Path, model: Any) -> None:
    """Write an HDF5 file as Keras 1 and 2 did: a group a layer, and the names as attributes."""
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.0.6"
        for layer in model.layers:
            group, arrays = file.create_group(layer.name), layer.get_weights()
            names = [f"{layer.name}_{'Wbvx'[place]}_1:0" for place in range(len(arrays))]
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, array in zip(names, arrays, strict=True):
                group.create_dataset(name, data=array)


MAKERS: dict[str, Callable[[Path, float], Content]] = {
    "cats_and_dogs_filtered": photographs,
    "fruits360": fruits,
    "amazon_reviews": reviews,
    "text8": text8,
    "glove_6b_100d": glove,
    "glove_6b_100d_whole": glove,
    "vgg16_imagenet": vgg16,
    "resnet50_imagenet": resnet50,
}
