"""The ten verdicts, what they mean, and where what decides a claim was computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Verdict = Literal[
    "reproduced", "corrected", "changed", "refuted", "supported",
    "failed", "undecided", "unavailable", "deferred", "not testable",
]  # fmt: skip

# where what decides a claim was computed; "" if nothing was
Basis = Literal["", "run here", "recorded"]
# what a claim says that was measured on its documented data for the first time; "" for all others
FirstContact = Literal["", "agrees", "disagrees"]

BASES: Mapping[Basis, str] = {
    "run here": "run here",
    "recorded": "recorded runs, whose first steps and all that follows them were repeated here",
}

# worst first: the order in which summaries list them
VERDICTS: tuple[Verdict, ...] = (
    "failed", "reproduced", "corrected", "changed", "refuted", "supported",
    "undecided", "unavailable", "deferred", "not testable",
)  # fmt: skip
MEANINGS: Mapping[Verdict, str] = {
    "failed": "disagrees with no recorded reason, or the recorded reason no longer applies",
    "reproduced": "agrees by the claim's rule",
    "corrected": "wrong as printed: the run, or other printed values, refute what is printed and confirm the "
    "ledger's correction",
    "changed": "does not hold in this environment, for a recorded reason that names the versions",
    "refuted": "excluded by measurement or by the reference sample, and recorded as such",
    "supported": "agrees on substitute data or weights, because the documented ones are not here",
    "undecided": "the recorded runs or the seeds drawn can't decide",
    "unavailable": "data, weights, hardware or a service is missing, or a substitute does not agree",
    "deferred": "only the full procedure decides it, and this was a default run",
    "not testable": "a statement of literature, a diagram without numbers, or numbers that are arbitrary",
}
VERIFIED: frozenset[Verdict] = frozenset({"reproduced", "corrected", "changed", "refuted", "supported"})
