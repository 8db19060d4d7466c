"""What the scheduler needs of an executor: workers of this machine (`process_pool`), or a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from workshop.execution.caching import run_calls
from workshop.execution.calling import Call, Made
from workshop.execution.environment import Environment
from workshop.execution.planner import Job
from workshop.execution.run_state import RunState
from workshop.execution.store import Store, usual_peaks

# a part of which a process with earlier tasks had more bytes in use than this runs in a new one
MOST = 2_500_000_000
# a process more imports TensorFlow once more, which costs 5 to 10 seconds of a core
_SECONDS_WORTH_A_PROCESS = 10.0


@dataclass(frozen=True)
class Needs:
    """What a task needs: bytes of memory (0 for no limit), GPUs, a new process, and nodes to avoid."""

    memory: int = 0
    gpus: int = 0
    avoid: frozenset[str] = frozenset()
    fresh: bool = False


class Task(Future[Any]):
    """A task, and what is known of it once it has ended.

    `written` is the end of what it wrote to standard error, `peak` the most memory that its processes had in
    use at once, in bytes, `seconds` the time that it took on its worker, with imports, and `node` where that
    was ("" here).
    """

    written: str = ""
    peak: int = 0
    seconds: float = 0.0
    node: str = ""


class Killed(Exception):
    """The process of a task ended before the task did.

    `code` is its exit code, negative for a signal, None if it is not known. `node` is where it ran.
    """

    def __init__(self, code: int | None, node: str = "") -> None:
        super().__init__(code, node)
        self.code = code
        self.node = node


class OverTime(Exception):
    """A task was stopped at its time limit."""


class OverMemory(Exception):
    """A task was stopped: it used more memory than was reserved for it; `args` has both, in bytes."""


class Impossible(Exception):
    """No node can run a task; the message says what it needs and what there is."""


class Transport:
    """Takes groups of jobs to an executor, and brings their outcomes back.

    This one is for processes of this machine, which write the store themselves.
    """

    def __init__(self, workers: Executor, store: Path | None, python: Path | None) -> None:
        self._workers, self._store, self._python = workers, store, python
        self._peaks: Mapping[str, float] = usual_peaks() | (
            {} if store is None else Store(store).read_peaks()
        )

    def pieces(
        self, groups: Mapping[str, list[Job]], timings: Mapping[str, float]
    ) -> Mapping[str, list[Job]]:
        """Return what is sent at once, by name: groups, or pieces of them."""
        del timings
        return groups

    def processes(self, run: RunState) -> int:
        """Return how many processes a run gets; 0 if this process computes it."""
        processes = min(self._workers.count, len(run.groups))
        if all(run.group(name) in run.timings for name in run.groups):  # what was never timed may be long
            worth = 1 + int(sum(map(run.estimate, run.groups)) / _SECONDS_WORTH_A_PROCESS)
            processes = min(processes, worth)
        return 0 if processes == 1 and self._workers.limit is None else processes

    def room(self, run: RunState) -> int:
        """Return how many tasks may be out at once; a run gets the processes that are there now."""
        return run.processes

    def send(self, jobs: Sequence[Job], calls: Sequence[Call], avoid: frozenset[str]) -> Task:
        """Start a task for a group of jobs, not on the nodes to avoid."""
        del avoid
        needs = Needs(fresh=self._peaks.get(jobs[0].group, 0) > MOST)
        return self._workers.submit(run_calls, calls, self._store, self._python, needs=needs)

    def receive(self, task: Task, jobs: Sequence[Job]) -> Sequence[Made] | None:
        """Return the outcomes of a task that has ended, None if it must be sent again. Raises what it did."""
        del jobs
        made: list[Made] = task.result()
        return made

    def again(self, run: RunState, name: str, lost: Killed) -> list[str]:
        """Return the names to send again of a group whose process was killed."""
        del run, lost
        return [name]


class Executor(Protocol):
    """Runs tasks in other processes, here or on other machines.

    A task is stopped after `limit` seconds, None for no limit, and fails if its process has died at this many
    `tries`. `peak` is the most memory that a task had in use at once, in bytes.
    """

    limit: float | None
    tries: int
    peak: int

    @property
    def count(self) -> int:
        """How many tasks may be submitted at once."""

    @property
    def cores(self) -> int:
        """How many tasks run at once."""

    def submit(self, function: Callable[..., Any], *args: Any, needs: Needs = ...) -> Task:
        """Start a task.

        Its future raises what the function raised, Killed, OverTime, OverMemory or Impossible.
        """

    def wait(self, running: Iterable[Task]) -> set[Task]:
        """Wait until one of the tasks has ended, and return those that have."""

    def cancel(self, task: Task) -> None:
        """End a task, whatever it does; its future is cancelled."""

    def close(self) -> None:
        """End all tasks and workers."""

    def name_of(self, node: str) -> str:
        """Return what people call a node."""

    def transport(self, store: Path | None, python: Path | None) -> Transport:
        """Return what takes groups of jobs to this executor, for a store and an interpreter."""


class Place(Protocol):
    """Where functions run if not in this interpreter: another one, or a cluster."""

    def environment(self, threads: int) -> Environment:
        """Return the environment in which it computes with this many threads."""

    def installed(self, name: str) -> bool:
        """Whether it can import a library."""


class Cluster(Executor, Place, Protocol):
    """An executor on other machines, whose tasks run in the interpreter `python` there, "" for its own."""

    python: str

    def nodes(self) -> frozenset[str]:
        """Return the nodes that are there now."""

    def usual_memory(self) -> int:
        """Return the bytes to reserve for a task of which nothing is known."""
