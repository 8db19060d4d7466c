"""The results JSON: the keys that are promised, there and back, and one line for a file that is none."""

# ruff: noqa: E501  a case is a line
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import numpy as np
import pytest

from workshop.execution.processes import peak_memory
from workshop.strict_json import NotJSON
from workshop.verification.results import (
    EarlierRuns,
    Measured,
    Notices,
    NumberSummary,
    Record,
    Results,
    ResultsError,
    SampleSummary,
    UnitRuns,
    mark_lost,
    measured_by,
    parse_results,
    read_results,
)

RECORD = Record(
    id="ch09.ex01.a", unit="ch09.ex01", ours=False, verdict="reproduced", documented=[1, 2.5, "x"],
    measured={"k": [1.0]}, beside={"usd": Measured(2.5, 1, "", {"": {"run": 2.5}})},
    rule="equal", margin=0.25, seeds=(3, 4), seconds=1.5, reason="equal",
)  # fmt: skip
ENVIRONMENT = {"python": "3.12.1", "device": "cpu", "threads": 2, "profile": "default"}


def write(path: Path, *records: Record) -> dict:
    """Write records and return what a strict JSON parser reads."""
    Results(ENVIRONMENT, records).write(path)
    return json.loads(path.read_text("utf-8"), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def test_the_keys_are_those_of_the_contract(tmp_path):
    content = write(tmp_path / "r.json", RECORD)
    assert set(content) == {"schema", "environment", "claims"}
    assert content["schema"] == "workshop-results/3"
    assert list(content["claims"][0]) == [
        "id", "unit", "ours", "verdict", "documented", "measured", "beside", "rule", "margin", "seeds", "seconds", "reason", "sample", "evidence", "basis",
        "notices", "substitutes", "first_contact", "lost", "waits_for", "rounding", "moved_first", "runs", "summary", "numbers",
    ]  # fmt: skip


def test_the_environment_of_a_run_has_the_keys_of_the_contract(bench, tmp_path):
    """Versions of what is installed, machine, profile, date and the package's version."""
    from datetime import datetime

    bench.claims(
        {"id": "ch09.ex01.a", "documented": "a", "rule": {"literature": {"reason": "history of the field"}}}
    )
    bench.engine().verify(list(bench.ledger.claims.values())).write(tmp_path / "r.json")
    environment = json.loads((tmp_path / "r.json").read_text("utf-8"))["environment"]
    assert {"python", "numpy", "system", "cpu", "device", "threads", "profile", "date", "workshop"} <= set(
        environment
    )
    assert (environment["device"] in {"cpu", "gpu"}, environment["threads"], environment["profile"]) == (
        True,
        1,
        "default",
    )
    assert 0.5 < environment["memory"] * 1e6 / peak_memory() < 1.01
    assert datetime.fromisoformat(environment["date"]).utcoffset().total_seconds() == 0


SAMPLE = SampleSummary(
    dates="2026-01-01", units=(UnitRuns("ch09.ex01", 9, "2026-01-01", 0.5, {"keras": "3"}, {"died": 1}, ("why",)),),
    numbers=(NumberSummary("loss", (0.1, None, 0.3), "log"),),
)  # fmt: skip


def test_recorded_runs_read_back_as_they_were_written(tmp_path):
    """So does the reason why there are none."""
    records = [
        replace(RECORD, id=f"ch09.ex01.{n}", sample=s)
        for n, s in enumerate([SAMPLE, SampleSummary("none"), None])
    ]
    write(tmp_path / "r.json", *records)
    assert list(read_results(tmp_path / "r.json").claims) == records


def test_what_files_say_of_recorded_runs_has_the_names_of_the_contract(tmp_path):
    """Others read our files, and we those of others; without runs there is the problem alone."""
    number = replace(SAMPLE.numbers[0], earlier=(EarlierRuns("keras 2", 10, 0.25, 0.5),))
    samples = replace(SAMPLE, numbers=(number,)), SampleSummary("none")
    content = write(tmp_path / "r.json", *(replace(RECORD, sample=sample) for sample in samples))
    found, none = (claim["sample"] for claim in content["claims"])
    inside = (found, found["units"][0], found["numbers"][0], found["numbers"][0]["earlier"][0])
    assert [" ".join(each) for each in inside] == [
        "problem dates units numbers statement shows",
        "unit runs date seconds environment failures substitutes",
        "name runs scale deciding bounds earlier",
        "made runs least most",
    ]
    assert [*none.values()] == ["none", "", [], [], "", []]
    for wrong in ({"numbers": ()}, {"units": ()}, {"numbers": (number, replace(number, runs=()))}):
        replace(SAMPLE, problem="none", **wrong)
        with pytest.raises(ValueError, match="neither runs nor a problem"):
            replace(SAMPLE, **wrong)


def test_a_file_of_schema_1_has_no_recorded_runs(tmp_path):
    """What was written before reads as before."""
    content = write(tmp_path / "r.json", RECORD)
    del content["claims"][0]["sample"]
    (tmp_path / "r.json").write_text(json.dumps({**content, "schema": "workshop-results/1"}), "utf-8")
    assert read_results(tmp_path / "r.json").claims == (RECORD,)


def test_reserved_keys_are_ignored(tmp_path):
    """A file of a later minor version can be read; another unknown key is an error."""
    content = write(tmp_path / "r.json", RECORD)
    content["claims"][0] |= {"previous": {}, "curves": []}
    (tmp_path / "r.json").write_text(json.dumps(content), "utf-8")
    assert read_results(tmp_path / "r.json").claims == (RECORD,)
    content["claims"][0]["base"] = "recorded"
    (tmp_path / "r.json").write_text(json.dumps(content), "utf-8")
    with pytest.raises(ResultsError, match="unknown key 'base'"):
        read_results(tmp_path / "r.json")


def test_a_file_reads_back_as_it_was_written(tmp_path):
    """What was written is what is read."""
    write(
        tmp_path / "r.json",
        RECORD,
        replace(RECORD, id="ch09.ex01.b", margin=None, seeds=()),
    )
    results = read_results(tmp_path / "r.json")
    assert results.environment == ENVIRONMENT
    assert results.claims[0] == RECORD
    assert (results.claims[1].margin, results.claims[1].seeds) == (None, ())


def test_what_a_claim_notices_reads_back_as_it_was_written(tmp_path):
    """Files without it, or without a basis, are read as before; other keys in it are an error."""
    record = replace(RECORD, basis="recorded", notices=Notices(None, 2e-5))
    content = write(tmp_path / "r.json", record)
    assert content["claims"][0]["notices"] == {"repeated": None, "first_steps": 2e-5}
    assert read_results(tmp_path / "r.json").claims == (record,)
    content["claims"][0]["notices"]["rows"] = 1.0
    (tmp_path / "r.json").write_text(json.dumps(content), "utf-8")
    with pytest.raises(ResultsError, match="unknown key"):
        read_results(tmp_path / "r.json")
    del content["claims"][0]["notices"], content["claims"][0]["basis"]
    (tmp_path / "r.json").write_text(json.dumps(content), "utf-8")
    assert read_results(tmp_path / "r.json").claims == (RECORD,)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, np.float32("nan")])
def test_numbers_that_json_can_not_hold_are_null(tmp_path, number):
    """NaN and infinities become null wherever they stand; arrays become lists, keys text."""
    record = replace(RECORD, measured={1: np.array([1.0, number])}, margin=number)
    (claim,) = write(tmp_path / "r.json", record)["claims"]
    assert claim["measured"] == {"1": [1.0, None]}
    assert claim["margin"] is None


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ([np.float32(2)], Measured(2.0, 1, "", {"": {"run": 2}})),
        ([[1, "a"]], Measured([1, "a"], 1, "", {"[0]": {"run": 1}})),
        ([math.nan], Measured(ANY, 1, "", {"": {}})),
        ([1.0, 5.0, 3.0], Measured(3.0, 3, "median", {"": {"low": 1, "median": 3, "high": 5}})),
        ([[1, 9], [3, 7]], Measured([2, 8], 2, "median", {
            "[0]": {"low": 1, "median": 2, "high": 3}, "[1]": {"low": 7, "median": 8, "high": 9}})),
        ([[1.0, math.nan], [3.0, 7.0]], Measured([2, 7], 2, "median", {
            "[0]": {"low": 1, "median": 2, "high": 3}, "[1]": {"low": 7, "median": 7, "high": 7}})),
        (["a", "b"], Measured("a", 2, "first")),
        ([[1], [1, 2]], Measured([1], 2, "first")),
        ([True, False], Measured(True, 2, "first")),
        ([[1, "a"], [2, "b"]], Measured([1, "a"], 2, "first", {"[0]": {"low": 1, "median": 1.5, "high": 2}})),
        ([{"a": {"b": [1]}}, {"a": {"b": [3]}}], Measured({"a": {"b": [2]}}, 2, "median", {
            "a.b[0]": {"low": 1, "median": 2, "high": 3}})),
    ],
)  # fmt: skip
def test_numbers_of_runs_keep_their_names(sample, expected):
    """One run is itself; of several there are median and range by path, or the first one."""
    assert measured_by(sample) == expected


def test_printed_numbers_stand_beside_the_measured_ones():
    """By the path that both have; a number that is not measured has none."""
    made = measured_by([{"a": 1.0, "b": 2.0}], {"a": 1.5, "c": 3.0})
    assert made.numbers == {"a": {"book": 1.5, "run": 1.0}, "b": {"run": 2.0}}


OLDER: list[tuple[Any, Measured]] = [
    (None, Measured()),
    (0.5, Measured(0.5, 1, "", {"": {"book": 0.25, "run": 0.5}})),
    ({"seeds": 3, "first": ["a"]}, Measured(["a"], 3, "first")),
    ({"seeds": 3, "median": 2, "minimum": 1, "maximum": 4},
     Measured(2, 3, "median", {"": {"book": 0.25, "low": 1, "median": 2, "high": 4}})),
    ({"seeds": 3, "median": [2, None], "minimum": [1, 1], "maximum": [4, 5]},
     Measured([2, None], 3, "median", {
         "[0]": {"low": 1, "median": 2, "high": 4}, "[1]": {"low": 1, "high": 5}})),
    ({"seeds": 3, "median": [2, 3], "maximum": [4, 5]},
     Measured({"seeds": 3, "median": [2, 3], "maximum": [4, 5]}, 1, "", ANY)),
]  # fmt: skip


@pytest.mark.parametrize(("measured", "now"), OLDER)
def test_files_of_schema_2_are_read(tmp_path, measured, now):
    """Their summaries get the paths of this schema, next to the documented number."""
    path = tmp_path / "r.json"
    content = write(path, replace(RECORD, documented=0.25, measured=None))
    (claim,) = content["claims"]
    claim |= {"measured": measured, "beside": {"usd": measured}}
    for name in ("runs", "summary", "numbers"):
        del claim[name]
    path.write_text(json.dumps({**content, "schema": "workshop-results/2"}), "utf-8")

    (record,) = read_results(path).claims

    assert {name: getattr(record, name) for name in vars(now)} == vars(now)
    assert record.beside["usd"].measured == now.measured


@pytest.mark.parametrize(
    ("verdicts", "green"),
    [(["reproduced"], True), (["supported", "deferred"], True), (["reproduced", "failed"], False), (["deferred"], False),
     (["unavailable", "deferred", "not testable", "undecided"], False), ([], False)],
)  # fmt: skip
def test_a_run_is_green_if_nothing_failed_and_something_was_verified(verdicts, green):
    """A run that verified nothing is not a success."""
    assert Results({}, tuple(replace(RECORD, verdict=v) for v in verdicts)).green is green


def test_what_earlier_runs_wrote_of_drift_tests_is_left_out(tmp_path):
    """Of a sample, of its numbers and of what is noticed."""
    record = replace(RECORD, sample=SAMPLE, notices=Notices(None, 2e-5))
    content = write(tmp_path / "r.json", record)
    sample = content["claims"][0]["sample"]
    sample |= {"scale": "log", "probability": 0.9, "false_alarm": 1e-6, "false_alarm_of_run": 1e-3}
    sample["numbers"][0] |= {"seeds": 5, "test": "rank", "drift": 0.5, "seeds_for_half": None}
    content["claims"][0]["notices"]["fresh"] = 1.5
    (tmp_path / "r.json").write_text(json.dumps(content), "utf-8")
    assert read_results(tmp_path / "r.json").claims == (record,)


def test_what_earlier_runs_wrote_of_seed_sets_is_left_out():
    """Whatever it says; what is no fact is refused."""
    assert parse_results({"environment": {"varied": 10**26}, "claims": []}).environment == {}
    with pytest.raises(NotJSON, match="python 0 is not text"):
        parse_results({"environment": {"cpu": "x", "python": 0}, "claims": []})


@pytest.mark.parametrize(
    ("before", "now", "lost"),
    [
        ("reproduced", "undecided", "reproduced"),
        ("supported", "unavailable", "supported"),
        ("corrected", "deferred", "corrected"),
        ("reproduced", "failed", ""),
        ("reproduced", "changed", ""),
        ("deferred", "undecided", ""),
        ("", "undecided", ""),
    ],
)
def test_a_result_that_was_decided_and_is_not_now_is_marked(before, now, lost):
    """By the last run's verdict of the claim itself; a failure says so anyway."""
    last = {RECORD.id: replace(RECORD, verdict=before)} if before else {}
    (marked,) = mark_lost(Results({}, (replace(RECORD, verdict=now),)), last).claims
    assert marked.lost == lost
