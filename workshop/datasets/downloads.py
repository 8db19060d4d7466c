"""Files fetched during one search: downloads and wheels, each fetched once into a temporary folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from workshop.datasets.cache import CacheError
from workshop.datasets.reachability import (
    PACKAGE_INDEX,
    UnreachableError,
    check_reachable,
    remember_refusal,
)
from workshop.errors import DataError
from workshop.files import cache_folder, size_text
from workshop.untrusted import run_module

WHEEL_SECONDS = 600.0
WHEEL_BYTES = 200_000_000


_PARTS = "parts"  # folder of downloads that broke off, in that of a search


class Downloads:
    """A context that fetches each archive once, however many files are taken from it.

    `folder` is emptied on entry, because a killed run may have left files there, and on exit; the caller must
    have its lock. Only downloads that broke off stay, until everything has been found. `size` is the expected
    number of bytes of a download, and `unpacked` that of the files that are made of it.
    """

    def __init__(self, folder: Path, size: int, unpacked: int, *, progress: bool) -> None:
        self._folder = folder
        self._size = size
        self._unpacked = unpacked
        self._progress = progress
        self._fetched: dict[str, Path] = {}

    def __enter__(self) -> Downloads:  # noqa: PYI034  typing.Self is Python 3.11
        self._empty(but_parts=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._empty(but_parts=kind is not None)

    def _empty(self, *, but_parts: bool) -> None:
        """Remove what was fetched, and the parts of it unless they are to stay."""
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            if not (but_parts and path.name == _PARTS):
                shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):  # it is not empty if parts stay
            (self._folder / _PARTS).rmdir()
        with contextlib.suppress(OSError):
            self._folder.rmdir()

    def _new_folder(self) -> Path:
        """Return a new folder for one download."""
        folder = self._folder / str(len(self._fetched))
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def url(self, url: str) -> Path:
        """Return the downloaded content of `url`.

        Raises CacheError if the disk has no room for it.
        """
        from workshop.datasets.http_download import download  # imports requests, which few runs need

        if url not in self._fetched:
            target = self._new_folder() / "content"
            part = self._folder / _PARTS / hashlib.sha256(url.encode()).hexdigest()[:16]
            part.parent.mkdir(exist_ok=True)
            here = part.stat().st_size if part.is_file() else 0
            check_room(self._size - here + self._unpacked)
            download(url, part, size=self._size, progress=self._progress)
            part.replace(target)
            self._fetched[url] = target
        return self._fetched[url]

    def wheel(self, requirement: str) -> Path:
        """Return the wheel that pip downloads for `name==version`; nothing of it is installed or run."""
        if requirement not in self._fetched:
            self._fetched[requirement] = download_wheel(requirement, self._new_folder())
        return self._fetched[requirement]


def check_room(size: int) -> None:
    """Raise CacheError, before any download, if the cache's disk has no room for this many bytes."""
    free = shutil.disk_usage(cache_folder()).free
    if free < size:
        needed = f"{size_text(size)} more, and {size_text(free)} are free"
        raise CacheError(f"the cache {cache_folder()} needs {needed}; {CacheError.remedy}")


def download_wheel(requirement: str, folder: Path) -> Path:
    """Return the wheel of a requirement, fetched by this Python's pip from its configured index.

    Raises
    ------
    UnreachableError
        If the package index does not answer.
    DataError
        If there is no pip or no such wheel, or if it takes more than ten minutes or 200 MB.
    """
    if find_spec("pip") is None:
        raise DataError(
            f"fetching {requirement} needs pip, which this Python does not have; "
            f"run: {sys.executable} -m ensurepip"
        )
    check_reachable(PACKAGE_INDEX)
    command = [sys.executable, *run_module("pip"), "download", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--retries", "1", "--timeout", "20", "--no-deps"]
    command += ["--only-binary=:all:", "-d", str(folder), requirement]
    code, output = _run_bounded(command, folder)
    wheels = list(folder.glob("*.whl"))
    if code == 0 and len(wheels) == 1:
        return wheels[0]
    if any(sign in output for sign in ("connection", "Connection", "timed out", "ProxyError")):
        remember_refusal(PACKAGE_INDEX)
        raise UnreachableError(f"{PACKAGE_INDEX} can't be reached for {requirement}")
    lines = [line for line in output.splitlines() if line.strip()] or ["no message"]
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    raise DataError(f"pip can't download {requirement} ({errors[-1].removeprefix('ERROR: ')})")


def _run_bounded(command: list[str], folder: Path) -> tuple[int, str]:
    """Run pip with its temporary files in `folder`; return its exit code and its error output."""
    output = folder / "pip.txt"
    end = time.monotonic() + WHEEL_SECONDS
    with output.open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603  our own command line
            command, stdout=subprocess.DEVNULL, stderr=errors, env={**os.environ, "TMPDIR": str(folder)}
        )
    try:
        while process.poll() is None:
            if time.monotonic() > end:
                raise DataError(f"{command[-1]} did not arrive within {WHEEL_SECONDS:.0f} s")
            if _size(folder) > WHEEL_BYTES:
                raise DataError(f"{command[-1]} is larger than the {WHEEL_BYTES} bytes allowed")
            try:
                process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
    finally:
        process.kill()
        process.wait()
    return process.returncode, output.read_text(encoding="utf-8", errors="replace")


def _size(folder: Path) -> int:
    """Return the bytes of the files below a folder, some of which may vanish meanwhile."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total
