"""The documentation: what its scripts generate and check, and the facts about the package that it states."""

import re

import nox
import pytest
import typer
import yaml

import workshop
from scripts import make_pages
from tests.attacks.contact.decided import when_decided
from tests.reporting.made_up_run import ENVIRONMENT
from tests.setup.documents import PAGES, ROOT
from tests.toy.records import record
from workshop.book import package_book
from workshop.cli.app import app
from workshop.figures.files import as_json
from workshop.figures.model import Figure
from workshop.ledger import ledger
from workshop.matrix.table import table
from workshop.reporting.errata import changes, errata, unconfirmed
from workshop.verification.results import claims_text, write_file


def test_every_error_of_the_book_is_on_the_page_once():
    """The worst errors have a heading with the claim's id as anchor, the others a row with it."""
    text = make_pages.worst_errors() + make_pages.other_errors()

    anchors = re.findall(r'\{ #([\w.]+) \}|<a id="([\w.]+)">', text)

    assert sorted(heading or row for heading, row in anchors) == sorted(e.claim.id for e in errata(ledger()))
    assert "2,514 days of IBM" in text


def test_each_result_on_new_data_is_in_the_table_once():
    *rows, last = make_pages.first_contact().splitlines()[2:]
    decided = when_decided(package_book())
    found = {
        f"{unit.strip(' `')}.{name}": column
        for unit, *cells in (row.strip("|").split("|") for row in rows)
        for column, cell in zip(("at once", "after recording", "in full"), cells, strict=True)
        for name in re.findall(r"`(\w+)`", cell)
    }
    assert found == decided
    assert last.startswith(f"| {len(decided)} in all |")


def test_what_is_not_confirmed_is_no_error_on_the_page():
    """It has a table of its own, with what would confirm it, and is not counted."""
    rows = make_pages.unconfirmed_errors()

    assert all(one.claim.id in rows and one.confirms for one in unconfirmed(ledger()))
    assert f"{len(errata(ledger()))} errors" in make_pages.counted()


def test_results_changed_by_versions_are_listed():
    """Each finding that a later version changed is a row; the discriminator of Keras 3 is one."""
    rows = make_pages.changed_results().splitlines()[2:]

    assert len(rows) == len(changes(ledger()))
    assert any("Keras ≥ 3.0" in row and "discriminator learns nothing" in row for row in rows)


def test_every_unit_is_on_the_page_of_its_chapter():
    """Under its id, with what it does, the number of the book's claims, its functions and its data."""
    chapters = {number: make_pages.chapter(number) for number in (5, 7)}

    for number, text in chapters.items():
        own = [unit for unit in ledger().units.values() if unit.id.startswith(f"ch0{number}")]
        assert re.findall(r"^##+ .* \{ #(.*) \}$", text, re.MULTILINE) == [unit.id for unit in own]
        assert all(unit.procedure in text for unit in own)
    claims = sum(not claim.ours for claim in ledger().units["ch05.ex04"].claims)
    facts = f"Page 249 · `ch05.ex04` · {claims} results · needs `aapl_csv` · `exercise_5_04"
    assert re.sub("Page [0-9]+", "Page 249", chapters[5]).count(facts) == 1
    assert "def exercise_5_04_in_keras(" in chapters[5]


@pytest.mark.parametrize(
    ("unit", "drawn"), [("ch03.ex03", False), ("ch02.act01", False), ("ch02.act01", True)]
)
def test_a_run_of_a_part_has_the_figures_of_that_part(monkeypatch, tmp_path, unit, drawn):
    claim = ledger().units[unit].claims[0]
    measured = record(claim, "undecided")
    file = tmp_path / "verify.json"
    figures = as_json({unit: [Figure("The training", "a line")]} if drawn else {})
    write_file(ENVIRONMENT, claims_text([measured]), file, figures)
    monkeypatch.setattr(make_pages, "RUN", file)
    monkeypatch.setattr(make_pages, "last_run", make_pages.last_run.__wrapped__)

    assert make_pages.forecasts() == ""
    assert re.findall("<figure|in orange", make_pages.fresh_training()) == ["<figure", "in orange"] * drawn
    for number in (2, 3, 5):
        text = make_pages.chapter(number)
        assert all(f"{{ #{each} }}" in text for each in ledger().units if each.startswith(f"ch0{number}"))
        assert "****" not in text
    assert make_pages.worst_errors()


def test_the_build_writes_the_counts_of_readme():
    readme, page = PAGES["README.md"], PAGES["docs/verdicts.md"]
    old = re.sub("[0-9]+ hold|[0-9]+ errors", lambda old: f"1 {old[0].split()[1]}", readme)

    assert make_pages.with_counts(old, page) == make_pages.with_counts(readme, page) != old


def test_hidden_options_have_a_table():
    rows, help_ = make_pages.maintainers(), make_pages.commands()

    for option in ("--strict", "--fail-on", "--timeout"):
        assert f"| `{option}` |" in rows
    assert "--strict" not in help_


def test_every_environment_has_a_row():
    """The matrix's table has each environment with its Python, its TensorFlow, and why it is there."""
    lines = make_pages.environments().splitlines()[2:]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]

    environments = table().environments().values()
    assert [(*row[:3], row[4]) for row in rows] == [
        (f"`{each.name}`", each.python, each.tensorflow, table().reasons[each.name]) for each in environments
    ]


def test_every_command_and_option_is_shown():
    """The reference has a heading for each command that is not hidden, and the names of its options."""
    text = make_pages.commands()
    found = re.findall(r"^## (.*)$", text, re.MULTILINE)

    assert found[0] == "workshop"
    visible = [name for name, each in typer.main.get_command(app).commands.items() if not each.hidden]
    assert [words.split()[1] for words in found if len(words.split()) == 2] == visible
    for option in ("--seeds", "--mine", "--full", "--offline"):
        assert option in text


def test_the_notebook_is_a_page_with_its_outputs():
    """Cells become code, outputs tables and text; no output is cut by an empty line."""
    pytest.importorskip("nbformat", reason="needs the group docs: pip install --group docs")

    text = make_pages.notebook()

    assert 'ex = workshop.exercise("5.04")' in text
    assert "<table>" in text
    assert "\n\n" not in "".join(re.findall(r'<div class="output">.*?</div>', text, re.DOTALL))


def test_what_a_page_includes_is_generated():
    """Every part that a page includes is made by the script, and all are used."""
    included = {
        name for text in PAGES.values() for name in re.findall(r'^--8<-- "(.+)"$', text, re.MULTILINE)
    }

    assert included == {*make_pages.PARTS, "drawing.css"}


def test_all_pages_are_in_the_navigation():
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]

    listed = re.findall(r"[\w/]+\.md", yaml.safe_dump(nav))
    assert sorted(listed) == sorted(
        p.relative_to(ROOT / "docs").as_posix() for p in ROOT.glob("docs/**/*.md")
    )


def test_the_package_says_how_to_cite_it():
    """CITATION.cff has this version, this licence and the book with its authors, as the format wants them."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    project = nox.project.load_toml(ROOT / "pyproject.toml")["project"]

    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["version"] == workshop.__version__
    assert citation["license"] == project["license"]
    assert citation["authors"] == project["authors"]
    assert project["keywords"]
    (book,) = citation["references"]
    assert (book["title"], book["year"]) == ("The Deep Learning Workshop", 2020)
    assert [author["family-names"] for author in book["authors"]] == [
        "Baig", "Joseph", "Sadvilkar", "Silaparasetty", "So",
    ]  # fmt: skip
