"""The commands of the data sets: what they say was looked at, what is wrong with it, and what to do."""

import dataclasses
import re
import time
from pathlib import Path

import pytest

from tests.toy.commands import invoke
from workshop import datasets
from workshop.book import package_book
from workshop.cli import data as cli_data
from workshop.datasets import reachability, status
from workshop.datasets.cache import warn_once
from workshop.ledger import ledger

ROOT = Path(__file__).parents[2]
SONAR = (ROOT / "fixtures" / "sonar.csv").read_bytes()


@pytest.fixture(autouse=True)
def mirror(tmp_path, monkeypatch) -> Path:
    """Give each test an empty cache, a mirror that has sonar alone, and no internet."""
    folder = tmp_path / "mirror"
    (folder / "sonar").mkdir(parents=True)
    (folder / "sonar" / "sonar.csv").write_bytes(SONAR)
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("WORKSHOP_MIRROR", str(folder))
    monkeypatch.setenv("COLUMNS", "80")
    refused = ("one.invalid", reachability.PACKAGE_INDEX)
    monkeypatch.setattr(reachability, "_refused", dict.fromkeys(refused, time.time()))
    monkeypatch.setattr(status, "forget_refusals", lambda: None)
    warn_once.cache_clear()
    return folder


def test_data_commands_print_what_is_written(golden, mirror, tmp_path, monkeypatch):
    def said(*words: str) -> str:
        result = invoke("data", *words)
        text = f"{result.stdout}{result.stderr}exit code {result.exit_code}"
        return re.sub("(?m) {2,}[0-9]+$", "  CLAIMS", text.replace(str(tmp_path), "FOLDER"))

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    (here,) = datasets.statuses(["sonar"])
    substitute = dataclasses.replace(here, state="substitute", reason="no host", remedy="another way")
    texts = {
        "what is here is sound": said("check", "sonar", "aapl_csv"),
        "nothing is here": said("check", "aapl_csv"),
        "nothing can be fetched": said("fetch", "sonar", "aapl_csv", "ibm_csv", "nltk_stopwords_today"),
    }
    with monkeypatch.context() as patch:
        patch.setattr(datasets, "fetch", lambda *_, **__: [substitute])
        texts["only a substitute"] = said("fetch", "sonar")
        patch.setattr(datasets, "fetch", interrupt)
        texts["interrupted"] = said("fetch", "sonar")
    (mirror / "stock_prices").mkdir()
    (mirror / "stock_prices" / "AAPL.csv").write_bytes(b"Date\n")
    (mirror / "sonar" / "sonar.csv").write_bytes(SONAR[:-1])
    texts["two files are damaged"] = said("check", "sonar", "aapl_csv")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "file"))
    golden("data.txt", {**texts, "no cache can be written": said("fetch", "aapl_csv")})


def test_list_is_sorted_and_counts_claims():
    """Data sets come in the order of their names, with the number of the book's claims that need them."""
    rows = [line.split() for line in invoke("data", "list").stdout.splitlines() if not line.startswith(" ")]
    names = [row[0] for row in rows if row[0] in datasets.registry()]
    assert names == sorted(datasets.registry())
    (sonar,) = (row for row in rows if row[0] == "sonar")
    assert sonar[:4] == ["sonar", "here", "mirror", "12"]


def test_what_stays_missing_reads_as_written(golden, monkeypatch):
    """Without internet; where one can't be had, its reason; else the command; nothing that no claim needs."""
    book, every = package_book(), ledger().claims.values()
    one, two = ledger().select(["ch05.text04"]), ledger().select(["ch05.text04", "ch05.act01"])
    stocks, texts = {"aapl_csv", "ibm_csv", "sonar"}, {"text8", "glove_6b_100d"}
    said = {"no internet": cli_data.fetch_small((stocks, set()), book, two)}
    monkeypatch.setattr(reachability, "_refused", {"raw.githubusercontent.com": time.time()})
    monkeypatch.setattr("workshop.cli.data.refused_host", lambda: "")
    said |= {
        "one": cli_data.fetch_small((stocks, set()), book, one),
        "two": cli_data.fetch_small((stocks, set()), book, two),
        "two, not fetched": cli_data.fetch_small((stocks, set()), book, two, fetched=False),
        "what no claim needs": cli_data.fetch_small(({"sonar"}, set()), book, one),
        "a service and substitutes": cli_data.fetch_small(
            ({"gtts_service"}, texts), book, every, fetched=False
        ),
        "a substitute": cli_data.fetch_small((set(), {"text8"}), book, every),
    }
    golden("missing.txt", {name: re.sub(r"\d\d+", "N", text) for name, text in said.items()})


def test_fetch_of_what_is_missing(monkeypatch):
    """Only data sets that are not here are asked for; if all are here, that is said."""
    asked: list[str] = []

    def fetch(names: list[str], **_: object) -> list[datasets.Status]:
        asked.extend(names)
        return datasets.statuses(["sonar"])

    monkeypatch.setattr(datasets, "fetch", fetch)
    assert invoke("data", "fetch", "sonar", "aapl_csv", "--missing").exit_code == 0
    assert asked == ["aapl_csv"]
    assert invoke("data", "fetch", "sonar", "--missing").stdout == "nothing is missing\n"
