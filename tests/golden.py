"""Tests compare what people read with text files beside them: `pytest --write FILES` renews them.

Whoever renews a file reads its diff before it is committed.
"""

from collections.abc import Callable, Mapping

import pytest

Golden = Callable[[str, Mapping[str, str]], None]


@pytest.fixture
def golden(request) -> Golden:
    """Return a function that compares texts, named by their situations, with a file beside the test."""

    def hold(name: str, texts: Mapping[str, str]) -> None:
        path = request.path.with_name(name)
        said = "".join(f"===== {situation}\n{text.rstrip()}\n" for situation, text in texts.items())
        said = "\n".join(line.rstrip() for line in said.split("\n"))
        if request.config.option.write:
            path.write_text(said, "utf-8")
        assert said == path.read_text("utf-8")

    return hold
