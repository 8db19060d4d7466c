"""NumPy's scalar argsort in Python, which shows the order of equal values without vector instructions.

`numpy.argsort` promises no order of equal values. By default it is an introsort: quicksort with the median of
three as pivot, insertion sort of pieces of up to 16 values, and heapsort if quicksort goes too deep.
Processors with AVX-512 (since NumPy 1.25) or AVX2 (since 2.0) run another algorithm, which orders equal
values differently. So a selection of the first few of many equal values, such as scikit-learn's
`max_features`, depends on NumPy's version and on the processor.
"""

from __future__ import annotations

from typing import Any, Sequence

INSERTION_SIZE = 16


def introsort_argsort(values: Sequence[Any]) -> list[int]:
    """Return the indices that sort values in ascending order, equal ones as NumPy's scalar argsort does.

    Values are compared only by `<`; NaN is not supported. Source: Musser, "Introspective sorting and
    selection algorithms", 1997, with the constants and the order of comparisons of NumPy's `aquicksort_`.
    """
    order = list(range(len(values)))
    depth = 2 * (len(values).bit_length() - 1)
    waiting: list[tuple[int, int, int]] = [(0, len(values) - 1, depth)]
    while waiting:
        low, high, depth = waiting.pop()
        if depth < 0:
            order[low : high + 1] = _heapsorted(values, order[low : high + 1])
            continue
        while high - low >= INSERTION_SIZE:
            middle = _partition(values, order, low, high)
            depth -= 1
            # the larger piece waits; the depth of the smaller one is not checked
            if middle - low < high - middle:
                waiting.append((middle + 1, high, depth))
                high = middle - 1
            else:
                waiting.append((low, middle - 1, depth))
                low = middle + 1
        _insertion_sort(values, order, low, high)
    return order


def _partition(values: Sequence[Any], order: list[int], low: int, high: int) -> int:
    """Move smaller values before the median of three and larger ones after it; return its index."""

    def less(i: int, j: int) -> bool:
        return bool(values[order[i]] < values[order[j]])

    def swap(i: int, j: int) -> None:
        order[i], order[j] = order[j], order[i]

    middle = low + (high - low) // 2
    if less(middle, low):
        swap(middle, low)
    if less(high, middle):
        swap(high, middle)
    if less(middle, low):
        swap(middle, low)
    pivot = high - 1
    swap(middle, pivot)
    left, right = low, pivot
    while True:
        left += 1
        while less(left, pivot):
            left += 1
        right -= 1
        while less(pivot, right):
            right -= 1
        if left >= right:
            swap(left, pivot)
            return left
        swap(left, right)


def _insertion_sort(values: Sequence[Any], order: list[int], low: int, high: int) -> None:
    """Sort a piece in place; equal values keep their order."""
    for start in range(low + 1, high + 1):
        moved = order[start]
        index = start
        while index > low and values[moved] < values[order[index - 1]]:
            order[index] = order[index - 1]
            index -= 1
        order[index] = moved


def _heapsorted(values: Sequence[Any], piece: list[int]) -> list[int]:
    """Return a piece's indices, sorted by a heap."""
    heap = list(piece)
    for root in range(len(heap) // 2 - 1, -1, -1):
        _sift(values, heap, root, len(heap), heap[root])
    for last in range(len(heap) - 1, 0, -1):
        moved, heap[last] = heap[last], heap[0]
        _sift(values, heap, 0, last, moved)
    return heap


def _sift(values: Sequence[Any], heap: list[int], hole: int, size: int, moved: int) -> None:
    """Move an index down from a hole until no child of it is larger."""
    child = 2 * hole + 1
    while child < size:
        if child + 1 < size and values[heap[child]] < values[heap[child + 1]]:
            child += 1
        if not values[moved] < values[heap[child]]:
            break
        heap[hole] = heap[child]
        hole, child = child, 2 * child + 1
    heap[hole] = moved
