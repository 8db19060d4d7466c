"""The door for people: an exercise of the book as one object that runs, plots and checks itself.

>>> import workshop
>>> ex = workshop.exercise("7.01")
>>> result = ex.run()
>>> result.real_data.shape
(128, 2)
"""

from __future__ import annotations

import ast
import numbers
import operator
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from html import escape
from typing import Any

import numpy as np

from workshop import datasets
from workshop.book import package_book
from workshop.checking.checks import check_measured
from workshop.errors import UsageError, WorkshopError
from workshop.execution.catalogue import Catalogue
from workshop.execution.planner import Given, Job, Profile
from workshop.execution.store import default_store
from workshop.figures.drawing import STYLE, html
from workshop.figures.model import Figure
from workshop.figures.registry import draw_figures
from workshop.ledger import Claim, Unit
from workshop.ledger.names import find_id
from workshop.ledger.values import for_json
from workshop.reporting.describe import why
from workshop.samples.model import drawn_runs
from workshop.statistics.own_number import State
from workshop.suggestions import suggest
from workshop.training.first_steps import active, outcome_of, suspended
from workshop.units import Part, short_text
from workshop.verification.engine import Engine
from workshop.verification.outcomes import PartOutcome
from workshop.verification.plans import quantities
from workshop.wording.numbers import rounded
from workshop.wording.pairs import pair_of
from workshop.wording.words import WORD_OF

_MOST_LINES = 12  # of quantities in a result's repr
_TYPES: Mapping[type, tuple[type, str]] = {  # what a setting must be where the book's has this type
    int: (numbers.Real, "number"),
    float: (numbers.Real, "number"),
    str: (str, "text"),
}


def exercise(name: str) -> Exercise:
    """Return an exercise by its number or id: "5.04", "exercise 5.04", "ch05.ex04", or text "ch05.text07".

    Raises UsageError with a suggestion if there is none.
    """
    return _find(name, "ex")


def activity(name: str) -> Exercise:
    """Return an activity by its number or id: "5.01", "activity 5.01", "ch05.act01". Raises UsageError."""
    return _find(name, "act")


def _find(name: Any, kind: str) -> Exercise:
    if not isinstance(name, str):
        raise UsageError(f'{name!r} is not a name: give the number as a text, e.g. "5.04"')
    book = package_book()
    unit = find_id(name, book.ledger, "unit", kind)
    chapters = {m.unit[:4] for claim in book.ledger.units[unit].claims for m in quantities(claim)}
    known = book.catalogue({unit[:4], *chapters})
    return Exercise(unit, known.named(unit), known)


@dataclass(frozen=True, repr=False)
class Exercise:
    """An exercise, an activity or a text of the book: what it is, what it needs, and how to run it.

    `id` : its unit. `parts` : its functions, the main one first. `catalogue` : the functions of its chapter,
    and of those that these need.
    """

    id: str
    parts: tuple[Part, ...] = field(compare=False)
    catalogue: Catalogue = field(compare=False)

    @property
    def title(self) -> str:
        """The title in the book."""
        return self._units[self.id].title

    @property
    def page(self) -> int | None:
        """The page of the book, None if it is not known."""
        return self._units[self.id].page

    @property
    def _units(self) -> Mapping[str, Unit]:
        return package_book().ledger.units

    @property
    def source(self) -> dict[str, list[str]]:
        """The files, and in each the names of the functions."""
        return self.catalogue.code(self.id)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What the book states about it; also of other units, if its functions measure it."""
        keys = {part.key for part in self.parts}
        others = {part.unit for part in self.parts} - {self.id}
        return self._units[self.id].claims + tuple(
            claim
            for unit in sorted(others)
            for claim in self._units[unit].claims
            if claim.measures()
            and {self.catalogue.owner(m, claim.id).key for m in claim.measures().values()} <= keys
        )

    @property
    def needs(self) -> tuple[str, ...]:
        """Ids of the data sets that it takes, also through other units."""
        return tuple(sorted(self.catalogue.needed(self.parts)))

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of its functions that `run` takes, with the book's values."""
        return {name: value for part in reversed(self.parts) for name, value in part.settings.items()}

    def run(self, seed: int = 0, *, data: Any = None, **settings: Any) -> Result:
        """Run it in this process, by default as the book does, and return what it measures.

        Data sets are found, or fetched if they are small. What other units contribute is computed first.
        Outcomes that are in the result store are taken from there, and new ones are stored. Inside
        `workshop.training.first_steps.first_steps()`, long trainings make as few updates as in a default run
        of `workshop verify`.

        Parameters
        ----------
        seed : of all random draws, from 0 up.
        data : your own data in place of the data set. A table is a DataFrame, prices may be an array of shape
            (days,), images and reviews are arrays as Keras' `load_data` returns them, and a corpus is a list
            of texts. Several data sets are given as a dict by their ids.
        settings : other settings than the book's, see `settings`.

        Raises
        ------
        UsageError
            If a setting is unknown or of another type than the book's, or the seed is not a whole number.
        DataError
            If data of your own can't be used.
        WorkshopError
            If nothing can be run here, or a function fails.
        """
        seed = _seed(seed)
        settings = self._plain(settings)
        own = self._own(data)
        datasets.fetch_small(set(self.needs) - set(own), progress=sys.stderr.isatty())
        engine = self.engine("default" if active() else "full", seed, own, settings)
        with suspended():
            jobs = engine.run(self.parts)
        failures = [each.failure for each in engine.made.values() if each.failure is not None]
        if failures:  # first what others need
            raise WorkshopError(f"{self.label}: {failures[0]}")
        result = Result(self, seed, jobs, engine)
        if not result.outcomes:
            raise WorkshopError(f"{self.label}: {next(iter(result.missing.values()), 'it has no function')}")
        return result

    def plot(self, result: Result) -> Plots:
        """Return its figures, drawn from a result of its own; empty if it has none.

        The book's values and the recorded runs are drawn next to it if the run has the book's data and
        settings, and ran to its end. A notebook shows the figures, and `str` gives them as HTML.

        Raises UsageError if the result is of another exercise.
        """
        self._check_result(result)
        return result.figures()

    def check(self, result: Result) -> Check:
        """Decide its claims on a result, by the rules of `workshop verify`, as far as one run can.

        Results that depend on a seed are compared with the recorded runs, as the printed value is. What other
        exercises measure counts if they were run with the same seed before. Nothing is computed. With the
        book's data and settings, each row says of the run's own value what `workshop check` says of it.

        Raises UsageError if the result is of another exercise.
        """
        self._check_result(result)
        rows = []
        for claim, record in zip(self.claims, result.engine.verify(self.claims).claims, strict=True):
            pair = pair_of(claim, rounded(for_json(record.measured)))
            book, run = pair.written(40, drawn=True)
            name = claim.id.removeprefix(f"{self.id}.")
            stated = book if pair.label == "book" else f"{pair.label} {book}"
            judged = check_measured(claim, record.measured) if result.as_in_book else None
            state, sentence = (judged.state, judged.sentence) if judged is not None else ("–", "")
            said = why(claim, record.verdict, record.reason)
            rows.append(CheckRow(name, stated, run, record.verdict, record.reason, state, sentence, said))
        return Check(rows)

    def __repr__(self) -> str:
        page = "" if self.page is None else f" (page {self.page})"
        lines = [f"{self.title}{page}"]
        lines += [f"  {file}: {', '.join(names)}" for file, names in self.source.items()]
        lines += [f"  needs {', '.join(self.needs) or 'no data'}; {len(self.claims)} claims"]
        settings = [f"{name}={short_text(value, 30)}" for name, value in self.settings.items()]
        lines += [f"  settings: {', '.join(settings) or 'none'}"]
        return "\n".join(lines)

    @property
    def label(self) -> str:
        """Its short name, e.g. `exercise 5.04`."""
        return self.title.partition(":")[0].lower() if ".text" not in self.id else self.id

    def engine(
        self, profile: Profile, seed: int, own: Mapping[str, datasets.Own], settings: Mapping[str, Any]
    ) -> Engine:
        """Return what makes a run, after giving this process the surroundings in which outcomes are made."""
        changed = {p.key: {n: v for n, v in settings.items() if n in p.settings} for p in self.parts}
        return Engine(
            package_book(),
            profile,
            store=None if own or not all(map(_is_literal, settings.values())) else default_store(),
            services=True,
            given=Given(seed, changed, own),
            keeps=_single_threaded(),
        )

    def _own(self, data: Any) -> dict[str, datasets.Own]:
        """Return a reader's own data by the id of the data set. Raises UsageError or DataError."""
        if data is None:
            return {}
        if isinstance(data, dict) and data and set(data) <= set(self.needs):
            return {name: datasets.own(name, value) for name, value in data.items()}
        names = [name for name in self.needs if datasets.is_data(name)]
        if len(names) == 1:
            return {names[0]: datasets.own(names[0], data)}
        if not names:
            raise UsageError(f"{self.label} needs no data: change its settings instead")
        listed = ", ".join(names)
        raise UsageError(f"{self.label} takes {listed}: give a dict of your own data by these names")

    def _plain(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return settings with NumPy's numbers as Python's, and lists as tuples where the book has a tuple.

        Raises UsageError for a setting that is unknown, or is not a number or text where the book's is one.
        """
        plain: dict[str, Any] = {}
        for name, value in settings.items():
            if name not in self.settings:
                raise UsageError(f"{self.label} has no setting {name!r}: {_suggest(name, self.settings)}")
            usual = self.settings[name]
            kind, wanted = _TYPES.get(type(usual), (object, ""))
            if not isinstance(value, kind):
                raise UsageError(
                    f"{self.label}: {name}={short_text(value, 40)} is not a {wanted}, "
                    f"give one such as {name}={usual!r}"
                )
            if isinstance(value, np.generic):
                plain[name] = value.item()
            elif isinstance(value, list) and isinstance(usual, tuple):
                plain[name] = tuple(value)
            else:
                plain[name] = value
        return plain

    def _check_result(self, result: Any) -> None:
        """Raise UsageError unless this is a result of this exercise."""
        if not isinstance(result, Result):
            raise UsageError(f"{self.label}: give what its run() returns, not a {type(result).__name__}")
        if result.exercise != self:
            raise UsageError(f"{self.label}: give a result of it, not one of {result.exercise.label}")


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """What one run of an exercise returned; the quantities of its outcomes are attributes, too.

    `jobs` : what was to be run, by the keys of the parts. `engine` : what has made it.
    """

    exercise: Exercise
    seed: int
    jobs: Mapping[str, Job]
    engine: Engine

    @cached_property
    def _own_jobs(self) -> dict[str, Job]:
        """The jobs of the exercise's functions by name, without those of the units that they take."""
        return {part.name: self.jobs[part.key] for part in self.exercise.parts}

    @cached_property
    def outcomes(self) -> dict[str, Any]:
        """The outcomes of the exercise's functions by name."""
        made = self.engine.made
        done = {name: made[job.key] for name, job in self._own_jobs.items() if job.key in made}
        return {name: outcome_of(each.outcome) for name, each in done.items()}

    @property
    def missing(self) -> dict[str, str]:
        """Why functions could not be run here, by name."""
        return {name: job.blocked for name, job in self._own_jobs.items() if job.blocked}

    @property
    def first_steps(self) -> bool:
        """Whether long trainings made only first steps, so that this is not the book's procedure."""
        return any(job.steps_only for job in self.jobs.values())

    @property
    def as_in_book(self) -> bool:
        """Whether it has the book's data and settings, so that figures show the book's values next to it."""
        return not self.engine.given.own and not any(job.changed for job in self.jobs.values())

    @property
    def quantities(self) -> dict[str, Any]:
        """All quantities of the outcomes by name; of equal names the first counts."""
        found: dict[str, Any] = {}
        for outcome in self.outcomes.values():
            for each in fields(outcome):
                found.setdefault(each.name, getattr(outcome, each.name))
        return found

    def by_unit(self) -> dict[str, list[PartOutcome]]:
        """Return the outcomes by unit, as figures take them."""
        found: dict[str, list[PartOutcome]] = {}
        for name, outcome in self.outcomes.items():
            job = self._own_jobs[name]
            one = PartOutcome(outcome, job.seeds, job.steps_only, job.substitutes)
            found.setdefault(job.part.unit, []).append(one)
        return found

    def figures(self) -> Plots:
        """Return the figures that are drawn of it."""
        recorded = {}
        if self.as_in_book:
            facts = self.engine.environment.facts()
            recorded = drawn_runs(self.engine.book, [self.exercise.id], facts)
        drawn = draw_figures(self.engine.book.ledger, self.by_unit(), book=self.as_in_book, recorded=recorded)
        return Plots(each for several in drawn.values() for each in several)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # a copy asks for these before it has any attribute
            raise AttributeError(f"a result has no attribute {name!r}")
        found = self.quantities
        if name not in found:
            raise AttributeError(f"{self.exercise.label} measures no {name!r}: {_suggest(name, found)}")
        return found[name]

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.quantities})

    def __repr__(self) -> str:
        shown = list(self.quantities.items())
        lines = [self._headline()]
        lines += [f"  {name}: {short_text(value)}" for name, value in shown[:_MOST_LINES]]
        if len(shown) > _MOST_LINES:
            names = ", ".join(name for name, _ in shown[_MOST_LINES:])
            lines.append(f"  also {short_text(names, 100)}")
        return "\n".join(lines + [f"  {name} was not run: {why}" for name, why in self.missing.items()])

    def _headline(self) -> str:
        drawn = any(job.seeds for job in self.jobs.values())
        own = sorted({line for job in self.jobs.values() for line in job.substitutes})
        notes = [f"seed {self.seed}"] if drawn else []
        notes += ["first steps only"] if self.first_steps else []
        return ", ".join([self.exercise.title, *notes]) + (f" ({'; '.join(own)})" if own else "")

    def _repr_html_(self) -> str:
        checked = self.exercise.check(self)
        measured = {str(m.field) for claim in self.exercise.claims for m in claim.measures().values()}
        rows = [(r.claim, r.mine, r.book, r.word, r.why) for r in checked]
        rows += [(n, short_text(v), "", "", "") for n, v in self.quantities.items() if n not in measured]
        return "".join(
            [
                f"<div><p>{escape(self._headline())}</p>",
                _table(("quantity", "mine", "the book", "verdict", "why"), rows),
                str(self.figures()),
                *(f"<p>{escape(n)} was not run: {escape(why)}</p>" for n, why in self.missing.items()),
                "</div>",
            ]
        )


@dataclass(frozen=True)
class CheckRow:
    """A claim, what the book says, what was measured, and the verdict on the book with its reason.

    `state` and `sentence` say of what was measured what `workshop check` says of it. `reason` is in the
    engine's words, and `why` in a reader's, "" where the claim holds.
    """

    claim: str
    book: str
    mine: str
    verdict: str
    reason: str
    state: State = "–"
    sentence: str = ""
    why: str = ""

    @property
    def word(self) -> str:
        """The verdict in a reader's word, and by its name in the results."""
        name = WORD_OF[self.verdict].name
        return name if name == self.verdict else f"{name} [{self.verdict}]"


class Check(tuple[CheckRow, ...]):
    """The claims of an exercise, decided on one run."""

    __slots__ = ()

    def __repr__(self) -> str:
        found = ((r.claim, r.book, r.mine, r.state, r.word) for r in self)
        rows = [("claim", "book", "mine", "", "verdict"), *found]
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)

    def _repr_html_(self) -> str:
        rows = [(r.claim, r.book, r.mine, f"{r.state} {r.sentence}".strip(), r.word, r.why) for r in self]
        return _table(("claim", "book", "mine", "yours", "verdict", "why"), rows)


class Plots(tuple[Figure, ...]):
    """Figures as data, which a notebook shows; as a text they are HTML."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"<style>{STYLE}</style>{''.join(map(_figure, self))}" if self else ""

    def _repr_html_(self) -> str:
        return str(self)


def _figure(figure: Figure) -> str:
    """Write a figure with its title as HTML, or the line that says why there is none."""
    title = figure.title if figure.parts else f"{figure.title}: {figure.alt}"
    return f"<figure><figcaption><b>{escape(title)}</b></figcaption>{html(figure)}</figure>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(f"<{tag} style='text-align: left'>{escape(cell)}</{tag}>" for cell in row)

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', head)}</tr></thead><tbody>{body}</tbody></table>"


def _seed(seed: Any) -> int:
    try:
        number = operator.index(seed)
    except TypeError:
        number = -1
    if number < 0 or isinstance(seed, bool):
        raise UsageError(f"seed {seed!r}: give a whole number from 0 up")
    return number


def _suggest(name: str, known: Collection[str]) -> str:
    """Return which of the known names may be meant, and all of them."""
    close = suggest(name, dict.fromkeys(known, ""))
    meant = f"did you mean {' or '.join(map(repr, close))}? " if close else ""
    return f"{meant}There are {', '.join(known)}" if known else "there are none"


def _is_literal(value: Any) -> bool:
    """Whether the repr of a setting, by which outcomes are stored, says all of it."""
    try:
        return bool(ast.literal_eval(repr(value)) == value)
    except (ValueError, SyntaxError):
        return False


def _single_threaded() -> bool:
    """Whether TensorFlow computes with one thread here, as for all outcomes that are stored."""
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None:
        return True
    threading = tensorflow.config.threading
    try:
        threading.set_intra_op_parallelism_threads(1)
        threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:  # its threads have been started
        return False
    return True
