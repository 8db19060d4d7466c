"""A copy of the package whose registry has the checksums of made-up data, and what its hosts then serve."""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.attacks.contact.made_up import MAKERS, Content
from tests.attacks.lab import ROOT
from workshop.datasets.cache import digest
from workshop.datasets.model import REGISTRY_FILE, Registry, Url, read_registry
from workshop.datasets.providers import pointed_url
from workshop.strict_yaml import read_yaml

# the authors' repository stores this archive as a pointer of Git LFS
_POINTED = "cats_and_dogs_filtered"


def make(folder: Path, ids: Iterable[str], cut: float) -> dict[str, Content]:
    """Make the data sets; those with the same maker share what it made."""
    made: dict[Any, Content] = {}
    for name in ids:
        maker = MAKERS[name]
        if maker not in made:
            made[maker] = maker(folder, cut)
    return {name: made[MAKERS[name]] for name in ids}


def copy_package(folder: Path, made: dict[str, Content]) -> tuple[Path, dict[str, Path]]:
    """Copy the package into a folder, register what was made, and return it and address → file.

    Nothing but this copy knows the checksums of made-up data, so no variable or option can lead a real run to
    them.
    """
    package = folder / "package"
    for name in ("workshop", "fixtures"):
        shutil.copytree(ROOT / name, package / name, ignore=shutil.ignore_patterns("__pycache__"))
    raw = read_yaml(REGISTRY_FILE.read_bytes())
    for entry in raw["data_sets"]:
        if entry["id"] in made:
            _register(entry, made[entry["id"]], folder)
    target = package / REGISTRY_FILE.relative_to(ROOT)
    target.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return package, served(read_registry(target), made, folder)


def _register(entry: dict[str, Any], content: Content, folder: Path) -> None:
    """Give an entry the documented edition alone, with the checksums of the made-up files."""
    edition = entry["editions"][0]
    edition["providers"] = [each for each in edition["providers"] if each["kind"] == "url"]
    edition["fetch_bytes"] = sum(path.stat().st_size for path in content.archives.values())
    for file in edition["files"]:
        path = content.files[file["name"]]
        if entry["id"] == _POINTED:
            path = pointer_of(path, folder)
        kind = next(kind for kind in ("sha256", "md5", "git_blob") if kind in file)
        file[kind] = digest(path, kind).partition(":")[2]
        if "bytes" in file:
            file["bytes"] = path.stat().st_size
    entry["editions"] = [edition]


def pointer_of(path: Path, folder: Path) -> Path:
    """Return the Git LFS pointer to a file."""
    pointer = folder / f"{path.name}.pointer"
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    pointer.write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{checksum}\nsize {path.stat().st_size}\n"
    )
    return pointer


def served(registry: Registry, made: dict[str, Content], folder: Path) -> dict[str, Path]:
    """Return what the addresses of the made-up sets serve."""
    contents: dict[str, Path] = {}
    for name, content in made.items():
        (edition,) = registry[name].editions
        for provider in edition.providers:
            assert isinstance(provider, Url)
            for file in edition.files:
                if provider.only in (None, file.name):
                    url = provider.location(file)
                    path = content.archives[url.rpartition("/")[2]]
                    contents[url] = path
                    if name == _POINTED and pointed_url(url) != url:
                        contents[pointed_url(url)] = path
                        contents[url] = pointer_of(path, folder)
    return contents
