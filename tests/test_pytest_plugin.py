"""The engine inside pytest: verdicts as outcomes, in a project of its own with a toy chapter."""

# ruff: noqa: E501  a claim is a line
from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from workshop.verification.results import read_results

INI = "[pytest]\nworkshop_suite = true\naddopts = --strict-markers --strict-config\n"

UNITS = """
from __future__ import annotations
import os
from dataclasses import dataclass
from workshop.units import unit

def tally(what):
    with open(os.environ["TOY_TALLY"], "a") as file:
        file.write(what + " ")

@dataclass(frozen=True)
class Value:
    value: float

@unit("ch09.ex01")
def first() -> Value:
    tally("first")
    return Value(2.0)

@unit("ch09.ex02")
def second(ch09_ex01) -> Value:
    tally("second")
    return Value(ch09_ex01.value)

@unit("ch09.ex03")
def third(glass) -> Value:
    return Value(2.0)

@unit("ch09.ex04")
def fourth(nowhere) -> Value:
    return Value(2.0)

@unit("ch09.ex05", first_steps=True)
def fifth(*, epochs=2) -> Value:
    return Value(float(epochs))

@unit("ch09.ex06")
def sixth(seed) -> Value:
    tally("sixth")
    return Value(2.0)
"""

CLAIMS = """
chapter: 9
title: Toys
units:
  - {id: ch09.ex01, title: t, procedure: p, pitfalls: '-', claims: [
      {id: reproduced, what: the value, documented: 2.0, evidence: measured, measure: value, rule: equal},
      {id: corrected, what: w, documented: 1.0, correct: 2.0, evidence: measured, measure: value, rule: equal,
       consequence: 2, reader: &reader {title: t, sentence: s, printed: '1', right: '2', proof: p}},
      {id: changed, what: w, documented: 1.0, evidence: measured, measure: value, rule: equal,
       finding: {verdict: changed, reason: newer versions differ, instead: 2.0, when: {python: '>=3'}},
       consequence: 2, reader: *reader},
      {id: refuted, what: w, documented: 1.0, evidence: measured, measure: value, rule: equal,
       finding: {verdict: refuted, reason: cause still open, instead: 2.0},
       consequence: 2, reader: *reader}]}
  - {id: ch09.ex02, title: t, procedure: p, pitfalls: '-', claims: [
      {id: failed, what: the loss, documented: 1.0, page: 7, evidence: measured, measure: value, rule: equal},
      {id: undecided, what: w, documented: 2.0, evidence: measured, measure: value, rule: equal}]}
  - {id: ch09.ex03, title: t, procedure: p, pitfalls: '-', claims: [
      {id: supported, what: w, documented: 2.0, evidence: measured, measure: value, rule: equal}]}
  - {id: ch09.ex04, title: t, procedure: p, pitfalls: '-', claims: [
      {id: unavailable, what: w, documented: 2.0, evidence: measured, measure: value, rule: equal}]}
  - {id: ch09.ex05, title: t, procedure: p, pitfalls: '-', claims: [
      {id: deferred, what: w, documented: 2.0, evidence: measured, measure: value, rule: equal, full_only: true}]}
  - {id: ch09.ex06, title: t, procedure: p, pitfalls: '-', claims: [
      {id: drawing, what: w, documented: a drawing, rule: {literature: {reason: a drawing only}}},
      {id: drawn, what: w, documented: 2.0, evidence: measured, measure: value, rule: equal}]}
"""

CONFTEST = """
from pathlib import Path
import toy_units
import workshop.ledger
from workshop import datasets
from workshop.units import parts_of
from workshop.verification import plans
from workshop.execution import environment
from workshop.execution import scheduler
from workshop.execution.catalogue import arrange
from workshop.verification.judging import Judgement

text = Path(__file__).with_name("claims.yaml").read_text()
toys = workshop.ledger.build([("toys", workshop.ledger.read_chapter(text, "toys"))])
workshop.ledger.ledger = lambda: toys
scheduler.catalogue = lambda chapters: arrange(parts_of(toy_units))
decide = plans.Once.judge

def judge(plan, *args):
    if plan.claim.name == "undecided":
        return Judgement("undecided", None, "9 of 20 seeds")
    return decide(plan, *args)

plans.Once.judge = judge
glass = datasets.Found("glass", "e", True, "made of glass", {}, "mirror", "c")
datasets.find = lambda name, offline: glass if name == "glass" else datasets.Missing(name, "it is nowhere", "go and get it")
datasets.load = lambda found: None
datasets.reader_of = lambda found: ("workshop.datasets.readers.tables", ())
environment.cores = lambda: 1  # what is replaced here is not replaced in another process

def pytest_report_header(config):
    return f"dist={getattr(config.option, 'dist', None)}"
"""

TESTS = """
import pytest

@pytest.mark.claims("ch09")
def test_toys(claim, check):
    check(claim)
"""

OUTCOMES = {
    "ch09.ex01.reproduced": ("reproduced", "passed"),
    "ch09.ex01.corrected": ("corrected", "passed"),
    "ch09.ex01.changed": ("changed", "passed"),
    "ch09.ex01.refuted": ("refuted", "passed"),
    "ch09.ex02.failed": ("failed", "failure"),
    "ch09.ex02.undecided": ("undecided", "skipped"),
    "ch09.ex03.supported": ("supported", "passed"),
    "ch09.ex04.unavailable": ("unavailable", "skipped"),
    "ch09.ex05.deferred": ("deferred", "skipped"),
    "ch09.ex06.drawing": ("not testable", "skipped"),
    "ch09.ex06.drawn": ("reproduced", "passed"),
}


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a project that checks the claims of a toy chapter."""
    monkeypatch.setenv("TOY_TALLY", str(pytester.path / "tally"))
    monkeypatch.setenv("WORKSHOP_STORE", str(pytester.path / "store"))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makefile(".ini", pytest=INI)
    pytester.makefile(".yaml", claims=CLAIMS)
    pytester.makepyfile(toy_units=UNITS, conftest=CONFTEST, test_toys=TESTS)
    return pytester


def junit(path: Path) -> dict[str, tuple[str, dict[str, str]]]:
    """Return outcome and properties of each test in a JUnit file."""
    cases = {}
    for case in ET.parse(path).getroot().iter("testcase"):
        found = [child.tag for child in case if child.tag in {"failure", "skipped", "error"}]
        properties = {p.get("name"): p.get("value") for p in case.iter("property")}
        cases[case.get("name")] = (found[0] if found else "passed", properties)
    return cases


def tally(project: pytest.Pytester) -> Counter[str]:
    """Return how often each unit of the toy chapter has run."""
    path = project.path / "tally"
    return Counter(path.read_text("utf-8").split() if path.exists() else [])


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_verdicts_become_outcomes(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    """Ids are claim ids, JUnit and results have each verdict, a unit runs once; under xdist, too."""
    files = ("--junitxml=junit.xml", "--workshop-json=run.json")
    result = project.runpytest_subprocess(*workers, "-rA", "--no-store", *files)
    result.assert_outcomes(passed=6, failed=1, skipped=4)
    cases = junit(project.path / "junit.xml")
    assert {name: (p["claim"], p["verdict"], outcome) for name, (outcome, p) in cases.items()} == {
        f"test_toys[{claim}]": (claim, verdict, outcome) for claim, (verdict, outcome) in OUTCOMES.items()
    }
    records = read_results(project.path / "run.json").claims
    assert [(record.id, record.verdict) for record in records] == [(c, v) for c, (v, _) in OUTCOMES.items()]
    assert "results: run.json" in result.stdout.str()
    assert cases["test_toys[ch09.ex02.failed]"][1]["measured"] == "2"
    assert cases["test_toys[ch09.ex06.drawing]"][1]["measured"] == ""
    text = result.stdout.str()
    assert re.findall(r"^PASSED .*", text, re.MULTILINE)
    assert "]@" not in text
    assert "]@" not in (project.path / "junit.xml").read_text("utf-8")
    assert tally(project) == {"first": 1, "second": 1, "sixth": 1}
    assert f"dist={'loadgroup' if workers else 'no'}" in text
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_what_a_run_prints(project: pytest.Pytester) -> None:
    """A header that reproduces, the failed claim in a few lines, reasons of skips, and verdicts by chapter."""
    result = project.runpytest_subprocess("-rs", "--seeds", "3")
    text = result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            "workshop: default profile, seeds derived from the units' ids, at least 3, *: pytest *-rs --seeds 3",
            "ch09.ex02.failed: the loss",
            "  book        1 (page 7)",
            "  this run    2",
            "  rule        equal",
            "  failed      value is 2, not 1",
            "  run on      python *",
            "  since when? workshop bisect ch09.ex02.failed",
            "  once more   workshop verify ch09.ex02.failed --no-store",
            "*= documented results =*",
            "ch09: 11 claims: 1 failed, 2 holds [[]reproduced], 1 book wrong [[]corrected], 1 changed, *",
        ]
    )
    for reason in (
        "open [undecided]: 9 of 20 seeds",
        "no data [unavailable]: nowhere: it is nowhere; go and get it",
        "deferred: only the full procedure decides it: workshop verify ch09.ex05 --full",
        "not testable: a drawing only",
    ):
        assert reason in text
    assert "Traceback" not in text
    assert tally(project)["sixth"] == 3


RECORDED = """
from dataclasses import replace
from workshop.verification.engine import Engine

verify = Engine.verify

def on_recorded_runs(self, claims):
    results = verify(self, claims)
    return replace(results, claims=tuple(replace(record, basis="recorded") for record in results.claims))

Engine.verify = on_recorded_runs
"""


def test_a_claim_that_recorded_runs_decide_fails_its_test_like_any_other(project: pytest.Pytester) -> None:
    """What the verdict rests on makes no difference to the outcome of any test, nor to the exit status."""
    project.makeconftest(CONFTEST + RECORDED)
    result = project.runpytest_subprocess("--workshop-json=run.json")

    result.assert_outcomes(passed=6, failed=1, skipped=4)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["ch09.ex02.failed: the loss", "  failed      value is 2, not 1"])
    failed = [each for each in read_results(project.path / "run.json").claims if each.verdict == "failed"]
    assert [(each.id, each.basis) for each in failed] == [("ch09.ex02.failed", "recorded")]


def test_claims_are_selected_by_id_and_profile(project: pytest.Pytester) -> None:
    """`-k` takes claim ids, `-m slow` what only the full procedure decides, `--full` decides it."""
    project.runpytest_subprocess("-k", "ch09.ex01.changed").assert_outcomes(passed=1, deselected=10)
    project.runpytest_subprocess("-m", "slow").assert_outcomes(skipped=1, deselected=10)
    project.runpytest_subprocess("-m", "slow", "--workshop-full").assert_outcomes(passed=1, deselected=10)


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("--workshop-json=claims.yaml/run.json", "--workshop-json claims.yaml/run.json: "),
        ("--workshop-python=nowhere", "nowhere"),
    ],
)
def test_a_file_or_an_interpreter_that_cannot_be_used(
    project: pytest.Pytester, option: str, why: str
) -> None:
    """One line names it, and no test passes."""
    result = project.runpytest_subprocess(option)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = result.stdout.str() + result.stderr.str()
    assert why in text
    assert "Traceback" not in text
    assert tally(project) == {}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full: run on Linux")
def test_results_that_can_not_be_written_are_one_line(project: pytest.Pytester) -> None:
    """The verdicts are shown all the same, and the run is red."""
    result = project.runpytest_subprocess("--workshop-json=/dev/full")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "no results: /dev/full: no space left on device" in result.stdout.str()
    assert "OSError" not in result.stdout.str() + result.stderr.str()


def test_a_run_that_verified_nothing_is_red(project: pytest.Pytester) -> None:
    """Skips alone are not a success, and the summary says so."""
    result = project.runpytest_subprocess("-k", "unavailable or drawing")
    result.assert_outcomes(skipped=2, deselected=9)
    result.stdout.fnmatch_lines(["no claim was verified, so the run is red*"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_network_and_gpu_tests_are_skipped_with_reason_and_remedy(project: pytest.Pytester) -> None:
    """Each says what is missing and how to run it; with its option, a network test runs."""
    project.makepyfile(
        test_toys="""
        import pytest

        @pytest.mark.network
        def test_network():
            pass

        @pytest.mark.gpu
        def test_gpu():
            pass

        @pytest.mark.cpu
        def test_cpu():
            pass
        """
    )
    result = project.runpytest_subprocess("-rs")
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines_random(
        ["*needs a network: pytest --network", "*needs a GPU: run it on a machine that has one"]
    )
    project.runpytest_subprocess("--network").assert_outcomes(passed=2, skipped=1)


@pytest.mark.parametrize("count", ["0", "-1", "x"])
def test_a_number_of_seeds_below_one_is_wrong_usage(project: pytest.Pytester, count: str) -> None:
    """The message names the option."""
    result = project.runpytest_subprocess("--seeds", count)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "seeds" in result.stderr.str()


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_varied_seeds_are_printed_and_can_be_drawn_again(
    project: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    """`--seed-set` draws seeds of its own and prints the number that draws them again."""
    first = project.runpytest_subprocess("--seed-set", "-k", "ch09.ex06", *workers)
    (number,) = re.findall(r"reproduce: pytest .*--seed-set=(\d+)", first.stdout.str())
    runs = project.path.joinpath("tally").read_text().split()

    project.runpytest_subprocess(f"--vary-seed={number}", "-k", "ch09.ex06", *workers)
    again = project.path.joinpath("tally").read_text().split()
    project.runpytest_subprocess(f"--seed-set={int(number) + 1}", "-k", "ch09.ex06", *workers)

    assert again == runs  # the store has the very same seeds
    assert len(project.path.joinpath("tally").read_text().split()) == 2 * len(runs)


def test_varying_by_less_than_nothing_is_wrong_usage(project: pytest.Pytester) -> None:
    """A negative number is refused in one line."""
    result = project.runpytest_subprocess("--vary-seed=-3")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--seed-set wants a number above 0" in result.stderr.str()


def test_an_unknown_chapter_is_named(project: pytest.Pytester) -> None:
    """The `claims` marker names claims of the ledger."""
    project.makepyfile(test_toys=TESTS.replace("ch09", "ch99"))
    result = project.runpytest_subprocess()
    assert result.ret != pytest.ExitCode.OK
    assert "no claim is named 'ch99'" in result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize(
    ("words", "only"),
    [
        (["-k", "ch09"], True),
        (["-k", "ch09.ex01.reproduced"], True),
        (["-k", "ch09 or other"], False),
        (["-k", "ch08"], False),  # the ledger has no such chapter
        (["-k", "ch09", "test_toys.py"], False),
        ([], False),
    ],
)
def test_an_id_collects_the_claims_only(project: pytest.Pytester, words: list[str], only: bool) -> None:
    """Other test modules are not imported, and the header says so. Any other `-k` is pytest's own."""
    project.makefile(".ini", pytest=f"{INI}testpaths = test_toys.py test_engine.py\n")
    project.makepyfile(test_engine="import pathlib\npathlib.Path('engine').touch()\ndef test_other(): pass\n")
    result = project.runpytest_subprocess("--collect-only", *words)

    assert (project.path / "engine").exists() == (not only and "test_toys.py" not in words)
    assert ("claims only; engine's tests: pytest tests" in result.stdout.str()) == only
    assert ("test_documented_result[ch09.ex01.reproduced]" in result.stdout.str()) == only


def test_the_claims_are_found_by_the_packages_name(pytester: pytest.Pytester) -> None:
    """Without any configuration, as from an installed wheel."""
    result = pytester.runpytest_subprocess("--pyargs", "workshop", "-k", "ch01.ex01", "--collect-only", "-q")

    assert result.ret == pytest.ExitCode.OK
    assert "::test_documented_result[ch01.ex01." in result.stdout.str()
    assert "ch01.ex02" not in result.stdout.str()


def test_elsewhere_the_plugin_is_inert(pytester: pytest.Pytester) -> None:
    """Another project sees no header, no summary, no marker, and its short options are its own."""
    pytester.makeconftest(
        "def pytest_addoption(parser): parser.addoption('--full'); parser.addoption('--seeds')"
    )
    pytester.makepyfile("def test_a(request): assert request.config.getoption('--seeds') == '0'")
    result = pytester.runpytest_subprocess("--seeds", "0", "--full", "x", "--workshop-full")
    result.assert_outcomes(passed=1)
    for printed in ("workshop:", "documented results"):
        assert printed not in result.stdout.str()
    assert "workshop" not in pytester.runpytest_subprocess("--markers").stdout.str()


def test_checking_a_claim_elsewhere_is_refused(pytester: pytest.Pytester) -> None:
    """The `check` fixture says which setting is missing."""
    pytester.makepyfile("def test_a(check): pass")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    assert "claims are checked if pytest's configuration says `workshop_suite = true`" in result.stdout.str()


def test_collecting_the_suite_imports_no_tensorflow(tmp_path: Path) -> None:
    """Nothing heavy is imported before a unit runs."""
    (tmp_path / "spy.py").write_text(
        "import sys\n"
        "def pytest_sessionfinish():\n"
        "    heavy = {'tensorflow', 'keras', 'sklearn', 'matplotlib'} & set(sys.modules)\n"
        "    print('IMPORTED', sorted(heavy))\n",
        "utf-8",
    )
    root = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "spy", "-p", "no:cacheprovider"]
    result = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert "IMPORTED []" in result.stdout, result.stdout[-2000:] + result.stderr[-2000:]
    assert "test_documented_result[ch02.ex05." in result.stdout
