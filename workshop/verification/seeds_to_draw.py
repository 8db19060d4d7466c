"""How many fresh seeds a stochastic claim draws here, and when they call for more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workshop.samples.recorded import RecordedRuns, Samples
from workshop.statistics.hypothesis_tests import smallest_rank_p

# units that take at most this long a seed draw FRESH seeds, and as many up to MOST_FRESH as fit into a
# second: with a recorded one they fill two groups of lanes
QUICK_SECONDS = 2.0
FRESH = 5
MOST_FRESH = 15
# fewer than FRESH seeds of a slower unit that are less probable than this call for FRESH of them
SUSPICIOUS = 0.05


@dataclass(frozen=True)
class SamplingPlan:
    """How many fresh seeds a claim draws, and the index of the recorded run that it repeats, if any."""

    fresh: int
    repeated: int | None


def sampling_plan(samples: Samples, *, asked: int = 0, varied: bool = False) -> SamplingPlan:
    """Return what a claim with these samples draws here.

    Slower units draw a single seed; none where a recorded run is repeated: code that gives its bits again is
    the code that gave all the others. FRESH are drawn under libraries of which there are no recorded runs.
    """
    usual = usual_fresh(samples.seconds)
    if not samples.of_libraries:
        usual = max(usual, FRESH)
    slow_and_repeated = usual == 1 and samples.repeated is not None and not varied
    return SamplingPlan(max(asked, 0 if slow_and_repeated else usual), samples.repeated)


def usual_fresh(seconds: float) -> int:
    """Return how many fresh seeds a unit that takes so many seconds a seed draws by default."""
    if seconds > QUICK_SECONDS:
        return 1
    return min(MOST_FRESH, max(FRESH, int(1 / max(seconds, 1e-3))))


def suspicious(recorded: RecordedRuns, p: Mapping[str, float], fresh: int) -> bool:
    """Whether a first stage of fewer than FRESH seeds calls for FRESH of them, which alone then decide.

    `p` are the drift tests of the claim's numbers. A stage that lies as far out as the recorded runs can show
    by rank calls for more, too.
    """
    if not p:
        return False
    return min(p.values()) <= max(SUSPICIOUS / len(p), smallest_rank_p(recorded.fewest, fresh))
