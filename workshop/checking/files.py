"""Files of a reader: notebooks, and numbers as CSV or JSON."""

from __future__ import annotations

import contextlib
import csv
from pathlib import Path
from typing import Any

from workshop.checking.checks import Report, Unread, check_notebook, check_numbers
from workshop.errors import UsageError
from workshop.files import reason
from workshop.strict_json import NotJSON, read_json
from workshop.untrusted import one_line

_MOST_ROWS = 10_000
_MOST_BYTES = 10_000_000  # of a file of numbers


def check_file(path: Path, *, alone: bool = True) -> Report:
    """Check a notebook or a file of numbers.

    Raises UsageError for a file that can't be read; unless it is `alone`, the report says so.
    """
    try:
        kind = path.suffix.lower()
        if path.exists() and not path.is_file():
            what = (
                "a folder: name its files, such as its *.ipynb" if path.is_dir() else "not a file: name one"
            )
            raise UsageError(f"{one_line(str(path))}: it is {what}")
        if kind == ".ipynb":
            return _check_notebook(path)
        if kind in {".csv", ".json"}:
            _check_size(path)
            name = one_line(path.name)
            return _check_csv(name, path) if kind == ".csv" else check_numbers(name, _read_json(path))
        raise UsageError(
            f"{one_line(str(path))}: neither a notebook (.ipynb) nor numbers (.csv, .json): rename it"
        )
    except UsageError as error:
        if alone:
            raise
        name = one_line(path.name)
        return Report(name, (), problem=str(error).replace(one_line(str(path)), name, 1))


def _check_size(path: Path) -> None:
    """Raise UsageError for a file of numbers that is larger than any."""
    with contextlib.suppress(OSError):  # reading it says why
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise UsageError(
                f"{one_line(str(path))}: it has {size / 1e6:.0f} MB: write a line for each result"
            )


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


def _check_csv(shown: str, path: Path) -> Report:
    """Check the lines of a file; one that can't be read is named, and the others are judged."""
    name = one_line(str(path))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row, _ in zip(csv.reader(file), range(_MOST_ROWS + 1), strict=False)]
    except OSError as error:
        raise UsageError(f"{name}: {reason(error)}: name a file that can be read") from None
    except (UnicodeDecodeError, csv.Error):
        raise UsageError(
            f"{name}: it is not CSV in UTF-8: write lines such as ch02.ex04.accuracy,0.93"
        ) from None
    found: list[tuple[str, Any]] = []
    where: list[str] = []
    unread: list[Unread] = []
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#") or (number == 1 and _is_header(cells)):
            continue
        if len(cells) == 3 and cells[1].lstrip("+-").isdigit() and cells[2].isdigit():
            cells = [cells[0], f"{cells[1]},{cells[2]}"]  # a decimal comma, or thousands
        if len(cells) != 2 or not cells[0] or not cells[1]:
            why = "write a claim and a number, such as ch02.ex04.accuracy,0.93"
            unread.append(Unread(f"line {number}", why))
            continue
        found.append((cells[0], cells[1]))
        where.append(f"line {number}")
    if not (found or unread) or len(rows) > _MOST_ROWS:
        raise UsageError(
            f"{name}: it has {'too many' if found else 'no'} numbers: write a line for each result"
        )
    return check_numbers(shown, found, where, unread)


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
