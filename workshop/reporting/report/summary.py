"""The totals of a run in sentences: failures, and apart from them what does not hold as printed."""

from __future__ import annotations

from collections import Counter

from workshop.reporting.formatting import bases_text, verdicts_text
from workshop.verification.results import Results
from workshop.verification.verdicts import VERDICTS, VERIFIED, Verdict

# the run does not give what is printed, whether or not the reason is recorded
NOT_HOLDING: tuple[Verdict, ...] = ("failed", "corrected", "changed", "refuted")


def totals(results: Results) -> tuple[str, ...]:
    """Return a run's counts in sentences: of the book, of failures, of unverified claims, of our own."""
    book = Counter(record.verdict for record in results.claims if not record.ours)
    ours = Counter(record.verdict for record in results.claims if record.ours)
    lines = [
        f"{sum(book[v] for v in VERIFIED)} of the book's {book.total()} claims verified{_verified(book)}",
        _failed(book + ours),
    ]
    rest = verdicts_text(book, [v for v in VERDICTS if v not in VERIFIED and v != "failed"])
    bases = bases_text(results.claims)
    lines += [bases[0].upper() + bases[1:]] if bases else []
    lines += [f"Not verified: {rest}"] if rest else []
    lines += [f"Our own claims, also counted below: {verdicts_text(ours)}"] if ours else []
    return tuple(lines)


def _verified(book: Counter[Verdict]) -> str:
    wrong = book["corrected"] + book["refuted"]
    verdicts = verdicts_text(book, ("corrected", "refuted"))
    parts = (
        (book["reproduced"], "reproduced"),
        (wrong, f"{'does' if wrong == 1 else 'do'} not hold as printed ({verdicts})"),
        (book["changed"], "changed by later versions of libraries"),
        (book["supported"], "supported by substitute data"),
    )
    text = ", ".join(f"{n} {name}" for n, name in parts if n)
    return f": {text}" if text else ""


def _failed(counts: Counter[Verdict]) -> str:
    n = counts["failed"]
    if n:
        disagree = "it disagrees" if n == 1 else "they disagree"
        return f"{n} failed: {disagree}, and nothing recorded explains it"
    if any(counts[v] for v in VERIFIED):
        return "0 failed: nothing disagrees without a recorded reason"
    return "0 failed, but nothing was verified, so the run is red"
