"""The suite of faults judges rightly: what is lost, left or wrong is counted, and put into a table."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from faults.__main__ import ATTACKS, PAGE, main
from faults.attacks import JSON, TARGETS
from faults.damage import DAMAGES, ODD, _use
from faults.judging import (
    COLUMNS,
    Tally,
    answer_of_cache,
    answer_of_page,
    answer_of_reference,
    answer_of_results,
    damaged,
    differing,
    leftovers,
    lost,
    outcomes,
    put_between,
    summary,
    table,
    tracebacks,
)
from faults.running import Lab, Place


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a store of two entries."""
    for name in ("aa", "bb"):
        (tmp_path / "store" / name).mkdir(parents=True)
        (tmp_path / "store" / name / f"{name}.outcome").write_bytes(name.encode() * 50)
    return tmp_path / "store"


def test_entries_that_are_gone_or_changed_are_lost(store: Path) -> None:
    """A new entry is none; one that has other bytes, is gone, or is not a file any more is lost."""
    before = outcomes(store)
    (store / "cc.outcome").write_bytes(b"c")
    assert sorted(before) == ["aa.outcome", "bb.outcome"]
    assert lost(before, outcomes(store)) == []

    (store / "aa" / "aa.outcome").write_bytes(b"other")
    (store / "bb" / "bb.outcome").unlink()
    (store / "bb" / "bb.outcome").mkdir()
    assert lost(before, outcomes(store)) == ["aa.outcome", "bb.outcome"]


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_changes_the_entry(name: str, store: Path) -> None:
    """No attack on an entry leaves it as it was."""
    before = outcomes(store)
    DAMAGES[name](store / "aa" / "aa.outcome", store / "bb" / "bb.outcome")
    assert "aa.outcome" in lost(before, outcomes(store))


SAID = ["workshop: store: entry aa.outcome is damaged (it is not a file): it is computed again"]
USES: dict[str, tuple[list[str], int | None, str, str]] = {
    "as it should": (SAID, 0, "", ""),
    "a sound entry is gone": (SAID, 0, "-store/bb.outcome", "lost"),
    "no line for the odd one": ([], 0, "", "wrong"),
    "two lines for it": (SAID * 2, 0, "", "wrong"),
    "exit code 1": (SAID, 1, "", "wrong"),
    "it waits for ever": (SAID, None, "", "wrong"),
    "no results": (SAID, 0, "-results/r.json", "wrong"),
    "what it names is imported": (SAID, 0, "ran", "wrong"),
    "a part is left": (SAID, 0, "store/.bb.part", "leaks"),
}


@pytest.mark.parametrize("case", USES)
def test_a_run_on_an_odd_store_is_judged(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual answer, one line for the odd entry, all sound entries, and nothing else."""
    said, code, file, counted = USES[case]

    def start(lab: Lab, place: Place, words: tuple[str, ...], wrap: object = ()) -> SimpleNamespace:
        _results(place.root / JSON)
        if file.startswith("-"):
            (place.root / file[1:]).unlink()
        elif file:
            (place.root / file).touch()
        return SimpleNamespace(text="\n".join(said), end=lambda limit: code)

    monkeypatch.setattr(Lab, "start", start)
    tally = Tally("shared")
    with Lab(seed=1) as lab:
        place = lab.place()
        (place.store / "bb.outcome").write_bytes(b"b")
        usual = answer_of_results(_results(lab.root / "usual.json"))
        _use(lab, tally, place, usual, outcomes(place.store), 1)

    assert [name for name in ("lost", "wrong", "leaks") if getattr(tally, name)] == counted.split()


def test_output_is_searched_for_tracebacks_and_damage() -> None:
    """A traceback counts once, by its exception and place; a warning of a damaged entry is found."""
    warning = "workshop: store: entry aa.outcome is damaged (its head): it is computed again"
    text = f"{warning}\nTraceback (most recent call last):\n  File …\nOSError: disk full\n"
    assert tracebacks(text) == ["OSError: disk full; File …"]
    assert tracebacks("9 of 12 claims decided") == []
    assert damaged(text) == [warning]


def test_leftovers_are_temporary_files_and_unfinished_downloads(tmp_path: Path) -> None:
    """Parts anywhere, what is in `incoming`, and all in the folder of temporary files; nothing else."""
    for name in (
        "cache/imdb/.a.csv.12.part",
        "cache/incoming/tmpx/f",
        "cache/iris/iris.csv",
        "tmp/workshop-1/f",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = leftovers([tmp_path / "cache", tmp_path / "none"], tmp_path / "tmp")
    names = [path.relative_to(tmp_path).as_posix() for path in found]
    assert names == ["cache/imdb/.a.csv.12.part", "cache/incoming/tmpx", "tmp/workshop-1"]
    assert answer_of_cache(tmp_path / "cache").keys() == {"iris/iris.csv"}


def _results(path: Path, **changed: object) -> Path:
    claim = {"id": "ch01.ex01.a", "verdict": "reproduced", "documented": 1, "measured": 1, "beside": {}}
    claim = {**claim, "margin": None, "seeds": [], "seconds": 0.5, "reason": "", **changed}
    path.write_text(json.dumps({"claims": [claim]}), "utf-8")
    return path


def test_answers_differ_by_verdict_and_value_and_not_by_time(tmp_path: Path) -> None:
    """Seconds and reasons may differ; a killed run may have no results, a finished one must have all."""
    usual = answer_of_results(_results(tmp_path / "a.json"))
    slower = answer_of_results(_results(tmp_path / "b.json", seconds=9.0, reason="from the store"))
    other = answer_of_results(_results(tmp_path / "c.json", measured=2))
    none = answer_of_results(tmp_path / "none.json")

    assert differing(usual, slower, finished=True) == []
    assert differing(usual, other, finished=True) == ["ch01.ex01.a"]
    assert differing(usual, none, finished=True) == ["ch01.ex01.a"]
    assert differing(usual, none, finished=False) == []
    (tmp_path / "a.json").write_text('{"claims": [', "utf-8")
    with pytest.raises(ValueError, match="Expecting value"):
        answer_of_results(tmp_path / "a.json")


def test_a_half_written_page_or_reference_is_no_part_of_the_answer(tmp_path: Path) -> None:
    """A page counts by its bytes, a reference by the values of each seed and not by its seconds."""
    page, reference = tmp_path / "page.html", tmp_path / "ch02.ex05.json"
    page.write_text("<html></html>", "utf-8")
    whole = answer_of_page(page)
    page.write_text("<html>", "utf-8")
    assert differing(whole, answer_of_page(page), finished=False) == ["page.html"]

    runs = [{"seed": seed, "mishap": "", "values": [seed], "seconds": 0.1} for seed in (1, 3)]
    reference.write_text(json.dumps({"runs": runs}), "utf-8")
    recorded = answer_of_reference(reference)
    reference.write_text(json.dumps({"runs": [{**runs[0], "seconds": 2.0}]}), "utf-8")
    assert differing(recorded, answer_of_reference(reference), finished=False) == []
    assert differing(recorded, answer_of_reference(reference), finished=True) == ["3"]


def test_the_table_has_a_row_for_each_attack() -> None:
    """Figures, the slowest end, and the reason of what is skipped; anything but 0 is not clean."""
    killed = Tally("kill: verify", tries=16, hit=15)
    interrupted = Tally("SIGINT", tries=5, hit=5, skipped="")
    interrupted.ended(1.26)
    interrupted.ended(0.4)
    interrupted.count("leaks", ["a.part", "b.part", "c.part", "d.part"])
    skipped = Tally("full disk", skipped="mount: must be superuser")

    lines = table([killed, interrupted, skipped]).splitlines()

    assert lines[0] == f"| {' | '.join(COLUMNS)} |"
    assert lines[2:5] == [
        "| kill: verify | 16 | 15 | 0 | 0 | 0 | 0 | 0 |  |",
        "| SIGINT | 5 | 5 | 0 | 0 | 0 | 4 | 0 | 1.3 s |",
        "| full disk | skipped |  |  |  |  |  |  |  |",
    ]
    assert lines[-1] == "Skipped: full disk: mount: must be superuser."
    assert [tally.clean for tally in (killed, interrupted, skipped)] == [True, False, True]
    assert interrupted.notes == ["leaks: a.part; b.part; c.part and 1 more"]


def test_the_figures_go_between_the_markers() -> None:
    """The text around them stays, also the second time; the documentation has them."""
    page = PAGE.read_text("utf-8")
    once = put_between(page, "| a |")
    assert put_between(put_between(page, "| b |"), "| a |") == once
    assert once.partition("<!-- faults -->")[0] == page.partition("<!-- faults -->")[0]
    with pytest.raises(ValueError, match="the page has no"):
        put_between("# Reliability", "| a |")


def test_the_documentation_has_the_clean_sums_of_each_attack() -> None:
    """Nothing is lost, left or wrong in the figures that are shown."""
    expected = {
        *(f"kill: {target.name}" for target in TARGETS),
        *("kill one worker", "SIGINT", "SIGTERM"),
        *(f"{count} at once{more}" for count in (2, 4) for more in ("", ", TensorFlow")),
        *(f"{kind} disk" for kind in ("full", "read-only", "foreign")),
        *(f"entry: {name}" for name in DAMAGES),
        *(f"shared: {name}" for name in ODD),
        *(f"former store, mode {mode}" for mode in ("0644", "0600")),
        "store of another user, mode 0600",
    }
    clean = ", ".join(f"0 {name}" for name in COLUMNS[3:8])
    shown = re.search(r"^(\d+) attacks, \d+ tries, (.*); the slowest", PAGE.read_text("utf-8"), re.MULTILINE)
    assert shown
    assert shown.groups() == (str(len(expected)), clean)


def test_the_sums_leave_out_what_is_skipped() -> None:
    """They have the columns of the table."""
    killed, interrupted = (
        Tally("kill: verify", tries=16, hit=15),
        Tally("SIGINT", tries=5, leaks=4, slowest=1.26),
    )
    said = summary([killed, interrupted, Tally("full disk", skipped="mount: must be superuser")])

    assert said == (
        "2 attacks, 21 tries, 0 lost, 0 tracebacks, 0 orphans, 4 leaks, 0 wrong; the slowest end took 1.3 s."
    )


def test_an_unknown_attack_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage is exit code 2, and names what there is."""
    assert main(["kil"]) == 2
    assert capsys.readouterr().err == f"faults: no attack is named kil: one of {', '.join(ATTACKS)}\n"


def test_orphans_are_found_by_their_mark_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that carries the mark of the runs counts, and is killed."""
    lab = Lab(seed=1)
    command = [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"]
    environment = {"WORKSHOP_FAULTS": lab.token}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as child:
        child.stdout.read(1)
        assert lab.marked() == [child.pid]
        assert lab.kill_orphans(patience=0) == [f"process {child.pid}"]
        assert child.wait(60) == -signal.SIGKILL
    assert lab.kill_orphans() == []
    lab.root.rmdir()


def test_a_lab_leaves_nothing_behind() -> None:
    """Its folders are gone when it ends, with the handlers of signals that it took."""
    before = signal.getsignal(signal.SIGTERM)
    with Lab(seed=1, tries=2) as lab:
        place = lab.place()
        (place.cache / "x.part").touch()
        assert [lab.count(5), lab.count(1)] == [2, 1]
        assert isinstance(place, Place)
    assert not lab.root.exists()
    assert signal.getsignal(signal.SIGTERM) == before
