"""Numbers, measured values, versions and two values side by side, as all views write them."""

from dataclasses import replace
from typing import Any

import pytest

from tests.toy.records import measured_as, sums
from workshop.ledger import ledger
from workshop.wording.numbers import duration, names_text, rounded
from workshop.wording.pairs import Pair, measured_text, pair_of, side_by_side, today
from workshop.wording.words import condition_text

MANY = {f"number{i}": i + 0.5 for i in range(9)}
FIRST = "number0 0.5, number1 1.5, number2 2.5, number3 3.5, number4 4.5, number5 5.5"
LAYERS = [["Embedding", [None, None, 32], 256000], ["LSTM", [None, 32], 8320], ["Dense", [None, 1], 33]]
LOG = {"loss": [0.5569, 0.3336, 0.2695, 0.2417, 0.2173], "accuracy": [0.707, 0.8676, 0.8954, 0.9, 0.9207]}
# a measured value, and its text in 44 characters
TEXTS: list[tuple[Any, str]] = [
    ([1, 2], "1, 2"),
    ({"seeds": 5, "first": [["queen", 0.68], ["aunt", 0.5]]}, "queen 0.68, aunt 0.5 in the first of 5 runs"),
    (sums(0.26, 0.24, 0.29), "median 0.26, 0.24 to 0.29 over 5 seeds"),
    (sums(1.0, 1.0, 1.0), "1 on all 5 seeds"),
    (sums([1.5, 2.5], [1, 2], [2, 3]), "median 1.5 (1 to 2), 2.5 (2 to 3) over 5 seeds"),
    (sums({"train": 1.32582, "test": 3}, [1.0586, 3], [2, 3]),
     "median train 1.326 (1.059 to 2), test 3 over 5 seeds"),
    (sums({"a": 1}, [1], [1]), "a 1 on all 5 seeds"),
    (sums(MANY, [*range(9)], [*range(1, 10)]), f"median {FIRST} and 3 more over 5 seeds"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), TEXTS)
def test_measured_text(value, text):
    """Summaries of seeds are written as median and range, number by number with their names."""
    assert measured_text(measured_as(value), 44) == text


def test_rounded():
    """Four significant digits of what is not whole; whole numbers, words and missing values stay."""
    value = {"loss": [0.281435281, 123456.7, 12345], "size": 100000, "name": "0.281435281", "none": None}

    assert rounded(value) == {
        "loss": [0.2814, 123500.0, 12345], "size": 100000, "name": "0.281435281", "none": None,
    }  # fmt: skip
    assert [duration(seconds) for seconds in (1, 0.9, 2e-9)] == ["1.00 s", "900 ms", "2.00 ns"]


# Versions and lists


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"keras": ">=3.0"}, "Keras ≥ 3.0"),
        ({"nltk": ">=3.6, <3.9"}, "NLTK ≥ 3.6 and < 3.9"),
        ({"nltk": "<=3.5", "numpy": "!=2.0"}, "NLTK ≤ 3.5, NumPy ≠ 2.0"),
        ({"tensorflow": "==2.15.*", "python": ">3.7"}, "TensorFlow = 2.15.*, Python > 3.7"),
        ({"gensim": "~=4.0"}, "gensim ~= 4.0"),
        ({"scikit-learn": ">=1.3"}, "scikit-learn ≥ 1.3"),
        (
            {"numpy": ">=1.25,<3 with avx512 or >=2.0 with avx2"},
            "NumPy ≥ 1.25 and < 3 with AVX-512 or ≥ 2.0 with AVX2",
        ),
    ],
)
def test_condition_text(when, words):
    assert condition_text(when) == words


def test_lists():
    assert names_text(list("abcdef")) == "a, b, c, d, e, f"
    assert names_text(list("abcdefgh")) == "a, b, c, d, e, f and 2 more"


# Two values and where they differ

WORDS = [f"word{i}" for i in range(20)]
FIGURES = {"plane": [0.25] * 20, "sizes": [4, 4]}
TEXT = "one sentence that is quoted whole, and another one that ends"
# printed, other, and the previews of both in 44 characters
PREVIEWS: list[tuple[Any, Any, str, str]] = [
    ([1, 2], [1, 3], "1, 2", "1, 3"),
    (WORDS, [*WORDS[:9], "new", *WORDS[10:]], "10 of 20: word9", "10 of 20: new"),
    (WORDS, WORDS[:9] + WORDS[10:], "10 of 20: word9", "10 of 20: word10"),
    (WORDS, WORDS[:-1], "20 of 20: word19", "20 of 20: nothing"),
    (["other", *WORDS], WORDS,
     "other, word0, word1, word2 and 17 more", "word0, word1, word2, word3 and 16 more"),
    (WORDS, WORDS, *["word0, word1, word2, word3 and 16 more"] * 2),
    (FIGURES, {**FIGURES, "sizes": [1, 1]}, "sizes, 1 of 2: 4", "sizes, 1 of 2: 1"),
    # neither the order of keys is a difference, nor what the printed digits round
    (FIGURES, {"sizes": [1, 1], "plane": [0.2512] * 20}, "sizes, 1 of 2: 4", "sizes, 1 of 2: 1"),
    (FIGURES, dict(reversed(FIGURES.items())), *["plane 0.25, 0.25, 0.25, 0.25 and 18 more"] * 2),
    ([1] * 20, [1] * 19 + [0.75], "20 of 20: 1", "20 of 20: 0.75"),
    ([[1] * 20, [2] * 20], [[1] * 20, [2] * 19 + [3]],
     "row 2 of 2, 20 of 20: 2", "row 2 of 2, 20 of 20: 3"),
    (LAYERS, [*LAYERS[:2], ["Dense", [None, 2], 66]],
     "3 layers, 264,353 parameters", "3 layers, 264,386 parameters"),
    (LAYERS, [["LSTM", *LAYERS[0][1:]], *LAYERS[1:]],
     "layer 1 of 3: Embedding and 2 more", "layer 1 of 3: LSTM (None, None, 32) 256,000"),
    (LOG, {**LOG, "accuracy": [0.707, 0.5, *LOG["accuracy"][2:]]},
     "accuracy, 2 of 5: 0.8676", "accuracy, 2 of 5: 0.5"),
    (TEXT, TEXT.replace("another", "no other"),
     "from word 8: another one that ends", "from word 8: no other one that ends"),
    ({"a": WORDS[:4], "name_of_a_number": 1, "b": 2}, {"a": WORDS[:4], "name_of_a_number": 3, "b": 2},
     "name_of_a_number: 1", "name_of_a_number: 3"),
    ("0123456789" * 5, "0123456789" * 2 + "x" + "0123456789" * 3,
     "012345678901234567890 and 29 more characters", "01234567890123456789x and 30 more characters"),
    ("0123456789" * 9, "0123456789" * 8 + "x", "from character 81: 0123456789", "from character 81: x"),
    ([], WORDS, "empty", "word0, word1, word2, word3 and 16 more"),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "other", "left", "right"), PREVIEWS)
def test_previews(printed, other, left, right):
    """Short values are whole; of long ones the first place where they differ is shown."""
    assert side_by_side(printed, other, 44) == (left, right)


@pytest.mark.parametrize("limit", [44, 240])
def test_the_difference_is_visible_wherever_it_is(limit):
    """At every position of a long list the other word is visible, and no preview is over its limit."""
    words = [f"w{i}" for i in range(200)]
    for index in range(len(words)):
        printed, other = side_by_side(words, [*words[:index], "NEW", *words[index + 1 :]], limit)

        assert "NEW" in other
        assert printed[: other.index("N") + 1] == other[: other.index("N")] + "w"
        assert max(len(printed), len(other)) <= limit


# Pairs


def pair(book: Any, run: Any, *, in_words: bool = False) -> Pair:
    """Return a pair of a claim that does not depend on a seed."""
    return Pair("book", book, run, book == run, in_words, sampled=False)


# a pair, and its two texts in 60 characters
WRITTEN = [
    (pair(LAYERS, LAYERS), "3 layers, 264,353 parameters", "same"),
    (pair(LOG, None), "loss ▇▃▂▁▁ 0.5569 to 0.2173, accuracy ▁▆▆▆▇ 0.707 to 0.9207", ""),
    (pair(["a", "b", "c"], [["c", 0.9], ["x", 0.8], ["a", 0.7]]),
     "a, b, c", "2 of 3 words: c 0.9, x 0.8, a 0.7"),
    (pair(["a", "b", "c"], ["c", "a"]), "a, b, c", "2 of 3 words: c, a"),
    (pair(["a", "b", "c"], ["x", "b", "y", "z"]), "a, b, c", "1 of 3 words: x, b, y, z"),
    (pair("a sentence", {"ok": True}, in_words=True), "a sentence", "ok: yes"),
    (pair("a sentence", True, in_words=True), "a sentence", ""),
    # in the order of what is printed
    (pair([{"loss": 1.0, "accuracy": 0.5}], [{"accuracy": 0.25, "loss": 2.0}]),
     "loss 1, accuracy 0.5", "loss 2, accuracy 0.25"),
    # as many digits as are printed, and two more
    (pair(0.5, 0.123456789), "0.5", "0.1235"), (pair(0.12345, 0.123456789), "0.12345", "0.1234568"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "book", "run"), WRITTEN)
def test_pairs_are_in_words(made, book, run):
    """Networks, logs and lists of words are written as a person would."""
    assert made.written(60, drawn=True) == (book, run)


def test_a_network_is_a_table_of_its_layers():
    other = [*LAYERS[:2], ["Dense", [None, 2], 66]]
    assert pair(LAYERS, other).layers() == [
        "Embedding  (None, None, 32)  256,000",
        "LSTM       (None, 32)          8,320",
        "Dense      (None, 1)              33  Dense (None, 2) 66",
    ]


def test_what_is_in_full_has_a_line_for_each_quantity():
    medians = {name: [0.5, 0.4, 0.3, 0.2, 0.1] for name in LOG}
    shown = measured_as(sums(medians, [0.1] * 10, [0.6] * 10))
    made = replace(pair(LOG, shown.measured), summary="median", seeds=5, numbers=today(shown))
    numbers = ", ".join(f"{n} (0.1 to 0.6)" for n in (0.5, 0.4, 0.3, 0.2, 0.1))
    assert made.in_full(400) == (
        "loss 0.5569, 0.3336, 0.2695, 0.2417, 0.2173\naccuracy 0.707, 0.8676, 0.8954, 0.9, 0.9207",
        f"loss {numbers}\naccuracy {numbers}\nmedian of 5 seeds",
    )


def test_the_spread_of_a_median_says_why_it_is_not_the_print():
    claim = ledger().claims["ch02.ex05.eval_accuracy"]
    one, two = sums({"accuracy": 0.9524}, [0.0], [1.0], 15), sums([1, 2], [0, 1], [1, 2], 15)

    assert pair_of(claim, measured_as(one)).spread == " in 15 runs, 0 to 1"
    assert pair_of(claim, measured_as(two)).spread == ""
    assert pair_of(claim, None).spread == ""


def test_names_of_numbers_are_kept_in_the_books_order():
    claim = ledger().claims["ch06.ex02.better_than_rnn"]
    one = {"rnn": 0.8335, "lstm": 0.8615}

    for measured in (one, sums(one, [0.8, 0.8], [0.9, 0.9], 64)):
        assert pair_of(claim, measured_as(measured)).written(60)[1] == "LSTM 0.8615, RNN 0.8335"


def test_what_is_only_checked_is_no_part_of_a_pair():
    """Neither beside the one quantity that is printed, nor beside printed names; their numbers go, too."""
    claim = ledger().claims["ch02.act01.eval_loss"]
    made = pair_of(claim, measured_as(sums({"fresh": 0.3, "continued": 0.2}, [0.1, 0.1], [0.5, 0.5])))

    assert (made.run, list(made.numbers), made.note) == (0.3, [""], "median of 5 seeds")
