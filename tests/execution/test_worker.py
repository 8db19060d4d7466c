"""The runner of another interpreter, here in this one: each order has an answer, at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from workshop.execution import worker
from workshop.execution.calling import Call, Made
from workshop.execution.codec import MESSAGES, decode, encode
from workshop.execution.environment import this_environment
from workshop.execution.processes import package_uri
from workshop.units import unit

HOMES = (*MESSAGES, __name__)


@dataclass(frozen=True)
class Out:
    """An outcome."""

    size: Any


@unit("ch09.ex01")
def measured(toy_data, other_data, ch09_ex02, seeds) -> tuple[Out, ...]:
    """Return the data for the first seed, and what can't be written for others."""
    return tuple(Out([toy_data, other_data, ch09_ex02.size] if seed == 5 else object()) for seed in seeds)


def edition(name: str, key: str, **settings: Any) -> dict[str, Any]:
    """Return what an order says of a data set."""
    paths, arrays = {"file": f"/data/{name}"}, {"array": "a checksum"}
    return {"id": name, "key": key, "loader": "m:f", "paths": paths, "settings": settings, "arrays": arrays}


def call(*keys: str, **data: Any) -> dict[str, Any]:
    """Return an order to call the function above."""
    data = {"toy_data": edition("toy", "toy 1", size=3), "other_data": edition("other", "other 1"), **data}
    marks = tuple(f"mark of {key}" for key in keys)
    outcomes = {"ch09.ex02": (Out(1),)}
    made = Call(__name__, "measured", keys, tuple(range(5, 5 + len(keys))), marks, {}, data, outcomes)
    return {"order": "call", "call": made}


@pytest.fixture
def answers(tmp_path, monkeypatch) -> Any:
    """Return a function that returns the answers to orders, and what was called on the way."""
    calls: list[Any] = []
    read, write = os.pipe()
    os.set_blocking(read, False)  # an answer that is not sent at once is an error

    def orders(texts: list[Any], found: list[Any]) -> Iterator[str]:
        for number, order in enumerate(texts):
            (tmp_path / f"{number}.order").write_bytes(encode(order))
            yield f"{number}.order {__name__}\n"
            assert os.read(read, 999) == f"{number}.answer {package_uri()}\n".encode()
            found.append(decode((tmp_path / f"{number}.answer").read_bytes(), HOMES))

    def ask(*texts: Any) -> list[Any]:
        found: list[Any] = []
        system = SimpleNamespace(argv=["worker", str(tmp_path)], stdin=orders(list(texts), found))
        monkeypatch.setattr(worker, "sys", system)
        worker.main()
        return found

    def note(name: str, value: Any = None) -> Any:
        return lambda *words, **named: calls.append((name, *words, *named.items())) or value

    stream = os.fdopen(write, "w")
    system = {
        "dup": note("dup", 50),
        "dup2": note("dup2"),
        "fdopen": note("fdopen", stream),
        "getppid": lambda: 33,
    }
    monkeypatch.setattr(worker, "os", SimpleNamespace(**system))
    monkeypatch.setattr(signal, "signal", note("signal"))
    monkeypatch.setattr(worker, "end_with_parent", note("end with"))
    monkeypatch.setattr("workshop.datasets.readers.read", note("read", [1, 2]))
    monkeypatch.setattr(worker, "verify", note("verify"))
    worker._read.cache_clear()
    yield ask, calls
    stream.close()
    os.close(read)


def test_each_order_is_answered(answers):
    ask, calls = answers
    environment, *there = ask(
        {"order": "environment"},
        {"order": "installed", "name": "json"},
        {"order": "installed", "name": "no_such_library"},
    )
    assert environment == this_environment()
    assert there == [True, False]
    assert calls == [
        ("signal", signal.SIGINT, signal.SIG_IGN),
        ("end with", 33),
        ("dup", 1),
        ("fdopen", 50, "w"),
        ("dup2", 2, 1),
    ]


def test_a_function_is_called_with_data_that_are_read_and_verified_once(answers):
    ask, calls = answers
    first, second = ask(call("a", "b"), call("a", toy_data=edition("toy", "toy 2")))
    good, bad = first
    assert (good.outcome, good.failure) == (Out([[1, 2], [1, 2], 1]), None)
    assert bad.outcome is None
    assert bad.failure.startswith("b: Out.size is of type object")
    assert [type(each) for each in second] == [Made]
    assert calls[5:] == [
        ("read", "m:f", {"file": Path("/data/toy")}, ("size", 3)),
        ("verify", "toy", [1, 2], {"array": "a checksum"}),
        ("read", "m:f", {"file": Path("/data/other")}),
        ("verify", "other", [1, 2], {"array": "a checksum"}),
        ("read", "m:f", {"file": Path("/data/toy")}),
        ("verify", "toy", [1, 2], {"array": "a checksum"}),
    ]
