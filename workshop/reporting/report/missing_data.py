"""The data that unavailable and supported claims miss, and the commands that get them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from workshop.datasets.model import registry
from workshop.files import size_text
from workshop.ledger import Claim, Ledger
from workshop.verification.results import Record, Results


@dataclass(frozen=True)
class MissingData:
    """A missing data set or other requirement, with the ids of the claims that need it.

    `name` is empty if it is not a data set, and `title` then says what is missing; `size` is that of a
    download, "" if it is not known. The `supported` claims were checked on a substitute and agree.
    """

    name: str
    title: str
    size: str
    remedy: str
    unavailable: tuple[str, ...]
    supported: tuple[str, ...]


def missing(results: Results, ledger: Ledger) -> list[MissingData]:
    """Return what the run missed, the most needed first; a claim is listed with each of its data sets.

    Claims of our own are left out, as in all totals.
    """
    claims: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for record in results.claims:
        if record.verdict in {"unavailable", "supported"} and not record.ours:
            names = _data_sets(ledger.claims[record.id], record)
            for key in [(name, "") for name in names] or [("", record.reason)]:
                claims[key][record.verdict].append(record.id)
    data_sets = registry()
    rows = [
        MissingData(
            name,
            data_sets[name].title if name else reason,
            (size_text(data_sets[name].editions[0].fetch_bytes) or "online") if name else "",
            data_sets[name].remedy() if name else "",
            tuple(ids["unavailable"]),
            tuple(ids["supported"]),
        )
        for (name, reason), ids in claims.items()
    ]
    return sorted(rows, key=lambda one: (-len(one.unavailable), -len(one.supported)))


def missing_for(claim: Claim, record: Record) -> str:
    """Return in one line what an unavailable claim misses and how to get it, "" for other claims.

    The record's reason names the data sets, but with a substitute it does not say how to get them.
    """
    if record.verdict != "unavailable":
        return ""
    data_sets = registry()
    names = _data_sets(claim, record)
    return "; ".join(f"{name}: {data_sets[name].remedy()}" for name in names) or record.reason


def _data_sets(claim: Claim, record: Record) -> list[str]:
    return [name for name in claim.needs if name in registry() and f"{name}: " in record.reason]
