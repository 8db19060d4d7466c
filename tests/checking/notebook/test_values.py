"""Values as NumPy, TensorFlow, pandas and Python print them."""

import math
from typing import Any

import numpy as np
import pytest

from workshop.checking.notebook import values
from workshop.checking.notebook.values import Shown, read_values
from workshop.values import named_leaves

NESTED: list[Any] = [Shown("1")]
for _ in range(21):
    NESTED = [NESTED]
PRINTED: dict[str, list[Any]] = {
    "42": [42],
    "Accuracy: 0.93, of 3": [0.93, 3],
    "[[58 64]\n [139 154]]": [[[58, 64], [139, 154]]],
    "array([[0.], [1.]], dtype=float32)": [[[0], [1]]],
    "tf.Tensor([1 2], shape=(2,), dtype=int32)": [[1, 2]],
    "<tf.Variable 'Variable:0' shape=(2, 1) dtype=float32, numpy=\narray([[3.],\n       [4.]])>": [
        [[3], [4]]
    ],
    "<tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>": [[1, 2]],
    "<tf.Tensor: shape=(), dtype=int32, numpy=-6>": [-6],
    "TensorShape([5, 4])": [[5, 4]],
    "(25000, 2) (25000, 2)": [[25000, 2], [25000, 2]],
    "(60,)": [[60]],
    "np.float64(0.85)": [0.85],
    "['a', \"it's\"]": [["a", "it's"]],
    "{'deep': 1, 'we': 4}": [{"deep": 1, "we": 4}],
    "[('insect', 0.75), ('herd', 0.5)]": [[["insect", 0.75], ["herd", 0.5]]],
    "(list, 4)": [["list", 4]],
    "Index(['a', 'b'], dtype='object')": [["a", "b"]],
    "[5 0 4 ... 5 6 8]": [],
    "   x1  x2\n0  1.5  2\n1  0.5  3": [[[1.5, 2], [0.5, 3]]],
    "model2 of v1.2.3": [],
    "[1, 2": [],
    "{1: 'a', 'b': [2]}": [{"1": "a", "b": [2]}],
    "{1: 'a', (2, 3): 4}": [[1, "a", [2, 3], 4]],
    "{1: 2, 3}": [[1, 2, 3]],
    "[True, None, foo]": [[True, None, "foo"]],
    "f(1, 2) g(3)": [[1, 2], 3],
    "inf [-inf]": [math.inf, [-math.inf]],
    "[1 (2] 3": [3],
    "'a\\tb' 'c\\x'": ["a\tb", "c\\x"],
    "numpy=array([1]), 2 numpy=array([3])": [[1], [3]],
    "[" * 22 + "1" + "]" * 22: [],
    f"{'1' * 39} {'1' * 40}": [float("1" * 39), "1" * 40],
    "   a  b\n0  x y  2\n1  z  3\nrest": [[["x y", 2], ["z", 3]]],
    "   a  b\n0  1  2\n\n1  3  4": [[[1, 2], [3, 4]]],
    "   a  b\n0  1  2  3": [0, 1, 2, 3],
    "  a\nb": [],
    "\ta\tb\n0\t1\t2": [[[1, 2]]],
    "a  b\n0  1": [0, 1],
    "f (1) g(2)": [[1], 2],
    "[a, b=1, c(2), False]": [["a", 1, 2, False]],
    "[1 ... 2] [3]": [[3]],
    "[[1 ... 2] [3 4]] 5": [5],
    "[" * 21 + "1" + "]" * 21: NESTED,
}
LONG = {
    "1 " * 15_000: 10_001,  # parts are counted, blanks, too
    " 1" * 15_000: 10_000, "  a\n" + "0  1\n" * 199: 1,  # a frame
    "  a\n" + "0  1\n" * 200: 400,
}  # fmt: skip


@pytest.mark.parametrize("text", PRINTED)
def test_values_are_read_as_printed(text):
    assert read_values(text) == PRINTED[text]


@pytest.mark.parametrize("text", LONG)
def test_of_long_texts_the_beginning_is_read(text):
    assert len(read_values(text)) == LONG[text]


def test_of_many_tensors_the_first_are_read(monkeypatch):
    monkeypatch.setattr(values, "MOST_PARTS", 3)
    assert read_values("numpy=1, numpy=2, numpy=3, numpy=4, numpy=5") == [1, 2, 3, 4]


def test_numbers_keep_their_digits():
    (row,) = read_values("[0.9000 1.2e-05 -3.]")

    assert [number.text for number in row] == ["0.9000", "1.2e-05", "-3."]
    assert isinstance(row[0], Shown)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 2, 2)])
def test_arrays_come_back(shape):
    array = np.arange(np.prod(shape)).reshape(shape) / 8 - 0.25

    assert read_values(str(array)) == [array.tolist()]
    assert read_values(repr(array)) == [array.tolist()]


def test_leaves_have_the_paths_of_rules():
    value = {"loss": [1, {"a": 2}], "5": 3}

    assert list(named_leaves(value)) == [("loss[0]", 1), ("loss[1].a", 2), ("5", 3)]
    assert list(named_leaves(7)) == [("", 7)]
