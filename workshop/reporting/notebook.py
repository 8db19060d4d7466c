"""An exercise as a notebook without outputs, which runs in Jupyter without this package."""

from __future__ import annotations

import ast
import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from workshop.datasets.model import DataSet, registry
from workshop.files import size_text
from workshop.ledger import Claim, Ledger, Unit
from workshop.reporting.book_calls import IMPORTS, Calls, book_calls, fetching, used_imports, used_names
from workshop.reporting.errata import changes, errata, unconfirmed
from workshop.reporting.errata.terminal import change_line, error_lines, escaped, likely_lines
from workshop.reporting.showing import Recorded, ranges
from workshop.reporting.terminal import BOOK
from workshop.strict_yaml import read_yaml
from workshop.values import brief
from workshop.wording.pairs import stated_value

_EXPECTED = {"measured", "data", "built"}  # evidence of the claims whose values a run shows
_ROOM = 70  # characters of a value in a table
# what pip calls the libraries that a notebook imports, by how it names them; the book imports them, too
_LIBRARIES = {
    "numpy": "numpy",
    "tensorflow": "tensorflow",
    "load_img|ImageDataGenerator|PIL": "pillow scipy",
    "pandas": "pandas",
    "sklearn": "scikit-learn",
    "nltk": "nltk",
    "gensim": "gensim",
    "matplotlib": "matplotlib",
}
_HEAD = """\
# {title}

{procedure}

*{book}*{page}, in our words and code.{data}"""
_FOOT = """\
## Are your numbers normal?

Save the notebook with its outputs. Where the package `workshop` is installed, this compares them with the
book and with recorded runs:

```sh
workshop check {file}
```"""
_SECTION = re.compile(r"\n\n(?=(?:Parameters|Returns|Raises)\n-+\n)")
_BUILDS = re.compile(r"^([\w, ]+) = (?:exercise|activity)_\d_\d\d_(?!in_)", re.MULTILINE)
_FETCHED = re.compile(r"fetched\('([^']+)', '[^']*'\)")
_FOLDED = "def fetched("
_QUIET = (
    "import os",
    "",
    'os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # no log of TensorFlow below the cells',
    "",
)
Here = Mapping[str, Mapping[str, Path]]
NOTHING: Here = {}


@cache
def _notes() -> Mapping[str, Any]:
    """Return by unit what is typed for its notebook.

    `try` : three things to try. `print` : what is printed of the results. `show` : cells after these.
    `also` : units whose claims its run shows. `look`, which is no unit, has by loader what shows the data.
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


def notebook(unit: str, ledger: Ledger, recorded: Recorded, here: Here = NOTHING) -> str:
    """Return an exercise's or activity's notebook as JSON.

    `recorded` has the numbers of the recorded runs of `shown_claims`, by claim. `here` has the files of data
    sets on this machine, by data set and name, which the notebook reads in place of a download.
    """
    cells: list[dict[str, Any]] = [
        {
            "cell_type": kind,
            "id": f"cell-{number:02}",
            "metadata": {"jupyter": {"source_hidden": True}} if text.startswith(_FOLDED) else {},
            "source": text.strip("\n").splitlines(keepends=True),
            **({"execution_count": None, "outputs": []} if kind == "code" else {}),
        }
        for number, (kind, text) in enumerate(_cells(ledger.units[unit], ledger, recorded, here), start=1)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _cells(unit: Unit, ledger: Ledger, recorded: Recorded, here: Here) -> Iterator[tuple[str, str]]:
    """Yield the cells: `markdown` or `code`, and the text."""
    calls = book_calls()[unit.id]
    page = "" if unit.page is None else f", page {unit.page}"
    data = "".join(f"\n\n{_about(name, calls)}" for name in calls.data)
    yield (
        "markdown",
        _HEAD.format(title=unit.title, procedure=_prose(unit.procedure), book=BOOK, page=page, data=data),
    )
    yield from _code(unit.id, here)
    yield "markdown", "## What to expect\n\n" + _expected(shown_claims(unit.id, ledger), recorded)
    yield "markdown", "## What the book gets wrong here\n\n" + _errors(unit.id, ledger)
    _, *differs = _head(calls)
    differs = [*differs, *([] if unit.pitfalls.startswith("None known") else [_prose(unit.pitfalls)])]
    if differs:
        yield "markdown", "## What is different today\n\n" + "\n\n".join(differs)
    tries = "\n".join(f"{n}. {text}" for n, text in enumerate(_notes()[unit.id]["try"], start=1))
    yield "markdown", f"## Three things to try\n\n{tries}"
    yield "markdown", _FOOT.format(file=file_name(unit.id))


def _code(unit: str, here: Here) -> Iterator[tuple[str, str]]:
    """Yield the cells of the exercise in the book's order: imports, data, settings, steps, results.

    A helper stands before the first cell that needs it. A step of the calls ends at a blank line.
    """
    calls, notes = book_calls()[unit], _notes()
    cells: list[tuple[str, str]] = []
    for name in calls.loaded:
        look = notes["look"].get(registry()[name].editions[0].loader, "").format(name)
        cells.append(("code", "\n".join([*loading(registry()[name], here), look])))
    *_, (name, own) = calls.definitions.items()
    helpers = {**calls.definitions, **fetching()[1]}
    del helpers[name]
    if calls.settings:
        seed = " Any seed will do." if "seed" in calls.settings else ""
        cells.append(("markdown", f"## Settings\n\nThese are the book's settings.{seed}"))
        values = {each: helpers.get(text, text).rpartition(" = ")[2] for each, text in calls.settings.items()}
        cells.append(("code", "\n".join(f"{each} = {text}" for each, text in values.items())))
    cells.append(("markdown", f"## Run\n\n{_head(calls)[0].partition('; return')[0].rstrip('.')}."))
    *_, last = calls.function.body
    assert isinstance(last, ast.Return)
    assert last.value is not None
    start = calls.function.body[0].end_lineno
    steps = textwrap.dedent("\n".join(own.splitlines()[start : last.lineno - 1]))
    for step in steps.split("\n\n"):
        built = [name for names in _BUILDS.findall(step) for name in names.split(", ")]
        cells += [("code", step), *(("code", f"{name}.summary()") for name in built)]
    cells.append(("markdown", "## Results"))
    parts = last.value.elts if isinstance(last.value, ast.Tuple) else [last.value]
    returned = [ast.get_source_segment(own, part) for part in parts]
    printed = notes[unit].get("print", returned)
    cells += [("code", f"print({text})") for text in printed if text != "history.history"]  # the log has it
    cells += [("code", text) for text in notes[unit].get("show", ())]
    yield from _with_helpers(cells, [*calls.imports, *fetching()[0]], helpers)


def _with_helpers(
    cells: Sequence[tuple[str, str]], imports: Sequence[str], helpers: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the cells with all imports first, and each helper before the first cell that needs it."""
    done: list[tuple[str, str]] = []
    for kind, text in cells:
        if kind != "code":
            done.append((kind, text))
            continue
        lines = text.strip("\n").splitlines()
        imports = [*imports, *(line for line in lines if IMPORTS.match(line))]
        own = "\n".join(line for line in lines if not IMPORTS.match(line)).strip("\n")
        needed = {*used_names(ast.parse(own))}
        for name in reversed([*helpers]):
            if name in needed:
                needed |= {*used_names(ast.parse(helpers[name]))}
        before = [helpers.pop(name) for name in [*helpers] if name in needed]
        if any(helper.startswith(("def ", "class ", "@")) for helper in before):
            done.append(("code", "\n\n\n".join(before)))
            before = []
        if own:
            done.append((kind, "\n".join([*before, own])))  # constants stand in the cell that needs them
    code = "\n".join(text for kind, text in done if kind == "code")
    used = used_imports(imports, code)
    libraries = {name: None for word, name in _LIBRARIES.items() if re.search(word, f"{used} {done}")}
    if any("tensorflow" in line for line in used):
        used = [*_QUIET, *(line for line in used if line != "import os")]
    yield "code", "\n".join([f"# pip install {' '.join(libraries)}", *used])
    yield from done


def loading(data: DataSet, here: Here) -> list[str]:
    """Return the lines that load a data set, from this machine if its files are here."""
    files = here.get(data.id, {})
    everywhere = data.editions[0].loading.splitlines()
    for edition in data.editions:
        if edition.here and all(file.name in files for file in edition.files):
            folder = files[edition.files[0].name].parent
            lines = edition.here.format(name=data.id, folder=repr(str(folder))).splitlines()
            break
    else:
        lines = [_in_place(line, here, data.id) for line in everywhere]
    others = [
        f"# elsewhere: {', '.join(re.findall(_FETCHED, line)) or line}"
        for line in everywhere
        if line not in lines and not IMPORTS.match(line)
    ]
    return [line if '"' in line else line.replace("'", '"') for line in dict.fromkeys([*others, *lines])]


def _in_place(line: str, here: Here, data: str) -> str:
    """Return a line that loads data with the file of this machine in place of a download."""

    def file(call: re.Match[str]) -> str:
        path = here.get(data, {}).get(call[1].rpartition("/")[2])
        return call[0] if path is None else repr(str(path))

    def folder(call: re.Match[str]) -> str:
        files = here.get("nltk_punkt" if call[1] == "punkt_tab" else data, {})
        roots = [str(path).removesuffix(name) for name, path in files.items()]
        return f"nltk.data.path.insert(0, {roots[0]!r})" if roots else call[0]

    line = re.sub(_FETCHED, file, line)
    return re.sub(r"nltk\.download\('(\w+)'\)", folder, line)


def _sections(calls: Calls) -> list[str]:
    """Return what the calls say of themselves, and then of parameters, results and errors."""
    return _SECTION.split(ast.get_docstring(calls.function) or "")


def _head(calls: Calls) -> list[str]:
    """Return the first paragraphs of what the calls say of themselves."""
    return [" ".join(part.split()) for part in _sections(calls)[0].split("\n\n") if part[0] != "`"]


def _about(name: str, calls: Calls) -> str:
    """Return what a data set is, and how another can be given."""
    data = registry()[name]
    sections = [part for part in _sections(calls) if part.startswith("Parameters")]
    given = dict(line.partition(" : ")[::2] for part in sections[:1] for line in part.splitlines()[2:])
    own = f" Your own: {given[name]}" if name in given else ""
    licence = "no licence stated" if data.licence == "none stated" else f"licence: {data.licence}"
    return f"Data `{name}`: {escaped(data.title)}, {size_text(data.size)}, {licence}.{own}"


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
    note = "Another run or another version gives other numbers: the range says which are normal."
    return f"{table}\n\n{note}" if runs else table


def _prose(text: str) -> str:
    """Return a ledger's text as Markdown: one paragraph or item a line."""
    text = re.sub(r"\n(?! *(?:-|\d+\.) )", "\n\n", escaped(text))
    return re.sub(r"^((?! *(?:-|\d+\.) ).*)\n(?=-|\d)", r"\1\n\n", text, flags=re.MULTILINE)


def names_of(chapter: str, ledger: Ledger) -> list[str]:
    """Return the exercises and activities of a chapter, in the book's order."""
    return [unit for unit in ledger.units if unit.startswith((f"{chapter}.ex", f"{chapter}.act"))]
