"""Bags of words and windows of chapter 4: what its claims can't see."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop.book import package_book
from workshop.execution.environment import this_environment
from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings import _matrices, ex03_one_hot, ex04_tf_idf
from workshop.measures.ch04_text_embeddings import text08_term_frequencies as text08
from workshop.measures.ch04_text_embeddings import text10_representations as text10
from workshop.measures.ch04_text_embeddings import text11_word2vec as text11
from workshop.numerics import term_weights
from workshop.paths import follow
from workshop.verification.drift import Observed
from workshop.verification.judging import Context, judge

# names of NumPy 1.25 to 2.5; those that a NumPy does not know it passes over
AVX512 = "X86_V4 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"
SCALAR = f"{AVX512} X86_V3 AVX2 FMA3"
UNITS = ("ch04.text08", "ch04.ex04")
NIGHTLY = pytest.mark.nightly
# of the terms that max_features keeps
KEPT = {
    *("vocabulary_raw", "dtm_raw", "two_terms", "vocabulary_stem", "dtm_stem"),
    *("vocabulary", "matrix", "idf", "idf_ordering", "doc_freq"),
}
# in a NumPy of its own
DECIDED = """
import json, sys
from types import SimpleNamespace
from tests.chapters.ch04.test_vectorizing import decided
print(json.dumps(decided(SimpleNamespace(**json.load(sys.stdin)))))
"""


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


def test_a_part_of_a_token_is_no_term() -> None:
    """A sentence that has "learning" does not have "learn"; a term that is there twice has a 1."""
    assert ex03_one_hot.get_onehot(["learning", "deepest"]) == [0, 0, 0]
    assert ex03_one_hot.get_onehot(["learn", "learn"], ["learn", "learning"]) == [1, 0]


def test_known_choice_that_has_most_of_the_terms() -> None:
    """Terms that it does not have are counted."""
    assert text08.nearest_choice("abc", ["xyz", "abx", "cab"]) == 0
    assert text08.nearest_choice("abc", ["xyz", "abx"]) == 1


def test_ties_by_hand() -> None:
    """Of four terms one is certain and two of three are kept; without ties there is one choice."""
    tied = text08.ties({"d": 1, "a": 1, "c": 7, "b": 1}, 3)
    settled = text08.ties({"d": 4, "a": 3, "c": 7}, 2)

    assert (tied.certain, tied.tied, tied.choices) == (["c"], ["a", "b", "d"], 3)
    assert tied.scalar == tied.stable == ["a", "b", "c"]
    assert (settled.certain, settled.tied, settled.choices) == (["c"], ["d"], 1)


@pytest.mark.parametrize(
    ("vocabulary", "misplaced", "passed_over"),
    [({"a": 0, "c": 1}, 0, 0), ({"c": 0, "a": 1}, 2, 0), ({"a": 0, "b": 1}, 0, 2), ({"a": 1, "c": 2}, 2, 0)],
)
def test_kept_terms_are_judged(vocabulary, misplaced, passed_over) -> None:
    """By the alphabet, and by the totals of those left out; equally frequent ones may be."""
    kept = _matrices.judged(vocabulary, {"a": 2, "b": 1, "c": 3, "d": 2})

    assert kept == {"n_terms": 2, "misplaced": misplaced, "passed_over": passed_over}


def verdicts(toy: Any, facts: dict[str, str]) -> dict[str, str]:
    """Decide the claims on the toy text in an environment."""
    raw, stems = text08.count_raw_sentences(toy), text08.count_stems(toy)
    outcomes = dict(zip(UNITS, ([raw, stems], [ex04_tf_idf.exercise_4_04(toy, raw)]), strict=True))
    found = {}
    for unit in UNITS:
        for claim in ledger().units[unit].claims:
            values = {}
            for name, at in claim.measures().items():
                for each in outcomes.get(at.unit, ()):
                    if hasattr(each, at.field):
                        values[name] = follow(getattr(each, at.field), at.steps)
            if values:
                observed = Observed([values.get("", values)])
                found[claim.name] = judge(claim, observed, Context(package_book(), facts)).verdict
    return found


def decided(toy: Any) -> Any:
    """Return the instructions, what the literal calls keep, and the verdicts of all claims of both units.

    The verdicts are those here, and those in an environment with the other instructions.
    """
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

    made = [make(max_features=5).fit(toy.sentences) for make in (CountVectorizer, TfidfVectorizer)]
    made.append(CountVectorizer(max_features=5, analyzer=list).fit(toy.stems))
    kept = [{term: int(column) for term, column in each.vocabulary_.items()} for each in made]
    facts = this_environment().facts()
    against = {"numpy": "2.4.6", "instructions": "avx2" if facts["instructions"] == "none" else "none"}
    return [facts["instructions"], kept, verdicts(toy, facts), verdicts(toy, against)]


def decided_without(disabled: str, toy: Any) -> Any:
    """Return what a NumPy without some instructions decides."""
    child = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DECIDED],
        input=json.dumps(vars(toy)),
        env={**os.environ, "NPY_DISABLE_CPU_FEATURES": disabled},
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        *_, why = child.stderr.strip().splitlines()
        assert "NPY_DISABLE_CPU_FEATURES" in child.stderr, why
        pytest.skip(f"NumPy refuses to do without: {why}")
    return json.loads(child.stdout)


def test_the_printed_results_hold_where_numpy_sorts_without_vectors(sklearn, toy) -> None:
    """scikit-learn itself, with NumPy's vector instructions off, keeps what the scalar sort by hand keeps.

    If the environment said that NumPy uses them, the ten claims would fail.
    """
    used, (raw, weighted, stems), here, against = decided_without(SCALAR, toy)
    if used != "none":
        pytest.skip(f"NumPy keeps vector instructions: {used}")

    assert raw == weighted == documented("ch04.text08.vocabulary_raw")
    assert raw == text08.count_raw_sentences(toy).raw_scalar.vocabulary
    assert stems == documented("ch04.text08.vocabulary_stem")
    assert stems == text08.count_stems(toy).stem_scalar.vocabulary
    assert {here[name] for name in KEPT} == {"reproduced"}
    assert "failed" not in here.values()
    assert {name for name, verdict in against.items() if verdict == "failed"} == KEPT


@pytest.mark.parametrize("disabled", ["", pytest.param(AVX512, marks=NIGHTLY)])
def test_the_printed_results_are_changed_where_numpy_sorts_with_vectors(sklearn, toy, disabled: str) -> None:
    """By AVX-512 and, since NumPy 2.0, by AVX2; without a condition the ten claims would fail, no other."""
    used, (raw, weighted, _), here, against = decided_without(disabled, toy) if disabled else decided(toy)
    changed = (
        ledger()
        .claims["ch04.text08.vocabulary_raw"]
        .finding.applies({"numpy": np.__version__, "instructions": used})
    )

    assert raw == weighted
    assert (raw != documented("ch04.text08.vocabulary_raw")) == changed
    assert {name for name, verdict in here.items() if verdict == "changed"} == (KEPT if changed else set())
    assert "failed" not in here.values()
    assert {n for n, verdict in against.items() if verdict == "failed"} == (KEPT if changed else set())


def test_seven_terms_are_kept_by_any_sort(sklearn, toy) -> None:
    """So max_features=7 shows the two terms of one sentence, as readers are advised."""
    found = ex04_tf_idf.exercise_4_04(toy, text08.count_raw_sentences(toy, n_terms=7), n_terms=7)

    assert found.literal.by_idf == [["and", "deep", "learn", "learning", "nlp"], ["together", "we"]]
    assert found.literal.vocabulary == found.scalar.vocabulary


def test_own_sentences_and_own_terms_are_encoded(sklearn) -> None:
    """Lists of words do without an outcome; any terms will do."""
    found = ex03_one_hot.exercise_4_03([["tea", "is", "tea"], ["milk"]], terms=("tea", "milk", "sugar"))

    assert found.matrix.tolist() == [[1, 0, 0], [0, 1, 0]]
    assert found.matrix_gap == {"target_terms": 0, "all_terms": 0}
    with pytest.raises(ValueError, match=r"^give each sentence as a list of words: "):
        ex03_one_hot.exercise_4_03(["tea is tea", "milk"])


@pytest.mark.parametrize(
    "own", [["Tea is tea."], ["Tea with milk", "and tea without.", "No milk, no sugar!"]]
)
def test_own_texts_are_counted_and_weighted(sklearn, own) -> None:
    """One text of two terms, and three of more than five: the matrices are those by hand."""
    counts = text08.count_raw_sentences(own)
    found = ex04_tf_idf.exercise_4_04(own, counts)

    assert counts.raw.vocabulary == found.literal.vocabulary
    assert counts.raw_scalar.vocabulary == found.scalar.vocabulary
    assert len(counts.raw_ties.scalar) == len(counts.raw.vocabulary) == (2 if len(own) == 1 else 5)
    assert (counts.raw.oracle_gap, counts.raw_scalar.oracle_gap, counts.two_terms) == (0, 0, {})
    assert max(found.literal.oracle_gap, found.scalar.oracle_gap) < 1e-12
    assert found.literal.doc_freq["tea"] == len(own[:2])
    with pytest.raises(ValueError, match=r"^give the sentences as a list of texts: "):
        ex04_tf_idf.exercise_4_04("Tea is tea.", counts)


def test_figure_is_counted_in_rows_and_columns(sklearn) -> None:
    """Another table comes back as it is, also where it is turned; terms of no document are lost."""
    assert text08.count_figure(((0, 2), (3, 0), (1, 1))).figure_counts.tolist() == [
        [0, 2],
        [3, 0],
        [1, 1],
    ]
    assert text08.count_figure(((0, 3, 1), (2, 0, 1))).figure_zeros == 2 / 6
    assert text08.count_figure(((0, 2), (0, 1))).figure_counts.tolist() == [[2], [1]]


@pytest.mark.parametrize("n", [1, 3, 12])
def test_idf_of_scikit_learn_by_any_number_of_documents(sklearn, n) -> None:
    """The default is the smooth formula; with smooth_idf=False it is the printed one."""
    outcome = ex04_tf_idf.inverse_document_frequencies(n)

    assert outcome.default == outcome.smooth
    assert len(outcome.plain) == n
    assert max(outcome.formula_gap.values()) < 1e-12
    assert outcome.plain[0] == pytest.approx(np.log(n) + 1)


def test_matrices_of_a_small_text_by_hand(sklearn) -> None:
    """Three documents of four words: of twelve cells five are filled, in each representation."""
    small = SimpleNamespace(cleaned=[["a", "b", "a"], ["c"], ["d", "a"]])

    outcome = text10.represent_alice(small)

    assert outcome.zeros == dict.fromkeys(("one_hot", "counts", "tf_idf"), 1 - 5 / 12)
    assert (outcome.documents_and_terms, outcome.misshapen) == ([3, 4], 0)


def test_one_hot_counts_and_weights_are_three_representations() -> None:
    """Of a document with a word twice they are 1, 2 and a share."""
    pytest.importorskip("sklearn")
    documents = [["a", "b", "a"], ["b"]]
    rows = {name: matrix[0] for name, (_, matrix) in text10.represented(documents).items()}

    assert rows["one_hot"].tolist() == [1, 1]
    assert rows["counts"].tolist() == [2, 1]
    np.testing.assert_allclose(rows["tf_idf"], term_weights.tf_idf_matrix(np.array([[2, 1], [0, 1]]))[0])


def test_tokens_that_stay_are_not_counted_as_displaced(sklearn) -> None:
    """A document of one word can't be put in another order, one that is sorted is so already."""
    outcome = text10.change_order(SimpleNamespace(cleaned=[["b"], ["a", "c"], ["z", "y", "x"]]))

    assert outcome.displaced == [4, 2]
    assert outcome.entries == {"one_hot": 6, "counts": 6, "tf_idf": 6}


WORDS = SimpleNamespace(
    words=("man", "woman", "uncle", "aunt", "far", "near"),
    vectors=np.array([[1, 0], [1, 1], [4, 0], [8, 7], [3, -1], [4.1, 0.2]], dtype=np.float32),
)


def test_directions_of_vectors_in_a_plane() -> None:
    """From man to woman it is straight up, from uncle to aunt (4, 7)."""
    relation = ("man", "woman", "uncle", "aunt")

    outcome = text10.compare_directions(WORDS, left=(relation,), right=(), others=())

    assert outcome.parallel_left == {"man:woman as uncle:aunt": pytest.approx(7 / 65**0.5)}
    assert outcome.king_queen == outcome.chance_right == outcome.chance_others == {}
    assert 0 < outcome.chance_left["man:woman as uncle:aunt"] < 1
    # uncle - man + woman is (1, 1) by unit vectors: aunt is nearest in direction, though "near" is closer
    assert outcome.man_uncle["words"] == ["aunt", "near", "far"]
    assert outcome.man_uncle["cosines"][0] == pytest.approx(15 / 226**0.5)


def test_a_word_without_vector_is_one_clear_line() -> None:
    """The error names the word and how many there are."""
    with pytest.raises(ValueError, match=r"^there is no vector of 'sir': take one of the 6 words$"):
        text10.compare_directions(WORDS, left=())


@pytest.fixture(scope="module")
def glove(book_data):
    """Return GloVe's vectors."""
    (vectors,) = book_data("glove_6b_100d")
    return vectors


@NIGHTLY
@pytest.mark.parametrize("n_words", [20_000, 35_000])
def test_random_pairs_are_below_the_bound_of_parallel(glove, n_words) -> None:
    """The bound of the ledger is above what 99.9 % of random pairs of pairs have, and not far above."""
    checks = ledger().claims["ch04.text10.parallel_left"].rule.checks
    (bound,) = [check.rule.bound for check in checks if check.at == "cosine"]
    common = np.array([row for row, word in enumerate(glove.words) if word.isalpha() and len(word) > 1])
    a, b, x, y = common[np.random.default_rng(10).integers(0, n_words, (4, 100_000))]
    rows = [glove.vectors[late] - glove.vectors[early] for early, late in ((a, b), (x, y))]
    apart = (a != b) & (x != y)
    left, right = (row[apart] / np.linalg.norm(row[apart], axis=1, keepdims=True) for row in rows)

    quantile = np.quantile((left * right).sum(axis=1), 0.999)

    assert bound - 0.04 < quantile < bound


@NIGHTLY
def test_words_of_the_figure_are_common(glove) -> None:
    """So random pairs of common words are what their directions are held against."""
    rank = {word: place for place, word in enumerate(glove.words)}
    words = {word for relation in (*text10.LEFT, *text10.RIGHT) for word in relation}

    assert max(rank[word] for word in words) < 50_000


def test_another_sentence_has_other_windows() -> None:
    """The result depends on the tokens and the size."""
    outcome = text11.slide_window(tokens=tuple("abcdef"), size=1)

    assert outcome.window_terms == 3
    assert outcome.windows == [list("abc"), list("bcd"), list("cde"), list("def")]
    assert (outcome.first_target, outcome.c3) == ("b", text11.Context("d", ["c", "e"]))
    assert outcome.n_samples == {"cbow": 4, "skip_gram": 8}


def test_a_sentence_too_short_for_three_windows_is_one_clear_line() -> None:
    """The error names how many words it needs."""
    with pytest.raises(ValueError, match=r"^6 words are too few for three windows: give 7 or more$"):
        text11.slide_window(tokens=tuple("abcdef"))


def test_network_is_as_large_as_the_vocabulary() -> None:
    """A word that occurs twice has one unit; any number of dimensions will do."""
    pytest.importorskip("tensorflow")

    outcome = text11.look_at_network(tokens=tuple("abcabd"), size=1, dimensions=5)

    assert outcome.hidden_dim == text11.Sizes(4, [4, 5], 4)
    assert outcome.vectors_gap < 1e-6
