"""Run the notebooks of `workshop notebook` in Jupyter: `python scripts/run_notebooks.py [--full] [UNIT...]`.

By default each makes a few steps on made-up data, without the book's data and internet. With --full it has
the book's settings and data; `workshop check` reads what it leaves in results/notebooks, and a ✘ fails the
run. Where data are missing, it is named and left out. The files of the data are put into the notebook's
folder, as a reader without internet would put them.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "results" / "notebooks"
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
    """One kernel of Jupyter for all notebooks, at the lowest priority."""

    def __init__(self, prelude: str) -> None:
        from jupyter_client.manager import start_new_kernel

        self._manager, self._client = start_new_kernel(kernel_name="python3")
        low = os.environ.get("AUTOGROUP", "19")
        low = f"try:\n    pathlib.Path('/proc/self/autogroup').write_text('{low}')\nexcept OSError:\n    pass"
        low = f"import os, pathlib\nos.nice(19)\n{low}"
        for code in (low, f"exec({prelude!r}, {{'__name__': 'prelude'}})"):
            outputs = self.run(code)
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


def execute(kernel: Kernel, unit: str, content: dict[str, Any], *, full: bool) -> str:
    """Run the cells of a notebook and keep their outputs; return the message of an error, "" without one."""
    kernel.run("%reset -f")
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            code = "".join(cell["source"])
            cell["outputs"] = kernel.run(code if full else short(unit, code))
            cell["execution_count"] = 1
            if errors := [each for each in cell["outputs"] if each["output_type"] == "error"]:
                return str(errors[0]["evalue"])
    return ""


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
    asked = tuple(word for word in words if word != "--full")
    if others := [word for word in asked if not any(unit.startswith(word) for unit in book_calls())]:
        raise SystemExit(
            f"no exercise is called {others[0]}: name units, such as ch05.ex03, or chapters, ch05"
        )
    book, red, ran, there = package_book(), 0, 0, set[str]()
    ledger = for_readers(book)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name, data in () if full else made_up().items():
            put(name, data, folder)
        prelude = PRELUDE.format(folder=str(folder), keras=KERAS, full=full)
        kernel = stack.enter_context(contextlib.closing(Kernel(prelude)))
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
            problem = execute(kernel, unit, content, full=full)
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
