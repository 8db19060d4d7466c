"""Which tests run on each change, and which wait for the night."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TESTS = """
import pytest

@pytest.mark.nightly
@pytest.mark.parametrize("number", [1, 2])
def test_of_the_night(number):
    pass

def test_a_simulation(draws):
    assert draws(1200) == {draws}
"""


@pytest.mark.parametrize(("options", "passed", "draws"), [((), 1, 120), (("--all",), 3, 1200)])
def test_the_night_leaves_nothing_out(
    pytester: pytest.Pytester, options: tuple[str, ...], passed: int, draws: int
) -> None:
    """What is left out by day is skipped with the reason and the remedy."""
    pytester.makeconftest((ROOT / "tests" / "selection.py").read_text("utf-8"))
    pytester.makepyfile(TESTS.format(draws=draws))

    result = pytester.runpytest_inprocess("-rs", "-p", "no:cacheprovider", *options)

    result.assert_outcomes(passed=passed, skipped=3 - passed)
    assert ("nightly: pytest --all" in result.stdout.str()) == (passed < 3)


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

    if marked or in_full(request.config):
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
