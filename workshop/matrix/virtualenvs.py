"""Environments built with uv in the cache folder, found again by their Python and what is installed."""

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

from workshop.datasets.cache import locked, unwritable
from workshop.errors import WorkshopError
from workshop.files import cache_folder
from workshop.matrix.interpreters import find_python, how_to_get
from workshop.matrix.table import table

# compiling them takes longer than any search, if it works at all; others are built from source where needed
WHEELS_ONLY = ("gensim", "h5py", "keras", "numpy", "pandas", "pillow", "scikit-learn", "scipy")


class NotBuilt(WorkshopError):
    """Versions can't be listed, or an environment built; the message says why in one line."""


def find_uv() -> str:
    """Return uv's path, on PATH or next to this interpreter. Raises NotBuilt."""
    neighbour = Path(sys.executable).with_name("uv")
    if found := shutil.which("uv") or (str(neighbour) if neighbour.exists() else None):
        return found
    raise NotBuilt("uv, which builds the environments, is not here: pip install uv")


def list_versions(
    library: str, python: str, options: Sequence[str] = ("--ignore-requires-python",)
) -> tuple[str, ...]:
    """Return all final releases of a library that the package index knows, the oldest first; raises NotBuilt.

    pip lists them, with other options others; uv adds it to the interpreter at `python` for this call.
    """
    pip = ("--with", "pip>=25.1", "--python", python, "python", "-m", "pip")
    listing = ("index", "versions", library, *options, "--json")
    try:
        answer = _uv("run", "--no-project", "--isolated", *pip, *listing)
        return tuple(sorted(json.loads(answer)["versions"], key=Version))
    except (NotBuilt, ValueError, KeyError) as error:
        raise NotBuilt(f"the versions of {library} can't be listed: {error}") from None


def resolve(python: str, requirements: Sequence[str]) -> tuple[str, ...]:
    """Return the pinned versions that meet requirements in an interpreter; raises NotBuilt without any."""
    only = (part for name in WHEELS_ONLY for part in ("--only-binary", name))
    lines = "".join(f"{requirement}\n" for requirement in requirements)
    options = ("--no-header", "--no-annotate", "--python", python, *only)
    return tuple(_uv("pip", "compile", *options, "-", given=lines).split("\n")[:-1])


def build(python: str, lock: Sequence[str]) -> Path:
    """Return the interpreter of an environment with just these versions, built if needed; raises NotBuilt."""
    text = "".join(f"{pin}\n" for pin in lock)
    key = hashlib.sha256(f"{python}\n{text}".encode()).hexdigest()[:16]
    folder = cache_folder() / "environments" / key
    lock_file = folder / "requirements.txt"  # written last: an environment without it is incomplete
    with locked(f"environments/{key}"):
        if not lock_file.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _uv("venv", "--no-project", "--python", python, str(folder))
            # compiled now, because the engine lets no interpreter write what it compiles
            into = ("--python", str(folder), "--no-deps", "--compile-bytecode")
            _uv("pip", "install", *into, "-r", "-", given=text)
            lock_file.write_text(text, encoding="utf-8")
    return folder / "bin" / "python"


def build_named(name: str) -> Path:
    """Return the interpreter of an environment of the matrix, built if needed, with its variables set here.

    Raises TableError if there is no such name, NotBuilt.
    """
    environment = table().named(name)
    python = find_python(environment.python)
    if python is None:
        raise NotBuilt(how_to_get(environment.python))
    os.environ.update(environment.variables)
    return build(python, resolve(python, environment.complete))


def _uv(*arguments: str, given: str = "") -> str:
    """Return what uv prints; raises NotBuilt with the cause, CacheError if the cache can't be written."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(error) from None
    answer = subprocess.run(  # noqa: S603 - its own words, versions and paths
        [find_uv(), "--quiet", *arguments],
        cwd=folder,  # a project's folder would apply its settings
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode == 0:
        return answer.stdout
    lines = [line.strip() for line in answer.stderr.splitlines() if line.strip()] or ["uv gives no reason"]
    causes = [line.removeprefix("cause:").strip() for line in lines if line.startswith("cause:")]
    raise NotBuilt((causes or [line.removeprefix("error:").strip() for line in lines])[-1][:300])
