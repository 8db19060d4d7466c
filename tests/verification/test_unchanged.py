"""An earlier run is read back where all that it depends on is as it was, and nowhere else."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.toy.bench import FIT_AND_SCORE
from tests.toy.commands import invoke
from workshop.execution import environment as environments
from workshop.execution import store as stores
from workshop.execution.planner import Given
from workshop.execution.store import Store
from workshop.figures.files import read_figures
from workshop.verification import unchanged
from workshop.verification.engine import Engine
from workshop.verification.results import split_file
from workshop.verification.unchanged import Earlier

CLAIMS = (
    {"id": "ch09.ex01.loss", "documented": 0.5, "needs": ["toy_data"]},
    {"id": "ch09.ex02.accuracy", "documented": 1.0, "needs": ["toy_data"]},
)


@pytest.fixture
def book(bench, data):
    """Return a bench with two units on a data set, and claims on both."""
    bench.units(FIT_AND_SCORE)
    bench.claims(*CLAIMS)
    bench.found["toy_data"] = data()
    return bench


def earlier(book, **options: Any) -> Earlier:
    """Return what is known of an earlier run like the one that an engine would make now."""
    return Earlier(book.engine(store=book.store, **options), list(book.ledger.claims.values()))


def run(book, figures: dict[str, Any] | None = None, **options: Any) -> str:
    """Make a run and keep it; return the text of its claims."""
    one = earlier(book, **options)
    path = book.folder / "results.json"
    one.write(one.engine.verify(one.claims), path)
    claims = split_file(path)[1]
    one.keep(claims, figures or {})
    return claims


def test_the_same_run_is_read_back(book, monkeypatch):
    """With its records, figures and file, and nothing is judged."""
    figures = {"ch09.ex01": [{"title": "t", "alt": "a"}]}
    claims = run(book, figures)
    before = (book.folder / "results.json").read_bytes()
    monkeypatch.setattr(Engine, "verify", lambda *_: pytest.fail("it was judged again"))

    again = earlier(book)

    assert again.results is not None
    assert [record.verdict for record in again.results.claims] == ["reproduced", "reproduced"]
    assert again.figures == figures
    again.write(again.results, book.folder / "again.json")
    after = (book.folder / "again.json").read_bytes()
    assert after.partition(b"\n")[2] == before.partition(b"\n")[2]
    assert split_file(book.folder / "again.json")[1] == claims
    assert again.results.environment.keys() == json.loads(before)["environment"].keys()


OPTIONS = [{"profile": "full"}, {"seed_count": 2}, {"strict": True}, {"services": True}]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_with_other_options_it_is_another_run(book, monkeypatch, options):
    """Whatever can change a record counts; how many processes there are cannot."""
    run(book)
    assert earlier(book, **options).results is None
    assert earlier(book, processes=2, timeout=5.0).results is not None


def _ledger(book, monkeypatch) -> None:
    book.claims(CLAIMS[0], {**CLAIMS[1], "documented": 1.5})


def _function(book, monkeypatch) -> None:
    book.units(FIT_AND_SCORE.replace("sum(", "1.0 * sum("))


def _fewer(book, monkeypatch) -> None:
    book.claims(CLAIMS[0])


def _package(book, monkeypatch) -> None:
    monkeypatch.setattr(stores, "package_digest", lambda: "of another version")


def _recorded(book, monkeypatch) -> None:
    (book.folder / "references").mkdir()
    (book.folder / "references" / "ch09.ex01.json").write_text("{}")


def _version(book, monkeypatch) -> None:
    monkeypatch.setattr(environments, "_versions", lambda: {"python": "3.11.7", "tensorflow": "9.9"})


def _other_data(book, monkeypatch) -> None:
    book.found["toy_data"] = type(book.found["toy_data"])("toy_data", "e", False, None, {}, "mirror", "c2")


def _no_data(book, monkeypatch) -> None:
    del book.found["toy_data"]


def _distrusted(book, monkeypatch) -> None:
    monkeypatch.setattr(unchanged, "distrusted_since", lambda checksum: 1.0)


def _library(book, monkeypatch) -> None:
    monkeypatch.setattr(unchanged, "installed", lambda name: False)


def _entry_gone(book, monkeypatch) -> None:
    next(book.store.rglob("*.outcome")).unlink()


def _entry_damaged(book, monkeypatch) -> None:
    entry = next(book.store.rglob("*.outcome"))
    entry.write_bytes(entry.read_bytes()[:-1])


def _other_entry(book, monkeypatch) -> None:
    entry = next(book.store.rglob("*.outcome"))
    stored = Store(book.store).get(entry.stem, (book.module,))
    Store(book.store).put(entry.stem, stored.outcome, seconds=stored.seconds + 1)


def _kept_changed(book, monkeypatch) -> None:
    (kept,) = book.store.glob("kept/runs/*.json")
    kept.write_bytes(kept.read_bytes().replace(b"reproduced", b"supported_"))


CHANGES = [
    _function, _ledger, _fewer, _package, _recorded, _version, _other_data, _no_data, _distrusted, _library,
    _entry_gone, _entry_damaged, _other_entry, _kept_changed,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_a_run_depends_on_makes_it_anew(book, monkeypatch, change):
    """One change each: of the ledger, the package, recorded runs, environment, data, libraries, store."""
    monkeypatch.setattr(unchanged, "installed", lambda name: True)
    run(book)
    assert earlier(book).results is not None
    change(book, monkeypatch)
    assert earlier(book).results is None


def test_an_outcome_that_turns_up_counts(book):
    """The run looked for it, and had to do without."""
    found = book.found.pop("toy_data")
    run(book)
    one = earlier(book)
    assert one.results is not None
    assert {record.verdict for record in one.results.claims} == {"unavailable"}
    key, *_ = one._found["entries"]
    Store(book.store).put(key, 1.0, seconds=1.0)
    assert earlier(book).results is None
    book.found["toy_data"] = found
    assert earlier(book).results is None


def test_a_newer_run_of_the_same_takes_the_place_of_the_older(book, monkeypatch):
    """What no longer holds is written over."""
    run(book)
    _other_entry(book, monkeypatch)
    claims = run(book)
    again = earlier(book)
    assert again.results is not None
    again.write(again.results, book.folder / "again.json")
    assert split_file(book.folder / "again.json")[1] == claims
    assert len(list(book.store.glob("kept/runs/*.json"))) == 1


def test_a_run_with_a_failure_is_made_again(book):
    """A function that raises may do so for once."""
    book.units(FIT_AND_SCORE.replace("return Fitted(0.5, [1.0])", "raise OSError('no space')"))
    run(book)
    assert earlier(book).results is None


def test_a_run_in_which_a_claim_failed_is_made_again(book):
    """What its reason says of commits may be another the next time."""
    book.claims({**CLAIMS[0], "documented": 0.25}, CLAIMS[1])
    assert '"verdict": "failed"' in run(book)
    assert earlier(book).results is None


def test_what_is_not_drawn_or_lost_is_not_kept(book):
    """Both may be otherwise the next time."""
    run(book, {"ch09.ex01": [{"title": "t", "alt": "not drawn: why"}]})
    assert earlier(book).results is None
    one = earlier(book)
    path = book.folder / "results.json"
    text = path.read_text().replace('"lost": ""', '"lost": "reproduced"')
    path.write_text(text)
    one.engine.verify(one.claims)
    one.keep(split_file(path)[1], {})
    assert earlier(book).results is None


LOST, FAILED = {"lost": "reproduced"}, {"verdict": "failed"}
KEPT = [
    # what the store has, what one claim says, the notes on two figures, whether the run is kept
    ({"k": "c"}, {}, "ab", True), (None, {}, "ab", False), ({}, LOST, "ab", False), ({}, FAILED, "ab", False),
    ({}, {}, ("a", "not drawn: why"), False), ({}, {}, ("not drawn: why", "b"), False),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "claim", "notes", "kept"), KEPT)
def test_a_run_is_kept_if_all_of_it_would_be_the_same(entries, claim, notes, kept):
    """Each claim, wherever it stands, and each figure; it takes the place of an older one."""
    noted: list[Any] = []
    keep = SimpleNamespace(kept=lambda kind, _, make, holds: noted.append((kind, make(), holds(make()))))
    engine: Any = SimpleNamespace(repeatable=True, entries=lambda: entries, recordings=keep)
    figures = {"ch09.ex01": [{"title": "t", "alt": note} for note in notes]}
    good = {"lost": "", "verdict": "reproduced"}
    for claims in ([good, good | claim], [good | claim, good]):
        one, text = Earlier(engine, ()), ", ".join(map(json.dumps, claims))
        vars(one)["_made_of"] = []
        one.keep(text, figures)
        assert noted == [("runs", {"entries": entries, "claims": text, "figures": figures}, False)] * kept
        noted.clear()


def test_runs_that_others_cannot_make_again_are_not_kept(book):
    """Those without a store, and a reader's own."""
    claims = list(book.ledger.claims.values())
    for engine in (book.engine(), book.engine(store=book.store, given=Given(3))):
        one = Earlier(engine, claims)
        engine.verify(claims)
        one.keep("", {})
        assert Earlier(engine, claims).results is None
    assert not list(book.store.glob("kept/runs/*"))


def test_data_that_are_not_here_are_named_without_loading_the_chapters_again(book, monkeypatch):
    found = book.found.pop("toy_data")
    assert earlier(book).lacking_datasets() == ({"toy_data"}, set())
    with monkeypatch.context() as patched:
        patched.setattr(Engine, "lacking_datasets", lambda *_: pytest.fail("they were loaded"))
        assert earlier(book).lacking_datasets() == ({"toy_data"}, set())
    book.found["toy_data"] = found
    assert earlier(book).lacking_datasets() == (set(), set())


def test_a_second_verify_prints_and_writes_the_same(tmp_path, monkeypatch):
    """But for the time and the memory; the second judges nothing."""
    monkeypatch.setenv("WORKSHOP_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("WORKSHOP_THREADS", "1")
    made = []

    def verify() -> str:
        file = tmp_path / "results.json"
        shown = invoke("verify", "ch01.text01", "--offline", "--json", file)
        assert shown.exit_code == 0, shown.output
        made.append([file.read_bytes().partition(b"\n")[2], read_figures(file)])
        page = file.with_suffix(".html").read_text()
        made[-1].append("".join(line for line in page.splitlines() if " GB a process (" not in line))
        lines = shown.stdout.splitlines()  # without the bar, and the time that a run takes
        return "\n".join(line for line in lines if not line.startswith(("Memory", "TensorFlow")))

    first = verify()
    monkeypatch.setattr(Engine, "verify", lambda *_: pytest.fail("it was judged again"))
    assert verify() == first
    assert made[0][0] == made[1][0]
    assert made[0][2] == made[1][2]
