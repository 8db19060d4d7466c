"""All claims of all seven chapters as data, the typed model of a claim, and the rules that decide it."""

from workshop.ledger.errors import LedgerError
from workshop.ledger.loading import Ledger, build, ledger, read_chapter
from workshop.ledger.model import Chapter, Claim, Finding, Reader, Unit
from workshop.ledger.rules import Decision, Rule

__all__ = [
    "Chapter", "Claim", "Decision", "Finding", "Ledger", "LedgerError", "Reader", "Rule", "Unit",
    "build", "ledger", "read_chapter",
]  # fmt: skip
