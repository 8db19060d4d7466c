"""Windows and samples of word2vec, compared with pairs of positions in the sentence."""

from __future__ import annotations

import pytest

from workshop.numerics.contexts import Window, cbow_sample, context_windows, skip_gram_pairs

LETTERS = tuple("abcdefgh")


def test_a_window_by_hand() -> None:
    assert context_windows(["w", "x", "y", "z"], 1) == [Window("x", ("w", "y")), Window("y", ("x", "z"))]


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("length", range(8))
def test_pairs_are_those_of_near_places(length: int, size: int) -> None:
    tokens = LETTERS[:length]
    expected = [
        (tokens[i], tokens[j])
        for i in range(length)
        if i >= size and length - 1 - i >= size
        for j in range(length)
        if 1 <= abs(i - j) <= size
    ]

    windows = context_windows(tokens, size)

    assert [pair for window in windows for pair in skip_gram_pairs(window)] == expected
    assert len(windows) == max(0, length - 2 * size)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_terms_are_a_piece_of_the_sentence(size: int) -> None:
    windows = context_windows(LETTERS, size)

    pieces = [list(LETTERS[start : start + 2 * size + 1]) for start in range(len(LETTERS) - 2 * size)]
    assert [window.terms for window in windows] == pieces


def test_the_approaches_exchange_inputs_and_outputs() -> None:
    (window,) = context_windows(LETTERS[:5], 2)

    assert cbow_sample(window) == (("a", "b", "d", "e"), "c")
    assert skip_gram_pairs(window) == [("c", "a"), ("c", "b"), ("c", "d"), ("c", "e")]


def test_a_word_that_occurs_twice_stays_in_the_context() -> None:
    assert context_windows(["a", "a", "a"], 1) == [Window("a", ("a", "a"))]


@pytest.mark.parametrize("size", [0, -1])
def test_a_window_without_context_is_one_clear_line(size: int) -> None:
    with pytest.raises(ValueError, match=f"^a window of size {size} has no context: give 1 or more$"):
        context_windows(LETTERS, size)
