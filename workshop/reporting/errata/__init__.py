"""What the book gets wrong: as a list, and on the terminal."""

from workshop.reporting.errata.model import (
    CONSEQUENCES,
    Erratum,
    changes,
    counted_errors,
    errata,
    unconfirmed,
)

__all__ = ["CONSEQUENCES", "Erratum", "changes", "counted_errors", "errata", "unconfirmed"]
