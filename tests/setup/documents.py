"""README, CONTRIBUTING and docs/ as blocks of code, and the commands and tables in them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
}
WORKFLOWS: dict[str, Any] = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
}
# a span of inline code that begins with one of these and goes on is a command
PROGRAMS = {"workshop", "pytest", "nox", "pip", "python3", "tox", "pre-commit", "apt-get"}
_FENCE = re.compile(r"^ *(```+)(.*)$")
_INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_VARIABLE = re.compile(r"[A-Z_]+=\S*")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, its text, and the line that its text begins on, from 1."""

    language: str
    text: str
    line: int


def blocks(text: str) -> tuple[list[Block], str]:
    """Return the fenced blocks of a page in order, and what is left of it."""
    found, left, inside = [], [], None
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line)
        if inside is None and fence is None:
            left.append(line)
        elif inside is None and fence is not None:
            inside = (fence[1], fence[2].strip(), number + 1, [])
        elif inside is not None and fence is not None and fence[1] == inside[0] and not fence[2]:
            found.append(Block(inside[1], "\n".join(inside[3]) + "\n", inside[2]))
            inside = None
        elif inside is not None:
            inside[3].append(line)
    if inside is not None:
        raise ValueError(f"the block from line {inside[2]} on has no end")
    return found, "\n".join(left)


def commands_of(block: Block) -> Iterator[str]:
    """Yield the commands of a shell block; both sides of `&&` are commands."""
    for line in block.text.splitlines():
        yield from (part.strip() for part in line.split("&&") if part.strip())


def inline_commands(prose: str) -> Iterator[str]:
    """Yield the commands in running text: a program's name and its arguments."""
    for paragraph in prose.split("\n\n"):
        for span in _INLINE.findall(paragraph):
            for command in " ".join(span.split()).split("&&"):
                words = [word for word in command.split() if not _VARIABLE.fullmatch(word)]
                if len(words) > 1 and words[0] in PROGRAMS:
                    yield command.strip()


def words_of(command: str) -> tuple[list[str], list[str]]:
    """Return the names of the variables that a command sets, and its words."""
    words = shlex.split(command)
    variables = []
    while words and _VARIABLE.fullmatch(words[0]):
        variables.append(words.pop(0).split("=")[0])
    return variables, words


def first_column(text: str, heading: str) -> list[str]:
    """Return the names in the first column of the one table of a page that has this heading there."""
    lines = text.splitlines()
    (start,) = (i for i, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    names: list[str] = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        cell = line.split("|")[1].strip()
        names += _INLINE.findall(cell) or [cell]
    return names
