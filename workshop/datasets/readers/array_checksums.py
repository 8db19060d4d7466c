"""Published checksums of arrays, which tell that a file was read as it should be."""

import hashlib
from typing import Any, Mapping

import numpy as np

from workshop.errors import DataError


def hold(name: str, value: Any, arrays: Mapping[str, str]) -> None:
    """
    Hold the arrays of a data set's value against their published checksums (of little-endian bytes).

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
