"""The errors of the data layer: each is a single line that names the file and the remedy."""


class DataError(Exception):
    """Data that can't be had, read or trusted; the message is one line."""


class BadContentError(DataError):
    """Content that is not what the registry says; the message begins with "its" or "it"."""


class UnsafePickleError(DataError):
    """A pickle that asks for more than arrays."""
