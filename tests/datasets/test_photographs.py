"""Photographs are decoded once for each size, in the cache and within a bound; a bad one is named."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workshop.datasets import DataError, photographs
from workshop.datasets.photographs import Photographs
from workshop.datasets.readers.folders import ZippedImages, read_image_zip

NAMES = ("top/train/a/1.png", "top/train/a/2.jpg", "top/train/b/3.jpg")


@pytest.fixture
def archive(tmp_path) -> ZippedImages:
    """Give an archive of a colour, a grey and a CMYK image, and a file that is none."""
    path = tmp_path / "made_up.zip"
    with zipfile.ZipFile(path, "w") as made:
        for number, (name, mode) in enumerate(zip(NAMES, ("RGB", "L", "CMYK"), strict=True)):
            pixels = np.random.default_rng(number).integers(0, 256, (20 + number, 30, 3), dtype=np.uint8)
            stream = io.BytesIO()
            Image.fromarray(pixels).convert(mode).save(stream, name[-3:].replace("jpg", "jpeg"))
            made.writestr(name, stream.getvalue())
        made.writestr("top/train/b/Thumbs.db", b"no picture")
    return read_image_zip({path.name: path})


def decoded(cache: Path) -> list[Path]:
    """Return the arrays in the cache."""
    return list((cache / "loaded").rglob("values.npy"))


def test_they_are_those_of_the_archive_and_decoded_once(archive, cache, monkeypatch):
    """A second pass needs no archive; another size, checksum or choice has its own copies."""
    ours = Photographs.of(archive, "one")
    expected = list(archive.images(NAMES, (10, 12)))
    np.testing.assert_array_equal(list(ours.images(NAMES, (10, 12))), expected)
    assert len(decoded(cache)) == 1
    monkeypatch.setattr(ZippedImages, "_contents", None)
    np.testing.assert_array_equal(list(ours.images(NAMES, (10, 12))), expected)
    monkeypatch.undo()
    monkeypatch.setenv("WORKSHOP_CACHE", str(cache))
    np.testing.assert_array_equal(list(ours.images(NAMES, (12, 10))), list(archive.images(NAMES, (12, 10))))
    np.testing.assert_array_equal(list(ours.images(NAMES[:2], (10, 12))), expected[:2])
    list(Photographs.of(archive, "other").images(NAMES, (10, 12)))
    assert len(decoded(cache)) == 4


def test_full_sizes_and_large_copies_are_not_kept(archive, cache, monkeypatch):
    ours = Photographs.of(archive, "one")
    assert [image.shape for image in ours.images(NAMES)] == [(20, 30, 3), (21, 30, 3), (22, 30, 3)]
    monkeypatch.setattr(photographs, "MOST", 3 * 10 * 12 * 3 - 1)
    assert len(list(ours.images(NAMES, (10, 12)))) == 3
    assert not decoded(cache)
    monkeypatch.setattr(photographs, "MOST", 3 * 10 * 12 * 3)
    list(ours.images(NAMES, (10, 12)))
    assert len(decoded(cache)) == 1


def test_a_file_that_is_no_picture_is_named(tmp_path, cache):
    path = tmp_path / "made_up.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("train/a/1.jpg", b"no picture")
        made.writestr("train/a/2.jpg", b"no picture")
    ours = Photographs.of(read_image_zip({path.name: path}), "one")
    with pytest.raises(
        DataError, match=r"^train/a/1.jpg in made_up.zip is not a picture; run: workshop data check$"
    ):
        list(ours.images(["train/a/1.jpg", "train/a/2.jpg"], (10, 12)))
    assert not decoded(cache)
