"""What the book gets wrong: as a list, on the terminal, and as pages to publish."""

from workshop.reporting.errata.model import (
    CONSEQUENCES,
    Erratum,
    changes,
    counted_errors,
    errata,
    unconfirmed,
)

__all__ = ["CONSEQUENCES", "Erratum", "changes", "counted_errors", "errata", "unconfirmed"]
