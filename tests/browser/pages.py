"""The pages that are opened: report and comparisons of made-up runs, as commands write them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.checking.a_class import write_class as write_notebooks
from tests.reporting.package_samples import with_samples
from tests.toy.commands import invoke
from tests.toy.records import record
from workshop.book import package_book
from workshop.checking.checks import Report, check_numbers
from workshop.checking.files import check_file
from workshop.checking.page import class_page, report_page
from workshop.figures.registry import draw_figures
from workshop.ledger import Claim, ledger
from workshop.reporting.report.page import page
from workshop.samples.model import drawn_runs
from workshop.values import is_number
from workshop.verification.engine import PartOutcome
from workshop.verification.results import Record, Results
from workshop.verification.verdicts import VERDICTS, Verdict

# of the real ledger, so that texts are as long as they are
UNITS = ("ch01.ex01", "ch02.text01", "ch04.text05", "ch04.text12", "ch05.text07", "ch06.text12")
ENVIRONMENT = {
    "python": "3.12.1", "tensorflow": "2.21.0", "keras": "3.15.1", "device": "cpu", "threads": 1,
    "profile": "default", "date": "2026-01-02T03:04:05+00:00",
}  # fmt: skip
EXPLAINED = "ch04.text05.sentence"  # changed since NLTK 3.6
NEEDS_DATA = "ch01.ex01.label"
FAILING = "ch02.ex04.accuracy"
MISSING = {"ch06.act01.head": "amazon_reviews", "ch04.text12.animal": "text8"}  # in the run of the whole book
UNMEASURED = {"deferred", "unavailable", "not testable"}
NEAREST = [["cat", 0.91], ["dog", 0.5]]
STUDENT = 12
PRICES = 150 + np.cumsum(np.random.default_rng(3).normal(size=2514))
OUTCOMES: dict[str, dict[str, Any]] = {
    "ch01.act01": {"other_x": 1.9989, "other_x_without_abs": 2.5},
    "ch02.text02": {"rises": 9, "share_updated_after_rise": 1.0},
    "ch03.text04": {"input_image": np.eye(8) * 200, "map_full": -800.0 * np.eye(8)},
    "ch04.act02": {
        "adjacent": {
            "white_rabbit": {"together": 22, "white": 30, "rabbit": 51},
            "mad_hatter": {"together": 0, "mad": 15, "hatter": 56},
        }
    },
    "ch04.ex04": {
        "scalar": SimpleNamespace(
            matrix=np.array([[0.7, 0.3], [0.0, 1.0]]), idf=[1.5, 1.9], vocabulary={"deep": 0, "together": 1}
        )
    },
    "ch05.ex05": {"params_by_length": {"hybrid": [1269, 1269], "plain RNN": [1121, 1121]}},
    "ch02.text01": {
        "sigmoid_curve": SimpleNamespace(z=np.array([-1.0, 0.0, 1.0]), values=np.array([0.3, 0.5, 0.7]))
    },
    "ch04.text12": {"animal": NEAREST, "happiness": NEAREST},
    "ch05.text07": {
        "curves": SimpleNamespace(
            prices=PRICES, forecasts=np.where(np.arange(2514) < 1900, np.nan, PRICES + 1)
        )
    },
    "ch07.ex04": {
        "log": SimpleNamespace(iterations=[*range(0, 20000, 2000)], real=[0.5] * 10, fake=[0.6] * 10),
        "scatter": np.random.default_rng(5).normal(size=(10, 2, 60, 2)),
    },
}


def claims() -> list[Claim]:
    """Return the claims of the made-up run."""
    return [claim for unit in UNITS for claim in ledger().units[unit].claims]


def _records(*, other: bool = False) -> list[Record]:
    return [
        _record(claim, VERDICTS[(number + other * (number % 2)) % len(VERDICTS)], moved=0.1 * other)
        for number, claim in enumerate(claims())
    ]


@cache
def run(*, other: bool = False) -> Results:
    """Return results in which the verdicts take turns, so that there are some of each.

    In the other run every second claim has the next verdict, numbers have moved, and a claim is absent.
    """
    records = _records(other=other)
    if other:
        return recorded({**ENVIRONMENT, "tensorflow": "2.15.0"}, records[:-1])
    return recorded(ENVIRONMENT, records)


def recorded(environment: Mapping[str, Any], records: Sequence[Record]) -> Results:
    """Return results with the package's recorded runs."""
    return with_samples(Results(environment, tuple(records)), ledger())


def _record(claim: Claim, verdict: Verdict, *, moved: float) -> Record:
    """Return a record that measured what is printed; of a number that depends on a seed, on five seeds."""
    measured = claim.documented
    beside = {}
    if claim.rule.name == "reference" and is_number(measured):
        measured = _summary(measured + moved)
        beside = {"naive": _summary(0.5)}
    if verdict in UNMEASURED:
        measured = None
    missing = claim.needs and verdict in {"unavailable", "supported"}
    reason = f"{claim.needs[0]}: it is not here" if missing else "made up"
    return record(claim, verdict, measured, beside=beside, rule=claim.rule.text(), seconds=0.5, reason=reason)


def _summary(value: float) -> dict[str, float]:
    return {"seeds": 5, "median": value, "minimum": value, "maximum": value}


ALL = [claim.id for claim in claims()]
BOOK = [claim.id for claim in claims() if not claim.ours]
OWN = [claim.id for claim in claims() if claim.ours]
VERDICT = {record.id: record.verdict for record in _records()}


def report(path: Path) -> Path:
    """Write the report of the made-up run with two figures, one drawn and one a table."""
    path.write_bytes(page(run(), ledger(), figures=draw_figures(ledger(), outcomes())).encode())
    return path


def comparison(path: Path) -> Path:
    """Write the comparison of two runs, whose verdicts differ."""
    files = [path.with_name(f"tf{version}.json") for version in (221, 215)]
    for other, file in zip((False, True), files, strict=True):
        run(other=other).write(file)
    return _command(path, "compare", *files, "--html", path)


def environments(path: Path) -> Path:
    """Write the comparison of nine runs; a finding explains one difference, missing data another."""
    files = []
    for place in range(9):
        old = place < 3
        made = run(other=old)
        verdicts: dict[str, Verdict] = {
            EXPLAINED: "reproduced" if old else "changed",
            NEEDS_DATA: "unavailable" if old else "reproduced",
        }
        records = tuple(replace(r, verdict=verdicts.get(r.id, r.verdict)) for r in made.claims)
        nltk = {"nltk": "3.5" if old else "3.10.4"}
        files.append(path.with_name(f"py3{place}-tf2{20 - place}-{'k2' if old else 'legacy'}.json"))
        Results({**made.environment, **nltk}, records).write(files[-1])
    return _command(path, "compare", *files, "--html", path)


def expected(claim: Claim) -> Verdict:
    """Return the verdict that the ledger expects of a claim, with the data that are here."""
    if claim.id in MISSING:
        return "unavailable"
    if claim.finding is not None:
        return claim.finding.verdict
    return "corrected" if claim.correct is not None else "reproduced"


@cache
def expected_run() -> Results:
    """Return results in which all claims of the ledger have the verdicts that it expects."""
    records = [_record(claim, expected(claim), moved=0) for claim in ledger().claims.values()]
    return recorded(ENVIRONMENT, records)


def whole(path: Path) -> Path:
    """Write the report of all claims of the ledger, with its errors and the figures that need no run."""
    runs = drawn_runs(package_book(), ledger().units, {"device": "cpu"})
    parts = {unit: outcomes().get(unit, []) for unit in ledger().units}
    figures = draw_figures(ledger(), parts, recorded=runs)
    path.write_bytes(page(expected_run(), ledger(), figures=figures).encode())
    return path


def failing(path: Path) -> Path:
    """Write the report of the same run in which one claim failed, without figures."""
    records = (
        replace(r, verdict="failed", measured=0.9126, margin=-0.0178) if r.id == FAILING else r
        for r in expected_run().claims
    )
    path.write_bytes(page(replace(expected_run(), claims=tuple(records)), ledger()).encode())
    return path


def outcomes() -> dict[str, list[PartOutcome]]:
    """Return made-up outcomes by unit."""
    return {
        unit: [PartOutcome(SimpleNamespace(**fields), (), False, ())] for unit, fields in OUTCOMES.items()
    }


def check(path: Path) -> Path:
    """Write the check of a reader's numbers, ordinary and unusual ones."""
    numbers = [
        ("2.04.accuracy", 0.93),
        ("5.04.epoch5", {"loss": 0.002, "val_loss": 0.001}),
        ("5.04.test_rmse", 7.8),
    ]
    path.write_bytes(report_page(check_numbers("numbers.csv", numbers)).encode())
    return path


def notebook(path: Path) -> Path:
    """Write the page of a student of the class, with results of all states but one."""
    path.write_bytes(report_page(_checked(path.parent / "notebooks")[STUDENT - 1]).encode())
    return path


def a_class(path: Path) -> Path:
    """Write the page of a class of thirty students, of whom one has no notebook."""
    path.write_bytes(class_page(_checked(path.parent / "notebooks")).encode())
    return path


@cache
def _checked(folder: Path) -> list[Report]:
    """Return what is said of the notebooks of a class; the second half of the students repeats the first."""
    folder.mkdir()
    *paths, last = write_notebooks(folder)
    reports = [check_file(path) for path in paths[: len(paths) // 2 + 1]]
    again = (replace(report, name=path.name) for path, report in zip(paths, cycle(reports), strict=False))
    return [*again, check_file(last, alone=False)]


def _command(path: Path, *words: str | Path) -> Path:
    answer = invoke(*words)
    assert answer.exit_code == 0, answer.output
    return path


PAGES: dict[str, Callable[[Path], Path]] = {
    "report": report,
    "comparison": comparison,
    "environments": environments,
    "check": check,
    "notebook": notebook,
    "class": a_class,
}
BOOK_PAGES: dict[str, Callable[[Path], Path]] = {"whole": whole, "failing": failing}  # take longer to open
