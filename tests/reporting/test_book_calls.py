"""The book's own calls as text: it runs where this package can't be imported."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from workshop.datasets.model import registry
from workshop.ledger import ledger
from workshop.reporting.book_calls import PACKAGE, book_calls, short_program

CHAPTERS = sorted({unit[:4] for unit in book_calls()})
# small data in the form that a data set's `code` loads, of NumPy's np, pandas' pd and a generator rng
SMALL = {
    "two_class_points": "pd.DataFrame({'label': [0, 1] * 4, 'x1': rng.random(8), 'x2': rng.random(8)})",
    "iris": "pd.DataFrame(rng.random((6, 4))).assign(species=[0, 1, 2] * 2)",
    "sonar": "pd.DataFrame(rng.random((8, 60))).assign(Class=['Rock', 'Mine'] * 4)",
    "mnist": "images(28, 28)",
    "fashion_mnist": "images(28, 28)",
    "cifar10": "images(32, 32, 3)",
    "cats_and_dogs_filtered": "photographs('train', 'validation')",
    "fruits360": "photographs('Training', 'Test')",
    "aapl_csv": "pd.DataFrame({'Date': range(40), 'Close': rng.random(40) + 100})",
    "ibm_csv": "pd.DataFrame({'Date': range(40), 'Close': rng.random(40) + 100})",
    "amazon_reviews": "[pd.DataFrame({'review_text': ['Good book!'] * 40, 'label': [0, 1] * 20})] * 2",
    "imdb": "[([[1, *rng.integers(4, 8000, 9)] for _ in range(40)], rng.integers(0, 2, 40))] * 2",
    "nltk_brown": "[['money', 'job', 'care']] * 9",
    "nltk_gutenberg": "'The White Rabbit and the Mad Hatter. ' * 9",
    "nltk_movie_reviews": "[['money', 'cash', 'ransom']] * 9",
    "nltk_stopwords": "['the', 'and']",
}
# settings with which a call makes a few steps, on small photographs
FEW = {"epochs": 1, "steps": 2, "iterations": 2, "size": (32, 32), "weights": None}
BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "workshop":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Blocked())
import nltk.tokenize
nltk.tokenize.sent_tokenize = lambda text, *_: text.split(". ")  # its own needs a download
import numpy as np
import pandas as pd
rng = np.random.default_rng(0)

def images(*shape):
    parts = [(rng.integers(0, 256, (n, *shape)).astype("uint8"), np.arange(n) % 10) for n in (40, 20)]
    return tuple(parts)

def photographs(*parts):
    from pathlib import Path
    from PIL import Image
    for part in parts:
        for label in ("cats", "dogs"):
            folder = Path("photographs", part, label)
            folder.mkdir(parents=True)
            for number in range(8):
                pixels = rng.integers(0, 256, (9, 7, 3)).astype("uint8")
                Image.fromarray(pixels).save(folder / f"{number}.png")
    return "photographs"

small = {"np": np, "pd": pd, "rng": rng, "images": images, "photographs": photographs}
"""


def shortened(text: str) -> str:
    """Return a text with small data instead of the lines that load them, and with few steps."""
    tree = ast.parse(text)
    ends = max(node.end_lineno or 0 for node in tree.body if isinstance(node, ast.FunctionDef))
    *_, function = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    call = text.splitlines()[-1]
    few = [f"{each.arg}={FEW[each.arg]}" for each in function.args.args if each.arg in FEW]
    data = [each.arg for each in function.args.args if each.arg in registry()]
    assert call.startswith(f"result = {function.name}({', '.join(data)}")
    lines = [*text.splitlines()[:ends], *(f"{name} = {SMALL[name]}" for name in data)]
    given = ", ".join([*filter(None, [call.partition("(")[2].removesuffix(")")]), *few])
    return "\n".join([*lines, f"{call.partition('(')[0]}({given})"])


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs TensorFlow: pip install 'workshop[cpu]'")
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_text_runs_without_the_package(chapter: str, tmp_path: Path) -> None:
    """Each in a namespace of its own, in a process that can't import the package."""
    texts = {unit: shortened(text) for unit, text in book_calls().items() if unit[:4] == chapter}
    first = short_program(next(iter(texts))) or ""
    *lines, call = first.splitlines()
    texts["short"] = shortened("\n".join([*lines, f"result = {call[6:-1]}"]))
    runs = f"for unit, text in {texts!r}.items():\n    exec(text, {{**small}})\n"
    script = f"{BLOCKED}{runs}    print('ran', unit)\n"

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert [line[4:] for line in done.stdout.splitlines() if line.startswith("ran ")] == [*texts]


@pytest.mark.parametrize("unit", book_calls())
def test_a_short_program_has_no_more_than_its_code(unit: str) -> None:
    """It is printed, and holds neither docstrings nor imports that nothing uses."""
    text = short_program(unit) or ""
    tree = ast.parse(text)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    assert text.splitlines()[-1].startswith("print(")
    assert text.count("\n") <= 45
    assert '"""' not in text
    for node in tree.body:
        assert {(each.asname or each.name) for each in getattr(node, "names", [])} <= names


@pytest.mark.parametrize("unit", book_calls())
def test_a_text_has_all_that_it_uses(unit: str) -> None:
    """Nothing of the package is imported; the data come from the registry; what is unused is not there."""
    text = book_calls()[unit]
    tree = ast.parse(text)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    bound = {ast.unparse(target) for node in assigned for target in node.targets}
    *_, call = tree.body
    assert isinstance(call, ast.Assign)
    assert isinstance(call.value, ast.Call)
    assert {ast.unparse(each) for each in call.value.args} <= bound  # the registry's lines load the data
    assert "workshop" not in text
    assert unit in ledger().units
    for node in tree.body:
        for alias in getattr(node, "names", []):
            assert (alias.asname or alias.name) in used | {"annotations"}


def test_no_unit_reaches_the_calls() -> None:
    """Only they seed TensorFlow by Keras, and nothing else in the package names them."""
    for path in PACKAGE.glob("**/*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            own = isinstance(node, ast.FunctionDef) and "_in_" in node.name and "chapters" in path.parts
            names = {getattr(each, "id", getattr(each, "attr", "")) for each in ast.walk(node)}
            calls = {name for name in names if name.startswith(("exercise_", "activity_")) and "_in_" in name}
            assert own or not calls | {"set_random_seed"} & names, path
