"""What all tests share."""

import contextlib
import importlib
import io
import logging
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.golden import golden  # noqa: F401 - a plugin of its own would read all entry points once more

# no test is red because a machine is slow; CI's profile and that of the mutants say so themselves
if settings.default is settings.get_profile("default"):
    settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("any machine")

_OWN = ("surroundings", "selection", "data", "toy.bench")
pytest_plugins = ["pytester", *(f"tests.{name}" for name in _OWN)]


@pytest.fixture
def run_pytest(pytester, monkeypatch) -> Iterator[Callable[..., pytest.RunResult]]:
    """Return a function that runs pytest in this process, where starting takes a tenth of the time.

    What it imports stays imported, but for the files of the test's folder.
    """
    # warns of plugins that were imported before; collects garbage five times at its end
    own = ("-W", "ignore::pytest.PytestAssertRewriteWarning", "-p", "no:unraisableexception")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # it is not the worker that runs this

    def run(*words: str) -> pytest.RunResult:
        paths, finders = sys.path[:], sys.meta_path[:]
        importlib.invalidate_caches()
        with (
            contextlib.redirect_stdout(io.StringIO()) as out,
            contextlib.redirect_stderr(io.StringIO()) as err,
        ):
            code = pytest.main([*own, *words])
        sys.path[:], sys.meta_path[:] = paths, finders
        for name, module in [*sys.modules.items()]:
            if str(getattr(module, "__dict__", {}).get("__file__")).startswith(str(pytester.path)):
                del sys.modules[name]
        printed = [stream.getvalue() for stream in (out, err)]
        sys.stdout.writelines(printed)  # shown where the test fails
        return pytest.RunResult(code, *(text.splitlines() for text in printed), 0.0)

    yield run
    # or `pytester` takes away what was imported, and NumPy can't be imported twice
    pytester._sys_modules_snapshot = type(pytester._sys_modules_snapshot)()


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_disks() -> Iterator[None]:
    """Write files without waiting for the disk: no test cuts the power."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Put the package's logger back: the command line gives it a handler on a stream of the test."""
    logger = logging.getLogger("workshop")
    handlers, propagate = logger.handlers[:], logger.propagate
    yield
    logger.handlers[:], logger.propagate = handlers, propagate


@pytest.fixture(scope="session")
def tensorflow() -> Any:
    """Return TensorFlow, or skip a test that can't run without it; so do the following ones."""
    return pytest.importorskip("tensorflow")


@pytest.fixture(scope="session")
def keras(tensorflow) -> Any:
    """Return TensorFlow's Keras."""
    return tensorflow.keras


@pytest.fixture(scope="session")
def gensim() -> Any:
    """Return gensim."""
    return pytest.importorskip("gensim")


@pytest.fixture(scope="session")
def nltk() -> Any:
    """Return NLTK."""
    return pytest.importorskip("nltk")


@pytest.fixture(scope="session")
def pandas() -> Any:
    """Return pandas."""
    return pytest.importorskip("pandas")
