"""Every reader of outside files gives a value or its documented error, for 1,000 inputs here.

`nox -s attacks -- --fuzz` sets `WORKSHOP_FUZZ` to 10,000. It then checks 10,000 notebooks, too, and 1,000 of
which the outputs alone are spoiled. Each has a limit of processor time.
"""

import copy
import io
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.checking.written import NOTEBOOKS, REAL, real
from tests.hostile.limits import cpu_limit
from tests.hostile.spoiling import contents, texts, trees
from tests.hostile.test_broken_content import CASES, content_of
from workshop.book import SAMPLES
from workshop.checking.checks import check_notebook
from workshop.checking.notebook.cells import NotANotebook
from workshop.checking.views import as_json as check_as_json
from workshop.datasets import readers
from workshop.datasets.model import REGISTRY_FILE, read_registry
from workshop.errors import DataError
from workshop.execution.codec import CodecError, decode, encode
from workshop.figures.files import NoFigures, read_figures
from workshop.ledger import ledger
from workshop.ledger.errors import LedgerError
from workshop.ledger.loading import read_chapter
from workshop.paths import Measure, parse_measure
from workshop.reporting.own_number import NoSuchNumber, answer_mine
from workshop.samples.model import DamagedReference, read_reference
from workshop.training.checkpoints import restore
from workshop.verification.results import NumberSummary, ResultsError, SampleSummary, UnitRuns, read_results

TARGETS = 47  # among which the inputs are shared out
INPUTS = int(os.environ.get("WORKSHOP_FUZZ", "1000"))
fuzz = settings(
    max_examples=max(INPUTS // TARGETS, 1),
    derandomize=INPUTS == 1000,  # the same inputs in every run of the tests
    deadline=None,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
few = settings(fuzz, max_examples=3 * fuzz.max_examples)  # of what people write by hand, more


# libyaml's, where it is there: ten times as fast
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def refused(call: Callable[[], object], *errors: type[Exception]) -> None:
    """Call it: it returns, or raises one of the errors with a message of one line."""
    try:
        call()
    except errors as error:
        message = str(error)
        assert message.strip(), "the error says nothing"
        assert "\n" not in message, f"the error has several lines: {message!r}"


def as_yaml(tree: Any) -> bytes:
    """Write YAML; a surrogate, which libyaml can't write, as an escape."""
    try:
        return yaml.dump(tree, Dumper=DUMPER, sort_keys=False).encode()
    except UnicodeEncodeError:
        return yaml.safe_dump(tree, sort_keys=False).encode()


def as_json(tree: Any) -> bytes:
    """Write JSON, surrogates as escapes."""
    return json.dumps(tree).encode()


@few
@given(text=texts("history.loss[7:]", "ch06.ex01.summary[0][1]", "log[:, 1]", "a[-1:2:3].b"))
def test_paths(text):
    refused(lambda: parse_measure(text, home="ch01.ex01"), ValueError)


@few
@given(text=texts("0.846", "-1e-3", "NAME=0.5", ".5", "1e400"))
def test_mine(text):
    claim = next(claim for claim in ledger().claims.values() if claim.rule.needs_sample)
    unit = UnitRuns(claim.unit, 2, "2026-01-01", 1.0, {"keras": "3.15.1"}, {}, ())
    number = NumberSummary("", (0.1, None, 0.3))
    sample = SampleSummary(units=(unit,), numbers=(number,))
    refused(lambda: answer_mine(claim, text, None, sample, ledger()), NoSuchNumber)


def _chapter() -> Any:
    """Return a ledger file of few claims of many kinds."""
    whole = yaml.load(
        Path(REGISTRY_FILE).parents[1].joinpath("ledger", "ch05.yaml").read_text("utf-8"), LOADER
    )
    units = [unit for unit in whole["units"] if unit["id"] in {"ch05.ex01", "ch05.text07"}]
    return {**whole, "units": [{**unit, "claims": unit["claims"][:4]} for unit in units]}


@few
@given(content=st.deferred(lambda: trees(_chapter(), as_yaml)))
def test_ledger(content):
    refused(lambda: read_chapter(content.decode("utf-8", "replace"), "ch05.yaml"), LedgerError)


def _registry() -> Any:
    """Return a registry of two data sets."""
    whole = yaml.load(REGISTRY_FILE.read_text("utf-8"), LOADER)
    return {"aliases": {"iris_csv": "iris"}, "data_sets": whole["data_sets"][:2]}


@few
@given(content=st.deferred(lambda: trees(_registry(), as_yaml)))
def test_registry(content, tmp_path):
    path = tmp_path / "registry.yaml"
    path.write_bytes(content)
    refused(lambda: read_registry(path), DataError)


SECONDS = 2.0  # of the processor, for a notebook of some kilobytes


@pytest.fixture(scope="module")
def sound() -> Any:
    """Return the notebook of an exercise."""
    check_notebook(NOTEBOOKS / f"{REAL}.ipynb")  # which loads the recorded runs
    return real()


def _check(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    with cpu_limit(SECONDS):
        json.dumps(check_as_json(check_notebook(path)), allow_nan=False)


@settings(fuzz, max_examples=INPUTS if INPUTS > 1000 else INPUTS // 10)
@given(data=st.data())
def test_notebooks(data, sound, tmp_path):
    content = data.draw(trees(sound, as_json))
    refused(lambda: _check(content, tmp_path / "a.ipynb"), NotANotebook)


# what makes a pattern go over a text again, or reads as a number that is none
RUNS = (
    "\n", " ", "\t", "1", ",", "'", "'\\", "[", "(None, ", "shape=(", "\x1b]0;", "\x9d", "\r", "\b", "│ ",
    "loss ", "train ", " - loss: 1", "Epoch 1/9999999", "Total params: ", "numpy=", "a (Dense) ",
)  # fmt: skip


@settings(fuzz, max_examples=max(INPUTS // 10, 10) if INPUTS > 1000 else INPUTS // 20)
@given(data=st.data())
def test_outputs(data, sound, tmp_path):
    notebook = copy.deepcopy(sound)
    for cell in notebook["cells"]:
        for output in cell["outputs"]:
            text = output.get("text", "")
            place = data.draw(st.integers(0, len(text)))
            run = data.draw(st.sampled_from(RUNS)) * data.draw(st.sampled_from((1, 40, 5000, 50_000)))
            output["text"] = text[:place] + run + data.draw(st.text(max_size=20)) + text[place:]
    refused(lambda: _check(as_json(notebook), tmp_path / "a.ipynb"), NotANotebook)


RESULTS = {
    "schema": "workshop-results/2",
    "environment": {"python": "3.11.7", "device": "cpu", "threads": 1, "date": "2026-11-24T10:00:00+00:00"},
    "claims": [
        {
            "id": "ch02.ex05.log",
            "unit": "ch02.ex05",
            "ours": False,
            "verdict": "reproduced",
            "documented": {"1": [0.5, 2]},
            "measured": {"seeds": 2, "median": 0.5, "minimum": 0.1, "maximum": 0.9},
            "beside": {"naive": 1.0},
            "rule": "value is 0.5",
            "margin": 0.1,
            "seeds": [1, 2],
            "seconds": 0.5,
            "reason": "as printed",
            "sample": asdict(
                SampleSummary(
                    units=(UnitRuns("ch02.ex05", 2, "2026-01-01", 1.0, {"keras": "3"}, {"died": 1}, ()),),
                    numbers=(NumberSummary("loss", (0.5, None)),),
                )
            ),
        }
    ],
}


@few
@given(content=trees(RESULTS, as_json))
def test_results(content, tmp_path):
    path = tmp_path / "results.json"
    path.write_bytes(content)
    refused(lambda: read_results(path), ResultsError)


FIGURES = {
    "figures": {
        "ch02.ex05": [
            {
                "title": "t",
                "alt": "a",
                "parts": [
                    {
                        "kind": "chart",
                        "marks": [{"look": "range", "x": [1, 2], "y": [3, 4.5], "low": [0, 1]}],
                    },
                    {"kind": "strip", "runs": [1, 2], "marks": [["book", [1, 1]]], "today": [1, 1, 2]},
                    {"kind": "rank", "book": ["a"], "counts": [["a", 2]], "runs": 3},
                    {"kind": "matrix", "book": [[1, 2]]},
                    {"kind": "layers", "rows": [["Dense", "3", 4, None, ""]], "ran": True},
                ],
            },
        ]
    },
}


@few
@given(content=trees(FIGURES, as_json))
def test_figures(content, tmp_path):
    results = tmp_path / "results.json"
    results.write_bytes(content)
    refused(lambda: read_figures(results), NoFigures)


def _sample() -> Any:
    """Return a reference sample of two runs."""
    whole = json.loads(((SAMPLES / "references") / "ch02.ex05.json").read_text("utf-8"))
    return {**whole, "runs": whole["runs"][:2]}


@few
@given(content=st.deferred(lambda: trees(_sample(), as_json)))
def test_reference(content, tmp_path):
    path = tmp_path / "ch02.ex05.json"
    path.write_bytes(content)
    refused(lambda: read_reference(path, ""), DamagedReference)


def _npz(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


@few
@given(content=contents(encode(Measure("ch01.ex01", "loss", ("log", 1)))))
def test_outcome(content):
    refused(lambda: decode(content, ("workshop.paths",)), CodecError)


@few
@given(content=contents(_npz(a=np.arange(6.0), b=np.ones((2, 2)))))
def test_checkpoint(content, tmp_path):
    (tmp_path / "state.npz").write_bytes(content)
    refused(lambda: restore(tmp_path), ValueError)


# they open nothing or late, or read pickles, which test_pickles.py spoils in a process of their own
NOT_FUZZED = {"path", "text8", "wordnet", "imdb_npz", "efficientnet_lite0"}


@pytest.mark.filterwarnings("ignore")  # pandas and zipfile warn of what they pass over
@pytest.mark.parametrize("loader", sorted({*CASES} - NOT_FUZZED))
@fuzz
@given(data=st.data())
def test_reader(loader, data, tmp_path):
    names, given_settings, _ = CASES[loader]
    spoiled, paths = data.draw(st.sampled_from(names)), {}
    for number, name in enumerate(names):
        content = content_of(name)
        path = tmp_path / f"{number}-{name}"
        path.write_bytes(data.draw(contents(content)) if name == spoiled else content)
        paths[name.removesuffix(".gz") if loader == "idx" else name] = path
    refused(lambda: readers.read(loader, paths, **given_settings), DataError)
