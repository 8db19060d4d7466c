"""Write the generated parts of docs/ to build/docs: `python scripts/make_pages.py`.

A page of docs/ includes such a part by its name (`--8<-- "commands.md"`), so that it is never out of date.
Figures are those of the last run, `results/verify.json`; units that it does not have get none. The counts
of README follow the ledger, and the table of a run in docs/verdicts.md.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any, get_args

import typer
from rich.style import Style
from rich.text import Text

from scripts import calibrate_check
from tests.attacks.contact.decided import When, when_decided
from workshop.book import package_book
from workshop.cli.app import app
from workshop.execution.catalogue import Catalogue, catalogue
from workshop.exercises import exercise
from workshop.figures.drawing import html
from workshop.figures.files import read_figures
from workshop.figures.model import Figure, by_error
from workshop.ledger import Ledger, Unit, ledger
from workshop.matrix.table import table
from workshop.reporting.book_calls import book_calls
from workshop.reporting.errata import CONSEQUENCES, Erratum, changes, counted_errors, errata, unconfirmed
from workshop.reporting.report.answer import opening
from workshop.reporting.report.view import UnitRows, chapters
from workshop.samples.texts import with_numbers
from workshop.verification.results import read_results
from workshop.wording.numbers import counted as number_of
from workshop.wording.places import label, printed_in, title
from workshop.wording.words import DECIDED

ROOT = Path(__file__).parents[1]
MADE = ROOT / "build" / "docs"
README, LAST_RUN = ROOT / "README.md", ROOT / "docs" / "verdicts.md"
RUN = ROOT / "results" / "verify.json"
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
ERRORS = 11  # that have a figure, the worst and most surprising


@cache
def book() -> Ledger:
    """Return the ledger with the numbers of the recorded runs in its texts."""
    return with_numbers(package_book())


@cache
def last_run() -> Mapping[str, UnitRows]:
    """Return the units of the last run as its page has them, of a part of the book or none, too."""
    if not RUN.exists():
        return {}
    shown = chapters(read_results(RUN), book(), read_figures(RUN))
    return {unit.unit.id: unit for chapter in shown for unit in chapter.units}


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
    """Return the figure of one of the first errors; "" for others."""
    if claim not in {error.claim.id for error in errata(book())[:ERRORS]}:
        return ""
    drawn = by_error(one for unit in last_run().values() for one in unit.figures)
    return _plot(drawn[claim], "small") if claim in drawn else ""


def _plot(figure: Figure, size: str = "") -> str:
    """Return a figure as a block of Markdown, which has no empty line."""
    caption = "" if size else f"<figcaption>{escape(figure.title)}</figcaption>"
    return f'<figure class="plot {size}">{html(figure).strip()}{caption}</figure>\n\n'


def forecasts() -> str:
    """Return the figure of the forecasts after exercise 5.03."""
    return _chosen("ch05.text07", "Forecasts against prices")


def fresh_training() -> str:
    """Return the figure of a fresh training of activity 2.01 beside the printed log, and what it shows."""
    figure = _chosen("ch02.act01", "The training")
    said = (
        "A fresh training of activity 2.01 goes on after 30 epochs. "
        "The book's log, in orange, is like a later part of it.\n"
    )
    return figure and figure + said


def _chosen(unit: str, start: str) -> str:
    rows = last_run().get(unit)
    figures = rows.figures if rows else ()
    return next((_plot(one) for one in figures if one.is_drawn and one.title.startswith(start)), "")


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


def chapter(number: int) -> str:
    """Return a chapter's exercises, activities and texts in the book's order.

    Each has what it does and what comes of it, its figure in the last run, the errors of the book in it, its
    functions and data, and, for exercises, the book's own calls.
    """
    shown = next(each for each in book().chapters if int(each.id[2:]) == number)
    known = catalogue({shown.id})
    return "\n".join(_unit(unit, known) for unit in shown.units)


def _unit(unit: Unit, known: Catalogue) -> str:
    exercise = ".text" not in unit.id
    name = f"{label(unit.id, book())}: {_cell(title(unit))}"
    rows = last_run().get(unit.id)
    lines = [f"## {name} {{ #{unit.id} }}", ""]
    answer = opening(rows) if rows else ""
    lines += [f"**{_cell(answer)}** {unit.procedure}" if answer else unit.procedure, ""]
    figures = [one for one in rows.figures if one.parts and not one.folded] if rows else []
    if figures:
        lines += [_plot(figures[0])]
    elif rows and rows.strip and rows.strip.sample:
        lines += [f'<figure class="plot">{rows.strip.sample.strips[0].svg}</figure>\n']
    wrong = [error for error in errata(book()) if error.claim.unit == unit.id]
    if wrong:
        links = ", ".join(f"[{_cell(error.title)}](errata.md#{error.claim.id})" for error in wrong)
        lines += [f"The book gets wrong: {links}.", ""]
    lines += [_facts(unit, known), ""]
    if exercise:
        lines += [f"`workshop notebook {unit.id}` writes it as a notebook."]
    if unit.id in book_calls():
        lines[-1] += " What the book types, on today's TensorFlow:"
        lines += ["", "<details><summary>The book's own calls</summary>\n"]
        lines += [f"```python\n{book_calls()[unit.id].text}```\n\n</details>"]
    return "\n".join([*lines, ""])


def _facts(unit: Unit, known: Catalogue) -> str:
    """Return page, id, results, data and functions of a unit in one line."""
    needs = sorted(known.needed(known.named(unit.id)))
    code = [
        f"`{name}` in `{Path(file).name}`"
        for file, names in known.code(unit.id).items()
        if not Path(file).name.startswith("_")
        for name in names[:1]
    ]
    facts = [f"Page {unit.page}" if unit.page else "", f"`{unit.id}`"]
    facts += [number_of(sum(not claim.ours for claim in unit.claims), "result")]
    facts += [f"needs {', '.join(f'`{name}`' for name in needs)}" if needs else "", *code]
    return " · ".join(filter(None, facts))


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


def environments() -> str:
    """Return a table of the matrix's environments, and why each of them is there."""
    lines = ["| environment | Python | TensorFlow | Keras | reason |", "| --- | --- | --- | --- | --- |"]
    for name, one in table().environments().items():
        cells = (f"`{name}`", one.python, one.tensorflow, one.keras_in_words, table().reasons[name])
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def commands() -> str:
    """Return the help of every command, as `--help` prints it."""
    return "\n".join(
        f"## {words}\n\n```text\n{_help(words, command)}\n```\n"
        for words, command in _commands("workshop", typer.main.get_command(app))
        if not command.hidden
    )


def _help(words: str, command: Any) -> str:
    settings = typer.main.get_command(app).context_settings  # `-h`, too
    context = command.context_class(command, info_name=words, max_content_width=WIDTH, **settings)
    context.terminal_width = WIDTH
    return str(command.get_help(context).strip())


def maintainers() -> str:
    """Return the options that `--help` does not list, by command."""
    lines = ["| command | option | |", "| --- | --- | --- |"]
    lines += [
        f"| `{words}` | `{option.opts[0]}` | {_cell(option.help)} |"
        for words, command in _commands("workshop", typer.main.get_command(app))
        for option in command.params
        if getattr(option, "hidden", False) and option.help
    ]
    return "\n".join(lines) + "\n"


def _commands(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield words, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(f"{words} {name}", inner)


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
    decided, columns = when_decided(package_book()), get_args(When)
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


def _cell(text: str) -> str:
    """Return a text as the cell of a Markdown table."""
    return escape(text, quote=False).replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


PARTS: Mapping[str, Callable[[], str]] = {
    "counted_errors.md": counted,
    "worst_errors.md": worst_errors,
    "other_errors.md": other_errors,
    "unconfirmed_errors.md": unconfirmed_errors,
    "changed_results.md": changed_results,
    **{f"chapter_{number}.md": partial(chapter, number) for number in range(1, 8)},
    "forecasts.md": forecasts,
    "fresh_training.md": fresh_training,
    "maintainers.md": maintainers,
    "own_data.md": own_data,
    "environments.md": environments,
    "commands.md": commands,
    "first_contact.md": first_contact,
    "notebook.md": notebook,
    **{f"tour_{name}.md": partial(lambda name: tour()[name], name) for name in (*TOUR, *SEEN)},
    "calibration.md": calibrate_check.table,
}


def with_counts(readme: str, page: str) -> str:
    """Return README with the counts of the ledger, and of the dated table of the last run on a page."""
    run = {name: int(number) for name, number in re.findall(r"^([a-z ]*[a-z]) .* (\d+)$", page, re.MULTILINE)}
    claims = ledger().claims.values()
    printed, noted = printed_in(claims)
    decided = sum(run.get(word.name, 0) for word in DECIDED)
    verdicts = ", ".join(word.counted(run[word.name]) for word in DECIDED if word.name in run)
    said = (
        f"Of {printed + noted} results, {printed} printed in the book and {noted} in the authors' notebook, "
        f"[the last run](docs/verdicts.md#the-last-run) decided {decided}: {verdicts}."
    )
    lines = textwrap.fill(said, 128, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
    readme = re.sub(r"the \d+ results that", f"the {printed} results that", readme)
    readme = re.sub(r"\[\d+ errors\]", f"[{len(errata(ledger()))} errors]", readme)
    return re.sub(r"- Of \d+ results, .*?substitute data\.", lambda _: lines, readme, flags=re.DOTALL)


def write_parts(folder: Path) -> None:
    """Write all parts to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in PARTS.items():
        (folder / name).write_text(make(), "utf-8")


if __name__ == "__main__":
    write_parts(MADE)
    README.write_text(with_counts(README.read_text("utf-8"), LAST_RUN.read_text("utf-8")), "utf-8")
