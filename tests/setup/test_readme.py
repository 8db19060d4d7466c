"""Continuous integration and the workflows run the commands that README shows."""

import re
import subprocess

from tests.setup.commands import CI, ci_sessions, nox_sessions
from tests.setup.documents import PAGES, ROOT, WORKFLOWS

README = PAGES["README.md"]


def shell_lines() -> list[str]:
    """Return the lines of the shell blocks of README, in order."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_ci_types_the_set_up_of_readme():
    """README's commands up to `nox -s tests` are in .ci/run, word for word and in the same order."""
    lines = shell_lines()
    commands = lines[1 : lines.index("nox -s tests") + 1]  # the first one clones

    typed = [line.removesuffix(" || failed=1") for line in CI.splitlines()]
    positions = [typed.index(command) for command in commands]

    assert commands == [
        "python3 -m venv .venv",
        "source .venv/bin/activate",
        "pip install '.[notebooks]'",
        "workshop check my_notebook.ipynb",
        "workshop show 6.04.test_acc --mine 0.846",
        "workshop errata",
        "pip install nox && nox -s verify",
        "nox -s tests",
    ]
    assert positions == sorted(positions)


def test_every_nox_session_that_is_named_exists():
    """README, .ci/run and the forge's workflows name only sessions of noxfile.py."""
    workflows = [path.read_text("utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yml")]
    typed = re.findall(r'(?:nox -s|session:) "?([a-z]\w*)', "\n".join([README, CI, *workflows]))
    named = {*typed} | ci_sessions()

    assert {"verify", "keras2", "browser", "mutants", "bench"} <= named
    assert named <= nox_sessions()


def test_ci_is_a_script_that_parses():
    script = ROOT / ".ci" / "run"

    answer = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True, check=False)

    assert script.stat().st_mode & 0o111
    assert "set -euo pipefail" in CI
    assert answer.returncode == 0, answer.stderr


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

    assert {command for command in commands if not command.startswith("nox -s ")} == {"pip install nox uv"}
    assert {*WORKFLOWS} == {"pull-request", "nightly", "matrix", "bench-gpu", "docs", "release"}
