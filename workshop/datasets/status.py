"""The states of data sets, for `workshop data list`, `fetch` and `check`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workshop.datasets.cache import Verifier
from workshop.datasets.finding import Found, Missing, find_data_set
from workshop.datasets.model import registry
from workshop.datasets.reachability import forget_refusals

SMALL = 200_000_000  # bytes of the largest data set that runs fetch without being asked to

State = Literal["here", "substitute", "missing", "damaged"]


@dataclass(frozen=True)
class Status:
    """The state of a data set on this machine.

    `state` is `here` (the documented data), `substitute`, `missing`, or after a check `damaged`. `bytes` is
    the size of the documented data's download. `reason` says why the documented data are not here, and
    `remedy` is the command that gets them. `checked` are the files that were compared with their checksums,
    and `damaged` those that differ.
    """

    id: str
    state: State
    provider: str | None
    bytes: int
    licence: str
    reason: str | None
    remedy: str | None
    checked: frozenset[Path]
    damaged: frozenset[Path]


def statuses(ids: Iterable[str]) -> list[Status]:
    """Return the states of data sets, without a network."""
    return [_status(data_set_id) for data_set_id in _chosen(ids)]


def fetch(ids: Iterable[str], *, progress: bool) -> list[Status]:
    """Fetch what is not here, also from hosts that refused before, and return the states."""
    chosen = _chosen(ids)
    forget_refusals()
    return [_status(data_set_id, fetched=True, progress=progress) for data_set_id in chosen]


def fetch_small(ids: Iterable[str], *, progress: bool = True) -> list[Status]:
    """Fetch those of the data sets that are not here and are small, and return their states.

    Larger ones are fetched by `workshop data fetch` only.
    """
    known = registry()
    small = [name for name in sorted(set(ids)) if not known[name].service and known[name].size <= SMALL]
    missing = [name for name in small if isinstance(find_data_set(known[name], offline=True), Missing)]
    return fetch(missing, progress=progress) if missing else []


def check(ids: Iterable[str]) -> list[Status]:
    """Compare every local file with its checksum again, and return the states."""
    return [_status(data_set_id, recheck=True) for data_set_id in _chosen(ids)]


def _chosen(ids: Iterable[str]) -> list[str]:
    """Return the ids; each is looked up first, so that a misspelt one stops the command before it begins."""
    return [registry()[data_set_id].id for data_set_id in ids]


def _status(
    data_set_id: str, *, fetched: bool = False, progress: bool = False, recheck: bool = False
) -> Status:
    data_set = registry()[data_set_id]
    verifier = Verifier(recheck=recheck)
    found = find_data_set(data_set, offline=not fetched, progress=progress, verifier=verifier)
    damaged = frozenset(verifier.damaged)
    state: State = "here"
    reason, command = None, None
    if isinstance(found, Missing):
        state = "damaged" if recheck and damaged else "missing"
        reason, command = found.reason, found.remedy
    elif found.substitute:
        state, reason, command = "substitute", found.missing, data_set.remedy(fetched=fetched)
    here = found if isinstance(found, Found) else None
    return Status(
        id=data_set.id,
        state=state,
        provider=here.provider if here else None,
        bytes=data_set.size,
        licence=data_set.licence,
        reason=reason,
        remedy=command,
        checked=damaged.union(verifier.checked),
        damaged=damaged,
    )
