"""Models of the package's files are built once, and read back only where nothing has changed."""

import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from workshop import files
from workshop.datasets import cache
from workshop.datasets.model import REGISTRY_FILE, File, read_registry, registry
from workshop.files import built_once
from workshop.ledger import build, ledger, read_chapter
from workshop.ledger import loading as loading_of_ledger


@pytest.fixture
def building(tmp_path, monkeypatch) -> Callable[..., tuple[File, int]]:
    """Return a function that gives a model of some content, and how often one was built."""
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    built: list[File] = []

    def model(content: bytes = b"a") -> tuple[File, int]:
        def build() -> File:
            built.append(File(name="a.csv", bytes=len(content), md5="0" * 32))
            return built[-1]

        return built_once("file", content, build), len(built)

    return model


def test_a_model_is_built_once(building):
    first, again = building(), building()
    assert first == again
    assert again[1] == 1


def test_other_content_and_another_package_build_anew(building, monkeypatch):
    building()
    assert building(b"ab") == (File(name="a.csv", bytes=2, md5="0" * 32), 2)
    assert building()[1] == 3
    monkeypatch.setattr(files, "package_digest", lambda: "of another version")
    assert building()[1] == 4


def _forged(text: bytes, models: bytes) -> bytes:
    """Return a file with the right digests for other models."""
    state = text.split(b"\n")[0]
    return b"\n".join([state, hashlib.sha256(models).hexdigest().encode(), models])


DAMAGES = {
    "empty": lambda text: b"",
    "cut": lambda text: text[:-1],
    "changed": lambda text: text.replace(b"a.csv", b"b.csv"),
    "a command": lambda text: _forged(text, pickle.dumps(os.getcwd)),
    "a function of ours": lambda text: _forged(text, pickle.dumps(cache.cache_folder)),
    "a class of ours": lambda text: _forged(text, pickle.dumps(cache.Verifier)),
    "no pickle": lambda text: _forged(text, b"x"),
    "half of one": lambda text: _forged(text, pickle.dumps([1, 2, 3])[:-3]),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_is_damaged_or_no_model_is_built_anew(building, tmp_path, damage):
    first, _ = building()
    file = tmp_path / "cache" / "built" / "file"
    file.write_bytes(damage(file.read_bytes()))
    assert building() == (first, 2)
    assert building() == (first, 2)


def test_where_nothing_can_be_written_it_is_built_each_time(building, tmp_path):
    (tmp_path / "cache").write_text("")
    assert [building()[1], building()[1]] == [1, 2]


def test_ledger_and_registry_are_as_their_files_say(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path))
    folder = Path(loading_of_ledger.__file__).parent
    chapters = sorted(folder.glob("ch*.yaml"))
    direct = build((file.name, read_chapter(file.read_bytes(), file.name)) for file in chapters)
    for _ in range(2):
        read = ledger.__wrapped__()
        assert read == direct
        assert [repr(claim) for claim in read.claims.values()] == [repr(c) for c in direct.claims.values()]
        assert registry.__wrapped__().model == read_registry(REGISTRY_FILE).model
    assert {path.name for path in tmp_path.glob("built/*")} == {"ledger", "registry"}
