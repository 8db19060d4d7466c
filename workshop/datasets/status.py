"""The records behind ``workshop data list | fetch | check``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from workshop.datasets.cache import Verifier
from workshop.datasets.finding import Found, Missing, find_data_set, remedy
from workshop.datasets.model import registry
from workshop.datasets.network import forget_refusals

State = Literal["here", "substitute", "missing"]


@dataclass(frozen=True)
class Status:
    """
    How a data set stands: ``here`` (the documented data), ``substitute``, or ``missing`` with its reason.

    ``bytes``: what fetching the documented data takes. ``remedy``: the command that gets it, or gets the
    documented data instead of a substitute; nothing if it is here.
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


def statuses(ids: Iterable[str] | None = None) -> list[Status]:
    """Return how the data sets stand, all of them by default, without a network."""
    verifier = Verifier()
    return [
        _status(data_set_id, offline=True, progress=False, verifier=verifier) for data_set_id in _chosen(ids)
    ]


def fetch(ids: Iterable[str] | None = None, *, progress: bool = True) -> list[Status]:
    """Fetch what is not here, asking again hosts that refused before, and return how all stand."""
    chosen = _chosen(ids)
    forget_refusals()
    return [
        _status(data_set_id, offline=False, progress=progress, verifier=Verifier()) for data_set_id in chosen
    ]


def check(ids: Iterable[str] | None = None) -> list[Status]:
    """Compare every file that is here with its checksum again, and return how the data sets stand."""
    verifier = Verifier(recheck=True)
    return [
        _status(data_set_id, offline=True, progress=False, verifier=verifier) for data_set_id in _chosen(ids)
    ]


def _chosen(ids: Iterable[str] | None) -> list[str]:
    """Return the ids, after each was looked up, so that a misspelt one stops the command before it begins."""
    chosen = list(registry()) if ids is None else list(ids)
    return [registry()[data_set_id].id for data_set_id in chosen]


def _status(data_set_id: str, *, offline: bool, progress: bool, verifier: Verifier) -> Status:
    data_set = registry()[data_set_id]
    outcome: Found | Missing = find_data_set(data_set, offline=offline, progress=progress, verifier=verifier)
    if isinstance(outcome, Missing):
        return Status(
            data_set.id,
            data_set.title,
            "missing",
            None,
            None,
            data_set.size,
            data_set.licence,
            outcome.reason,
            outcome.remedy,
        )
    state: State = "substitute" if outcome.substitute else "here"
    return Status(
        id=data_set.id,
        title=data_set.title,
        state=state,
        provider=outcome.provider,
        edition=outcome.edition,
        bytes=data_set.size,
        licence=data_set.licence,
        reason=outcome.why,
        remedy=remedy(data_set) if outcome.substitute else None,
    )
