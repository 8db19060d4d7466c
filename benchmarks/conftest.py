"""A contest is run once per session and case; each contender's times become a benchmark.

With `--self-test` our code competes with itself instead, which shows how often the harness raises an alarm
though nothing differs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.contenders import OURS
from benchmarks.harness.contests import COVERAGE, Ratio
from benchmarks.harness.goals import SLACK
from benchmarks.harness.session import Session
from benchmarks.report.history import BETWEEN_RUNS

if TYPE_CHECKING:
    from benchmarks.harness.cases import Case

THREADS = int(os.environ.setdefault("WORKSHOP_THREADS", "1"))  # as units run
SESSION = pytest.StashKey[Session]()
AGAINST_ITSELF = pytest.StashKey[dict[str, Ratio]]()


class MeasuredTime:
    """A clock that moves by times that were measured already, for pytest-benchmark to read."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        """Let so much time pass."""
        self.now += seconds


CLOCK = MeasuredTime()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of the A/A run."""
    parser.addoption("--self-test", action="store_true", help="let our code compete with itself")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to measure while other workers compute."""
    if config.getoption("numprocesses", None) or hasattr(config, "workerinput"):
        raise pytest.UsageError("benchmarks need the machine for themselves: leave -n out")
    file = config.getoption("benchmark_json", None)
    config.stash[SESSION] = Session(THREADS, None if file is None else Path(file.name).parent)
    config.stash[AGAINST_ITSELF] = {}


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the contenders' processes."""
    if SESSION in config.stash:
        config.stash[SESSION].close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let pytest-benchmark read the clock of measured times in contests; keep ours alone in an A/A run."""
    if config.option.self_test:
        items[:] = [item for item in items if item.name.endswith(f"-{OURS}]")]
    for item in items:
        if {"compete", "measured_time"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.benchmark(timer=CLOCK))


def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    """Add the session's environment and limits to the JSON, where there was a contest."""
    if config.stash[SESSION].began:
        output_json["workshop"] = config.stash[SESSION].content()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Name the contenders that did not compete."""
    for name, reason in sorted(config.stash[SESSION].left_out.items()):
        terminalreporter.write_line(f"left out: {name}: {reason}")
    ratios = config.stash[AGAINST_ITSELF].values()
    if ratios:
        alarms = {
            f"do not contain 1 (stated: {1 - COVERAGE:.0%})": [r for r in ratios if r.low > 1 or r.high < 1],
            f"are beyond {BETWEEN_RUNS}": [
                r for r in ratios if r.low > BETWEEN_RUNS or r.high < 1 / BETWEEN_RUNS
            ],
            f"would fire a gate of {SLACK}": [r for r in ratios if r.high < SLACK],
        }
        counts = ", ".join(f"{len(found)} {what}" for what, found in alarms.items())
        terminalreporter.write_line(
            f"self-test: of {len(ratios)} intervals of our code against itself {counts}"
        )


@pytest.fixture
def measured_time() -> MeasuredTime:
    """Return the clock that a benchmark reads whose times were measured already."""
    return CLOCK


@pytest.fixture
def compete(request: pytest.FixtureRequest, benchmark: Any) -> Callable[[str, Case, str], None]:
    """Return a function that runs a case's contest, records a contender, and checks our gates."""
    session = request.config.stash[SESSION]

    def against_itself(device: str, case: Case, _: str) -> None:
        ratio = session.against_itself(case, device)
        request.config.stash[AGAINST_ITSELF][f"{case.path}: {case.id}"] = ratio
        assert ratio.high >= SLACK, f"a false alarm: {case.path}, {case.id}: {ratio.median:.2f}"

    def record(device: str, case: Case, contender: str) -> None:
        contest = session.contest(case, device)
        if contender in contest.left_out:
            pytest.skip(f"{contender} is left out: {contest.left_out[contender]}")
        times = contest.times.seconds[contender]
        rounds = iter(times.tolist())
        benchmark.group = f"{case.path}: {case.id}"
        benchmark.extra_info.update(session.entry(contest, contender, device))
        benchmark.pedantic(CLOCK.move, setup=lambda: ((next(rounds),), {}), rounds=len(times))
        fired = [
            f"{goal['against']}: {goal['ratio']['median']:.2f} "
            f"({goal['ratio']['low']:.2f}–{goal['ratio']['high']:.2f}), gate {goal['gate']:.2f}"
            for goal in benchmark.extra_info["goals"]
            if goal["fired"]
        ]
        assert not fired, f"{case.path}, {case.id}: ours has become slower against " + "; ".join(fired)

    return against_itself if request.config.option.self_test else record
