"""`workshop notebook`: each notebook runs without this package, and `workshop check` knows it."""

import io
import json
import pickle
import re
import subprocess
import sys
import tarfile
import zipfile
from importlib.util import find_spec
from typing import Any

import nbformat
import numpy as np
import pytest
from PIL import Image

from scripts import run_notebooks
from tests.toy.commands import invoke
from workshop.book import package_book
from workshop.cli.show import recorded_numbers
from workshop.datasets.model import registry
from workshop.datasets.readers import read as read_files
from workshop.ledger import ledger
from workshop.measures.ch06_sentiment._data import loaded
from workshop.reporting.book_calls import book_calls
from workshop.reporting.errata.terminal import escaped
from workshop.reporting.notebook import file_name, loading, notebook, shown_claims

UNITS = [unit for unit in ledger().units if ".ex" in unit or ".act" in unit]
CHAPTERS = sorted({unit[:4] for unit in UNITS})
BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "workshop":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Blocked())
"""


def read(unit: str) -> Any:
    """Return a notebook without recorded runs."""
    return json.loads(notebook(unit, ledger(), {}))


def test_all_exercises_and_activities_have_calls():
    assert {*book_calls()} == {*UNITS}


@pytest.mark.parametrize("unit", UNITS)
def test_a_notebook_is_complete(unit):
    """It is valid, without outputs, has all its sections, needs no package of ours, and check knows it."""
    content = read(unit)

    nbformat.validate(content)
    texts = ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "markdown"]
    heads = [text.splitlines()[0].lstrip("# ") for text in texts]
    assert heads[0] == ledger().units[unit].title
    assert {"What the book gets wrong here", "Run", "What to expect"} <= {*heads}
    rows = re.findall(r"^\| (.*?) \|", texts[heads.index("What to expect")], re.MULTILINE)[2:]
    shown = [c for c in shown_claims(unit, ledger()) if c.evidence not in {"setting", "statement"}]
    assert rows
    assert {*rows} <= {escaped(claim.what) for claim in shown}
    tries = texts[heads.index("Three things to try")]
    assert len(re.findall(r"^\d\. ", tries, re.MULTILINE)) == 3
    assert all(not cell["outputs"] for cell in content["cells"] if cell["cell_type"] == "code")
    code = run_notebooks.code_of(content)
    assert "workshop" not in re.sub("Deep-Learning-Workshop", "", "\n".join(code))
    assert ("TF_CPP_MIN_LOG_LEVEL" in code[0]) == ("tensorflow" in code[0])
    assert unit in run_notebooks.recognised_units(code)
    assert content == read(unit)


@pytest.mark.parametrize("unit", UNITS)
def test_it_opens_with_two_sentences_and_the_data(unit):
    """Then come the book's calls in order, each helper where it is first needed, and printed results."""
    head, imports, *cells = ["".join(cell["source"]) for cell in read(unit)["cells"]]
    run = next(number for number, cell in enumerate(cells) if cell.startswith("## Run\n"))
    code = run_notebooks.code_of(read(unit))

    assert head.split("\n\n")[1].split()[0] == ledger().units[unit].procedure.split()[0]
    assert imports.startswith("# pip install ")
    assert not re.search("^(import|from) ", "\n".join(code[1:]), re.MULTILINE)
    assert all(any(f"{name} = " in cell for cell in cells[:run]) for name in book_calls()[unit].data)
    for number, cell in enumerate(code):
        for name in re.findall(r"^def (\w+)", cell, re.MULTILINE):
            assert not any(re.search(rf"\b{name}\(", before) for before in code[:number])
    results = [cell for cell in cells[cells.index("## Results") + 1 : -3] if cell[0] not in "#d@|"]
    assert all(re.search(r"print\(|plt\.show\(\)|\.summary\(\)", cell) for cell in results)


def test_data_of_this_machine_are_read(tmp_path):
    """MNIST is among the fixtures: its cell has all images, and says how they load elsewhere."""
    done = invoke("notebook", "2.04", "--out", tmp_path / "x.ipynb")
    assert done.exit_code == 0, done.output
    content = json.loads((tmp_path / "x.ipynb").read_text("utf-8"))
    (cell,) = (cell for cell in run_notebooks.code_of(content) if "mnist = " in cell)
    names: dict[str, Any] = {"np": np}
    exec(cell.partition("plt.")[0], names)

    (x_train, y_train), (x_test, y_test) = names["mnist"]
    assert (x_train.shape, y_train.shape, x_test.shape) == ((60000, 28, 28), (60000,), (10000, 28, 28))
    assert (y_train[:5].tolist(), y_test[:3].tolist()) == ([5, 0, 4, 1, 9], [7, 2, 1])
    assert cell.startswith("# elsewhere: mnist = keras.datasets.mnist.load_data()\n")


def test_files_of_this_machine_load_as_the_package_reads_them(tmp_path):
    """CIFAR-10 in both forms, and reviews that are numbered and shuffled as Keras does it."""
    rng = np.random.default_rng(0)
    columns = rng.integers(256, size=(2, 2 * 32, 32, 3), dtype=np.uint8)
    with zipfile.ZipFile(tmp_path / "cifar10_lossless_webp.zip", "w") as webp:
        for part, column in zip(("train", "test"), columns, strict=True):
            with webp.open(f"{part}/00000.webp", "w") as file:
                Image.fromarray(column).save(file, "webp", lossless=True)
            webp.writestr(f"{part}_labels.u8", bytes([3, 7]))
    with tarfile.open(tmp_path / "cifar-10-python.tar.gz", "w:gz") as batches:
        for part in [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]:
            fields = {b"data": rng.integers(256, size=(2, 3072), dtype=np.uint8), b"labels": [1, 9]}
            member = tarfile.TarInfo(f"cifar-10-batches-py/{part}")
            member.size = len(pickle.dumps(fields))
            batches.addfile(member, io.BytesIO(pickle.dumps(fields)))
    for part in ("train", "test"):
        lines = "file,label,rating,text\n" + "".join(f'x,{n % 2},9,"A {n}-b It\'s"\n' for n in range(9))
        (tmp_path / f"aclimdb_{part}.csv").write_text(lines, "utf-8")
    ranks = {"a": 1, "it's": 2, "b": 7996, "3": 7997, "5": 4}
    (tmp_path / "imdb_word_index.json").write_text(json.dumps(ranks), "utf-8")

    for name, edition in [("cifar10", 0), ("cifar10", 1), ("imdb", 1)]:
        one = registry()[name].editions[edition]
        paths = {file.name: tmp_path / file.name for file in one.files}
        names: dict[str, Any] = {}
        exec("\n".join(loading(registry()[name], {name: paths})), names)
        (x_train, y_train), (x_test, y_test) = names[name]
        data: Any = read_files(one.loader, paths)
        if name == "imdb":
            data = loaded(data)
            assert [*x_train, *x_test] == [[*ids] for ids in [*data.train, *data.test]]
        else:
            assert np.array_equal(x_train, data.x_train)
            assert np.array_equal(x_test, data.x_test)
            assert y_train.shape == (len(x_train), 1)
        assert np.array_equal(y_train.ravel(), data.y_train)
        assert np.array_equal(y_test.ravel(), data.y_test)


@pytest.mark.parametrize("unit", UNITS)
def test_no_variable_hides_a_definition(unit):
    bound: set[str] = set()
    for cell in run_notebooks.code_of(read(unit)):
        defined = {*re.findall(r"^(?:def|class) (\w+)", cell, re.MULTILINE)}
        assigned = {*re.findall(r"^(\w+)(?:, \w+)* = ", cell, re.MULTILINE)}
        assert not (defined | assigned) & bound, cell
        bound |= defined


# those whose cells are like another one's, but for a layer or the data
ALIKE = {
    *("ch02.ex06", "ch03.act01", "ch03.act02"),
    *("ch05.ex03", "ch05.ex05", "ch05.act01", "ch07.ex04", "ch07.act01"),
    *("ch06.ex02", "ch06.ex03", "ch06.ex04", "ch06.ex05", "ch06.act01"),
}
BY_CHAPTER = [pytest.param(chapter, set(), marks=pytest.mark.nightly, id=chapter) for chapter in CHAPTERS]


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs TensorFlow: pip install 'workshop[cpu]'")
@pytest.mark.parametrize(("chapter", "without"), [pytest.param("ch", ALIKE, id="each_kind"), *BY_CHAPTER])
def test_each_notebook_runs_without_the_package(chapter, without, tmp_path):
    """From top to bottom, with made-up data and few steps; so does the text to paste, up to its call.

    Where only one of each kind runs, TensorFlow compiles nothing.
    """
    units = [unit for unit in UNITS if unit.startswith(chapter) and unit not in without]
    for name, content in run_notebooks.made_up().items():
        run_notebooks.put(name, content, tmp_path)
    code = {
        unit: [run_notebooks.short(unit, cell) for cell in run_notebooks.code_of(read(unit))]
        for unit in units
    }
    texts = {unit: book_calls()[unit].text.rpartition("\n\n\n")[0] for unit in units}
    prelude = run_notebooks.PRELUDE.format(folder=str(tmp_path), keras=run_notebooks.KERAS, full=False)
    eager = f"import tensorflow\ntensorflow.config.run_functions_eagerly({bool(without)})"
    script = f"{BLOCKED}{prelude}\n{eager}\nfor unit, cells in {code!r}.items():\n    shared = {{}}\n"
    script += f"    exec({texts!r}[unit], {{}})\n"
    script += "    for cell in cells:\n        exec(cell, shared)\n    print('ran', unit)\n"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert [line[4:] for line in done.stdout.splitlines() if line.startswith("ran ")] == units


def test_the_command_writes_what_is_asked_for(tmp_path):
    """A file, a folder or a chapter; what is there stays unless it is forced."""
    one = tmp_path / "mine.ipynb"
    assert invoke("notebook", "5.03", "--out", one).exit_code == 0
    content = one.read_text("utf-8")
    (runs,) = recorded_numbers(package_book(), [ledger().claims["ch05.text07.test_rmse"]])[
        "ch05.text07.test_rmse"
    ].values()
    assert f"{len(runs)} recorded runs" in content
    assert invoke("notebook", "ch05.ex03", "--out", "-").stdout == content
    one.write_text("my own work", "utf-8")
    refused = invoke("notebook", "5.03", "--out", one)
    assert (refused.exit_code, "is there already: --force" in refused.output) == (2, True)
    assert one.read_text("utf-8") == "my own work"
    assert invoke("notebook", "5.03", "--out", one, "--force").exit_code == 0
    assert one.read_text("utf-8") == content

    assert invoke("notebook", "--chapter", "5", "--out", tmp_path / "all").exit_code == 0
    names = [file_name(unit) for unit in UNITS if unit.startswith("ch05")]
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == sorted(names)


@pytest.mark.parametrize(
    "words",
    [(), ("5.03", "--chapter", "5"), ("--chapter", "9"), ("ch05.text07",), ("5.09",)],
)
def test_a_wrong_call_writes_nothing(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    done = invoke("notebook", *words)

    assert done.exit_code == 2
    assert len(done.output.splitlines()) == 1
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("unit", ["ch05.ex03", "ch05.ex04", "ch05.ex05", "ch05.act01"])
def test_the_naive_forecast_is_that_which_stands_beside_the_network(unit):
    from workshop.chapters.ch05_sequences._data import prepare
    from workshop.measures.ch05_sequences._training import naive_rmse

    data = prepare(np.cumsum(np.random.default_rng(0).normal(size=(400, 1)), axis=0) + 100)
    (cell,) = (cell for cell in read(unit)["cells"] if "naive = " in "".join(cell["source"]))
    names: dict[str, Any] = {"np": np, "data": data}
    exec("".join(cell["source"]), names)

    assert names["naive"] == pytest.approx(naive_rmse(data)[1])
    assert names["naive"] != pytest.approx(naive_rmse(data, skip=1)[1])
