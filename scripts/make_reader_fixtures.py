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


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip whose bytes depend on its members alone."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, MEMBER_TIME), content)
    return stream.getvalue()


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


def files() -> dict[str, bytes | str]:
    """Return the content of each file by its name."""
    train, test = (
        np.arange(12, dtype=np.uint8).reshape(2, 2, 3),
        np.arange(6, dtype=np.uint8).reshape(1, 2, 3),
    )
    y_train, y_test = np.array([5, 0], np.uint8), np.array([7], np.uint8)
    images = {"x_train": train, "x_test": test, "y_train": y_train, "y_test": y_test}
    texts = {"x_train": jagged([[3, 1, 2], [2]]), "x_test": jagged([[1, 1]])}
    signs = {"y_train": np.array([1, 0]), "y_test": np.array([1])}
    head = "file,label,rating,text\n"
    column = np.zeros((64, 32, 3), np.uint8)
    column[:32], column[32:] = (10, 20, 30), (40, 50, 60)
    red, blue = (np.full((4, 6, 3), colour, np.uint8) for colour in ((200, 0, 0), (0, 0, 200)))
    tagged = b"\n\tThe/at U.S./np dog/nn and/or/cc cat/nn ./.\n\n\tNext/rb !/.\n\n"
    return {
        "train-images-idx3-ubyte": idx(train),
        "train-labels-idx1-ubyte": idx(y_train),
        "t10k-images-idx3-ubyte.gz": gzip.compress(idx(test), mtime=0),
        "t10k-labels-idx1-ubyte.gz": gzip.compress(idx(y_test), mtime=0),
        "images.npz": zipped({f"{name}.npy": npy(array) for name, array in images.items()}),
        "imdb.npz": zipped({f"{name}.npy": npy(array) for name, array in (texts | signs).items()}),
        "aclimdb_train.csv": head
        + 'train/pos/0_9.txt,1,9,"A ""film""<br />it\'s!"\ntrain/neg/0_1.txt,0,1,IT\'S\n',
        "aclimdb_test.csv": head + "test/pos/0_9.txt,1,9,film. Café film\n",
        "imdb_word_index.json": json.dumps({"film": 1, "it's": 2, "a": 3, "br": 4}),
        "table.csv": "Date,Close, Volume\n1/24/2020,140.5,7\n",
        "reviews.ft.txt": "__label__2 Great: good\n__label__1 Bad: poor\n__label__2 Fine: kind\n",
        "Amazon_reviews_train.csv": "review_text,label\nGood: fine,1\n",
        "Amazon_reviews_test.csv": "review_text,label\nBad: poor,0\n",
        "vectors.txt": "the 0.5 -1 2\ncat 1e-1 0 0.25\n",
        "legacy.pth": torch_state(),
        "imagenet1k_label_to_names.json": json.dumps({"0": "tench, Tinca tinca", "1": "pizza, pizza pie"}),
        "imagenet_class_index.json": json.dumps({"0": ["n01440764", "tench"], "1": ["n07873807", "pizza"]}),
        "cifar-10-python.tar.gz": cifar_archive(),
        "columns.zip": zipped(
            {
                "test/00000.webp": picture(column[:32], "WEBP", lossless=True),
                "train/00002.webp": picture(column[32:], "WEBP", lossless=True),
                "train/00000.webp": picture(column, "WEBP", lossless=True),
                "train_labels.u8": bytes([6, 9, 9]),
                "test_labels.u8": bytes([3]),
            }
        ),
        "folders.zip": zipped(
            {
                "top/validation/dogs/dog.1.png": picture(blue, "PNG"),
                "top/train/dogs/dog.0.png": picture(blue, "PNG"),
                "top/train/cats/cat.1.png": picture(red, "PNG"),
                "__MACOSX/top/train/cats/cat.1.png": b"",
                "top/readme.txt": b"made up",
            }
        ),
        "words.txt": "i\nme\n",
        "text8": " anarchism originated as a term",
        "abbrev_types.txt": "dr\n",
        "collocations.tab": "##number##\tbelow\n",
        "sent_starters.txt": "next\n",
        "ortho_context.tab": "next\t4\n",
        "brown.zip": zipped(
            {
                "brown/cats.txt": b"ca01 news\ncb01 editorial\nca02 news\n",
                "brown/ca01": tagged,
                "brown/ca02": b"\n\tRain/nn\n",
                "brown/cb01": b"\n\tSun/nn\n",
            }
        ),
        "movie_reviews.zip": zipped(
            {
                "movie_reviews/README": b"made up",
                "movie_reviews/neg/b.txt": b"bad",
                "movie_reviews/pos/a.txt": b"good . \nfine !\n",
                "movie_reviews/neg/a.txt": b"dull",
            }
        ),
    }


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (TARGET / name).write_bytes(content if isinstance(content, bytes) else content.encode())
