"""Published checksums of arrays, which show that a file was read correctly."""

import hashlib
from typing import Any, Mapping

import numpy as np

from workshop.errors import DataError


def verify(name: str, value: Any, arrays: Mapping[str, str]) -> None:
    """Compare the arrays of a data set's value with their published checksums (of little-endian bytes).

    Raises
    ------
    DataError
        If one differs.
    """
    for field, expected in arrays.items():
        array = getattr(value, field)
        content = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        if hashlib.sha256(content.data).hexdigest() != expected:
            raise DataError(
                "%s: %s differs from its published checksum; run: workshop data check" % (name, field)
            )
