"""`workshop upgrade`: the run in the other environment, what is compared, and exit codes."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.toy.commands import invoke
from tests.toy.records import record
from workshop.ledger import ledger
from workshop.matrix.virtualenvs import NotBuilt
from workshop.untrusted import run_module
from workshop.verification.results import Record, Results
from workshop.verification.verdicts import Verdict

CLAIMS = ("ch02.ex04.accuracy", "ch02.ex04.n_samples", "ch05.ex03.total_params")
ENVIRONMENT = {"python": "3.11.7", "tensorflow": "2.20.0", "profile": "default", "device": "cpu"}
VERSION = "tensorflow==2.21.0"
MADE = "results/upgrade/tensorflow-2.21.0.json"


def recorded(name: str, verdict: Verdict = "reproduced") -> Record:
    """Return a record of a claim of the package that measured 1."""
    return record(ledger().claims.get(name, name), verdict, 1.0)


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Give an earlier run and an environment that needs no uv; return the command lines that are run."""
    monkeypatch.chdir(tmp_path)
    Path("results").mkdir()
    Results(ENVIRONMENT, tuple(map(recorded, CLAIMS))).write(Path("results/verify.json"))
    monkeypatch.setattr(
        "workshop.cli.upgrade.make_environment", lambda *given: Path("/environment/bin/python")
    )
    found: list[list[str]] = []
    monkeypatch.setattr("workshop.cli.upgrade.subprocess.run", runs(found, *map(recorded, CLAIMS)))
    return found


def runs(found: list[list[str]], *records: Record, code: int = 0) -> Any:
    """Return what stands in for the run: it writes results of a newer TensorFlow, if there are any."""

    def run(words: list[str], **_: Any) -> SimpleNamespace:
        found.append(list(words))
        if records:
            newer = {**ENVIRONMENT, "tensorflow": "2.21.0"}
            Results(newer, records).write(Path(words[words.index("--json") + 1]))
        return SimpleNamespace(returncode=code)

    return run


def test_the_run_is_a_command_line_of_its_own(calls: list[list[str]]) -> None:
    """It verifies what the patterns name, in the environment, into a file named by the versions."""
    result = invoke("upgrade", VERSION, "keras==3.15.1", "ch02", "5.03")

    (words,) = calls
    assert (result.exit_code, result.stderr) == (
        0,
        "workshop: environment with tensorflow 2.21.0, keras 3.15.1 …\n",
    )
    assert words == [
        sys.executable, *run_module("workshop"), "verify", "ch02", "5.03",
        "--python", "/environment/bin/python",
        "--json", "results/upgrade/tensorflow-2.21.0+keras-3.15.1.json",
    ]  # fmt: skip
    assert result.stdout.splitlines()[-1] == "✔ Nothing differs without a known reason."


def test_nightly_versions_name_their_age_and_file(
    calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that the index has are verified with what else is asked for."""
    found = {"tf-nightly": "2.23.0.dev20200101", "keras-nightly": "3.16.0.dev2020010104"}
    monkeypatch.setattr("workshop.cli.upgrade.find_nightly", lambda *given: dict(found))

    result = invoke("upgrade", "--nightly", "numpy==2.4.6", "2.04")

    (words,) = calls
    assert (result.exit_code, words[5]) == (0, "2.04")
    assert Path(words[-1]).name == "numpy-2.4.6+tf-nightly-2.23.0.dev20200101.json"
    assert result.stderr.count(" days old: no newer one is published") == 2


# the verdict in the earlier run and in the new one, the exit code, and what is printed
ENDS = [
    ("reproduced", "reproduced", 0, "Nothing differs"),
    ("reproduced", "unavailable", 0, "Other data here: 1 result"),
    ("reproduced", "undecided", 0, "Not decided everywhere: 1 result"),
    ("failed", "reproduced", 1, "Unexplained: 1 result"),
    ("failed", "failed", 1, "Failed wherever decided: 1 result"),
    ("deferred", "failed", 1, "1 result newly failed"),
    ("reproduced", "failed", 1, f"Since when?  workshop bisect {CLAIMS[0]} --library tensorflow"),
    ("reproduced", "refuted", 1, "1 result differs, and nothing recorded says why"),
]


@pytest.mark.parametrize(("before", "after", "code", "text"), ENDS)
def test_what_changed(
    before: str, after: str, code: int, text: str, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is unexplained or failed ends with 1, and has the command that finds since when."""
    others = tuple(map(recorded, CLAIMS[1:]))
    Results(ENVIRONMENT, (recorded(CLAIMS[0], before), *others)).write(Path("old.json"))
    new = runs(calls, recorded(CLAIMS[0], after), *others, code=code)
    monkeypatch.setattr("workshop.cli.upgrade.subprocess.run", new)

    result = invoke("upgrade", VERSION, "--against", "old.json")

    assert result.exit_code == code
    assert text in result.stdout


def test_only_what_was_verified_is_compared(calls: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims that the patterns leave out are not a difference, and the earlier results stay as they are."""
    before = Path("results/verify.json").read_bytes()
    monkeypatch.setattr("workshop.cli.upgrade.subprocess.run", runs(calls, recorded(CLAIMS[0])))

    result = invoke("upgrade", VERSION, CLAIMS[0])

    assert result.exit_code == 0
    assert CLAIMS[2] not in result.stdout
    assert "1 result with the same verdict and value in all runs." in result.stdout
    assert Path("results/verify.json").read_bytes() == before


@pytest.mark.parametrize(("code", "records"), [(2, CLAIMS), (130, CLAIMS), (1, ())])
def test_a_run_that_did_not_finish_is_not_compared(
    code: int, records: tuple[str, ...], calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke("upgrade", VERSION)
    assert Path(MADE).exists()
    monkeypatch.setattr(
        "workshop.cli.upgrade.subprocess.run", runs(calls, *map(recorded, records), code=code)
    )

    result = invoke("upgrade", VERSION)

    assert (result.exit_code, result.stdout) == (1, "")
    assert f"ended with exit code {code}: see the lines above" in result.stderr


WRONG = [
    (["--nightly", "keras==3.15.1"], "--nightly has its own TensorFlow and Keras"),
    (["tensorflow==x"], "'tensorflow==x' is not an exact version of a library"),
    (["numpy[evil]==2.0.0"], "'numpy[evil]==2.0.0' has extras or a condition"),
    (["numpy==2.0.0; python_version<'3'"], "has extras or a condition"),
    ([VERSION, "ch99"], "no claim is named 'ch99'"),
    (
        [VERSION, "--against", "none.json"],
        "none.json: there is no earlier run: workshop verify --json none.json",
    ),
]


@pytest.mark.parametrize(("words", "message"), WRONG)
def test_wrong_usage_is_one_line(words: list[str], message: str, calls: list[list[str]]) -> None:
    result = invoke("upgrade", *words)

    (line,) = result.stderr.splitlines()
    assert (result.exit_code, result.stdout, calls) == (2, "", [])
    assert message in line


def test_an_environment_that_can_not_be_built_is_one_line(
    calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: object) -> Path:
        raise NotBuilt("tensorflow==2.21.0 can't be installed: the index does not answer")

    monkeypatch.setattr("workshop.cli.upgrade.make_environment", refuse)

    result = invoke("upgrade", VERSION)

    assert (result.exit_code, calls) == (1, [])
    assert result.stderr.splitlines()[-1] == (
        "workshop: tensorflow==2.21.0 can't be installed: the index does not answer"
    )


def test_the_earlier_run_is_not_overwritten(calls: list[list[str]]) -> None:
    """Results that this run would write can't be compared with it, and stay."""
    invoke("upgrade", VERSION)

    result = invoke("upgrade", VERSION, "--against", MADE)

    assert (result.exit_code, len(calls)) == (2, 1)
    assert f"{MADE} is where this run goes: copy it" in result.stderr
    assert Path(MADE).exists()
