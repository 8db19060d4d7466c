"""Files are written whole or not at all, and what killed writers left is removed."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NoReturn

import pytest

from workshop.execution.store import default_store
from workshop.files import cache_folder, check_writable, sweep, write_atomically


def fail(part: Path) -> None:
    """Write half a file, then fail."""
    part.write_text("half")
    raise RuntimeError("stopped")


def old(path: Path) -> None:
    """Make a file look an hour old."""
    os.utime(path, (time.time() - 3600,) * 2)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    file = tmp_path / "a.json"
    write_atomically(file, b"first")
    with pytest.raises(RuntimeError):
        write_atomically(file, fail)
    assert file.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [file]


def test_a_full_disk_names_the_file(tmp_path, monkeypatch):
    """The error of a write that the system refuses names the file that was asked for, not a temporary one."""

    def full(_handle) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    for write in (check_writable, lambda path: write_atomically(path, b"content")):
        with pytest.raises(OSError, match="No space left") as error:
            write(tmp_path / "a.json")
        assert error.value.filename == str(tmp_path / "a.json")
    assert not list(tmp_path.iterdir())


def test_the_umask_decides_the_mode(tmp_path):
    """A new file is as readable as any other, and an existing one keeps its mode."""
    before = os.umask(0o022)
    try:
        write_atomically(tmp_path / "new", b"x")
        assert (tmp_path / "new").stat().st_mode & 0o777 == 0o644
        (tmp_path / "new").chmod(0o600)
        write_atomically(tmp_path / "new", b"y")
        assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)


def test_links_are_followed(tmp_path):
    """What a link points to is written, and the link stays, also where it points to nothing yet."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "there" / "file")
    write_atomically(link, b"1")
    assert link.is_symlink()
    assert (tmp_path / "there" / "file").read_bytes() == b"1"


def test_a_pipe_is_written_to(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_atomically(pipe, b"x" * 200_000)
    reader.join(10)
    assert got == [b"x" * 200_000]
    assert pipe.is_fifo()


@pytest.mark.parametrize("place", ["folder", "file/below", "loop"])
def test_an_impossible_target_is_an_os_error(tmp_path, place):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for act in (check_writable, lambda path: write_atomically(path, b"x")):
        with pytest.raises(OSError, match=r"\[Errno"):
            act(tmp_path / place)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full: run on Linux")
def test_a_full_device_stays_a_device():
    """A write that the device refuses is an OSError, and the device is still there."""
    with pytest.raises(OSError, match="No space"):
        write_atomically(Path("/dev/full"), b"x")
    assert Path("/dev/full").is_char_device()


def test_trying_a_target_leaves_nothing(tmp_path):
    check_writable(tmp_path / "new" / "file")
    assert list((tmp_path / "new").iterdir()) == []


KILLED = """
import os, signal, sys, time
from pathlib import Path
from workshop.files import write_atomically

def stop(part):
    part.write_bytes(b"half")
    print("writing", flush=True)
    time.sleep(60)

write_atomically(Path(sys.argv[1]), stop)
"""


def test_what_a_killed_writer_left_is_removed(tmp_path):
    """A temporary file stays while its writer lives, and goes once the writer is dead."""
    target = tmp_path / "a" / "file"
    command = [sys.executable, "-c", KILLED, str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        (part,) = target.parent.iterdir()
        old(part)
        sweep(tmp_path)
        assert part.exists()
        process.send_signal(signal.SIGKILL)
    sweep(tmp_path)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("by_name", [False, True])
def test_what_a_killed_writer_left_is_removed_at_once(tmp_path, *, by_name):
    """Its file names it, so that nobody waits a minute; a living process's, or another machine's, stays."""
    target = tmp_path / "file"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(target)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        (part,) = tmp_path.iterdir()
        process.send_signal(signal.SIGKILL)
    assert f".{process.pid}-" in part.name
    here = part.name.split("-")[1]
    living = part.with_name(part.name.replace(f".{process.pid}-", f".{os.getpid()}-"))
    elsewhere = part.with_name(part.name.replace(f"-{here}-", "-000000-"))
    for other in (living, elsewhere):
        other.write_bytes(b"half")

    if by_name:
        check_writable(target)
    else:
        sweep(tmp_path)

    assert {*tmp_path.iterdir()} == {living, elsewhere}


def test_a_home_folder_is_expanded(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("WORKSHOP_STORE", "~/x")
    monkeypatch.setenv("WORKSHOP_CACHE", "~/y")

    assert default_store() == tmp_path / "x"
    assert cache_folder() == tmp_path / "y"
