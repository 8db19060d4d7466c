"""Loading pretrained word vectors: mapped arrays of the cache against gensim's own reader of the text."""

from __future__ import annotations

import pytest

from workshop import datasets
from workshop.training.embeddings import keyed_vectors, neighbours


# gensim leaves the text open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_loading_glove(ratio, benchmark) -> None:
    """GloVe's vectors, found, verified and loaded, with a first answer: at least 20 times as fast."""
    keyedvectors = pytest.importorskip("gensim.models.keyedvectors")
    found = datasets.find("glove_6b_100d")
    if not isinstance(found, datasets.Found):
        pytest.skip(f"{found.reason}: {found.remedy}")
    (path,) = found.paths.values()

    def ours():
        return keyed_vectors(*datasets.load("glove_6b_100d"))

    def theirs():
        return keyedvectors.KeyedVectors.load_word2vec_format(str(path), binary=False, no_header=True)

    rows = [neighbours(load(), ["money"]) for load in (ours, theirs)]
    assert [word for word, _ in rows[0]] == [word for word, _ in rows[1]]
    assert [cosine for _, cosine in rows[0]] == pytest.approx([cosine for _, cosine in rows[1]], abs=1e-6)
    benchmark.extra_info["words"] = len(ours().key_to_index)
    assert ratio(ours, theirs) >= 20
