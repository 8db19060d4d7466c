"""The instruction sets with which NumPy computes, as the environment has them."""

import json
import os
import platform
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from workshop.execution import environment
from workshop.execution.environment import Environment, this_environment
from workshop.ledger.model import INSTRUCTION_SETS

CHILD = """
import json
from workshop.execution.environment import this_environment
print(json.dumps(this_environment().facts()))
"""
# names of NumPy 1.25 to 2.5; those that a NumPy does not know it passes over
AVX512 = "X86_V4 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"
AVX2 = "X86_V3 AVX2 FMA3"


@pytest.mark.parametrize(("disabled", "left"), [(AVX512, {"avx2"}), (f"{AVX512} {AVX2}", set())])
def test_instructions_that_numpy_must_not_use_are_not_there(disabled, left):
    here = {*this_environment().instructions.split()} - {"none"}
    before = os.environ.get("NPY_DISABLE_CPU_FEATURES", "")
    child = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHILD],
        env={**os.environ, "NPY_DISABLE_CPU_FEATURES": f"{before} {disabled}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        pytest.skip(f"NumPy refuses to do without: {child.stderr.strip().splitlines()[-1]}")

    facts = json.loads(child.stdout)

    assert {*facts["instructions"].split()} - {"none"} == here & left
    assert facts["instructions"]


# NumPy's version, what it is built for, what the processor has, and what it uses
UMATHS: list[Any] = [
    ("1.24.4", ["AVX2", "AVX512_SKX"], ["AVX2", "AVX512F", "AVX512_SKX"], "avx2 avx512"),
    ("1.26.4", ["AVX2", "AVX512_SKX"], ["AVX2", "AVX512F"], "avx2"),  # as on Knights Landing
    ("2.3.5", ["AVX512_SKX"], ["AVX2"], "none"),
    ("2.4.6", ["X86_V3", "X86_V4"], ["AVX2", "AVX512_SKX"], "none"),  # both disabled by name
    ("2.4.6", ["X86_V3", "X86_V4"], ["AVX2", "X86_V3"], "avx2"),
    ("2.4.6", [], ["X86_V3", "X86_V4"], "none"),  # built without any
]


@pytest.mark.parametrize(("version", "built", "here", "used"), UMATHS)
def test_numpy_uses_what_it_is_built_for_and_finds(version, built, here, used, monkeypatch):
    """By its names before 2.4 and since; a processor that has more changes nothing."""
    half = len(built) // 2
    umath = SimpleNamespace(
        __cpu_baseline__=built[:half],
        __cpu_dispatch__=built[half:],
        __cpu_features__={
            **dict.fromkeys(["X86_V4", "AVX2", "AVX512_SKX"], False),
            **dict.fromkeys(here, True),
        },
    )
    core = "numpy.core" if version < "2" else "numpy._core"
    modules = {"numpy": SimpleNamespace(__version__=version), f"{core}._multiarray_umath": umath}
    monkeypatch.setattr(environment, "importlib", SimpleNamespace(import_module=modules.__getitem__))

    assert environment._instructions.__wrapped__() == used
    modules[f"{core}._multiarray_umath"] = SimpleNamespace()  # as in NumPy 1.18
    assert environment._instructions.__wrapped__() == "none"


@pytest.mark.parametrize(
    ("system", "count"),
    [
        ({"sched_getaffinity": {0: {*"abc"}}.__getitem__, "cpu_count": lambda: 9}, 3),
        ({"cpu_count": lambda: 9}, 9), ({"cpu_count": lambda: None}, 1),
    ],
)  # fmt: skip
def test_cores_are_those_that_this_process_may_use(system, count, monkeypatch):
    monkeypatch.setattr(environment, "os", SimpleNamespace(**system))
    assert environment.cores() == count


def test_instructions_are_the_ledgers_and_no_part_of_a_fingerprint():
    assert (*environment._OF_NUMPY,) == INSTRUCTION_SETS
    here = this_environment()
    other = replace(here, instructions="another")

    assert other.digest_text() == here.digest_text()
    assert other.arithmetic() == here.arithmetic()
    assert other.facts() != here.facts()


MADE = Environment(
    {"python": "3.11", "numpy": "2.4", "tensorflow": "2.21", "keras": "3.15", "scipy": "1.17",
     "gensim": "4.4", "nltk": "3"},
    "Linux x", "A processor", "gpu", 2, "avx2",
)  # fmt: skip
COMPUTING = {"python", "numpy", "tensorflow", "keras", "system", "cpu", "device", "threads"}


def test_what_an_environment_says():
    assert MADE.digest_text() == (
        "gensim=4.4 keras=3.15 nltk=3 numpy=2.4 python=3.11 scipy=1.17 tensorflow=2.21 | "
        "Linux x | A processor | gpu | threads=2"
    )
    others = {
        "system": "Linux x",
        "cpu": "A processor",
        "instructions": "avx2",
        "device": "gpu",
        "threads": "2",
    }
    assert MADE.facts() == {**MADE.versions, **others}
    for uses, more in (((), set()), (("gensim",), {"gensim", "scipy"}), (("nltk", "numpy"), {"nltk"})):
        assert MADE.arithmetic(uses) == {name: MADE.facts()[name] for name in COMPUTING | more}
    assert replace(MADE, cpu="").arithmetic()["cpu"] == ""
    assert this_environment().threads == environment.without_instructions().threads == 1


# distributions that are installed, the variable for Keras 2, and the versions of TensorFlow and Keras
INSTALLED: list[tuple[dict[str, str], str, tuple[str | None, str | None]]] = [
    ({"tensorflow": "2.21", "keras": "3.15"}, "", ("2.21", "3.15")),
    ({"tensorflow-cpu": "2.21", "keras-nightly": "3.16", "tf_keras": "2.20"}, "", ("2.21", "3.16")),
    (
        {"tensorflow": "2.21", "tf-nightly": "2.22", "keras": "3.15", "keras-nightly": "4"},
        "",
        ("2.21", "3.15"),
    ),
    ({"tensorflow": "2.21", "keras": "3.15", "tf_keras": "2.20"}, "1", ("2.21", "2.20")),
    ({"tensorflow": "2.21", "keras": "3.15"}, "True", ("2.21", None)),
    ({"tensorflow": "2.5.3"}, "", ("2.5.3", "2.5.0")),
    ({"tensorflow": "2.6.0", "keras": "2.6"}, "false", ("2.6.0", "2.6")),
    ({}, "", (None, None)),
]


@pytest.mark.parametrize(("installed", "legacy", "found"), INSTALLED)
def test_versions_are_those_of_the_first_that_is_installed(installed, legacy, found, monkeypatch, tmp_path):
    inside = tmp_path / "tensorflow" / "python" / "keras" / "__init__.py"
    inside.parent.mkdir(parents=True)
    inside.write_text("__version__ = '2.4.0'\n__version__ = '2.5.0'\n", "utf-8")
    both = {**installed, "numpy": "2.4"}

    def distribution(name: str) -> Any:
        made = SimpleNamespace(version=both.get(name), locate_file=lambda path: tmp_path / path)
        return made if name in both else None

    monkeypatch.setattr(environment, "_distribution", distribution)
    monkeypatch.setenv("TF_USE_LEGACY_KERAS", legacy)
    versions = environment._versions.__wrapped__()
    assert (versions.get("tensorflow"), versions.get("keras")) == found
    assert versions["numpy"] == "2.4"
    assert versions["python"] == platform.python_version()
    assert "scipy" not in versions
    inside.unlink()
    assert environment._keras_inside(distribution("numpy")) == "unknown"


# what /proc/cpuinfo has, and what is said of it
PROCESSORS = [
    (
        "model name: Xeon\ncpu family : 6\nmodel\t: 85\nstepping: 7\nflags: fpu avx avx2 fma avx512f\n\n-",
        "Xeon (family 6, model 85, stepping 7, avx, avx2, fma, avx512f)",
    ),
    ("model name: A\nflags: sse avx5", "A"),
    ("model name: A\nflags: amx_tile avx512_bf16", "A (avx512_bf16, amx_tile)"),
    ("stepping: 7", "the platform's (stepping 7)"),
    (None, "the platform's"),
]


@pytest.mark.parametrize(("text", "name"), PROCESSORS)
def test_a_processor_is_named_with_what_chooses_kernels(text, name, monkeypatch, tmp_path):
    path = tmp_path / "cpuinfo"
    if text is not None:
        path.write_text(text, "utf-8")
    monkeypatch.setattr(environment, "Path", lambda _: path)
    monkeypatch.setattr(environment, "platform", SimpleNamespace(processor=lambda: "the platform's"))
    assert environment._cpu.__wrapped__() == name


@pytest.mark.parametrize(
    ("hidden", "there", "visible"),
    [(None, True, True), ("0", True, True), ("", True, False), ("-1", True, False), ("0", False, False)],
)
def test_a_gpu_counts_if_it_is_not_hidden(hidden, there, visible, monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "Path", lambda _: tmp_path if there else tmp_path / "none")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if hidden is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    assert environment._gpu_visible() == visible
    assert environment.without_instructions().device == ("gpu" if visible else "cpu")
