"""Write the generated parts of docs/ to build/docs: `python scripts/make_pages.py`.

A page of docs/ includes such a part by its name (`--8<-- "commands.md"`), so that it is never out of date.
"""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any, get_args

import typer
from rich.style import Style
from rich.text import Text

from workshop.book import package_book
from workshop.cli.app import app
from workshop.execution.catalogue import Catalogue, catalogue
from workshop.exercises import exercise
from workshop.figures.drawing import html
from workshop.figures.files import read_figures
from workshop.ledger import Ledger, Unit, ledger
from workshop.matrix.table import table
from workshop.reporting.book_calls import book_calls
from workshop.reporting.errata import CONSEQUENCES, Erratum, changes, counted_errors, errata, unconfirmed
from workshop.samples.texts import with_numbers
from workshop.wording.places import label, title

ROOT = Path(__file__).parents[1]
MADE = ROOT / "build" / "docs"
NOTEBOOK = "own_prices.ipynb"
# what the tutorial shows: the commands, and the figures of exercise 5.04 by the beginnings of their titles
TOUR = {
    "look": "show 5.04",
    "claim": "show 5.04.test_rmse",
    "mine": "show 5.04.test_rmse --mine 0.043",
    "verify": "verify 5.04 --json results/verify.json",
}
SEEN = {"forecasts": "Forecasts against prices", "training": "The training"}
WIDTH = 90  # columns of the commands' help


@cache
def book() -> Ledger:
    """Return the ledger with the numbers of the recorded runs in its texts."""
    return with_numbers(package_book())


def counted() -> str:
    """Return how many errors there are, and how many printed results show them."""
    return f"**{counted_errors(errata(book()))}.**\n"


def worst_errors() -> str:
    """Return the errors that change a conclusion: title, printed and right, what follows, and the proof."""
    worst = [erratum for erratum in errata(book()) if erratum.consequence == max(CONSEQUENCES)]
    return "\n".join(_error(erratum) for erratum in worst)


def _error(erratum: Erratum) -> str:
    return f"""### {erratum.title} {{ #{erratum.claim.id} }}

{erratum.place} · `{erratum.claim.id}`

| the book prints | right is |
| --- | --- |
| {_cell(erratum.printed)} | {_cell(erratum.right)} |

{erratum.sentence}{_also(erratum)}

{_figure(erratum.claim.id)}<details><summary>Proof</summary><p>{escape(erratum.proof)}</p></details>
"""


def _figure(claim: str) -> str:
    path = ROOT / "docs" / "gallery" / "errata" / f"{claim}.html"
    return (
        f'<figure class="plot small">{path.read_text("utf-8").strip()}</figure>\n\n' if path.exists() else ""
    )


def other_errors() -> str:
    """Return the other errors as one table for each consequence, after those that have a figure."""
    lines = []
    for consequence, meaning in CONSEQUENCES.items():
        rows = [each for each in errata(book()) if each.consequence == consequence]
        if consequence == max(CONSEQUENCES) or not rows:
            continue
        lines += [f"### {meaning[0].upper()}{meaning[1:]} ({len(rows)})", ""]
        shown = [row for row in rows if _figure(row.claim.id)]
        lines += [_error(row).replace("### ", "#### ", 1) for row in shown]
        lines += ["| where | error | the book prints | right is |", "| --- | --- | --- | --- |"]
        for row in (row for row in rows if row not in shown):
            anchor = f'<a id="{row.claim.id}"></a>'
            cells = (f"{anchor}{row.place}", _cell(row.title) + _also(row))
            cells += (_cell(row.printed), _cell(row.right))
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def changed_results() -> str:
    """Return the results that a later version of a library changes, with the versions."""
    lines = ["| where | with | what changed |", "| --- | --- | --- |"]
    for one in changes(book()):
        text = f"**{_cell(one.title)}.** {_cell(one.sentence)}{_also(one)}"
        lines.append(f"| {one.place} | {_cell(one.since)} | {text} |")
    return "\n".join(lines) + "\n"


def unconfirmed_errors() -> str:
    """Return what is likely an error and not confirmed, with what would confirm it."""
    lines = ["| where | what | it needs |", "| --- | --- | --- |"]
    for one in unconfirmed(book()):
        text = f'<a id="{one.claim.id}"></a>**{_cell(one.title)}.** {_cell(one.sentence)}'
        lines.append(f"| {one.place} | {text} | {_cell(one.confirms)} |")
    return "\n".join(lines) + "\n"


def _also(erratum: Erratum) -> str:
    """Return the other results that show an error, for a text or a cell."""
    return f"<br>The same error: {_cell(erratum.also_text)}" if erratum.also else ""


def exercises() -> str:
    """Return a table for each chapter, and the book's own calls of its exercises, folded.

    The table has exercise, page, functions, number of claims and data sets.
    """
    shown = ledger()
    known = catalogue({chapter.id for chapter in shown.chapters})
    lines: list[str] = []
    for chapter in shown.chapters:
        lines += [f"## Chapter {int(chapter.id[2:])}: {chapter.title}", ""]
        lines += ["| exercise | page | function | claims | needs |", "| --- | --- | --- | --- | --- |"]
        lines += [_exercise(unit, shown, known) for unit in chapter.units]
        lines.append("")
        for unit in (unit for unit in chapter.units if unit.id in book_calls()):
            name = f"{label(unit.id, shown)} {_cell(title(unit))}"
            lines += [f"<details><summary>The book's own calls: {name}</summary>\n"]
            lines += [f"```python\n{book_calls()[unit.id].text}```\n\n</details>\n"]
    return "\n".join(lines)


def own_data() -> str:
    """Return a table of what each exercise takes of a reader's own, and lines that make such data."""
    found = {unit: exercise(unit).own_data for unit in ledger().units if re.search(r"\.(ex|act)", unit)}
    lines = ["| exercise | your own | example |", "| --- | --- | --- |"]
    for unit, own in found.items():
        lines.append(f"| {label(unit, ledger())} | {own.wanted.replace('|', ' ')} | `{own.example}` |")
    made = dict.fromkeys(line for own in found.values() for line in own.made.splitlines() if line)
    lines += ["", "The names in the examples stand for data such as these:", "", "```python"]
    lines += ["import numpy as np", "import pandas as pd", "", "rng = np.random.default_rng(0)", *made, "```"]
    return "\n".join(lines) + "\n"


def _anchor(file: str, name: str) -> str:
    """Return the place of a function in the reference: its module's if it is assigned, not defined."""
    module = file.removesuffix(".py").replace("/", ".")
    defined = re.search(rf"^def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    return f"{module}.{name}" if defined else module


def _exercise(unit: Unit, book: Ledger, known: Catalogue) -> str:
    code = known.code(unit.id)
    own = {file: names for file, names in code.items() if not Path(file).name.startswith("_")} or code
    functions = [
        f"[`{name}`](reference/chapters/{unit.id[:4]}.md#{_anchor(file, name)})"
        for file, names in own.items()
        for name in names
    ]
    files = ", ".join(f"`{Path(file).name}`" for file in own)
    claims = sum(not claim.ours for claim in unit.claims)
    needs = ", ".join(f"`{name}`" for name in sorted(known.needed(known.named(unit.id))))
    cells = (
        f"**{label(unit.id, book)}** {_cell(title(unit))}<br>`{unit.id}`",
        str(unit.page or ""),
        f"{', '.join(functions)}<br>{files}" if functions else "none: nothing is computed",
        str(claims),
        needs or "no data",
    )
    return f"| {' | '.join(cells)} |"


def environments() -> str:
    """Return a table of the matrix's environments, and why each of them is there."""
    lines = ["| environment | Python | TensorFlow | Keras | reason |", "| --- | --- | --- | --- | --- |"]
    for name, one in table().environments().items():
        cells = (f"`{name}`", one.python, one.tensorflow, one.keras_in_words, table().reasons[name])
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def commands() -> str:
    """Return the help of every command, as `--help` prints it."""
    return "\n".join(_help(["workshop"], typer.main.get_command(app)))


def _help(words: list[str], command: Any) -> Iterator[str]:
    context = command.context_class(command, info_name=" ".join(words), max_content_width=WIDTH)
    context.terminal_width = WIDTH
    yield f"## {' '.join(words)}\n\n```text\n{command.get_help(context).strip()}\n```\n"
    for name, inner in getattr(command, "commands", {}).items():
        if not inner.hidden:
            yield from _help([*words, name], inner)


def notebook() -> str:
    """Return the executed notebook as Markdown, with the tables and figures of its outputs."""
    import nbformat

    executed = MADE / NOTEBOOK  # by scripts/execute_notebook.py, before
    path = executed if executed.exists() else ROOT / "docs" / NOTEBOOK
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(part for cell in cells for part in _cell_parts(cell)) + "\n"


def _cell_parts(cell: Any) -> Iterator[str]:
    if cell.cell_type == "markdown":
        yield re.sub(r"\A# .*\n", "", cell.source)  # the page has a title
        return
    yield f"```python\n{cell.source}\n```"
    for output in cell.outputs:
        data = output.get("data", {})
        if "text/html" in data:
            table = re.sub(r"\s*\n\s*", " ", data["text/html"])  # Markdown ends a block at an empty line
            yield f'<div class="output">{table}</div>'
        else:
            yield f"```text\n{data.get('text/plain', output.get('text', '')).rstrip()}\n```"


@cache
def tour() -> Mapping[str, str]:
    """Return what a newcomer sees: the outputs of the tutorial's commands by name, and figures of its run."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "COLUMNS": str(WIDTH),
            "FORCE_COLOR": "1",
            "WORKSHOP_STORE": str(Path(folder, "store")),
        }
        made = {}
        for name, words in TOUR.items():
            command = [sys.executable, "-m", "workshop", *words.split()]
            done = subprocess.run(  # noqa: S603  ours
                command, cwd=folder, env=environment, capture_output=True, text=True, check=True
            )
            made[name] = _coloured(f"$ workshop {words}\n{done.stdout}")
        figures = read_figures(Path(folder, "results", "verify.json"))["ch05.ex04"]
    for name, start in SEEN.items():
        drawn = next(html(figure) for figure in figures if figure.title.startswith(start))
        made[name] = f'<figure class="plot">{drawn.strip()}</figure>\n'
    return made


def _coloured(output: str) -> str:
    """Return what a command prints as HTML; a colour or a weight is a class."""
    text = Text.from_ansi(output.rstrip())
    parts, at = [], 0
    for start, end, style in sorted(
        (span.start, span.end, Style.parse(str(span.style))) for span in text.spans
    ):
        names = [f"c{style.color.number}"] if style.color else []
        names += [name for name in ("bold", "dim") if getattr(style, name)]
        parts.append(escape(text.plain[at:start]))
        parts.append(
            f'<span class="{" ".join(f"t-{name}" for name in names)}">{escape(text.plain[start:end])}</span>'
        )
        at = end
    lines = "".join([*parts, escape(text.plain[at:])])
    # Markdown ends a block at an empty line
    return f'<pre class="terminal">{re.sub(r"^$", " ", lines, flags=re.MULTILINE)}</pre>\n'


def first_contact() -> str:
    """Return the results that nobody has measured on their own data, by what decides them there."""
    script = runpy.run_path(str(ROOT / "contact" / "decided.py"))
    decided = script["when_decided"](package_book())
    columns = dict.fromkeys(get_args(script["When"]))
    lines = [
        "| exercise | a first run | after `workshop record --missing` | after that, or with `--full` |",
        "| --- | --- | --- | --- |",
    ]
    for unit in dict.fromkeys(name.rpartition(".")[0] for name in decided):
        own = {name: when for name, when in decided.items() if name.startswith(f"{unit}.")}
        cells = [
            ", ".join(f"`{name.rpartition('.')[2]}`" for name, when in own.items() if when == column)
            for column in columns
        ]
        lines.append(f"| `{unit}` | {' | '.join(cells)} |")
    counts = Counter(decided.values())
    lines.append(f"| {len(decided)} in all | {' | '.join(str(counts[column]) for column in columns)} |")
    return "\n".join(lines) + "\n"


def simulation() -> str:
    """Return how long runs take on more and more nodes of a cluster."""
    script = runpy.run_path(str(ROOT / "scripts" / "simulate_cluster.py"))
    return str(script["scaling"]())


def calibration() -> str:
    """Return what `workshop check` says of recorded runs and of spoiled numbers, by unit."""
    script = runpy.run_path(str(ROOT / "scripts" / "calibrate_check.py"))
    return str(script["table"]())


def _cell(text: str) -> str:
    """Return a text as the cell of a Markdown table."""
    return escape(text, quote=False).replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


PARTS: Mapping[str, Callable[[], str]] = {
    "counted_errors.md": counted,
    "worst_errors.md": worst_errors,
    "other_errors.md": other_errors,
    "unconfirmed_errors.md": unconfirmed_errors,
    "changed_results.md": changed_results,
    "exercises.md": exercises,
    "own_data.md": own_data,
    "environments.md": environments,
    "commands.md": commands,
    "first_contact.md": first_contact,
    "notebook.md": notebook,
    **{f"tour_{name}.md": partial(lambda name: tour()[name], name) for name in (*TOUR, *SEEN)},
    "simulation.md": simulation,
    "calibration.md": calibration,
}


def write_parts(folder: Path) -> None:
    """Write all parts to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in PARTS.items():
        (folder / name).write_text(make(), "utf-8")


if __name__ == "__main__":
    write_parts(MADE)
