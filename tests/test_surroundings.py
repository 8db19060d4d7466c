"""The suite's own surroundings, and the last line that counts the tests without their data."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import surroundings
from tests.surroundings import Place, place

ROOT = Path(__file__).parents[1]


def test_a_test_sees_the_suites_own_place() -> None:
    """Home, cache and working folder are empty and its own; what one test leaves there, no other finds."""
    before = os.umask(0o022)

    assert before == 0o022
    assert (Path.home(), Path.cwd()) == (place().home, place().work)
    assert Path(os.environ["WORKSHOP_CACHE"]) == place().folder / "cache"
    assert time.tzname[0] == "UTC"
    assert list(Path().iterdir()) == []
    Path("results").mkdir()
    Path("results/verify.json").write_text("{}", "utf-8")


def test_a_test_finds_no_results_of_another() -> None:
    """So it is also when the test before has left some."""
    assert not Path("results").exists()


def test_settings_of_the_reader_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the machine stay, such as the instructions with which libraries compute."""
    settings = {
        **dict.fromkeys(("WORKSHOP_MIRROR", "WORKSHOP_STORE", "WORKSHOP_THREADS", "LANG", "LC_TIME"), "x"),
        **dict.fromkeys(("NO_COLOR", "COLUMNS", "TERM", "CI", "XDG_RUNTIME_DIR", "KERAS_HOME"), "x"),
        **dict.fromkeys(("HOME", "TZ", "LC_ALL", "WORKSHOP_CACHE"), "x"),
    }
    machine = {"PATH": "x", "ONEDNN_MAX_CPU_ISA": "AVX2", "WORKSHOP_FUZZ": "5"}
    monkeypatch.setattr(surroundings, "READERS", {**settings, **machine})

    made = Place()

    assert {*made.variables} - {*machine} == {
        *("HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"),
        *("WORKSHOP_CACHE", "LC_ALL", "TZ"),
    }
    assert machine.items() <= made.variables.items()
    assert "x" not in {made.variables[name] for name in {*made.variables} - {*machine}}


LACKING = """
import os

def test_words_are_lacked(book_data):
    book_data("nltk_punkt", "cifar10")

def test_photographs_are_lacked(with_data):
    with_data("cifar10")

def test_a_service_is_not_fetched(book_data):
    book_data("gtts_service")

def test_this_is_not_of_the_suite():
    assert os.environ["WORKSHOP_CACHE"].endswith("readers")
"""


def test_the_last_line_counts_what_is_lacked(tmp_path: Path) -> None:
    """Tests and claims of a worker, by data set, with the command, just before pytest's own line."""
    (tmp_path / "test_lacking.py").write_text(LACKING, "utf-8")
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "tests.surroundings", "-p", "tests.data"),
            *("-p", "no:cacheprovider", "-q", str(tmp_path), "workshop/test_claims.py", "-n", "1"),
            *("-k", "lacking or ch04.text03"),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "WORKSHOP_CACHE": str(tmp_path / "readers")},
        capture_output=True,
        text=True,
        check=False,
    )

    *_, ours, last = answer.stdout.splitlines()
    assert last.startswith("3 passed, 4 skipped"), answer.stdout + answer.stderr
    assert ours == (
        "3 tests were skipped for want of data: nltk_punkt 2, cifar10 2: workshop data fetch --missing"
    )
