"""Run notebooks in Jupyter: `python scripts/run_notebooks.py [--full] [UNIT...]`, or `--fixtures [NAME...]`.

By default each notebook of `workshop notebook` makes a few steps on made-up data, without the book's data and
internet. With --full it has the book's settings and data; `workshop check` reads what it leaves in
results/notebooks, and a ✘ fails the run. Where data are missing, it is named and left out. The files of the
data are put into the notebook's folder, as a reader without internet would put them.

With --fixtures, those of fixtures/notebooks run whose names begin so, on the book's data, and keep their
outputs. To add one, type its cells as a reader would. A name is that of a unit, a seed that no recorded run
has, and a style, or a mistake that was made on purpose: ch05.ex03-1001-pasted, ch05.ex03-1001-not_scaled.
"""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
RESULTS, FIXTURES = ROOT / "results" / "notebooks", ROOT / "fixtures" / "notebooks"
# settings with which a notebook makes a few steps
FEW = {"epochs": 1, "steps": 3, "iterations": 2, "interval": 1, "weights": None, "size": (32, 32)}
KEPT = {"ch01.ex01": {"size"}}  # ResNet50 takes one size
KERAS = ("mnist", "fashion_mnist", "cifar10", "imdb")
CSV = {
    "two_class_points": "data.csv",
    "iris": "iris.csv",
    "sonar": "sonar.csv",
    "aapl_csv": "AAPL.csv",
    "ibm_csv": "IBM.csv",
}
ZIPS = {"cats_and_dogs_filtered": "cats_and_dogs_filtered", "fruits360": "fruits360_filtered"}
# runs before the notebook; `folder` has a pickle of each data set that Keras or NLTK would download
PRELUDE = """
import os, pickle
from pathlib import Path
from types import SimpleNamespace
import matplotlib; matplotlib.use("agg")
os.chdir({folder!r})
def _of(name):
    return lambda *_, **__: pickle.loads(Path(name + ".pickle").read_bytes())
import nltk, nltk.tokenize
from tensorflow import keras
for _name in {keras!r}:
    getattr(keras.datasets, _name).load_data = _of(_name)
if {full!r}:
    _mirror = Path(os.environ.get("WORKSHOP_MIRROR", ""), "nltk_data")
    if _mirror.is_dir():
        nltk.data.path.insert(0, str(_mirror))
        nltk.download = lambda *_, **__: True
else:
    nltk.download = lambda *_, **__: True
    keras.applications.resnet50.decode_predictions = lambda scores, top: [[("n0", "pizza", 1.0)]]
    nltk.tokenize.sent_tokenize = lambda text, *_: text.split(". ")  # its own needs a download
    for _name in ("brown", "movie_reviews", "gutenberg", "stopwords"):
        _it = _of("nltk_" + _name)
        setattr(nltk.corpus, _name, SimpleNamespace(sents=_it, raw=_it, words=_it))
"""
# before those of fixtures, too: a network with weights of this machine, and a short text8 with merry
MORE = """
import numpy as np
from workshop import datasets as _data
class _Network:
    def predict(self, batch, **more):
        from workshop.training.pretrained import pretrained
        self.files = _data.load("resnet50_imagenet")
        model, preprocess = pretrained(self.files)
        return model.predict_on_batch(preprocess(batch))
    @staticmethod
    def decode(scores, top=5):
        names = [name.replace(" ", "_") for name in _data.load("resnet50_imagenet").class_names]
        return [[("n", names[n], float(row[n])) for n in np.argsort(-row)[:top]] for row in scores]
keras.applications.resnet50.ResNet50 = keras.applications.ResNet50 = _Network
keras.applications.resnet50.decode_predictions = _Network.decode
_text = " ".join(word for sentence in _data.load("text8") for word in sentence)
_at = _text.index(" merry ")
Path("text8").write_text(_text[max(_at - 200_000, 0) : _at + 200_000])
"""


def made_up() -> dict[str, Any]:
    """Return small data of the form of each data set."""
    import pandas as pd

    rng = np.random.default_rng(0)

    def images(*shape: int) -> Any:
        return [(rng.integers(0, 256, (n, *shape)).astype("uint8"), np.arange(n) % 10) for n in (40, 20)]

    prices = pd.DataFrame({"Date": range(40), "Close": rng.random(40) + 100})
    reviews = pd.DataFrame({"review_text": ["Good book!"] * 40, "label": [0, 1] * 20})
    ids = [([[1, *rng.integers(4, 8000, 9)] for _ in range(40)], rng.integers(0, 2, 40)) for _ in range(2)]
    return {
        "two_class_points": pd.DataFrame({"label": [0, 1] * 4, "x1": rng.random(8), "x2": rng.random(8)}),
        "iris": pd.DataFrame(rng.random((6, 4))).assign(species=[0, 1, 2] * 2),
        "sonar": pd.DataFrame(rng.random((8, 60))).assign(Class=["Rock", "Mine"] * 4),
        "aapl_csv": prices,
        "ibm_csv": prices,
        "amazon_reviews": (reviews, reviews),
        "mnist": images(28, 28),
        "fashion_mnist": images(28, 28),
        "cifar10": images(32, 32, 3),
        "imdb": ids,
        "cats_and_dogs_filtered": {"train": ("cats", "dogs"), "validation": ("cats", "dogs")},
        "fruits360": {"Training": ("Apple", "Pear"), "Test": ("Apple", "Pear")},
        "pizza_image": rng.integers(0, 256, (30, 40, 3)).astype("uint8"),
        "text8": "get happy make merry other words " * 300,
        "nltk_brown": [["money", "job", "care"]] * 9,
        "nltk_movie_reviews": [["money", "cash", "ransom"]] * 9,
        "nltk_gutenberg": "The White Rabbit and the Mad Hatter. " * 9,
        "nltk_stopwords": ["the", "and"],
    }


def put(name: str, content: Any, folder: Path) -> None:
    """Put a data set where a notebook looks for it."""
    if hasattr(content, "members"):  # a zip of the book's data
        shutil.copy(content.path, folder / f"{name}.zip")
    elif name == "pizza_image" and isinstance(content, Path):
        shutil.copy(content, folder / "im1.jpg")
    elif name in CSV:
        content.to_csv(folder / CSV[name], index=False)
    elif name == "amazon_reviews":
        for part, table in zip(("train", "test"), content, strict=True):
            table.to_csv(folder / f"Amazon_reviews_{part}.csv", index=False)
    elif name in ZIPS:
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as file:
            for part, labels in content.items():
                for label in labels:
                    for number in range(16):
                        file.writestr(f"{ZIPS[name]}/{part}/{label}/{number}.png", _picture(number))
    elif name == "pizza_image":
        (folder / "im1.jpg").write_bytes(_picture(7))
    elif name == "text8":
        with zipfile.ZipFile(folder / "text8.zip", "w") as file:
            file.writestr("text8", content)
    else:
        (folder / f"{name}.pickle").write_bytes(pickle.dumps(content))


def _picture(seed: int) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (9, 7, 3)).astype("uint8")
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def short(unit: str, source: str) -> str:
    """Return a cell with settings that make a few steps."""
    for name, value in FEW.items():
        if name not in KEPT.get(unit, ()):
            source = re.sub(rf"^{name} = .*", f"{name} = {value!r}", source, flags=re.MULTILINE)
    return source


def code_of(notebook: dict[str, Any]) -> list[str]:
    """Return the code of a notebook's cells."""
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def recognised_units(code: list[str]) -> set[str]:
    """Return the units to which `workshop check` gives these cells."""
    from workshop.checking.notebook.code import read_code
    from workshop.checking.notebook.recognising import recognise

    found = recognise(read_code(code))
    called = {each.unit.unit for cell in found.calls for each in cell}
    return called or {each.unit for each in found.units[-1]}


def documented(name: str) -> Any:
    """Return a data set of this machine in the form of `made_up`. Raises DataError if it is not here."""
    from workshop import datasets

    found = datasets.load(name)
    if name == "imdb":
        from workshop.measures.ch06_sentiment._data import loaded

        its = loaded(found, 8000)
        parts = [(its.train, its.y_train), (its.test, its.y_test)]
        return [(np.array([each.tolist() for each in reviews], object), labels) for reviews, labels in parts]
    if name == "text8":
        return " ".join(word for sentence in found for word in sentence)
    if name in KERAS:
        return [
            (np.array(found.x_train), np.array(found.y_train)),
            (np.array(found.x_test), np.array(found.y_test)),
        ]
    return (found.train, found.test) if name == "amazon_reviews" else found


class Kernel:
    """One kernel of Jupyter for all notebooks."""

    def __init__(self, prelude: str) -> None:
        from jupyter_client.manager import start_new_kernel

        self._manager, self._client = start_new_kernel(kernel_name="python3")
        outputs = self.run(f"exec({prelude!r}, {{'__name__': 'prelude'}})")
        assert not any(each["output_type"] == "error" for each in outputs), outputs

    def run(self, code: str) -> list[dict[str, Any]]:
        """Return the outputs of a cell, as text."""
        found: list[dict[str, Any]] = []

        def take(message: dict[str, Any]) -> None:
            kind, content = message["msg_type"], message["content"]
            if kind == "stream" and content["name"] == "stdout":
                if found and found[-1]["output_type"] == "stream":
                    found[-1]["text"] += content["text"]
                else:
                    found.append({"output_type": "stream", "name": "stdout", "text": content["text"]})
            elif kind in {"execute_result", "display_data"} and "image/png" not in content["data"]:
                data = {"text/plain": content["data"].get("text/plain", "")}
                number = {"execution_count": 1} if kind == "execute_result" else {}
                found.append({"output_type": kind, "metadata": {}, "data": data, **number})
            elif kind == "error":
                text = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in content["traceback"]]
                sys.stderr.write("\n".join(text))
                found.append(
                    {
                        "output_type": "error",
                        "ename": content["ename"],
                        "evalue": content["evalue"],
                        "traceback": [],
                    }
                )

        self._client.execute_interactive(code, output_hook=take, timeout=3600)
        for output in found:
            if output["output_type"] == "stream":
                output["text"] = _overwritten(output["text"])
        return found

    def seconds(self) -> float:
        """Return the seconds of the processor that the kernel took."""
        (output,) = self.run("import time\ntime.process_time()")
        return float(output["data"]["text/plain"])

    def close(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


def _overwritten(text: str) -> str:
    """Return what a progress bar leaves, as a saved notebook has it."""
    lines = re.sub("\x08+", "\r", text).replace("\r\n", "\n").split("\n")
    return "\n".join(
        next((part for part in reversed(line.split("\r")) if part.strip()), "") for line in lines
    )


def execute(kernel: Kernel, content: dict[str, Any], few: str = "") -> str:
    """Run the cells of a notebook and keep their outputs; return the message of an error, "" without one.

    `few` : the unit of which they make a few steps only.
    """
    kernel.run("%reset -f")
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            code = "".join(cell["source"])
            cell["outputs"] = kernel.run(short(few, code) if few else code)
            cell["execution_count"] = 1
            if errors := [each for each in cell["outputs"] if each["output_type"] == "error"]:
                return str(errors[0]["evalue"])
    return ""


@contextlib.contextmanager
def opened(more: str = "", *, full: bool) -> Iterator[tuple[Kernel, Path]]:
    """Yield a kernel and its folder, with made-up data unless it is to be `full`."""
    with tempfile.TemporaryDirectory() as name:
        for data, content in () if full else made_up().items():
            put(data, content, Path(name))
        prelude = PRELUDE.format(folder=name, keras=KERAS, full=full) + more
        with contextlib.closing(Kernel(prelude)) as kernel:
            yield kernel, Path(name)


def renew_fixtures(asked: tuple[str, ...]) -> int:
    """Run the notebooks of fixtures whose names begin so, and keep their outputs; return 1 if one fails."""
    from workshop.reporting.book_calls import book_calls

    paths = [path for path in sorted(FIXTURES.glob("*.ipynb")) if path.name.startswith(asked or ("",))]
    data = {name for path in paths for name in book_calls()[path.name.partition("-")[0]].data}
    red = not paths
    with opened(MORE, full=True) as (kernel, folder):
        for name in sorted(data):
            if not name.startswith("nltk_"):
                put(name, documented(name), folder)
        for path in paths:
            content = json.loads(path.read_text("utf-8"))
            problem = execute(kernel, content)
            red |= bool(problem)
            sys.stdout.write(f"{'✘' if problem else '✔'} {path.stem} {problem}\n")
            sys.stdout.flush()
            if not problem:
                path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    return int(red)


def checked(unit: str, content: dict[str, Any], *, strict: bool) -> tuple[bool, str]:
    """Write a notebook with its outputs; return whether it is as it should be, and the signs of `check`."""
    from workshop.checking.checks import check_notebook
    from workshop.reporting.notebook import file_name

    file = RESULTS / file_name(unit)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    signs = "".join(sorted({each.state for each in check_notebook(file).judgements}))
    if unit not in recognised_units(code_of(content)):
        return False, "not recognised"
    return not (strict and "✘" in signs), signs or "no number"


def main(words: list[str]) -> int:
    """Run the notebooks that are named, all if none is; return 1 if one fails, or none runs."""
    from workshop import datasets
    from workshop.book import package_book
    from workshop.cli.common import for_readers
    from workshop.cli.show import recorded_numbers
    from workshop.errors import DataError
    from workshop.reporting.book_calls import book_calls
    from workshop.reporting.notebook import notebook, shown_claims

    full = "--full" in words
    asked = tuple(word for word in words if word not in {"--full", "--fixtures"})
    if "--fixtures" in words:
        return renew_fixtures(asked)
    if others := [word for word in asked if not any(unit.startswith(word) for unit in book_calls())]:
        raise SystemExit(
            f"no exercise is called {others[0]}: name units, such as ch05.ex03, or chapters, ch05"
        )
    book, red, ran, there = package_book(), 0, 0, set[str]()
    ledger = for_readers(book)
    with opened(full=full) as (kernel, folder):
        for unit, calls in book_calls().items():
            if asked and not unit.startswith(asked):
                continue
            needed = {name for name in calls.data if not name.startswith("nltk_")} if full else set()
            try:
                for name in needed - there:
                    put(name, documented(name), folder)
            except DataError as error:
                sys.stdout.write(f"∅ {unit}: {error}\n")
                continue
            there |= needed
            content = json.loads(notebook(unit, ledger, recorded_numbers(book, shown_claims(unit, ledger))))
            started = kernel.seconds()
            problem = execute(kernel, content, "" if full else unit)
            took = kernel.seconds() - started
            if "URL fetch failure" in problem:  # weights of ImageNet
                sys.stdout.write(f"∅ {unit}: {problem}\n")
                continue
            other = any(status.state == "substitute" for status in datasets.statuses(sorted(needed)))
            good, signs = checked(unit, content, strict=full and not other)
            ran += 1
            red += bool(problem) or not good
            sign, note = "✔" if good and not problem else "✘", ", substitute data" if other else ""
            sys.stdout.write(f"{sign} {unit}: {took:.0f} CPU s, {problem or signs}{note}\n")
            sys.stdout.flush()
    return 1 if red or not ran else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
