"""Odd YAML of ledger and registry is one error with its line, and a broken registry is one line."""

import pytest

from tests.toy.commands import invoke
from workshop.datasets import DataError, model
from workshop.datasets.model import read_registry
from workshop.ledger import LedgerError, loading, read_chapter
from workshop.strict_yaml import NotYAML, read_yaml

# YAML, what the error says of it
REFUSED: list[tuple[str | bytes, str]] = [
    ("a: 1\nb: 2\na: 3", "line 3: key 'a' is given twice"),
    ("1: a\n1.0: b", "line 2: key 1.0 is given twice"),
    ("a: !!int x", "invalid literal for int"),
    (f"a: {'9' * 5000}", "integer string conversion"),
    (
        "a: !!python/object/apply:os.system [x]",
        "line 1: could not determine a constructor for the tag",
    ),
    ("? [a]\n: b", "line 1: found unhashable key"),
    ("a: b: c", "line 1: mapping values are not allowed in this context"),
    ("[*x]", "line 1: found undefined alias"),
    ("[" * 100_000, "exceeded maximum nesting depth"),
    (b"a: 1\nb: \xff", "invalid leading UTF-8 octet"),
    ("a: 1\nb: \x1b", "control characters are not allowed"),
]


@pytest.mark.parametrize(("content", "text"), REFUSED)
def test_odd_yaml_is_one_error(content, text):
    with pytest.raises(NotYAML) as caught:
        read_yaml(content)

    assert text in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("content", [content for content, _ in REFUSED[::4]])
def test_ledger_and_registry_refuse_it(content, tmp_path):
    path = tmp_path / "registry.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(LedgerError, match=r"^ch09\.yaml .*: mend the YAML$"):
        read_chapter(content, "ch09.yaml")
    with pytest.raises(DataError, match=r"^registry\.yaml is not YAML \(.*\); correct it$"):
        read_registry(path)


def test_what_is_plain_is_read():
    text = "a: &a [1, -2.5, true, null, ~, 2001-99-99, 2026-01-01, '3', !!str 4, .inf, 0x10]\nb: *a\n1: é"

    values = [1, -2.5, True, None, None, "2001-99-99", "2026-01-01", "3", "4", float("inf"), 16]
    assert read_yaml(text) == {"a": values, "b": values, 1: "é"}
    assert read_yaml(text.encode()) == read_yaml(text)
    assert read_yaml("") is None


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a: 1\na: 2", "registry.yaml is not YAML (line 2: key 'a' is given twice); correct it"),
        (b"\xff", "registry.yaml is not YAML (unacceptable character #x00ff: invalid leading UTF-8 octet"),
        (b"aliases: {}\ndata_sets: [1]", "registry.yaml: data_sets.0: Input should be a valid dictionary"),
        (None, "registry.yaml can't be read (no such file or directory); correct it"),
    ],
)
def test_a_broken_registry_ends_every_command_in_one_line(content, text, tmp_path, monkeypatch):
    path = tmp_path / "registry.yaml"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(model, "REGISTRY_FILE", path)
    model.registry.cache_clear()
    loading.ledger.cache_clear()
    try:
        for command in (
            ["list"],
            ["verify", "ch01.text01"],
            ["show", "ch01"],
            ["bisect", "ch01.text01.iris_head6"],
            ["data", "list"],
            ["data", "fetch"],
            ["data", "check", "iris"],
        ):
            result = invoke(*command)

            (line,) = result.stderr.splitlines()
            assert (result.exit_code, result.stdout) == (1, ""), command
            assert line.startswith(f"workshop: {text}")
    finally:
        model.registry.cache_clear()
        loading.ledger.cache_clear()
