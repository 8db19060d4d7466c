"""What runs on a node of a cluster: tasks, each in a watched process, and questions about the node."""

from __future__ import annotations

import os
import pickle
from importlib import import_module
from pathlib import Path
from typing import Any

from workshop.execution.environment import Environment, this_environment
from workshop.execution.executor import Needs
from workshop.execution.interpreter import other_python
from workshop.execution.planner import installed
from workshop.execution.process_pool import Workers
from workshop.execution.processes import end_with_parent
from workshop.execution.surroundings import neutralise
from workshop.matrix.table import NAME
from workshop.matrix.virtualenvs import build_named


def environment_there(python: str, threads: int) -> Environment:
    """Return the environment of the interpreter on this node, with the surroundings neutralised."""
    neutralise()
    os.environ["WORKSHOP_THREADS"] = str(threads)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    path = interpreter(python)
    return this_environment(threads) if path is None else other_python(path).environment(threads)


def interpreter(python: str) -> Path | None:
    """Return the path of an interpreter that a path or a name of the matrix stands for; None for this one."""
    if not python:
        return None
    return build_named(python) if NAME.fullmatch(python) else Path(python)


def differences(there: Environment, here: Environment) -> str:
    """Say what differs between a node's environment and that of the run."""
    facts, wanted = there.facts(), here.facts()
    names = [name for name in {**wanted, **facts} if facts.get(name) != wanted.get(name)]
    return ", ".join(f"{n} {facts.get(n, 'missing')} instead of {wanted.get(n, 'none')}" for n in names)


def installed_there(python: str, name: str) -> bool:
    """Whether the interpreter on this node can import a library."""
    path = interpreter(python)
    return installed(name) if path is None else other_python(path).installed(name)


# of a Ray worker: its one process, which lives as long
_here: dict[float | None, Workers] = {}


def run_on_node(data: bytes, memory: int, limit: float | None) -> bytes:
    """Run a task in this Ray worker's process; return its value, what it raised, and what is known of it."""
    neutralise()
    if not _here:
        end_with_parent(os.getppid())  # the node's raylet: without it nobody asks for the answer
    workers = _here.setdefault(limit, Workers(1, limit))
    task = workers.submit(_run_pickled, data, needs=Needs(memory))
    workers.wait({task})
    raised = task.exception()
    node = import_module("ray").get_runtime_context().get_node_id()
    value = task.result() if raised is None else None
    return pickle.dumps((value, raised, task.written, task.peak, task.seconds, node))


def _run_pickled(data: bytes) -> Any:
    function, args = pickle.loads(data)  # noqa: S301 - of the driver, which could run anything here
    return function(*args)
