"""The sessions that set everything up: which Python they choose, and where their requirements are listed."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from types import ModuleType

import nox
import pytest

ROOT = Path(__file__).parents[2]


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
def test_the_running_python_comes_first_then_the_best_supported(
    noxfile: ModuleType, running: str, found: tuple[str, ...], chosen: str | None
) -> None:
    """The interpreter that runs nox is used if it is supported, else 3.12, 3.11, 3.13, 3.10 are tried."""

    def find(version: str) -> str | None:
        return version if version in found else None

    assert noxfile.pick_python((running, "running"), find) == chosen


APT = [("apt-get", "update", "-q"), ("apt-get", "install", "-qy", "chromium")]
# commands on PATH, user, commands on PATH after an installation, what is run, which browser the tests get
BROWSERS = [
    ({"google-chrome"}, 0, set(), [], "google-chrome"),
    ({"chromium", "google-chrome"}, 1000, set(), [], "chromium"),
    ({"apt-get"}, 0, {"chromium"}, APT, "chromium"),
    ({"apt-get"}, 0, set(), APT, None),
    ({"apt-get"}, 1000, set(), [], None),
    (set(), 0, set(), [], None),
]


@pytest.mark.parametrize(("there", "user", "later", "installed", "browser"), BROWSERS)
def test_the_browser_is_found_or_installed(
    noxfile: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    there: set[str],
    user: int,
    later: set[str],
    installed: list[tuple[str, ...]],
    browser: str | None,
) -> None:
    """A browser on PATH is taken, root installs Debian's; otherwise one line says what to do."""
    commands: list[tuple[str, ...]] = []

    class Session:
        posargs = ("-k", "filter")

        def run(self, *command: str, **settings: object) -> None:
            commands.append(command)
            if command[1] == "install":
                there.update(later)
            if command[0] == "pytest":
                assert settings == {"env": {"WORKSHOP_BROWSER": browser}}

        def error(self, line: str) -> None:
            raise RuntimeError(line)

        def log(self, line: str) -> None:
            """Say where the screenshots are."""

    monkeypatch.setattr(noxfile.shutil, "which", lambda name: name if name in there else None)
    monkeypatch.setattr(noxfile.os, "geteuid", lambda: user)
    monkeypatch.setattr(noxfile, "install", lambda *_: None)
    there = set(there)

    if browser is None:
        with pytest.raises(RuntimeError, match=r"is on PATH: sudo apt-get install chromium$"):
            noxfile.browser.func(Session())
        assert commands == installed
    else:
        noxfile.browser.func(Session())
        assert commands == [*installed, ("pytest", "tests/browser", *noxfile.PARALLEL, "-k", "filter")]


def test_requirements_are_listed_in_pyproject_alone() -> None:
    """What noxfile.py installs are extras and groups of pyproject.toml, nothing else."""
    project = nox.project.load_toml(ROOT / "pyproject.toml")
    known = {*project["project"]["optional-dependencies"], "-e", ".", "--force-reinstall", "--no-deps"}
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))

    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [ast.unparse(call.func) for call in calls]
    words = {
        word
        for call, name in zip(calls, names, strict=True)
        if name in {"install", "session.install"}
        for argument in call.args
        if isinstance(argument, ast.Constant)
        for word in (argument.value[2:-1].split(",") if ".[" in argument.value else [argument.value])
    }
    groups = {call.args[0].value for call, name in zip(calls, names, strict=True) if name == "group"}

    assert words <= known
    assert groups
    assert groups <= set(project["dependency-groups"])


def test_every_requirement_says_why() -> None:
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
