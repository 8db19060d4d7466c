"""Where interpreters are found: on PATH first, then among pyenv's versions."""

from pathlib import Path

import pytest

from workshop.matrix.interpreters import find_python, how_to_get


def script(path: Path, text: str) -> None:
    """Write a command."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


SHIM = "echo 'pyenv: python3.12: command not found' >&2; exit 127"
# the commands that are there, by folder; which is found
CASES = {
    "on PATH": ({"first": "echo 3.12 /opt/python"}, "/opt/python"),
    "nowhere": ({}, None),
    "a shim of a version not active": ({"first": SHIM}, None),
    "another version": ({"first": "echo 3.9 /opt/python"}, None),
    "behind a shim": ({"first": SHIM, "second": "echo 3.12 /usr/python"}, "/usr/python"),
    "on PATH before pyenv's": (
        {"second": "echo 3.12 /usr/python", "pyenv/versions/3.12.1/bin": "echo 3.12 /pyenv/python"},
        "/usr/python",
    ),
    "pyenv's where the shim is of no use": (
        {"first": SHIM, "pyenv/versions/3.12.1/bin": "echo 3.12 /pyenv/python"},
        "/pyenv/python",
    ),
    "pyenv's newest": (
        {
            "pyenv/versions/3.12.2/bin": "echo 3.12 /pyenv/2",
            "pyenv/versions/3.12.11/bin": "echo 3.12 /pyenv/11",
            "pyenv/versions/3.12.9/bin": "echo 3.12 /pyenv/9",
        },
        "/pyenv/11",
    ),
    "pyenv's newest that starts": (
        {"pyenv/versions/3.12.2/bin": "echo 3.12 /pyenv/2", "pyenv/versions/3.12.3/bin": "exit 1"},
        "/pyenv/2",
    ),
    "no other kind of pyenv's": (
        {"pyenv/versions/3.12-dev/bin": "echo 3.12 /d", "pyenv/versions/3.1.2/bin": "echo 3.12 /d"},
        None,
    ),
}


@pytest.mark.parametrize(("commands", "found"), CASES.values(), ids=CASES)
def test_an_interpreter_counts_only_if_it_starts(commands, found, monkeypatch, tmp_path):
    """The first command that starts and is the version is taken; pyenv's versions come after PATH."""
    for folder, text in commands.items():
        script(tmp_path / folder / "python3.12", text)
    monkeypatch.setenv("PATH", f"{tmp_path}/first:{tmp_path}/second")
    monkeypatch.setenv("PYENV_ROOT", f"{tmp_path}/pyenv")

    assert find_python("3.12") == found


def test_pyenv_is_in_the_home_folder_by_default(monkeypatch, tmp_path):
    script(tmp_path / ".pyenv/versions/3.12.1/bin/python3.12", "echo 3.12 /home/python")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PYENV_ROOT", raising=False)

    assert find_python("3.12") == "/home/python"


def test_a_missing_one_has_a_remedy():
    """One line names the version, where it was looked for, and how to get it."""
    assert how_to_get("3.7") == "no Python 3.7 on PATH or among pyenv's versions: pyenv install 3.7"
