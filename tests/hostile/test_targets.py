"""Targets and disks: checks beforehand, output to `-` and special files, and full disks."""

import errno
import json
import os
import shutil
import stat
import sys
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from tests.toy.commands import invoke
from workshop.datasets import array_cache
from workshop.execution import store
from workshop.execution.interpreter import OtherPython
from workshop.training import checkpoints
from workshop.verification.engine import Engine

RUN = ["verify", "ch09.ex01.losses", "--offline"]


pytestmark = pytest.mark.usefixtures("own_place", "toy_book")


def full(*_: object, **__: object) -> NoReturn:
    """Fail as a write to a full disk does."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def results_file() -> Path:
    """Verify a claim, and return its results file."""
    assert invoke(*RUN, "--json", "verify.json").exit_code == 0
    return Path("verify.json")


def test_nothing_runs_for_a_target_that_can_not_be_written(monkeypatch):
    Path("file").touch()
    monkeypatch.setattr(Engine, "__init__", lambda *_, **__: pytest.fail("an engine was made"))

    result = invoke(*RUN, "--json", "file/v.json")

    assert result.exit_code == 2


@pytest.mark.parametrize("target", ["-", "/dev/stdout"])
def test_results_on_standard_output_are_alone(target):
    result = invoke(*RUN, "--json", target)

    assert result.exit_code == 0
    assert json.loads(result.stdout)["claims"][0]["verdict"] == "reproduced"
    assert "Nothing disagrees: 1 of 1 results" in result.stderr
    assert [path.name for path in Path().iterdir()] == ["cache"]


def test_reports_and_comparisons_on_standard_output(results_file):
    copy = shutil.copy(results_file, "copy.json")
    page = invoke("report", str(results_file), "--output", "-")
    compared = invoke("compare", str(results_file), copy, "--html", "-")
    gone = invoke("compare", str(results_file), copy, "--json", "-")

    assert (page.exit_code, page.stderr) == (0, "")
    assert page.stdout.startswith("<!doctype html>")
    assert page.stdout.rstrip().endswith("</html>")
    assert compared.stdout.startswith("<!doctype html>")
    assert (gone.exit_code, gone.stdout) == (2, "")
    assert gone.stderr.startswith("workshop: there is no `workshop compare --json` any more: use --html")


def test_special_files_are_written_to(results_file):
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        written = invoke(*RUN, "--json", "pipe")
        content = json.loads(os.read(reader, 1 << 20))
    finally:
        os.close(reader)

    assert written.exit_code == 0
    assert content["schema"] == "workshop-results/3"
    assert stat.S_ISFIFO(Path("pipe").stat().st_mode)
    assert not Path("pipe.html").exists()
    assert invoke("report", str(results_file), "--output", "/dev/null").exit_code == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_links_are_followed():
    Path("folder").mkdir()
    Path("link.json").symlink_to("folder/real.json")

    assert invoke(*RUN, "--json", "link.json").exit_code == 0

    assert Path("link.json").is_symlink()
    assert "workshop-results/3" in Path("folder/real.json").read_text("utf-8")


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_results_and_pages_have_the_mode_that_the_umask_leaves(mask, mode):
    """What was made to be shared can be read by others, unless the user's umask says no."""
    before = os.umask(mask)
    try:
        invoke(*RUN, "--json", "verify.json")
    finally:
        os.umask(before)

    for name in ("verify.json", "verify.html"):
        assert stat.S_IMODE(Path(name).stat().st_mode) == mode


def test_names_are_no_markup():
    result = invoke(*RUN, "--json", "[/x].json")

    assert result.exit_code == 0
    assert "The page    [/x].html\n" in result.stdout


def test_what_was_computed_is_shown_before_it_is_written(monkeypatch):
    monkeypatch.setattr("workshop.verification.results.write_atomically", full)

    result = invoke(*RUN, "--json", "verify.json")

    assert result.exit_code == 2
    assert "Nothing disagrees: 1 of 1 results" in result.stdout
    text = "no space left on device: free some space, or name a place on another disk"
    assert result.stderr == f"workshop: --json verify.json: {text}\n"


@pytest.mark.parametrize("words", ["report verify.json --output", "compare verify.json copy.json --html"])
def test_an_earlier_page_stays_whole_on_a_full_disk(words, results_file, monkeypatch):
    shutil.copy(results_file, "copy.json")
    assert invoke(*words.split(), "page.html").exit_code == 0
    before, there = Path("page.html").read_bytes(), sorted(Path().iterdir())

    def half(path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        if b"<!doctype html>" in content:
            full()

    monkeypatch.setattr(Path, "write_bytes", half)
    result = invoke(*words.split(), "page.html")

    assert result.exit_code == 2
    assert "page.html: no space left on device" in result.stderr
    assert (Path("page.html").read_bytes(), sorted(Path().iterdir())) == (before, there)


def test_a_store_that_fills_up_costs_no_outcome(monkeypatch):
    monkeypatch.setattr(store, "_given_up", set())
    monkeypatch.setattr("workshop.execution.store.write_atomically", full)
    monkeypatch.setattr("workshop.verification.results.write_atomically", full)

    result = invoke("verify", "ch09.ex01", "ch09.ex05.recorded", "--offline", "--jobs", "1")

    assert result.exit_code == 0
    line, page = result.stderr.splitlines()
    assert line.startswith("workshop: store: ")
    assert "can't be written (no space left on device): not everything is stored" in line
    assert page.startswith("workshop: results/part.json: no space left on device: ")


def test_locks_that_can_not_be_made_cost_no_outcome(monkeypatch):
    monkeypatch.setattr(store, "_given_up", set())
    monkeypatch.setattr("workshop.execution.store._file_lock", full)

    result = invoke(*RUN)

    assert result.exit_code == 0
    assert result.stderr.count("\n") == 1


def test_a_checkpoint_on_a_full_disk_ends_no_training(tmp_path, monkeypatch, caplog):
    checkpoints._warn.cache_clear()
    checkpoints.save(tmp_path, {"epoch": np.array(1)})
    monkeypatch.setattr(np, "savez", full)

    checkpoints.save(tmp_path, {"epoch": np.array(2)})
    checkpoints.save(tmp_path, {"epoch": np.array(3)})
    kept_before = checkpoints.restore(tmp_path)

    assert kept_before is not None
    assert kept_before["epoch"] == 1
    assert not list(tmp_path.glob("*.part"))
    (message,) = caplog.messages
    assert message == f"{tmp_path}: no space left on device: if this run is killed, the training begins again"


@pytest.mark.parametrize("fault", ["cache", "disk"])
def test_data_is_read_without_a_cache(fault, monkeypatch):
    if fault == "cache":
        monkeypatch.setenv("WORKSHOP_CACHE", "/dev/null")
    else:
        monkeypatch.setattr(array_cache, "write_atomically", full)
    value = type("Vectors", (), {"as_arrays": lambda _: {"rows": np.zeros(2)}})()

    assert array_cache.load_cached("word_vectors", "some checksum", lambda: value) is value


def test_another_python_answers_wherever_temporary_files_are(tmp_path, monkeypatch):
    (tmp_path / "line\nend").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "line\nend"))
    other = OtherPython(Path(sys.executable))
    try:
        assert other.installed("numpy")
    finally:
        other.close()


NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
# a call, the file that it would cost, and why not
LOST = [
    ("check --csv a.ipynb b.ipynb", "a.ipynb", "--csv a.ipynb: it has the name of a notebook or a zip file"),
    ("check . --csv a.ipynb", "a.ipynb", "--csv a.ipynb: this command reads it"),
    ("check a.ipynb --html link", "a.ipynb", "--html link: this command reads it"),
    ("check a.ipynb --csv a.json", "a.json", "--csv a.json: it is there, and is not a table of `workshop"),
    (
        "compare --html a.json b.json c.json",
        "a.json",
        "--html a.json: it is there, and is not a page of ours",
    ),
    ("report notes.json", "notes.html", "--output notes.html: it is there, and is not a page of"),
    ("verify ch09.ex01.losses --json a.ipynb", "a.ipynb", "--json a.ipynb: it has the name of a notebook"),
]


@pytest.mark.parametrize(("call", "name", "why"), LOST)
def test_no_command_costs_a_file(call, name, why, results_file):
    pytest.importorskip("nbformat", reason="reads notebooks: pip install 'workshop[notebooks]'")
    for copied in ("a.json", "b.json", "c.json", "notes.json"):
        shutil.copy(results_file, copied)
    for written in ("a.ipynb", "b.ipynb"):
        Path(written).write_text(NOTEBOOK, "utf-8")
    Path("notes.html").write_text("<!DOCTYPE html><title>my notes</title>", "utf-8")
    Path("link").symlink_to("a.ipynb")
    before = Path(name).read_bytes()

    result = invoke(*call.split())

    (line,) = result.stderr.splitlines()
    assert (Path(name).read_bytes(), result.exit_code) == (before, 2)
    assert line.startswith(f"workshop: {why}")
    assert line.endswith(": name another file")


def test_a_page_of_others_costs_no_results(results_file):
    Path("mine.html").write_text("my notes", "utf-8")

    result = invoke(*RUN, "--json", "mine.json")

    assert (result.exit_code, Path("mine.html").read_text("utf-8")) == (0, "my notes")
    assert "no page, but the results are complete (UsageError mine.html: it is there, and is" in result.stderr
    assert Path("mine.json").exists()


AGAIN = [
    "verify ch09.ex01.losses --offline --json run.json",
    "report verify.json --output page.html",
    "compare verify.json copy.json --html both.html",
    "check a.ipynb --html checked.html --csv checked.csv",
]


@pytest.mark.parametrize("call", AGAIN)
def test_each_command_runs_twice(call, results_file):
    pytest.importorskip("nbformat", reason="reads notebooks: pip install 'workshop[notebooks]'")
    shutil.copy(results_file, "copy.json")
    Path("a.ipynb").write_text(NOTEBOOK, "utf-8")
    Path("checked.csv").write_text("\ufefffile,exercise,found,fits,unusual,differs,cause\r\n", "utf-8")

    first, second = invoke(*call.split()), invoke(*call.split())

    assert (first.stdout, first.exit_code) == (second.stdout, second.exit_code)
    assert "is there" not in second.stderr
