"""What claims lack that are unavailable, or rest on a substitute, and the commands that get it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from workshop.datasets.finding import remedy
from workshop.datasets.model import registry
from workshop.ledger import Claim, Ledger
from workshop.verification.results import Record, Results


@dataclass(frozen=True)
class Lack:
    """A data set that is missing, or what else is, with the ids of the claims that want it.

    `name` is empty where it is no data set; `title` then says what it is. `supported` were held against a
    substitute and agree.
    """

    name: str
    title: str
    remedy: str
    unavailable: tuple[str, ...]
    supported: tuple[str, ...]


def missing(results: Results, ledger: Ledger) -> list[Lack]:
    """Return what the run lacked, the most wanted first; a claim stands with each data set that it lacks."""
    wanting: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for record in results.claims:
        if record.verdict in {"unavailable", "supported"}:
            named = _data_sets(ledger.claims[record.id], record)
            for key in [(name, "") for name in named] or [("", record.reason)]:
                wanting[key][record.verdict].append(record.id)
    known = registry()
    found = [
        Lack(
            name,
            known[name].title if name else reason,
            remedy(known[name]) if name else "",
            tuple(claims["unavailable"]),
            tuple(claims["supported"]),
        )
        for (name, reason), claims in wanting.items()
    ]
    return sorted(found, key=lambda lack: (-len(lack.unavailable), -len(lack.supported)))


def lacks(claim: Claim, record: Record) -> str:
    """Return in a line what an unavailable claim lacks and how to get it; nothing for other claims.

    The record's reason names the data sets; where a substitute is here, it does not say how to get them.
    """
    if record.verdict != "unavailable":
        return ""
    known = registry()
    named = _data_sets(claim, record)
    return "; ".join(f"{name}: {remedy(known[name])}" for name in named) or record.reason


def _data_sets(claim: Claim, record: Record) -> list[str]:
    return [name for name in claim.needs if name in registry() and f"{name}: " in record.reason]
