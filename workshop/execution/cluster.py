"""The pool of `--on ray`: Ray starts tasks on its nodes, brings them the code, and brings outcomes back.

On its node a task runs in a process of `pool`, which watches its time and says how it ended.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import logging
import math
import os
import pickle
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import workshop
from workshop import datasets
from workshop.datasets.cache import matches
from workshop.errors import UsageError, WorkshopError
from workshop.execution.caching import put
from workshop.execution.environment import Environment, cores
from workshop.execution.pool import Answer, Cluster, Failed, Killed, Task, Workers
from workshop.execution.processes import descendants, end_with_parent
from workshop.execution.run import Runner
from workshop.execution.store import Store
from workshop.execution.surroundings import neutralise
from workshop.files import cache_folder, reason, write_atomically
from workshop.matrix.table import NAME
from workshop.matrix.virtualenvs import build_named

log = logging.getLogger("workshop.execution")

# Ray would replace our interpreter by uv's, and send statistics
# and end this process a minute after the head has died, before its results are written
VARIABLES = {
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_gcs_rpc_server_reconnect_timeout_s": "600",
}
_OBJECT_STORE = 200_000_000  # bytes of a cluster of our own: outcomes are small
# reserved for a part of which nothing is known; for another what it used, a share more, and what tasks leave
_USUAL_MEMORY, _MEMORY_TO_SPARE, _MEMORY_LEFT = 3e9, 1.2, 1e9
_SECONDS_TO_CONNECT = 5.0
_SECONDS_TO_GREET = 15.0  # for a cluster to say that it is one
_SECONDS_TO_ANSWER = 60.0  # for a node that has to start a first worker
_SECONDS_TO_LOOK = 0.5
_SECONDS_WITHOUT_HEAD = 15.0  # after which it is taken for dead
_SECONDS_TO_CLOSE = 5.0  # for a cluster without its head
_LOCK = threading.Lock()


class NoData(Exception):
    """A node lacks a data set with the checksum of the run; the message is its name."""


class RayCluster(Cluster):
    """The nodes of a Ray cluster that compute in one environment, that of the most cores.

    `where` is "ray" for the cluster of RAY_ADDRESS or of this machine, which is started if there is none, or
    `ray://host:port` for Ray's client. `python` is the interpreter on the nodes, a path or a name of the
    matrix, "" for Ray's own. Nodes that compute in another environment are named, and nothing runs there.
    Without its head or its nodes the cluster is lost: all tasks fail, and what was finished counts.

    Raises UsageError if Ray is not installed, or no cluster answers; WorkshopError if it is silent.
    """

    tries = 3

    def __init__(self, where: str, limit: float | None = None, python: str = "") -> None:
        super().__init__(1, limit)
        self._python = python
        self._files: dict[str, Any] = {}  # of data sets that some node lacks, in Ray's object store
        self._before = descendants(os.getpid())
        self._folder = tempfile.mkdtemp(prefix="workshop-ray-")
        # before Ray is imported, so after its own last words, as it writes there until this process ends
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        self._said = False
        self._ray: Any = None
        self._nodes: dict[str, Mapping[str, Any]] = {}  # that are fit
        self._alive = self._nodes
        try:
            self._ray = _connect(where, self._folder)
            self._look()
            self._nodes = self._alive
            threading.Thread(target=self._watch, daemon=True).start()
            self._environment = self._choose()
        except BaseException:
            self.close()
            raise
        self.cores = self._cores(self._nodes)

    def environment(self) -> Environment:
        return self._environment

    def installed(self, name: str) -> bool:
        return bool(self._wait(self._start(_installed, name, nodes=self._nodes)))

    def compute(self, task: Task) -> Answer:
        found = {name: each.paths for call in task.calls for name, each in call.data.items()}
        largest = max(node["Resources"].get("memory", 0) for node in self._nodes.values())
        memory = task.peak * _MEMORY_TO_SPARE + _MEMORY_LEFT if task.peak else _USUAL_MEMORY
        on_gpu = task.computes and self._environment.device == "gpu"
        how = {"memory": int(min(memory, largest)), "num_gpus": int(on_gpu)}
        files: dict[str, Any] = {}
        while True:
            try:
                reference = self._start(_compute, task, files, self.limit, nodes=self._nodes, **how)
                answer: Answer = self._wait(reference)
                break
            except NoData as missing:
                if files:
                    raise Failed(f"a node of the cluster can't keep {missing}") from None
                for name, paths in found.items():
                    if name not in self._files:
                        contents = {file: path.read_bytes() for file, path in paths.items()}
                        self._files[name] = self._ray.put(contents)
                files = self._files
            except Killed:
                log.warning("%s was lost with its process", task.name)
                raise
        if answer.raised is not None:
            return answer
        store = None if task.store is None else Store(task.store)
        jobs = [job for call in task.calls for job in zip(call.keys, call.fingerprints, strict=True)]
        made = [put(store, *job, each) for job, each in zip(jobs, answer.value, strict=True)]
        return replace(answer, value=made)

    def close(self) -> None:
        super().close()
        if self._ray is not None:
            own = set(descendants(os.getpid())) - {*self._before}
            goodbye = threading.Thread(target=self._ray.shutdown, daemon=True)
            goodbye.start()  # a head that is dead answers none
            goodbye.join(_SECONDS_TO_CLOSE if self._lost() else None)
            if self._lost():
                for process in own:
                    with contextlib.suppress(OSError):
                        os.kill(process, signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _look(self) -> None:
        """Note which nodes are there."""
        alive = (node for node in self._ray.nodes() if node["Alive"] and node["Resources"].get("CPU", 0) >= 1)
        self._alive, self._answered = {node["NodeID"]: node for node in alive}, time.monotonic()

    def _watch(self) -> None:
        while not self.closed:
            with contextlib.suppress(Exception):  # the head is dead, or does not answer
                self._look()
            time.sleep(_SECONDS_TO_LOOK)

    def _lost(self) -> str:
        """Say why the cluster as a whole is gone, "" while it is there."""
        here = not self._nodes or self._nodes.keys() & self._alive.keys()
        why = "" if here else "no node of the cluster is left"
        if time.monotonic() - self._answered > _SECONDS_WITHOUT_HEAD:
            why = f"the head of the cluster has not answered for {_SECONDS_WITHOUT_HEAD:g} s"
        with _LOCK:
            if why and not self._said:
                log.error("%s: what was finished counts; start the cluster again, and the same command", why)
            self._said = bool(why)
        return why

    def _start(self, function: Callable[..., Any], *args: Any, nodes: Iterable[str], **how: int) -> Any:
        """Start a function on one of some nodes; return Ray's reference."""
        remote = self._ray.remote(_on_node).options(
            num_cpus=1,
            max_retries=0,
            scheduling_strategy="SPREAD",
            label_selector={"ray.io/node-id": f"in({','.join(nodes)})"},
            **how,
        )
        return remote.remote(function, self._python, *args)

    def _wait(self, reference: Any, seconds: float = math.inf) -> Any:
        """Return what a function on a node returned, or raise what it raised; Killed if it was lost."""
        errors, end = self._ray.exceptions, time.monotonic() + seconds
        while True:
            try:
                return pickle.loads(self._ray.get(reference, timeout=_SECONDS_TO_LOOK))  # noqa: S301 - of our own tasks
            except errors.GetTimeoutError:
                if self.closed:
                    raise CancelledError from None
                if why := self._lost():
                    raise Failed(why) from None
                if time.monotonic() > end:
                    raise Failed(f"it did not answer within {seconds:g} s") from None
            except errors.RayTaskError as error:  # of the function
                raise error.cause or error from None
            except errors.RayError as error:
                raise Killed(-9 if isinstance(error, errors.OutOfMemoryError) else None) from None

    def _choose(self) -> Environment:
        """Ask each node for its environment; leave out those unlike that of the most cores."""
        gpus = {name: int(node["Resources"].get("GPU", 0)) for name, node in self._nodes.items()}
        asked = {
            name: self._start(_environment, nodes=[name], num_gpus=min(1, its)) for name, its in gpus.items()
        }
        found: dict[str, Environment] = {}
        end = time.monotonic() + _SECONDS_TO_ANSWER
        for name, reference in asked.items():
            try:
                found[name] = self._wait(reference, max(0.0, end - time.monotonic()))
            except Killed:
                self._leave_out(name, "it is gone")
            except (Failed, WorkshopError) as error:
                self._leave_out(name, " ".join(str(error.args[0]).split()))
        if not found:
            raise UsageError("no node of the cluster can run anything: see the lines above")
        chosen = max(found.values(), key=lambda own: self._cores(n for n in found if found[n] == own))
        for name, each in found.items():
            if each != chosen:
                self._leave_out(name, f"another environment: {differences(each, chosen)}")
        return chosen

    def _cores(self, names: Iterable[str]) -> int:
        return sum(int(self._nodes[name]["Resources"]["CPU"]) for name in names)

    def _leave_out(self, node: str, why: str) -> None:
        host = self._nodes[node].get("NodeManagerHostname", "?")
        log.warning("node %s (%s) is left out: %s", host, node[:6], why)
        self._nodes = {name: each for name, each in self._nodes.items() if name != node}


def differences(there: Environment, here: Environment) -> str:
    """Say what differs between a node's environment and that of the run."""
    facts, wanted = there.facts(), here.facts()
    names = [name for name in {**wanted, **facts} if facts.get(name) != wanted.get(name)]
    return ", ".join(f"{n} {facts.get(n, 'missing')} instead of {wanted.get(n, 'none')}" for n in names)


# of a node's process of Ray's: its one worker, which lives as long
_here: list[Workers] = []


def _on_node(function: Callable[..., Any], python: str, *args: Any) -> bytes:
    """Call a function on this node, with what runs functions in its interpreter."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    path = build_named(python) if NAME.fullmatch(python) else Path(python)
    here = Runner(python=path if python else None)
    return pickle.dumps(function(here, *args))  # a value of Ray's own would stay in its object store


def _compute(here: Runner, task: Task, files: Mapping[str, Any], limit: float | None) -> Answer:
    """Run a task with the data of this node, or those in Ray's object store. Raises NoData."""
    found = {name: each for call in task.calls for name, each in call.data.items()}
    data = {name: _find(each, files.get(name)) for name, each in found.items()}
    if missing := [name for name, each in data.items() if each is None]:
        raise NoData(missing[0])
    calls = [replace(call, data={name: data[name] for name in call.data}) for call in task.calls]
    if not _here:
        end_with_parent(os.getppid())  # the node's raylet: without it nobody asks for the answer
        _here.append(Workers(1))
    _here[0].limit = limit
    return _here[0].compute(replace(task, calls=calls, store=None, python=here.python))


def _environment(here: Runner) -> Environment:
    return here.environment


def _installed(here: Runner, name: str) -> bool:
    return here.installed(name)


def _find(found: datasets.Found, files: Any) -> datasets.Found | None:
    """Return a data set as it is on this node, else from its files in Ray's object store, else None."""
    if not found.paths:  # a web service
        return found
    own = datasets.find(found.id)
    if isinstance(own, datasets.Found) and own.checksum == found.checksum:
        return own
    if files is None:
        return None
    folder = cache_folder() / "travelled" / found.checksum.replace(":", "-")
    edition = datasets.registry()[found.id].edition(found.edition)
    contents = import_module("ray").get(files)
    for file in edition.files:
        write_atomically(folder / file.name, contents[file.name])
        if not matches(folder / file.name, file):
            return None
    return replace(found, paths={file.name: folder / file.name for file in edition.files})


def _connect(where: str, folder: str) -> Any:
    """Connect to a cluster, or start one with its files in a folder; return Ray."""
    os.environ.update(VARIABLES)
    neutralise()  # workers started here inherit it
    if importlib.util.find_spec("ray") is None:
        raise UsageError('--on ray needs Ray: pip install "workshop[cluster]"')
    address = where if where != "ray" else os.environ.get("RAY_ADDRESS", "")
    given = address not in {"", "auto", "local"}
    if given:
        _check_answers(address)
    ray = import_module("ray")
    # Ray prints what its processes complain of to standard output, which may be for results
    import_module("ray._private.worker").print_to_stdstream = _forward_log  # type: ignore[attr-defined]
    settings: dict[str, Any] = {
        "logging_level": logging.CRITICAL,
        "log_to_driver": False,
        "runtime_env": {"py_modules": [str(Path(workshop.__file__).parent)]},
    }
    handlers = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}
    try:
        try:
            ray.init(address=address if given else "auto", **settings)
        except ConnectionError:
            if given:
                raise
            _start_own(ray, _temp_dir=folder, **settings)  # none runs here
    except (ConnectionError, RuntimeError, TimeoutError, ValueError) as error:
        why = " ".join(str(error).split())[:200]
        asked = "no Ray cluster of this version answers, or it asks for a token (RAY_AUTH_MODE=token)"
        raise UsageError(f"--on {where}: {asked}: {why}") from None
    finally:
        for number, handler in handlers.items():  # Ray has put its own
            with contextlib.suppress(TypeError, ValueError):  # set by C, or not the main thread
                signal.signal(number, handler)
    return ray


def _start_own(ray: Any, **settings: Any) -> None:
    """Start a cluster for this run, which listens on this machine's loopback address alone."""
    constants: Any = import_module("ray._private.ray_constants")
    before = constants.ENABLE_RAY_CLUSTER
    # as Ray has it on macOS, where a firewall would ask; its processes inherit the variable
    constants.ENABLE_RAY_CLUSTER = False
    os.environ[constants.ENABLE_RAY_CLUSTERS_ENV_VAR] = "0"
    try:
        ray.init(
            address="local", num_cpus=cores(), object_store_memory=_OBJECT_STORE, include_dashboard=False,
            **settings,
        )  # fmt: skip
    except Exception as error:
        why = " ".join(str(error).split())[:200]
        raise UsageError(f"--on ray: a cluster on this machine did not start: {why}") from None
    finally:
        constants.ENABLE_RAY_CLUSTER = before
        os.environ.pop(constants.ENABLE_RAY_CLUSTERS_ENV_VAR, None)


def _forward_log(data: Mapping[str, Any], **_: Any) -> None:
    """Write lines of Ray's processes to standard error, which shows them if a run fails."""
    sys.stderr.write("".join(f"{line}\n" for line in data["lines"]))


def _check_answers(address: str) -> None:
    """Raise UsageError if nothing listens at an address, WorkshopError if what listens there is silent.

    Ray itself would try for minutes.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        raise UsageError(f"{address}: name a cluster like ray://host:10001")
    try:
        socket.create_connection((host, int(port)), _SECONDS_TO_CONNECT).close()
    except OSError as error:
        raise UsageError(
            f"{address}: no Ray cluster answers there ({reason(error)}): start one with `ray start`"
        ) from None
    if os.environ.get("RAY_USE_TLS", "0").lower() in {"1", "true"}:
        return  # it would have to be greeted in secret
    grpc = import_module("grpc")
    with grpc.insecure_channel(f"{host}:{port}", [("grpc.enable_http_proxy", 0)]) as channel:
        try:
            grpc.channel_ready_future(channel).result(_SECONDS_TO_GREET)
        except grpc.FutureTimeoutError:
            silent = f"it is silent for {_SECONDS_TO_GREET:g} s"
            raise WorkshopError(
                f"{address}: no Ray cluster answers there ({silent}): name the head of one"
            ) from None
