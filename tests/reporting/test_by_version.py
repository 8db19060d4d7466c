"""Changes by later versions: grouped by library and version, counted by this run's verdicts."""

from collections.abc import Sequence
from typing import Any

from tests.golden import Golden
from tests.toy.claims import book
from tests.toy.records import record
from workshop.ledger import Ledger
from workshop.reporting.report.by_version import changes, counts_text
from workshop.verification.results import Results

UNIT = "ch09.ex01"
# a claim that changed: versions, reason, verdict in the run, whether it is our own
Changed = tuple[dict[str, str], str, str, bool]
SLOWER, STRICTER = "it learns more slowly", "it refuses what it does not know"
KERAS_3, KERAS_2 = {"keras": ">=3.0"}, {"keras": ">=2.11"}


def made_up(changed: Sequence[Changed]) -> tuple[Results, Ledger]:
    """Return a run of claims that changed, named a, b, c …, and of one that did not, and their ledger."""
    claims: list[dict[str, Any]] = [
        {"id": f"{UNIT}.{name}", "what": "a size", "documented": 1, "rule": "equal",
         "ours": ours,
         "finding": {"verdict": "changed", "reason": reason, "instead": 2, "when": when}}
        for name, (when, reason, _, ours) in zip("abcdefgh", changed, strict=False)
    ]  # fmt: skip
    claims.append({**claims[0], "id": f"{UNIT}.same", "finding": None})
    verdicts = [*(verdict for _, _, verdict, _ in changed), "reproduced"]
    records = tuple(
        record(c["id"], verdict, ours=c["ours"]) for c, verdict in zip(claims, verdicts, strict=True)
    )
    return Results({"device": "cpu"}, records), book(*claims)


def told(*changed: Changed) -> str:
    """Return what is said of a run in which these claims changed: versions, reasons, claims and counts."""
    lines = []
    for version in changes(*made_up(changed)):
        lines.append(f"{version.version}, {version.condition}: {version.brought}")
        lines.append(counts_text(version.claims))
        lines += [f"  {why}: {' '.join(f.claim.name for f in its)}" for why, its in version.changes.items()]
    return "\n".join(lines)


# conditions, of which each stands for a release of TensorFlow or for none
CONDITIONS = [
    {"keras": "<3.0"},
    {"keras": ">=3.5,<3.7"},
    {"numpy": ">=2.0", "keras": ">=2.6"},
    {"tensorflow": ">=2.16"},
    {"nltk": ">=3.6"},
]
# verdicts of the run, and whether each claim is ours
COUNTS: list[list[tuple[str, bool]]] = [
    [("changed", False)],
    [("changed", True), ("reproduced", True)],
    [("deferred", False), ("unavailable", False), ("undecided", False)],
    [("reproduced", False), ("supported", False), ("changed", False)],
    [("failed", False), ("deferred", False), ("changed", True), ("changed", False)],
]


def test_changes_read_as_written(golden: Golden) -> None:
    several = told(
        ({"nltk": ">=3.6"}, SLOWER, "changed", False),
        (KERAS_2, SLOWER, "deferred", False),
        ({"nltk": ">=3.10.1"}, SLOWER, "changed", False),
        ({"numpy": ">=1.25 with avx512 or >=2.0 with avx2"}, STRICTER, "changed", False),
        (KERAS_3, STRICTER, "changed", True),
        (KERAS_2, STRICTER, "changed", True),
        (KERAS_2, SLOWER, "deferred", False),
    )
    golden(
        "versions.txt",
        {
            "the newest first": several,
            **{str(when): told((when, STRICTER, "changed", False)) for when in CONDITIONS},
            **{
                str(verdicts): told(*((KERAS_3, SLOWER, verdict, ours) for verdict, ours in verdicts))
                for verdicts in COUNTS
            },
        },
    )
