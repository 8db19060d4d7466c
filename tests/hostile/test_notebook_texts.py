"""Reading a notebook takes time in proportion to its size, whatever its code and outputs are."""

import copy
import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.checking.written import NOTEBOOKS, REAL, error, notebook, real, result, stdout
from tests.hostile.limits import cpu_limit
from tests.selection import in_full
from workshop.checking.checks import check_notebook
from workshop.checking.files import check_file

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGPROF"), reason="needs a limit of processor time")

SECONDS = 2.0  # for 10 MB of text, as promised
DIGITS = "1" * 5000
FIT = "model = Sequential()\nmodel.add(Dense(1))\nmodel.fit(x, y)"
EVALUATE = "model = Sequential()\nmodel.add(Dense(1))\nmodel.evaluate(x_test, y_test)"
# what a cell prints; none of it may cost more than its size
OUTPUTS = {
    "blank lines": "\n" * 400_000,
    "blanks": " " * 400_000,
    "planned epochs": "Epoch 1/99999999\n - 1s - loss: 0.5\n",
    "more planned epochs": "Epoch 1/9999999999\n - 1s - loss: 0.5\n",
    "digits of an epoch": f"Epoch {DIGITS}/{DIGITS}\n - 1s - loss: 0.5\n",
    "digits of a metric": f"Epoch 1/1\n - 1s - loss: {'1' * 200_000}\n",
    "samples": f"Train on {DIGITS} samples\nEpoch 1/1\n - 1s - loss: 0.5\n",
    "chains of metrics": "Epoch 1/1\n" + " - a: 1 x" * 40_000,
    "no total": "Total params: ,\n",
    "digits of a total": f"Total params: {DIGITS}\n",
    "digits of a row": f"dense (Dense)   (None, 1)   {DIGITS}\nTotal params: 1\n",
    "digits of a shape": f"dense (Dense)   (None, {DIGITS})   1\nTotal params: 1\n",
    "a row of blanks": f"dense (Dense) {' ' * 200_000}x\n",
    "a row of shapes": f"dense (Dense) {'(1) ' * 80_000}\n",
    "a wrapped row": "│ a │ │\n" + "│ bbbbbb │ │\n" * 50_000,
    "open shapes": "shape=(" * 50_000,
    "open quotes": "'\\" * 180_000,
    "tensors": "numpy=" * 60_000,
    "blanks after a loss": f"loss{' ' * 200_000}x\nTest loss:" + "\n" * 100_000,
    "digits after a loss": f"Test loss: {'1' * 200_000}x",
    "losses": "loss " * 80_000,
    "errors of parts": "train " * 60_000,
    "errors of parts with digits": "Train RMSE: " + "1" * 200_000,
    "accuracies of two": "Real accuracy: " + "1" * 200_000 + " Fake accuracy",
    "open commands": "\x1b]0;" * 80_000,
    "commands of one byte": "\x9d" * 100_000,
    "returns": "a\r" * 100_000,
    "brackets": "[" * 200_000,
    "a frame": " a\n" + "0 " + " 1" * 180_000,
}
ALIASES = "a0 = [1, 2]\n" + "\n".join(f"a{n} = [a{n - 1}, a{n - 1}]" for n in range(1, 60))
NESTED = "[" * 90 + ", ".join("1" * 15_000) + "]" * 90
CODES = {
    "blank lines": "\n" * 49_000,
    "aliases": f"{ALIASES}\nm = Sequential()\nm.fit(x, y, epochs=a59)",
    "nested lists": f"a = {NESTED}",
    "targets": "a = " * 5_000 + f"[{', '.join('1' * 10_000)}]",
    "functions": "\n".join([*(f"a{n} = 1" for n in range(2_500)), *(f"def f{n}(): 0" for n in range(1_500))]),
    "a model in itself": "m = VGG16()\n" + "m.add(m)\n" * 60 + "m.summary()",
    "a model of itself": "m = VGG16()\n" + "m = Sequential([m, m])\n" * 60 + "m.summary()",
    "layers of itself": "m = VGG16()\n" + "m.add(TimeDistributed(m))\n" * 60 + "m.summary()",
    "evaluations": "m = Sequential()\n" + "\n".join(f"m.evaluate(x{n})" for n in range(2_500)),
    "models": "m = Sequential()\n" + "m.add(Dense(1))\nm.fit(x)\n" * 1_900,
    "a large number": f"m = Sequential()\nm.add(Dense(0x{'f' * 40_000}))",
    "prints": "print(" * 80 + "1" + ")" * 80,
    "minus": "-" * 49_000 + "1",
}


def write(path: Path, cells: list[tuple[str, list[dict[str, Any]]]]) -> Path:
    """Write a notebook."""
    return put(path, notebook(cells))


@pytest.fixture(scope="module")
def sound() -> dict[str, Any]:
    """Return the notebook of an exercise: a summary, a log and two errors."""
    check_notebook(NOTEBOOKS / f"{REAL}.ipynb")  # which loads the recorded runs
    return real()


def put(path: Path, content: dict[str, Any]) -> Path:
    """Write a notebook's content."""
    path.write_text(json.dumps(content), "utf-8")
    return path


@pytest.mark.parametrize("name", OUTPUTS)
def test_outputs_are_read_once(name, sound, tmp_path, request):
    text, content = OUTPUTS[name], copy.deepcopy(sound)
    after = [stdout(text)] * in_full(request.config)
    for cell in content["cells"]:
        if cell["outputs"] or after:
            cell["outputs"] = [stdout(text), *cell["outputs"], *after]
    content["cells"] += notebook([(EVALUATE, [result(text), *after])])["cells"]
    path = put(tmp_path / "a.ipynb", content)

    with cpu_limit(SECONDS * (1 + path.stat().st_size / 10_000_000)):
        check_notebook(path)


@pytest.mark.parametrize("name", CODES)
def test_code_is_read_once(name, sound, tmp_path):
    content = copy.deepcopy(sound)
    for cell in content["cells"][-2:]:
        cell["source"] = f"{cell['source']}\n{CODES[name]}"
    path = put(tmp_path / "a.ipynb", content)

    with cpu_limit(2 * SECONDS):
        check_notebook(path)


@pytest.mark.parametrize("value", ["a59", f"0x{'f' * 20_000}", "1e999", "-1", "'text'"])
def test_settings_of_a_training_are_bounded(value, sound, tmp_path):
    content = copy.deepcopy(sound)
    for cell in content["cells"]:
        cell["source"] = re.sub(r"epochs\s*=\s*\w+", f"epochs={value}", cell["source"])
    content["cells"].insert(0, notebook([(ALIASES, [])])["cells"][0])
    path = put(tmp_path / "a.ipynb", content)
    assert f"epochs={value}" in path.read_text("utf-8")

    with cpu_limit(2 * SECONDS):
        check_notebook(path)


@pytest.mark.nightly
def test_code_of_many_cells_is_read_once(tmp_path):
    path = write(tmp_path / "a.ipynb", [(CODES["targets"], [stdout("1\n")])] * 8)

    with cpu_limit(3 * SECONDS):
        check_notebook(path)


def test_ten_megabytes_of_blank_lines_take_two_seconds(tmp_path):
    lines = "\n" * 10_000_000
    one = write(tmp_path / "one.ipynb", [(FIT, [stdout(lines)])])
    several = write(tmp_path / "several.ipynb", [(FIT, [stdout(lines[:1_000_000])])] * 10)

    for path in (one, several):
        with cpu_limit(SECONDS):
            check_notebook(path)


def test_a_message_of_an_error_is_read_once(tmp_path):
    path = write(tmp_path / "a.ipynb", [("x", [error("ValueError\x1b]0;" * 20_000, "\x1b]0;" * 100_000)])])

    with cpu_limit(SECONDS):
        check_notebook(path)


def test_numbers_of_a_log_are_those_that_were_printed(tmp_path):
    path = tmp_path / "a.ipynb"
    content = real()
    content["cells"][-1]["outputs"] = [stdout(f"Train RMSE: {DIGITS} RMSE\nTest RMSE: 0.05 RMSE\n")]
    path.write_text(json.dumps(content), "utf-8")
    read = {each.claim: each.yours for each in check_notebook(path).judgements}

    assert read["ch05.ex04.test_rmse"] == "0.05"
    assert "ch05.ex04.train_rmse" not in read


def test_a_defect_of_ours_costs_its_file_alone(tmp_path, monkeypatch):
    path = write(tmp_path / "a.ipynb", [("x", [{"output_type": "stream", "name": "stdout", "text": "1"}])])

    def fail(*_: object) -> None:
        raise ZeroDivisionError("of ours\nin two lines")

    monkeypatch.setattr("workshop.checking.checks.read_claims", fail)
    report = check_file(path, alone=False)

    assert not report.ok
    assert "a.ipynb" in report.problem
    assert "ZeroDivisionError: of ours\\nin two lines" in report.problem
