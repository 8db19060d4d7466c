"""The local executor: worker processes, of which each may die without harm to the others."""

from __future__ import annotations

import contextlib
import logging
import math
import multiprocessing
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterable
from multiprocessing import connection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from workshop.execution.executor import Killed, Needs, OverMemory, OverTime, Task, Transport
from workshop.execution.interpreter import close_all
from workshop.execution.noise import Noise, redirect
from workshop.execution.processes import (
    children_ignoring_interrupts,
    end_with_parent,
    forget_peak_memory,
    peak_memory,
    resident_memory,
)
from workshop.files import run_name
from workshop.untrusted import enter, outside, working_folder

log = logging.getLogger("workshop.execution")

_CONTEXT = multiprocessing.get_context("spawn")
# a worker that is asked to end gets so long, then it is killed
_SECONDS_TO_END = 0.75
_LONGEST_LOOK = 86400.0  # seconds: the system waits for no longer than 24 days
# a worker that keeps more bytes is replaced: TensorFlow never frees the graphs of Keras' `fit`
KEPT = 1_900_000_000
# one that keeps fewer has run nothing
FRESH = 250_000_000
# between two looks at the memory of a task that has a limit
_SECONDS_TO_LOOK = 0.2


class Workers:
    """Up to `count` processes, each of which runs a task at a time; they start when needed and stay.

    One that keeps more than KEPT bytes of memory, or half of what its next task needs, is replaced, and so is
    one that has run something, for a task that needs a new one. `limit` is the number of seconds after which
    a task is stopped, None for no limit. `peak` is the most memory that one of them had in use at once, in
    bytes.
    """

    tries = 2

    def __init__(self, count: int, limit: float | None = None) -> None:
        self.count = self.cores = count
        self.limit = limit
        self.peak = 0
        self._workers: list[_Worker] = []

    def submit(self, function: Callable[..., Any], *args: Any, needs: Needs = Needs()) -> Task:  # noqa: B008
        """Start a task in a free worker; at most `count` run at once.

        The future raises what the function raised, Killed if its process died, OverTime at the limit, and
        OverMemory if its processes use more than it needs.
        """
        most = FRESH if needs.fresh else min(KEPT, needs.memory // 2) if needs.memory else KEPT
        for worker in self._workers:
            if worker.future.done() and not worker.runs():
                worker.end()  # it was killed when it had nothing to do
            elif worker.future.done() and worker.memory() > most:
                worker.end()
        self._workers = [worker for worker in self._workers if worker.alive]
        free = next((worker for worker in self._workers if worker.future.done()), None)
        if free is None:
            assert len(self._workers) < self.count
            free = _Worker()
            self._workers.append(free)
        return free.start(function, args, needs.memory)

    def wait(self, running: Iterable[Task]) -> set[Task]:
        """Wait until one of the tasks has ended, and return those that have."""
        running = set(running)
        while True:
            ended = {future for future in running if future.done()}
            if ended:
                self.peak = max([self.peak, *(task.peak for task in ended)])
                return ended
            busy = {worker.connection: worker for worker in self._workers if not worker.future.done()}
            # the end of a process closes its connection, which is then ready, too
            for ready in connection.wait(busy, self._seconds_to_look(busy.values())):
                busy[ready].receive()  # type: ignore[index]
            for worker in busy.values():
                if self._seconds_left(worker) == 0.0:
                    worker.fail(OverTime())
                elif used := worker.memory_over():
                    worker.fail(OverMemory(used, worker.reserved))
            self._workers = [worker for worker in self._workers if worker.alive]

    def cancel(self, task: Task) -> None:
        """End a task with its worker; its future is cancelled."""
        for worker in self._workers:
            if worker.future is task and not task.done():
                worker.end()
                task.cancel()
        self._workers = [worker for worker in self._workers if worker.alive]

    def transport(self, store: Path | None, python: Path | None) -> Transport:
        """Return what hands groups of jobs to the workers."""
        return Transport(self, store, python)

    def close(self) -> None:
        """End the workers, whatever they do."""
        for worker in self._workers:
            worker.ask_to_end()
        for worker in self._workers:
            worker.end()
        self._workers = []

    def name_of(self, node: str) -> str:
        """Return what people call a node; all is on this one."""
        return node

    def _seconds_left(self, worker: _Worker) -> float:
        """Return the seconds until a worker is over its limit."""
        if self.limit is None or worker.begun is None:
            return math.inf
        return max(0.0, worker.begun + self.limit - time.monotonic())

    def _seconds_to_look(self, busy: Iterable[_Worker]) -> float | None:
        """Return the seconds until some workers must be looked at again, None if they report themselves."""
        looks = [min(self._seconds_left(w), _SECONDS_TO_LOOK if w.reserved else math.inf) for w in busy]
        soonest = min(looks, default=math.inf)
        return None if soonest == math.inf else min(soonest, _LONGEST_LOOK)


class _Worker:
    """One process, its latest task, and the connection to it."""

    def __init__(self) -> None:
        run_name()  # which the process inherits
        self.connection, theirs = _CONTEXT.Pipe()
        self.future = Task()
        self.future.set_result(None)  # it is free
        self.alive = True
        self._noise: Noise | None = None  # without a place for temporary files
        with contextlib.suppress(OSError):
            self._noise = Noise()
        noise = None if self._noise is None else self._noise.path
        folder = working_folder()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs, os.getpid(), noise, folder))
        with children_ignoring_interrupts(), outside(folder):
            self._process.start()
        theirs.close()  # now the end of the process closes the connection

    def start(self, function: Callable[..., Any], args: Iterable[Any], reserved: int) -> Task:
        """Send a task, with the bytes of memory that it may use; 0 sets no limit."""
        self.sent, self.reserved = time.monotonic(), reserved
        self.begun: float | None = None  # when the process took it
        self._size = 0 if self._noise is None else self._noise.size()
        with contextlib.suppress(OSError):  # the process has ended, which `receive` will notice
            self.connection.send((function, args))
        self.future = Task()
        return self.future

    def receive(self) -> None:
        """Take one message: the task has begun, has ended, or has something to say."""
        try:
            message = self.connection.recv()
        except (EOFError, OSError):
            self._give_up()
            return
        except Exception as error:  # of whatever class the task returned
            message = None, error, 0
        if message is None:
            self.begun = time.monotonic()
            if self._noise is not None:
                self._noise.hide()
            return
        if isinstance(message, str):
            log.warning("%s", message)
            return
        self.begun = None
        value, raised, peak = message
        self._note(peak)
        if raised is None:
            self.future.set_result(value)
        else:
            self.future.set_exception(raised)

    def fail(self, error: Exception) -> None:
        """End the process, and with it the task."""
        self.ask_to_end()
        self._note(0)
        self.end()
        self.begun = None
        self.future.set_exception(error)

    def runs(self) -> bool:
        return self._process.is_alive()

    def memory(self) -> int:
        """Return the bytes in use by the process and those that it started."""
        return resident_memory(self._process.pid or 0)

    def memory_over(self) -> int:
        """Return the bytes in use if they are too many for the task, else 0."""
        if not self.reserved or self.future.done():
            return 0
        used = self.memory()
        self.future.peak = max(self.future.peak, used)
        return used if used > self.reserved else 0

    def _note(self, peak: int) -> None:
        """Note what is known of the task at its end."""
        self.future.peak = max(self.future.peak, peak)
        self.future.written = "" if self._noise is None else self._noise.since(self._size)
        self.future.seconds = time.monotonic() - self.sent

    def ask_to_end(self) -> None:
        self._process.terminate()

    def end(self) -> None:
        self.alive = False
        self.ask_to_end()
        self._process.join(_SECONDS_TO_END)
        self._process.kill()
        self._process.join()
        self.connection.close()
        if self._noise is not None:
            self._noise.close()
            self._noise = None

    def _give_up(self) -> None:
        """Fail the task, because its process has closed the connection."""
        self._process.join(_SECONDS_TO_END)  # it is about to end by itself
        self.fail(Killed(self._process.exitcode))


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
