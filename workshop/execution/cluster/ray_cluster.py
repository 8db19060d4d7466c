"""The executor of `--on ray`: a dumb dispatcher to the nodes of a Ray cluster.

Ray starts tasks and says which ended or were lost, nothing else. Retries, priorities, the store and the
environments of the matrix are ours, and Ray's object store has only what is on its way. On its node, a task
runs in a worker process of `process_pool`, which watches its time and memory.
"""

from __future__ import annotations

import contextlib
import logging
import pickle
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from workshop.errors import UsageError, WorkshopError
from workshop.execution.cluster.connection import Connection
from workshop.execution.cluster.node import differences, environment_there, installed_there, run_on_node
from workshop.execution.cluster.parcels import Parcels
from workshop.execution.environment import Environment
from workshop.execution.executor import Impossible, Killed, Needs, Task

log = logging.getLogger("workshop.execution")

_IN_FLIGHT = 2  # tasks a core: few enough that the longest still come first
_USUAL_MEMORY = 3_000_000_000  # of a task of which nothing is known
_SECONDS_TO_LOOK = 1.0  # between two looks at the nodes
_SECONDS_TO_ANSWER = 60.0  # for a node that has to start a first worker
_NODE = re.compile(r"node ID: ([0-9a-f]+)")


class RayCluster:
    """The nodes of a Ray cluster that compute in one environment, that of the most cores.

    `where` is "ray" for the cluster of RAY_ADDRESS or of this machine, which is started if there is none, or
    `ray://host:port` for Ray's client. `limit` is the number of seconds after which a task is stopped, None
    for no limit; `python` is the interpreter on the nodes, a path or a name of the matrix, "" for Ray's own.
    Nodes that compute in another environment are named and left out.

    If the head of the cluster is lost, all tasks fail, and the run ends with what was finished.

    Raises UsageError if Ray is not installed, or no cluster answers; WorkshopError if it is silent.
    """

    tries = 3

    def __init__(self, where: str, limit: float | None = None, python: str = "") -> None:
        self.limit = limit
        self.python = python
        self.peak = 0
        self._tasks: dict[Task, tuple[Any, bytes, Needs]] = {}
        self._installed: dict[str, bool] = {}
        self._gone: set[str] = set()
        self._left_out: set[str] = set()
        self._nodes: dict[str, Mapping[str, Any]] = {}
        self._connection = Connection(where)
        self._ray = self._connection.ray
        try:
            while (nodes := self._connection.nodes()) is None:
                if self._connection.lost:
                    raise WorkshopError(self._connection.lost)
            self._gone |= {node["NodeID"] for node in nodes if not node["Alive"]}  # long ago
            self._refresh_nodes()
            self._environment = self._choose_environment()
        except BaseException:
            self.close()
            raise

    @property
    def cores(self) -> int:
        """How many tasks run at once."""
        return max(1, sum(int(node["Resources"].get("CPU", 0)) for node in self._usable().values()))

    @property
    def count(self) -> int:
        """How many tasks may be submitted at once."""
        return _IN_FLIGHT * self.cores

    def environment(self, threads: int) -> Environment:
        """Return the environment of the nodes; they compute with one thread each, as anywhere."""
        del threads
        return self._environment

    def installed(self, name: str) -> bool:
        """Whether the nodes can import a library."""
        if name not in self._installed:
            (task,) = self.wait({self.submit(installed_there, self.python, name)})
            self._installed[name] = bool(task.result())
        return self._installed[name]

    def nodes(self) -> frozenset[str]:
        return frozenset(self._usable())

    def name_of(self, node: str) -> str:
        found = self._nodes.get(node, {})
        return f"node {found.get('NodeManagerHostname', '?')} ({node[:6]})"

    def usual_memory(self) -> int:
        shares = [
            int(node["Resources"].get("memory", 0) / max(1.0, node["Resources"].get("CPU", 1)))
            for node in self._usable().values()
        ]
        return min([_USUAL_MEMORY, *shares])

    def submit(self, function: Callable[..., Any], *args: Any, needs: Needs = Needs()) -> Task:  # noqa: B008
        """Start a task on some node; one that no node could ever run fails with Impossible."""
        task = Task()
        self._start(task, pickle.dumps((function, args)), needs)
        return task

    def wait(self, running: Iterable[Task]) -> set[Task]:
        running = set(running)
        looked = time.monotonic()
        while not (ended := {task for task in running if task.done()}):
            if self._connection.lost:  # the cluster as a whole
                for task in list(self._tasks):
                    self._fail(task, self._connection.lost)
                continue
            references = {self._tasks[task][0]: task for task in running}
            ready, _ = self._ray.wait(list(references), num_returns=1, timeout=_SECONDS_TO_LOOK)
            if ready:  # and others that have ended by now
                ready, _ = self._ray.wait(list(references), num_returns=len(references), timeout=0)
            for reference in ready:
                self._take(references[reference], reference)
            if time.monotonic() - looked > _SECONDS_TO_LOOK:
                self._refresh_nodes()
                looked = time.monotonic()
        return ended

    def cancel(self, task: Task) -> None:
        """End a task at once, with its worker."""
        reference, *_ = self._tasks.pop(task)
        if not self._connection.lost:
            self._ray.cancel(reference, force=True)
        task.cancel()

    def close(self) -> None:
        """End all tasks, and the cluster if it was started for this run."""
        for task in list(self._tasks):
            with contextlib.suppress(Exception):  # the cluster may be gone
                self.cancel(task)
        self._connection.close()

    def transport(self, store: Path | None, python: Path | None) -> Parcels:
        """Return what takes groups of jobs to the nodes, whose interpreter is the cluster's own."""
        del python
        return Parcels(self, store)

    def _fail(self, task: Task, why: str) -> None:
        self._tasks.pop(task, None)
        task.set_exception(Impossible(why))

    def _refresh_nodes(self) -> None:
        """Note which nodes are there; name those that are gone, and what ran there runs elsewhere."""
        for node in self._connection.nodes() or ():
            self._nodes[node["NodeID"]] = node
            if not node["Alive"]:
                self._report_lost(node["NodeID"])
        for task, (reference, data, needs) in list(self._tasks.items()):
            if needs.avoid >= self.nodes():  # the last node that it could run on is gone
                self._ray.cancel(reference, force=True)
                self._start(task, data, Needs(needs.memory, needs.gpus))

    def _report_lost(self, node: str) -> None:
        if node not in self._gone:
            self._gone.add(node)
            log.warning("%s is gone: its tasks run elsewhere", self.name_of(node))

    def _usable(self) -> dict[str, Mapping[str, Any]]:
        unusable = self._gone | self._left_out
        return {
            name: node
            for name, node in self._nodes.items()
            if node["Alive"] and name not in unusable and node["Resources"].get("CPU", 0) >= 1
        }

    def _choose_environment(self) -> Environment:
        """Ask each node for its environment; leave out those unlike that of the most cores."""
        gpus = any(node["Resources"].get("GPU", 0) >= 1 for node in self._usable().values())
        asked: dict[Task, str] = {}
        for name in self._usable():
            needs = Needs(gpus=int(gpus), avoid=self.nodes() - {name})
            asked[self.submit(environment_there, self.python, 1, needs=needs)] = name
        waiting, end = set(asked), time.monotonic() + _SECONDS_TO_ANSWER
        found: dict[str, Environment] = {}
        while waiting and time.monotonic() < end:
            for task in self.wait(waiting):
                waiting.remove(task)
                error = task.exception()
                if error is None:
                    found[task.node] = task.result()
                else:
                    self._leave_out(asked[task], " ".join(str(error).split()))
        for task in waiting:
            self.cancel(task)
            self._leave_out(asked[task], f"it did not answer within {_SECONDS_TO_ANSWER:g} s")
        weights: Counter[str] = Counter()
        for name, node in self._usable().items():  # some may be gone meanwhile
            if name in found:
                weights[found[name].digest_text()] += int(node["Resources"]["CPU"])
        if not weights:
            raise UsageError("no node of the cluster can run anything: see the lines above")
        ((most, _),) = weights.most_common(1)
        chosen = next(each for each in found.values() if each.digest_text() == most)
        for name, environment in found.items():
            if environment.digest_text() != most:
                self._leave_out(name, f"another environment: {differences(environment, chosen)}")
        return chosen

    def _leave_out(self, node: str, why: str) -> None:
        self._left_out.add(node)
        log.warning("%s is left out: %s", self.name_of(node), why)

    def _start(self, task: Task, data: bytes, needs: Needs) -> None:
        usable = {name: node["Resources"] for name, node in self._usable().items() if name not in needs.avoid}
        fits = (
            has.get("memory", 0) >= needs.memory and has.get("GPU", 0) >= needs.gpus
            for has in usable.values()
        )
        if why := self._connection.lost or ("" if any(fits) else _why_impossible(needs, usable)):
            self._fail(task, why)
            return
        avoided = sorted(needs.avoid & set(self._nodes))
        remote = self._ray.remote(run_on_node).options(
            num_cpus=1,
            num_gpus=needs.gpus,
            memory=needs.memory or None,
            max_retries=0,
            retry_exceptions=False,
            scheduling_strategy="SPREAD",
            label_selector={"ray.io/node-id": f"!in({','.join(avoided)})"} if avoided else None,
        )
        self._tasks[task] = remote.remote(data, needs.memory, self.limit), data, needs

    def _take(self, task: Task, reference: Any) -> None:
        """Take the answer of a task that has ended, or note how it was lost."""
        del self._tasks[task]
        exceptions = self._ray.exceptions
        try:
            answer = self._ray.get(reference)
        except exceptions.RayTaskError as error:  # of ours, around the task
            task.set_exception(error.cause or error)
            return
        except exceptions.RayError as error:
            match = _NODE.search(str(error))
            node = match[1] if match is not None else ""
            if isinstance(error, exceptions.NodeDiedError) and node:
                self._report_lost(node)
            out_of_memory = isinstance(error, exceptions.OutOfMemoryError)
            task.node = node
            task.set_exception(Killed(-9 if out_of_memory else None, node))
            return
        value, raised, task.written, task.peak, task.seconds, task.node = pickle.loads(answer)  # noqa: S301 - of our own workers
        self.peak = max(self.peak, task.peak)
        if isinstance(raised, Killed):
            raised = Killed(raised.code, task.node)
        if raised is None:
            task.set_result(value)
        else:
            task.set_exception(raised)


def _why_impossible(needs: Needs, nodes: Mapping[str, Mapping[str, float]]) -> str:
    if not nodes:
        return "no node of the cluster is left"
    wanted = f"{needs.memory / 1e9:.1f} GB of memory" + (f" and {needs.gpus} GPU" if needs.gpus else "")
    most = max(has.get("memory", 0) for has in nodes.values()) / 1e9
    gpus = max(int(has.get("GPU", 0)) for has in nodes.values())
    return f"it needs {wanted}, and the largest node has {most:.1f} GB and {gpus} GPUs"
