"""The command line: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from workshop.cli.app import app
from workshop.datasets import reachability, registry
from workshop.execution.store import default_store
from workshop.ledger import ledger
from workshop.reporting.book_calls import book_calls
from workshop.verification.results import Record, Results, remember

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty cache and folder, and no mirror, so that nothing of this machine counts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("WORKSHOP_STORE", raising=False)
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)
    monkeypatch.setattr(reachability, "_refused", {})
    monkeypatch.setenv("COLUMNS", "80")


def flat(result: Result) -> str:
    """Return what was printed as one line."""
    return " ".join(result.stdout.split())


def run(*arguments: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, list(arguments))


def test_list_counts_all_claims() -> None:
    """All claims of the book are listed, under their units, and counted."""
    result = run("list")
    book = [claim for claim in ledger().claims.values() if not claim.ours]

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith(f"{len(book)} claims")
    assert "ch02.ex05" in result.stdout


def test_list_of_a_pattern() -> None:
    """A pattern lists its claims only: unit, then claims with the printed value."""
    result = run("list", "ch01.text01")

    lines = result.stdout.splitlines()
    assert lines[0].startswith("ch01.text01  Machine Learning")
    assert "iris_head6  5.1, 3.5, 1.4, 0.2, setosa; " in lines[1]
    assert lines[-1] == "2 claims"


def test_list_names_corrections() -> None:
    """What is right stands below what the book prints."""
    listed = run("list").stdout

    assert listed.count(" Right: ") == sum(
        claim.correct is not None for claim in ledger().claims.values() if not claim.ours
    )


def test_list_as_json() -> None:
    """The JSON has one record a claim with the promised keys."""
    content = json.loads(run("list", "ch01.text01", "--json").stdout)

    assert list(content) == ["claims"]
    assert [c["id"] for c in content["claims"]] == ["ch01.text01.iris_head6", "ch01.text01.columns"]
    assert content["claims"][1] == {
        "id": "ch01.text01.columns",
        "unit": "ch01.text01",
        "ours": False,
        "kind": "exact",
        "documented": ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"],
        "statement": None,
        "test": None,
        "tested_as": None,
        "correct": None,
        "needs": ["iris"],
    }


def test_show_a_claim() -> None:
    """A claim is shown with its printed value and what decides it, and all else on demand."""
    result = run("show", "ch01.text01.columns")

    assert result.exit_code == 0
    assert result.stdout.startswith("· not run yet   ch01.text01.columns\n  Column names of the sample")
    assert "  Decided by  it has to be equal\n" in result.stdout
    assert "not verified on this machine yet" in result.stdout
    assert "kind" not in result.stdout
    assert "\n    rule: equal\n" in run("show", "ch01.text01.columns", "--verbose").stdout


@pytest.mark.parametrize("name", ["ch01.ex01", "1.01", "Exercise 1.1", "CH1.EX1"])
def test_show_a_unit(name: str) -> None:
    """A unit is shown with page, what it does, code, data and how to get it, and claims."""
    result = run("show", name)

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    if name != "ch01.ex01":
        assert lines.pop(0) == "Exercise 1.01 is ch01.ex01."
    assert lines[0].startswith("Exercise 1.01 · Image and Speech Recognition Demo (p. 7)")
    rows = [line.split() for line in lines]
    assert ["In", "Python", 'workshop.exercise("1.01")'] in rows
    assert [row[0] for row in rows if row and row[0] in {"Code", "Data"}] == ["Code", *["Data"] * 3]
    assert "missing: workshop data fetch " in " ".join(result.stdout.split())
    assert ["book"] in rows  # before a run there are no verdicts, and no values next to the book's
    assert ["label", "pizza"] in rows
    assert lines[2].startswith("  A network trained on ImageNet names what a photograph shows")
    assert "Pitfalls" in lines


def test_a_title_that_fits_one_unit_is_taken() -> None:
    """The first line says what it was taken for; a chapter is a line for each of its exercises."""
    shown = run("show", "building our first plain rnn model")
    chapter = run("show", "ch05")

    assert shown.stdout.startswith("Exercise 5.03 is ch05.ex03.\n")
    assert chapter.stdout.startswith("The Deep Learning Workshop, chapter 5: Deep Learning for Sequences\n")
    assert len(re.findall(r"^ch05\.", chapter.stdout, re.MULTILINE)) == len(ledger().chapters[4].units)


def test_what_a_run_found_is_listed_and_shown(toy_book: Any) -> None:
    """Words of readers and the engine's names select by the last run; own claims are listed on demand."""
    run("verify", "ch09.ex01.losses", "--offline")

    for word in ("holds", "reproduced"):
        lines = run("list", "ch09.ex01", "ch09.ex02", "--verdict", word).stdout.splitlines()
        assert lines[-1] == f"1 claim with the verdict {word} in the last run"
        assert ["✔", "holds", "losses"] in [line.split()[:3] for line in lines]
    both = run("list", "ch09.ex02", "ch09.ex01").stdout
    assert {"ch09.ex01", "ch09.ex02"} == {line.split()[0] for line in both.splitlines() if line[0] == "c"}
    assert run("list", "--own").stdout.splitlines()[-1] == "21 claims, and 1 of the suite's own"
    assert re.search(r"\n✔ holds +losses +0\.75, 0\.5, 0\.25 +same\n", run("show", "ch09.ex01").stdout)
    assert run("show", "ch09.ex01.losses").stdout.startswith("✔ holds   ch09.ex01.losses\n")


def test_show_prints_the_books_own_calls_to_paste() -> None:
    """Nothing else goes to the output; other units are refused, with those of the chapter that have them."""
    done, refused = (run("show", name, "--code") for name in ("5.03", "ch05.text01"))

    assert (done.exit_code, done.stdout) == (0, book_calls()["ch05.ex03"].text)
    assert refused.exit_code == 2
    assert "ch05.text01 is not one: ch05.act01, ch05.ex01, ch05.ex02" in refused.output


# arguments, what the one line must say
WRONG_USAGE = [
    (["show", "ch01.text99"], "no claim or unit is named 'ch01.text99': see `workshop list ch01`"),
    (["list", "ch08"], "no claim is named 'ch08': see `workshop list`"),
    (["verify", "ch01", "ch08"], "no claim is named 'ch08': see `workshop list`"),
    (["verify", "--json", ".", "ch01"], "--json .: it is a folder: name a file"),
    (["data", "fetch", "irys"], "no data set is named 'irys': did you mean iris, "),
    (["data", "check", "iris", "irys"], "no data set is named 'irys': did you mean iris, "),
    (["verify", "--seeds", "0"], "Invalid value for '--seeds'"),
    (["verify", "--sedes", "3"], "No such option: --sedes"),
    (["show"], "Missing argument 'CLAIM_OR_UNIT'"),
    (["shwo"], "No such command 'shwo'"),
    (["data", "lst"], "No such command 'lst'"),
    (["list", "--verdict", "fine"], "no verdict is called 'fine': one of failed, holds, wrong, "),
    (["list", "--verdict", "wrong"], "nothing was verified on this machine yet: run `workshop verify`"),
    (["report"], "there are no results yet: run `workshop verify`, which writes results/verify.json"),
    (["record"], "no unit is named: workshop record 5.04"),
    (["record", "ch02.ex99"], "no unit is named 'ch02.ex99': see `workshop list ch02`"),
    (["record", "ch02.ex05", "--seeds", "4"], "Invalid value for '--seeds'"),
    (["verify", "--vary-seed", "3"], "there are no seed sets: --seeds 30 draws 30 seeds"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG_USAGE)
def test_wrong_usage(arguments: list[str], message: str) -> None:
    """Wrong usage is one line, and exits with 2."""
    result = run(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("workshop: ")
    assert message in line


def test_no_arguments_show_the_help() -> None:
    """Without a command the help is shown."""
    result = run()

    assert result.exit_code == 2
    assert "Usage:" in result.output
    assert "verify" in result.output


def test_version() -> None:
    """The version is shown."""
    result = run("--version")

    assert (result.exit_code, result.stdout) == (0, "workshop 0.1.0\n")


# environment, arguments, what the one line must say
NOT_RECORDED = [
    ({"CI": "true"}, ["ch02.ex05"], "never in CI: unset CI to record"),
    ({"CI": ""}, ["ch01.text01"], "ch01.text01: no claim is decided on its reference sample"),
]


@pytest.mark.parametrize(("environment", "arguments", "message"), NOT_RECORDED)
def test_what_is_not_recorded(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], arguments: list[str], message: str
) -> None:
    """A reference is refused in CI, and where no claim rests on it, in one line; exits with 1."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    result = run("record", *arguments)

    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert message in line


def test_show_says_what_was_recorded_of_a_stochastic_claim(toy_book: Any) -> None:
    """The recorded runs and their spread, and what repeated seeds notice."""
    quiet = run("show", "ch09.ex06.loss").stdout
    shown = " ".join(run("show", "ch09.ex06.loss", "--verbose").stdout.split())

    assert "  Recorded    64 runs of ch09.ex06, " in quiet
    assert " median -0.1857" in quiet
    assert " unit: ch09.ex06 runs: 64 " in shown
    assert " - -0.1857" in shown
    assert re.search(r" notices: repeated: 0\.\d+ ", shown)


def test_nothing_verified_is_no_success(tmp_path: Path, toy_book: Any) -> None:
    """A run that verified nothing exits with 1, and its JSON says of every claim why."""
    path = tmp_path / "results.json"

    result = run("verify", "ch09.ex05.deferred", "--offline", "--json", str(path))

    content = json.loads(path.read_text("utf-8"))
    assert result.exit_code == 1
    assert result.stdout.endswith("✘ Nothing was verified: 1 needs the long trainings.\n")
    ((verdict, reason),) = [(claim["verdict"], claim["reason"]) for claim in content["claims"]]
    assert (verdict, bool(reason)) == ("deferred", True)
    assert "The page    results.html\n" in result.stdout


def test_missing_data_is_no_failure() -> None:
    """A claim whose data is missing is unavailable, with the command that gets it; alone it is a failure."""
    result = run("verify", "ch01.ex01.label", "--offline", "--no-store")

    assert result.exit_code == 1
    assert re.search(r"∅ 1 has no data +workshop data fetch --missing\n    pizza_image +1 ", result.stdout)


def test_a_run_that_only_loses_is_said_and_fails_if_asked(toy_book: Any) -> None:
    """What the last run decided and this one did not is named; `--fail-on lost` exits with 1, once."""
    name, decided = "ch09.ex05.deferred", "ch09.ex01.losses"
    lost = Record(name, "ch09.ex05", False, "reproduced", 50, 50, {}, "equal", None, (), 0.0, "")
    ended = []
    for options in ((), ("--fail-on", "lost")):
        remember(Results({}, (lost,)), default_store())
        ended.append(run("verify", name, decided, "--offline", *options))
    again = run("verify", name, decided, "--offline", "--fail-on", "lost")

    assert [result.exit_code for result in (*ended, again)] == [0, 1, 0]
    for result in ended:
        assert f"1 result was decided in the last run here and is not now: {name}." in flat(result)
    assert "decided in the last run" not in flat(again)


def test_data_list_fits_80_columns() -> None:
    """Every data set is listed with its whole id; the table is at most 80 columns wide."""
    result = run("data", "list")

    table = result.stdout.splitlines()[: 1 + len(list(registry()))]
    listed = {line.split()[0] for line in result.stdout.splitlines() if line and not line.startswith(" ")}
    assert result.exit_code == 0
    assert set(registry()) <= listed
    assert max(map(len, table)) <= 80
    assert "workshop data fetch NAME" in result.stdout


def test_data_check_exits_with_1_at_damage(tmp_path: Path) -> None:
    """A damaged file in the cache is named, and fails the check; a second check finds nothing."""
    assert run("data", "check", "iris", "sonar").exit_code == 0
    for copy in (tmp_path / "cache").rglob("iris.csv"):
        copy.write_bytes(copy.read_bytes()[:-1])

    damaged = run("data", "check", "iris")
    again = run("data", "check", "iris")

    assert [damaged.exit_code, again.exit_code] == [1, 0]
    assert "was damaged" in damaged.stderr


def test_module_runs_as_a_program(shared_cache: Path) -> None:
    """`python -m workshop` is the same command line, exit code included."""
    result = subprocess.run(
        [sys.executable, "-m", "workshop", "show", "ch99"],
        capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT), "WORKSHOP_CACHE": str(shared_cache)},
    )  # fmt: skip

    assert result.returncode == 2
    assert result.stderr == "workshop: no claim or unit is named 'ch99': see `workshop list`\n"
