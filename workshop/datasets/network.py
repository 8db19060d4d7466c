"""Downloads that give up quickly: a host that refused once is not asked again for a while."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workshop.datasets.cache import cache_folder, locked
from workshop.datasets.errors import DataError
from workshop.files import write_atomically

CONNECT_SECONDS = 4
READ_SECONDS = 60
REMEMBER_SECONDS = 600
# Two hosts without an answer: then the machine has no internet, and others are not tried either.
HOSTS_THAT_MEAN_NO_INTERNET = 2
PACKAGE_INDEX = "the package index"

_refused: dict[str, float] = {}


class UnreachableError(DataError):
    """A host that does not answer."""


def forget_refusals() -> None:
    """Ask every host again, as the user explicitly wishes."""
    _refused.clear()
    with contextlib.suppress(OSError):  # of a cache that can't be written
        _marker().unlink()


def check_reachable(host: str) -> None:
    """Raise ``UnreachableError`` if ``host`` refused lately, or so many did that there is no internet."""
    recent = {
        name: at for name, at in {**_read_marker(), **_refused}.items() if time.time() - at < REMEMBER_SECONDS
    }
    internet = [name for name in recent if name != PACKAGE_INDEX]
    if host in recent:
        raise UnreachableError(f"{host} could not be reached a short while ago")
    if host != PACKAGE_INDEX and len(internet) >= HOSTS_THAT_MEAN_NO_INTERNET:
        raise UnreachableError(
            f"{host} is not tried, since {' and '.join(sorted(internet)[:2])} could not be reached"
        )


def remember_refusal(host: str) -> None:
    """Remember for this process and, for ten minutes, in the cache that ``host`` does not answer."""
    _refused[host] = time.time()
    with contextlib.suppress(OSError, DataError), locked("unreachable"):
        text = json.dumps({**_read_marker(), host: _refused[host]})
        write_atomically(_marker(), text.encode())


def _marker() -> Path:
    return cache_folder() / "unreachable.json"


def _read_marker() -> dict[str, float]:
    try:
        content = json.loads(_marker().read_text(encoding="utf-8"))
        return {str(host): float(at) for host, at in content.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def download(url: str, folder: Path, *, progress: bool) -> Path:
    """
    Return the path of ``url``'s content in ``folder``.

    Raises
    ------
    UnreachableError
        If the host refuses, or did lately.
    DataError
        If it answers with an error.
    """
    import pooch
    import requests
    from tqdm import tqdm  # type: ignore[import-untyped]

    host = urlsplit(url).hostname or url
    check_reachable(host)
    pooch.get_logger().setLevel("WARNING")
    name = tempfile.mktemp(prefix="download.", dir="")  # noqa: S306  only a name; the folder is ours alone
    bar: Any = tqdm(
        desc=url.rsplit("/", 1)[-1],
        total=0,
        unit="B",
        unit_scale=True,
        file=sys.stderr,
        disable=None if progress else True,
    )
    downloader = pooch.HTTPDownloader(progressbar=bar, timeout=(CONNECT_SECONDS, READ_SECONDS))
    try:
        return Path(pooch.retrieve(url, known_hash=None, fname=name, path=folder, downloader=downloader))
    except requests.HTTPError as error:
        code = error.response.status_code if error.response is not None else "an error"
        raise DataError(f"{url} answers {code}") from error
    except (requests.ConnectionError, requests.Timeout) as error:
        remember_refusal(host)
        raise UnreachableError(f"{host} can't be reached") from error
    except (requests.RequestException, OSError) as error:
        raise DataError(f"{url} can't be downloaded ({' '.join(str(error).split())})") from error
    finally:
        bar.close()
