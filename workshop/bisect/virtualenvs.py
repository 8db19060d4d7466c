"""Environments made with uv in the cache folder, found again by their Python and what is installed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from packaging.version import Version

from workshop.datasets.cache import cache_folder, locked
from workshop.errors import WorkshopError

# to compile them takes longer than any search, where it works at all; others are built from source if need be
WHEELS_ONLY = ("gensim", "h5py", "keras", "numpy", "pandas", "pillow", "scikit-learn", "scipy")
# written last: an environment without it was left half made
LOCK = "requirements.txt"


class NotBuilt(WorkshopError):
    """Versions can't be listed, or an environment made; the message says why in one line."""


def find_uv() -> str:
    """Return uv's path: on PATH, or beside this interpreter. Raises NotBuilt."""
    beside = Path(sys.executable).with_name("uv")
    found = shutil.which("uv") or (str(beside) if beside.exists() else None)
    if found is None:
        raise NotBuilt("uv is not here, which makes the environments: pip install uv")
    return found


def published(library: str, python: str) -> tuple[str, ...]:
    """Return all final releases of a library that the package index knows, the oldest first; raises NotBuilt.

    pip lists them, which uv brings into the interpreter at `python` for this call.
    """
    pip = ("--with", "pip>=25.1", "--python", python, "python", "-m", "pip")
    listing = ("index", "versions", library, "--ignore-requires-python", "--json")
    try:
        answer = _uv("run", "--no-project", "--isolated", *pip, *listing)
        return tuple(sorted(json.loads(answer)["versions"], key=Version))
    except (NotBuilt, ValueError, KeyError) as error:
        raise NotBuilt(f"the versions of {library} can't be listed: {error}") from None


def resolve(python: str, requirements: Sequence[str]) -> tuple[str, ...]:
    """Return the versions that requirements come to in an interpreter; raises NotBuilt if there are none."""
    only = (part for name in WHEELS_ONLY for part in ("--only-binary", name))
    asked = "".join(f"{requirement}\n" for requirement in requirements)
    answer = _uv(
        "pip", "compile", "--no-header", "--no-annotate", "--python", python, *only, "-", given=asked
    )
    return tuple(answer.split("\n")[:-1])


def build(python: str, lock: Sequence[str]) -> Path:
    """Return the interpreter of an environment with exactly this installed; it is made if it isn't there.

    Raises NotBuilt, DataError if the cache can't be written.
    """
    text = "".join(f"{pin}\n" for pin in lock)
    key = hashlib.sha256(f"{python}\n{text}".encode()).hexdigest()[:16]
    folder = cache_folder() / "environments" / key
    with locked(f"environments/{key}"):
        if not (folder / LOCK).exists():
            shutil.rmtree(folder, ignore_errors=True)
            _uv("venv", "--no-project", "--python", python, str(folder))
            # compiled now: the engine lets no interpreter write what it compiles
            into = ("--python", str(folder), "--no-deps", "--compile-bytecode")
            _uv("pip", "install", *into, "-r", "-", given=text)
            (folder / LOCK).write_text(text, encoding="utf-8")
    return folder / "bin" / "python"


def _uv(*arguments: str, given: str = "") -> str:
    """Return what uv prints; raises NotBuilt with the line of its error that tells the cause."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotBuilt(
            f"the cache {folder} can't be written ({error.strerror}); set WORKSHOP_CACHE"
        ) from None
    answer = subprocess.run(  # noqa: S603 - its own words, versions and paths
        [find_uv(), "--quiet", *arguments],
        # in a folder without a project, whose settings would count
        cwd=folder,
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode == 0:
        return answer.stdout
    lines = [line.strip() for line in answer.stderr.splitlines() if line.strip()] or ["uv tells nothing"]
    causes = [line.removeprefix("cause:").strip() for line in lines if line.startswith("cause:")]
    raise NotBuilt((causes or [line.removeprefix("error:").strip() for line in lines])[-1][:300])
