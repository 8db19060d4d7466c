"""The table of machines: each trait is played, and what a machine can't play is left out with the reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import machines
from tests.machines import MACHINES, TRAITS
from tests.selection import shuffle
from workshop.samples.recording_repeats import SETS


def test_the_machines_of_the_night_have_every_trait() -> None:
    """None has one that is not in the table, and no name means two things."""
    assert {trait for traits in MACHINES.values() for trait in traits} == {*TRAITS}
    assert {*MACHINES}.isdisjoint(TRAITS)
    assert all(trait.vectors in {"", *SETS} for trait in TRAITS.values())


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a repository, and commands that say where they run, and are red if told so."""
    root, programs = tmp_path / "root", tmp_path / "bin"
    for folder in (root, programs):
        folder.mkdir()
    (root / "file").touch()
    for command in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "all")):
        settings = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        subprocess.run(["git", *settings, *command], cwd=root, check=True)
    program = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path
mask = os.umask(0)
results = Path("results/verify.json")
seen = {{"words": sys.argv[1:], "variables": dict(os.environ), "umask": mask, "folder": os.getcwd()}}
seen["results"] = results.exists() and json.loads(results.read_text())
print(json.dumps(seen))
if "verify" in sys.argv and "--json" in sys.argv:
    results.parent.mkdir()
    results.write_text(json.dumps({{"schema": "workshop-results/2", "environment": {{"workshop": "1"}}}}))
if "red" in sys.argv:
    print("FAILED tests/test_a.py")
    sys.exit(1)
print("== 3 passed ==")
"""
    for name in ("workshop", "pytest"):
        (programs / name).write_text(program)
        (programs / name).chmod(0o755)
    monkeypatch.setattr(machines, "ROOT", root)
    monkeypatch.setattr(machines, "OUTPUTS", tmp_path / "outputs")
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    return tmp_path


def seen(root: Path, name: str, command: str) -> SimpleNamespace:
    """Return where a machine's command ran, and with what."""
    line = (root / "outputs" / f"{name}-{command}.txt").read_text().splitlines()[0]
    return SimpleNamespace(**json.loads(line))


def test_a_machine_sees_nothing_of_this_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has a clone, a home and no setting of the person who plays it, but for the mirror."""
    for name in ("WORKSHOP_STORE", "WORKSHOP_CACHE", "WORKSHOP_MIRROR", "XDG_CACHE_HOME", "CI", "LC_ALL"):
        monkeypatch.setenv(name, "of this one")
    assert machines.main(["umask", "blank", "zone"]) == 0

    for command in ("verify", "tests"):
        ran = seen(root, "umask-blank-zone", command)
        assert Path(ran.folder).name == "a clone"
        assert ran.umask == 0o077
        given = [name for name, value in ran.variables.items() if value == "of this one"]
        assert given == ["WORKSHOP_MIRROR"]
        assert ran.variables["HOME"] != os.environ["HOME"]
        assert ran.variables["TZ"] == "Pacific/Chatham"
        assert ran.variables["PYTHONPATH"] == ran.folder
    assert ran.words == [*machines.TESTS]


def test_what_is_red_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The failed tests, and a row for each command; the other one still runs."""
    assert machines.main(["part", "--", "red"]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert "    FAILED tests/test_a.py" in lines
    assert [line.split()[:3] for line in lines[-2:]] == [
        ["part", "verify", "green"],
        ["part", "tests", "RED"],
    ]


def test_what_can_not_be_played_is_left_out(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wider processor and a Python that is not here; a machine of nothing else is no success."""
    monkeypatch.setattr(machines, "vector_set", lambda _: "avx2")
    monkeypatch.setattr(machines, "find_python", lambda _: None)

    assert machines.main(["avx512f", "zone"]) == 0
    assert "left out: a processor with AVX-512: this processor has avx2" in capsys.readouterr().out
    assert machines.main(["avx512f", "python3.13"]) == 1
    assert "left out: Python 3.13: no Python 3.13 on PATH" in capsys.readouterr().out


def test_an_order_has_each_file_at_once() -> None:
    """The same seed gives the same order, another one another."""
    items = [SimpleNamespace(path=Path(file), number=number) for file in "abcd" for number in range(5)]

    def order(seed: str) -> list[tuple[str, int]]:
        mixed = items[:]
        shuffle(mixed, seed)  # type: ignore[arg-type]
        return [(str(item.path), item.number) for item in mixed]

    files = [file for file, _ in order("1")]
    assert order("1") == order("1") != order("2")
    assert sorted(order("1")) == [(str(item.path), item.number) for item in items] != order("1")
    assert sum(before != after for before, after in pairwise(files)) == 3
