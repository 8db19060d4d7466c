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
from workshop.measures.ch04_text_embeddings import ex03_one_hot, ex04_tf_idf
from workshop.measures.ch04_text_embeddings import text08_term_frequencies as text08
from workshop.measures.ch04_text_embeddings import text10_representations as text10
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


def test_ties_by_hand() -> None:
    tied = text08.ties({"d": 1, "a": 1, "c": 7, "b": 1}, 3)
    settled = text08.ties({"d": 4, "a": 3, "c": 7}, 2)

    assert (tied.certain, tied.tied, tied.choices) == (["c"], ["a", "b", "d"], 3)
    assert tied.scalar == tied.stable == ["a", "b", "c"]
    assert (settled.certain, settled.tied, settled.choices) == (["c"], ["d"], 1)


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
    found = ex04_tf_idf.exercise_4_04(toy, text08.count_raw_sentences(toy, n_terms=7), n_terms=7)

    assert found.literal.by_idf == [["and", "deep", "learn", "learning", "nlp"], ["together", "we"]]
    assert found.literal.vocabulary == found.scalar.vocabulary


def test_own_sentences_and_own_terms_are_encoded(sklearn) -> None:
    found = ex03_one_hot.exercise_4_03([["tea", "is", "tea"], ["milk"]], terms=("tea", "milk", "sugar"))

    assert found.matrix.tolist() == [[1, 0, 0], [0, 1, 0]]
    assert found.matrix_gap == {"target_terms": 0, "all_terms": 0}
    with pytest.raises(ValueError, match=r"^give each sentence as a list of words: "):
        ex03_one_hot.exercise_4_03(["tea is tea", "milk"])


@pytest.mark.parametrize(
    "own", [["Tea is tea."], ["Tea with milk", "and tea without.", "No milk, no sugar!"]]
)
def test_own_texts_are_counted_and_weighted(sklearn, own) -> None:
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


def test_matrices_of_a_small_text_by_hand(sklearn) -> None:
    small = SimpleNamespace(cleaned=[["a", "b", "a"], ["c"], ["d", "a"]])

    outcome = text10.represent_alice(small)

    assert outcome.zeros == dict.fromkeys(("one_hot", "counts", "tf_idf"), 1 - 5 / 12)
    assert (outcome.documents_and_terms, outcome.misshapen) == ([3, 4], 0)


def test_one_hot_counts_and_weights_are_three_representations() -> None:
    pytest.importorskip("sklearn")
    documents = [["a", "b", "a"], ["b"]]
    rows = {name: matrix[0] for name, (_, matrix) in text10.represented(documents).items()}

    assert rows["one_hot"].tolist() == [1, 1]
    assert rows["counts"].tolist() == [2, 1]
    np.testing.assert_allclose(rows["tf_idf"], term_weights.tf_idf_matrix(np.array([[2, 1], [0, 1]]))[0])


WORDS = SimpleNamespace(
    words=("man", "woman", "uncle", "aunt", "far", "near"),
    vectors=np.array([[1, 0], [1, 1], [4, 0], [8, 7], [3, -1], [4.1, 0.2]], dtype=np.float32),
)


def test_directions_of_vectors_in_a_plane() -> None:
    relation = ("man", "woman", "uncle", "aunt")

    outcome = text10.compare_directions(WORDS, left=(relation,), right=(), others=())

    assert outcome.parallel_left == {"man:woman as uncle:aunt": pytest.approx(7 / 65**0.5)}
    assert outcome.king_queen == outcome.chance_right == outcome.chance_others == {}
    assert 0 < outcome.chance_left["man:woman as uncle:aunt"] < 1
    # uncle - man + woman is (1, 1) by unit vectors: aunt is nearest in direction, though "near" is closer
    assert outcome.man_uncle["words"] == ["aunt", "near", "far"]
    assert outcome.man_uncle["cosines"][0] == pytest.approx(15 / 226**0.5)
