"""Windows and samples of word2vec, compared with pairs of positions in the sentence."""

import pytest

from workshop.measures.ch04_text_embeddings.text11_word2vec import (
    Window,
    context_windows,
    skip_gram_pairs,
    slide_window,
)

LETTERS = tuple("abcdefgh")


def test_a_window_by_hand():
    assert context_windows(["w", "x", "y", "z"], 1) == [Window("x", ("w", "y")), Window("y", ("x", "z"))]


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("length", range(8))
def test_pairs_are_those_of_near_places(length, size):
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


@pytest.mark.parametrize("size", [1, 2])
def test_terms_are_a_piece_of_the_sentence(size):
    pieces = [list(LETTERS[start : start + 2 * size + 1]) for start in range(len(LETTERS) - 2 * size)]

    assert slide_window(LETTERS, size).windows == pieces


def test_the_approaches_exchange_inputs_and_outputs():
    found = slide_window(LETTERS, 2)

    assert found.cbow_sample == {"inputs": ["a", "b", "d", "e"], "output": "c"}
    assert found.skipgram_pairs == {"input": "c", "outputs": ["a", "b", "d", "e"]}


def test_a_word_that_occurs_twice_stays_in_the_context():
    assert context_windows(["a", "a", "a"], 1) == [Window("a", ("a", "a"))]
