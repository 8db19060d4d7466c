"""An exercise as a notebook without outputs, which runs in Jupyter without this package."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from workshop.datasets.model import registry
from workshop.ledger import Claim, Ledger, Unit
from workshop.ledger.values import brief
from workshop.reporting.book_calls import Calls, book_calls
from workshop.reporting.errata import changes, errata, unconfirmed
from workshop.reporting.errata.terminal import change_line, error_lines, escaped, likely_lines
from workshop.reporting.showing import Recorded, ranges
from workshop.reporting.terminal import BOOK
from workshop.strict_yaml import read_yaml
from workshop.wording.pairs import stated_value
from workshop.wording.places import label

_EXPECTED = {"measured", "data", "built"}  # evidence of the claims whose values a run shows
_ROOM = 70  # characters of a value in a table
# what pip calls the libraries that a notebook imports, by how it names them; the book imports them, too
_LIBRARIES = {
    "tensorflow": "tensorflow",
    "load_img|flow_from_directory": "pillow scipy",
    "pandas": "pandas",
    "sklearn": "scikit-learn",
    "nltk": "nltk",
    "gensim": "gensim",
    "matplotlib": "matplotlib",
}
_HEAD = """\
# {title}

*{book}*{page}, in our words and code. It runs from top to bottom with the book's libraries:

```sh
pip install {libraries}
```"""
_FOOT = """\
## Are your numbers normal?

Save the notebook with its outputs. Where the package `workshop` is installed, this compares them with the
book and with recorded runs:

```sh
workshop check {file}
```"""
_SECTION = re.compile(r"\n\n(?=(?:Parameters|Returns|Raises)\n-+\n)")
_BUILDS = re.compile(r"(?:exercise|activity)_\d_\d\d_(?!in_)\w+")
_TRAINS = re.compile(r"\.fit\(|Word2Vec\(")


@cache
def _notes() -> Mapping[str, Any]:
    """Return by unit what is typed for its notebook.

    `try` : three things to try. `show` : cells that show results. `also` : units whose claims its run shows.
    """
    content: Mapping[str, Any] = read_yaml(
        (resources.files("workshop.reporting") / "notebook.yaml").read_text("utf-8")
    )
    return content


def file_name(unit: str) -> str:
    """Return the name of a unit's notebook, e.g. `exercise_5_03.ipynb`."""
    kind = "exercise" if ".ex" in unit else "activity"
    return f"{kind}_{int(unit[2:4])}_{unit[-2:]}.ipynb"


def shown_claims(unit: str, ledger: Ledger) -> list[Claim]:
    """Return the claims of the book whose values a run of the notebook shows."""
    units = [unit, *_notes()[unit].get("also", ())]
    return [claim for each in units for claim in ledger.units[each].claims if not claim.ours]


def notebook(unit: str, ledger: Ledger, recorded: Recorded) -> str:
    """Return an exercise's or activity's notebook as JSON.

    `recorded` has the numbers of the recorded runs of `shown_claims`, by claim.
    """
    cells: list[dict[str, Any]] = [
        {
            "cell_type": kind,
            "id": f"cell-{number:02}",
            "metadata": {},
            "source": text.strip("\n").splitlines(keepends=True),
            **({"execution_count": None, "outputs": []} if kind == "code" else {}),
        }
        for number, (kind, text) in enumerate(_cells(ledger.units[unit], ledger, recorded), start=1)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _cells(unit: Unit, ledger: Ledger, recorded: Recorded) -> Iterator[tuple[str, str]]:
    """Yield the cells: `markdown` or `code`, and the text."""
    code = list(_code(unit.id))
    calls = book_calls()[unit.id]
    page = "" if unit.page is None else f", page {unit.page}"
    libraries = " ".join(
        ["numpy", *(n for word, n in _LIBRARIES.items() if re.search(word, "".join(t for _, t in code)))]
    )
    yield "markdown", _HEAD.format(title=unit.title, book=BOOK, page=page, libraries=libraries)
    yield "markdown", f"## What the exercise does\n\n{_prose(unit.procedure)}"
    _, *differs = _head(calls)
    differs = [*differs, *([] if unit.pitfalls.startswith("None known") else [_prose(unit.pitfalls)])]
    if differs:
        yield "markdown", "## What is different today\n\n" + "\n\n".join(differs)
    yield "markdown", "## What the book gets wrong here\n\n" + _errors(unit.id, ledger)
    yield from code
    yield "markdown", "## What to expect\n\n" + _expected(shown_claims(unit.id, ledger), recorded)
    tries = "\n".join(f"{n}. {text}" for n, text in enumerate(_notes()[unit.id]["try"], start=1))
    yield "markdown", f"## Three things to try\n\n{tries}"
    yield "markdown", _FOOT.format(file=file_name(unit.id))


def _code(unit: str) -> Iterator[tuple[str, str]]:
    """Yield the cells of the exercise itself, each statement of the book's calls on its own."""
    own, notes = book_calls()[unit], _notes()[unit]
    settings = {name: own.value(default) for name, default in own.defaults.items()}
    if "seed" in own.needed:
        settings = {"seed": "1", **settings}
    calls, others = own, dict[str, str]()
    while isinstance(only := calls.function.body[1], ast.Return) and isinstance(only.value, ast.Call):
        called = ast.unparse(only.value.func)  # the calls are those of another exercise, with other data
        inner = next((each for each in book_calls().values() if each.function.name == called), None)
        if inner is None:
            break
        others |= dict(zip(inner.data, calls.data, strict=True))
        calls = inner
    *body, last = calls.function.body[1:]
    assert isinstance(last, ast.Return)
    names = {*settings, *own.data, *others}
    whole = ast.Module([*body, last], [])  # what one statement binds, others use
    code = calls.code([whole, *map(ast.parse, settings.values())], own.data, names)
    yield "markdown", "## Set-up"
    long = ["", "np.set_printoptions(threshold=200)"] if "import numpy as np" in code.imports else []
    yield "code", "\n".join([*code.imports, *long])
    for text in code.definitions:
        yield "code", text
    if code.loads:
        yield "markdown", _about_data(own)
        yield "code", "\n".join(code.loads)
    if settings:
        seed = "" if "seed" not in settings else ", but for the seed, which may be any"
        yield "markdown", f"## Settings\n\nThose of the book{seed}."
        yield "code", "\n".join(f"{name} = {value}" for name, value in settings.items())
    yield "markdown", f"## Run\n\n{_head(own)[0].partition('; return')[0].rstrip('.')}."
    for text in _statements(calls, body):
        yield "code", re.sub(r"\w+", lambda word: others.get(word[0], word[0]), text)
    returned = _returned(calls)
    yield "markdown", "## Results" + (f"\n\n{returned}" if returned else "")
    assert last.value is not None
    values = last.value.elts if isinstance(last.value, ast.Tuple) else [last.value]
    for value in values:
        if (text := calls.source(value)) != "history.history":  # the log above has it
            yield "code", text
    for text in notes.get("show", ()):
        yield "code", text


def _statements(calls: Calls, body: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield the cells of the statements: a training and what builds a model end one."""
    cell: list[str] = []
    for statement in body:
        text = calls.source(statement)
        alone = isinstance(statement, ast.For | ast.FunctionDef) or _TRAINS.search(text)
        if alone and cell:
            yield "\n".join(cell)
            cell = []
        cell.append(text)
        built = _built(statement)
        if alone or built:
            yield "\n".join(cell)
            cell = []
        for name in built:
            yield f"{name}.summary()"
    if cell:
        yield "\n".join(cell)


def _built(statement: ast.stmt) -> list[str]:
    """Return the names of the Keras models that a statement builds by functions of the exercises."""
    if not isinstance(statement, ast.Assign):
        return []
    values = statement.value.elts if isinstance(statement.value, ast.Tuple) else [statement.value]
    builds = [isinstance(v, ast.Call) and _BUILDS.fullmatch(ast.unparse(v.func)) for v in values]
    targets = statement.targets[0]
    names = targets.elts if isinstance(targets, ast.Tuple) else [targets]
    return [ast.unparse(name) for name, one in zip(names, builds, strict=False) if one]


def _head(calls: Calls) -> list[str]:
    """Return the first paragraphs of what the calls say of themselves."""
    text = inspect.cleandoc(ast.get_docstring(calls.function) or "")
    return [" ".join(part.split()) for part in _SECTION.split(text)[0].split("\n\n") if part[0] != "`"]


def _section(calls: Calls, name: str) -> str:
    text = inspect.cleandoc(ast.get_docstring(calls.function) or "")
    return next((part.split("\n", 2)[2] for part in _SECTION.split(text) if part.startswith(name)), "")


def _returned(calls: Calls) -> str:
    return " ".join(_section(calls, "Returns").split())


def _about_data(calls: Calls) -> str:
    """Return what the data are, and how others can be given."""
    lines = ["## Data", ""]
    for name in calls.data:
        data = registry()[name]
        lines.append(f"- `{name}`: {escaped(data.title)} ({data.size / 1e6:.2g} MB, licence: {data.licence})")
    given = [
        f"- `{name}`: {text}"
        for name, _, text in (line.partition(" : ") for line in _section(calls, "Parameters").splitlines())
        if name in calls.data
    ]
    if given:
        lines += ["", "Your own data can take their place:", "", *given]
    return "\n".join(lines)


def _errors(unit: str, ledger: Ledger) -> str:
    """Return the errors of the book in an exercise, and what later versions changed, as lists."""
    mine = {claim.id for claim in shown_claims(unit, ledger)}
    lines = [line for one in errata(ledger) if one.names & mine for line in error_lines(one)]
    others = {
        "Likely, but not confirmed:": [
            line for o in unconfirmed(ledger) if o.names & mine for line in likely_lines(o)
        ],
        "Right with the book's versions, changed by later ones:": [
            change_line(one) for one in changes(ledger) if one.names & mine
        ],
    }
    for head, more in others.items():
        lines += [*([""] if lines else []), head, "", *more] if more else []
    return "\n".join(lines) or "No error is known."


def _expected(claims: Sequence[Claim], recorded: Recorded) -> str:
    """Return the printed values and the ranges of the recorded runs as a table."""
    lines, runs = list[tuple[str, str, str]](), 0
    for claim in claims:
        numbers = recorded.get(claim.id, {})
        if claim.evidence not in _EXPECTED or claim.printed is None:
            continue
        runs = max([runs, *map(len, numbers.values())])
        lines.append((claim.what, brief(stated_value(claim), _ROOM, drawn=True), ranges(claim, numbers)))
    head = ("result", "the book prints", f"{runs} recorded runs")
    rows = [head, ("---",) * 3, *(tuple(map(escaped, line)) for line in lines)]
    table = "\n".join(f"| {' | '.join(row if runs else row[:2])} |" for row in rows)
    note = "A run with another seed or another version gives other numbers: the range says which are normal."
    return f"{table}\n\n{note}" if runs else table


def _prose(text: str) -> str:
    """Return a ledger's text as Markdown: one paragraph or item a line."""
    text = re.sub(r"\n(?! *(?:-|\d+\.) )", "\n\n", escaped(text))
    return re.sub(r"^((?! *(?:-|\d+\.) ).*)\n(?=-|\d)", r"\1\n\n", text, flags=re.MULTILINE)


def names_of(chapter: str, ledger: Ledger) -> list[str]:
    """Return the exercises and activities of a chapter, in the book's order."""
    return [
        unit.id
        for each in ledger.chapters
        if each.id == chapter
        for unit in each.units
        if label(unit.id, ledger).startswith(("Exercise", "Activity"))
    ]
