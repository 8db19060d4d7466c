"""What all tests share."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest

pytest_plugins = ["pytester", "tests.toy.bench", "tests.selection"]


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_disks() -> Iterator[None]:
    """Write files without waiting for the disk: and no test cuts the power."""
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
def keras(tensorflow: Any) -> Any:
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
