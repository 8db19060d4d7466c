"""The matrix: tox, nox and the forge's workflows have the environments of the one table."""

from __future__ import annotations

import configparser
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import nox
import pytest
import yaml

from tests.setup.commands import ci_sessions, nox_sessions
from workshop.matrix.table import MatrixEnvironment, table

ROOT = Path(__file__).parents[2]
Names = tuple[str, ...]
RunMatrix = Callable[..., SimpleNamespace]
# what the matrix must have, whatever else is added
WANTED = {
    "py37-tf21",
    "py310-tf210-k2",
    "py310-tf215-k2",
    "py311-tf215-k2",
    "py311-tf216-k3",
    "py311-tf216-k3min",
    "py312-tf218-k3",
    "py312-tf219-legacy",
    "py313-tf220-k3",
    "py313-tf221-k3",
    "py313-tf222-k3",
    "py311-tf221-k3",
    "py311-tf221-legacy",
}


def test_the_wanted_environments_are_there() -> None:
    """Each combination that the matrix promises is in the table."""
    assert {*table().names} >= WANTED


@pytest.fixture(scope="module")
def toxs(tmp_path_factory: pytest.TempPathFactory) -> configparser.RawConfigParser:
    """Return what tox itself makes of tox.ini and toxfile.py for all environments, with `-k ch01` given."""
    keys = ["description", "set_env", "commands_pre", "commands", "allowlist_externals"]
    folder = tmp_path_factory.mktemp("tox")
    options = ["--workdir", str(folder), "-k", *keys]
    command = [sys.executable, "-m", "tox", "config", *options, "--", "-k", "ch01"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    parser = configparser.RawConfigParser()
    parser.read_string(answer.stdout)
    return parser


def test_tox_has_the_tables_environments(toxs: configparser.RawConfigParser) -> None:
    """`tox` alone runs all of them, and knows no other."""
    found = [name.removeprefix("testenv:") for name in toxs.sections()]

    assert found == list(table().names)


@pytest.mark.parametrize("environment", table().environments().values(), ids=lambda e: e.name)
def test_tox_installs_and_tests(environment: MatrixEnvironment, toxs: configparser.RawConfigParser) -> None:
    """All requirements are installed in one step, the variables set, and the results written by name."""
    section = toxs[f"testenv:{environment.name}"]
    installs, command = section["commands_pre"].split("\n"), section["commands"].split()

    first = installs[1] if installs[0] == "" else installs[0]
    wanted = environment.complete if environment.separate else environment.requirements
    assert all(text.split(";")[0] in first for text in wanted)
    assert (f"{ROOT}[units]" in first) == (not environment.separate)
    assert "--group claims" in section["commands_pre"]
    for name, value in environment.variables.items():
        assert f"{name}={value}" in section["set_env"].split("\n")
    assert ("TF_USE_LEGACY_KERAS=1" in section["set_env"]) == (environment.keras == "legacy")
    assert Path(command[0]).name == "pytest"
    assert command[1 : command.index("--workshop-json")] == ["workshop/test_claims.py"]
    results = ROOT / "results" / "matrix" / f"{environment.name}.json"
    assert command[command.index("--workshop-json") + 1 :][:3] == [str(results), "-k", "ch01"]
    assert f" TensorFlow {environment.tensorflow}," in section["description"]


def test_the_engine_is_separate_from_the_books_own_stack(toxs: configparser.RawConfigParser) -> None:
    """The book's Python gets no package; a second environment has the engine, which calls it."""
    section = toxs["testenv:py37-tf21"]
    steps = [line for line in section["commands_pre"].split("\n") if line]
    pytest_path = section["allowlist_externals"].strip()

    assert len(steps) == 3
    assert str(ROOT) not in steps[0]
    assert steps[1].endswith(f" --python {sys.executable} {Path(pytest_path).parents[1]}")  # tox's own Python
    assert steps[2].endswith(f"/py37-tf21/engine --group claims --editable {ROOT}")
    assert pytest_path.endswith("/py37-tf21/engine/bin/pytest")
    assert section["commands"].startswith(f"{pytest_path} workshop/test_claims.py ")
    assert section["commands"].endswith("/py37-tf21/bin/python")
    assert " --workshop-python " in section["commands"]


class Session:
    """A session of nox that notes its commands; environments in `red` fail."""

    def __init__(self, *posargs: str, red: tuple[str, ...] = ()) -> None:
        self.posargs = list(posargs)
        self.red = red
        self.commands: list[tuple[str, ...]] = []
        self.lines: list[str] = []

    def run(self, *command: str, **settings: object) -> None:
        """Note a command."""
        self.commands.append(command)
        if {command[1], command[2]} & {*self.red} and settings.get("success_codes") != [0, 1]:
            raise nox.command.CommandFailed

    def notify(self, *session: object) -> None:
        """Note a session that follows."""
        self.commands.append(("nox", *session))

    def warn(self, line: str) -> None:
        """Note a line."""
        self.lines.append(line)

    log = warn

    def error(self, line: str) -> None:
        """End with a line."""
        raise RuntimeError(line)


@pytest.fixture
def run_matrix(noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunMatrix:
    """Return a function that runs the session, where Python 3.13 is missing and two results are there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(noxfile, "install", lambda *_, **__: None)
    monkeypatch.setattr(noxfile, "find_python", lambda version: None if version == "3.13" else "/python")
    for name in ("py313-tf221-k3", "py37-tf21"):
        (tmp_path / "results/matrix").mkdir(parents=True, exist_ok=True)
        (tmp_path / f"results/matrix/{name}.json").write_text("{}")

    def run(*posargs: str, red: tuple[str, ...] = ()) -> SimpleNamespace:
        made = Session(*posargs, red=red)
        try:
            noxfile.matrix.func(made)
            ended = ""
        except RuntimeError as error:
            ended = str(error)
        return SimpleNamespace(commands=made.commands, lines=made.lines, ended=ended)

    return run


COMPARES = (
    *("workshop", "compare", "results/matrix/py37-tf21.json", "results/matrix/py313-tf221-k3.json"),
    *("--html", "results/matrix/comparison.html"),
)
MISSING = "no Python 3.13 on PATH or among pyenv's versions: pyenv install 3.13"
# what is given after `--`, which are red, which run, what is handed on, which are skipped, how it ends
SESSIONS = {
    "all": (
        (),
        (),
        [n for n in table().names if "py313" not in n],
        (),
        [n for n in table().names if "py313" in n],
        "",
    ),
    "two": (("py312-tf218-k3", "py37-tf21"), (), ["py312-tf218-k3", "py37-tf21"], (), [], ""),
    "a chapter": (("py37-tf21", "--", "-k", "ch01"), (), ["py37-tf21"], ("-k", "ch01"), [], ""),
    "a red one": (
        ("py310-tf215-k2", "py37-tf21"),
        ("py310-tf215-k2",),
        ["py310-tf215-k2", "py37-tf21"],
        (),
        [],
        "red: py310-tf215-k2",
    ),
    "none that could run": (
        ("py313-tf221-k3",),
        (),
        [],
        (),
        ["py313-tf221-k3"],
        "no environment has been run",
    ),
}


@pytest.mark.parametrize(
    ("given", "red", "run", "handed", "skipped", "ended"), SESSIONS.values(), ids=SESSIONS
)
def test_nox_runs_one_after_another(
    run_matrix: RunMatrix,
    given: Names,
    red: Names,
    run: list[str],
    handed: Names,
    skipped: list[str],
    ended: str,
) -> None:
    """A red one does not stop the others, a missing Python is named, the comparison comes last."""
    found = run_matrix(*given, red=red)

    assert found.commands == [*(("tox", "-e", name, "--", *handed) for name in run), COMPARES]
    assert found.lines == [f"{name} skipped: {MISSING}" for name in skipped]
    assert found.ended == ended


def test_nox_refuses_a_name_that_is_none(run_matrix: RunMatrix) -> None:
    """An unknown name is one line with the known ones, and nothing runs."""
    found = run_matrix("py37-tf21", "py311-tf215-k3")

    assert found.commands == []
    assert found.ended == f"no environment is named py311-tf215-k3: {', '.join(table().names)}"


def test_one_environment_compares_with_nothing(run_matrix: RunMatrix, tmp_path: Path) -> None:
    """If only one environment has results, a line says so, and it is not a failure."""
    (tmp_path / "results/matrix/py313-tf221-k3.json").unlink()

    found = run_matrix("py37-tf21")

    assert found.commands == [("tox", "-e", "py37-tf21", "--")]
    assert found.lines == ["nothing to compare: results/matrix has results of 1 environments"]
    assert found.ended == ""


def test_compare_fails_where_there_is_nothing(
    noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The session that only compares is red without two results."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(noxfile, "install", lambda *_, **__: None)

    with pytest.raises(
        RuntimeError, match="nothing to compare: results/matrix has results of 0 environments"
    ):
        noxfile.compare.func(Session())


@pytest.mark.parametrize(
    ("red", "ran", "changed"), [((), True, False), (("upgrade",), True, True), (("upgrade",), False, False)]
)
def test_tomorrows_versions_turn_nothing_red(
    noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, red: Names, ran: bool, changed: bool
) -> None:
    """A job hears of a change, and of none where nothing could be installed; the session ends well."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setattr(noxfile, "install", lambda *_, **__: None)

    class Upgrading(Session):
        def run(self, *command: str, **settings: object) -> None:
            if "--nightly" in command and ran:
                (tmp_path / "results/upgrade").mkdir(parents=True)
                (tmp_path / "results/upgrade/tf-nightly-2.23.json").write_text("{}")
            super().run(*command, **settings)

    made = Upgrading("2.05", red=red)
    noxfile.next_versions.func(made)

    assert made.commands[1:] == [("workshop", "upgrade", "--nightly", "2.05")]
    assert (tmp_path / "output").read_text("utf-8") == f"changed={json.dumps(changed)}\n"
    jobs = WORKFLOWS["matrix"]["jobs"]
    assert jobs["next"]["continue-on-error"]
    assert jobs["next"]["outputs"] == {"changed": "${{ steps.next.outputs.changed }}"}
    assert jobs["issue"]["steps"][0]["env"]["CHANGED"] == "${{ needs.next.outputs.changed }}"
    assert "needs.next.result" not in jobs["issue"]["steps"][0]["env"]["RED"]


@pytest.mark.parametrize("red", [(), ("record", "verify")])
def test_a_gpu_is_recorded_in_order(
    noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, red: Names
) -> None:
    """What is missing, then the results of both devices side by side, then benchmarks; a red one goes on."""
    monkeypatch.setattr(noxfile, "install", lambda *_, **__: None)
    monkeypatch.setattr(noxfile, "DRIVER", tmp_path)
    made = Session("7.05", red=red)
    noxfile.gpu.func(made)

    assert [" ".join(map(str, command[:4])) for command in made.commands] == [
        "workshop record --missing 7.05",
        "workshop verify --json results/cpu.json",
        "workshop verify --json results/gpu.json",
        "workshop compare results/cpu.json results/gpu.json",
        "nox bench-gpu []",
    ]
    steps = WORKFLOWS["bench-gpu"]["jobs"]["bench-gpu"]["steps"]
    assert steps[-3]["run"] == "nox -s gpu"
    # what a night records, gates too, the next one has before it starts
    handed, kept = (step["with"]["path"].split() for step in (steps[-5], steps[-2]))
    assert handed == kept == ["benchmarks/recorded.yaml", "workshop/samples/*/gpu"]


BOUNDS = {"minimums": "--resolution=lowest-direct", "latest": "--upgrade"}


@pytest.mark.parametrize(("name", "resolution"), BOUNDS.items())
def test_bounds_are_verified_before_the_tests_tools_are_installed(
    noxfile: ModuleType, name: str, resolution: str
) -> None:
    """The package alone is resolved and verified, then the tests' tools; the environment is never reused."""
    made = Session("ch01")
    made.name, made.install = name, lambda *words: made.commands.append(("install", *words))
    function = getattr(noxfile, name)

    if function.python is None:
        pytest.skip("no such Python is here")
    function.func(made)

    package = ("install", resolution, "-e", ".[cpu]")
    first, verify, second, tests = made.commands
    assert first == package
    assert verify == ("workshop", "verify", "--json", f"results/{name}/verify.json", "ch01")
    assert second == (*package, *noxfile.group("tests"))
    assert tests[:2] == ("pytest", "tests/ledger")
    assert function.reuse_venv is False
    assert function.venv_backend == "uv"


@pytest.mark.parametrize("name", BOUNDS)
def test_bounds_need_their_python(noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Without the oldest or the newest Python, one line says how to get it."""
    monkeypatch.setattr(noxfile, "find_python", lambda _: None)

    with pytest.raises(RuntimeError, match=r"^no Python 3\.1[03] on PATH"):
        getattr(noxfile, name).func(Session())


WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
}


def test_a_weekly_job_tests_both_bounds() -> None:
    """Each of the two has a job of its own."""
    found = WORKFLOWS["matrix"]["jobs"]["bounds"]["strategy"]["matrix"]

    assert found == {"session": ["minimums", "latest"]}


def test_a_pull_request_runs_the_sessions_of_ci(noxfile: ModuleType) -> None:
    """Those of .ci/run and the engine elsewhere depend on files; the others are for .ci/run and the night."""
    jobs = WORKFLOWS["pull-request"]["jobs"]

    assert {*noxfile.DEPENDS} - {"engine"} == ci_sessions() - {"machines", "mutants"}
    assert jobs["session"]["strategy"]["matrix"] == {
        "session": "${{ fromJSON(needs.touched.outputs.others) }}"
    }
    assert jobs["engine"]["strategy"]["matrix"] == {"system": [*noxfile.SYSTEMS]}
    assert "verify" in jobs["tests"]["needs"]


TOUCHED = [
    ("docs/faq.md", {"docs", "browser"}),
    ("README.md", {"docs", "browser", "wheel"}),
    ("tests/browser/pages.py", {"browser", "lint", "tests"}),
    (
        "workshop/training/fitting.py",
        {"keras2-equivalence", "verify", "lint", "wheel", "costs", "docs", "browser", "tests"},
    ),
    ("tests/cluster/conftest.py", {"cluster", "lint", "tests"}),
]


@pytest.mark.parametrize(("file", "sessions"), TOUCHED)
def test_a_change_runs_what_depends_on_it(noxfile: ModuleType, file: str, sessions: set[str]) -> None:
    """A corrected word runs no training, and a change that nobody knows runs everything."""
    assert {*noxfile.sessions_for([file])} == sessions
    assert noxfile.sessions_for([]) == []
    assert noxfile.sessions_for([file, "pyproject.toml"]) == [*noxfile.DEPENDS]


def test_jobs_hear_what_is_touched(
    noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The session asks git for the changed files since a commit, and hands names to the jobs."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))

    class Touched(Session):
        def run(self, *command: str, **_: object) -> str:
            assert command == ("git", "diff", "--name-only", "HEAD~1")
            return "docs/faq.md\nworkshop/cli/app.py\n"

    noxfile.touched.func(Touched("HEAD~1"))
    lines = (tmp_path / "output").read_text("utf-8").splitlines()
    handed = {name: json.loads(value) for name, _, value in (line.partition("=") for line in lines)}

    assert handed == {
        "verified": True,
        "tested": True,
        "others": ["lint", "wheel", "costs", "docs", "browser"],
        "systems": ["macos-latest", "windows-latest"],
    }
    assert {*handed} == {*WORKFLOWS["pull-request"]["jobs"]["touched"]["outputs"]}


def test_the_night_leaves_nothing_out() -> None:
    """Tests, mutants and notebooks, trainings on both Keras and the statistics' promises run in full.

    So does the matrix with the candidate of the next release.
    """
    (job,) = WORKFLOWS["nightly"]["jobs"].values()
    runs = [row["session"] for row in job["strategy"]["matrix"]["include"]]

    assert runs == [
        "tests -- --all",
        "machines",
        "keras2-equivalence -- --all",
        "cluster -- --all",
        "docs browser -- --all",
        "mutants",
        "calibrate",
        "notebooks -- --full",
        "matrix -- py313-tf222-k3",
    ]


def test_the_weekly_run_takes_its_environments_from_the_table(
    noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One job hands the table's rows to the others, so that a new row needs no change of the workflow."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    noxfile.environments.func(Session())
    name, _, rows = (tmp_path / "output").read_text("utf-8").strip().partition("=")

    job = WORKFLOWS["matrix"]["jobs"]["environment"]
    assert job["strategy"]["matrix"] == {"include": f"${{{{ fromJSON(needs.environments.outputs.{name}) }}}}"}
    known = [{"name": each, "python": one.python} for each, one in table().environments().items()]
    assert json.loads(rows) == known


def test_workflows_call_sessions_of_nox_and_nothing_else() -> None:
    """Each step is an action, the installation of nox, or one session; a red matrix also opens an issue."""
    commands = {
        step["run"]
        for workflow in WORKFLOWS.values()
        for name, job in workflow["jobs"].items()
        for step in job["steps"]
        if "run" in step and name != "issue"
    }
    called = {words[2] for words in map(str.split, commands) if words[:2] == ["nox", "-s"]}

    assert {command for command in commands if not command.startswith("nox -s ")} == {"pip install nox uv"}
    assert called - {"${{"} <= nox_sessions()
    assert {*WORKFLOWS} == {"pull-request", "nightly", "matrix", "bench-gpu", "docs"}
