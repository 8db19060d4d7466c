"""Cached arrays give the same value, and are replaced if they are damaged or the reader has changed."""

import json
import shutil
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workshop.datasets import array_cache
from workshop.datasets.array_cache import load_cached
from workshop.datasets.cache import distrusted_since
from workshop.datasets.readers.vectors import WordVectors

VALUE = WordVectors(("the", "café", "a-b"), np.arange(6, dtype=np.float32).reshape(3, 2))


class Reader:
    """Counts its calls."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> WordVectors:
        self.asked += 1
        return VALUE


def same(value: WordVectors) -> bool:
    """Return whether a value equals the one that was read."""
    return value.words == VALUE.words and np.array_equal(value.vectors, VALUE.vectors)


def test_the_second_call_maps_the_arrays():
    reader = Reader()
    assert same(load_cached("word_vectors", "one", reader))
    again = load_cached("word_vectors", "one", reader)
    assert same(again)
    assert isinstance(again.vectors, np.memmap)
    assert again.vectors.dtype == np.float32
    assert reader.asked == 1
    load_cached("word_vectors", "another", reader)
    assert reader.asked == 2


def cut(path: Path) -> None:
    """Change the last byte of a file."""
    path.write_bytes(path.read_bytes()[:-1] + b"!")


def hide(path: Path) -> None:
    """Put a folder in the place of a file."""
    path.unlink()
    path.mkdir()


def loop(path: Path) -> None:
    """Put a link to itself in the place of a folder."""
    shutil.rmtree(path)
    path.symlink_to(path)


def forget(path: Path) -> None:
    """Leave an array out of the index."""
    notes = json.loads(path.read_text())
    notes["files"].pop()
    path.write_text(json.dumps(notes))


FILES = ("vectors.npy", "words.npy", "files.json")
LISTED = ("5", "[]", "{}", '{"code": 1, "files": 5}', "[" * 100_000)
DAMAGE: list[tuple[str, Callable[[Path], Any]]] = [
    *product(FILES, (cut, hide)),
    ("", loop),
    ("files.json", forget),
    ("files.json", Path.unlink),  # the index is written last
    *(("files.json", partial(Path.write_text, data=text)) for text in LISTED),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGE)
def test_damaged_arrays_are_replaced(name, damage, cache, caplog):
    reader = Reader()
    load_cached("word_vectors", "one", reader)
    (folder,) = (cache / "loaded").iterdir()
    damage(folder / name)
    assert same(load_cached("word_vectors", "one", reader))
    assert damage is not cut or "was damaged and is made again" in caplog.text
    assert same(load_cached("word_vectors", "one", reader))
    assert reader.asked == 2


def test_arrays_that_were_accepted_and_are_wrong_are_distrusted(cache):
    """Outcomes computed from them may be wrong."""
    reader = Reader()
    load_cached("word_vectors", "one", reader)
    load_cached("word_vectors", "one", reader)
    assert distrusted_since("one") == 0.0
    next((cache / "loaded").glob("*/vectors.npy")).write_bytes(b"")
    assert same(load_cached("word_vectors", "one", reader))
    assert distrusted_since("one") > 0


def test_a_cache_that_can_not_be_written_is_not_used(tmp_path, monkeypatch):
    """The value is read each time; if the disk is full, no part of it remains."""
    reader = Reader()

    def fail(*given: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(array_cache, "write_atomically", fail)
        assert same(load_cached("word_vectors", "one", reader))
    assert not list(tmp_path.rglob("*.npy"))
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "file"))
    assert same(load_cached("word_vectors", "one", reader))
    assert reader.asked == 2


def test_another_reader_reads_again(cache, monkeypatch):
    reader = Reader()
    load_cached("word_vectors", "one", reader)
    monkeypatch.setattr(array_cache.inspect, "getsource", lambda _: "changed")
    load_cached("word_vectors", "one", reader)
    load_cached("word_vectors", "one", reader)
    assert reader.asked == 2
    assert len(list((cache / "loaded").iterdir())) == 1
