"""The engine inside pytest: one test per claim, verdicts as outcomes, a summary by chapter.

It is active with `pytest --pyargs workshop`, and if pytest's configuration says `workshop_suite = true`, as
this project's does. Elsewhere it only adds its `--workshop-*` options.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from workshop.ledger import Claim
    from workshop.verification.engine import Engine
    from workshop.verification.results import Record

MARKERS = {
    "claims(pattern, …)": "parametrise a test over the ledger's claims of chapters or units, or over all",
    "cpu": "runs on the CPU",
    "gpu": "needs a GPU; skipped without one",
    "slow": "decided by the full procedure only (`--full`)",
    "network": "needs a network; skipped without `--network`",
}
_SUITE = "workshop-suite"
_CLAIMS = Path(__file__).with_name("test_claims.py")
_ID = re.compile(r"(ch\d\d)(\.[a-z]+\d\d(\.\w+)?)?")  # of a chapter, a unit or a claim
_SKIPPED = {"undecided", "unavailable", "deferred", "not testable"}


def _active(config: pytest.Config) -> bool:
    """Whether this project's own settings are read, or its claims are called by the package's name."""
    named = config.known_args_namespace.pyargs and "workshop" in config.known_args_namespace.file_or_dir
    return bool(config.getini("workshop_suite") or named)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options, with short names only inside this project, where nobody else has them."""
    parser.addini("workshop_suite", "check the claims of the workshop's ledger", type="bool", default=False)
    group = parser.getgroup("workshop", "documented results of the book")
    config = pluginmanager.get_plugin("pytestconfig")
    short = config is not None and _active(config)

    def add(name: str, *aliases: str, **settings: Any) -> None:
        every = [name, *aliases]
        names = [*(f"--workshop-{each}" for each in every), *(f"--{each}" for each in every if short)]
        group.addoption(*names, dest=f"workshop_{name.replace('-', '_')}", **settings)

    add("full", action="store_true", help="run slow trainings to their end, not only their first steps")
    add("seeds", type=int, metavar="N", help="draw at least N fresh seeds of stochastic units")
    add("seed-set", "vary-seed", nargs="?", const="", help=argparse.SUPPRESS)
    add("no-store", action="store_true", help="neither read nor write the result store")
    add("python", type=Path, metavar="PYTHON", help="run the units in this interpreter, 3.7 or later")
    add("json", help=argparse.SUPPRESS)
    add("network", action="store_true", help="run the tests that need a network, too")


def pytest_configure(config: pytest.Config) -> None:
    """Register the part of the plugin that works inside this project."""
    if not _active(config):
        return
    for marker, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{marker}: {meaning}")
    if config.option.workshop_seeds is not None and config.option.workshop_seeds < 1:
        raise pytest.UsageError("--seeds wants a number of at least 1")
    if config.option.workshop_seed_set is not None:
        raise pytest.UsageError("there are no seed sets: --seeds 30 draws 30 seeds")
    if config.option.workshop_json is not None:
        raise pytest.UsageError("pytest writes no results: use workshop verify --json FILE")
    config.pluginmanager.register(_Suite(config, only_claims=_collect_claims_only(config)), _SUITE)


def _collect_claims_only(config: pytest.Config) -> bool:
    """Collect only the file of claims if `-k` is an id and no path is given; return whether it is so.

    To import all other tests takes much longer than to decide the claims.
    """
    if config.args_source is config.ArgsSource.TESTPATHS and _is_id(config.option.keyword.strip()):
        config.args = [str(_CLAIMS)]
        return True
    if config.option.pyargs and config.args == ["workshop"]:  # its other modules are not tests
        config.args = [str(_CLAIMS)]
    return False


def _is_id(text: str) -> bool:
    if _ID.fullmatch(text) is None:
        return False
    from workshop.book import package_book
    from workshop.ledger.names import UnknownNameError

    try:
        return bool(package_book().ledger.select([text]))
    except UnknownNameError:
        return False


@pytest.fixture
def check(request: pytest.FixtureRequest) -> Callable[[Claim], None]:
    """Return a function that decides a claim and passes, skips or fails the test as its verdict says."""
    suite = request.config.pluginmanager.get_plugin(_SUITE)
    if suite is None:
        raise pytest.UsageError("claims are checked if pytest's configuration says `workshop_suite = true`")
    return lambda claim: suite.check(claim, request)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Iterator[None]:
    """Under xdist, let one worker decide all claims, unless `--dist` says otherwise."""
    option = config.option
    if _active(config) and getattr(option, "numprocesses", None) and getattr(option, "dist", "no") == "no":
        option.dist = "loadfile"
    return (yield)


class _Suite:
    """One session's engine and verdicts."""

    def __init__(self, config: pytest.Config, *, only_claims: bool) -> None:
        self.config = config
        self.only_claims = only_claims
        self.engine: Engine | None = None
        self.verdicts: dict[str, str] = {}
        self.collected: list[Claim] = []
        self.records: dict[str, Record] = {}
        self.environment: Mapping[str, Any] = {}

    def make_engine(self) -> Engine:
        """Return the session's engine, which runs each unit once for all claims."""
        if self.engine is None:
            from workshop.book import package_book
            from workshop.cli.common import resolve_python
            from workshop.execution.environment import cores
            from workshop.execution.store import default_store
            from workshop.verification.engine import Engine

            option = self.config.option
            self.engine = Engine(
                package_book(),
                "full" if option.workshop_full else "default",
                seed_count=option.workshop_seeds or 0,
                processes=cores() if self._alone else 1,
                store=None if option.workshop_no_store else default_store(),
                python=resolve_python(option.workshop_python),
            )
        return self.engine

    @property
    def _alone(self) -> bool:
        """Whether this process decides all claims: by `--dist load` workers of xdist share them."""
        return not self._under_xdist or self.config.workerinput["workshop_alone"]  # type: ignore[attr-defined]

    @property
    def _under_xdist(self) -> bool:
        """Whether this is one of xdist's workers."""
        return hasattr(self.config, "workerinput")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell xdist's workers whether one of them decides all claims."""
        node.workerinput["workshop_alone"] = self.config.option.dist in {"loadfile", "loadscope"}

    def pytest_report_header(self) -> str:
        """Say how to reproduce the run."""
        option = self.config.option
        parts = [f"{'full' if option.workshop_full else 'default'} profile"]
        least = f", at least {option.workshop_seeds}" if option.workshop_seeds else ""
        parts.append(f"seeds derived from the units' ids{least}")
        parts.append("result store ignored" if option.workshop_no_store else "result store used")
        arguments = " ".join(map(str, self.config.invocation_params.args))
        only = "claims only; engine's tests: pytest tests\n" if self.only_claims else ""
        return f"{only}workshop: {', '.join(parts)}; reproduce: pytest {arguments}".rstrip()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make one test per claim that the `claims` marker names."""
        marker = metafunc.definition.get_closest_marker("claims")
        if marker is None:
            return
        from workshop.book import package_book
        from workshop.errors import WorkshopError

        try:
            book = package_book()
            book.ledger.check_needs(book.data_sets())
            claims = book.ledger.select(marker.args)
        except WorkshopError as error:
            raise pytest.UsageError(str(error)) from None
        slow = [pytest.mark.slow]
        tests = [pytest.param(c, id=c.id, marks=slow if c.full_only else []) for c in claims]
        metafunc.parametrize("claim", tests)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Skip what this machine or run can't do, with the reason and the remedy."""
        for item in items:
            if item.get_closest_marker("network") and not self.config.option.workshop_network:
                item.add_marker(pytest.mark.skip(reason="needs a network: pytest --network"))
            if item.get_closest_marker("gpu"):
                from workshop.execution.environment import this_environment

                if this_environment().device != "gpu":
                    why = "needs a GPU: run it on a machine that has one"
                    item.add_marker(pytest.mark.skip(reason=why))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember the claims that are going to be checked."""
        self.collected = [
            item.callspec.params["claim"]
            for item in session.items
            if item.get_closest_marker("claims") and hasattr(item, "callspec")
        ]

    def check(self, claim: Claim, request: pytest.FixtureRequest) -> None:
        """Decide a claim, and pass, skip or fail its test as the verdict says."""
        from workshop.errors import WorkshopError
        from workshop.reporting.describe import explain, why
        from workshop.values import brief

        if claim.id not in self.records:
            # the first claim decides all of them in parallel
            try:
                engine = self.make_engine()
                results = engine.verify(self.collected if self._alone else [claim])
            except WorkshopError as error:
                pytest.exit(str(error), pytest.ExitCode.USAGE_ERROR)
            self.environment = results.environment
            self.records.update((record.id, record) for record in results.claims)
        record = self.records[claim.id]
        measured = "" if record.measured is None else brief(record.measured, 200)
        request.node.user_properties += [
            ("claim", claim.id), ("verdict", record.verdict), ("measured", measured)
        ]  # fmt: skip
        if record.verdict == "failed":
            pytest.fail(explain(record, claim, self.environment), pytrace=False)
        if record.verdict in _SKIPPED:
            said = why(claim, record.verdict, record.reason, record.sample)
            pytest.skip(f"{claim.id}: {_word(record.verdict)}: {said}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect verdicts, also from workers."""
        properties = dict(report.user_properties)
        if "claim" in properties:
            self.verdicts[str(properties["claim"])] = str(properties["verdict"])

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that checked claims and verified none."""
        from workshop.verification.verdicts import VERIFIED

        if self._under_xdist or not self.verdicts:
            return
        nothing = VERIFIED.isdisjoint(self.verdicts.values())
        if nothing and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the verdicts by chapter."""
        from workshop.book import package_book
        from workshop.reporting.describe import waiting_text
        from workshop.verification.verdicts import VERDICTS, VERIFIED

        if not self.verdicts:
            return
        terminalreporter.section("documented results", sep="=")
        chapters: dict[str, Counter[str]] = defaultdict(Counter)
        for claim, verdict in self.verdicts.items():
            ours = " of our own" if package_book().ledger.claims[claim].ours else ""
            chapters[claim[:4] + ours][verdict] += 1
        for chapter, counts in sorted(chapters.items()):
            shown = ", ".join(f"{counts[v]} {_word(v)}" for v in VERDICTS if counts[v])
            terminalreporter.line(f"{chapter}: {sum(counts.values())} claims: {shown}")
        if waiting := waiting_text(self.records.values()):
            terminalreporter.line(waiting, red=True)
        if VERIFIED.isdisjoint(self.verdicts.values()):
            terminalreporter.line("no claim was verified, so the run is red: -rs shows the reasons", red=True)


def _word(verdict: str) -> str:
    """Return a verdict in a reader's word, and by its name in the results."""
    from workshop.wording.words import WORD_OF

    name = WORD_OF[verdict].name
    return name if name == verdict else f"{name} [{verdict}]"
