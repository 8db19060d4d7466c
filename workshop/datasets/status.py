"""The records behind ``workshop data list | fetch | check``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workshop.datasets.cache import Verifier
from workshop.datasets.finding import Missing, find_data_set, remedy
from workshop.datasets.model import registry
from workshop.datasets.network import forget_refusals

State = Literal["here", "substitute", "missing", "damaged"]


@dataclass(frozen=True)
class Status:
    """
    How a data set stands: ``here`` (the documented data), ``substitute``, or ``missing`` with its reason;
    after a check ``damaged`` is missing because its files are not what they should be.

    ``bytes``: what fetching the documented data takes. ``reason``: why the documented data is not here.
    ``remedy``: the command that gets it; nothing if it is here. ``checked`` and ``damaged``: the files that
    were looked at, and those of them whose content is not the registry's.
    """

    id: str
    title: str
    state: State
    provider: str | None
    edition: str | None
    bytes: int
    licence: str
    reason: str | None
    remedy: str | None
    checked: frozenset[Path]
    damaged: frozenset[Path]


def statuses(ids: Iterable[str] | None = None) -> list[Status]:
    """Return how the data sets stand, all of them by default, without a network."""
    return [_status(data_set_id) for data_set_id in _chosen(ids)]


def fetch(ids: Iterable[str] | None = None, *, progress: bool = True) -> list[Status]:
    """Fetch what is not here, asking again hosts that refused before, and return how all stand."""
    chosen = _chosen(ids)
    forget_refusals()
    return [_status(data_set_id, fetched=True, progress=progress) for data_set_id in chosen]


def check(ids: Iterable[str] | None = None) -> list[Status]:
    """Compare every file that is here with its checksum again, and return how the data sets stand."""
    return [_status(data_set_id, recheck=True) for data_set_id in _chosen(ids)]


def _chosen(ids: Iterable[str] | None) -> list[str]:
    """Return the ids, after each was looked up, so that a misspelt one stops the command before it begins."""
    chosen = list(registry()) if ids is None else list(ids)
    return [registry()[data_set_id].id for data_set_id in chosen]


def _status(
    data_set_id: str, *, fetched: bool = False, progress: bool = False, recheck: bool = False
) -> Status:
    data_set = registry()[data_set_id]
    verifier = Verifier(recheck=recheck)
    found = find_data_set(data_set, offline=not fetched, progress=progress, verifier=verifier)
    damaged = frozenset(verifier.damaged)
    state: State = "here"
    here, reason, wanted = None, None, None
    if isinstance(found, Missing):
        state = "damaged" if recheck and damaged else "missing"
        reason, wanted = found.reason, found.remedy
    else:
        here = found
    if here is not None and here.substitute:
        state, reason, wanted = "substitute", here.missing, remedy(data_set, fetched=fetched)
    return Status(
        id=data_set.id,
        title=data_set.title,
        state=state,
        provider=here.provider if here else None,
        edition=here.edition if here else None,
        bytes=data_set.size,
        licence=data_set.licence,
        reason=reason,
        remedy=wanted,
        checked=damaged.union(verifier.checked),
        damaged=damaged,
    )
