"""Rankings in the engine: decided by common names over the recorded runs, repeated name by name."""

from __future__ import annotations

UNIT = """
@dataclass(frozen=True)
class Run:
    words: list

@unit("ch09.ex01")
def train(seed) -> Run:
    tally(seed)
    loss, other = np.random.default_rng(seed).normal(size=2).tolist()
    return Run(WORDS)
"""


def source(words: str) -> str:
    """Return the source of a unit whose ranking is an expression of two standard normal numbers."""
    return UNIT.replace("WORDS", words)


WORDS_TOP = {
    "id": "ch09.ex01.words",
    "documented": [["a", 0.5], ["b", 0.4]],
    "rule": {"reference": {"shares": [{"of": {"overlap": {"k": 2, "at_least": 1}}}]}},
}
RANKING = 'sorted([["a", abs(loss)], ["c", abs(other)], ["b", 9.0]], key=lambda row: row[1])'


def ranked(bench, references, notebook=None, **change) -> None:
    """Record a unit whose quantity is a ranking of three names."""
    bench.units(source(RANKING))
    bench.claims({**WORDS_TOP, "notebook": notebook})
    references.record(64)
    references.change(**change)


def test_a_ranking_is_decided_on_the_recorded_runs_and_repeated_name_by_name(bench, references) -> None:
    """The first name of the documented ones is among the first two, whatever the run."""
    ranked(bench, references)
    record = bench.verify()["words"]
    assert record.verdict == "reproduced"
    assert "64 of 64 recorded runs" in record.reason
    bench.units(source(RANKING.replace('"c"', '"e"')))
    record = bench.verify()["words"]
    assert record.verdict == "failed"
    assert "is 'e', recorded 'c'" in record.reason


def test_the_second_documented_ranking_is_checked_against_the_recorded_runs_too(bench, references) -> None:
    """It is shown next to the first; names that no run has among its first are excluded."""
    ranked(bench, references, notebook=[["x", 0.6], ["y", 0.5]])
    record = bench.verify()["words"]
    assert record.verdict == "reproduced"
    assert "; the authors' notebook: excluded, share of runs with" in record.reason
    assert ": 0 of 64 recorded runs" in record.reason


def test_a_ranking_of_other_names_drifts(bench, references) -> None:
    """In another environment it is the common names that tell: none is left."""
    ranked(bench, references, elsewhere=True)
    bench.units(source(RANKING.replace('"a"', '"d"')))
    record = bench.verify()["words"]
    assert record.verdict == "failed"
    assert record.reason.startswith("common of 15 fresh runs (median 0")
