"""Hosts that do not answer: once one on the web refused, none is asked for ten minutes.

A host that is too slow is not asked again by this process; others are.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from workshop.datasets.cache import read_notes, write_note
from workshop.errors import DataError
from workshop.files import cache_folder

CONNECT_SECONDS = 4
READ_SECONDS = 60
REMEMBER_SECONDS = 600
PACKAGE_INDEX = "the package index"

_refused: dict[str, float] = {}
_slow: set[str] = set()


class UnreachableError(DataError):
    """A host that does not answer."""


def forget_refusals() -> None:
    """Allow every host to be asked again."""
    _refused.clear()
    _slow.clear()
    with contextlib.suppress(OSError):
        _marker().unlink(missing_ok=True)


def refused_host() -> str:
    """Return a host on the web that refused lately, "" if none did."""
    return min(_recent() - {PACKAGE_INDEX}, default="")


def check_reachable(host: str) -> None:
    """Raise `UnreachableError` if `host` refused lately, or another one on the web did.

    The package index is asked all the same: a network may have it and nothing else.
    """
    if host in _recent() | _slow:
        raise UnreachableError(f"{host} could not be reached a short while ago")
    if host != PACKAGE_INDEX and (refused := refused_host()):
        raise UnreachableError(f"{refused} could not be reached, so no host is asked for ten minutes")


def remember_slow(host: str) -> None:
    """Remember in this process that `host` is too slow."""
    _slow.add(host)


def remember_refusal(host: str) -> None:
    """Remember that `host` does not answer, in this process and for ten minutes in the cache."""
    _refused[host] = time.time()
    write_note(_marker(), host, _refused[host])


def _recent() -> set[str]:
    """Return the hosts that refused lately."""
    noted = {**read_notes(_marker()), **_refused}.items()
    # the clock may have been set back since
    return {host for host, at in noted if isinstance(at, float) and abs(time.time() - at) < REMEMBER_SECONDS}


def _marker() -> Path:
    return cache_folder() / "unreachable.json"
