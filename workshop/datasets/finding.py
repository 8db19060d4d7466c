"""Finding a data set: the documented data before a substitute, what is here before what must be fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workshop.datasets import providers
from workshop.datasets.cache import (
    LOGGER,
    Verifier,
    cache_folder,
    locked,
    matches,
    pointer_of,
)
from workshop.datasets.errors import DataError
from workshop.datasets.model import DataSet, Debian, Edition, File, Mirror, Service, Wheel, registry
from workshop.datasets.packs import Packs
from workshop.files import write_atomically


@dataclass(frozen=True)
class Found:
    """
    A data set that is here, verified.

    ``why`` says what a substitute is instead of the documented data. ``provider`` names where the files were
    found. ``checksum`` stands for the content: equal for editions that hold the same data.
    """

    id: str
    edition: str
    substitute: bool
    why: str | None
    paths: Mapping[str, Path]
    provider: str
    checksum: str


@dataclass(frozen=True)
class Missing:
    """A data set that is not here: why, and the command that gets it."""

    id: str
    reason: str
    remedy: str


def find(data_set_id: str, *, offline: bool = True, progress: bool = True) -> Found | Missing:
    """
    Return where a data set lies, verified; with ``offline=False`` fetch it if it must be.

    Raises
    ------
    DataError
        If the registry has no such data set.
    """
    return find_data_set(registry()[data_set_id], offline=offline, progress=progress)


def find_data_set(
    data_set: DataSet, *, offline: bool, progress: bool = False, verifier: Verifier | None = None
) -> Found | Missing:
    """Return where an entry of a registry lies: documented editions first, each first without a network."""
    verifier = verifier or Verifier()
    reasons: list[str] = []
    for substitute in (False, True):
        for online in (False,) if offline else (False, True):
            for edition in data_set.editions:
                if edition.substitute == substitute:
                    try:
                        return _find_edition(
                            data_set, edition, online=online, progress=progress, verifier=verifier
                        )
                    except (DataError, OSError) as error:
                        reasons.append(" ".join(str(error).split()))
    telling = [reason for reason in dict.fromkeys(reasons) if reason != _NOWHERE]
    return Missing(data_set.id, "; ".join(telling) or _NOWHERE, remedy(data_set))


_NOWHERE = "it is neither in the mirror nor in the cache nor installed"


@dataclass
class _Search:
    """One edition's files as they turn up."""

    folder: Path
    paths: dict[str, Path] = field(default_factory=dict)
    providers: list[str] = field(default_factory=list)

    def add(self, file: File, path: Path, provider: str) -> None:
        self.paths[file.name] = path
        if provider not in self.providers:
            self.providers.append(provider)


def _find_edition(
    data_set: DataSet, edition: Edition, *, online: bool, progress: bool, verifier: Verifier
) -> Found:
    search = _Search(cache_folder() / data_set.folder(edition))
    for provider in edition.providers:
        if isinstance(provider, Service):
            reason = providers.service_reason(provider, offline=not online)
            if reason:
                raise DataError(reason)
            search.providers.append(f"{provider.package} at {provider.host}")
    for file in edition.files:
        _take_in_place(edition, file, search, verifier)
    if len(search.paths) < len(edition.files):
        _complete(data_set, edition, search, online=online, progress=progress, verifier=verifier)
    return Found(
        id=data_set.id,
        edition=edition.name,
        substitute=edition.substitute,
        why=edition.why,
        paths={file.name: search.paths[file.name] for file in edition.files},
        provider=" + ".join(search.providers),
        checksum=content_checksum(data_set, edition),
    )


def _take_in_place(edition: Edition, file: File, search: _Search, verifier: Verifier) -> None:
    """Use a local provider's own file where it is the content itself."""
    for provider in edition.providers:
        path = providers.local_path(provider, file)
        if path is not None and providers.usable_in_place(provider, path, file):
            if verifier.good(path, file):
                search.add(file, path, provider.kind)
                return
            LOGGER.warning("%s is passed over: its checksum is not that of the registry", path)


def _complete(
    data_set: DataSet, edition: Edition, search: _Search, *, online: bool, progress: bool, verifier: Verifier
) -> None:
    """Find the rest in the cache, unpack it there, or fetch it there; other processes wait meanwhile."""
    missing = [file for file in edition.files if file.name not in search.paths]
    if not online and not any(_could_be_local(edition, file, search) for file in missing):
        raise DataError(_NOWHERE)
    with locked(data_set.folder(edition)), Packs(progress=progress) as packs:
        for file in missing:
            target = search.folder / file.name
            if verifier.cached(target, file):
                search.add(file, target, "cache")
                continue
            kind = _make(edition, file, target, packs=packs if online else None, verifier=verifier)
            search.add(file, target, kind)


def _could_be_local(edition: Edition, file: File, search: _Search) -> bool:
    """Say whether it is worth taking the lock: the cache or a local provider has something."""
    return (search.folder / file.name).is_file() or any(
        providers.local_path(provider, file) for provider in edition.providers
    )


def _make(edition: Edition, file: File, target: Path, *, packs: Packs | None, verifier: Verifier) -> str:
    """Write ``file`` into the cache by the first provider whose content verifies; return its kind."""
    reasons: list[str] = []
    for kind, origin, writer in _writers(edition, file, packs):
        try:
            _write_verified(writer, origin, file, target)
        except DataError as error:
            reasons.append(str(error))
            continue
        if verifier.good(target, file):
            return kind
    raise DataError("; ".join(dict.fromkeys(reasons)) or _NOWHERE)


def _writers(edition: Edition, file: File, packs: Packs | None) -> list[tuple[str, str, providers.Writer]]:
    """Return (kind, origin, writer) of each provider that can make the file, local ones first."""
    local: list[tuple[str, str, providers.Writer]] = []
    online: list[tuple[str, str, providers.Writer]] = []
    for provider in edition.providers:
        if isinstance(provider, Service) or provider.only not in (None, file.name):
            continue
        path = providers.local_path(provider, file)
        if path is not None and not providers.usable_in_place(provider, path, file):
            local.append((provider.kind, str(path), providers.local_writer(provider, path, file)))
        if packs is not None:
            writer = providers.online_writer(provider, file, packs)
            origin = provider.requirement if isinstance(provider, Wheel) else provider.location(file)
            online += [(provider.kind, origin, writer)] if writer is not None else []
    return local + online


def _write_verified(writer: providers.Writer, origin: str, file: File, target: Path) -> None:
    """Put the content in place in one step, and refuse what does not verify before anyone can see it."""

    def write(part: Path) -> None:
        pointer = pointer_of(part)
        try:
            writer(part)
            if not matches(part, file):
                message = f"{origin} gives other content than the registry's checksum of {file.name}"
                LOGGER.warning("%s", message)
                raise DataError(message)
            if pointer.is_file():
                pointer.replace(pointer_of(target))
        finally:
            pointer.unlink(missing_ok=True)

    write_atomically(target, write)


def content_checksum(data_set: DataSet, edition: Edition) -> str:
    """Return one digest over an edition's checksums and settings, or of the edition whose data it holds."""
    by_name = {each.name: each for each in data_set.editions}
    if edition.same_content_as is not None:
        return content_checksum(data_set, by_name[edition.same_content_as])
    lines = [f"{file.name} {file.checksum}" for file in sorted(edition.files, key=lambda file: file.name)]
    lines += [f"{name} {value}" for name, value in sorted(edition.settings.items())]
    return hashlib.sha256("\n".join(lines or [f"{data_set.id} {edition.name}"]).encode()).hexdigest()


def remedy(data_set: DataSet) -> str:
    """Return, in one line, the commands that get a data set."""
    for provider in data_set.editions[0].providers:
        if isinstance(provider, Service):
            return f"pip install {provider.package}, and run on a machine that reaches {provider.host}"
    ways = [f"workshop data fetch {data_set.id}"]
    kinds = [provider for edition in data_set.editions for provider in edition.providers]
    ways += [f"apt-get install {provider.package}" for provider in kinds if isinstance(provider, Debian)]
    if any(isinstance(provider, Mirror) for provider in kinds):
        ways.append("set WORKSHOP_MIRROR to a folder that has it")
    return ", or ".join(dict.fromkeys(ways))
