"""NumPy's scalar argsort in Python, compared with NumPy's own without vector instructions."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from workshop.numerics.introsort import introsort_argsort

# by the names of NumPy 1.25 to 2.5; those that a NumPy does not know it passes over
VECTOR_FEATURES = (
    "X86_V3 X86_V4 AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"
)
CHILD = """
import sys
import numpy as np
core = getattr(np, "_core", None) or np.core
features = core._multiarray_umath.__cpu_features__
levels = ("X86_V3", "X86_V4") if "X86_V3" in features else ("AVX2", "AVX512_SKX")  # NumPy 2.4 on; before
print([name for name in levels if features.get(name)])
arrays = np.load(sys.argv[1])
np.savez(sys.argv[2], **{name: np.argsort(arrays[name]) for name in arrays})
"""


class Adversary:
    """Values that settle only when they are compared, as badly for quicksort as can be (McIlroy, 1999)."""

    def __init__(self, size: int) -> None:
        self.settled: dict[int, int] = {}
        self.size = size
        self.candidate = 0

    def settle(self, index: int) -> None:
        """Give a value the next rank."""
        self.settled[index] = len(self.settled)

    def less(self, a: int, b: int) -> bool:
        """Compare two values; one of two open ones settles, so that the pivot turns out small."""
        if a not in self.settled and b not in self.settled:
            self.settle(a if a == self.candidate else b)
        if a not in self.settled:
            self.candidate = a
        elif b not in self.settled:
            self.candidate = b
        return self.settled.get(a, self.size) < self.settled.get(b, self.size)


class Open:
    """One of an adversary's values."""

    def __init__(self, of: Adversary, index: int) -> None:
        self.of, self.index = of, index

    def __lt__(self, other: Open) -> bool:
        return self.of.less(self.index, other.index)


def killer(size: int) -> np.ndarray:
    """Return ranks on which quicksort with the median of three goes deep enough for heapsort."""
    adversary = Adversary(size)
    introsort_argsort([Open(adversary, index) for index in range(size)])
    return np.array([adversary.settled.get(index, size) for index in range(size)])


def cases() -> dict[str, np.ndarray]:
    """Return arrays with many ties of all sizes, sorted ones, and such as drive quicksort deep."""
    rng = np.random.default_rng(4)
    arrays = [rng.integers(0, rng.integers(1, 12), size) for size in rng.integers(0, 150, size=1500)]
    arrays += [-array for array in arrays[:200]]
    arrays += [np.arange(size)[::step] // 3 for size in (15, 16, 17, 18, 40, 200) for step in (1, -1)]
    arrays += [killer(size) // ties for size in range(16, 300, 9) for ties in (1, 2, 5)]
    return {f"case_{place}": array.astype(np.int64) for place, array in enumerate(arrays)}


def test_equal_to_numpy_without_vector_instructions(tmp_path):
    given, sorted_by_numpy = tmp_path / "given.npz", tmp_path / "sorted.npz"
    np.savez(given, **cases())
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(given), str(sorted_by_numpy)],
        env={**os.environ, "NPY_DISABLE_CPU_FEATURES": VECTOR_FEATURES},
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        pytest.skip(f"NumPy refuses to do without: {child.stderr.strip().splitlines()[-1]}")
    if child.stdout.strip() != "[]":
        pytest.skip(f"NumPy keeps vector instructions: {child.stdout.strip()}")

    with np.load(given) as arrays, np.load(sorted_by_numpy) as orders:
        differing = [n for n in arrays if introsort_argsort(arrays[n].tolist()) != orders[n].tolist()]
        stable = [n for n in arrays if np.argsort(arrays[n], kind="stable").tolist() == orders[n].tolist()]

    assert differing == []
    assert len(stable) < len(cases()) / 2  # the cases do distinguish an unstable sort from a stable one


@pytest.mark.parametrize("seed", range(5))
def test_sorts_whatever_can_be_compared(seed):
    rng = np.random.default_rng(seed)
    for values in (
        rng.normal(size=333).tolist(),
        rng.integers(-9, 9, 77).tolist(),
        ["".join(word) for word in rng.choice(list("abc"), (90, 2))],
    ):
        order = introsort_argsort(values)
        assert sorted(order) == list(range(len(values)))
        assert [values[index] for index in order] == sorted(values)


def test_up_to_sixteen_equal_values_keep_their_order_and_seventeen_do_not():
    assert introsort_argsort([1] * 16) == list(range(16))
    assert introsort_argsort([1] * 17) != list(range(17))
    assert introsort_argsort([]) == []
