"""The sessions that set everything up: which Python they choose, and where their requirements are listed."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import nox
import pytest

from tests.setup.commands import ci_sessions, nox_sessions
from workshop.ledger import ledger

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
    monkeypatch.setattr(noxfile, "install", lambda *_, **__: None)
    monkeypatch.setenv("CI_BASE", "HEAD~1")
    there = set(there)

    if browser is None:
        with pytest.raises(RuntimeError, match=r"is on PATH: sudo apt-get install chromium$"):
            noxfile.browser.func(Session())
        assert commands == installed
    else:
        noxfile.browser.func(Session())
        options = (*noxfile.PARALLEL, "--touched", "HEAD~1", "-k", "filter")
        assert commands == [*installed, ("pytest", "tests/browser", *options)]


def test_only_a_run_of_all_units_is_a_run_of_the_book(noxfile: ModuleType, tmp_path: Path) -> None:
    """The documentation runs the book where the last run was of a part, or its file is none."""
    file = tmp_path / "verify.json"
    units = [{"unit": unit} for unit in ledger().units]

    assert not noxfile.is_whole(file)
    for claims, whole in (
        (units, True),
        (units[:-1], False),
        (units[3:4], False),
        ([], False),
        (None, False),
    ):
        file.write_text(json.dumps({"claims": claims}), "utf-8")
        assert noxfile.is_whole(file) == whole
    file.write_text('{"claims": [', "utf-8")
    assert not noxfile.is_whole(file)


class Installing:
    """A session in an environment that notes what is installed into it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.virtualenv, self.cache_dir = SimpleNamespace(location=str(folder)), folder / "cache"
        self.env: dict[str, str] = {}
        self.installed: list[tuple[str, ...]] = []

    def install(self, *words: str) -> None:
        """Note the requirements."""
        self.installed.append(words)


def test_a_shared_environment_keeps_what_others_need(noxfile: ModuleType, tmp_path: Path) -> None:
    """Nothing is installed twice; what is added comes with what is there, so that versions fit together."""
    made = Installing(tmp_path / "shared")
    noxfile.install(made, extras=("cpu",))
    noxfile.install(made, groups=("audit",))
    noxfile.install(made, extras=("cpu",), groups=("audit",))
    noxfile.install(made)
    other = Installing(tmp_path / "own")
    noxfile.install(other, editable=False)

    assert made.installed == [("-e", ".[cpu]"), ("-e", ".[cpu]", *noxfile.group("audit"))]
    assert other.installed == [(".",)]


def test_another_pyproject_installs_anew(
    noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The requirements may be others."""
    monkeypatch.setattr(noxfile, "ROOT", tmp_path)
    made = Installing(tmp_path / "shared")
    for content in ("a", "b", "b"):
        (tmp_path / "pyproject.toml").write_text(content)
        noxfile.install(made, extras=("cpu",))

    assert made.installed == [("-e", ".[cpu]")] * 2


def test_every_process_of_a_session_keeps_its_bytecode(noxfile: ModuleType, tmp_path: Path) -> None:
    """Also on a machine whose PYTHONDONTWRITEBYTECODE is set."""
    made = Installing(tmp_path)
    noxfile.install(made)
    (tmp_path / "imported.py").touch()
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **made.env, "PYTHONPATH": str(tmp_path)}
    subprocess.run([sys.executable, "-c", "import imported"], env=env, check=True)

    assert list((tmp_path / "cache" / "bytecode").rglob("imported.*.pyc"))


def test_sessions_share_an_environment(noxfile: ModuleType) -> None:
    """All but those that install other versions, the built package alone, or what only benchmarks need."""
    folder = vars(nox.sessions.SessionRunner)["envdir"].fget
    config = SimpleNamespace(envdir=".nox")
    folders = {
        name: Path(folder(SimpleNamespace(friendly_name=name, global_config=config))).name
        for name in nox_sessions()
    }

    assert {name for name, folder in folders.items() if folder != "shared"} == noxfile.OWN_ENVIRONMENTS
    assert all(folders[name] == name for name in noxfile.OWN_ENVIRONMENTS)


def test_requirements_are_listed_in_pyproject_alone() -> None:
    """What noxfile.py installs are extras and groups of pyproject.toml, nothing else."""
    project = nox.project.load_toml(ROOT / "pyproject.toml")
    known = {"extras": project["project"]["optional-dependencies"], "groups": project["dependency-groups"]}
    known["wanted"] = known["groups"]
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    ours = [call for call in calls if ast.unparse(call.func) == "install"]
    named = [
        (keyword.arg, word.value)
        for call in ours
        for keyword in call.keywords
        if keyword.arg != "editable"
        for word in ast.walk(keyword.value)
        if isinstance(word, ast.Constant)
    ]
    given = {
        word.value
        for call in calls
        if ast.unparse(call.func) == "session.install"
        for word in call.args
        if isinstance(word, ast.Constant)
    }

    assert {kind for kind, _ in named} == {*known}
    assert [each for each in named if each[1] not in known[each[0]]] == []
    assert given == {"-e", ".[cpu]", "--force-reinstall", "--no-deps"}


def test_the_sessions_of_ci_are_installed_in_one_step(noxfile: ModuleType, tmp_path: Path) -> None:
    """After `shared`, no session of .ci/run installs into the environment that others are using."""
    made = Installing(tmp_path / "shared")
    noxfile.shared.func(made)
    stamp = (tmp_path / "shared" / "installed.json").read_text()
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    functions = {
        each.name.replace("_", "-"): ast.unparse(each)
        for each in ast.walk(tree)
        if isinstance(each, ast.FunctionDef)
    }
    sharing = ci_sessions() - noxfile.OWN_ENVIRONMENTS
    for name in sharing:
        (call,) = re.findall(r"^    install\(session, (.*)\)$", functions[name], re.MULTILINE)
        noxfile.install(made, **eval(f"dict({call})"))

    assert {"verify", "tests", "lint", "docs", "browser", "cluster", "mutants"} <= sharing
    assert len(made.installed) == 1
    assert (tmp_path / "shared" / "installed.json").read_text() == stamp


def test_what_keras_decides_runs_on_keras_2_too() -> None:
    """Each test of the trainings that is named after Keras' calls has the mark of `keras2-equivalence`."""
    unmarked = [
        function.name
        for path in ROOT.glob("tests/training/test_*.py")
        if "pytestmark = pytest.mark.keras" not in (text := path.read_text("utf-8"))
        for function in ast.parse(text).body
        if isinstance(function, ast.FunctionDef)
        and re.match(r"test_.*(keras|train_on_batch)", function.name)
        and not any(ast.unparse(each) == "pytest.mark.keras" for each in function.decorator_list)
    ]

    assert unmarked == []


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
