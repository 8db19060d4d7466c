"""Connecting to a Ray cluster, or starting one for a run, and noticing that its head is dead."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import workshop
from workshop.errors import UsageError, WorkshopError
from workshop.execution.environment import cores
from workshop.execution.processes import descendants
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
_SECONDS_TO_CONNECT = 5.0
_SECONDS_TO_GREET = 15.0  # for a cluster to say that it is one
_SECONDS_FOR_NODES = 1.0  # for the head to list its nodes, before it is asked again
_SECONDS_WITHOUT_HEAD = 15.0  # after which it is taken for dead
_SECONDS_TO_CLOSE = 5.0
# how a client of HTTP/2, which Ray's processes speak, begins; the answer begins with a frame of settings
_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
_FOLDER = "workshop-ray-"  # and the process of the run


class Connection:
    """A connection to a Ray cluster; `lost` says why the cluster as a whole is gone, "" while it is there.

    `where` is as `RayCluster` has it, and so are the errors; `ray` is Ray itself.
    """

    def __init__(self, where: str) -> None:
        self.lost = ""
        self._folder: str | None = None
        self._asking: _Asking | None = None
        self.ray = self._connect(where)
        self._answered = time.monotonic()

    def nodes(self) -> list[Mapping[str, Any]] | None:
        """Return the nodes of which the head knows, None if it has not answered yet.

        Without an answer for too long, the cluster as a whole is lost.
        """
        if self._asking is None:
            self._asking = _Asking(self.ray.nodes)
        answered, nodes = self._asking.answer(_SECONDS_FOR_NODES)
        if answered:
            self._asking = None
        if answered and nodes is not None:
            self._answered = time.monotonic()
            return list(nodes)
        if answered:
            time.sleep(_SECONDS_FOR_NODES)  # it answers at once that it can't
        if not self.lost and time.monotonic() - self._answered > _SECONDS_WITHOUT_HEAD:
            self.lost = f"the head of the cluster has not answered for {_SECONDS_WITHOUT_HEAD:g} s"
            log.error(
                "%s: finished outcomes count; start the cluster again, and repeat the command", self.lost
            )
        return None

    def close(self) -> None:
        """Leave the cluster, and end it if it was started for this run."""
        own = [] if self._folder is None else _own_processes()
        if self.lost:  # a head that is dead answers no goodbye
            _Asking(self.ray.shutdown).answer(_SECONDS_TO_CLOSE)
        else:
            with contextlib.suppress(Exception):
                self.ray.shutdown()
        for process in own if self.lost else ():
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
        import_module("ray._private.worker").print_to_stdstream = _forward_log  # type: ignore[attr-defined]
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


def _forward_log(data: Mapping[str, Any], **_: Any) -> None:
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
        """Return whether it has returned within `seconds`, and what: None if it has failed."""
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
