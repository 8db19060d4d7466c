"""The sessions that set everything up: which Python they choose, and where their requirements are listed."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import nox
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def noxfile() -> ModuleType:
    """Return noxfile.py as a module."""
    spec = importlib.util.spec_from_file_location("noxfile", ROOT / "noxfile.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("running", "found", "chosen"),
    [
        ("3.11", ("3.12",), "running"),
        ("3.10", (), "running"),
        ("3.13", (), "running"),
        ("3.14", ("3.10", "3.12", "3.13"), "3.12"),
        ("3.9", ("3.10", "3.11", "3.13"), "3.11"),
        ("3.14", ("3.10", "3.13"), "3.13"),
        ("3.8", ("3.10",), "3.10"),
        ("3.14", (), None),
        ("3.1", (), None),
    ],
)
def test_the_running_python_comes_first_then_the_best_supported(noxfile, running, found, chosen):
    """The interpreter that runs nox is kept if it is supported, else 3.12, 3.11, 3.13, 3.10 are tried."""

    def find(version: str) -> str | None:
        return version if version in found else None

    assert noxfile.pick_python((running, "running"), find) == chosen


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("#!/bin/sh\necho 3.12 /opt/python3.12\n", "/opt/python3.12"),
        ("#!/bin/sh\necho 'pyenv: python3.12: command not found' >&2\nexit 127\n", None),
        ("#!/bin/sh\necho 3.9 /opt/python3.9\n", None),
    ],
    ids=["working", "shim of a version not active", "another version"],
)
def test_an_interpreter_counts_only_if_it_starts(noxfile, monkeypatch, tmp_path, script, found):
    """A command on PATH that does not start, or is another version, is no interpreter."""
    command = tmp_path / "python3.12"
    command.write_text(script)
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")

    assert noxfile.find_python("3.12") == found


def test_requirements_are_listed_in_pyproject_alone():
    """What noxfile.py installs are extras and groups of pyproject.toml, nothing else."""
    project = nox.project.load_toml(ROOT / "pyproject.toml")
    known = {f".[{extra}]" for extra in project["project"]["optional-dependencies"]} | {"-e", "."}
    known |= {"--force-reinstall", "--no-deps"}
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))

    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [ast.unparse(call.func) for call in calls]
    words = {
        argument.value
        for call, name in zip(calls, names, strict=True)
        if name in {"install", "session.install"}
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }
    groups = {call.args[0].value for call, name in zip(calls, names, strict=True) if name == "group"}

    assert words <= known
    assert groups
    assert groups <= set(project["dependency-groups"])


def test_every_requirement_says_why():
    """Each dependency in pyproject.toml has its reason on its own line or the line before."""
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start, end = lines.index("dependencies = ["), lines.index("[tool.hatch.version]")
    requirement = re.compile(r'^    "(?!workshop\[)[A-Za-z].*",')

    silent = [
        line
        for before, line in zip(lines[start:end], lines[start + 1 : end], strict=False)
        if requirement.match(line) and "  # " not in line and "tensorflow" not in before + line
    ]

    assert silent == []
