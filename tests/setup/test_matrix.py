"""The matrix: tox, nox and the forge's workflows have the environments of the one table."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.setup.commands import ci_sessions, nox_sessions
from workshop.matrix.table import MatrixEnvironment, table

ROOT = Path(__file__).parents[2]


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


WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
}


def test_a_pull_request_runs_the_sessions_of_ci() -> None:
    """All but mistakes in copies of the code."""
    jobs = WORKFLOWS["pull-request"]["jobs"]
    rows = jobs["session"]["strategy"]["matrix"]["session"]
    named = {session for row in rows for session in row.split(" -- ")[0].split()}

    assert named | {"verify", "tests"} == ci_sessions() - {"mutants"}
    assert jobs["tests"]["needs"] == "verify"


def test_workflows_call_sessions_of_nox_and_nothing_else() -> None:
    """Each step is an action, the installation of nox, or one session; a red matrix also opens an issue."""
    commands = {
        step["run"]
        for workflow in WORKFLOWS.values()
        for name, job in workflow["jobs"].items()
        for step in job["steps"]
        if "run" in step and name != "issue"
    }
    nightly = WORKFLOWS["nightly"]["jobs"]["session"]["strategy"]["matrix"]["include"]
    typed = [*commands, *(f"nox -s {row['session'].split(' -- ')[0]}" for row in nightly)]
    called = {name for line in typed for name in re.findall(r"^nox -s \"?(\w+)", line)}

    assert {command for command in commands if not command.startswith("nox -s ")} == {"pip install nox uv"}
    assert called <= nox_sessions()
    assert {*WORKFLOWS} == {"pull-request", "nightly", "matrix", "bench-gpu", "docs"}
