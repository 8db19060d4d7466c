"""First contact: results that nobody has measured on the data that the book used."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.contact.decided import when_decided
from tests.toy.bench import FIT_AND_SCORE, LOSS, toy
from workshop.book import SAMPLES, package_book
from workshop.datasets import registry
from workshop.execution.catalogue import catalogue
from workshop.execution.planner import Planner
from workshop.ledger import ledger
from workshop.ledger.rules import Repeats
from workshop.samples.model import read_reference
from workshop.samples.repeats import read_repeats

ROOT = Path(__file__).parents[2]
SCORE = {"id": "ch09.ex02.accuracy", "needs": ["toy_data"]}


@pytest.fixture
def new(bench) -> None:
    """Let the toy data be data that nobody has measured on."""
    entry = bench.data_sets["toy_data"]
    bench.data_sets["toy_data"] = entry.model_copy(update={"measured_on": "substitute"})


def score(bench: Any, found: Any, claim: dict[str, Any], **options: Any) -> Any:
    """Return the record of a claim on a unit that takes toy data, and gives 1."""
    bench.units(FIT_AND_SCORE)
    bench.claims({**SCORE, **claim})
    bench.found["toy_data"] = found
    return bench.verify(**options)["accuracy"]


@pytest.mark.parametrize(
    ("claim", "strict", "verdict", "contact"),
    [
        ({"documented": 1}, False, "reproduced", "agrees"),
        ({"documented": 2}, False, "undecided", "disagrees"),
        ({"documented": 1}, True, "reproduced", "agrees"),
        ({"documented": 2}, True, "failed", "disagrees"),
        ({"documented": 2, "measured_on": "documented"}, False, "failed", ""),
    ],
)
def test_a_disagreement_at_first_contact_is_undecided(bench, data, new, claim, strict, verdict, contact):
    """With `strict` it fails, as where somebody has looked; an agreement reads as usual."""
    record = score(bench, data(), claim, strict=strict)
    assert (record.verdict, record.first_contact) == (verdict, contact)
    assert ("printed 2, measured 1" in record.reason) == (contact == "disagrees")


def test_data_that_are_known_to_us_fail_as_always(bench, data):
    record = score(bench, data(), {"documented": 2})
    assert (record.verdict, record.first_contact) == ("failed", "")


def test_a_substitute_is_no_first_contact(bench, data, new):
    for documented, verdict in ((1, "supported"), (2, "unavailable")):
        record = score(bench, data(why="made of glass"), {"documented": documented}, strict=True)
        assert (record.verdict, record.first_contact) == (verdict, "")


def test_code_that_raises_fails_at_first_contact_too(bench, data, new):
    """Nothing was measured, so no result disagrees."""
    bench.units(FIT_AND_SCORE.replace("sum(ch09_ex01.weights)", "1 / 0"))
    bench.claims({**SCORE, "documented": 1})
    bench.found["toy_data"] = data()
    record = bench.verify()["accuracy"]
    assert (record.verdict, record.first_contact) == ("failed", "")


def test_recorded_runs_of_ones_own_are_first_contact_too(bench, references, data, new):
    """Until the ledger says that somebody has looked; changed code fails on them as on any data."""
    rule = {"reference": {"scale": "identity"}}
    claims = [
        {**LOSS, "needs": ["toy_data"], "rule": rule},
        {
            **LOSS,
            "id": "ch09.ex01.far",
            "measure": "loss",
            "documented": 99,
            "needs": ["toy_data"],
            "rule": rule,
        },
    ]
    source = toy().replace("def train(seed)", "def train(toy_data, seed)")
    bench.units(source)
    bench.claims(*claims)
    bench.found["toy_data"] = data()
    references.record_once()
    found = {name: (each.verdict, each.first_contact) for name, each in bench.verify().items()}
    assert found == {"loss": ("reproduced", "agrees"), "far": ("undecided", "disagrees")}
    bench.units(source.replace("    pass\n", "    loss = loss + 1e-9\n"))
    found = {name: (each.verdict, each.first_contact) for name, each in bench.verify().items()}
    assert found == {"loss": ("failed", ""), "far": ("failed", "")}


def test_every_result_on_new_data_has_its_moment():
    """Recorded runs and repeated seeds decide what is open; one run decides the rest."""
    book = ledger()
    decided = when_decided(package_book())
    new = {name for name, entry in registry().items() if entry.measured_on != "documented"}
    assert set(decided) == {c.id for c in book.claims.values() if c.rule.needs_run and new & {*c.needs}}
    for name, when in decided.items():
        rule = book.claims[name].rule
        assert (rule.needs_sample or isinstance(rule, Repeats)) == (when == "after recording"), name


def test_what_rests_on_a_substitute_is_what_the_registry_says():
    """Recorded runs and seeds name sets that are not documented; all other new data have none recorded."""
    for path in [path for kind in ("references", "repeated") for path in (SAMPLES / kind).rglob("*.json")]:
        content = json.loads(path.read_text("utf-8"))
        if "references" in path.parts:
            inner = "" if path.parent.name == "references" else path.parent.name
            lines = set(read_reference(path, inner).substitutes)
        else:
            lines = {line for part in read_repeats(path).parts.values() for line in part.substitutes}
        known = {f"{n}: {e.why}" for n, its in registry().items() for e in its.editions if e.substitute}
        assert lines <= known
        assert {registry()[line.partition(": ")[0]].measured_on for line in lines} <= {"substitute"}
        needs = {n for c in ledger().claims.values() if c.unit == content["unit"] for n in c.needs}
        new = {n for n in needs if registry()[n].measured_on == "substitute"}
        assert {line.partition(": ")[0] for line in lines} == new, path.name
    for entry in registry().values():
        substitutes = any(edition.substitute for edition in entry.editions)
        assert entry.measured_on != "substitute" or substitutes


def test_whatever_rests_on_a_substitute_is_a_long_training():
    """Quick units would have to draw seeds on the documented data: there are none."""
    for path in (SAMPLES / "references").glob("*.json"):
        if read_reference(path, "").substitutes:
            units = catalogue([path.stem[:4]])
            forms = {
                Planner(units, {}, "").form(part) for part in units.parts[path.stem] if units.stochastic(part)
            }
            assert "" not in forms, path.stem


def test_the_numbers_of_a_first_run_are_those_of_the_table():
    """Of the book's results, without GloVe and the service that speaks."""
    book = ledger()
    others = {name for name, entry in registry().items() if entry.size > 200e6 or entry.service}
    decided = when_decided(package_book())
    claims = [book.claims[name] for name in decided]
    counts = Counter(decided[c.id] for c in claims if not c.ours and not others & {*c.needs})
    text = " ".join((ROOT / "docs" / "data.md").read_text("utf-8").split())
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    first, later = (int(n) for n in re.findall(r"For (\d+) of them, it is .* (\d+) stay open", text)[0])
    assert (first, later) == (counts["at once"], counts["after recording"])
    large = {name for name, entry in registry().items() if entry.size > 200e6}
    glove = sum(bool(large & {*c.needs}) for c in book.claims.values() if not c.ours and c.rule.needs_run)
    assert f"{glove} need GloVe" in text
    needed = {name for claim in book.claims.values() for name in claim.needs} - large
    local = {
        name
        for name, entry in registry().items()
        for edition in entry.editions
        if not edition.substitute and {"embedded", "package"} & {each.kind for each in edition.providers}
    }
    fetched = [entry.size for name, entry in registry().items() if name in needed - local]
    assert f"{round(sum(fetched) / 1e7) * 10} MB of data" in readme
