"""The environment in which outcomes are made; versions are told without importing anything."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

# the first distribution that is installed gives the version
_DISTRIBUTIONS = {
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos"),
    "keras": ("keras",),
    "numpy": ("numpy",),
    "scikit-learn": ("scikit-learn",),
    "pandas": ("pandas",),
    "pillow": ("pillow",),
    "nltk": ("nltk",),
    "gensim": ("gensim",),
    "scipy": ("scipy",),
}
# what computes an outcome; the others only prepare exact data or judge
_COMPUTING = ("python", "tensorflow", "keras", "numpy")
# what computes only where a unit uses a library; gensim calls the BLAS of SciPy
_COMPUTING_WITH = {"gensim": ("gensim", "scipy"), "nltk": ("nltk",)}
# instruction sets by which libraries choose their kernels
_SIMD = ("avx", "avx2", "fma", "avx512f", "avx512_bf16", "amx_tile")


@dataclass(frozen=True)
class Environment:
    """Versions, device and threads under which outcomes are made."""

    versions: dict[str, str]
    system: str
    cpu: str
    device: str
    threads: int

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
            "device": self.device,
            "threads": str(self.threads),
        }

    def arithmetic(self, uses: Iterable[str] = ()) -> dict[str, str]:
        """Return what the bits of an outcome depend on, beside code, data and seed.

        `uses` are the import names of the libraries that its unit needs.
        """
        computing = {*_COMPUTING, *(name for library in uses for name in _COMPUTING_WITH.get(library, ()))}
        return {k: v for k, v in self.facts().items() if k not in _DISTRIBUTIONS or k in computing}


def this_environment(threads: int = 1) -> Environment:
    """Return the environment of this process, which computes with so many threads."""
    return Environment(
        versions=_versions(),
        system=f"{platform.system()} {platform.machine()}",
        cpu=_cpu(),
        device="gpu" if _gpu_visible() else "cpu",
        threads=threads,
    )


def cores() -> int:
    """Return how many CPU cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name, distributions in _DISTRIBUTIONS.items():
        for distribution in distributions:
            try:
                versions[name] = metadata.version(distribution)
            except metadata.PackageNotFoundError:
                continue
            break
    # then tf.keras is the package tf_keras
    if os.environ.get("TF_USE_LEGACY_KERAS") in {"1", "true", "True"}:
        try:
            versions["keras"] = metadata.version("tf_keras")
        except metadata.PackageNotFoundError:
            versions.pop("keras", None)
    return versions


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


def _gpu_visible() -> bool:
    """Whether an NVIDIA GPU is there and not hidden; the driver's files tell it without TensorFlow."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    return hidden not in {"", "-1"} and Path("/proc/driver/nvidia/version").exists()
