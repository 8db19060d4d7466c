"""NumPy's scalar argsort written out: which of equal values comes first where no vector instructions sort.

`numpy.argsort` promises no order among equal values. By default it is an introsort: quicksort with the median
of three as pivot, insertion sort of pieces of up to 16 values, heapsort where quicksort goes too deep. Since
NumPy 1.25 processors with AVX-512, since 2.0 those with AVX2 run another algorithm, which orders equal values
otherwise. So whatever keeps the first few of many equal values depends on NumPy's version and on the
processor; scikit-learn's `max_features` does.
"""

from __future__ import annotations

from typing import Any, List, Sequence, Tuple

INSERTION_SIZE = 16


def introsort_argsort(values: Sequence[Any]) -> List[int]:
    """Return the indices that sort values ascending, equal ones in the order of NumPy's scalar argsort.

    Source: Musser, "Introspective sorting and selection algorithms", 1997, with the constants and the order
    of comparisons of NumPy's `aquicksort_`. Values are compared by `<` only; NaN is not provided for.
    """
    order = list(range(len(values)))
    depth = 2 * (len(values).bit_length() - 1)
    waiting: List[Tuple[int, int, int]] = [(0, len(values) - 1, depth)]
    while waiting:
        low, high, depth = waiting.pop()
        if depth < 0:
            order[low : high + 1] = _heapsorted(values, order[low : high + 1])
            continue
        while high - low >= INSERTION_SIZE:
            middle = _partition(values, order, low, high)
            depth -= 1
            # the larger piece waits; the depth of the smaller one is not looked at, however deep it goes
            if middle - low < high - middle:
                waiting.append((middle + 1, high, depth))
                high = middle - 1
            else:
                waiting.append((low, middle - 1, depth))
                low = middle + 1
        _insertion_sort(values, order, low, high)
    return order


def _partition(values: Sequence[Any], order: List[int], low: int, high: int) -> int:
    """Move smaller values before and larger ones behind the median of three; return where that one is."""

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


def _insertion_sort(values: Sequence[Any], order: List[int], low: int, high: int) -> None:
    """Sort a piece in place; equal values keep their order."""
    for start in range(low + 1, high + 1):
        moved = order[start]
        place = start
        while place > low and values[moved] < values[order[place - 1]]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = moved


def _heapsorted(values: Sequence[Any], piece: List[int]) -> List[int]:
    """Return a piece's indices sorted by way of a heap."""
    heap = list(piece)
    for root in range(len(heap) // 2 - 1, -1, -1):
        _sift(values, heap, root, len(heap), heap[root])
    for last in range(len(heap) - 1, 0, -1):
        moved, heap[last] = heap[last], heap[0]
        _sift(values, heap, 0, last, moved)
    return heap


def _sift(values: Sequence[Any], heap: List[int], hole: int, size: int, moved: int) -> None:
    """Let an index sink from a hole to where no child of it is larger."""
    child = 2 * hole + 1
    while child < size:
        if child + 1 < size and values[heap[child]] < values[heap[child + 1]]:
            child += 1
        if not values[moved] < values[heap[child]]:
            break
        heap[hole] = heap[child]
        hole, child = child, 2 * child + 1
    heap[hole] = moved
