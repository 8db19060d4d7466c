"""Readers and checkpoints raise one documented error for broken content, whichever error a library raises."""

import io
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workshop.datasets import DataError
from workshop.datasets.readers import READERS, read
from workshop.datasets.readers.pickles import load_npz
from workshop.training.checkpoints import restore, save

MADE_UP = Path(__file__).parents[2] / "fixtures" / "readers"
GARBAGE = b"\xff\xfe\x00 no such format \x1b]0;title\x07\n" * 5


def _images(folders: Any) -> list[Any]:
    """Return all pictures of a zip of folders, which are read on demand."""
    return [
        *folders.images(
            name for kinds in folders.members.values() for each in kinds.values() for name in each
        )
    ]


# reader → its files in fixtures/readers, its settings, what reads the rest of a value that is read on demand
CASES: dict[str, tuple[tuple[str, ...], dict[str, Any], Callable[[Any], Any]]] = {
    "csv": (("table.csv",), {}, id),
    "reviews_csv": (("Amazon_reviews_train.csv", "Amazon_reviews_test.csv"), {}, id),
    "fasttext": (("reviews.ft.txt",), {"n_train": 2}, id),
    "idx": (
        (
            "train-images-idx3-ubyte",
            "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte.gz",
            "t10k-labels-idx1-ubyte.gz",
        ),
        {},
        id,
    ),
    "keras_npz": (("images.npz",), {}, id),
    "cifar_webp": (("columns.zip",), {}, id),
    "cifar_batches": (("cifar-10-python.tar.gz",), {}, id),
    "image_zip": (("folders.zip",), {}, _images),
    "path": (("words.txt",), {}, id),
    "text": (("words.txt",), {}, id),
    "words": (("words.txt",), {}, id),
    "punkt": (("abbrev_types.txt", "collocations.tab", "sent_starters.txt", "ortho_context.tab"), {}, id),
    "wordnet": (("wordnet.zip",), {}, id),
    "brown": (("brown.zip",), {}, id),
    "reviews": (("movie_reviews.zip",), {}, id),
    "text8": (("text8", "aclimdb_train.csv"), {"reviews_every": 1}, list),
    "imdb_npz": (("imdb.npz",), {}, id),
    "imdb_reviews": (("aclimdb_train.csv", "aclimdb_test.csv", "imdb_word_index.json"), {}, id),
    "word_index": (("imdb_word_index.json",), {}, id),
    "word_vectors": (("vectors.txt",), {}, id),
    "keras_weights": (("weights.h5", "imagenet_class_index.json"), {"architecture": "VGG16"}, id),
    "efficientnet_lite0": (("legacy.pth", "imagenet1k_label_to_names.json"), {}, id),
}
LIBRARIES = {
    **dict.fromkeys(("csv", "reviews_csv", "fasttext"), "pandas"),
    **dict.fromkeys(("cifar_webp", "image_zip"), "PIL"),
    **dict.fromkeys(("punkt", "wordnet", "brown"), "nltk"),
    "text8": "gensim",
}
# any bytes are a text or a file; HDF5 is opened by what trains; text8 is words between blanks
TAKE_ALL = {("text", "words.txt"), ("path", "words.txt"), ("keras_weights", "weights.h5")}


def content_of(name: str) -> bytes:
    """Return a made-up file."""
    if name == "weights.h5":
        return b"12345"
    if name != "wordnet.zip":
        return (MADE_UP / name).read_bytes()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for kind in ("noun", "verb", "adj", "adv"):
            archive.writestr(f"wordnet/index.{kind}", "pony n 1 1 @ 1 0 02382437\n")
            archive.writestr(f"wordnet/data.{kind}", "")
            archive.writestr(f"wordnet/{kind}.exc", "oxen ox\n")
    return stream.getvalue()


def _read(loader: str, contents: dict[str, bytes | None], folder: Path) -> Any:
    """Return the value of a reader for these contents, read completely; None is a missing file."""
    _, settings, use = CASES[loader]
    paths = {}
    for name, content in contents.items():
        paths[name.removesuffix(".gz") if loader == "idx" else name] = folder / name
        if content is not None:
            (folder / name).write_bytes(content)
    return use(read(loader, paths, **settings))


def _is_one_line(error: DataError, names: list[str]) -> None:
    """Check that the message is one printable line with a file's name and the remedy."""
    message = str(error)
    assert message.isprintable()
    assert any(name.removesuffix(".gz") in message for name in names), message
    assert message.endswith(("run: workshop data check", "don't use this file")), message


def test_every_reader_is_tried():
    assert set(CASES) == set(READERS)


@pytest.mark.parametrize("loader", CASES)
def test_broken_files_are_one_line(loader, tmp_path):
    if loader in LIBRARIES:
        pytest.importorskip(
            LIBRARIES[loader], reason="needs the units' libraries: pip install 'workshop[units]'"
        )
    names = CASES[loader][0]
    whole: dict[str, bytes | None] = {name: content_of(name) for name in names}
    _read(loader, whole, tmp_path)
    for name in names:
        content = content_of(name)
        draw = random.Random(f"{loader} {name}")
        broken: list[bytes | None] = [GARBAGE, None, b"", content[: len(content) // 2], content[:-1]]
        for _ in range(8):
            changed = bytearray(content)
            for _ in range(draw.randint(1, 3)):
                changed[draw.randrange(len(changed))] = draw.randrange(256)
            broken.append(bytes(changed))
        for number, each in enumerate(broken):
            (tmp_path / name).unlink(missing_ok=True)
            try:
                _read(loader, {**whole, name: each}, tmp_path)
            except DataError as error:
                _is_one_line(error, [*names])
            else:
                assert number or (loader, name) in TAKE_ALL, f"{loader} takes garbage for {name}"


def _npy(header: bytes, content: bytes = b"", version: int = 1) -> bytes:
    """Return an NPY file with this header."""
    size = struct.pack("<H" if version == 1 else "<I", len(header) & 0xFFFFFFFF)
    return b"\x93NUMPY" + bytes([version, 0]) + size + header + content


def _header(shape: str, descr: str = "'<f8'") -> bytes:
    """Return a header in NumPy's own form."""
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()


EIGHT = bytes(8)
MEMBERS = {
    "garbage": GARBAGE,
    "a header of a token that does not end": _npy(b"'''\n", EIGHT),
    "a header of brackets": _npy(b"(" * 60000, EIGHT),
    "a call for a header": _npy(b"__import__('os').abort()\n"),
    "an unknown version": _npy(_header("(1,)"), EIGHT, 9),
    "fewer bytes": _npy(_header("(2,)"), EIGHT),
    "a size below 0": _npy(_header("(-1,)"), EIGHT),
    "a huge size": _npy(_header(f"({10**15},)"), EIGHT),
    "sizes whose product wraps": _npy(_header(f"({2**32}, {2**32})")),
    "sizes that could be read in many ways": _npy(_header("(" + "9" * 5000 + "x,)")),
    "objects": _npy(_header("(1,)", "'|O'"), b"\x80\x02]K\x01a."),
    "an unknown dtype": _npy(_header("(1,)", "'<x8'"), EIGHT),
}


@pytest.mark.parametrize("name", MEMBERS)
def test_broken_arrays_are_one_line(name, tmp_path):
    path = tmp_path / "state.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", MEMBERS[name])

    with pytest.raises(DataError) as caught:
        load_npz(path)
    _is_one_line(caught.value, ["state.npz"])
    with pytest.raises(ValueError, match=r"state\.npz is damaged: remove it, and the training starts again$"):
        restore(tmp_path)


def test_broken_checkpoints_are_one_line(tmp_path):
    state = {"done": np.array(3), "rows": np.zeros((0, 3)), "weight 0": np.arange(6, dtype=np.float32)}
    save(tmp_path, state)
    np.testing.assert_equal(restore(tmp_path), state)
    path = tmp_path / "state.npz"
    content = path.read_bytes()
    draw = random.Random(21)
    for number in range(60):
        changed = bytearray(content)
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        path.write_bytes(changed if number % 3 else content[: draw.randrange(len(content))])
        try:
            restore(tmp_path)
        except ValueError as error:
            assert str(error).endswith("is damaged: remove it, and the training starts again")  # noqa: PT017
    path.unlink()
    path.mkdir()
    with pytest.raises(ValueError, match="is damaged: remove it"):
        restore(tmp_path)


def _claiming(content: bytes, size: int, claimed: int) -> bytes:
    """Return an archive whose one member of `size` bytes claims another size in the list of members."""
    packed = struct.pack("<I", size)
    assert content.count(packed) >= 1
    return content.replace(packed, struct.pack("<I", claimed))


@pytest.mark.parametrize(
    ("loader", "member"),
    [
        ("keras_npz", "x_train.npy"),
        ("imdb_npz", "x_train.npy"),
        ("reviews", "movie_reviews/neg/1.txt"),
        ("cifar_webp", "train/1.webp"),
        ("image_zip", "top/train/cats/cat.png"),
    ],
)
def test_members_that_fill_the_memory_are_refused(loader, member, tmp_path):
    if loader in LIBRARIES:
        pytest.importorskip(
            LIBRARIES[loader], reason="needs the units' libraries: pip install 'workshop[units]'"
        )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, bytes(123457))
    content = _claiming(stream.getvalue(), 123457, 600 << 20)

    with pytest.raises(DataError, match=r"has 629145600 bytes|have 629145600 bytes"):
        _read(loader, {CASES[loader][0][0]: content}, tmp_path)


def test_a_batch_that_fills_the_memory_is_refused(tmp_path):
    info = tarfile.TarInfo("cifar-10-batches-py/data_batch_1")
    info.size = 1 << 40
    archive = info.tobuf() + bytes(tarfile.RECORDSIZE)

    with pytest.raises(DataError) as caught:
        _read("cifar_batches", {"cifar-10-python.tar.gz": archive}, tmp_path)
    _is_one_line(caught.value, ["cifar-10-python.tar.gz"])


def test_pictures_that_fill_the_memory_are_refused(tmp_path):
    image = pytest.importorskip("PIL.Image", reason="needs Pillow: pip install 'workshop[units]'")
    small = io.BytesIO()
    image.new("RGB", (1, 1)).save(small, "png")
    head = b"IHDR" + struct.pack(">II", 40000, 40000) + small.getvalue()[24:29]
    crc = struct.pack(">I", zlib.crc32(head))
    picture = small.getvalue()[:12] + head + crc + small.getvalue()[33:]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("top/train/cats/cat.png", picture)

    with pytest.raises(DataError, match=r"^folders\.zip can't be read \(.*pixels"):
        _read("image_zip", {"folders.zip": stream.getvalue()}, tmp_path)


def test_a_full_disk_is_not_the_archives_fault(tmp_path):
    folders = read("image_zip", {"folders.zip": MADE_UP / "folders.zip"})
    (tmp_path / "train").write_bytes(b"in the way")
    with pytest.raises(OSError, match="train"):
        folders.extract(tmp_path)


def test_a_label_beyond_two_is_refused(tmp_path):
    pytest.importorskip("pandas")
    with pytest.raises(DataError, match="a line begins with '__label__3' instead of a label"):
        _read("fasttext", {"reviews.ft.txt": b"__label__3 fair\n"}, tmp_path)
