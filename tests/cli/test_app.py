"""The command line: what it prints, what it writes, and its exit codes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import Result

from tests.toy.commands import invoke
from tests.toy.records import record
from workshop.datasets import registry
from workshop.execution.store import default_store
from workshop.ledger import ledger
from workshop.reporting.book_calls import book_calls
from workshop.verification.results import Results, remember

ROOT = Path(__file__).parents[2]


pytestmark = pytest.mark.usefixtures("own_place")


def flat(result: Result) -> str:
    """Return what was printed as one line."""
    return " ".join(result.stdout.split())


def test_list_counts_all_claims():
    result = invoke("list")
    book = [claim for claim in ledger().claims.values() if not claim.ours]

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith(f"{len(book)} claims")
    assert "ch02.ex05" in result.stdout


def test_list_names_corrections():
    listed = invoke("list").stdout

    assert listed.count(" Right: ") == sum(
        claim.correct is not None for claim in ledger().claims.values() if not claim.ours
    )


def test_a_unit_names_its_data_and_how_to_get_them():
    result = invoke("show", "Exercise 1.1")
    rows = [line.split() for line in result.stdout.splitlines()]

    assert [row[0] for row in rows if row and row[0] in {"Code", "Data"}] == ["Code", *["Data"] * 3]
    assert "missing: workshop data fetch " in flat(result)


def test_a_title_that_fits_one_unit_is_taken():
    """The first line says what it was taken for; a chapter is a line for each of its exercises."""
    shown = invoke("show", "building our first plain rnn model")
    chapter = invoke("show", "ch05")

    assert shown.stdout.startswith("Exercise 5.03 is ch05.ex03.\n")
    assert chapter.stdout.startswith("The Deep Learning Workshop, chapter 5: Deep Learning for Sequences\n")
    assert len(re.findall(r"^ch05\.", chapter.stdout, re.MULTILINE)) == len(ledger().chapters[4].units)


def test_show_prints_the_books_own_calls_to_paste():
    """Nothing else goes to the output; other units are refused, with those of the chapter that have them."""
    done, refused = (invoke("show", name, "--code") for name in ("5.03", "ch05.text01"))

    assert (done.exit_code, done.stdout) == (0, book_calls()["ch05.ex03"].text)
    assert refused.exit_code == 2
    assert "ch05.text01 is not one: ch05.act01, ch05.ex01, ch05.ex02" in refused.output


def test_no_arguments_show_the_help():
    """Without a command the help is shown."""
    result = invoke()

    assert result.exit_code == 2
    assert "Usage:" in result.output
    assert "verify" in result.output


def test_nothing_verified_is_no_success(tmp_path, toy_book):
    """A run that verified nothing exits with 1, and its JSON says of every claim why."""
    path = tmp_path / "results.json"

    result = invoke("verify", "ch09.ex05.deferred", "--offline", "--json", str(path))

    content = json.loads(path.read_text("utf-8"))
    assert result.exit_code == 1
    assert result.stdout.endswith("✘ Nothing was verified: 1 needs the long trainings.\n")
    ((verdict, reason),) = [(claim["verdict"], claim["reason"]) for claim in content["claims"]]
    assert (verdict, bool(reason)) == ("deferred", True)
    assert "The page    results.html\n" in result.stdout


def test_missing_data_is_no_failure():
    """A claim whose data is missing is unavailable, with the command that gets it; alone it is a failure."""
    result = invoke("verify", "ch01.ex01.label", "--offline", "--no-store")

    assert result.exit_code == 1
    assert re.search(r"∅ 1 has no data +workshop data fetch --missing\n    pizza_image +1 ", result.stdout)


def test_a_run_that_only_loses_is_said_and_fails_if_asked(toy_book):
    """What the last run decided and this one did not is named; `--fail-on lost` exits with 1, once."""
    name, decided = "ch09.ex05.deferred", "ch09.ex01.losses"
    lost = record(name, documented=50, measured=50)
    ended = []
    for options in ((), ("--fail-on", "lost")):
        remember(Results({}, (lost,)), default_store())
        ended.append(invoke("verify", name, decided, "--offline", *options))
    again = invoke("verify", name, decided, "--offline", "--fail-on", "lost")

    assert [result.exit_code for result in (*ended, again)] == [0, 1, 0]
    for result in ended:
        assert f"1 result was decided in the last run here and is not now: {name}." in flat(result)
    assert "decided in the last run" not in flat(again)


def test_data_list_fits_80_columns():
    """Every data set is listed with its whole id; the table is at most 80 columns wide."""
    result = invoke("data", "list")

    table = result.stdout.splitlines()[: 1 + len(list(registry()))]
    listed = {line.split()[0] for line in result.stdout.splitlines() if line and not line.startswith(" ")}
    assert result.exit_code == 0
    assert set(registry()) <= listed
    assert max(map(len, table)) <= 80
    assert "workshop data fetch NAME" in result.stdout


def test_data_check_exits_with_1_at_damage(tmp_path):
    """A damaged file in the cache is named, and fails the check; a second check finds nothing."""
    assert invoke("data", "check", "iris", "sonar").exit_code == 0
    for copy in (tmp_path / "cache").rglob("iris.csv"):
        copy.write_bytes(copy.read_bytes()[:-1])

    damaged = invoke("data", "check", "iris")
    again = invoke("data", "check", "iris")

    assert [damaged.exit_code, again.exit_code] == [1, 0]
    assert "was damaged" in damaged.stderr


def test_module_runs_as_a_program(shared_cache):
    result = subprocess.run(
        [sys.executable, "-m", "workshop", "show", "ch99"],
        capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT), "WORKSHOP_CACHE": str(shared_cache)},
    )  # fmt: skip

    assert result.returncode == 2
    assert result.stderr == "workshop: no claim or unit is named 'ch99': see `workshop list`\n"
