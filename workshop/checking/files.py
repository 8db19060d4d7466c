"""Files of a reader: notebooks, numbers as CSV or JSON, and folders and zip files of a class."""

from __future__ import annotations

import contextlib
import csv
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from workshop.checking.checks import Report, Unread, check_notebook, check_numbers
from workshop.checking.notebook.cells import is_hidden
from workshop.errors import UsageError
from workshop.files import reason
from workshop.strict_json import NotJSON, read_json
from workshop.untrusted import one_line

MOST_FILES = 500
_MOST_ROWS = 10_000
_MOST_BYTES = 10_000_000  # of a file of numbers


def list_files(paths: Sequence[Path]) -> tuple[dict[Path, str], dict[str, list[str]]]:
    """Return files and how they are called, those of folders included, and what is left out, by the reason.

    A notebook or zip file in a folder is called as its path in it is, so that folders of a student name her.
    A folder of a student without any is named, too. Raises UsageError for an empty folder, or too many files.
    """
    called: dict[Path, str] = {}
    left_out: dict[str, list[str]] = {}
    names = Counter(path.name for path in paths)
    for path in paths:
        if not path.is_dir():
            called[path] = path.name if names[path.name] == 1 else str(path)
            continue
        entries = [*_walk(path)]
        links = [name for name in entries if (path / name).is_symlink()]
        if links:
            left_out.setdefault("links are not followed", []).extend(map(str, links))
        files = sorted({*entries} - {*links})
        ours = {path / name: str(name) for name in files if name.suffix.lower() in {".ipynb", ".zip"}}
        if not ours:
            but = ", but links, which are not followed" if links else ""
            raise UsageError(
                f"{one_line(str(path))}: no notebook is in it{but}: name a folder of .ipynb or .zip"
            )
        students = {name.parts[0] for name in entries if len(name.parts) > 1}
        without = students - {Path(name).parts[0] for name in ours.values()}
        ours |= {path / name: f"{name}/" for name in without}
        called |= dict(sorted(ours.items(), key=lambda item: _in_order(item[1])))
        if others := [name.name for name in files if len(name.parts) == 1 and path / name not in ours]:
            left_out.setdefault("neither .ipynb nor .zip", []).extend(others)
    if len(called) > MOST_FILES:
        raise UsageError(f"{len(called)} files, and at most {MOST_FILES} are checked at once: name a part")
    alike = Counter(map(one_line, called.values()))
    return {
        path: name if alike[one_line(name)] == 1 else ascii(name)[1:-1] for path, name in called.items()
    }, left_out


def _in_order(name: str) -> list[tuple[str, int]]:
    """Return what a name is sorted by, so that 9 comes before 10."""
    return [(text, int(digits or 0)) for text, digits in re.findall(r"(\D*)([0-9]{0,18})", name.casefold())]


def _walk(folder: Path) -> Iterator[PurePosixPath]:
    """Yield the paths in a folder of its files and links that are not hidden."""
    for parent, folders, files in os.walk(folder):
        inner = PurePosixPath(Path(parent).relative_to(folder).as_posix())
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in sorted([*files, *links]):
            if not is_hidden(inner / name):
                yield inner / name


def check_file(path: Path, called: str = "", *, alone: bool = True) -> Report:
    """Check a notebook, also in a zip file, or a file of numbers.

    Raises UsageError for a file that can't be read; unless it is `alone`, the report says so.
    """
    called = one_line(called or path.name)
    try:
        return replace(_check(path), name=called)
    except UsageError as error:
        if alone:
            raise
        return Report(called, (), problem=str(error).replace(one_line(str(path)), called))


def _check(path: Path) -> Report:
    name, kind = one_line(str(path)), path.suffix.lower()
    if path.is_dir():
        raise UsageError(f"{name}: no notebook is in it")
    if path.exists() and not path.is_file():
        raise UsageError(f"{name}: it is not a file: name one")
    if kind in {".ipynb", ".zip"}:
        return _check_notebook(path)
    if kind in {".csv", ".json"}:
        with contextlib.suppress(OSError):  # reading it says why
            size = path.stat().st_size
            if size > _MOST_BYTES:
                raise UsageError(
                    f"{one_line(str(path))}: it has {size / 1e6:.0f} MB: write a line for each result"
                )
        return _check_csv(path) if kind == ".csv" else check_numbers(name, _read_json(path))
    raise UsageError(f"{name}: neither a notebook (.ipynb, .zip) nor numbers (.csv, .json): rename it")


def _check_notebook(path: Path) -> Report:
    """Check a notebook. Raises UsageError also for a defect of ours, which must not cost the other files."""
    try:
        return check_notebook(path)
    except UsageError:
        raise
    except Exception as error:
        what = one_line(f"{type(error).__name__}: {error}"[:200])
        raise UsageError(
            f"{one_line(str(path))}: it can't be checked ({what}), a defect of ours: report it with the file"
        ) from error


def _check_csv(path: Path) -> Report:
    """Check the lines of a file; one that can't be read is named, and the others are judged."""
    name = one_line(str(path))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line, _ in zip(file, range(_MOST_ROWS + 1), strict=False)]
        semicolons = 2 * sum(";" in line for line in lines) > sum(map(bool, map(str.strip, lines)))
        rows = [*csv.reader(lines, delimiter=";" if semicolons else ",")]
    except OSError as error:
        raise UsageError(f"{name}: {reason(error)}: name a file that can be read") from None
    except (UnicodeDecodeError, csv.Error):
        raise UsageError(
            f"{name}: it is not CSV in UTF-8: write lines such as ch02.ex04.accuracy,0.93"
        ) from None
    pairs: list[tuple[str, Any]] = []
    where: list[str] = []
    unread: list[Unread] = []
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#") or (number == 1 and _is_header(cells)):
            continue
        if semicolons and cells[-1].count(",") == 1 and "." not in cells[-1]:
            cells[-1] = cells[-1].replace(",", ".")  # where semicolons separate, commas are decimal
        if len(cells) == 3 and cells[1].lstrip("+-").isdigit() and cells[2].isdigit():
            cells = [cells[0], f"{cells[1]},{cells[2]}"]  # a decimal comma, or thousands
        if len(cells) != 2 or not cells[0] or not cells[1]:
            why = "write a claim and a number, such as ch02.ex04.accuracy,0.93"
            unread.append(Unread(f"line {number}", why))
            continue
        pairs.append((cells[0], cells[1]))
        where.append(f"line {number}")
    if not (pairs or unread) or len(rows) > _MOST_ROWS:
        raise UsageError(
            f"{name}: it has {'too many' if pairs else 'no'} numbers: write a line for each result"
        )
    return check_numbers(name, pairs, where, unread)


def _is_header(cells: list[str]) -> bool:
    """Whether the first line names the columns: the name of a claim has digits, and so has its value."""
    return not any(character.isdigit() for cell in cells for character in cell)


def _read_json(path: Path) -> list[tuple[str, Any]]:
    name = one_line(str(path))
    try:
        content = read_json(path)
    except (NotJSON, OSError) as error:
        raise UsageError(f'{name}: {error}: write an object such as {{"ch02.ex04.accuracy": 0.93}}') from None
    if not isinstance(content, dict) or not content:
        raise UsageError(f'{name}: write an object such as {{"ch02.ex04.accuracy": 0.93}}')
    return list(content.items())
