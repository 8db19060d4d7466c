"""The suite's own surroundings, and the last line that counts the tests without their data."""

import os
import time
from pathlib import Path

from tests import surroundings
from tests.surroundings import Place, place


def test_a_test_sees_the_suites_own_place():
    """Home, cache and working folder are empty and its own; what one test leaves there, no other finds."""
    before = os.umask(0o022)

    assert before == 0o022
    assert (Path.home(), Path.cwd()) == (place().home, place().work)
    assert Path(os.environ["WORKSHOP_CACHE"]) == place().folder / "cache"
    assert time.tzname[0] == "UTC"
    assert list(Path().iterdir()) == []
    Path("results").mkdir()
    Path("results/verify.json").write_text("{}", "utf-8")


def test_a_test_finds_no_results_of_another():
    assert not Path("results").exists()


def test_settings_of_the_reader_are_hidden(monkeypatch):
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
