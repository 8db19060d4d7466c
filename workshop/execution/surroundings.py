"""
Surroundings: variables and settings that would change outcomes get their usual values, or are named.

A library that has been imported reads some of them no more; the environment then names them. It keeps to
Python 3.7, so that the interpreters of old stacks name what is in effect there.
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from functools import lru_cache
from typing import Any, Container, Iterator, Mapping, Optional

try:
    from threadpoolctl import ThreadpoolController  # novm
except ImportError:  # another Python: it starts with the variables of `neutral`
    ThreadpoolController = None

# what every process that computes gets
_FIXED = {
    "KERAS_HOME": os.devnull,  # no folder: Keras finds no keras.json in it, and writes none
    "KERAS_BACKEND": "tensorflow",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
# how names begin that are removed, by the library that reads them once, when it is imported
_REMOVED = {
    "tensorflow": (
        "AUTOGRAPH_",
        "CUBLAS_",
        "DNNL_",
        "NVIDIA_TF32_OVERRIDE",
        "ONEDNN_",
        "TF2_",
        "TF_",
        "XLA_",
    ),
    "keras": ("KERAS_",),
    "numpy": ("NPY_PROMOTION_STATE",),
    "pandas": ("PANDAS_",),
    "scipy": ("SCIPY_",),
    "sklearn": ("SKLEARN_",),
    "": ("NLTK_DATA", "PYTHONOPTIMIZE", "PYTHONWARNINGS"),  # they have no effect on a process that runs
}
# logs and memory; the environment has the version of legacy Keras
_KEPT = ("TF_CPP_", "TF_FORCE_GPU_ALLOW_GROWTH", "TF_GPU_ALLOCATOR", "TF_USE_LEGACY_KERAS")
# with which instructions libraries compute, and so how they round
_PROCESSOR = (
    "DNNL_MAX_CPU_ISA",
    "GLIBC_TUNABLES",
    "MKL_CBWR",
    "MKL_ENABLE_INSTRUCTIONS",
    "NPY_DISABLE_CPU_FEATURES",
    "NPY_ENABLE_CPU_FEATURES",
    "ONEDNN_MAX_CPU_ISA",
    "OPENBLAS_CORETYPE",
    "XLA_FLAGS",
)
_XLA_PROCESSOR, _XLA_FOLDER = "--xla_cpu_max_isa=", "--xla_gpu_cuda_data_dir="
# what TensorFlow sets itself when it is imported
_OF_TENSORFLOW = ("TF2_BEHAVIOR", "1")
_USUAL_KERAS = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}


def neutralise() -> None:
    """Give this process, and those that it starts, the variables under which outcomes are made."""
    wanted = neutral(os.environ, sys.modules)
    for name in set(os.environ) - set(wanted):
        del os.environ[name]
    os.environ.update(wanted)


def neutral(variables: Mapping[str, str], imported: Container[str]) -> dict[str, str]:
    """
    Return variables without those that change outcomes, except for those that can only be named.

    `imported` : the libraries that are imported already where the variables count.
    """
    passed = {}
    for name, value in variables.items():
        reader = _reader(name)
        if reader is None or reader in imported or name in _PROCESSOR:
            passed[name] = value
    if "tensorflow" not in imported:
        flags = [
            f for f in passed.pop("XLA_FLAGS", "").split() if f.startswith((_XLA_PROCESSOR, _XLA_FOLDER))
        ]
        passed.update({"XLA_FLAGS": " ".join(flags)} if flags else {})
    return {**passed, **_FIXED}


def of_processor() -> list[str]:
    """Return the variables that choose the instructions with which libraries compute, as `name=value`."""
    named = {name: value for name, value in neutral(os.environ, sys.modules).items() if name in _PROCESSOR}
    flags = [f for f in named.pop("XLA_FLAGS", "").split() if not f.startswith(_XLA_FOLDER)]
    return ["%s=%s" % item for item in sorted(named.items())] + flags


def of_process() -> list[str]:
    """Return what else is unusual in this process and can't be changed any more."""
    variables = neutral(os.environ, sys.modules).items()
    named = sorted(
        "%s=%s" % (name, value)
        for name, value in variables
        if name not in _PROCESSOR and _reader(name) is not None and (name, value) != _OF_TENSORFLOW
    )
    return named + (["python -" + "O" * sys.flags.optimize] if sys.flags.optimize else [])


@contextlib.contextmanager
def usual_settings() -> Iterator[None]:
    """
    Compute as in a fresh process, whatever this one has set; put it back afterwards.

    NumPy takes one thread, warnings are not errors, Keras has its own settings. Raises RuntimeError if Keras
    runs on another backend than TensorFlow.
    """
    import numpy as np

    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        if any(action == "error" for action, *_ in warnings.filters):
            warnings.simplefilter("default")
        stack.enter_context(np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"))
        if ThreadpoolController is not None:
            stack.enter_context(_pools().limit(limits=1))
        imported = [sys.modules[name] for name in ("keras", "tf_keras") if name in sys.modules]
        if imported:  # else it finds KERAS_HOME when it is
            backend = imported[0].backend.backend()
            if backend != "tensorflow":
                why = "Keras runs on %s here: start Python again with KERAS_BACKEND=tensorflow"
                raise RuntimeError(why % backend)
            stack.enter_context(_usual_keras(sys.modules["tensorflow"].keras))
        yield


@lru_cache(maxsize=1)
def _pools() -> Any:
    """Return the threads of the libraries imported first; those imported later read the variables."""
    return ThreadpoolController()


@contextlib.contextmanager
def _usual_keras(keras: Any) -> Iterator[None]:
    backend, policies = keras.backend, keras.mixed_precision
    settings = {name: getattr(backend, name)() for name in _USUAL_KERAS}
    policy = policies.global_policy()

    def put(values: Mapping[str, Any], policy: Any) -> None:
        for name, value in values.items():
            getattr(backend, "set_" + name)(value)
        policies.set_global_policy(policy)

    put(_USUAL_KERAS, "float32")
    try:
        yield
    finally:
        put(settings, policy)


def _reader(name: str) -> Optional[str]:
    """Return the library that reads a variable which changes outcomes, None if it is another variable."""
    if name in _FIXED or name.startswith(_KEPT):
        return None
    return next((library for library, begins in _REMOVED.items() if name.startswith(begins)), None)
