"""
What comes over the network in one search: downloads and wheels, each fetched once, in a folder that goes
away.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from workshop.datasets.cache import cache_folder
from workshop.datasets.errors import DataError
from workshop.datasets.network import (
    PACKAGE_INDEX,
    UnreachableError,
    check_reachable,
    download,
    remember_refusal,
)

_POINTER = b"version https://git-lfs.github.com/spec/"


class Packs:
    """A context in which downloads are kept, so that an archive of many files is fetched once."""

    def __init__(self, *, progress: bool) -> None:
        self._progress = progress
        self._folder: Path | None = None
        self._held: dict[str, Path] = {}

    def __enter__(self) -> Packs:  # noqa: PYI034  typing.Self is Python 3.11
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _room(self) -> Path:
        if self._folder is None:
            parent = cache_folder() / "incoming"
            parent.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(dir=parent))
        return self._folder

    def url(self, url: str) -> Path:
        """Return the downloaded content of ``url``."""
        if url not in self._held:
            self._held[url] = download(url, self._room(), progress=self._progress)
        return self._held[url]

    def wheel(self, requirement: str) -> Path:
        """Return the wheel that pip downloads for ``name==version``; nothing of it is installed or run."""
        if requirement not in self._held:
            self._held[requirement] = download_wheel(requirement, self._room())
        return self._held[requirement]


def download_wheel(requirement: str, folder: Path) -> Path:
    """
    Return the wheel of a requirement, fetched by this Python's pip from the index that pip is set up for.

    Raises
    ------
    UnreachableError
        If the package index does not answer.
    DataError
        If there is no pip, or no such wheel.
    """
    if find_spec("pip") is None:
        raise DataError(
            f"fetching {requirement} needs pip, which this Python lacks; run: {sys.executable} -m ensurepip"
        )
    check_reachable(PACKAGE_INDEX)
    target = Path(tempfile.mkdtemp(dir=folder))
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
    ]
    command += [
        "--retries",
        "1",
        "--timeout",
        "20",
        "--no-deps",
        "--only-binary=:all:",
        "-d",
        str(target),
        requirement,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own command line
    wheels = list(target.glob("*.whl"))
    if done.returncode == 0 and len(wheels) == 1:
        return wheels[0]
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    if any(sign in done.stderr for sign in ("connection", "Connection", "timed out", "ProxyError")):
        remember_refusal(PACKAGE_INDEX)
        raise UnreachableError(f"{PACKAGE_INDEX} can't be reached for {requirement}")
    errors = [line for line in lines if line.startswith("ERROR")] or lines or ["no message"]
    raise DataError(f"pip can't download {requirement} ({errors[-1].removeprefix('ERROR: ')})")


def is_pointer(path: Path) -> bool:
    """Say whether a downloaded file is a Git LFS pointer: three lines that stand for the content."""
    with path.open("rb") as stream:
        return stream.read(len(_POINTER)) == _POINTER


def pointed_url(url: str) -> str:
    """Return the address of the content behind a pointer at ``url``."""
    return url.replace("https://raw.githubusercontent.com/", "https://media.githubusercontent.com/media/", 1)
