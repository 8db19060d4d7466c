"""Rankings in the engine: placed by their common names among the recorded runs, repeated name by name."""

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
    "documented": [["c", 0.5], ["a", 0.4]],
    "rule": {"reference": {"first": 2}},
}
RANKING = 'sorted([["a", abs(loss)], ["c", abs(other)], ["b", 9.0]], key=lambda row: row[1])'


def ranked(bench, references, notebook=None, **change) -> None:
    """Record a unit whose quantity is a ranking of three names."""
    bench.units(source(RANKING))
    bench.claims({**WORDS_TOP, "notebook": notebook})
    references.record(64)
    references.change(**change)


def test_a_ranking_is_decided_on_the_recorded_runs_and_repeated_name_by_name(bench, references):
    ranked(bench, references)
    record = bench.verify()["words"]
    assert record.verdict == "reproduced"
    assert "printed names have on average 2 in common with a recorded run" in record.reason
    bench.units(source(RANKING.replace('"c"', '"e"')))
    record = bench.verify()["words"]
    assert record.verdict == "failed"
    assert "is 'e', recorded 'c'" in record.reason


def test_the_second_documented_ranking_is_checked_against_the_recorded_runs_too(bench, references):
    """It is shown next to the first; names that no run has among its first are excluded."""
    ranked(bench, references, notebook=[["x", 0.6], ["y", 0.5]])
    record = bench.verify()["words"]
    assert record.verdict == "reproduced"
    assert (
        "; the authors' notebook: inconclusive, the first 2 printed names have on average 0" in record.reason
    )


def test_a_ranking_of_other_names_drifts(bench, references):
    ranked(bench, references, elsewhere=True)
    bench.units(source(RANKING.replace('"a"', '"d"')))
    record = bench.verify()["words"]
    assert record.verdict == "failed"
    assert record.reason.startswith("common of 15 fresh runs (median 1")
