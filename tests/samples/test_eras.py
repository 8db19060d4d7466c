"""Eras: which recorded runs count in an environment, and that the package has enough of each."""

from __future__ import annotations

import itertools
import json

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from workshop.book import SAMPLES, package_book
from workshop.execution import environment as environments
from workshop.ledger import ledger
from workshop.ledger.eras import eras
from workshop.ledger.rules import PrintedAmongRuns
from workshop.samples.model import (
    own_folder,
    read_reference,
    sample_folders,
)
from workshop.samples.recorded import Recordings
from workshop.statistics.placement import place
from workshop.units import UNIT_ID
from workshop.verification.printed_vs_recorded import answer

REFERENCES = SAMPLES / "references"
OLD = "keras-before-2.11"
MIDDLE = "keras-2.11-to-2"
RECORDED = sorted(
    (path.parent.name, path.stem) for era in eras() for path in (REFERENCES / era.name).glob("*.json")
)
CHANGED = [
    claim
    for claim in ledger().claims.values()
    if claim.rule.needs_sample and claim.finding is not None and claim.finding.verdict == "changed"
]


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ({"keras": "3.15.1", "gensim": "4.4.0"}, ("",)),
        ({"keras": "3.0.0"}, ("",)),
        ({"keras": "2.21.0", "gensim": "4.4.0"}, (MIDDLE, "")),
        ({"keras": "2.11.0"}, (MIDDLE, "")),
        ({"keras": "2.10.0"}, (OLD, "")),
        ({"keras": "2.2.4", "gensim": "3.8.3"}, (OLD, "gensim-before-4", "")),
        ({}, ("",)),
        ({"keras": "2.2.4", "device": "gpu"}, ("gpu",)),
    ],
)
def test_an_environments_own_runs_come_first(versions, expected):
    """Then those of all others; on a GPU only a GPU's."""
    assert sample_folders({"device": "cpu", **versions}) == expected


@pytest.mark.parametrize(
    ("libraries", "expected"),
    [({"tensorflow"}, OLD), ({"gensim"}, "gensim-before-4"), ({"nltk"}, ""), ({"tensorflow", "gensim"}, OLD)],
)
def test_runs_are_recorded_where_the_units_libraries_set_them_apart(libraries, expected):
    assert own_folder({"device": "cpu", "keras": "2.2.4", "gensim": "3.8.3"}, libraries) == expected


def test_eras_of_a_library_never_meet():
    """So that the order in which they stand decides nothing within a library."""
    versions = [f"{major}.{minor}" for major in range(5) for minor in range(16)]
    for one, two in itertools.combinations(eras(), 2):
        for library in set(one.when) & set(two.when):
            both = [
                v for v in versions if all(Version(v) in SpecifierSet(e.when[library]) for e in (one, two))
            ]
            assert both == []


@pytest.mark.parametrize(("era", "unit"), RECORDED)
def test_the_package_has_ten_runs_or_more_of_an_era(era, unit):
    """Of the quantities that its claims measure, none of them crashed, and made in the era."""
    assert UNIT_ID.fullmatch(unit)
    sample = read_reference(REFERENCES / era / f"{unit}.json", era)
    newest = read_reference(REFERENCES / f"{unit}.json", "")
    assert sample.quantities == newest.quantities
    assert len([run for run in sample.runs if run.values]) >= 10
    assert [run.seed for run in sample.runs] == [run.seed for run in newest.runs[: len(sample.runs)]]


@pytest.mark.parametrize("claim", CHANGED, ids=lambda claim: claim.id)
def test_what_changed_by_chance_was_recorded_before_and_since(claim):
    """At least ten runs each: those since exclude the printed value, by a number that those before reach."""
    before = [
        sample.environments[0]
        for era, unit in RECORDED
        if unit == claim.unit
        for sample in [read_reference(REFERENCES / era / f"{unit}.json", era)]
        if not claim.finding.applies(sample.environments[0])
    ]
    assert before
    since = {"device": "cpu"}
    assert len(Recordings(package_book(), since).of(claim).values) >= 10
    assert answer(Recordings(package_book(), since).of(claim), claim.documented).answer == "excluded"
    for each in before:
        runs = Recordings(package_book(), each).of(claim)
        assert answer(runs, claim.documented).answer != "excluded"
        if isinstance(claim.rule, PrintedAmongRuns):
            assert reached(runs, claim) & excluding(Recordings(package_book(), since).of(claim), claim)
        else:
            assert answer(runs, claim.documented).answer == "compatible"


def placed_alone(runs, claim) -> dict[str, str]:
    """Return the answer to each printed number alone, by its name."""
    printed = {
        name: claim.rule.interval(number) for name, number in claim.rule.placed(claim.documented).items()
    }
    return {
        name: place(runs.deciding_numbers, {name: interval}, {name: claim.scale_of(name)}).answer
        for name, interval in printed.items()
    }


def reached(runs, claim) -> set[str]:
    """Return the printed numbers that lie among their own runs."""
    return {name for name, answered in placed_alone(runs, claim).items() if answered == "compatible"}


def excluding(runs, claim) -> set[str]:
    """Return the printed numbers that their own runs exclude."""
    return {name for name, answered in placed_alone(runs, claim).items() if answered == "excluded"}


UNIT = """
@unit("ch09.ex01", value="loss", uses="tensorflow")
def fit(seed) -> float:
    tally("fit")
    return float(np.random.default_rng(seed).random()) + float(os.environ.get("TOY_SHIFT", "0"))
"""

LOSS = {"id": "ch09.ex01.loss", "documented": 0.5, "rule": "reference"}


@pytest.fixture
def under(monkeypatch) -> object:
    """Return a function that takes the test to a Keras under which the unit gives other values."""

    def go(keras: str, shift: float = 0.0) -> None:
        versions = {"python": "3.11.7", "tensorflow": "2", "keras": keras, "numpy": "2"}
        monkeypatch.setattr(environments, "_versions", lambda: versions)
        monkeypatch.setenv("TOY_SHIFT", str(shift))

    go("3.15.1")
    return go


def test_each_era_is_checked_against_its_own_runs(bench, references, under):
    """Runs of another era are unlike the package's; recorded, they decide there, and nowhere else."""
    bench.units(UNIT)
    bench.claims(LOSS | {"documented": 0.5})
    references.record()
    assert bench.verify()["loss"].verdict == "reproduced"
    under("2.10.0", shift=10)
    assert bench.verify()["loss"].verdict == "failed"
    references.record()
    assert json.loads((references.folder / OLD / "ch09.ex01.json").read_text())["runs"][0]["values"][0] > 10
    record = bench.verify()["loss"]
    assert (record.verdict, "a recorded seed repeated bit for bit" in record.reason) == ("undecided", True)
    bench.claims({"id": "ch09.ex01.loss", "documented": 10.5, "rule": "reference"})
    assert bench.verify()["loss"].verdict == "reproduced"
    # whose runs are the package's; only where they were recorded is a seed repeated
    for keras, alike in (("3.15.1", "a recorded seed repeated bit for bit"), ("2.15.0", "fresh seeds alike")):
        under(keras)
        record = bench.verify()["loss"]
        assert (record.verdict, alike in record.reason) == ("undecided", True)
        assert "beyond all runs" in record.reason
