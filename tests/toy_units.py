"""Toy units: two that build on each other, and one whose loss is standard normal, with claims on it."""

from __future__ import annotations

FIT_AND_SCORE = """
@dataclass(frozen=True)
class Fitted:
    loss: float
    weights: list

@unit("ch09.ex01")
def fit(toy_data) -> Fitted:
    return Fitted(0.5, [1.0])

@unit("ch09.ex02", value="accuracy")
def score(ch09_ex01) -> float:
    return sum(ch09_ex01.weights)
"""

UNIT = """
@dataclass(frozen=True)
class Run:
    loss: float
    pair: dict
    words: list

@unit("ch09.ex01")
def train(seed) -> Run:
    tally(seed)
    rng = np.random.default_rng(RNG)
    loss, other = rng.normal(size=2).tolist()
    CHANGE
    return Run(loss, {"small": loss, "large": loss + 1 + abs(other)}, WORDS)
"""


def toy(change: str = "pass", rng: str = "seed", words: str = "[loss, other]") -> str:
    """Return the source of a unit whose loss is standard normal, but for a change."""
    return UNIT.replace("CHANGE", change).replace("RNG", rng).replace("WORDS", words)


LOSS = {"id": "ch09.ex01.loss", "documented": 0.1, "rule": "reference"}
PAIR = {
    "id": "ch09.ex01.pair",
    "measure": {"small": "pair.small", "large": "pair.large"},
    "documented": ["small", "large"],
    "rule": {"reference": {"order": "paired"}},
}


EXACT = {"id": "ch09.ex01.length", "documented": 2, "rule": "equal", "measure": "words[0]"}


def setup(bench, references, *claims, count: int = 64, seconds=None, elsewhere: bool = False) -> None:
    """Record the unchanged toy unit under the claims, and forget what it left in store and tally."""
    bench.units(toy())
    bench.claims(*(claims or (LOSS,)))
    references.record(count)
    references.change(seconds=seconds, elsewhere=elsewhere)
    bench.tallies.unlink()
