"""The engine inside pytest: verdicts as outcomes, in a project of its own with the toy book."""

import os
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.toy import book as toy
from workshop.ledger import Claim
from workshop.verification.engine import Engine
from workshop.verification.results import Results

INI = "[pytest]\nworkshop_suite = true\naddopts = --strict-markers --strict-config\n"

ROOT = Path(__file__).parents[1]
Run = Callable[..., pytest.RunResult]
CONFTEST = """
from tests.toy import book as toy

toy.install()

def pytest_report_header(config):
    return f"dist={getattr(config.option, 'dist', None)}"
"""

TESTS = """
import pytest

@pytest.mark.claims("ch09")
def test_toys(claim, check):
    check(claim)
"""

SKIPPED = {"undecided", "unavailable", "deferred", "not testable"}
OUTCOMES = {
    claim: (verdict, "failure" if verdict == "failed" else "skipped" if verdict in SKIPPED else "passed")
    for claim, (verdict, _) in toy.DECIDED.items()
}


@pytest.fixture
def project(pytester, toy_book, monkeypatch) -> pytest.Pytester:
    """Return a project that checks the claims of the toy book."""
    del toy_book  # takes away afterwards what the project's conftest puts into this process
    monkeypatch.setenv("TOY_TALLY", str(pytester.path / "tally"))
    monkeypatch.setenv("WORKSHOP_STORE", str(pytester.path / "store"))
    monkeypatch.setenv("WORKSHOP_THREADS", "1")  # engines set it: this puts it back afterwards
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makefile(".ini", pytest=INI)
    pytester.makepyfile(conftest=CONFTEST, test_toys=TESTS)
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
    """Return how often each unit of the toy book has run."""
    path = project.path / "tally"
    return Counter(path.read_text("utf-8").split() if path.exists() else [])


def assert_decided(project: pytest.Pytester, result: pytest.RunResult) -> None:
    """Ids are claim ids, JUnit has each verdict, and a unit has run once."""
    cases = {
        name: case for name, case in junit(project.path / "junit.xml").items() if name.startswith("test_toys")
    }
    assert {name: (p["claim"], p["verdict"], outcome) for name, (outcome, p) in cases.items()} == {
        f"test_toys[{claim}]": (claim, verdict, outcome) for claim, (verdict, outcome) in OUTCOMES.items()
    }
    assert cases["test_toys[ch09.ex02.failed]"][1]["measured"] == "4"
    assert cases["test_toys[ch09.ex01.drawing]"][1]["measured"] == ""
    text = result.stdout.str()
    assert re.findall(r"^PASSED .*", text, re.MULTILINE)
    assert "]@" not in text
    assert "]@" not in (project.path / "junit.xml").read_text("utf-8")
    assert tally(project) == {"first": 1, "second": 1, "third": 1, "epochs=50": 1, "sixth": 3}
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_verdicts_become_outcomes(project, run_pytest):
    result = run_pytest("-rA", "--no-store", "--junitxml=junit.xml")

    result.assert_outcomes(passed=17, failed=1, skipped=4)
    assert_decided(project, result)
    assert "dist=no" in result.stdout.str()


# a worker that drew a number of its own would have another one
def test_workers_decide_alike(project, monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    count = "import pytest\n@pytest.mark.parametrize('n', range(6))\ndef test_n(n): pass"
    project.makepyfile(test_a=count, test_b=count)
    others = ("-p", "no:hypothesispytest", "-p", "no:benchmark")  # three processes would import them
    result = project.runpytest_subprocess("-n", "2", *others, "-rA", "-v", "--junitxml=junit.xml")

    result.assert_outcomes(passed=17 + 12, failed=1, skipped=4)
    assert_decided(project, result)
    text = result.stdout.str()
    assert "dist=loadfile" in text
    ran = {*re.findall(r"\[(gw\d)\] .*PASSED.* test_(\w)\.py", text)}
    assert len(ran) == 2
    assert {file for _, file in ran} == {"a", "b"}
    before = tally(project)
    # in a new process, too: this one may have imported a library with variables that the environment names
    project.runpytest_subprocess(*others, "-k", "ch09.ex06").assert_outcomes(passed=3, skipped=1)
    assert tally(project) == before  # the store has the very same seeds


def test_what_a_run_prints(project, run_pytest):
    """A header that reproduces, the failed claim in a few lines, why tests skip, and verdicts by chapter."""
    result = run_pytest("-rs", "--seeds", "20")
    text = result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            "workshop: default profile, seeds derived from *, at least 20, *: pytest *-rs --seeds 20",
            "ch09.ex02.failed: twice the value",
            "  book        1 (page 7)",
            "  this run    4",
            "  rule        equal",
            "  failed      value is 4, not 1",
            "  run on      python *",
            "  since when? workshop bisect ch09.ex02.failed",
            "  once more   workshop verify ch09.ex02.failed --no-store",
            "*= documented results =*",
            "ch09: 21 claims: 1 failed, 12 holds [[]reproduced], 1 book wrong [[]corrected], 1 changed, *",
            "ch09 of our own: 1 claims: 1 holds [[]reproduced]",
        ]
    )
    for reason in (
        "open [undecided]: 2,048 runs could decide it.",
        "no data [unavailable]: other_data: it is nowhere; go and get it",
        "deferred: only the full procedure decides it: workshop verify ch09.ex05 --full",
        "not testable: a drawing only",
    ):
        assert reason in text
    assert "Traceback" not in text
    assert tally(project)["sixth"] == 20 + 3


def test_a_claim_that_recorded_runs_decide_fails_its_test_like_any_other(project, run_pytest, monkeypatch):
    """What the verdict rests on makes no difference to the outcome of any test, nor to the exit status."""
    verify = Engine.verify

    def on_recorded_runs(self: Engine, claims: Sequence[Claim]) -> Results:
        results = verify(self, claims)
        return replace(results, claims=tuple(replace(record, basis="recorded") for record in results.claims))

    monkeypatch.setattr(Engine, "verify", on_recorded_runs)
    result = run_pytest()

    result.assert_outcomes(passed=17, failed=1, skipped=4)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["ch09.ex02.failed: twice the value", "  failed      value is 4, not 1"])


def test_claims_are_selected_by_id_and_profile(project, run_pytest):
    """`-k` takes claim ids, `-m slow` what only the full procedure decides, `--full` decides it."""
    run_pytest("-k", "ch09.ex01.changed").assert_outcomes(passed=1, deselected=21)
    run_pytest("-m", "slow").assert_outcomes(skipped=1, deselected=21)
    run_pytest("-m", "slow", "--workshop-full").assert_outcomes(passed=1, deselected=21)


def test_an_interpreter_that_cannot_be_used(project, run_pytest):
    result = run_pytest("--workshop-python=nowhere")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = result.stdout.str() + result.stderr.str()
    assert "nowhere" in text
    assert "Traceback" not in text
    assert tally(project) == {}


def test_a_run_that_verified_nothing_is_red(project, run_pytest):
    result = run_pytest("-k", "unavailable or drawing")
    result.assert_outcomes(skipped=2, deselected=20)
    result.stdout.fnmatch_lines(["no claim was verified, so the run is red*"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_network_and_gpu_tests_are_skipped_with_reason_and_remedy(project, run_pytest):
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
    result = run_pytest("-rs")
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines_random(
        ["*needs a network: pytest --network", "*needs a GPU: run it on a machine that has one"]
    )
    run_pytest("--network").assert_outcomes(passed=2, skipped=1)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        *((["--seeds", count], "seeds") for count in ("0", "-1", "x")),
        *(
            (words, "there are no seed sets: --seeds 30 draws 30 seeds")
            for words in (["--seed-set"], ["--vary-seed=3"], ["--workshop-seed-set", "7"])
        ),
        (["--workshop-json", "r.json"], "pytest writes no results: use workshop verify --json FILE"),
    ],
)
def test_wrong_seeds_and_what_is_gone_are_wrong_usage(project, run_pytest, words, why):
    result = run_pytest(*words)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert why in result.stderr.str()


def test_an_unknown_chapter_is_named(project, run_pytest):
    project.makepyfile(test_toys=TESTS.replace("ch09", "ch99"))
    result = run_pytest()
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
def test_an_id_collects_the_claims_only(project, run_pytest, words, only):
    """Other test modules are not imported, and the header says so. Any other `-k` is pytest's own."""
    project.makefile(".ini", pytest=f"{INI}testpaths = test_toys.py test_engine.py\n")
    project.makepyfile(test_engine="import pathlib\npathlib.Path('engine').touch()\ndef test_other(): pass\n")
    result = run_pytest("--collect-only", *words)

    assert (project.path / "engine").exists() == (not only and "test_toys.py" not in words)
    assert ("claims only; engine's tests: pytest tests" in result.stdout.str()) == only
    assert ("test_documented_result[ch09.ex01.reproduced]" in result.stdout.str()) == only


def test_the_claims_are_found_by_the_packages_name(pytester, run_pytest):
    """Without any configuration, as from an installed wheel."""
    result = run_pytest("--pyargs", "workshop", "-k", "ch01.ex01", "--collect-only", "-q")

    assert result.ret == pytest.ExitCode.OK
    assert "::test_documented_result[ch01.ex01." in result.stdout.str()
    assert "ch01.ex02" not in result.stdout.str()


def test_elsewhere_the_plugin_is_inert(pytester, run_pytest):
    """Another project sees no header, no summary, no marker, and its short options are its own."""
    pytester.makeconftest(
        "def pytest_addoption(parser): parser.addoption('--full'); parser.addoption('--seeds')"
    )
    pytester.makepyfile("def test_a(request): assert request.config.getoption('--seeds') == '0'")
    result = run_pytest("--seeds", "0", "--full", "x", "--workshop-full")
    result.assert_outcomes(passed=1)
    for printed in ("workshop:", "documented results"):
        assert printed not in result.stdout.str()
    assert "workshop" not in run_pytest("--markers").stdout.str()


def test_checking_a_claim_elsewhere_is_refused(pytester, run_pytest):
    pytester.makepyfile("def test_a(check): pass")
    result = run_pytest()
    result.assert_outcomes(errors=1)
    assert "claims are checked if pytest's configuration says `workshop_suite = true`" in result.stdout.str()
