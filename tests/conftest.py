"""What all tests share."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

pytest_plugins = ["pytester", "tests.toy_chapter", "tests.selection"]


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Put the package's logger back: the command line gives it a handler on a stream of the test."""
    logger = logging.getLogger("workshop")
    handlers, propagate = logger.handlers[:], logger.propagate
    yield
    logger.handlers[:], logger.propagate = handlers, propagate
