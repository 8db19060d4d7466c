"""Fixtures of the data layer's tests: a separate cache, a loopback server, made-up data sets."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hostile.serving import Server, data_set
from workshop.datasets import reachability
from workshop.datasets.cache import warn_once
from workshop.datasets.model import DataSet


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    """Give each test an empty cache, no mirror, and no memory of refusing hosts and of warnings."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("WORKSHOP_CACHE", str(folder))
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)
    monkeypatch.setattr(reachability, "_refused", {})
    warn_once.cache_clear()
    return folder


@pytest.fixture
def server() -> Iterator[Server]:
    """Give a running loopback server."""
    running = Server({})
    yield running
    running.close()


@pytest.fixture
def entry() -> Callable[..., DataSet]:
    """Give the function that makes a data set of one file with this content."""
    return lambda content, *providers, **given: data_set(*providers, content=content, **given)
