"""Every command and every Python example of README and docs/ is run, or read by the real command line."""

import doctest
import json
import os
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.contenders import PATHS
from tests.setup.commands import COMMANDS, VARIABLES, check, is_name, row_of
from tests.setup.documents import PAGES, ROOT, blocks, commands_of, first_column, inline_commands, words_of
from workshop.datasets import model
from workshop.ledger import Chapter, Claim, ledger
from workshop.ledger.rules import vocabulary
from workshop.ledger.written import write_out
from workshop.reporting.errata import errata
from workshop.verification.results import Record
from workshop.verification.verdicts import VERDICTS
from workshop.wording.words import WORD_OF, WORDS

LANGUAGES = {"sh", "python", "json", "yaml", "text"}


@pytest.fixture
def reader(tmp_path, monkeypatch) -> Path:
    """Give a reader's folder: an empty cache and no mirror."""
    for name in VARIABLES - {"TF_CPP_MIN_LOG_LEVEL", "CUDA_VISIBLE_DEVICES"}:
        monkeypatch.delenv(name, raising=False)
    for name in ("TF_CPP_MIN_LOG_LEVEL", "WORKSHOP_THREADS"):  # which the engine sets: put back afterwards
        monkeypatch.setenv(name, os.environ.get(name, "1"))
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.nightly  # and in `nox -s docs`
@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_works(page, reader, request):
    """Its commands and examples, in the order of the page, do what they say; no command goes untested."""
    found, prose = blocks(PAGES[page])
    names: dict[str, Any] = {"__name__": "__main__"}

    for block in found:
        if block.language == "sh":
            for command in commands_of(block):
                check(command, request.config)
        if block.language == "python":
            play(block.text, names, f"{page}, line {block.line}")
    for command in inline_commands(prose):
        check(f"{command} --help" if is_name(command) else command, request.config)


def play(text: str, names: dict[str, Any], where: str) -> None:
    """Run a session of Python and compare what it prints."""
    test = doctest.DocTestParser().get_doctest(text, names, where, None, 0)
    assert test.examples, f"{where}: write an example as a session (>>>), so that its output is tested, too"
    output: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=output.append, clear_globs=False)
    names.update(test.globs)
    assert runner.failures == 0, "".join(output)


def test_no_row_of_the_table_is_left_over():
    shown: set[str | None] = set()
    for text in PAGES.values():
        found, prose = blocks(text)
        commands = [c for block in found if block.language == "sh" for c in commands_of(block)]
        shown |= {row_of(words_of(command)[1]) for command in [*commands, *inline_commands(prose)]}

    assert shown - {None} == set(COMMANDS)


@pytest.mark.parametrize("page", PAGES)
def test_the_language_of_each_block_is_known(page):
    found, _ = blocks(PAGES[page])

    assert {block.language for block in found} <= LANGUAGES


def test_results_are_shown_as_they_are_written():
    shown = [b for text in PAGES.values() for b in blocks(text)[0] if b.language == "json"]

    assert shown
    for block in shown:
        results = json.loads(block.text)
        assert list(results) == ["schema", "environment", "claims"]
        assert [list(claim) for claim in results["claims"]] == [[field.name for field in fields(Record)]]


def test_entries_of_ledger_and_registry_are_valid():
    """Every YAML on a page is read by the model of what it is an entry of."""
    shown = [b for text in PAGES.values() for b in blocks(text)[0] if b.language == "yaml"]

    for block in shown:
        for entry in yaml.safe_load(block.text):
            if "rule" in entry:
                unit = {"id": "ch09.ex01", "title": "t", "procedure": "p", "pitfalls": "-", "claims": [entry]}
                chapter = {"chapter": 9, "title": "made up", "units": [unit]}
                assert Chapter.model_validate(write_out(chapter)).units[0].claims[0].name == entry["id"]
            else:
                assert model.DataSet.model_validate(entry).id == entry["id"]
    assert shown


PROVIDERS = {
    name
    for kind in model.Provider.__args__[0].__args__
    for name in kind.model_fields["kind"].annotation.__args__
}
# variables of the environment that belong to this package, wherever they are read or set
OWN_VARIABLES = {
    name
    for folder in (
        "workshop",
        "benchmarks",
        "tests/attacks",
        "tests/browser",
        "tests/hostile",
        "tests/verification/test_messages.py",
        "noxfile.py",
    )
    for path in ([ROOT / folder] if folder.endswith(".py") else (ROOT / folder).rglob("*.py"))
    for name in re.findall(r"\bWORKSHOP_[A-Z]+\b", path.read_text("utf-8"))
}
# page, heading of a table's first column, what that column must name
TABLES = [
    ("docs/verdicts.md", "word", [f"{word.sign} {word.name}" for word in WORDS]),
    ("docs/commands.md", "variable", OWN_VARIABLES),
    ("docs/verdicts.md", "rule", vocabulary()),
    ("docs/data.md", "provider", PROVIDERS),
    ("docs/claim.md", "key", {*Claim.model_fields, "also"} - {"what"}),
    ("docs/results.md", "key of a claim", [field.name for field in fields(Record)]),
    ("docs/benchmarks.md", "path", PATHS),
]


@pytest.mark.parametrize(("page", "heading", "names"), TABLES, ids=[table[0] for table in TABLES])
def test_a_table_names_all_that_there_is(page, heading, names):
    """A table of a page has a row for everything that the code has, and for nothing else."""
    assert sorted(first_column(PAGES[page], heading)) == sorted(names)


def test_every_verdict_is_explained_by_its_word():
    """The table of verdicts has each verdict of the engine in the row of its word, and nowhere else."""
    rows = {
        cells[1].split()[1]: set(re.findall(r"`([^`]+)`", cells[2]))
        for cells in (line.split("|") for line in PAGES["docs/verdicts.md"].splitlines())
        if len(cells) == 6 and cells[1].split()[:1] in [[word.sign] for word in WORDS]
    }

    assert rows == {
        word.name.split()[0]: {verdict for verdict in VERDICTS if WORD_OF[verdict] == word} for word in WORDS
    }


# errors that README shows: the claim, and the words of its row that the ledger has, too
SHOWN_ERRORS = [
    ("ch05.text01.company", "2,514 days of Apple", "2,514 days of IBM"),
    ("ch05.text05.formula", "n² + nk + nm", "n² + nm + n"),
    ("ch07.ex05.text_confused", "0.5 means a confused discriminator", "a perfect one also has 0.5"),
]


@pytest.mark.parametrize(("claim", "printed", "right"), SHOWN_ERRORS)
def test_the_errors_that_are_shown_are_the_ledgers(claim, printed, right):
    (erratum,) = (each for each in errata(ledger()) if each.claim.id == claim)
    lines = PAGES["README.md"].splitlines()

    assert printed in erratum.printed
    assert right == erratum.right
    assert any(
        line.startswith(f"| {erratum.claim.page} |") and printed in line and right in line for line in lines
    )


def test_the_first_screen_answers_what_a_newcomer_asks():
    """60 words stand before the first command; 50 lines name the book, the ways in and their price."""
    text = PAGES["README.md"]
    first = " ".join(text.splitlines()[:50])

    for words in (
        "The Deep Learning Workshop", "Baig", "Joseph", "Sadvilkar", "Silaparasetty", "Anthony So", "Packt",
        "2020", "docs/check.png", "nox -s verify", "nox -s tests", "minutes", " MB ", "disk", "verify.html",
    ):  # fmt: skip
        assert words in first
    before = re.sub(r"!\[.*\]\(.*\)", "", text[: text.index("```")])
    assert len(before.split()) <= 60
    assert len(text.split()) <= 900


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page):
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", blocks(PAGES[page])[1])

    assert [target for target in targets if not (ROOT / page).parent.joinpath(target).exists()] == []


def test_the_docs_are_short():
    """At most 28 pages, seven of them one a chapter, and 24,000 words, without what the build writes."""
    docs = [name for name in PAGES if name.startswith("docs/")]

    assert len(docs) <= 28
    assert sum(name.startswith("docs/chapter_") for name in docs) == 7
    texts = [
        re.sub(r"<!-- shares -->.*<!-- end of shares -->", "", PAGES[name], flags=re.DOTALL) for name in docs
    ]
    assert sum(len(text.split()) for text in texts) <= 24_000


def test_the_home_page_opens_with_three_commands():
    first = blocks(PAGES["docs/index.md"])[0][0]

    assert first.line < 10
    assert len(list(commands_of(first))) == 3


# commands that must fail, and the message
WRONG = [
    ("workshop verify ch02 --fast", "exit code 2"),
    ("workshop verify ch08", "no claim is named 'ch08'"),
    ("workshop record ch05.text99", "no claim is named 'ch05.text99'"),
    ("workshop data fetch irys", "no data set is named irys"),
    ("workshop data", "exit code 2"),
    ("workshop list ch08", "no claim is named 'ch08'"),
    ("pytest --fast", "unrecognized arguments: --fast"),
    ("pytest benchmark", "benchmark: no such file or folder"),
    ("pytest -k ch02.ex99", "no claim is named 'ch02.ex99'"),
    ("nox -s doc", "no session doc"),
    ("nox -s verify -- --fast", "exit code 2"),
    ("nox -s matrix -- py311-tf215-k3", "no environment is named py311-tf215-k3"),
    ("nox -s matrix -- py37-tf21 -- ch08", "no claim is named 'ch08'"),
    ("nox -s matrix -- minimums -- --fast", "exit code 2"),
    ("nox -s attacks -- kil", "no attack is named kil"),
    ("nox -s attacks -- contact fetsch", "no step is named fetsch"),
    ("nox -s tests -- machines abroud", "no machine or trait is named abroud"),
    ("nox -s tests -- machines abroad -- --fast", "unrecognized arguments: --fast"),
    ("tox -e py37-tf22", "no environment is named py37-tf22"),
    ("tox -e py37-tf21 -- --fast", "exit code 2"),
    ("nox -s tests -- --fast", "unrecognized arguments: --fast"),
    ("pip install --group documentation", "no such group or extra"),
    ("pip install -e '.[tpu]'", "no such group or extra"),
    ("export WORKSHOP_MIROR=/mirror", "nothing reads this variable"),
    ("WORKSHOP_THREDS=2 nox -s bench", "nothing reads this variable"),
    ("source .venv/bin/activte", ".ci/run does not type it"),
]


@pytest.mark.parametrize(("command", "message"), WRONG)
def test_a_wrong_command_fails(command, message, reader, request):
    """A misspelt option, claim, data set, session, extra or variable on a page makes its test fail."""
    with pytest.raises(pytest.fail.Exception, match=re.escape(message)):
        check(command, request.config)
