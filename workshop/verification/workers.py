"""The local executor: worker processes, of which each may die without harm to the others."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable
from concurrent import futures
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from workshop.verification.other_python import close_all
from workshop.verification.processes import deaf_children, end_with_parent

_CONTEXT = multiprocessing.get_context("spawn")
# how often a wait looks for tasks of which Pebble has lost track
_TICK = 1.0
# a worker that is asked to end gets so long, then it is killed
_SECONDS_TO_END = 0.75


class Killed(Exception):
    """The process of a task ended before the task did.

    `code` is its exit code, negative for a signal, None if Pebble does not know it.
    """

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class OverTime(Exception):
    """A task was stopped at its time limit."""


class Workers:
    """Up to `count` processes, each of which runs a task at a time; they start when needed and are kept.

    `limit` is the number of seconds after which a task is stopped, None for no limit.
    """

    def __init__(self, count: int, limit: float | None = None) -> None:
        self.count = count
        self.limit = limit
        self._workers: list[_Worker] = []

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Start a task in a free worker; at most `count` run at once."""
        self._workers, gone = (
            [w for w in self._workers if w.usable],
            [w for w in self._workers if not w.usable],
        )
        _close(gone)
        free = next((worker for worker in self._workers if worker.free), None)
        if free is None:
            assert len(self._workers) < self.count
            free = _Worker()
            self._workers.append(free)
        return free.start(self.limit, function, args)

    def wait(self, running: Iterable[Future[Any]]) -> set[Future[Any]]:
        """Wait until one of the tasks has ended, and return those that have."""
        running = list(running)
        while True:
            for worker in self._workers:
                worker.give_up_what_is_lost()
            ended = futures.wait(running, timeout=_TICK, return_when=futures.FIRST_COMPLETED).done
            if ended:
                return ended

    def close(self) -> None:
        """End the workers, whatever they do."""
        _close(self._workers)
        self._workers = []


def outcome(future: Future[Any]) -> Any:
    """Return what an ended task returned, or raise what it raised. Raises Killed and OverTime."""
    from pebble import ProcessExpired

    try:
        returned, raised = future.result()
    except futures.TimeoutError:
        raise OverTime from None
    except ProcessExpired as expired:
        raise Killed(expired.exitcode) from None
    except BrokenProcessPool:
        raise Killed(None) from None
    if raised is not None:
        raise raised
    return returned


class _Worker:
    """One process in a pool of its own: all that a pool shares may be damaged by the death of a process."""

    def __init__(self) -> None:
        from pebble import CONSTS, ProcessPool

        CONSTS.term_timeout = _SECONDS_TO_END
        # every process of the pool leaves a message when it starts
        self._starts, started = _CONTEXT.Pipe(duplex=False)
        self._started = started
        self._pool = ProcessPool(1, 0, _initialize, (os.getpid(), started), _CONTEXT)
        self._seen = 0
        self._future: Future[Any] | None = None

    @property
    def free(self) -> bool:
        return self._future is None or self._future.done()

    @property
    def usable(self) -> bool:
        """Whether its one process lives; Pebble replaces a dead one, but not what that may have damaged."""
        failed = self._future is not None and self._future.done() and self._future.exception() is not None
        return self._pool.active and not failed and self._processes() <= 1

    def start(self, limit: float | None, function: Callable[..., Any], args: Iterable[Any]) -> Future[Any]:
        with deaf_children():
            self._future = self._pool.schedule(_run, (function, *args), timeout=limit)
        return self._future

    def give_up_what_is_lost(self) -> None:
        """Mark the task as killed if it will never end: Pebble is blind for a process that ends with 0."""
        future = self._future
        if future is None or future.done() or (self._pool.active and self._processes() <= 1):
            return
        self.stop()
        self.join()
        if not future.done():
            future.set_exception(BrokenProcessPool())

    def stop(self) -> None:
        self._pool.stop()

    def join(self) -> None:
        self._pool.join()
        self._starts.close()
        self._started.close()

    def _processes(self) -> int:
        """Return how many processes its pool has started."""
        while self._starts.poll():
            self._starts.recv_bytes()
            self._seen += 1
        return self._seen


def _close(workers: list[_Worker]) -> None:
    """End workers, together."""
    for worker in workers:
        worker.stop()
    if workers:
        with futures.ThreadPoolExecutor(len(workers)) as together:
            list(together.map(_Worker.join, workers))


class _Terminated(BaseException):
    """A worker is asked to end while it runs a task."""


def _initialize(parent: int, started: Any) -> None:
    """Prepare a new worker process."""
    started.send_bytes(b"started")
    signal.signal(signal.SIGTERM, _end)
    end_with_parent(parent)


def _run(function: Callable[..., Any], *args: Any) -> tuple[Any, Exception | None]:
    """Return what a task returned and what it raised, so that none of its exceptions passes for Pebble's."""
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
