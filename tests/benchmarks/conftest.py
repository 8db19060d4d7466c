"""Running pytest on the benchmarks."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Run = Callable[..., pytest.RunResult]


@pytest.fixture
def benchmarks(run_pytest, device, monkeypatch) -> Run:
    """Return a function that runs pytest in this process, in the project's folder and on a CPU."""
    del device
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    monkeypatch.setenv("WORKSHOP_THREADS", "1")  # the benchmarks set it: this puts it back afterwards
    import_module("benchmarks.conftest")
    return partial(run_pytest, "-p", "no:cacheprovider")
