"""The errors of the book: on the terminal, as Markdown and JSON."""

import json
import os
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.reporting.made_up_page import made_up
from tests.toy.commands import invoke
from tests.toy.records import record
from workshop.ledger import ledger
from workshop.reporting.errata import Erratum, changes, counted_errors, errata, unconfirmed
from workshop.reporting.errata.terminal import as_json, markdown, print_errata
from workshop.verification.results import Results, read_results
from workshop.verification.verdicts import Verdict

GAN = "ch07.text04.literal"
COMPANY = "ch05.text01.company"
ENVIRONMENT = {
    "tensorflow": "2.21.0",
    "keras": "3.15.1",
    "device": "cpu",
    "date": "2026-01-02T03:04:05+00:00",
}
HOSTILE = '<script>alert("1")</script> & *bold* [link](x)'


def found() -> list[Erratum]:
    """Return the errors of the ledger."""
    return errata(ledger())


def entries() -> list[Erratum]:
    """Return the errors of the ledger, what is not confirmed, and the changes."""
    return [*found(), *unconfirmed(ledger()), *changes(ledger())]


def run(**verdicts: Verdict) -> Results:
    """Return a run's results with these verdicts."""
    claims = ((ledger().claims[name.replace("__", ".")], verdict) for name, verdict in verdicts.items())
    return Results(ENVIRONMENT, tuple(record(claim, verdict) for claim, verdict in claims))


def test_errors_read_as_written(golden):
    results, book = made_up()
    found = errata(book, results), unconfirmed(book, results), changes(book)
    wide, narrow = (Console(file=StringIO(), width=width) for width in (100, 60))
    print_errata(*found, wide, "The run of 2026-01-02")
    print_errata(*found, narrow)
    hostile = replace(found[0][0], title=HOSTILE)
    golden(
        "errata.txt",
        {
            "a run": wide.file.getvalue(),  # type: ignore[attr-defined]
            "the ledger, 60 columns": narrow.file.getvalue(),  # type: ignore[attr-defined]
            "Markdown": markdown(*found, "The run of 2026-01-02"),
            "no markup in a title": markdown([hostile], [], []),
            "JSON": json.dumps(
                [as_json(one) for each in found for one in each[:1]], indent=1, ensure_ascii=False
            ),
        },
    )


def test_changes_begin_with_the_gan_that_stops_training():
    """Chapter 7's come first; each names later versions, and none of them is among the errors."""
    changed = changes(ledger())

    assert changed[0].claim.id == GAN
    assert changed[0].since == "Keras ≥ 3.0"
    assert all("≥" in one.since for one in changed)
    assert "ch04.text04.alice_today" not in {one.claim.id for one in changed}
    assert not {one.claim.id for one in changed} & {one.claim.id for one in found()}


@pytest.mark.parametrize(("width", "encoding"), [(60, "utf-8"), (80, "ascii"), (200, "utf-8")])
def test_the_list_fits_the_terminal(width, encoding, monkeypatch):
    monkeypatch.setattr(Console, "encoding", encoding)
    text = StringIO()
    print_errata(found(), unconfirmed(ledger()), changes(ledger()), Console(file=text, width=width))
    lines = text.getvalue().splitlines()

    assert max(map(len, lines)) <= min(width, 100)
    assert lines[3].startswith("***" if encoding == "ascii" else "◆◆◆")
    assert {one.claim.id for one in entries()} <= {*text.getvalue().split()}


def test_the_command_lists_parts_of_the_book(tmp_path):
    names = [one.claim.id for one in entries() if one.claim.id.startswith("ch05.")]
    listed = invoke("errata", "ch05", "--json")
    likely = [row["id"] for row in json.loads(invoke("errata", "--json").output)["unconfirmed"]]

    assert "1 error\n" in invoke("errata", "5.01.fig5_5").output
    assert (listed.exit_code, [row["id"] for row in json.loads(listed.output)["errata"]]) == (0, names)
    assert all(f"`{name}`" in invoke("errata", "ch05", "--markdown").output for name in names)
    assert likely == [one.claim.id for one in unconfirmed(ledger())]
    assert "No errors of the book are known there." in invoke("errata", "ch02.ex04").output
    assert invoke("errata", "--json", "--markdown").exit_code == 2
    assert "use --markdown" in invoke("errata", "--html", tmp_path).output


LOG, EVAL_LOSS = "ch02.act01.log", "ch02.act01.eval_loss"


def test_results_with_the_same_error_are_one_error():
    """It has the text of the first, names the others by place, and is counted once."""
    first, second = "ch06.text05.indices", "ch06.text05.same_format"
    (one,) = [one for one in found() if second in one.names]

    assert (one.claim.id, one.names) == (first, {first, second})
    assert one.also_text == f"ch. 6, after 6.01 ({second})"
    assert counted_errors([one]) == "2 results, 1 error"
    assert counted_errors([replace(one, also=()), one]) == "3 results, 2 errors"
    assert counted_errors([replace(one, also=())]) == "1 error"


def test_a_run_that_confirms_another_place_of_an_error_shows_it_there():
    """The first claim was not confirmed: the error has its text, and the place that was."""
    results = run(ch02__act01__log="undecided", ch02__act01__eval_loss="refuted")
    (one,) = errata(ledger(), results)

    first = ledger().claims[LOG].reader
    assert first is not None
    assert (one.claim.id, one.title, one.also) == (EVAL_LOSS, first.title, ())
    assert not [one for one in unconfirmed(ledger(), results) if LOG in one.names]


@pytest.mark.parametrize("verdict", ["undecided", "unavailable", "not testable", "failed", "reproduced"])
def test_only_what_the_run_confirmed_is_called_an_error(verdict):
    """All else stands apart, with what would confirm it: the ledger's words, or the run's."""
    results = run(
        ch05__text01__company=verdict, ch04__text12__text8_size=verdict, ch01__text02__scalar_rank="corrected"
    )
    apart = {one.claim.id: one.confirms for one in unconfirmed(ledger(), results)}

    assert [one.claim.id for one in errata(ledger(), results)] == ["ch01.text02.scalar_rank"]
    assert apart[COMPANY] == "made up"
    assert apart["ch04.text12.text8_size"] == ledger().claims["ch04.text12.text8_size"].unconfirmed
    assert apart[LOG] == f"workshop verify {LOG}"
    everywhere = {
        name for one in [*errata(ledger(), results), *unconfirmed(ledger(), results)] for name in one.names
    }
    assert everywhere == {claim.id for claim in ledger().claims.values() if claim.is_error}


def test_the_command_takes_the_readers_run(tmp_path, monkeypatch):
    """Its own results count if they have all that is asked for, and a file that is named always does."""
    monkeypatch.chdir(tmp_path)
    Path("results").mkdir()
    run(ch05__text01__company="undecided").write(Path("results/verify.json"))

    assert "A run of the whole book confirms them" in invoke("errata").output
    assert " 0 errors\n\n?   likely, but not confirmed" in invoke("errata", COMPANY).output
    assert " 0 errors\n" in invoke("errata", "--results", "results/verify.json").output
    run(ch05__text01__company="refuted").write(Path("results/verify.json"))
    head, whose, *_ = invoke("errata", COMPANY).output.splitlines()
    assert head.endswith(" 1 error")
    assert whose.startswith("The run of 2026-01-02 with TensorFlow 2.21.0, Keras 3.15.1, CPU")


def wrong_marks(results: Results) -> list[str]:
    """Return the errors of the ledger whose mark `unconfirmed` is not what a run of the whole book says.

    What needs data that were not there says nothing of the marks.
    """
    confirmed = {name for one in errata(ledger(), results) for name in one.names}
    verdicts = {record.id: record.verdict for record in results.claims}
    wrong = []
    for claim in ledger().claims.values():
        if claim.is_error and claim.unconfirmed is not None and claim.id in confirmed:
            wrong.append(f"{claim.id} is confirmed: remove `unconfirmed`")
        undecided = claim.id not in confirmed and verdicts.get(claim.id) not in {"unavailable", "deferred"}
        if claim.is_error and claim.unconfirmed is None and undecided:
            wrong.append(f"{claim.id} is {verdicts.get(claim.id)}: add `unconfirmed`")
    return wrong


def test_a_mark_that_a_run_contradicts_is_named():
    """A mark of what the run confirmed, and none of what it did not; missing data say nothing."""
    errors = [claim for claim in ledger().claims.values() if claim.is_error]
    marked = next(claim.id for claim in errors if claim.unconfirmed is not None)
    verdicts: dict[str, Verdict] = {
        claim.id.replace(".", "__"): "refuted" if claim.unconfirmed is None else "undecided"
        for claim in errors
    }
    company, log = COMPANY.replace(".", "__"), marked.replace(".", "__")

    assert wrong_marks(run(**verdicts)) == []
    assert wrong_marks(run(**{**verdicts, company: "unavailable"})) == []
    assert wrong_marks(run(**{**verdicts, company: "undecided"})) == [
        f"{COMPANY} is undecided: add `unconfirmed`"
    ]
    assert wrong_marks(run(**{**verdicts, log: "refuted"})) == [
        f"{marked} is confirmed: remove `unconfirmed`"
    ]


@pytest.mark.skipif("WORKSHOP_RESULTS" not in os.environ, reason="WORKSHOP_RESULTS names no results")
def test_the_ledgers_marks_are_those_of_a_given_run():
    assert wrong_marks(read_results(Path(os.environ["WORKSHOP_RESULTS"]))) == []
