"""Kept copies: the same value from mapped arrays, made anew where they are damaged or the reader changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workshop.datasets import kept as kept_module
from workshop.datasets.kept import kept
from workshop.datasets.readers.vectors import WordVectors

VALUE = WordVectors(("the", "café", "a-b"), np.arange(6, dtype=np.float32).reshape(3, 2))


class Reader:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> WordVectors:
        self.asked += 1
        return VALUE


def same(value: WordVectors) -> bool:
    """Whether a value is what was read."""
    return value.words == VALUE.words and np.array_equal(value.vectors, VALUE.vectors)


def test_the_second_time_it_comes_from_mapped_arrays() -> None:
    """Read once, whatever the content's other names; other content is read itself."""
    reader = Reader()
    assert same(kept("word_vectors", "one", reader))
    again = kept("word_vectors", "one", reader)
    assert same(again)
    assert isinstance(again.vectors, np.memmap)
    assert again.vectors.dtype == np.float32
    assert reader.asked == 1
    kept("word_vectors", "another", reader)
    assert reader.asked == 2


@pytest.mark.parametrize("name", ["vectors.npy", "words.npy", "files.json"])
def test_damaged_arrays_are_made_anew(cache: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """And said so; what was made anew holds."""
    reader = Reader()
    kept("word_vectors", "one", reader)
    (damaged,) = (cache / "loaded").glob(f"*/{name}")
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"!")
    assert same(kept("word_vectors", "one", reader))
    assert "was damaged and is made anew" in caplog.text
    assert same(kept("word_vectors", "one", reader))
    assert reader.asked == 2


def test_a_killed_process_leaves_nothing_that_counts(cache: Path) -> None:
    """Without the list that is written last, arrays are none."""
    reader = Reader()
    kept("word_vectors", "one", reader)
    next((cache / "loaded").glob("*/files.json")).unlink()
    assert same(kept("word_vectors", "one", reader))
    assert reader.asked == 2


def test_another_reader_reads_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code that read the content is part of the key."""
    reader = Reader()
    kept("word_vectors", "one", reader)
    monkeypatch.setattr(kept_module.inspect, "getsource", lambda _: "changed")
    kept("word_vectors", "one", reader)
    assert reader.asked == 2
