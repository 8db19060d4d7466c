"""Archives that reach outside, expand or are broken are refused in one line, and write nothing outside."""

import gzip
import io
import lzma
import stat
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.hostile.serving import CONTENT, data_set
from workshop.datasets import Missing
from workshop.datasets.finding import find_data_set
from workshop.datasets.model import File, Wheel
from workshop.datasets.providers import write_wheel_member
from workshop.datasets.readers import read
from workshop.errors import BadContentError

NAME = "made_up.txt"
BOMB = bytes(2_000_000)


@pytest.fixture
def mirror(tmp_path, monkeypatch) -> Path:
    """Give an empty mirror, and an empty cache."""
    (tmp_path / "mirror").mkdir()
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("WORKSHOP_MIRROR", str(tmp_path / "mirror"))
    return tmp_path / "mirror"


def zipped(
    name: str = NAME, content: bytes = CONTENT, *, mode: int = 0o644, packing: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """Return a zip of one member."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive:
        member = zipfile.ZipInfo(name)
        member.external_attr = mode << 16
        member.compress_type = packing
        archive.writestr(member, content)
    return packed.getvalue()


def changed(packed: bytes, *places: tuple[bytes, int, bytes]) -> bytes:
    """Return an archive with bytes put at an offset from each occurrence of a mark."""
    content = bytearray(packed)
    for mark, offset, new in places:
        at = -1
        while (at := packed.find(mark, at + 1)) >= 0:
            content[at + offset : at + offset + len(new)] = new
    return bytes(content)


LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
STORED = zipped(packing=zipfile.ZIP_STORED)
ARCHIVES: dict[str, tuple[str, bytes]] = {
    "zip: member above": ("zip", zipped(f"../{NAME}")),
    "zip: link": ("zip", zipped(content=b"/etc/passwd", mode=stat.S_IFLNK | 0o777)),
    "zip: bomb": ("zip", zipped(content=BOMB)),
    "zip: locked": ("zip", changed(STORED, (LOCAL, 6, b"\x01"), (CENTRAL, 8, b"\x01"))),
    "zip: unknown packing": ("zip", changed(STORED, (LOCAL, 8, b"\x63"), (CENTRAL, 10, b"\x63"))),
    "zip: two names": ("zip", changed(STORED, (LOCAL, 30, b"x"))),
    "zip: wrong checksum": ("zip", changed(STORED, (LOCAL, 14, b"xxxx"), (CENTRAL, 16, b"xxxx"))),
    "zip: far away": ("zip", changed(STORED, (CENTRAL, 42, b"\xff\xff\xff\x7f"))),
    "zip: cut": ("zip", zipped()[:-10]),
    "zip: none": ("zip", b"no archive"),
    "gz: bomb": ("gz", gzip.compress(BOMB)),
    "gz: bomb of many members": ("gz", gzip.compress(CONTENT) * 1000),
    "gz: cut": ("gz", gzip.compress(CONTENT)[:-4]),
    "gz: none": ("gz", b"no archive"),
    "xz: bomb": ("xz", lzma.compress(BOMB)),
    "xz: unknown filter": ("xz", changed(lzma.compress(CONTENT), (b"\xfd7zXZ", 12, b"\xff"))),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_hostile_archive_is_refused(name, mirror, tmp_path, caplog):
    unpack, content = ARCHIVES[name]
    (mirror / "packed").write_bytes(content)
    provider = {"kind": "mirror", "at": "packed", "unpack": unpack}
    made_up = data_set({**provider, "member": "{name}"} if unpack == "zip" else provider)
    outcome = find_data_set(made_up, offline=True)
    assert isinstance(outcome, Missing)
    line = outcome.reason
    assert line.isprintable()
    assert line.startswith(f"{mirror / 'packed'}: it")
    assert [record.getMessage() for record in caplog.records] == [f"{line}: delete or replace this file"]
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert written == [mirror / "packed"]


@pytest.mark.parametrize("wheel", [b"no wheel", zipped("other"), zipped(content=BOMB), zipped()[:-10]])
def test_a_hostile_wheel_is_refused(wheel, tmp_path):
    (tmp_path / "made.whl").write_bytes(wheel)
    file = File(name=NAME, bytes=len(CONTENT), sha256="0" * 64)
    downloads: Any = SimpleNamespace(wheel=lambda _: tmp_path / "made.whl")
    for lines in ((), ("made up",)):
        provider = Wheel(kind="wheel", requirement="made-up==1", at="{name}", drop_lines=lines)
        with pytest.raises(BadContentError):
            write_wheel_member(provider, downloads, file, tmp_path / "target")


def test_images_are_unpacked_inside_their_folder(tmp_path):
    folder = tmp_path / "in" / "here"
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w") as archive:
        up = ("top/../../a/b.png", "../../a/b/c.png")
        for name in (*up, f"{tmp_path}/x/y/absolute.png", "top/a/b/link.png"):
            member = zipfile.ZipInfo(name)
            member.external_attr = (stat.S_IFLNK | 0o777) << 16 if "link" in name else 0
            archive.writestr(member, b"/etc/passwd")
    read("image_zip", {"images.zip": path}).extract(folder)
    written = {file.relative_to(folder).as_posix() for file in tmp_path.rglob("*.png")}
    assert written == {"x/y/absolute.png", "a/b/link.png"}
    assert not any(file.is_symlink() for file in folder.rglob("*"))
