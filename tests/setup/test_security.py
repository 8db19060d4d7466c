"""What SECURITY.md says others can do at most has tests, and workflows may do no more than they must."""

import re

import pytest
import yaml

from tests.setup.documents import ROOT, WORKFLOWS

SECURITY = (ROOT / "SECURITY.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in SECURITY.splitlines()
    if line.startswith("| ") and "`tests/" in line
]
# what a job may do besides reading the code
PERMISSIONS = {
    ("docs", "docs"): {"id-token": "write", "pages": "write"},
    ("matrix", "issue"): {"issues": "write"},
    ("release", "publish"): {"id-token": "write"},
}


def test_each_row_has_its_tests_and_each_hostile_test_its_row():
    """One file of tests a row, which is there, and no file of hostile tests without a row."""
    named = [row[2].strip("`") for row in ROWS]

    assert all(len(row) == 3 and all(row) for row in ROWS)
    assert len(named) == len(set(named))
    for name in named:
        assert re.search(r"^def test_", (ROOT / name).read_text("utf-8"), re.MULTILINE), name
    hostile = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").glob("hostile/test_*.py")}
    assert hostile | {"tests/browser/test_hostile_pages.py"} <= set(named)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_do_no_more_than_it_must(name):
    """It reads the code, keeps no credentials, and names actions by version; a few jobs may do more."""
    workflow = WORKFLOWS[name]

    assert workflow["permissions"] == {"contents": "read"}
    for job, content in workflow["jobs"].items():
        assert content.get("permissions", {}) == PERMISSIONS.get((name, job), {}), job
        for step in content["steps"]:
            action, _, version = step.get("uses", "none@v0").partition("@")
            assert re.fullmatch(r"(release/)?v\d+|[0-9a-f]{40}", version), action
            assert action != "actions/checkout" or step["with"]["persist-credentials"] is False


def test_no_workflow_writes_text_of_others_into_a_shell():
    """A shell would run a title, a branch or a message; only names of our own matrix come into one."""
    commands = [
        step["run"]
        for workflow in WORKFLOWS.values()
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if "run" in step
    ]
    used = {found for command in commands for found in re.findall(r"\$\{\{ *([\w.]+)", command)}

    assert used <= {"matrix.session", "matrix.name", "matrix.options"}


def test_the_audit_is_weekly_and_of_all_extras():
    assert "audit" in WORKFLOWS["matrix"]["jobs"]["issue"]["needs"]
    assert {"run": "nox -s lint -- audit"} in WORKFLOWS["matrix"]["jobs"]["audit"]["steps"]
    proposed = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))
    assert [each["package-ecosystem"] for each in proposed["updates"]] == ["github-actions"]
