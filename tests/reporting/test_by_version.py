"""Changes by later versions: grouped by library and version, counted by this run's verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.toy.claims import book
from tests.toy.records import record
from workshop.ledger import Ledger
from workshop.reporting.report.by_version import by_release, changes, counts_text
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
    for claim in claims:
        if claim["finding"]["reason"] == SLOWER:
            claim |= {"rule": {"reference": {"decimals": 2}}}
    claims.append({**claims[0], "id": f"{UNIT}.same", "finding": None})
    verdicts = [*(verdict for _, _, verdict, _ in changed), "reproduced"]
    records = tuple(
        record(c["id"], verdict, ours=c["ours"]) for c, verdict in zip(claims, verdicts, strict=True)
    )
    return Results({"device": "cpu"}, records), book(*claims)


def test_changes_are_sorted_by_version() -> None:
    """Changes are sorted by library and then by version, the newest first, and each reason is given once."""
    run = made_up(
        [
            ({"nltk": ">=3.6"}, SLOWER, "changed", False),
            (KERAS_2, SLOWER, "deferred", False),
            ({"nltk": ">=3.10.1"}, SLOWER, "changed", False),
            ({"numpy": ">=1.25 with avx512 or >=2.0 with avx2"}, STRICTER, "changed", False),
            (KERAS_3, STRICTER, "changed", True),
            (KERAS_2, STRICTER, "changed", True),
            (KERAS_2, SLOWER, "deferred", False),
        ]
    )

    found = changes(*run)

    assert [
        (v.condition, [(c.reason, [f.claim.name for f in c.claims]) for c in v.changes]) for v in found
    ] == [
        ("Keras ≥ 3.0", [(STRICTER, ["e"])]),
        ("Keras ≥ 2.11", [(SLOWER, ["b", "g"]), (STRICTER, ["f"])]),
        ("NumPy ≥ 1.25 with AVX-512 or ≥ 2.0 with AVX2", [(STRICTER, ["d"])]),
        ("NLTK ≥ 3.10.1", [(SLOWER, ["c"])]),
        ("NLTK ≥ 3.6", [(SLOWER, ["a"])]),
    ]
    assert found[2].version == "1.25"
    assert counts_text(found[1].claims) == "3 claims (2 recorded but not decided in this run, 1 of our own)"
    assert by_release(found).startswith("Changes came with TensorFlow 2.11 and 2.16, and none is recorded")


def test_what_an_era_ends_with_changes_again() -> None:
    """Keras 2.11 began an era that Keras 3.0 ended, so its stochastic claims are under both, counted once."""
    found = changes(*made_up([(KERAS_2, SLOWER, "changed", False), (KERAS_2, STRICTER, "changed", True)]))

    assert [(v.condition, [c.reason for c in v.changes], [[f.claim.name for f in c.claims] for c in v.again])
            for v in found] == [
        ("Keras ≥ 3.0", [], [["a"]]),
        ("Keras ≥ 2.11", [SLOWER, STRICTER], []),
    ]  # fmt: skip
    assert [len(v.claims) for v in found] == [0, 2]
    assert "Keras 3 each of the word's occurrences" in found[0].again[0].reason
    assert found[0].brought == "TensorFlow 2.16 first brought Keras 3"


def test_no_release_is_named_without_a_change_of_keras() -> None:
    assert by_release(changes(*made_up([({"nltk": ">=3.6"}, STRICTER, "changed", False)]))) == ""


# a condition, and the release of TensorFlow that it corresponds to
BROUGHT = [
    ({"keras": ">=2.11"}, "TensorFlow 2.11 first brought Keras 2.11"),
    ({"keras": ">=3.0"}, "TensorFlow 2.16 first brought Keras 3"),
    ({"keras": "<3.0"}, "TensorFlow 2.16 first brought Keras 3"),
    ({"keras": ">=3.5,<3.7"}, "TensorFlow 2.16 first brought Keras 3"),
    ({"numpy": ">=2.0", "keras": ">=2.6"}, "TensorFlow 2.6 first brought Keras 2.6"),
    ({"tensorflow": ">=2.16"}, ""),
    ({"nltk": ">=3.6"}, ""),
]


@pytest.mark.parametrize(("when", "brought"), BROUGHT)
def test_the_tensorflow_of_a_keras_is_named(when: dict[str, str], brought: str) -> None:
    (found,) = changes(*made_up([(when, STRICTER, "changed", False)]))

    assert found.brought == brought


# verdicts of the run and whether each claim is ours, and how they are counted
COUNTS = [
    ([("changed", False)], "1 claim changed in this run"),
    ([("changed", True), ("reproduced", True)], "2 claims of our own"),
    ([("deferred", False), ("unavailable", False), ("undecided", False)],
     "3 claims recorded but not decided in this run"),
    ([("reproduced", False), ("supported", False), ("changed", False)],
     "3 claims (1 changed in this run, 2 as printed in this run)"),
    ([("failed", False), ("deferred", False), ("changed", True), ("changed", False)],
     "4 claims (1 changed in this run, 1 failed, 1 recorded but not decided in this run, 1 of our own)"),
]  # fmt: skip


@pytest.mark.parametrize(("verdicts", "expected"), COUNTS)
def test_changes_are_counted_by_what_the_run_says(verdicts: list[tuple[str, bool]], expected: str) -> None:
    """Claims that this run shows changed are apart from undecided ones and from our own."""
    (found,) = changes(*made_up([(KERAS_3, SLOWER, verdict, ours) for verdict, ours in verdicts]))

    assert counts_text(found.claims) == expected
