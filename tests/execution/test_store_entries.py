"""The store by itself, without a run: entries, locks, checkpoints and timings."""

import errno
import hashlib
import json
import math
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from workshop.execution import store as stores
from workshop.execution.calling import Made
from workshop.execution.codec import encode
from workshop.execution.store import Store, default_store, exclusive, usual_numbers

KEY, OTHER = "ab" * 20, "cd" * 20
WHY = OSError(errno.EROFS, os.strerror(errno.EROFS), "a file")


@pytest.fixture(autouse=True)
def _first_time(monkeypatch) -> None:
    """No folder was given up before."""
    monkeypatch.setattr(stores, "_given_up", set())


def refuse(*_: Any, **__: Any) -> None:
    """Stand for a file system that became read-only."""
    raise WHY


def entry(head: Any, payload: bytes = encode(1)) -> bytes:
    """Return a whole entry with any head."""
    rest = json.dumps(head).encode() + b"\n" + payload
    return hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest


def test_an_entry_comes_back_with_its_seconds(tmp_path):
    store = Store(tmp_path / "store")
    assert store.get(KEY) is None
    store.put(KEY, [1.5, "a\nb"], seconds=2.5)
    assert store.get(KEY) == Made([1.5, "a\nb"], 2.5, stored=True)
    assert store.get(OTHER) is None
    for seconds in (0.0, 0.5):
        store.put(OTHER[::-1], 1, seconds=seconds)
        assert store.get(OTHER[::-1]) == Made(1, seconds, stored=True)
    (tmp_path / "store" / "dc" / f"{OTHER[::-1]}.outcome").unlink()
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("*.outcome")] == [
        Path("store", "ab", f"{KEY}.outcome")
    ]
    with pytest.raises(AttributeError, match="seconds"):
        Made(1, 2.0).seconds = 3.0  # type: ignore[misc]


DAMAGED = [
    (b"", "its checksum is wrong"),
    (entry({"key": KEY, "seconds": 1.0}, b"\n") + b"x", "its checksum is wrong"),
    (entry({"key": KEY, "seconds": 1.0})[:-1], "its checksum is wrong"),
    (entry({"key": KEY, "seconds": 1.0}).replace(b'"seconds": ', b'"seconds": 1'), "its checksum is wrong"),
    (entry({"key": KEY, "seconds": 1.0}).split(b"\n", 1)[1], "its checksum is wrong"),
    (b"{}", "its checksum is wrong"),
    (b"\n" + entry({"key": KEY, "seconds": 1.0}).split(b"\n", 1)[1], "its checksum is wrong"),
    (entry({"key": "", "seconds": 1.0}), "it is of another fingerprint"),
    (entry({"key": OTHER, "seconds": 1.0}), "it is of another fingerprint"),
    (entry({"key": KEY}), "its head is unreadable"),
    (entry([KEY]), "its head is unreadable"),
    (entry({"key": KEY, "seconds": "long"}), "its head is unreadable"),
    (entry({"key": KEY, "seconds": 10**400}), "its head is unreadable"),
    (entry({"key": KEY, "seconds": -1.0}), "its seconds are not a time"),
    (entry({"key": KEY, "seconds": math.inf}), "its seconds are not a time"),
]


@pytest.mark.parametrize(("content", "why"), DAMAGED)
def test_a_broken_entry_is_removed(tmp_path, caplog, content, why):
    path = tmp_path / "ab" / f"{KEY}.outcome"
    path.parent.mkdir()
    path.write_bytes(content)
    assert Store(tmp_path).get(KEY) is None
    assert not path.exists()
    (line,) = caplog.messages
    assert line.startswith(f"store: entry {KEY}.outcome is damaged ({why}")
    assert line.endswith("): it is computed again")


def test_the_checksum_of_an_entry(tmp_path):
    store, path = Store(tmp_path), tmp_path / "ab" / f"{KEY}.outcome"
    assert store.checksum(KEY) == ""
    store.put(KEY, 1, seconds=1.0)
    whole = path.read_bytes()
    assert store.checksum(KEY) == hashlib.sha256(whole.split(b"\n", 1)[1]).hexdigest()
    for damaged in (whole[:-1], b"\n" + whole.split(b"\n", 1)[1], b""):
        path.write_bytes(damaged)
        assert store.checksum(KEY) == ""


NO_FILES = {
    "a folder": lambda path: (path.mkdir(), (path / "x").touch()),
    "a link to a folder": lambda path: path.symlink_to("..", target_is_directory=True),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a pipe": os.mkfifo,
}


@pytest.mark.skipif(sys.platform == "win32", reason="makes links and pipes")
@pytest.mark.parametrize("what", NO_FILES)
def test_what_is_no_file_in_an_entrys_place_is_removed(tmp_path, caplog, what):
    kept = tmp_path / "kept"
    kept.touch()
    path = tmp_path / "ab" / f"{KEY}.outcome"
    path.parent.mkdir()
    NO_FILES[what](path)
    assert Store(tmp_path).get(KEY) is None
    assert not path.is_symlink()
    assert not path.exists()
    assert kept.exists()
    why = "it can't be read: too many levels of symbolic links" if "itself" in what else "it is not a file"
    assert f"({why}): it is computed again" in caplog.text


def test_an_entry_that_can_not_be_read(tmp_path, caplog, monkeypatch):
    store = Store(tmp_path)
    store.put(KEY, 1, seconds=1.0)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        assert store.get(KEY) is None
    path = tmp_path / "ab" / f"{KEY}.outcome"
    (line,) = caplog.messages
    assert line.startswith(
        f"store: entry {KEY}.outcome is damaged (it can't be read: read-only file system): "
    )
    assert line.endswith(
        f"it can't be removed (read-only file system) and is computed each time: remove {path}"
    )
    assert store.get(KEY) is None
    assert not path.exists()


def test_a_file_in_place_of_the_folder_holds_no_entries(tmp_path, caplog):
    (tmp_path / "store").touch()
    assert Store(tmp_path / "store").get(KEY) is None
    assert caplog.messages == []


def test_a_folder_is_given_up_once(tmp_path, caplog):
    for folder, error in (("a", WHY), ("a", WHY), ("b", OSError(errno.EACCES, "No"))):
        Store(tmp_path / folder).give_up(error)
    assert [line.split(": not everything")[0] for line in caplog.messages] == [
        "store: a file can't be written (read-only file system)",
        f"store: {tmp_path / 'b'} can't be written (no)",
    ]


def test_a_second_run_waits_for_the_first(tmp_path, caplog, monkeypatch):
    store, release, order = Store(tmp_path), threading.Event(), []

    def hold() -> None:
        with store.lock(KEY, "the first"):
            held.set()
            release.wait(20)
            order.append("first")

    held = threading.Event()
    monkeypatch.setattr(stores.time, "sleep", lambda seconds: looks.append(seconds) or release.set())
    looks: list[float] = []
    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(20)
    with store.lock(OTHER, "another one"):
        assert caplog.messages == []
    with store.lock(KEY, "the second"):
        order.append("second")
    other.join()
    assert order == ["first", "second"]
    assert looks
    assert all(0 < seconds <= 1 for seconds in looks)
    assert caplog.messages == ["store: another run computes the second: waiting for it"]
    assert [path.name for path in (tmp_path / "locks").iterdir()] == ["guard"]


def test_a_lock_is_released_where_its_file_can_not_be_removed(tmp_path, monkeypatch):
    store = Store(tmp_path)
    for target, name in ((Path, "unlink"), (stores, "exclusive")):
        with monkeypatch.context() as patch:
            lock = store.lock(KEY, "it")
            lock.__enter__()
            patch.setattr(target, name, refuse)
            lock.__exit__(None, None, None)
        assert (tmp_path / "locks" / f"{KEY}.lock").exists()
        with store.lock(KEY, "it"):
            pass


def test_a_lock_is_released_after_an_error(tmp_path):
    store = Store(tmp_path)
    for lock in (lambda: store.lock(KEY, "it"), lambda: exclusive(tmp_path / "deep" / "er" / "guard")):
        for _ in range(2):
            with pytest.raises(KeyError), lock():
                raise KeyError
    (tmp_path / "deep" / "er" / "guard").write_text("stays", "utf-8")
    with exclusive(tmp_path / "deep" / "er" / "guard"):
        pass
    assert (tmp_path / "deep" / "er" / "guard").exists()


def test_where_there_are_no_locks(tmp_path, monkeypatch):
    def none(*_: object, **__: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(FileLock, "acquire", none)
    with pytest.raises(OSError, match="guard") as caught, exclusive(tmp_path / "guard"):
        pass
    assert caught.value.errno == errno.ENOLCK


@pytest.fixture
def left(tmp_path) -> tuple[Store, Path]:
    """Return a store in which a killed run has left a lock, and a folder for locks."""
    locks = tmp_path / "locks"
    locks.mkdir()
    (locks / "killed.lock").touch()
    return Store(tmp_path), locks


def test_locks_of_killed_runs_are_swept(left):
    store, locks = left
    (locks / "a folder.lock").mkdir()
    (locks / "z.lock").touch()
    with store.lock(KEY, "it"):
        store.sweep()
        assert sorted(path.name for path in locks.iterdir()) == ["a folder.lock", f"{KEY}.lock", "guard"]


@pytest.mark.parametrize("error", [WHY, NotImplementedError()])
def test_a_sweep_fails_silently(left, monkeypatch, error):
    def fail(*_: object, **__: object) -> None:
        raise error

    store, locks = left
    monkeypatch.setattr(FileLock, "acquire", fail)
    monkeypatch.setattr(stores, "sweep", fail if isinstance(error, OSError) else lambda folder: None)
    store.sweep()
    assert (locks / "killed.lock").exists()


def test_checkpoints_go_once_the_outcome_is_stored(tmp_path):
    store = Store(tmp_path)
    for key in (KEY, OTHER, KEY):
        (store.checkpoint_folder(key) / "state").touch()
    store.put(KEY, 1, seconds=1.0)
    store.sweep()
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == [OTHER]
    store.drop_checkpoints(OTHER)
    store.drop_checkpoints(OTHER)
    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_timings_are_added_to_the_usual_ones(tmp_path, caplog):
    store = Store(tmp_path)
    usual = usual_numbers("seconds")
    known = next(iter(usual))
    assert all(isinstance(seconds, float) and seconds >= 0 for seconds in usual.values())
    assert store.read_timings() == usual
    store.write_timings({"a": 1.5, "b": 2.5})
    store.write_timings({"b": 3.5, known: 9.0})
    assert store.read_timings() == {**usual, "a": 1.5, "b": 3.5, known: 9.0}
    names = list(json.loads((tmp_path / "timings.json").read_text("utf-8")))
    assert names == sorted(names)


TIMINGS = {
    "ValueError": "{",
    "AttributeError": "[]",
    "TypeError": '{"a": null}',
    "a word": '{"a": "long"}',
    "OverflowError": '{"a": 1' + "0" * 400 + "}",
    "RecursionError": "[" * 100_000,
}


@pytest.mark.parametrize("content", TIMINGS.values(), ids=TIMINGS)
def test_damaged_timings_are_none(tmp_path, content):
    (tmp_path / "timings.json").write_text(content, "utf-8")
    assert Store(tmp_path).read_timings() == usual_numbers("seconds")
    (tmp_path / "timings.json").write_text('{"a": NaN, "b": 1e999, "c": 2}', "utf-8")
    assert Store(tmp_path).read_timings() == {**usual_numbers("seconds"), "c": 2.0}


def test_timings_that_can_not_be_written(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(stores, "write_atomically", refuse)
    Store(tmp_path).write_timings({"a": 1.0})
    assert len(caplog.messages) == 1
    assert Store(tmp_path).read_timings() == usual_numbers("seconds")


def test_the_stores_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_STORE", str(tmp_path / "mine"))
    assert default_store() == tmp_path / "mine"
    monkeypatch.delenv("WORKSHOP_STORE")
    monkeypatch.setattr(stores, "cache_folder", lambda: tmp_path / "cache")
    assert default_store() == tmp_path / "cache" / "outcomes"
    monkeypatch.setenv("WORKSHOP_STORE", "")
    assert default_store() == tmp_path / "cache" / "outcomes"


def test_the_largest_peak_of_a_part_counts(tmp_path):
    store, file = Store(tmp_path), tmp_path / "peaks.json"
    store.write_peaks({"b": 0})
    assert not file.exists()
    store.write_peaks({"b": 5, "a": 7})
    store.write_peaks({"b": 9, "a": 2})

    assert store.read_peaks() == {"a": 7, "b": 9}
    assert file.read_text("utf-8") == '{\n"a": 7,\n"b": 9\n}'
    file.write_text('{"a": 7}', "utf-8")
    store.write_peaks({"a": 7})
    assert file.read_text("utf-8") == '{"a": 7}'


@pytest.mark.parametrize(
    "damaged", ["[", "[]", "[" * 100_000, '{"a": "many"}', '{"a": null}', '{"a": 1e999}', '{"a": NaN}']
)
def test_damaged_peaks_are_none(damaged, tmp_path):
    (tmp_path / "peaks.json").write_text(damaged, "utf-8")
    store = Store(tmp_path)

    assert store.read_peaks() == {}
    store.write_peaks({"a": 1})
    assert store.read_peaks() == {"a": 1}


def test_peaks_that_cannot_be_written_stop_nothing(tmp_path, monkeypatch):
    refused = []
    monkeypatch.setattr(Store, "give_up", lambda self, error: refused.append(error))
    (tmp_path / "file").write_text("")

    Store(tmp_path / "file").write_peaks({"a": 1})

    assert [isinstance(error, OSError) for error in refused] == [True]


def test_the_last_lock_is_swept(left):
    store, locks = left
    store.sweep()
    assert [path.name for path in locks.iterdir()] == ["guard"]


def test_an_entry_of_another_user_is_not_damaged(tmp_path, monkeypatch, caplog):
    store = Store(tmp_path)
    store.put(KEY, 1, seconds=1.0)

    def forbidden(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    assert [store.get(KEY), store.get(KEY)] == [None, None]
    monkeypatch.undo()
    assert caplog.messages == [f"store: entry {KEY}.outcome may not be read by this user: it is computed"]
    assert store.get(KEY) == Made(1, 1.0, stored=True)
