"""The instruction sets with which NumPy computes, as the environment has them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from workshop.execution import environment
from workshop.execution.environment import this_environment
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
def test_instructions_that_numpy_must_not_use_are_not_there(disabled: str, left: set[str]) -> None:
    """A variable switches them off, and the environment has what is left of those here."""
    here = {*this_environment().instructions.split()} - {"none"}
    child = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHILD],
        env={**os.environ, "NPY_DISABLE_CPU_FEATURES": disabled},
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
UMATHS = [
    ("1.24.4", ["AVX2", "AVX512_SKX"], ["AVX2", "AVX512F", "AVX512_SKX"], "avx2 avx512"),
    ("1.26.4", ["AVX2", "AVX512_SKX"], ["AVX2", "AVX512F"], "avx2"),  # as on Knights Landing
    ("2.3.5", ["AVX512_SKX"], ["AVX2"], "none"),
    ("2.4.6", ["X86_V3", "X86_V4"], ["AVX2", "AVX512_SKX"], "none"),  # both disabled by name
    ("2.4.6", ["X86_V3", "X86_V4"], ["AVX2", "X86_V3"], "avx2"),
    ("2.4.6", [], ["X86_V3", "X86_V4"], "none"),  # built without any
]


@pytest.mark.parametrize(("version", "built", "here", "used"), UMATHS)
def test_numpy_uses_what_it_is_built_for_and_finds(
    version: str, built: list[str], here: list[str], used: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its names before 2.4 and since; a processor that has more changes nothing."""
    umath = SimpleNamespace(
        __cpu_baseline__=[], __cpu_dispatch__=built, __cpu_features__=dict.fromkeys(here, True)
    )
    core = "numpy.core" if version < "2" else "numpy._core"
    modules = {"numpy": SimpleNamespace(__version__=version), f"{core}._multiarray_umath": umath}
    monkeypatch.setattr(environment, "importlib", SimpleNamespace(import_module=modules.__getitem__))

    assert environment._instructions.__wrapped__() == used


def test_instructions_are_the_ledgers_and_no_part_of_a_fingerprint() -> None:
    """They follow from NumPy's version and the processor, which are parts."""
    assert (*environment._OF_NUMPY,) == INSTRUCTION_SETS
    here = this_environment()
    other = replace(here, instructions="another")

    assert other.digest_text() == here.digest_text()
    assert other.arithmetic() == here.arithmetic()
    assert other.facts() != here.facts()
