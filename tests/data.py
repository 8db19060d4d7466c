"""The data of the book for tests that ask for them: they run on the reader's, or are skipped and counted."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

import pytest

from tests.selection import in_full
from tests.surroundings import place, readers
from workshop import datasets
from workshop.datasets import Found, Missing
from workshop.execution.store import default_store
from workshop.files import cache_folder
from workshop.reporting.report.missing_data import _data_sets

_LACKING = "lacking"  # property of a report, and attribute of the exception that skips


def skip(lacking: Mapping[str, str]) -> NoReturn:
    """Skip the test for want of data sets, with the reason and the remedy of each."""
    skipped = pytest.skip.Exception(
        "; ".join(f"{name}: {why}" for name, why in lacking.items()), _use_item_location=True
    )
    setattr(skipped, _LACKING, [*lacking])
    raise skipped


def find(*names: str) -> list[Found]:
    """Return data sets of the reader, in the mirror, the cache or Debian's packages, or skip the test."""
    with readers():
        found = [datasets.find(name, progress=False) for name in names]
    if missing := [one for one in found if isinstance(one, Missing)]:
        skip({one.id: f"{one.reason}; {one.remedy}" for one in missing})
    return [one for one in found if isinstance(one, Found)]


@pytest.fixture(scope="session")
def book_data() -> Callable[..., list[Any]]:
    """Return a function that gives data sets as units get them, or skips the test."""
    return lambda *names: [datasets.load(one) for one in find(*names)]


def places() -> dict[str, str]:
    """Return the variables that name the reader's places of data, and the suite's own store."""
    with readers():
        mirror, cache = os.environ.get("WORKSHOP_MIRROR", ""), cache_folder()
    store = place().folder / "outcomes"
    return {"WORKSHOP_MIRROR": mirror, "WORKSHOP_CACHE": str(cache), "WORKSHOP_STORE": str(store)}


@pytest.fixture(scope="session")
def outcomes(request) -> None:
    """Link what the reader's store has into the suite's own, so that it is not computed again by day."""
    with readers():
        theirs = default_store()
    for path in () if in_full(request.config) else theirs.glob("??/*.outcome"):
        linked = place().folder / "outcomes" / path.relative_to(theirs)
        linked.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):  # on another disk, or gone meanwhile
            os.link(path, linked)


@pytest.fixture
def with_data(outcomes, monkeypatch) -> Callable[..., None]:
    """Return a function that lets commands and runs of the test find these data sets, or skips it."""

    def give(*names: str) -> None:
        find(*names)
        for name, value in places().items():
            monkeypatch.setenv(name, value)

    return give


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[object]:
    """Note in the report, which goes from a worker to the session, what data a test or claim lacks."""
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, pytest.skip.Exception):
        names = getattr(error, _LACKING, [])
        if item.get_closest_marker("claims"):
            claim = item.callspec.params["claim"]
            record = item.config.pluginmanager.get_plugin("workshop-suite").records.get(claim.id)
            names = _data_sets(claim, record) if record and record.verdict == "unavailable" else []
        item.user_properties.append((_LACKING, names))
    return (yield)


class _Counted:
    """What the session's tests lacked."""

    def __init__(self) -> None:
        self.tests = 0
        self.names: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a skipped test, also a worker's."""
        lacking = dict(report.user_properties).get(_LACKING, []) if report.skipped else []
        # only then, because a test may have broken the registry
        names = [name for name in lacking if not datasets.registry()[name].service]
        self.tests += bool(names)
        self.names.update(names)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
        """Say at the end, just before pytest's own last line, what was missing and how to get it."""
        yield
        if self.tests:
            tests = "1 test was" if self.tests == 1 else f"{self.tests:,} tests were"
            each = ", ".join(f"{name} {count:,}" for name, count in self.names.most_common())
            terminalreporter.line(f"{tests} skipped for want of data: {each}: workshop data fetch --missing")


def pytest_configure(config: pytest.Config) -> None:
    """Count in this session."""
    config.pluginmanager.register(_Counted())
