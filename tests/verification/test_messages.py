"""Every message of a finished run: what is open, missing, supported or not testable says why."""

import os
import re
from pathlib import Path

import pytest

from tests.toy.bench import LOSS, PAIR, toy
from tests.toy.records import record
from workshop.ledger import Ledger, ledger
from workshop.verification.results import Record, Results, read_results

PROMISES = re.compile(r"runs could decide|it would take|workshop record|record more")
WOULD_DECIDE = re.compile(
    rf"{PROMISES.pattern}|workshop verify|workshop report|only a processor like the recorded one"
)
COMMANDS = re.compile(r"workshop data fetch|pip install|apt-get install|WORKSHOP_(MIRROR|CACHE)|fetch it")


def complaints(record: Record, needs: tuple[str, ...]) -> list[str]:
    """Return what is wrong with a record's reason, of a claim that needs these data sets."""
    reason, found = record.reason, []
    named = [name for name in needs if f"{name}: " in reason]
    if record.substitutes and record.verdict in {"undecided", "unavailable", "supported"}:
        if PROMISES.search(reason):
            found.append("promises runs on a substitute")
        if not all(line in reason for line in record.substitutes):
            found.append("does not name the substitute")
    if record.verdict == "supported" and not record.substitutes:
        found.append("is supported by nothing")
    if record.verdict == "undecided" and record.substitutes:
        found.append("leaves open what no run decides")
    if record.verdict == "undecided" and not WOULD_DECIDE.search(reason):
        found.append("does not say what would decide")
    if record.verdict == "unavailable" and not COMMANDS.search(reason):
        found.append("has no command")
    if record.verdict == "unavailable" and not (named or "is not installed" in reason):
        found.append("does not name what is missing")
    if record.verdict == "not testable" and len(reason) < 10:
        found.append("has no reason")
    return found


def all_complaints(results: Results, book: Ledger) -> dict[str, list[str]]:
    """Return the complaints about a run by claim; nothing about claims that the ledger does not have."""
    known = (record for record in results.claims if record.id in book.claims)
    found = {record.id: complaints(record, book.claims[record.id].needs) for record in known}
    return {name: each for name, each in found.items() if each}


FAR = {**LOSS, "documented": 3.2, "rule": {"reference": {"scale": "identity"}}}  # beyond 64 runs, and not far
NEAR = {**FAR, "id": "ch09.ex01.near", "documented": 0.1, "measure": "loss"}
WRONG = {**FAR, "id": "ch09.ex01.wrong", "documented": 99.0, "measure": "loss"}
DRAWN = {"id": "ch09.ex01.drawn", "documented": "a", "rule": {"literature": {"reason": "of other people"}}}
GLASS, WOOD = "made of glass", "made of wood"
# the substitute of the recorded runs, that of today, None for the documented data; verdicts far, near, wrong
KINDS = {
    "documented": (None, None, ["undecided", "reproduced", "failed"]),
    "substitute": (GLASS, GLASS, ["unavailable", "supported", "unavailable"]),
    "other substitute": (GLASS, WOOD, ["unavailable"] * 3),
    "documented since": (GLASS, None, ["undecided"] * 3),
    "missing": (GLASS, "nowhere", ["unavailable"] * 3),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_reason_of_a_run_is_true(bench, references, data, kind):
    """What more runs could decide, and what no run on a substitute can, with the data's command."""
    then, today, verdicts = KINDS[kind]
    bench.units(toy().replace("def train(seed)", "def train(toy_data, seed)"))
    stated = [{**each, "needs": ["toy_data"]} for each in (FAR, NEAR, WRONG)]
    bench.claims(*stated, DRAWN)
    bench.found["toy_data"] = data(why=then)
    references.record_once()
    bench.found["toy_data"] = data(why=today)
    if today == "nowhere":
        del bench.found["toy_data"]

    records = bench.verify()

    assert [record.verdict for record in records.values()] == [*verdicts, "not testable"]
    assert all_complaints(Results({}, tuple(records.values())), bench.ledger) == {}


def test_what_recorded_runs_on_a_substitute_show_is_said(bench, references, data):
    """Their range, next to the value of today; data of one's own have no command."""
    bench.units(toy().replace("def train(seed)", "def train(toy_data, seed)"))
    bench.claims({**FAR, "needs": ["toy_data"]}, {**PAIR, "needs": ["toy_data"]})
    bench.found["toy_data"] = data(why="your own data")
    references.record_once()
    record = bench.verify()["loss"]

    assert record.verdict == "unavailable"
    assert re.match(
        r"the substitute gives .* \(64 recorded runs on it give -\d\.\d+ to \d\.\d+; "
        r"they neither agree with the print nor exclude it, and only the book's data decide",
        record.reason,
    )
    assert record.substitutes == ("toy_data: your own data",)
    assert not COMMANDS.search(record.reason)


UNTRUE = [
    ("undecided", "0 of 64: 128 runs could decide", "iris: another one", "promises runs on a substitute"),
    ("undecided", "it can't be said", "", "does not say what would decide"),
    ("unavailable", "iris: it is nowhere", "", "has no command"),
    ("unavailable", "workshop data fetch iris", "", "does not name what is missing"),
    ("supported", "equal", "iris: another one", "does not name the substitute"),
    ("supported", "equal", "", "is supported by nothing"),
    ("not testable", "", "", "has no reason"),
]


@pytest.mark.parametrize(("verdict", "reason", "substitute", "complaint"), UNTRUE)
def test_an_untrue_reason_is_noticed(verdict, reason, substitute, complaint):
    lines = (substitute,) if substitute else ()
    made = record("u.c", verdict, reason=reason, substitutes=lines)

    assert complaint in complaints(made, ("iris",))


def test_every_reason_of_a_given_run_is_true():
    """The results JSON that WORKSHOP_RESULTS names, such as that of a run of the whole book."""
    if "WORKSHOP_RESULTS" not in os.environ:
        pytest.skip("WORKSHOP_RESULTS names no results")
    assert all_complaints(read_results(Path(os.environ["WORKSHOP_RESULTS"])), ledger()) == {}
