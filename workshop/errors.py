"""The errors that a user can mend: one line each, which names the thing and the remedy."""

from __future__ import annotations


class WorkshopError(Exception):
    """What a command shows as one line; ``exit_code`` is then its own: 1, or 2 after wrong usage."""

    exit_code = 1
    rows: tuple[tuple[str, str], ...] = ()  # what may have been meant, with titles, which a command lists


class UsageError(WorkshopError):
    """A call, or a file that it names, that a command can't work with."""

    exit_code = 2


class DataError(WorkshopError):
    """Data that can't be had, read or trusted."""


class BadContentError(DataError):
    """Content that is not what the registry says; the message begins with "its" or "it"."""


class UnsafePickleError(DataError):
    """A pickle that asks for more than arrays."""
