"""The text of chapter 4: Term Frequencies."""

import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from workshop.book import package_book
from workshop.execution.environment import this_environment
from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings import _matrices, ex04_tf_idf
from workshop.measures.ch04_text_embeddings import text08_term_frequencies as text08
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
from tests.chapters.ch04.test_text08 import decided
print(json.dumps(decided(SimpleNamespace(**json.load(sys.stdin)))))
"""


def documented(claim: str) -> Any:
    """Return a printed value."""
    return ledger().claims[claim].documented


def test_known_choice_that_has_most_of_the_terms():
    """Terms that it does not have are counted."""
    assert text08.nearest_choice("abc", ["xyz", "abx", "cab"]) == 0
    assert text08.nearest_choice("abc", ["xyz", "abx"]) == 1


def test_ties_by_hand():
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
def test_kept_terms_are_judged(vocabulary, misplaced, passed_over):
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


def test_the_printed_results_hold_where_numpy_sorts_without_vectors(sklearn, toy):
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
def test_the_printed_results_are_changed_where_numpy_sorts_with_vectors(sklearn, toy, disabled):
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


def test_figure_is_counted_in_rows_and_columns(sklearn):
    """Another table comes back as it is, also where it is turned; terms of no document are lost."""
    assert text08.count_figure(((0, 2), (3, 0), (1, 1))).figure_counts.tolist() == [
        [0, 2],
        [3, 0],
        [1, 1],
    ]
    assert text08.count_figure(((0, 3, 1), (2, 0, 1))).figure_zeros == 2 / 6
    assert text08.count_figure(((0, 2), (0, 1))).figure_counts.tolist() == [[2], [1]]
