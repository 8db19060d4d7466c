"""The report's page of a small made-up run: its content, links and order."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.reporting.made_up_page import CLAIMS, ENVIRONMENT, Page, made_up, packed, unpacked
from tests.reporting.package_samples import with_samples
from workshop.execution.catalogue import catalogue
from workshop.figures.model import Figure, Matrix
from workshop.ledger import ledger
from workshop.reporting.describe import unit_rows
from workshop.reporting.report import view
from workshop.reporting.report.overview import stamped
from workshop.reporting.report.page import page, timeless_page, write_page
from workshop.samples import recorded
from workshop.samples.model import ReferenceSample, Run
from workshop.verification.results import Notices, Record, Results
from workshop.verification.verdicts import BASES, MEANINGS, VERDICTS
from workshop.wording.words import WORD_OF, WORDS


@pytest.fixture(autouse=True)
def _recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Record ten runs of the made-up unit, one of them crashed, and keep the package's own samples."""
    values = [0.21 + 0.01 * i for i in range(9)]
    runs = [Run(2 * i + 1, 0, "2026-01-01", 0.1, "", (value,)) for i, value in enumerate(values)]
    runs.append(Run(99, 0, "2026-01-01", 0.1, "died", ()))
    made = {"tensorflow": "2.21.0", "keras": "3.15.1", "device": "cpu"}
    sample = ReferenceSample("ch09.ex01", (made,), ("iris from elsewhere",), ("loss",), tuple(runs))
    real = recorded.reference_sample
    monkeypatch.setattr(
        recorded,
        "reference_sample",
        lambda unit, environment, folder: (
            sample
            if (unit, environment["device"]) == ("ch09.ex01", "cpu")
            else real(unit, environment, folder)
        ),
    )


def shown(**options: Any) -> Page:
    """Return the page of the made-up run."""
    return Page(page(*made_up(), **options))


def test_editors_notes_are_not_on_the_page() -> None:
    """Neither those of a unit nor those of a claim; what it does and pitfalls are, with joined lines."""
    text = unpacked(page(*made_up()))

    assert "scan" not in text
    assert "<p>A line is fitted. It fits.</p>" in text
    assert '<p>Take the data.</p><p class="item">1. Fit them.</p><p class="item nested">- Twice.</p>' in text


def test_page_asks_for_nothing_else() -> None:
    """Nothing is loaded from elsewhere: links lead into the page, which contains its styles and scripts."""
    text = page(*made_up())

    content = Page(text)
    links = {link for link in content.attributes("href") if not link.startswith("data:image/png;base64,")}
    assert {link.split("#")[0].split("=")[0] for link in links} == {"", "?chapter", "?verdict"}
    assert not {name for _, attributes in content.elements for name in attributes} & {
        "src",
        "srcset",
        "action",
    }
    assert not re.search(r"https?:|@import|url\(|fetch\(", text)


def test_every_link_leads_somewhere_and_every_claim_is_an_anchor() -> None:
    """Units and claims are anchors under their ids, each once; no link of the page leads nowhere."""
    content = shown()

    ids = content.attributes("id")
    assert len(ids) == len(set(ids))
    assert {f"{unit}.{claim['id']}" for unit in CLAIMS for claim, _ in CLAIMS[unit]} | set(CLAIMS) <= set(ids)
    links = {
        link.removeprefix("#print-").removeprefix("#") for link in content.attributes("href") if "#" in link
    }
    assert {link for link in links if "?" not in link} <= set(ids)


def test_runs_that_differ_in_time_and_memory_share_a_page() -> None:
    """It has marks in two places, which no page shows."""
    results, made = made_up()
    later = {**ENVIRONMENT, "date": "2027-03-04T05:06:07+00:00", "memory": 2100}

    shared = timeless_page(results, made)

    assert shared == timeless_page(replace(results, environment=later), made)
    text = page(replace(results, environment=later), made)
    assert text == stamped(shared, later)
    assert "run again on 4 March 2027" in text
    assert "at most 2.1 GB a process" in text
    assert "\0" in shared
    assert "\0" not in text


def test_rows_begin_closed() -> None:
    """Units and claims are rendered closed, so that a page of the whole book opens at once."""
    details = [a for tag, a in shown().elements if tag == "details"]

    rows = [a for a in details if {*(a.get("class") or "").split()} & {"unit", "claim"}]
    assert len(rows) == 11
    assert not any("open" in attributes for attributes in rows)


def test_the_books_own_calls_are_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are text in an element of their own; a unit without them has none."""
    calls = SimpleNamespace(text="result = fit(0 <b> 1)\n")
    monkeypatch.setattr(view, "book_calls", lambda: {"ch09.ex01": calls})

    content = shown()

    assert [a.get("class") for tag, a in content.elements if tag == "pre"] == ["calls"]
    assert "result = fit(0 <b> 1)" in content.text


def failed() -> Page:
    """Return the page of the made-up run in which a claim of the book and one of our own failed."""
    results, made = made_up()
    tags, moved = (f"ch09.{name}" for name in ("ex01.tags", "ex02.moved"))
    wrong = {"verdict": "failed", "margin": -0.5, "reason": "made up"}
    claims = tuple(replace(r, **wrong) if r.id in (tags, moved) else r for r in results.claims)
    return Page(page(Results(ENVIRONMENT, claims), made))


def test_failures_come_first_and_are_open() -> None:
    """The alarm is the first section, has both values, the miss and two commands; the rows are open."""
    content = failed()

    sections = [a.get("id") for tag, a in content.elements if tag == "section"]
    assert sections[:2] == ["failed", "overview"]
    alarm = content.text[content.text.index("2 results failed") : content.text.index("Packt, 2020")]
    for text in ("</script><b>", "Missed by 0.5", "workshop bisect ch09.ex01.tags", "--no-store"):
        assert text in alarm
    assert alarm.index("ch09.ex02.moved") < alarm.index("the suite's own check")
    opened = [a["id"] for tag, a in content.elements if tag == "details" and "open" in a and a.get("id")]
    assert opened == ["ch09.ex01", "ch09.ex01.tags", "ch09.ex02", "ch09.ex02.moved"]
    assert "2 failed · The Deep Learning Workshop" in content.text
    assert "2 results disagree, and nothing recorded explains it." in content.text


def test_without_failures_there_is_no_alarm() -> None:
    """Nothing is red where nothing failed."""
    content = shown()

    assert "failed" not in content.attributes("id")
    assert "nothing disagrees" in content.text


def test_text_of_the_ledger_is_text() -> None:
    """Tags in a claim are shown and not run, and they do not end the script that contains the samples."""
    content = shown()

    assert "A <script>alert(1)</script>" in content.text
    assert "</script><b>" in content.text
    assert [tag for tag, _ in content.elements].count("script") == 2


def test_each_printed_result_is_a_square() -> None:
    """The map has a link with verdict, place and words for each of the book's results, and only for these."""
    squares = [a for tag, a in shown().elements if (a.get("class") or "").startswith("q ")]

    assert [square["href"] for square in squares] == [
        f"#{unit}.{claim['id']}" for unit in CLAIMS for claim, _ in CLAIMS[unit] if not claim.get("ours")
    ]
    assert squares[1]["aria-label"] == "book wrong, Exercise 9.01: the shape"
    assert squares[1]["class"] == "q k-wrong"


def test_units_count_the_books_results() -> None:
    """A unit names its verdicts for those who can't see squares, without our own claims."""
    little = [a for _, a in shown().elements if a.get("class") == "little"]

    assert [a["aria-label"] for a in little] == [
        "2 holds, 1 book wrong",
        "3 book wrong, 1 deferred, 1 no data",
    ]


def test_a_row_describes_its_claim_in_full() -> None:
    """A row has the documented and measured values, rule, reason, finding, seeds and the command."""
    results, ledger_ = made_up()

    (chapter,) = view.chapters(results, ledger_, {})

    cards = {card.claim.name: card for unit in chapter.units for card in unit.claims}
    rows = dict(cards["loss"].details)
    assert rows["printed"] == "0.25"
    assert rows["notebook"] == "0.23 (authors' notebook)"
    assert rows["measured"] == "median 0.26, 0.24 to 0.29 over 5 seeds"
    assert rows["  naive"] == "0.3 on all 5 seeds"
    assert rows["seeds"] == "2, 4, 6, 8, 10"
    assert rows["needs"] == "iris"
    assert rows["verdict"] == "reproduced: made up"
    assert cards["shape"].rows[:5] == (
        ("in short", "Made up. It is another one."),
        ("printed", "this"),
        ("right", "that"),
        ("proof", "Both were compared."),
        ("consequence", "wrong, or will not run"),
    )
    assert dict(cards["shape"].details)["printed"] == "2, 3 (page 7)"
    assert dict(cards["shape"].details)["correct"] == "3, 2"
    assert dict(cards["moved"].details)["finding"] == "changed with Keras ≥ 3: Keras dropped it"
    assert cards["loss"].command == "workshop verify ch09.ex01.loss --no-store"
    assert cards["later"].command == "workshop verify ch09.ex02.later --full --no-store"
    assert cards["shape"].sample is None


def test_a_reader_sees_which_claims_recorded_runs_decided() -> None:
    """A word in the row, a filter, a line of the overview, and the details; nothing in older results."""
    results, ledger_ = made_up()
    loss, *others = results.claims
    loss = replace(loss, basis="recorded", notices=Notices(2e-5, None))
    others = [replace(other, basis="run here") for other in others]

    now = page(Results(ENVIRONMENT, (loss, *others)), ledger_)
    old, new = Page(page(results, ledger_)), Page(now)

    words = [a["title"] for tag, a in new.elements if tag == "em" and "title" in a]
    assert words == [f"decided on: {BASES[basis]}" for basis in ("recorded", *["run here"] * len(others))]
    bases = [claim["basis"] for claim in packed(now)["claims"]]
    assert bases == ["recorded"] + ["run here"] * len(others)
    assert [a["name"] for tag, a in new.elements if tag == "select"] == ["kind", "evidence", "needs", "basis"]
    assert "Decided: 5 ran here, 1 rests on recorded runs" in new.text
    assert "Any change of a repeated run beyond rounding would be noticed." in new.text
    assert [a["name"] for tag, a in old.elements if tag == "select"] == ["kind", "evidence", "needs"]
    for text in ("Decided:", "decided on:", "repeated run"):
        assert text not in old.text


def test_sample_of_a_stochastic_claim() -> None:
    """The strip names book, notebook, baseline, today and recorded runs; the script why not to compare."""
    content = shown()

    assert "This run's median is 0.26, and the naive forecast gives 0.3." in content.text
    strips = [a for tag, a in content.elements if tag == "svg"]
    assert [strip["class"] for strip in strips] == ["strip f-w", "strip"] * 2  # in front, and in the row
    words = (
        "book 0.25; notebook 0.23; naive 0.3; this run 0.26 (0.24 to 0.29); "
        "10 recorded runs 0.21 to 0.29, median 0.25; 1 crashed, not drawn"
    )
    assert [a["aria-label"] for tag, a in content.elements if a.get("role") == "img" and tag == "div"] == [
        words
    ] * 2
    assert "on a substitute: iris from elsewhere" in content.text
    number = content.own["numbers"]["ch09.ex01.loss"][""]
    assert number["known"]["runs"] == []  # they rest on a substitute
    assert "substitute data" in number["words"]["reason"]
    assert number["words"]["naive"] == 0.3


def test_a_missing_sample_is_mentioned() -> None:
    """Where no runs are recorded on the results' device the card says so, and how to record them."""
    content = Page(page(*made_up({"device": "gpu"})))

    assert "a CPU's runs say nothing here: on a GPU, workshop record ch09.ex01 --repeats" in content.text
    number = content.own["numbers"]["ch09.ex01.loss"][""]
    assert number["known"]["runs"] == []


def test_claims_of_another_version_are_named() -> None:
    """Claims that are not in the ledger are left out and named."""
    results, ledger_ = made_up()
    other = Record(**{**vars(results.claims[0]), "id": "ch09.ex03.gone", "unit": "ch09.ex03"})

    content = Page(page(Results(ENVIRONMENT, (*results.claims, other)), ledger_))

    assert "ledger does not have them: ch09.ex03.gone" in content.text
    assert "ch09.ex03.gone" not in content.attributes("id")


def test_a_unit_names_its_code() -> None:
    """The card of a unit names files and functions, as `workshop show` does."""
    record = made_up()[0].claims[0]
    claim = ledger().units["ch05.ex04"].claims[0]
    results = Results(ENVIRONMENT, (replace(record, id=claim.id, unit=claim.unit, measured=None),))

    code = {"ch05.ex04": catalogue(["ch05"]).code("ch05.ex04")}
    ((unit,),) = [chapter.units for chapter in view.chapters(results, ledger(), {}, code)]
    content = Page(page(results, ledger(), code=code))

    assert unit.rows == unit_rows(unit.unit, code["ch05.ex04"])
    assert any("exercise_5_04" in text for _, text in unit.rows)
    for _, text in unit.rows:
        assert text in content.text


def test_figures_are_in_their_unit() -> None:
    """A unit's figures are shown with their titles and texts."""
    matrix = Matrix(((1.0, 2.0), (3.0, 4.0)))
    content = shown(figures={"ch09.ex02": [Figure("Curves & co", "two numbers", (matrix,))]})

    (place,) = [
        n for n, (tag, a) in enumerate(content.elements) if tag == "table" and "f-book" in (a["class"] or "")
    ]
    units = [a["id"] for tag, a in content.elements[:place] if (a.get("class") or "").startswith("unit")]
    assert units[-1] == "ch09.ex02"
    assert [tag for tag, _ in content.elements[:place]][-6:-4] == ["figure", "figcaption"]
    assert "Curves & co" in content.text


def test_a_figure_that_is_not_drawn_costs_a_line() -> None:
    """It says why; a folded figure waits below the others."""
    chart = Matrix(((1.0, 2.0), (3.0, 4.0)))
    figures = [Figure("Curves", "not drawn: no curves"), Figure("More", "numbers", (chart,), folded=True)]
    content = shown(figures={"ch09.ex02": figures})

    assert "Curves not drawn: no curves" in " ".join(content.text.split())
    assert [a.get("class") for tag, a in content.elements if tag == "details"].count("folded") == 1


def test_the_errors_of_the_book_are_written_for_readers() -> None:
    """A card has title, sentence, printed and right value, and the proof in words; the worst comes first."""
    content = shown()

    cards = [a["data-claim"] for tag, a in content.elements if tag == "article" and "data-claim" in a]
    assert cards == ["ch09.ex02.large", "ch09.ex01.shape", "ch09.ex02.small", "ch09.ex02.wrong"]
    for words in ("Made up", "It is another one.", "this", "that", "Both were compared."):
        assert words in content.text


def test_an_error_of_another_version_has_no_words_for_readers() -> None:
    """It is shown first, with what is printed, and nothing breaks."""
    results, ledger = made_up()
    plain = next(r for r in results.claims if r.verdict == "reproduced" and not r.ours)
    refuted = replace(plain, verdict="refuted")
    results = replace(results, claims=tuple(refuted if r is plain else r for r in results.claims))

    content = Page(page(results, ledger))

    assert content.attributes("data-claim")[0] == plain.id


def test_undecided_errors_are_apart() -> None:
    """A recorded error that the run deferred is not an error of the run, and its command is a full run."""
    content = shown()

    assert "1 is likely, but not confirmed in this run" in content.text
    rows = [a["data-claim"] for tag, a in content.elements if tag == "tr" and "data-claim" in a]
    assert rows == ["ch09.ex02.later"]
    assert "workshop verify ch09.ex02.later --full --no-store" in content.text


def test_changes_are_listed_by_version() -> None:
    """The list says how many claims changed in this run, and names the TensorFlow of each Keras."""
    content = shown()
    counted = "2 claims (1 recorded but not decided in this run, 1 of our own)"

    assert f"changed there: {counted}" in content.text
    assert f"TensorFlow 2.16 first brought Keras 3. {counted}" in content.text
    assert content.text.count("Keras dropped it") == 1 + 2  # in the list, and in the row of each claim
    assert "workshop compare old.json new.json" in content.text


def test_one_set_of_totals_without_our_own() -> None:
    """Sentence, figures, legend and chapter count the book's results; our own have a line of their own."""
    content = shown()

    decided = (
        "Of the book's 8 printed results this run decided 6: 2 hold as printed, and 4 are wrong in print."
    )
    assert decided in content.text
    assert "Nothing disagrees without a known reason." in content.text
    assert "Show the suite's own check, too" in content.text
    assert "never part of the totals: 1 was changed by later libraries" in " ".join(content.text.split())
    assert "6 of 8 decided" in content.text


def test_a_partial_run_says_so() -> None:
    """It names its part of the book, and how many results the book has."""
    results, ledger_ = made_up()
    part = tuple(record for record in results.claims if record.unit == "ch09.ex01")

    content = Page(page(Results(ENVIRONMENT, part), ledger_))

    assert "3 of the 3 results of exercise 9.01 were decided; the book has 8" in content.text


def test_results_of_an_older_schema_show_no_recorded_runs() -> None:
    """The card says so; no runs of the package take their place."""
    results, ledger_ = made_up()
    older = tuple(replace(record, sample=None) for record in results.claims)

    content = Page(page(Results(ENVIRONMENT, older), ledger_))

    assert "These results have no recorded runs: run `workshop verify --json` again" in content.text
    number = content.own["numbers"]["ch09.ex01.loss"][""]
    assert number["known"]["runs"] == []


def test_page_of_the_whole_ledger() -> None:
    """Each claim of the ledger has its row; all reference samples together stay small."""
    whole = ledger()
    records = [
        Record(
            c.id, c.unit, c.ours, "deferred", c.documented, None, {}, c.rule.text(), None, (), 0.0, "later"
        )
        for c in whole.claims.values()
    ]

    text = page(with_samples(Results(ENVIRONMENT, tuple(records)), whole), whole)

    assert set(whole.claims) <= set(re.findall(r' id="([^"]+)"', unpacked(text)))
    assert set(whole.units) <= set(re.findall(r' id="([^"]+)"', text))
    assert len(text.encode()) < 2.2e6  # of 2.5 MB; figures take the rest
    numbers = packed(text)["own"]["numbers"].items()
    with_runs = {
        name for name, its in numbers if any(each["known"].get("runs") is not None for each in its.values())
    }
    assert with_runs == {c.id for c in whole.claims.values() if c.rule.name == "reference"}


def test_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """The page's folder is created, and contains nothing else."""
    write_page(*made_up(), tmp_path / "new" / "page.html")

    assert [file.name for file in (tmp_path / "new").iterdir()] == ["page.html"]


def test_verdicts_are_explained_and_lead_to_their_claims() -> None:
    """Each word has its meaning and the engine's verdicts, and those of the run lead to their claims."""
    results, _ = made_up()
    content = shown()

    for word in WORDS:
        assert word.meaning in content.text
    for verdict, meaning in MEANINGS.items():
        assert f"{verdict} ({meaning})" in content.text
    for word in {WORD_OF[record.verdict] for record in results.claims if not record.ours}:
        assert f"?verdict={word.key}#chapters" in content.attributes("href")


def test_every_verdict_has_a_meaning() -> None:
    """No verdict is without a meaning."""
    assert list(MEANINGS) == list(VERDICTS)
