"""Which tests run on each change, and which wait for the night."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TESTS = """
import pytest

@pytest.mark.nightly("source")
def test_of_the_night():
    pass

@pytest.mark.nightly
def test_without_a_path():
    pass

def test_a_simulation(draws):
    assert draws(1200) == {draws}
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """Return a repository that selects as we do, with one commit, and a changed file."""
    pytester.makeconftest((ROOT / "tests" / "selection.py").read_text("utf-8"))
    git(pytester, "init", "-q")
    for folder in ("source", "other"):
        pytester.mkdir(folder).joinpath("file.txt").write_text("a")
    git(pytester, "add", ".")
    git(pytester, "-c", "user.name=me", "-c", "user.email=me@here", "commit", "-qm", "first")
    return pytester


def git(pytester: pytest.Pytester, *words: str) -> None:
    """Run git in the repository."""
    subprocess.run(["git", *words], cwd=pytester.path, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("changed", "options", "passed", "draws"),
    [
        ("source", (), 1, 120),
        ("source", ("--touched", "HEAD"), 2, 120),
        ("other", ("--touched", "HEAD"), 1, 120),
        ("other", ("--all",), 3, 1200),
    ],
)
def test_the_night_leaves_nothing_out_and_a_change_runs_what_it_touches(
    project: pytest.Pytester, changed: str, options: tuple[str, ...], passed: int, draws: int
) -> None:
    """What is left out is skipped with the reason and the remedy."""
    project.path.joinpath(changed, "file.txt").write_text("b")
    project.makepyfile(TESTS.format(draws=draws))

    result = project.runpytest_inprocess("-rs", "-p", "no:cacheprovider", *options)

    result.assert_outcomes(passed=passed, skipped=3 - passed)
    assert ("nightly: pytest --all" in result.stdout.str()) == (passed < 3)


def test_a_base_that_git_does_not_know_is_named(project: pytest.Pytester) -> None:
    """In one line."""
    result = project.runpytest_inprocess("--touched", "nowhere")

    assert "--touched: git has no commit 'nowhere'" in result.stderr.str()


@pytest.mark.usefixtures("without_xla")
@pytest.mark.parametrize("marked", [False, pytest.param(True, marks=pytest.mark.xla)])
def test_xla_is_left_out_of_unmarked_tests_only(marked: bool, request: pytest.FixtureRequest) -> None:
    """A graph made in a test without XLA is compiled where another test calls it."""
    from tests.selection import _Graph, in_full
    from workshop.training import versions

    made = []

    class Concrete:
        def __init__(self, function, **settings):
            made.append(settings["jit_compile"])

        def get_concrete_function(self, *specs):
            return lambda *tensors: tensors

    if marked or in_full(request.config, "workshop/training"):
        assert not _Graph.without_xla
        assert not isinstance(versions.tf.function(abs, jit_compile=True), _Graph)
        return
    call = _Graph(Concrete, abs, {"autograph": False, "jit_compile": True}).get_concrete_function()
    assert (call(1), call(2)) == ((1,), (2,))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_Graph, "without_xla", False)
        call(3)

    assert isinstance(versions.tf.function(abs, jit_compile=True), _Graph)
    assert made == [False, True]
