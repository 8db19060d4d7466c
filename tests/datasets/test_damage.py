"""Changed files are replaced, named or no longer trusted, even if their stamps are the same."""

import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.serving import whole
from workshop.datasets import Found, Missing, reachability
from workshop.datasets.cache import Verifier, distrusted_since
from workshop.datasets.finding import find_data_set
from workshop.datasets.model import DataSet

CONTENT = b"made up, and long enough to be cut\n"
Entry = Callable[..., DataSet]


@pytest.mark.parametrize("offline", [False, True])
def test_damage_is_healed_with_one_line(offline, entry, server, caplog):
    """A cached file without its last byte is said in one line, and fetched again or missing."""
    server.answers["/made_up.txt"] = whole(CONTENT)
    made_up = entry(CONTENT, {"kind": "url", "at": server.address + "/{name}"})
    fetched = find_data_set(made_up, offline=False)
    assert isinstance(fetched, Found)
    path = fetched.paths["made_up.txt"]
    path.write_bytes(CONTENT[:-1])
    assert isinstance(find_data_set(made_up, offline=offline), Missing if offline else Found)
    assert offline or path.read_bytes() == CONTENT
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, f"{path} was damaged (its checksum differs) and is removed")
    ]


@pytest.fixture
def mirrored(entry, tmp_path, monkeypatch) -> tuple[DataSet, Path, str]:
    """Give a data set that was found in the mirror, its file there, and its checksum."""
    path = tmp_path / "mirror" / "made_up.txt"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    monkeypatch.setenv("WORKSHOP_MIRROR", str(path.parent))
    made_up = entry(CONTENT, {"kind": "mirror", "at": "{name}"})
    found = find_data_set(made_up, offline=True)
    assert isinstance(found, Found)
    return made_up, path, found.checksum


def change(path: Path) -> None:
    """Change the content of a file; keep its size and time."""
    stat = path.stat()
    path.write_bytes(CONTENT[::-1])
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


@pytest.mark.parametrize("always_compared", [0, 1000])
def test_damage_that_keeps_size_and_time_is_seen(always_compared, mirrored, monkeypatch):
    """A small file is always compared, a large one when it was written to; outcomes on it are distrusted."""
    monkeypatch.setattr("workshop.datasets.cache.ALWAYS_COMPARED", always_compared)
    made_up, path, checksum = mirrored
    before = time.time()
    assert distrusted_since(checksum) == 0.0
    change(path)
    assert isinstance(find_data_set(made_up, offline=True), Missing)
    since = distrusted_since(checksum)
    assert since >= before
    assert isinstance(find_data_set(made_up, offline=True), Missing)
    assert distrusted_since(checksum) == since  # not once more for the same damage
    path.write_bytes(CONTENT)
    assert isinstance(find_data_set(made_up, offline=True), Found)
    assert distrusted_since(checksum) == since


def test_a_recheck_trusts_no_stamp(mirrored, monkeypatch, cache):
    """`workshop data check` sees what even the stamp hides, and outcomes on it are distrusted."""
    monkeypatch.setattr("workshop.datasets.cache.ALWAYS_COMPARED", 0)
    made_up, path, checksum = mirrored
    change(path)
    stat = path.stat()
    stamp = [stat.st_dev, stat.st_ino, stat.st_ctime_ns, stat.st_size, stat.st_mtime_ns]
    file_checksum = made_up.editions[0].files[0].checksum
    (cache / "verified.json").write_text(json.dumps({str(path): [*stamp, file_checksum]}))
    assert isinstance(find_data_set(made_up, offline=True), Found)
    assert isinstance(find_data_set(made_up, offline=True, verifier=Verifier(recheck=True)), Missing)
    assert distrusted_since(checksum) > 0


def test_stamps_of_older_versions_are_compared_again(mirrored, monkeypatch, cache):
    """A stamp without inode and time of change is none, but says that the file was accepted."""
    monkeypatch.setattr("workshop.datasets.cache.ALWAYS_COMPARED", 0)
    made_up, path, checksum = mirrored
    change(path)
    stat = path.stat()
    old = [stat.st_size, stat.st_mtime_ns, made_up.editions[0].files[0].checksum]
    (cache / "verified.json").write_text(json.dumps({str(path): old}))
    assert isinstance(find_data_set(made_up, offline=True), Missing)
    assert distrusted_since(checksum) > 0


@pytest.mark.parametrize("name", ["verified.json", "distrusted.json", "unreachable.json"])
@pytest.mark.parametrize("content", [b"{", b"5", b'{"127.0.0.1": [1]}', b"[" * 100_000, b"\xff", None])
def test_damaged_notes_of_the_cache_are_harmless(name, content, cache, mirrored):
    """Broken notes, or a folder in their place, only mean that files are compared and hosts asked again."""
    (cache / name).unlink(missing_ok=True)
    if content is None:
        (cache / name).mkdir()
    else:
        (cache / name).write_bytes(content)
    made_up, path, checksum = mirrored
    reachability.check_reachable("127.0.0.1")
    assert distrusted_since(checksum) == 0.0
    assert isinstance(find_data_set(made_up, offline=True), Found)
    change(path)
    reachability.remember_refusal("127.0.0.1")
    assert isinstance(find_data_set(made_up, offline=True), Missing)
