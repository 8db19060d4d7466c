"""The executor of `--on ray`: a dumb dispatcher to the nodes of a Ray cluster.

Ray starts tasks and says which ended or were lost, nothing else. Retries, priorities, the store and the
environments of the matrix are ours, and Ray's object store has only what is on its way. On its node, a task
runs in a worker process of `process_pool`, which watches its time and memory.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import pickle
import re
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import workshop
from workshop.errors import UsageError, WorkshopError
from workshop.execution.environment import Environment, cores
from workshop.execution.executor import Impossible, Killed, Needs, Task
from workshop.execution.interpreter import other_python
from workshop.execution.parcels import differences, environment_there, interpreter
from workshop.execution.planner import installed
from workshop.execution.process_pool import Workers
from workshop.execution.processes import descendants, end_with_parent
from workshop.execution.surroundings import neutralise
from workshop.files import lives

log = logging.getLogger("workshop.execution")

# Ray would replace our interpreter by uv's, and send statistics
# and end this process a minute after the head has died, before its results are written
VARIABLES = {
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_gcs_rpc_server_reconnect_timeout_s": "600",
}
_OBJECT_STORE = 200_000_000  # bytes: outcomes are small
_IN_FLIGHT = 2  # tasks a core: few enough that the longest still come first
_USUAL_MEMORY = 3_000_000_000  # of a task of which nothing is known
_SECONDS_TO_LOOK = 1.0  # between two looks at the nodes
_SECONDS_TO_CONNECT = 5.0
_SECONDS_TO_GREET = 15.0  # for a cluster to say that it is one
_SECONDS_WITHOUT_HEAD = 15.0  # after which it is taken for dead
_SECONDS_TO_CLOSE = 5.0
# how a client of HTTP/2, which Ray's processes speak, begins; the answer begins with a frame of settings
_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
_SECONDS_TO_ANSWER = 60.0  # for a node that has to start a first worker
_FOLDER = "workshop-ray-"  # and the process of the run
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
    afar = True

    def __init__(self, where: str, limit: float | None = None, python: str = "") -> None:
        self.limit = limit
        self.python = python
        self.peak = 0
        self._folder: str | None = None
        self._tasks: dict[Task, tuple[Any, bytes, Needs]] = {}
        self._installed: dict[str, bool] = {}
        self._gone: set[str] = set()
        self._left_out: set[str] = set()
        self._nodes: dict[str, Mapping[str, Any]] = {}
        self._lost = ""  # why the cluster as a whole is gone
        self._asking: _Asking | None = None
        self._ray = self._connect(where)
        try:
            self._head_answered = time.monotonic()
            while (nodes := self._ask_head()) is None:
                if self._lost:
                    raise WorkshopError(self._lost)
            self._gone |= {node["NodeID"] for node in nodes if not node["Alive"]}  # long ago
            self._look()
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
            (task,) = self.wait({self.submit(_installed_there, self.python, name)})
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
            if self._lost:
                self._give_up()
                continue
            references = {self._tasks[task][0]: task for task in running}
            ready, _ = self._ray.wait(list(references), num_returns=1, timeout=_SECONDS_TO_LOOK)
            if ready:  # and others that have ended by now
                ready, _ = self._ray.wait(list(references), num_returns=len(references), timeout=0)
            for reference in ready:
                self._take(references[reference], reference)
            if time.monotonic() - looked > _SECONDS_TO_LOOK:
                self._look()
                looked = time.monotonic()
        return ended

    def cancel(self, task: Task) -> None:
        """End a task at once, with its worker."""
        reference, *_ = self._tasks.pop(task)
        if not self._lost:
            self._ray.cancel(reference, force=True)
        task.cancel()

    def close(self) -> None:
        """End all tasks, and the cluster if it was started for this run."""
        for task in list(self._tasks):
            with contextlib.suppress(Exception):  # the cluster may be gone
                self.cancel(task)
        own = [] if self._folder is None else _own_processes()
        if self._lost:  # a head that is dead answers no goodbye
            _Asking(self._ray.shutdown).answer(_SECONDS_TO_CLOSE)
        else:
            with contextlib.suppress(Exception):
                self._ray.shutdown()
        for process in own if self._lost else ():
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        if self._folder is not None:
            _remove(self._folder)

    def _connect(self, where: str) -> Any:
        """Connect to a cluster, or start one; return Ray."""
        os.environ.update(VARIABLES)
        neutralise()  # workers started here inherit it
        if importlib.util.find_spec("ray") is None:
            raise UsageError('--on ray needs Ray: pip install "workshop[cluster]"')
        ray = import_module("ray")
        # Ray prints what its processes complain of to standard output, which may be for results
        import_module("ray._private.worker").print_to_stdstream = _complain  # type: ignore[attr-defined]
        given = where if where != "ray" else os.environ.get("RAY_ADDRESS", "")
        settings: dict[str, Any] = {
            "logging_level": logging.CRITICAL,
            "log_to_driver": False,
            "runtime_env": {"py_modules": [str(Path(workshop.__file__).parent)]},
        }
        handlers = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}
        try:
            if given not in {"", "auto", "local"}:
                _check_answers(given)
                ray.init(address=given, **settings)
            else:
                try:
                    ray.init(address="auto", **settings)
                except ConnectionError:  # none runs here
                    self._start_own(ray, settings)
        except UsageError:
            raise
        except (ConnectionError, RuntimeError, TimeoutError, ValueError) as error:
            why = " ".join(str(error).split())[:200]
            asked = "no Ray cluster of this version answers, or it asks for a token (RAY_AUTH_MODE=token)"
            raise UsageError(f"--on {where}: {asked}: {why}") from None
        finally:
            for number, handler in handlers.items():  # Ray has put its own
                with contextlib.suppress(TypeError, ValueError):  # set by C, or not the main thread
                    signal.signal(number, handler)
        return ray

    def _start_own(self, ray: Any, settings: Mapping[str, Any]) -> None:
        """Start a cluster for this run, which listens on this machine's loopback address alone."""
        sweep_folders()
        self._folder = tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-")
        own = {"num_cpus": cores(), "object_store_memory": _OBJECT_STORE, "include_dashboard": False}
        constants: Any = import_module("ray._private.ray_constants")
        before = constants.ENABLE_RAY_CLUSTER
        # as Ray has it on macOS, where a firewall would ask; its processes inherit the variable
        constants.ENABLE_RAY_CLUSTER = False
        os.environ[constants.ENABLE_RAY_CLUSTERS_ENV_VAR] = "0"
        try:
            ray.init(address="local", _temp_dir=self._folder, **own, **settings)
        except Exception as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            why = " ".join(str(error).split())[:200]
            raise UsageError(f"--on ray: a cluster on this machine did not start: {why}") from None
        finally:
            constants.ENABLE_RAY_CLUSTER = before
            os.environ.pop(constants.ENABLE_RAY_CLUSTERS_ENV_VAR, None)

    def _ask_head(self) -> list[Mapping[str, Any]] | None:
        """Return the nodes of which the head knows, None if it has not answered yet.

        Without an answer for too long, the cluster as a whole is lost.
        """
        if self._asking is None:
            self._asking = _Asking(self._ray.nodes)
        answered, nodes = self._asking.answer(_SECONDS_TO_LOOK)
        if answered:
            self._asking = None
        if answered and nodes is not None:
            self._head_answered = time.monotonic()
            return list(nodes)
        if answered:
            time.sleep(_SECONDS_TO_LOOK)  # it answers at once that it can't
        if not self._lost and time.monotonic() - self._head_answered > _SECONDS_WITHOUT_HEAD:
            self._lost = f"the head of the cluster has not answered for {_SECONDS_WITHOUT_HEAD:g} s"
            log.error(
                "%s: what was finished counts; start the cluster again, and the same command", self._lost
            )
        return None

    def _give_up(self) -> None:
        """Let all tasks fail: the cluster as a whole is lost."""
        for task in list(self._tasks):
            del self._tasks[task]
            task.set_exception(Impossible(self._lost))

    def _look(self) -> None:
        """Note which nodes are there; name those that are gone, and what ran there runs elsewhere."""
        for node in self._ask_head() or ():
            self._nodes[node["NodeID"]] = node
            if not node["Alive"]:
                self._name_gone(node["NodeID"])
        for task, (reference, data, needs) in list(self._tasks.items()):
            if needs.avoid >= self.nodes():  # the last node that it could run on is gone
                self._ray.cancel(reference, force=True)
                self._start(task, data, Needs(needs.memory, needs.gpus))

    def _name_gone(self, node: str) -> None:
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
        if self._lost:
            self._tasks.pop(task, None)
            task.set_exception(Impossible(self._lost))
            return
        if not any(
            has.get("memory", 0) >= needs.memory and has.get("GPU", 0) >= needs.gpus
            for has in usable.values()
        ):
            self._tasks.pop(task, None)
            task.set_exception(Impossible(_why_impossible(needs, usable)))
            return
        avoided = sorted(needs.avoid & set(self._nodes))
        remote = self._ray.remote(_on_node).options(
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
                self._name_gone(node)
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


def _complain(data: Mapping[str, Any], **_: Any) -> None:
    """Write lines of Ray's processes to standard error, which shows them if a run fails."""
    sys.stderr.write("".join(f"{line}\n" for line in data["lines"]))


class _Asking:
    """A call of Ray's that may never return, in a thread of its own."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._found: Any = None
        self._thread = threading.Thread(target=self._run, args=(call,), daemon=True)
        self._thread.start()

    def _run(self, call: Callable[[], Any]) -> None:
        with contextlib.suppress(Exception):  # then it has found nothing
            self._found = call()

    def answer(self, seconds: float) -> tuple[bool, Any]:
        """Return whether it has returned within so many seconds, and what: None if it has failed."""
        self._thread.join(seconds)
        return not self._thread.is_alive(), self._found


def _remove(folder: str) -> None:
    """Remove a folder into which processes that were just killed may still write."""
    absent = 0
    for _ in range(100):
        if Path(folder).exists():
            absent = 0
            shutil.rmtree(folder, ignore_errors=True)
        elif (absent := absent + 1) == 10:
            return
        time.sleep(0.1)


def sweep_folders() -> None:
    """Remove the folders of clusters whose run is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*-*"):
        process = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if process.isdecimal() and not lives(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _own_processes() -> list[int]:
    """Return the processes of the cluster that was started for this run."""
    node = getattr(import_module("ray._private.worker"), "_global_node", None)
    started = [] if node is None else [process.pid for _, process in node.live_processes()]
    return [each for pid in started for each in descendants(pid)]


def _check_answers(address: str) -> None:
    """Raise UsageError if nothing listens at an address, WorkshopError if what listens there is silent.

    Ray itself would try for minutes.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        raise UsageError(f"{address}: name a cluster like ray://host:10001")
    try:
        with socket.create_connection((host, int(port)), _SECONDS_TO_CONNECT) as connection:
            _greet(address, connection)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UsageError(
            f"{address}: no Ray cluster answers there ({why}): start one with `ray start`"
        ) from None


def _greet(address: str, connection: socket.socket) -> None:
    """Raise WorkshopError if what listens there does not answer as Ray's processes do."""
    if os.environ.get("RAY_USE_TLS", "0").lower() in {"1", "true"}:
        return  # it would have to be greeted in secret
    answer = b""
    with contextlib.suppress(OSError):
        connection.settimeout(_SECONDS_TO_GREET)
        connection.sendall(_GREETING)
        answer = connection.recv(9)
    if answer[3:4] != b"\x04":
        what = "something else answers there" if answer else f"it is silent for {_SECONDS_TO_GREET:g} s"
        raise WorkshopError(f"{address}: no Ray cluster answers there ({what}): name the head of one")


def _why_impossible(needs: Needs, nodes: Mapping[str, Mapping[str, float]]) -> str:
    if not nodes:
        return "no node of the cluster is left"
    wanted = f"{needs.memory / 1e9:.1f} GB of memory" + (f" and {needs.gpus} GPU" if needs.gpus else "")
    most = max(has.get("memory", 0) for has in nodes.values()) / 1e9
    gpus = max(int(has.get("GPU", 0)) for has in nodes.values())
    return f"it needs {wanted}, and the largest node has {most:.1f} GB and {gpus} GPUs"


def _installed_there(python: str, name: str) -> bool:
    path = interpreter(python)
    return installed(name) if path is None else other_python(path).installed(name)


# of a Ray worker: its one process, which lives as long
_here: dict[float | None, Workers] = {}


def _on_node(data: bytes, memory: int, limit: float | None) -> bytes:
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
