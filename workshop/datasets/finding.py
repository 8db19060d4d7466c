"""Finding a data set: documented data before substitutes, local files before downloads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from workshop.datasets import providers
from workshop.datasets.cache import (
    CacheError,
    Verifier,
    locked,
    matches,
    pointer_of,
    unwritable,
    warn_once,
)
from workshop.datasets.downloads import Downloads
from workshop.datasets.model import DataSet, Edition, File, Service, registry
from workshop.errors import BadContentError, DataError
from workshop.files import cache_folder, sweep, write_atomically


@dataclass(frozen=True)
class Found:
    """A verified data set on this machine.

    Of a substitute, `why` says how it differs from the documented data, and `missing` why those data are not
    here. `provider` names where the files were found. Editions with the same data have the same `checksum`.
    """

    id: str
    edition: str
    substitute: bool
    why: str | None
    paths: Mapping[str, Path]
    provider: str
    checksum: str
    missing: str | None = None


@dataclass(frozen=True)
class Missing:
    """A data set that is not on this machine: the reason, and the command that gets it."""

    id: str
    reason: str
    remedy: str


def find(data_set_id: str, *, offline: bool = True, progress: bool = True) -> Found | Missing:
    """Return the verified files of a data set; with `offline=False` fetch them if necessary.

    Raises
    ------
    DataError
        If the registry has no such data set.
    """
    return find_data_set(registry()[data_set_id], offline=offline, progress=progress)


def find_data_set(
    data_set: DataSet, *, offline: bool, progress: bool = False, verifier: Verifier | None = None
) -> Found | Missing:
    """Return the files of a registry's entry: documented editions first, each first without a network."""
    verifier = verifier or Verifier()
    reasons: list[str] = []
    command = data_set.remedy(fetched=not offline)
    attempts = [
        (edition, online)
        for substitute in (False, True)
        for online in ((False,) if offline else (False, True))
        for edition in data_set.editions
        if edition.substitute == substitute
    ]
    for edition, online in attempts:
        try:
            found = _find_edition(data_set, edition, online=online, progress=progress, verifier=verifier)
        except CacheError as error:
            reasons.append(error.what)
            command = error.remedy
        except DataError as error:
            if online or offline:  # the online search meets the local errors again
                reasons.append(" ".join(str(error).split()))
        else:
            return replace(found, missing=_joined(reasons)) if edition.substitute else found
    return Missing(data_set.id, _joined(reasons), command)


def _joined(reasons: list[str]) -> str:
    """Return the distinct reasons in one line, `_NOWHERE` only if there is no other."""
    return "; ".join(reason for reason in dict.fromkeys(reasons) if reason != _NOWHERE) or _NOWHERE


_NOWHERE = "it is neither in the mirror nor in the cache nor installed"


@dataclass
class _Search:
    """The files of one edition found so far, and the faults of those that are wrong."""

    data_set: DataSet
    edition: Edition
    verifier: Verifier
    paths: dict[str, Path] = field(default_factory=dict)
    providers: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """Return the name of the edition's folder in the cache."""
        return self.data_set.folder(self.edition)

    @property
    def checksum(self) -> str:
        return content_checksum(self.data_set, self.edition)

    def target(self, file: File) -> Path:
        """Return the path of a file in the cache, whether it exists or not."""
        return cache_folder() / self.folder / file.name

    def add(self, file: File, path: Path, provider: str) -> None:
        self.paths[file.name] = path
        if provider not in self.providers:
            self.providers.append(provider)

    def damaged(self, path: Path, fault: str) -> None:
        """Warn of a file of the mirror, or of the system, with wrong content."""
        warn_once(f"{path}: {fault}: delete or replace this file")
        self.faults.append(f"{path}: {fault}")
        self.verifier.damaged.append(path)

    def nowhere(self) -> DataError:
        """Return the error of an edition that no local provider has, with the known causes."""
        wrong = providers.mirror_fault()
        if wrong and any(provider.kind == "mirror" for provider in self.edition.providers):
            return DataError("; ".join([*self.faults, wrong]))
        return DataError("; ".join(self.faults) or _NOWHERE)


def _find_edition(
    data_set: DataSet, edition: Edition, *, online: bool, progress: bool, verifier: Verifier
) -> Found:
    search = _Search(data_set, edition, verifier)
    for provider in edition.providers:
        if isinstance(provider, Service):
            reason = providers.service_reason(provider, offline=not online)
            if reason:
                raise DataError(reason)
            search.providers.append(f"{provider.package} at {provider.host}")
    try:
        sweep(cache_folder() / search.folder)
        for file in edition.files:
            _take_in_place(file, search)
        if len(search.paths) < len(edition.files):
            _complete(search, online=online, progress=progress)
    except OSError as error:  # of the cache: errors of other files have become faults
        raise unwritable(error) from error
    return Found(
        id=data_set.id,
        edition=edition.name,
        substitute=edition.substitute,
        why=edition.why,
        paths={file.name: search.paths[file.name] for file in edition.files},
        provider=" + ".join(search.providers),
        checksum=search.checksum,
    )


def _take_in_place(file: File, search: _Search) -> None:
    """Use a local provider's file if it is the plain content, else the cache's."""
    for provider in search.edition.providers:
        path = providers.local_path(provider, file)
        if path is not None and providers.usable_in_place(provider, path, file):
            fault = search.verifier.fault(path, file, search.checksum)
            if fault is None:
                search.add(file, path, provider.kind)
                return
            search.damaged(path, fault)
    target = search.target(file)
    if target.is_file():
        if search.verifier.good(target, file, search.checksum):
            search.add(file, target, "cache")
        else:
            search.verifier.damaged.append(target)


def _complete(search: _Search, *, online: bool, progress: bool) -> None:
    """Unpack or fetch the missing files into the cache; other processes wait meanwhile."""
    missing = [file for file in search.edition.files if file.name not in search.paths]
    if not online and not any(  # it is not worth taking the lock
        search.target(file).is_file()
        or any(providers.local_path(each, file) for each in search.edition.providers)
        for file in missing
    ):
        raise search.nowhere()
    incoming = cache_folder() / "incoming" / search.folder.replace("/", ".")
    with (
        locked(search.folder, f"fetches {search.data_set.id}"),
        Downloads(
            incoming,
            search.edition.fetch_bytes,
            sum(file.bytes or search.edition.fetch_bytes for file in missing),
            progress=progress,
        ) as downloads,
    ):
        for left in (cache_folder() / search.folder).rglob("*.part.pointer"):
            left.unlink()
        for file in missing:
            kind = "cache"
            if not search.verifier.cached(search.target(file), file):
                kind = _make(file, search, downloads if online else None)
            search.add(file, search.target(file), kind)


def _make(file: File, search: _Search, downloads: Downloads | None) -> str:
    """Write `file` into the cache from the first provider with the right content; return its kind."""
    reasons: list[str] = []
    size = f", {file.bytes:,} bytes" if file.bytes else ""
    checksum = file.checksum.replace(":", " ")
    # of a file that its source may have in another form
    expected = f": it may have changed at its source (expected: {search.edition.name}, {checksum}{size})"
    for kind, origin, writer in providers.writers(search.edition, file, downloads):
        try:
            _write_verified(writer, file, search.target(file), expected if kind == "url" else "")
        except BadContentError as error:
            if isinstance(origin, Path):
                search.damaged(origin, str(error))
            else:
                reasons.append(f"{origin}: {error}")
        except CacheError:  # no other provider has more room
            raise
        except DataError as error:
            reasons.append(str(error))
        else:
            if search.verifier.good(search.target(file), file):
                return kind
    if not reasons:
        raise search.nowhere()
    raise DataError("; ".join(dict.fromkeys(search.faults + reasons)))


def _write_verified(writer: providers.Writer, file: File, target: Path, expected: str) -> None:
    """Write the content in one step; wrong content is refused before anyone can see it.

    `expected` is what the error adds.
    """

    def write(part: Path) -> None:
        pointer = pointer_of(part)
        try:
            writer(part)
            if not matches(part, file):
                raise BadContentError(f"its content is not the registry's{expected}")
            if pointer.is_file():
                pointer.replace(pointer_of(target))
        finally:
            pointer.unlink(missing_ok=True)

    write_atomically(target, write)


def content_checksum(data_set: DataSet, edition: Edition) -> str:
    """Return one digest of an edition's checksums and settings, or of the edition with the same content."""
    if edition.same_content_as is not None:
        return content_checksum(data_set, data_set.edition(edition.same_content_as))
    lines = [f"{file.name} {file.checksum}" for file in sorted(edition.files, key=lambda file: file.name)]
    lines += [f"{name} {value}" for name, value in sorted(edition.settings.items())]
    return hashlib.sha256("\n".join(lines or [f"{data_set.id} {edition.name}"]).encode()).hexdigest()
