"""The one error of the data layer: a single line that names the file and the remedy."""


class DataError(Exception):
    """Data that can't be had, read or trusted; the message is one line."""


class UnsafePickleError(DataError):
    """A pickle that asks for more than arrays."""
