"""A process for each library, so that none computes with another's threads, back end or memory.

The parent asks one process at a time and waits; a process takes its own times, so that the way to it costs
nothing. Keras on JAX needs a process anyway: a process has one back end.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import multiprocessing
import os
import time
import traceback
from collections.abc import Mapping
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.contenders import CPU_ONLY, LIBRARIES
from benchmarks.harness.jobs import Job, Prepared

SHORTEST = 0.01  # seconds that a measured sample lasts at least, by calling several times
MOST_CALLS = 500
INSTALLED_BY = {
    "tensorflow": "pip install -e '.[cpu]'",
    "torch": "pip install --group peers",
    "onnxruntime": "pip install --group peers",
    "jax": "pip install --group peers",
}


class ContenderError(RuntimeError):
    """A contender could not be prepared or run; the message is its traceback."""


def missing(library: str) -> str | None:
    """Return why a library can't compete and the remedy, without importing it, or None."""
    for module in LIBRARIES[library][0]:
        if importlib.util.find_spec(module) is None:
            return f"{module} is not installed: {INSTALLED_BY[library]}"
    return None


class Worker:
    """The process in which one library computes."""

    def __init__(self, library: str, *, device: str, threads: int) -> None:
        self.library = library
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, library, device, threads), daemon=True)
        with mock.patch.dict(os.environ, _settings(library, device, threads)):
            self._process.start()
        theirs.close()
        self.facts: Mapping[str, str] = self._answer()

    def prepare(self, function: str, job: Job) -> None:
        """Make a contender ready, compiled and warm; it stays ready until another one of that function."""
        self._ask("prepare", function, job)

    def result(self, function: str, job: Job) -> list[np.ndarray]:
        """Return what a contender computes of a job."""
        arrays: list[np.ndarray] = self._ask("result", function, job)
        return arrays

    def seconds(self, function: str) -> float:
        """Return the seconds that a prepared contender took for a unit of work, this time."""
        return float(self._ask("seconds", function))

    def release(self, function: str) -> None:
        """Forget a contender."""
        self._ask("release", function)

    def close(self) -> None:
        """End the process."""
        self._connection.close()
        self._process.join(timeout=10)
        self._process.kill()

    def _ask(self, *question: Any) -> Any:
        with contextlib.suppress(BrokenPipeError):  # the missing answer says what is wrong
            self._connection.send(question)
        return self._answer()

    def _answer(self) -> Any:
        try:
            answer, error = self._connection.recv()
        except (EOFError, ConnectionResetError):
            raise ContenderError(
                f"the process of {self.library} died: run again with -s to see why"
            ) from None
        if error:
            raise ContenderError(f"in the process of {self.library}:\n{error}")
        return answer


def _settings(library: str, device: str, threads: int) -> dict[str, str]:
    """Return the environment a library's process starts with."""
    limits = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "WORKSHOP_THREADS"), str(threads)
    )
    hidden = {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"} if device == "cpu" else {}
    shared = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    return {"TF_CPP_MIN_LOG_LEVEL": "3", **limits, **hidden, **shared, **LIBRARIES[library][1]}


def _serve(connection: Any, library: str, device: str, threads: int) -> None:
    """Answer the parent until it closes the connection; runs in the library's process."""
    try:
        _STARTS.get(library, lambda *_: None)(device, threads)
        facts = {name: importlib.import_module(name).__version__ for name in LIBRARIES[library][0]}
    except Exception:
        connection.send((None, traceback.format_exc()))
        return
    connection.send((facts, ""))
    ready: dict[str, tuple[Prepared, int]] = {}
    actions = {"prepare": _prepare, "result": _result, "seconds": _seconds, "release": _release}
    while True:
        try:
            action, *arguments = connection.recv()
        except EOFError:
            return
        try:
            connection.send((actions[action](ready, *arguments), ""))
        except Exception:
            connection.send((None, traceback.format_exc()))


def _prepared(function: str, job: Job) -> Prepared:
    module, name = function.split(".")
    made: Prepared = getattr(importlib.import_module(f"benchmarks.contenders.{module}"), name)(job)
    return made


def _prepare(ready: dict[str, tuple[Prepared, int]], function: str, job: Job) -> None:
    contender = _prepared(function, job)
    contender.call()  # compiles
    ready[function] = contender, 1
    once = _seconds(ready, function) * contender.units
    if once < 10 * SHORTEST:
        once = min(once, _seconds(ready, function) * contender.units)
    ready[function] = contender, min(max(int(np.ceil(SHORTEST / once)), 1), MOST_CALLS)


def _result(ready: dict[str, tuple[Prepared, int]], function: str, job: Job) -> list[np.ndarray]:
    del ready
    return [np.asarray(array) for array in _prepared(function, job).result()]


def _seconds(ready: dict[str, tuple[Prepared, int]], function: str) -> float:
    contender, calls = ready[function]
    if calls > 1:
        contender.call()  # what others left in the caches is not this contender's
    gc.disable()
    start = time.perf_counter()
    for _ in range(calls):
        contender.call()
    seconds = time.perf_counter() - start
    gc.enable()
    return seconds / (calls * contender.units)


def _release(ready: dict[str, tuple[Prepared, int]], function: str) -> None:
    ready.pop(function, None)
    gc.collect()


def _start_tensorflow(device: str, threads: int) -> None:
    from workshop.training.backend import tf

    del threads  # set by the environment
    if device == "gpu" and not tf.config.list_physical_devices("GPU"):
        raise ContenderError("TensorFlow sees no GPU: pip install -e '.[gpu]'")
    tf.config.experimental.enable_tensor_float_32_execution(False)


def _start_torch(device: str, threads: int) -> None:
    import torch

    torch.set_num_threads(threads)
    if device == "gpu" and not torch.cuda.is_available():
        raise ContenderError("PyTorch sees no GPU: install a build with CUDA")
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False


def _start_jax(device: str, threads: int) -> None:
    if hasattr(os, "sched_setaffinity") and device == "cpu":
        # JAX computes with as many threads as it sees cores, and has no setting for it
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    import jax

    if device == "gpu" and jax.devices()[0].platform != "gpu":
        raise ContenderError("JAX sees no GPU: pip install 'jax[cuda12]'")
    jax.config.update("jax_default_matmul_precision", "highest")  # no TF32


# settings of a library that are no variables of its environment
_STARTS: dict[str, Any] = {"tensorflow": _start_tensorflow, "torch": _start_torch, "jax": _start_jax}


def computes_on(library: str, device: str) -> bool:
    """Return whether a library's contenders compute on a device at all."""
    return device == "cpu" or library not in CPU_ONLY
