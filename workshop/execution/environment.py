"""
The environment in which outcomes are made; versions are found without importing any library.

It keeps to Python 3.7, so that the interpreters of old stacks can describe theirs.
"""

from __future__ import annotations

import importlib
import os
import platform
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Iterable, Optional

try:
    from importlib import metadata  # novm
except ImportError:  # Python 3.7, where TensorFlow 2.1 brings a package of the same content
    import importlib_metadata as metadata  # type: ignore[import-not-found, no-redef]

from workshop.execution.surroundings import of_process, of_processor

# the first distribution that is installed gives the version
_DISTRIBUTIONS = {
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos", "tf-nightly"),
    "keras": ("keras", "keras-nightly"),
    **{n: (n,) for n in ("numpy", "scikit-learn", "pandas", "pillow", "nltk", "gensim", "scipy")},
}
# `tf.keras` is not a package of its own there
_WITH_KERAS_INSIDE = ("2.0.", "2.1.", "2.2.", "2.3.", "2.4.", "2.5.")
# what computes an outcome; the others only prepare exact data or judge
_COMPUTING = ("python", "tensorflow", "keras", "numpy")
# what computes only where a unit uses a library; gensim calls the BLAS of SciPy
_COMPUTING_WITH = {"gensim": ("gensim", "scipy"), "nltk": ("nltk",)}
# instruction sets by which libraries choose their kernels
_SIMD = ("avx", "avx2", "fma", "avx512f", "avx512_bf16", "amx_tile")
# those by which NumPy chooses how it sorts, by its names for them before 2.4 and since
_OF_NUMPY = {"avx2": ("AVX2", "X86_V3"), "avx512": ("AVX512_SKX", "X86_V4")}


@dataclass(frozen=True)
class Environment:
    """
    Versions, device and threads under which outcomes are made.

    `system` and `cpu` end with the variables that are not usual and can't be neutralised. `instructions` :
    the sets among `avx2` and `avx512` with which NumPy computes, or `none`; they follow from the rest.
    """

    versions: dict[str, str]
    system: str
    cpu: str
    device: str
    threads: int
    instructions: str = "none"

    def digest_text(self) -> str:
        """Write the environment as one line that changes whenever it does."""
        versions = " ".join(f"{name}={version}" for name, version in sorted(self.versions.items()))
        return f"{versions} | {self.system} | {self.cpu} | {self.device} | threads={self.threads}"

    def facts(self) -> dict[str, str]:
        """Return all of it by name."""
        return {
            **self.versions,
            "system": self.system,
            "cpu": self.cpu,
            "instructions": self.instructions,
            "device": self.device,
            "threads": str(self.threads),
        }

    def arithmetic(self, uses: Iterable[str] = ()) -> dict[str, str]:
        """Return what the bits of an outcome depend on, apart from code, data and seed.

        `uses` are the import names of the libraries that its unit needs.
        """
        computing = {*_COMPUTING, *(name for library in uses for name in _COMPUTING_WITH.get(library, ()))}
        left = (_DISTRIBUTIONS.keys() | {"instructions"}) - computing
        return {name: fact for name, fact in self.facts().items() if name not in left}


def this_environment() -> Environment:
    """Return the environment of this process, which computes with one thread."""
    return replace(without_instructions(), instructions=_instructions())


def without_instructions() -> Environment:
    """Return all of the environment but what NumPy says of it, which follows from the rest."""
    return Environment(
        versions=_versions(),
        system=", ".join([f"{platform.system()} {platform.machine()}", *of_process()]),
        cpu=", ".join([_cpu(), *of_processor()]),
        device="gpu" if _gpu_visible() else "cpu",
        threads=1,
    )


def cores() -> int:
    """Return how many CPU cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name, distributions in _DISTRIBUTIONS.items():
        found = next(filter(None, map(_distribution, distributions)), None)
        if found is not None:
            versions[name] = found.version
        if found is not None and name == "tensorflow" and found.version.startswith(_WITH_KERAS_INSIDE):
            versions["keras"] = _keras_inside(found)
    # then tf.keras is the package tf_keras
    if legacy_keras():
        legacy = _distribution("tf_keras")
        versions.pop("keras", None)
        versions.update({} if legacy is None else {"keras": legacy.version})
    return versions


def legacy_keras() -> bool:
    """Return whether the user asks TensorFlow for Keras 2, which is a package of its own."""
    return os.environ.get("TF_USE_LEGACY_KERAS") in {"1", "true", "True"}


def _distribution(name: str) -> Optional[metadata.Distribution]:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None


def _keras_inside(tensorflow: metadata.Distribution) -> str:
    """Return the version of `tf.keras` where it is not a package of its own."""
    for package in ("tensorflow_core", "tensorflow"):  # to TensorFlow 2.1, from 2.2
        file = Path(str(tensorflow.locate_file(package + "/python/keras/__init__.py")))
        if file.exists():
            # of the two in TensorFlow 2.1 the last one counts
            return str(re.findall(r"__version__ = '([\d.]+)", file.read_text(encoding="utf-8"))[-1])
    return "unknown"


@lru_cache(maxsize=1)
def _cpu() -> str:
    """Return the processor's name, and the model and instruction sets by which libraries choose kernels."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0]
    except OSError:
        return platform.processor() or "unknown"
    facts = {k.strip(): v.strip() for k, _, v in (line.partition(":") for line in text.splitlines())}
    name = facts.get("model name", platform.processor() or "unknown")
    model = [f"{key.split()[-1]} {facts[key]}" for key in ("cpu family", "model", "stepping") if key in facts]
    simd = [flag for flag in _SIMD if flag in facts.get("flags", "").split()]
    return f"{name} ({', '.join(model + simd)})" if model or simd else name


@lru_cache(maxsize=1)
def _instructions() -> str:
    """Return the instruction sets that this NumPy is built for, that are here, and that are not disabled."""
    # here, because a short command needs what is kept only
    version = importlib.import_module("numpy").__version__
    core = "numpy.core" if version.startswith("1.") else "numpy._core"
    umath = importlib.import_module(core + "._multiarray_umath")
    built = {*getattr(umath, "__cpu_baseline__", ()), *getattr(umath, "__cpu_dispatch__", ())}
    here = getattr(umath, "__cpu_features__", {})
    used = [own for own, names in _OF_NUMPY.items() if any(n in built and here.get(n) for n in names)]
    return " ".join(used) or "none"


def _gpu_visible() -> bool:
    """Whether an NVIDIA GPU is there and not hidden; the driver's files show it without TensorFlow."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    return hidden not in {"", "-1"} and Path("/proc/driver/nvidia/version").exists()
