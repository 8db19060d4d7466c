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
from tests.machines import MACHINES, TRAITS, NotPlayed
from tests.selection import shuffle
from workshop.samples.recording_repeats import SETS


def test_the_machines_of_the_night_have_every_trait() -> None:
    """None has one that is not in the table, and no name means two things."""
    assert {trait for traits in MACHINES.values() for trait in traits} == {*TRAITS}
    assert {*MACHINES}.isdisjoint(TRAITS)
    assert all(trait.vectors in {"", *SETS} for trait in TRAITS.values())


def test_names_are_machines_and_traits_are_one_machine() -> None:
    """Without a name all of the table are played."""
    assert machines.chosen_machines([]) == MACHINES
    assert machines.chosen_machines(["zone", "offline", "umask"]) == {
        "offline": MACHINES["offline"],
        "zone-umask": ["zone", "umask"],
    }


def test_an_unknown_name_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """It plays nothing."""
    assert machines.main(["zone", "abroud"]) == 2
    assert capsys.readouterr().err == "machines: nothing is named abroud: --list lists machines and traits\n"


def test_the_list_says_what_each_is(capsys: pytest.CaptureFixture[str]) -> None:
    """All machines and traits, a line each."""
    assert machines.main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [*MACHINES, *TRAITS]


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


def test_options_are_for_the_tests_alone(root: Path) -> None:
    """Nothing is verified for them, unless a trait needs results."""
    assert machines.main(["zone", "--", "-x"]) == 0
    assert seen(root, "zone", "tests").words == [*machines.TESTS, "-x"]
    assert machines.main(["part", "--", "-x"]) == 0

    names = sorted(path.name for path in (root / "outputs").iterdir())
    assert names == ["part-tests.txt", "part-verify.txt", "zone-tests.txt"]


def test_results_of_another_version_lie_there(root: Path) -> None:
    """What `verify` has written is made older before the tests run."""
    assert machines.main(["old"]) == 0

    assert seen(root, "old", "verify").results is False
    assert seen(root, "old", "tests").results == {
        "schema": "workshop-results/1",
        "environment": {"workshop": "0.0.1", "tensorflow": "2.15.0"},
    }


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


def test_a_narrower_processor_is_played_by_each_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the variables with which repeats are recorded; NumPy does without all features that it has above."""
    answers = SimpleNamespace(stdout="SSE42 AVX2 X86_V3 X86_V4 AVX512_ICL\n")
    monkeypatch.setattr(machines.subprocess, "run", lambda *_, **__: answers)
    monkeypatch.setattr(machines, "vector_set", lambda _: "avx512f")

    variables = {name: machines.vectors(name, Path("python")) for name in ("sse4_2", "avx2", "avx512f")}
    assert {name: each["NPY_DISABLE_CPU_FEATURES"] for name, each in variables.items()} == {
        "sse4_2": "AVX2 X86_V3 X86_V4 AVX512_ICL",
        "avx2": "X86_V4 AVX512_ICL",
        "avx512f": "",
    }
    assert all(each.items() > SETS[name].items() for name, each in variables.items())


def test_features_are_those_of_the_interpreter(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another Python has another NumPy, whatever the order of the traits."""
    asked: list[Path] = []
    monkeypatch.setattr(machines, "interpreter", lambda version: root / "bin" / f"python{version}")
    monkeypatch.setattr(machines, "vectors", lambda name, python: asked.append(python) or {})
    machines.main(["sse4_2", "python3.10", "--", "-x"])

    assert {path.name for path in asked} == {"python3.10"}


def test_a_language_needs_its_locale(tmp_path: Path) -> None:
    """One that can't be made is left out."""
    with pytest.raises(NotPlayed, match=r"makes no xx_XX: sudo apt-get install locales$"):
        machines.language("xx_XX", tmp_path)


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
