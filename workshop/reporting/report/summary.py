"""How many of the book's claims a run decided, and how many of them repeat others, in sentences."""

from __future__ import annotations

from collections.abc import Iterable

from workshop.ledger import Claim
from workshop.verification.results import Record
from workshop.verification.verdicts import VERIFIED


def decided_text(records: Iterable[Record], whose: str = "") -> str:
    """Say how many of the book's claims were decided, and how many of these by measuring."""
    book = [record for record in records if not record.ours]
    decided = _decided(book)
    measured = sum(record.evidence == "measured" for record in decided)
    text = f"{len(decided)} of {whose}{len(book)} claims decided"
    return text + (f", {measured} of them measured" if any(record.evidence for record in book) else "")


def repeated_text(claims: Iterable[Claim]) -> str:
    """Say how many claims repeat another one, and how many only the authors' notebook shows; "" if none."""
    book = [claim for claim in claims if not claim.ours]
    repeated = sum(claim.same_as is not None for claim in book)
    notebook = sum(claim.source == "notebook" for claim in book)
    parts = [f"printed a second time: {repeated}"] if repeated else []
    parts += [f"printed in the authors' notebook only: {notebook}"] if notebook else []
    return "; ".join(parts)


def _decided(records: Iterable[Record]) -> list[Record]:
    found = (record for record in records if not record.ours)
    return [record for record in found if record.verdict in VERIFIED or record.verdict == "failed"]
