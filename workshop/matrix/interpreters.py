"""Finding interpreters on PATH and among pyenv's versions, where uv finds only the active ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

# those that the engine runs on, the best supported one first
PYTHONS = ("3.12", "3.11", "3.13", "3.10")
# prints version and path; for a virtual environment the path of its base, from which uv can make another one
_PROBE = """import sys
print("%d.%d" % sys.version_info[:2], getattr(sys, "_base_executable", sys.executable))"""


def find_python(version: str) -> str | None:
    """Return the path of an interpreter of a version ("3.12") that starts, or None.

    Commands on PATH come first, then pyenv's versions, the newest first.
    """
    return next((path for command in _list_candidates(version) if (path := _probe(command, version))), None)


def how_to_get(version: str) -> str:
    """Return a line that names what is missing and the remedy."""
    return f"no Python {version} on PATH or among pyenv's versions: pyenv install {version}"


def _list_candidates(version: str) -> Iterator[str]:
    for folder in os.get_exec_path():
        command = shutil.which(f"python{version}", path=folder)
        if command is not None:
            yield command
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    patches = re.compile(re.escape(version) + r"\.(\d+)")
    found = [(int(m[1]), path) for path in root.glob("versions/*") if (m := patches.fullmatch(path.name))]
    for _, path in sorted(found, reverse=True):
        yield str(path / "bin" / f"python{version}")


def _probe(command: str, version: str) -> str | None:
    """Return an interpreter's path if it starts with this version, unlike pyenv's shim of an inactive one."""
    try:
        answer = subprocess.run([command, "-c", _PROBE], capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return None
    found, _, path = answer.stdout.strip().partition(" ")
    return path if answer.returncode == 0 and found == version else None
