"""Results files of other people: a wrong file is one line, and no text in it commands a terminal."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reporting.comparison_files import record, write
from tests.toy.commands import invoke
from workshop.ledger import ledger
from workshop.verification import results
from workshop.verification.results import (
    Measured,
    Results,
    ResultsError,
    plain,
    read_results,
    recall,
    remember,
)

Content = dict[str, Any]
NAME = "claim ch09.ex01.loss"


def sound() -> Content:
    """Return the content of a results file."""
    keys = {**vars(record(measured=0.5, sample=None)), "seeds": [1, 2], "margin": 0.5}
    facts = {"python": "3.12.1", "device": "cpu", "threads": 2, "profile": "default"}
    return {"schema": "workshop-results/2", "environment": facts, "claims": [keys]}


def of_claim(key: str, value: Any) -> Callable[[Content], None]:
    """Return what exchanges a value of the claim."""
    return lambda content: content["claims"][0].update({key: value})


def of_environment(key: str, value: Any) -> Callable[[Content], None]:
    """Return what exchanges a fact of the environment."""
    return lambda content: content["environment"].update({key: value})


def of_file(key: str, value: Any) -> Callable[[Content], None]:
    """Return what exchanges a part of the file."""
    return lambda content: content.update({key: value})


# the change, and the text of the line
WRONG_TYPES: list[tuple[Callable[[Content], Any], str]] = [
    (of_claim("numbers", {"": {"low": "3"}}), f"{NAME}: low '3' has the wrong type: write a number"),
    (of_claim("runs", -1), f"{NAME}: runs -1 is out of range: make it at least 0"),
    (of_claim("summary", "mean"), f"{NAME}: summary 'mean' is unknown: use '', 'median' or 'first'"),
    (of_claim("reason", None), f"{NAME}: reason null has the wrong type: write text"),
    (
        of_claim("id", "ch09.ex01"),
        "claim ch09.ex01: id 'ch09.ex01' is not a claim's: write it as in the ledger",
    ),
    (of_claim("id", 'ch09.ex01.loss"><b>'), "is not a claim's"),
    (of_claim("id", "ch\u0660\u0669.ex01.loss"), "is not a claim's"),
    (of_claim("unit", "[bold red]x[/]"), f"{NAME}: unit '[bold red]x[/]' is not a unit's id: write it as in"),
    (of_claim("sample", {"dates": "2026-01-01", "numbers": []}), "sample has neither runs nor a problem"),
    (of_claim("margin", True), f"{NAME}: margin true has the wrong type: write a number"),
    (of_claim("seeds", [1.5]), f"{NAME}: seeds 1.5 has the wrong type: write a whole number"),
    (of_claim("ours", 0), f"{NAME}: ours 0 has the wrong type: write true or false"),
    (of_claim("verdict", "fine"), f"{NAME}: verdict 'fine' is unknown: use 'reproduced', "),
    (of_claim("colour", 1), f"{NAME}: unknown key 'colour': remove or rename it"),
    (lambda c: c["claims"][0].pop("rule"), f"{NAME}: 'rule' is missing: add it"),
    (lambda c: c["claims"].append(c["claims"][0]), f"{NAME} is there twice"),
    (of_file("claims", 7), "claims 7 has the wrong type: write a list"),
    (of_environment("device", "../gpu"), "device '../gpu' is neither 'cpu' nor 'gpu'"),
    (of_environment("threads", True), "threads true is not a whole number"),
    (of_claim("measured", 10**400), "is too large"),
    (of_claim("measured", "\ud800"), "no JSON: unexpected end of hex escape"),
    (of_claim("margin", float("-inf")), "no JSON: invalid number at line 1"),
    (lambda c: c.pop("schema"), "it has no key 'schema'"),
]
GOOD = json.dumps(sound())
# what a file has, what the line must say of it
WRONG_FILES: list[tuple[str | bytes, str]] = [
    ("", "no JSON: EOF while parsing a value at line 1 column 0"),
    ("[]", "it has no key 'schema'"),
    (GOOD.encode("utf-16"), "no JSON: expected value at line 1 column 1"),
    (GOOD.replace('"measured": 0.5', f'"measured": {"[" * 100_000}'), "no JSON: recursion limit"),
    (GOOD.replace('"margin": 0.5', '"margin": 1e999'), "number is too large"),
]


def refused(path: Path, text: str) -> None:
    """Check that `report` and `compare` refuse a file in one line with exit code 2."""
    other = write(path.with_name("other.json"), record())
    for arguments in (["report", path], ["compare", other, path], ["compare", path, other]):
        result = invoke(*arguments)

        (line,) = result.stderr.splitlines()
        assert (result.exit_code, result.stdout) == (2, ""), line
        assert line.startswith(f"workshop: {path}: no results of `workshop verify --json` (")
        again = "run it again" if path.exists() else f"workshop verify --json {path} writes them"
        assert line.endswith(f"): {again}")
        assert text in line
        assert line.isprintable()
        assert not re.search(r"Error|Exception|None|True|pydantic", line)


@pytest.mark.parametrize(("change", "text"), WRONG_TYPES)
def test_wrong_types_are_one_line(change, text, tmp_path):
    content = copy.deepcopy(sound())
    change(content)
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps(content), "utf-8")

    refused(path, text)


@pytest.mark.parametrize(("content", "text"), WRONG_FILES)
def test_what_is_no_json_is_one_line(content, text, tmp_path):
    path = tmp_path / "theirs.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    refused(path, text)


def test_what_can_not_be_read_is_one_line(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name, text in (
        ("folder", "is a directory"),
        ("nothing", "no such file or directory"),
        ("loop", "too many levels of symbolic links"),
    ):
        if name == "loop":  # compare resolves paths first
            with pytest.raises(ResultsError, match=text):
                read_results(tmp_path / name)
        else:
            refused(tmp_path / name, text)


@pytest.mark.parametrize("schema", ["other/9", None, ["\n"], {"\x1b[1m": 1}, "x" * 10_000])
def test_another_schema_is_named(schema, tmp_path):
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps({**sound(), "schema": schema}), "utf-8")

    with pytest.raises(
        ResultsError, match=r"schema .*, not 'workshop-results/3': run `workshop verify"
    ) as caught:
        read_results(path)

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < len(str(path)) + 150


# measured values that JSON allows, and no unit gives
ODD = [
    None, True, -0.0, 1e308, -1e308, 5e-324, 2**70, "", "[red]", "\n", {}, [], [[]], [None], {"": 1},
    {"seeds": 3, "median": [None, 1e308], "minimum": [0, 0], "maximum": [1, True]},
    {"seeds": [], "first": {"a": [None]}},
    [1e308, -1e308],
]  # fmt: skip


def test_odd_values_are_shown(tmp_path):
    claims = list(ledger().claims.values())
    sampled = [claim for claim in claims if claim.rule.needs_sample]
    single = [claim for claim in claims if not claim.rule.needs_sample]
    paths = []
    for number in range(3):
        records = []
        for place, claim in enumerate([*sampled[:3], sampled[40], *single[: len(ODD)]]):
            odd = ODD[(place * 7 + number) % len(ODD)]
            measured = plain(claim.documented) if number == 0 and place % 3 else odd
            records.append(
                record(
                    claim.id,
                    measured=measured,
                    runs=1,
                    documented=odd,
                    beside=dict.fromkeys(("naive", ""), Measured(odd, 1)),
                    seconds=1e308,
                )
            )
        facts = [{}, {"tensorflow": "x", "keras": ""}, {"numpy": "9" * 60, "date": "x"}][number]
        paths.append(write(tmp_path / f"{number}.json", *records, **facts))

    two = invoke("compare", *paths[:2], "--html", tmp_path / "two.html")
    many = invoke("compare", *paths, "--html", tmp_path / "many.html")
    page = invoke("report", paths[1])

    assert [two.exit_code, many.exit_code, page.exit_code] == [0, 0, 0], [two, many, page]
    assert [two.stderr, many.stderr] == ["", ""]
    assert page.stderr.startswith("workshop: no figures: ")


COMMAND = "\x1b]0;owned\x07\x1b[2J\x9b1m\r\u202e"


def test_no_text_of_a_file_commands_the_terminal(tmp_path):
    folder = tmp_path / f"x{COMMAND}[red]\n"
    folder.mkdir()
    paths = []
    for number in range(3):
        text = f"{COMMAND}[bold]{number}"
        records = [
            record(
                "ch09.ex01.loss", verdict="failed" if number else "reproduced", reason=text, rule=text,
                measured={text: [text]}, documented=text, beside={text: text}, seconds=3.0 + number,
            ),
            record("ch09.ex02.loss", measured=text),
        ]  # fmt: skip
        facts = {"python": text, "tensorflow": text, text: text, "date": text, "profile": "default"}
        paths.append(write(folder / f"{number}[/].json", *records, **facts))
    damaged = folder / "damaged.json"
    damaged.write_text(json.dumps({**sound(), COMMAND: 1, "claims": [{"id": COMMAND, COMMAND: 1}]}), "utf-8")

    answers = [
        invoke("compare", *paths[:2], "--fail-on", "failed", "--html", folder / "out[/y].html"),
        invoke("compare", *paths, "--html", folder / "out[/x].html"),
        invoke("report", damaged),
        invoke("compare", paths[0], damaged),
        invoke("report", paths[0], "--output", folder / "[/x].html"),
    ]

    assert [result.exit_code for result in answers] == [1, 0, 2, 2, 0]
    for result in answers:
        for line in result.output.split("\n"):
            assert line.isprintable(), line
    assert "[/y].html" in answers[0].stdout.splitlines()[-1]
    assert "[/x].html" in answers[1].stdout.splitlines()[-1]
    assert "[bold]1" in answers[1].stdout
    assert answers[4].stdout.endswith("[/x].html\n")


# issue 46: the first part of an id was markup, so it made links, and a traceback where a tag was not closed
MARKUP = ("[link=http://2130706433/x]ch99[/link]0.x", "[bold red]x[/] [/nothing]y.x")


@pytest.mark.parametrize("name", MARKUP)
def test_an_id_is_no_markup(name, tmp_path, monkeypatch):
    """It is refused; and if the reader let it pass, the terminal would show it as it is."""
    paths = [write(tmp_path / f"{number}.json", record(name)) for number in range(2)]
    refused(paths[0], "is not a claim's: write it as in the ledger")
    for form in ("_CLAIM_ID", "_UNIT_ID"):
        monkeypatch.setattr(results, form, re.compile(".*"))

    result = invoke("compare", *paths)

    assert result.exit_code == 0, result
    assert "\x1b" not in result.stdout
    assert name[:20] in result.stdout.replace("\n", "")


def test_what_we_write_is_read(tmp_path):
    odd = {
        1: float("nan"),
        "half": "a\ud800",
        "control": "\x00\x1b[1m",
        "large": 10**30,
        "list": ((), [None]),
    }
    path = tmp_path / "ours.json"
    Results({"device": "gpu", "threads": 2}, (record(measured=odd, reason="b\udc80"),)).write(path)

    (found,) = read_results(path).claims

    assert found.measured == {
        "1": None,
        "half": "a\\ud800",
        "control": "\\x00",
        "large": 1e30,
        "list": [[], [None]],
    }
    assert found.reason == "b\\udc80"


def test_last_verdicts_that_are_damaged_are_left_out(tmp_path):
    environment = {"python": "3.12.1"}
    a, b, c = names = [f"ch09.ex01.{letter}" for letter in "abc"]
    remember(Results(environment, tuple(map(record, names))), tmp_path)
    path = tmp_path / "latest.json"
    content = json.loads(path.read_text("utf-8"))
    content |= {b: {**content[b], "reason": None}, c: {**content[c], "environment": [1]}, "d": 5}
    content[a]["reason"] = f"so {COMMAND}"
    path.write_text(json.dumps(content), "utf-8")

    latest = recall(tmp_path)

    assert list(latest) == [a]
    assert latest[a].reason == "so \\r\\u202e"
    for damaged in ("[]", "{", '{"a": 1, "a": 2}', f'{{"a": {"[" * 100_000}'):
        path.write_text(damaged, "utf-8")
        assert recall(tmp_path) == {}


def test_results_of_more_than_32_mb_are_refused(tmp_path):
    path = tmp_path / "large.json"
    path.write_bytes(b" " * (32 * 2**20 + 1))
    refused(path, "it has more than 32 MB")
