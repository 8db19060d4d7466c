"""A contest is run once per session and case; each contender's times become a benchmark.

With `--self-test` our code competes with itself instead, which shows how often the harness raises an alarm
though nothing differs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from benchmarks.contenders import OURS
from benchmarks.harness.contests import BETWEEN_RUNS, COVERAGE, Ratio
from benchmarks.harness.goals import SLACK, Record
from benchmarks.harness.session import Session
from workshop.values import about
from workshop.wording.numbers import counted, duration

if TYPE_CHECKING:
    from benchmarks.harness.cases import Case

THREADS = int(os.environ.setdefault("WORKSHOP_THREADS", "1"))  # as units run
SESSION = pytest.StashKey[Session]()
TIMING = pytest.StashKey["Timing"]()
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


@dataclass
class Timing:
    """Seconds of contests by path, case and device: those recorded, None if none are, and those taken now."""

    recorded: dict[tuple[str, str, str], float | None]
    taken: dict[tuple[str, str, str], float] = field(default_factory=dict)

    @property
    def left(self) -> float:
        """The seconds of what is left, if this machine goes on to be as much slower as it has been."""
        known = [seconds for seconds in self.recorded.values() if seconds is not None]
        usual = sum(known) / len(known) if known else 1.0
        expected = {key: usual if seconds is None else seconds for key, seconds in self.recorded.items()}
        done = sum(expected[key] for key in self.taken)
        return (sum(expected.values()) - done) * sum(self.taken.values()) / done


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the A/A run, of all rounds, and of the record."""
    parser.addoption("--self-test", action="store_true", help="let our code compete with itself")
    parser.addoption("--all", action="store_true", help="run all rounds of all contenders")
    parser.addoption("--record", type=Path, metavar="YAML", help="take gates from this file, and add to it")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to measure while other workers compute."""
    if config.getoption("numprocesses", None) or hasattr(config, "workerinput"):
        raise pytest.UsageError("benchmarks need the machine for themselves: leave -n out")
    record = Record(config.getoption("--record"))
    config.stash[SESSION] = Session(THREADS, record, whole=config.getoption("--all"))
    config.stash[AGAINST_ITSELF] = {}


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the contenders' processes."""
    if SESSION in config.stash:
        config.stash[SESSION].close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let pytest-benchmark read the clock of measured times in contests; keep ours alone in an A/A run.

    Else keep those who compete.
    """
    if config.option.self_test:
        items[:] = [item for item in items if item.name.endswith(f"-{OURS}]")]
    else:
        items[:] = [item for item in items if _competes(config.stash[SESSION], item)]
    for item in items:
        if {"compete", "measured_time"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.benchmark(timer=CLOCK))


def _competes(session: Session, item: pytest.Item) -> bool:
    if "compete" not in getattr(item, "fixturenames", ()):
        return True
    given = item.callspec.params
    return given["contender"] in session.contenders(given["case"], given["device"])


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look up how long the contests took that are left after `-k` and `-m`."""
    given = [item.callspec.params for item in session.items if "compete" in getattr(item, "fixturenames", ())]
    contests = {(each["case"].path, each["case"].id, each["device"]) for each in given}
    stash = session.config.stash
    stash[TIMING] = Timing({key: stash[SESSION].recorded_seconds(*key) for key in contests})


def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    """Add the session's environment and limits to the JSON, where there was a contest."""
    if config.stash[SESSION].began:
        output_json["workshop"] = config.stash[SESSION].content()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Record what is new."""
    if session.config.getoption("--record"):
        session.config.stash[SESSION].keep()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Name the contenders that did not compete, and what no gate has checked."""
    for machine, contests in config.stash[SESSION].new.items():
        terminalreporter.write_line(
            f"recorded for the first time, so checked by no gate: {machine}, {counted(contests, 'contest')}"
        )
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


_SIGNS = {"met": "✔", "missed": "△", "open": "?"}


def _say(config: pytest.Config, case: str, contender: str, seconds: float, info: Mapping[str, Any]) -> None:
    """Print a line of a contender: its time, of ours also how many times as long the others take, and goals.

    What takes as long as is said is the contests that are left, by what each took when it was recorded.
    """
    reporter, capture = map(config.pluginmanager.get_plugin, ("terminalreporter", "capturemanager"))
    if reporter is None or capture is None:
        return
    goals = [
        f"{'✘' if goal['fired'] else _SIGNS[goal['state']]} {goal['against']} ×{goal['ratio']['median']:.2g} "
        f"(goal {goal['at_least']:g})"
        for goal in info["goals"]
    ]
    left = config.stash[TIMING].left
    ends = [f"{about(left)} left"] if left > 0 else []
    line = ", ".join([f"{case}  {contender} {duration(seconds)}", *goals, *ends])
    with capture.global_and_fixture_disabled():  # a test's own output is held back
        reporter.ensure_newline()
        reporter.write_line(line)


@pytest.fixture
def measured_time() -> MeasuredTime:
    """Return the clock that a benchmark reads whose times were measured already."""
    return CLOCK


@pytest.fixture
def product_rate(pytestconfig: pytest.Config) -> float:
    """Return the FLOP/s of a large product of float32 matrices on this machine, measured once a session."""
    return pytestconfig.stash[SESSION].limits("cpu").flops


@pytest.fixture
def compete(request: pytest.FixtureRequest, benchmark: Any) -> Callable[[str, Case, str], None]:
    """Return a function that runs a case's contest, records a contender, and checks our gates."""
    session = request.config.stash[SESSION]

    def against_itself(device: str, case: Case, _: str) -> None:
        ratio = session.against_itself(case, device)
        request.config.stash[AGAINST_ITSELF][f"{case.path}: {case.id}"] = ratio
        assert ratio.high >= SLACK, f"a false alarm: {case.path}, {case.id}: {ratio.median:.2f}"

    def measured(device: str, case: Case, contender: str) -> None:
        contest = session.contest(case, device)
        request.config.stash[TIMING].taken[case.path, case.id, device] = contest.seconds
        if contender in contest.left_out:
            pytest.skip(f"{contender} is left out: {contest.left_out[contender]}")
        times = contest.times.seconds[contender]
        rounds = iter(times.tolist())
        benchmark.group = f"{case.path}: {case.id}"
        benchmark.extra_info.update(session.entry(contest, contender, device))
        benchmark.pedantic(CLOCK.move, setup=lambda: ((next(rounds),), {}), rounds=len(times))
        _say(
            request.config,
            f"{case.path}: {case.id}",
            contender,
            float(np.median(times)),
            benchmark.extra_info,
        )
        fired = [
            f"{goal['against']}: {goal['ratio']['median']:.2f} "
            f"({goal['ratio']['low']:.2f}–{goal['ratio']['high']:.2f}), recorded {goal['gate'] / SLACK:.2f}"
            for goal in benchmark.extra_info["goals"]
            if goal["fired"]
        ]
        assert not fired, f"{case.path}, {case.id}: ours has become slower against " + "; ".join(fired)

    return against_itself if request.config.option.self_test else measured
