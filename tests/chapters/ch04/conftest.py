"""What tests of chapter 4 share: the book's sentences, and vectors of a small text8."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.chapters.ch04.corpora import SEED, Corpus
from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings import text12_word_vectors as text12


def documented(claim: str) -> Any:
    """Return a printed value."""
    return ledger().claims[claim].documented


@pytest.fixture(scope="module")
def toy() -> Any:
    """Give the sentences and their words as the book prints them; no data set is needed."""
    return SimpleNamespace(
        sentences=documented("ch04.text08.txt_sents"),
        cleaned=documented("ch04.text07.input"),
        stems=documented("ch04.text08.txt_words_stem"),
    )


@pytest.fixture
def sklearn() -> None:
    """Skip a test that can't run without scikit-learn."""
    pytest.importorskip("sklearn")


@pytest.fixture(scope="module")
def vectors_of_text8():
    """Return the outcome of the text's training on the small corpus."""
    return text12.train_vectors(Corpus(), SEED)
