"""Scales on which quantities may be near normal: one for each kind of quantity, whatever its values are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np

Numbers: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
ScaleName = Literal["identity", "log", "logit"]


@dataclass(frozen=True)
class Scale:
    """A scale. `logit` is that of a share, of `rows` counted rows if they are known; `whole` is all of them.

    Half a row is added on either side of a count, so that none and all of the rows are on the scale, too.
    """

    name: ScaleName = "identity"
    rows: int | None = None
    whole: float = 1.0

    def __str__(self) -> str:
        """Return its name."""
        return self.name

    def of(self, values: Numbers) -> Numbers:
        """Return the values on the scale; what is not on the scale becomes infinite."""
        import numpy as np  # the ledger imports this module, and `workshop list` needs no arrays

        scaled = np.asarray(values, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.name == "log":
                scaled = np.log(scaled)
            elif self.name == "logit":
                share = scaled / self.whole
                if self.rows is not None:
                    share = (share * self.rows + 0.5) / (self.rows + 1)
                scaled = np.log(share) - np.log1p(-share)
        return np.where(np.isnan(scaled), np.inf, scaled)

    def back(self, scaled: Numbers) -> Numbers:
        """Return the values that lie at these finite places on the scale."""
        import numpy as np

        if self.name == "log":
            return np.exp(scaled)
        if self.name == "logit":
            share = 1 / (1 + np.exp(-scaled))
            if self.rows is not None:
                share = (share * (self.rows + 1) - 0.5) / self.rows
            return share * self.whole
        return scaled
