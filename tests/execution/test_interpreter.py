"""Another interpreter: the same outcomes as here, its own environment, a line where it does not work."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.toy.commands import invoke
from workshop import datasets
from workshop.book import package_book
from workshop.cli.common import resolve_python
from workshop.execution.calling import Call
from workshop.execution.environment import _keras_inside, this_environment
from workshop.execution.interpreter import NoRunner, OtherPython
from workshop.ledger import ledger
from workshop.verification.engine import Engine

UNITS = """
from typing import Tuple

@dataclass(frozen=True)
class A:
    a: float

@dataclass(frozen=True)
class B:
    b: tuple
    array: np.ndarray

@unit("ch09.ex01")
def drawn(seed) -> A:
    tally("drawn")
    print("what a library prints")
    return A(float(np.random.default_rng(seed).random() + np.random.random()))

@unit("ch09.ex02")
def with_two_parts(scale=(2, 3)) -> B:
    tally("one part")
    return B(("text", None, scale), np.arange(6, dtype=np.float32).reshape(scale))

@unit("ch09.ex02", value="d")
def other_part() -> float:
    return 0.1 + 0.2

@unit("ch09.ex03")
def taking(ch09_ex01, ch09_ex02) -> A:
    assert ch09_ex02.b == ("text", None, (2, 3)) and ch09_ex02.array.dtype == np.float32
    return A(ch09_ex01.a + float(ch09_ex02.array.sum()) + ch09_ex02.d)

@unit("ch09.ex04")
def together(seeds) -> Tuple[A, ...]:
    tally(f"together-{len(seeds)}")
    return tuple(A(float(seed % 1000)) for seed in seeds)

@unit("ch09.ex05")
def failing() -> A:
    raise ValueError("as it must")

@unit("ch09.ex06", value="c")
def not_storable() -> object:
    return {1, 2}

@unit("ch09.ex07", uses="no_such_library")
def missing() -> A:
    return A(1.0)
"""
MEASURES = {
    "ch09.ex01.drawn": "a", "ch09.ex02.array": "array", "ch09.ex03.taken": "a", "ch09.ex04.together": "a",
    "ch09.ex05.failing": "a", "ch09.ex06.kept": "c", "ch09.ex07.missing": "a",
}  # fmt: skip


@pytest.fixture
def interpreter(tmp_path) -> Callable[..., Path]:
    """Return a function that makes an interpreter of its own path, with more on its path or other lines."""

    def make(*lines: str, name: str = "python", path: Path = tmp_path) -> Path:
        made = tmp_path / name
        started = f'PYTHONPATH="$PYTHONPATH:{path}" exec {sys.executable} "$@"'
        made.write_text("\n".join(["#!/bin/sh", *lines, started]) + "\n")
        made.chmod(0o755)
        return made

    return make


@pytest.mark.parametrize(
    ("processes", "stored"),
    [
        (1, True),
        (1, False),
        (2, True),
        pytest.param(2, False, marks=pytest.mark.nightly),
    ],
)
def test_the_same_records_as_here(bench, interpreter, processes, stored):
    bench.units(UNITS)
    bench.seed_count = 3
    rule = {"at_least": {"bound": 0}}
    bench.claims(*({"id": name, "measure": m, "rule": rule} for name, m in MEASURES.items()))
    here = {name: (r.verdict, r.measured, r.seeds, r.reason) for name, r in bench.verify().items()}
    computed = sorted(bench.tally())
    bench.tallies.unlink()

    records = bench.verify(python=interpreter(), processes=processes, store=bench.store if stored else None)

    assert {name: (r.verdict, r.measured, r.seeds, r.reason) for name, r in records.items()} == here
    assert sorted(bench.tally()) == computed == ["drawn"] * 3 + ["one", "part", "together-3"]
    assert here["drawn"][0] == here["taken"][0] == "reproduced"
    assert "raised ValueError: as it must" in here["failing"][3]
    assert "Outcome.c is of type set" in here["kept"][3]
    assert here["missing"][0] == "unavailable"
    bench.tallies.unlink()
    bench.verify(python=interpreter(), store=bench.store)
    assert (bench.tally() == []) is stored


@pytest.mark.parametrize(
    "names",
    [
        ("ch02.act01.head", "ch02.act01.n_rows"),
        # with TensorFlow
        pytest.param(("ch02.ex05.repeats",), marks=pytest.mark.nightly),
    ],
)
def test_data_are_read_there_and_checked_against_their_checksums(with_data, names):
    claims = [ledger().claims[name] for name in names]
    with_data(*{name for claim in claims for name in claim.needs})
    here, there = (
        Engine(package_book(), python=python).verify(claims).claims for python in (None, Path(sys.executable))
    )
    assert [(r.id, r.verdict, r.measured) for r in there] == [(r.id, r.verdict, r.measured) for r in here]
    assert {record.verdict for record in there} == {"reproduced"}


def test_the_environment_is_that_of_the_interpreter(interpreter, tmp_path):
    info = tmp_path / "more" / "keras-99.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: keras\nVersion: 99.1\n")
    environment = Engine(package_book(), python=interpreter(path=tmp_path / "more")).environment
    assert environment.versions["keras"] == "99.1"
    assert environment.versions["python"] == this_environment().versions["python"]
    assert environment.digest_text() != this_environment().digest_text()


def test_keras_inside_tensorflow_tells_its_version(tmp_path):
    class Installed:
        def locate_file(self, name: str) -> Path:
            return tmp_path / name

    folder = tmp_path / "tensorflow_core" / "python" / "keras"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(
        "if tf2.enabled():\n  __version__ = '2.3.0-tf'\nelse:\n  __version__ = '2.2.4-tf'\n"
    )
    assert _keras_inside(Installed()) == "2.2.4"


def test_an_interpreter_that_stops_is_reported_in_a_line(interpreter):
    python = interpreter("echo 'No module named numpy' >&2; exit 3")
    with pytest.raises(NoRunner) as error:
        OtherPython(python).environment()
    assert str(error.value) == (
        f"{python} stopped with exit code 3 (its last lines above): it needs NumPy and what the units use"
    )


@pytest.mark.parametrize("command", [["verify", "ch01.text02"], ["record", "ch02.act01"]])
def test_a_path_that_is_no_interpreter_is_one_line(tmp_path, command, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    result = invoke(*command, "--python", str(tmp_path / "none"))
    assert result.exit_code == 1
    assert result.stderr == (
        f"workshop: {tmp_path / 'none'} does not start (No such file or directory): "
        "name a Python interpreter\n"
    )


KILLED = """
import signal

@dataclass(frozen=True)
class A:
    a: int

@unit("ch09.ex01")
def killed_once() -> A:
    gate = Path(os.environ["TOY_TALLY"]).with_name("gate")
    if gate.exists():
        gate.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return A(1)

@unit("ch09.ex02")
def killed(seeds) -> Tuple[A, ...]:
    tally("killed")
    os.kill(os.getpid(), signal.SIGKILL)

@unit("ch09.ex03")
def fine() -> A:
    return A(1)
"""


def test_a_killed_interpreter_costs_its_own_unit_alone(bench, interpreter):
    bench.units("from typing import Tuple\n" + KILLED)
    (bench.folder / "gate").touch()
    names = ["killed_once", "killed", "fine"]
    bench.claims(*({"id": f"ch09.ex0{n}.{name}", "measure": "a"} for n, name in enumerate(names, 1)))

    records = bench.verify(python=interpreter())

    assert {name: record.verdict for name, record in records.items()} == {
        "killed_once": "reproduced", "killed": "failed", "fine": "reproduced",
    }  # fmt: skip
    assert records["killed"].reason == (
        "ch09.ex02:killed#0: its process was killed by signal 9 (SIGKILL), twice; out of memory?"
    )
    assert bench.tally() == ["killed", "killed"]


def test_an_interrupted_order_is_not_answered_later(interpreter, monkeypatch):
    """The answer that comes too late would be taken for that of the next order."""
    python = OtherPython(interpreter())
    python.environment()

    def interrupt(_: int) -> str:
        raise KeyboardInterrupt

    stdout = SimpleNamespace(readline=interrupt, close=python._process.stdout.close)
    monkeypatch.setattr(python._process, "stdout", stdout)
    with pytest.raises(KeyboardInterrupt):
        python.environment()
    assert python.installed("no_such_library") is False
    assert python.environment().threads == 1
    python.close()


def test_an_interpreter_ends_with_the_process_that_started_it(bench, interpreter, until):
    bench.units(
        """
import time

@dataclass(frozen=True)
class A:
    a: int

@unit("ch09.ex01")
def long() -> A:
    tally(os.getpid())
    time.sleep(300)
"""
    )
    bench.claims({"id": "ch09.ex01.a"})
    process = bench.run(python=str(interpreter()))
    until(lambda: len(bench.tally()) == 1)
    (pid,) = map(int, bench.tally())

    process.kill()
    process.communicate()

    until(lambda: not _lives(pid))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")  # a zombie that nobody has collected does not live
    return not stat.exists() or ") Z " not in stat.read_text("utf-8")


def test_a_command_on_the_path_names_an_interpreter(tmp_path, monkeypatch):
    command = tmp_path / "python9"
    command.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir("/")
    assert resolve_python(Path("python9")) == command
    assert resolve_python(Path("venv/bin/python")) == Path("/venv/bin/python")
    assert resolve_python(Path("python10")) == Path("/python10")
    assert resolve_python(None) is None


PROGRAMS = {
    "prints": ("echo hello; sleep 60", "answers 'hello', as no runner of units does"),
    "prints a path": ("read x; echo ../../../../etc/passwd; sleep 60", "as no runner of units does"),
    "prints a null byte": ("read x; printf 'a\\0b\\n'; sleep 60", "as no runner of units does"),
    "prints without an end": ("cat /dev/zero", "as no runner of units does"),
    "never answers": ("exec sleep 60", "did not answer within 2 s"),
    "is not a text": ("printf '\\377\\376\\n'; sleep 60", "as no runner of units does"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_is_no_python_is_one_line(name, tmp_path, bench):
    text, why = PROGRAMS[name]
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    program.chmod(0o755)
    engine = Engine(package_book(), python=program, timeout=2)

    begun = time.monotonic()
    with pytest.raises(NoRunner, match=why) as raised:
        engine.environment  # noqa: B018
    assert "\n" not in str(raised.value)
    assert str(program) in str(raised.value)
    assert time.monotonic() - begun < 20


def test_an_order_says_where_each_data_set_is(monkeypatch):
    python, orders = OtherPython(Path(sys.executable)), list[Any]()
    monkeypatch.setattr(python, "_ask", lambda *_, call, **__: orders.append(call) or [])
    found = datasets.find("iris", offline=True)
    assert isinstance(found, datasets.Found)
    python.call(Call("m", "f", (), (), (), {}, {"iris": found}, {}))
    assert orders[0].data["iris"]["key"] == f"iris {found.checksum}"
