"""The environment in which outcomes are made; versions are told without importing anything."""

from __future__ import annotations

import os
import platform
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
}


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
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def _gpu_visible() -> bool:
    """Whether an NVIDIA GPU is there and not hidden; the driver's files tell it without TensorFlow."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    return hidden not in {"", "-1"} and Path("/proc/driver/nvidia/version").exists()
