"""
What comes over the network in one search: downloads and wheels, each fetched once, in a folder that goes
away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from workshop.datasets.network import (
    PACKAGE_INDEX,
    UnreachableError,
    check_reachable,
    remember_refusal,
)
from workshop.errors import DataError

_POINTER = b"version https://git-lfs.github.com/spec/"
WHEEL_SECONDS = 600.0
WHEEL_BYTES = 200_000_000


class Packs:
    """
    A context in which downloads are kept, so that an archive of many files is fetched once.

    ``room`` is the folder for them; it is emptied before, of what a killed run has left there, and after, so
    its lock must be held. ``size``: the bytes that a download should have.
    """

    def __init__(self, room: Path, size: int, *, progress: bool) -> None:
        self._room = room
        self._size = size
        self._progress = progress
        self._held: dict[str, Path] = {}

    def __enter__(self) -> Packs:  # noqa: PYI034  typing.Self is Python 3.11
        shutil.rmtree(self._room, ignore_errors=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._room, ignore_errors=True)

    def _place(self) -> Path:
        """Return a new folder for one download."""
        place = self._room / str(len(self._held))
        place.mkdir(parents=True, exist_ok=True)
        return place

    def url(self, url: str) -> Path:
        """Return the downloaded content of ``url``."""
        from workshop.datasets.bounded import download  # brings requests, which few runs need

        if url not in self._held:
            target = self._place() / "content"
            download(url, target, size=self._size, progress=self._progress)
            self._held[url] = target
        return self._held[url]

    def wheel(self, requirement: str) -> Path:
        """Return the wheel that pip downloads for ``name==version``; nothing of it is installed or run."""
        if requirement not in self._held:
            self._held[requirement] = download_wheel(requirement, self._place())
        return self._held[requirement]


def download_wheel(requirement: str, folder: Path) -> Path:
    """
    Return the wheel of a requirement, fetched by this Python's pip from the index that pip is set up for.

    Raises
    ------
    UnreachableError
        If the package index does not answer.
    DataError
        If there is no pip, or no such wheel, or it takes more than ten minutes or 200 MB.
    """
    if find_spec("pip") is None:
        raise DataError(
            f"fetching {requirement} needs pip, which this Python does not have; "
            f"run: {sys.executable} -m ensurepip"
        )
    check_reachable(PACKAGE_INDEX)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--retries", "1", "--timeout", "20", "--no-deps"]
    command += ["--only-binary=:all:", "-d", str(folder), requirement]
    code, said = _run_bounded(command, folder)
    wheels = list(folder.glob("*.whl"))
    if code == 0 and len(wheels) == 1:
        return wheels[0]
    if any(sign in said for sign in ("connection", "Connection", "timed out", "ProxyError")):
        remember_refusal(PACKAGE_INDEX)
        raise UnreachableError(f"{PACKAGE_INDEX} can't be reached for {requirement}")
    lines = [line for line in said.splitlines() if line.strip()] or ["no message"]
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    raise DataError(f"pip can't download {requirement} ({errors[-1].removeprefix('ERROR: ')})")


def _run_bounded(command: list[str], folder: Path) -> tuple[int, str]:
    """Run pip with its temporary files in ``folder``; return its exit code and what it says of errors."""
    said = folder / "pip.txt"
    end = time.monotonic() + WHEEL_SECONDS
    with said.open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603  our own command line
            command, stdout=subprocess.DEVNULL, stderr=errors, env={**os.environ, "TMPDIR": str(folder)}
        )
    try:
        while process.poll() is None:
            if time.monotonic() > end:
                raise DataError(f"{command[-1]} did not come within {WHEEL_SECONDS:.0f} s")
            if _size(folder) > WHEEL_BYTES:
                raise DataError(f"{command[-1]} is larger than the {WHEEL_BYTES} bytes that it may be")
            try:
                process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
    finally:
        process.kill()
        process.wait()
    return process.returncode, said.read_text(encoding="utf-8", errors="replace")


def _size(folder: Path) -> int:
    """Return the bytes of the files below a folder, which come and go."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total


def is_pointer(path: Path) -> bool:
    """Say whether a downloaded file is a Git LFS pointer: three lines that stand for the content."""
    with path.open("rb") as stream:
        return stream.read(len(_POINTER)) == _POINTER


def pointed_url(url: str) -> str:
    """Return the address of the content behind a pointer at ``url``."""
    return url.replace("https://raw.githubusercontent.com/", "https://media.githubusercontent.com/media/", 1)
