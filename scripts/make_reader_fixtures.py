"""Make the tiny made-up files of fixtures/readers, one in each real format."""

import gzip
import io
import json
import pickle
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

TARGET = Path(__file__).parent.parent / "fixtures" / "readers"
MEMBER_TIME = (2020, 1, 1, 0, 0, 0)


def write_zip(path: Path, members: dict[str, bytes]) -> None:
    """Write a zip whose bytes depend on its members alone."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, MEMBER_TIME), content)


def npy(array: np.ndarray) -> bytes:
    """Return an array in the NPY format."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=True)
    return stream.getvalue()


def idx(array: np.ndarray) -> bytes:
    """Return a uint8 array in the IDX format."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def jagged(rows: list[list[int]]) -> np.ndarray:
    """Return an object array of lists, as imdb.npz holds them."""
    array = np.empty(len(rows), object)
    array[:] = rows
    return array


def picture(array: np.ndarray, kind: str, **options: object) -> bytes:
    """Return an image file of RGB pixels."""
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, kind, **options)
    return stream.getvalue()


def torch_state() -> bytes:
    """Return a legacy state dictionary: weight [[0, 1, 2], [3, 4, 5]], its transposed view, step 7."""
    numbers = np.arange(6, dtype="<f4")

    def storage(name: str, key: bytes, count: int) -> bytes:
        head = b"(X\x07\x00\x00\x00storagectorch\n" + name.encode() + b"\n"
        return head + b"X\x01\x00\x00\x00" + key + b"X\x03\x00\x00\x00cpuK" + bytes([count]) + b"NtQ"

    def tensor(stored: bytes, shape: bytes, stride: bytes) -> bytes:
        empty = b"\x89ccollections\nOrderedDict\n)R"
        return b"ctorch._utils\n_rebuild_tensor_v2\n(" + stored + b"K\x00" + shape + stride + empty + b"tR"

    entries = [
        (b"weight", tensor(storage("FloatStorage", b"0", 6), b"K\x02K\x03\x86", b"K\x03K\x01\x86")),
        (b"turned", tensor(storage("FloatStorage", b"0", 6), b"K\x03K\x02\x86", b"K\x01K\x03\x86")),
        (b"step", tensor(storage("LongStorage", b"1", 1), b")", b")")),
    ]
    state = b"\x80\x02ccollections\nOrderedDict\n)R("
    for name, value in entries:
        state += b"X" + struct.pack("<I", len(name)) + name + value
    state += b"u."
    head = [pickle.dumps(part, 2) for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})]
    body = struct.pack("<q", 6) + numbers.tobytes() + struct.pack("<q", 1) + struct.pack("<q", 7)
    return b"".join(head) + state + pickle.dumps(["0", "1"], 2) + body


def cifar_archive() -> bytes:
    """Return a cifar-10-python.tar.gz of one image a batch: batch n has colour (n, 10 n, 100), label n."""
    stream = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=stream, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for number, name in enumerate(
            ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"], 1
        ):
            data = np.repeat(np.array([number, 10 * number, 100], np.uint8), 1024)[None]
            content = pickle.dumps({b"data": data, b"labels": [number]}, 2)
            member = tarfile.TarInfo("cifar-10-batches-py/" + name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def main() -> None:
    """Write all files."""
    TARGET.mkdir(parents=True, exist_ok=True)
    train, test = (
        np.arange(12, dtype=np.uint8).reshape(2, 2, 3),
        np.arange(6, dtype=np.uint8).reshape(1, 2, 3),
    )
    (TARGET / "train-images-idx3-ubyte").write_bytes(idx(train))
    (TARGET / "train-labels-idx1-ubyte").write_bytes(idx(np.array([5, 0], np.uint8)))
    (TARGET / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(test), mtime=0))
    (TARGET / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.array([7], np.uint8)), mtime=0))
    labels = {"y_train.npy": npy(np.array([5, 0], np.uint8)), "y_test.npy": npy(np.array([7], np.uint8))}
    write_zip(TARGET / "images.npz", {"x_train.npy": npy(train), "x_test.npy": npy(test), **labels})
    texts = {"x_train.npy": npy(jagged([[3, 1, 2], [2]])), "x_test.npy": npy(jagged([[1, 1]]))}
    signs = {"y_train.npy": npy(np.array([1, 0])), "y_test.npy": npy(np.array([1]))}
    write_zip(TARGET / "imdb.npz", {**texts, **signs})
    head = "file,label,rating,text\n"
    (TARGET / "aclimdb_train.csv").write_text(
        head + 'train/pos/0_9.txt,1,9,"A ""film""<br />it\'s!"\ntrain/neg/0_1.txt,0,1,IT\'S\n'
    )
    (TARGET / "aclimdb_test.csv").write_text(head + "test/pos/0_9.txt,1,9,film. Café film\n")
    (TARGET / "imdb_word_index.json").write_text(json.dumps({"film": 1, "it's": 2, "a": 3, "br": 4}))
    (TARGET / "table.csv").write_text("Date,Close, Volume\n1/24/2020,140.5,7\n")
    (TARGET / "reviews.ft.txt").write_text(
        "__label__2 Great: good\n__label__1 Bad: poor\n__label__2 Fine: kind\n"
    )
    (TARGET / "Amazon_reviews_train.csv").write_text("review_text,label\nGood: fine,1\n")
    (TARGET / "Amazon_reviews_test.csv").write_text("review_text,label\nBad: poor,0\n")
    (TARGET / "vectors.txt").write_text("the 0.5 -1 2\ncat 1e-1 0 0.25\n")
    (TARGET / "legacy.pth").write_bytes(torch_state())
    names = {str(number): text for number, text in enumerate(["tench, Tinca tinca", "pizza, pizza pie"])}
    (TARGET / "imagenet1k_label_to_names.json").write_text(json.dumps(names))
    index = {"0": ["n01440764", "tench"], "1": ["n07873807", "pizza"]}
    (TARGET / "imagenet_class_index.json").write_text(json.dumps(index))
    (TARGET / "cifar-10-python.tar.gz").write_bytes(cifar_archive())
    column = np.zeros((64, 32, 3), np.uint8)
    column[:32], column[32:] = (10, 20, 30), (40, 50, 60)
    columns = {
        "test/00000.webp": picture(column[:32], "WEBP", lossless=True),
        "train/00002.webp": picture(column[32:], "WEBP", lossless=True),
        "train/00000.webp": picture(column, "WEBP", lossless=True),
    }
    write_zip(
        TARGET / "columns.zip", {**columns, "train_labels.u8": bytes([6, 9, 9]), "test_labels.u8": bytes([3])}
    )
    red, blue = (np.full((4, 6, 3), colour, np.uint8) for colour in ((200, 0, 0), (0, 0, 200)))
    photographs = {
        "top/validation/dogs/dog.1.png": blue,
        "top/train/dogs/dog.0.png": blue,
        "top/train/cats/cat.1.png": red,
    }
    folders = {name: picture(pixels, "PNG") for name, pixels in photographs.items()}
    write_zip(
        TARGET / "folders.zip",
        {**folders, "__MACOSX/top/train/cats/cat.1.png": b"", "top/readme.txt": b"made up"},
    )
    (TARGET / "words.txt").write_text("i\nme\n")
    (TARGET / "text8").write_text(" anarchism originated as a term")
    (TARGET / "abbrev_types.txt").write_text("dr\n")
    (TARGET / "collocations.tab").write_text("##number##\tbelow\n")
    (TARGET / "sent_starters.txt").write_text("next\n")
    (TARGET / "ortho_context.tab").write_text("next\t4\n")
    tagged = b"\n\tThe/at U.S./np dog/nn and/or/cc cat/nn ./.\n\n\tNext/rb !/.\n\n"
    write_zip(
        TARGET / "brown.zip",
        {
            "brown/cats.txt": b"ca01 news\ncb01 editorial\nca02 news\n",
            "brown/ca01": tagged,
            "brown/ca02": b"\n\tRain/nn\n",
            "brown/cb01": b"\n\tSun/nn\n",
        },
    )
    reviews = {"neg/b": b"bad", "pos/a": b"good . \nfine !\n", "neg/a": b"dull"}
    names = {f"movie_reviews/{name}.txt": text for name, text in reviews.items()}
    write_zip(TARGET / "movie_reviews.zip", {"movie_reviews/README": b"made up", **names})


if __name__ == "__main__":
    main()
