"""Pools, on one interface: `submit(task)` gives a future. Here: the processes of this machine.

A process that is killed ends its whole pool in `concurrent.futures` and in Pebble, and neither replaces one
for the memory that it keeps. So each thread of a pool of the standard library has one process of its own.
"""

from __future__ import annotations

import contextlib
import logging
import math
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from workshop.execution.caching import run_calls
from workshop.execution.calling import Call
from workshop.execution.environment import Environment
from workshop.execution.interpreter import close_all
from workshop.execution.noise import Noise, mark, redirect, since
from workshop.execution.processes import (
    children_ignoring_interrupts,
    end_with_parent,
    forget_peak_memory,
    killed_each_time,
    peak_memory,
    resident_memory,
)
from workshop.untrusted import enter, outside, working_folder

log = logging.getLogger("workshop.execution")

_CONTEXT = multiprocessing.get_context("spawn")
# the working folder is that of all threads, and so are the exit codes of processes
_LOCK = threading.Lock()
# a process that is asked to end gets so long, then it is killed
_SECONDS_TO_END = 0.75
_LONGEST_LOOK = 86400.0  # seconds: the system waits for no longer than 24 days
# a process that keeps more bytes is replaced: TensorFlow never frees the graphs of Keras' `fit`
KEPT = 1_900_000_000
# a part that used more bytes earlier runs in a new process
MOST = 2_500_000_000
# a process that keeps fewer has run nothing
FRESH = 250_000_000


@dataclass(frozen=True)
class Task:
    """Calls of one part, with the folder of the store and the interpreter that they run with.

    `peak` is the most memory that the part was seen to use, in bytes, 0 if it never was. On a cluster with
    GPUs it takes one of them if it `computes` with TensorFlow.
    """

    name: str
    calls: Sequence[Call]
    store: Path | None = None
    python: Path | None = None
    peak: float = 0
    computes: bool = False


@dataclass(frozen=True)
class Answer:
    """What a task returned or raised, and the last lines that its process wrote to standard error.

    `peak` is the most memory that the process had in use at once, in bytes, and `seconds` the time that the
    task took on its process, with imports.
    """

    value: Any
    raised: Exception | None
    written: str
    peak: int
    seconds: float


class Failed(Exception):
    """A task has no outcome: why, and the last lines that its process wrote to standard error."""

    def __init__(self, why: str, written: str = "") -> None:
        super().__init__(why, written)
        self.why, self.written = why, written


class Killed(Exception):
    """The process of a task ended before the task did; `code` is negative for a signal, None if unknown."""

    def __init__(self, code: int | None, written: str = "") -> None:
        super().__init__(code, written)
        self.code, self.written = code, written


def show(name: str, written: str, what: str = "failed") -> None:
    """Show what a group wrote to standard error before it failed, or something else became of it."""
    if written.strip():
        log.warning("%s %s; the last lines that it wrote:", name, what)
        for line in written.splitlines():
            log.warning("  %s", line)


class Pool(ABC):
    """Runs up to `cores` tasks at once in other processes, each on a thread of this one.

    A task fails after `limit` seconds, None for no limit, and when its process was killed `tries` times.
    `peak` is the most memory that a task had in use at once, in bytes.
    """

    tries = 2

    def __init__(self, cores: int, limit: float | None = None) -> None:
        self.cores, self.limit = cores, limit
        self.peak = 0
        self.closed = False

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.cores)

    def submit(self, task: Task) -> Future[Answer]:
        """Start a task; its future gives the answer of `run_calls`, or raises Failed."""
        return self._threads.submit(self._try, task)

    @abstractmethod
    def compute(self, task: Task) -> Answer:
        """Run a task once, and wait for it. Raises Failed, Killed."""

    def close(self) -> None:
        """End all tasks, whatever they do."""
        self.closed = True
        self._threads.shutdown(cancel_futures=True)

    def _try(self, task: Task) -> Answer:
        codes: list[int | None] = []
        while len(codes) < self.tries:
            try:
                answer = self.compute(task)
            except Killed as killed:
                if self.closed:
                    raise CancelledError from None
                codes.append(killed.code)
                written = killed.written
                if len(codes) < self.tries:
                    show(task.name, written, "was killed, and is tried again")
                continue
            if answer.raised is not None:
                show(task.name, answer.written)
                raise answer.raised
            return answer
        raise Failed(killed_each_time(codes), written)


class Cluster(Pool):
    """A pool on other machines, which all compute in one environment; this process writes the store."""

    @abstractmethod
    def environment(self) -> Environment:
        """Return the environment in which the machines compute."""

    @abstractmethod
    def installed(self, name: str) -> bool:
        """Whether the machines can import a library."""


class Here(Pool):
    """Runs a task in this process when it is submitted."""

    def submit(self, task: Task) -> Future[Answer]:
        future: Future[Answer] = Future()
        future.set_result(self.compute(task))
        return future

    def compute(self, task: Task) -> Answer:
        size, begun = mark(), time.monotonic()
        value = run_calls(task.calls, task.store, task.python)
        return Answer(value, None, since(size), 0, time.monotonic() - begun)


class Workers(Pool):
    """Processes of this machine, which write the store themselves; they start when needed and stay.

    One that keeps more than KEPT bytes of memory is replaced, and so is one that has run something, for a
    task that used more than MOST.
    """

    def __init__(self, cores: int, limit: float | None = None) -> None:
        super().__init__(cores, limit)
        self._own = threading.local()
        self._workers: list[_Worker] = []

    def compute(self, task: Task) -> Answer:
        return self.call(run_calls, task.calls, task.store, task.python, fresh=task.peak > MOST)

    def call(self, function: Callable[..., Any], *args: Any, fresh: bool = False) -> Answer:
        """Call a function in this thread's process, a `fresh` one if need be. Raises Failed, Killed."""
        worker = self._worker_of(FRESH if fresh else KEPT)
        try:
            answer = worker.run(function, args, self.limit)
        except (Failed, Killed):
            self._end(worker)
            raise
        if worker.memory() > KEPT:
            self._end(worker)
        return answer

    def close(self) -> None:
        with _LOCK:
            self.closed = True
        for worker in self._workers:
            worker.process.terminate()
        for worker in list(self._workers):
            worker.stop()
        super().close()
        for worker in list(self._workers):
            self._end(worker)

    def _worker_of(self, most: int) -> _Worker:
        """Return the process of this thread if it lives and keeps at most so many bytes, else a new one."""
        worker: _Worker | None = getattr(self._own, "worker", None)
        if worker is not None:
            if worker.process.is_alive() and worker.memory() <= most:
                return worker
            self._end(worker)
        with _LOCK:
            if self.closed:
                raise CancelledError
            worker = self._own.worker = _Worker()
            self._workers.append(worker)
        return worker

    def _end(self, worker: _Worker) -> None:
        worker.end()
        self._workers.remove(worker)
        self._own.worker = None


class _Worker:
    """One process, and the connection to it, which the end of the process closes."""

    def __init__(self) -> None:
        self._connection, theirs = _CONTEXT.Pipe()
        self._noise: Noise | None = None  # without a place for temporary files
        with contextlib.suppress(OSError):
            self._noise = Noise()
        noise = None if self._noise is None else self._noise.path
        folder = working_folder()
        self.process = _CONTEXT.Process(target=_serve, args=(theirs, os.getpid(), noise, folder))
        with children_ignoring_interrupts(), outside(folder):
            self.process.start()
        theirs.close()

    def run(self, function: Callable[..., Any], args: Iterable[Any], limit: float | None) -> Answer:
        """Run a task. Raises Killed if the process ends before it, Failed at the limit."""
        size, sent = 0 if self._noise is None else self._noise.size(), time.monotonic()
        try:
            value, raised, peak = self._ask(function, args, limit)
        except _OverTime:
            self.stop()
            raise Failed(
                f"was stopped at its time limit of {limit:g} s (--timeout)", self._since(size)
            ) from None
        except (EOFError, OSError):
            with _LOCK:
                self.process.join(_SECONDS_TO_END)  # it is about to end by itself
                code = self.process.exitcode
            raise Killed(code, self._since(size)) from None
        return Answer(value, raised, self._since(size), peak, time.monotonic() - sent)

    def memory(self) -> int:
        """Return the bytes in use by the process and those that it started."""
        return resident_memory(self.process.pid or 0)

    def stop(self) -> None:
        """End the process, whatever it does."""
        self.process.terminate()
        self.process.join(_SECONDS_TO_END)
        self.process.kill()
        self.process.join()

    def end(self) -> None:
        """End the process, and remove what belongs to it."""
        self.stop()
        self._connection.close()
        if self._noise is not None:
            self._noise.close()

    def _ask(self, function: Callable[..., Any], args: Iterable[Any], limit: float | None) -> Any:
        """Send a task; return its value, what it raised, and its peak of memory. Raises _OverTime."""
        end = math.inf
        self._connection.send((function, args))
        while True:
            while not self._connection.poll(max(0.0, min(end - time.monotonic(), _LONGEST_LOOK))):
                if time.monotonic() >= end:
                    raise _OverTime
            message = self._connection.recv()
            if message is None:  # the process has taken the task
                end = math.inf if limit is None else time.monotonic() + limit
                if self._noise is not None:
                    self._noise.hide()
            elif isinstance(message, str):
                log.warning("%s", message)
            else:
                return message

    def _since(self, size: int) -> str:
        return "" if self._noise is None else self._noise.since(size)


class _OverTime(Exception):
    """A task has reached its time limit."""


class _Terminated(BaseException):
    """A worker is asked to end while it runs a task."""


class _Messages(logging.Handler):
    """Sends what this process has to say to the one that started it, which can show it."""

    def __init__(self, tasks: Connection) -> None:
        super().__init__(logging.WARNING)
        self._tasks = tasks

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError):
            self._tasks.send(record.getMessage())


def _serve(tasks: Connection, parent: int, noise: Path | None, folder: str) -> None:
    """Run tasks in a worker process, in the folder of the command, until the connection is closed."""
    enter(folder)  # after the imports: paths of data may be relative
    if noise is not None:
        with contextlib.suppress(OSError):
            redirect(noise)
    logging.getLogger("workshop").addHandler(_Messages(tasks))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    end_with_parent(parent)
    while True:
        try:
            function, args = tasks.recv()
        except EOFError:
            return
        except Exception as error:  # of whatever class an argument is
            tasks.send((None, error, 0))
            continue
        tasks.send(None)
        forget_peak_memory()
        answer = _run(function, args)
        try:
            tasks.send((*answer, peak_memory()))
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            tasks.send((None, error, peak_memory()))


def _run(function: Callable[..., Any], args: Iterable[Any]) -> tuple[Any, Exception | None]:
    """Return what a task returned and what it raised."""
    signal.signal(signal.SIGTERM, _unwind)
    try:
        return function(*args), None
    except _Terminated:
        _end()
        raise
    except Exception as error:
        return None, error
    finally:
        signal.signal(signal.SIGTERM, _end)


def _unwind(*_: Any) -> None:
    """End the task first, which removes its temporary files."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.unraisablehook = lambda _: None  # Python would print it where nobody can catch it
    raise _Terminated


def _end(*_: Any) -> None:
    close_all()
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.raise_signal(signal.SIGTERM)
