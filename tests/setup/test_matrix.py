"""The matrix: tox, nox and the forge's workflows have the environments of the one table."""

import re
from pathlib import Path

import yaml

from tests.setup.commands import ci_sessions, nox_sessions

ROOT = Path(__file__).parents[2]


WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
}


def test_a_pull_request_runs_the_sessions_of_ci():
    jobs = WORKFLOWS["pull-request"]["jobs"]
    rows = jobs["session"]["strategy"]["matrix"]["session"]
    named = {session for row in rows for session in row.split(" -- ")[0].split()}

    assert named | {"verify", "tests"} == ci_sessions() - {"mutants"}
    assert jobs["tests"]["needs"] == "verify"


def test_workflows_call_sessions_of_nox_and_nothing_else():
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
    assert {*WORKFLOWS} == {"pull-request", "nightly", "matrix", "bench-gpu", "docs", "release"}
