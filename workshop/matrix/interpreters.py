"""Where the interpreters are: on PATH, or among pyenv's versions, of which uv sees only the active ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

# of the engine, the best supported one first
PYTHONS = ("3.12", "3.11", "3.13", "3.10")
# version and path; of a virtual environment those of what it was made of, for uv makes none of a virtual one
_ASKED = """import sys
print("%d.%d" % sys.version_info[:2], getattr(sys, "_base_executable", sys.executable))"""


def find_python(version: str) -> str | None:
    """Return the path of an interpreter of a version ("3.12") that starts, or None.

    Commands on PATH come first, then pyenv's versions, the newest first.
    """
    return next((path for command in _candidates(version) if (path := _starts(command, version))), None)


def how_to_get(version: str) -> str:
    """Return a line that says what was looked for, and the remedy."""
    return f"no Python {version} on PATH or among pyenv's versions: pyenv install {version}"


def _candidates(version: str) -> Iterator[str]:
    for folder in os.get_exec_path():
        command = shutil.which(f"python{version}", path=folder)
        if command is not None:
            yield command
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    patches = re.compile(re.escape(version) + r"\.(\d+)")
    found = [(int(m[1]), path) for path in root.glob("versions/*") if (m := patches.fullmatch(path.name))]
    for _, path in sorted(found, reverse=True):
        yield str(path / "bin" / f"python{version}")


def _starts(command: str, version: str) -> str | None:
    """Return the path of an interpreter if it starts and is this version; pyenv's shim of another is none."""
    try:
        answer = subprocess.run([command, "-c", _ASKED], capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return None
    found, _, path = answer.stdout.strip().partition(" ")
    return path if answer.returncode == 0 and found == version else None
