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
from contextlib import nullcontext
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from html import escape
from importlib import import_module
from typing import Any

import numpy as np

from workshop import datasets
from workshop.book import package_book
from workshop.checking.checks import check_measured
from workshop.datasets.own_data import OFFSET, POINTS, TEXT, YOUR_OWN, Form, are_texts, form_of, unlabelled
from workshop.errors import DataError, UsageError, WorkshopError
from workshop.execution.catalogue import Catalogue
from workshop.execution.noise import hushed, own_stream
from workshop.execution.planner import Given, Job, Profile
from workshop.execution.store import default_store
from workshop.figures.registry import draw_figures
from workshop.ledger import Claim, Unit
from workshop.ledger.names import find_id
from workshop.reporting.describe import why
from workshop.reporting.exercise import Bar, Check, CheckRow, Plots, table
from workshop.samples.model import drawn_runs
from workshop.suggestions import suggest
from workshop.training.first_steps import active, outcome_of, suspended
from workshop.training.watching import Trained, rebuilt, watching
from workshop.units import Part, short_text
from workshop.values import for_json
from workshop.verification.engine import Engine, PartOutcome
from workshop.verification.plans import quantities
from workshop.wording.numbers import capital, rounded
from workshop.wording.pairs import pair_of

_MOST_LINES = 12  # of quantities in a result's repr
_TYPES: Mapping[type, tuple[type, str]] = {  # what a setting must be where the book's has this type
    int: (numbers.Real, "number"),
    float: (numbers.Real, "number"),
    str: (str, "text"),
}
# whole numbers of the book that do not count anything, and numbers that are shares of something
_ANY_NUMBER = {
    "around", "bright", "c", "chosen", "first", "global_seed", "image", "legacy_seed", "limit", "new_seed",
    "number", "scalar", "seed", "start", "turned", "update", "x", "y",
}  # fmt: skip
_SHARES = {"beta_1", "probability", "share", "validation_share"}

# the setting that takes `data` where there is no data set, and its form
_SETTINGS: Mapping[str, tuple[str, Form]] = {
    **dict.fromkeys(("ch04.ex01", "ch04.ex02", "ch04.ex03", "ch04.ex04"), ("text", TEXT)),
    **dict.fromkeys(("ch07.ex01", "ch07.ex02", "ch07.ex03", "ch07.ex04"), ("real", POINTS)),
}
# what is given in examples where it is not `data` alone
_ARGUMENTS: Mapping[str, str] = {
    "ch01.ex02": "x=5, y=2, c=7",
    "ch01.ex03": "x=[[1, 0, 2]], y=[[3], [4], [5]]",
    "ch01.ex04": "rows=6, columns=3",
    "ch01.ex05": "matrix=[[3, 9], [7, 1], [2, 8]]",
    "ch01.ex06": "x=[1, 2, 3], y=[5, 7, 9]",
    "ch01.act01": "coefficients=(1, -6, 9)",
    "ch02.ex01": "inputs=[[1, 1], [0, 1], [0, 0]], neurons=3",
    "ch03.ex01": "a=[[0, 1, 2], [3, 4, 5], [6, 7, 8]], b=[[0, 0, 0], [0, 1, 0], [0, 0, 0]]",
    "ch04.ex03": 'data=text, terms=("rabbit", "hatter")',
    "ch04.ex05": 'data=corpus, phrases=(("white", "rabbit"), ("mad", "hatter")), others=(("the", "mad"),)',
    "ch04.ex06": 'data={"nltk_brown": corpus, "nltk_movie_reviews": corpus}, word="rabbit"',
    "ch04.act02": 'data=text, word="hatter", phrases=(("white", "rabbit"), ("mad", "hatter"))',
    "ch05.ex02": "xt0=[[0, 1], [2, 3]], xt1=[[4, 5], [6, 7]], neurons=4",
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
        """The settings that `run` takes, with the book's values: of its functions, and of what they take."""
        every = self.catalogue.with_upstream(self.parts)
        values = {name: value for part in reversed(every) for name, value in part.settings.items()}
        return {name: value for name, value in values.items() if name != _SETTINGS.get(self.id, ("",))[0]}

    @property
    def own_data(self) -> OwnData:
        """What a run takes of a reader's own."""
        if self.id in _SETTINGS:
            forms = {"": _SETTINGS[self.id][1]}
        else:
            forms = {name: form for name in self._data_names() if (form := form_of(name)) is not None}
        first = next(iter(forms.values()), None)
        arguments = _ARGUMENTS.get(self.id, f"data={first.name}" if first else "")
        names = [] if first else [f"`{each.arg}`" for each in _call(arguments).keywords]
        wanted = [*dict.fromkeys(form.wanted for form in forms.values())]
        if self.id.startswith("ch07") and self.id not in _SETTINGS:  # a GAN takes no labels
            wanted.append("or the images alone")
        word, _, number = self.label.rpartition(" ")
        return OwnData(
            wanted="; ".join(wanted) or f"numbers, as the settings {', '.join(names)}",
            example=f'workshop.{word or "exercise"}("{number}").run({arguments})',
            made="\n".join(dict.fromkeys(form.made for form in forms.values())),
        )

    def run(self, seed: int = 0, *, data: Any = None, progress: bool = False, **settings: Any) -> Result:
        """Run it in this process, by default as the book does, and return what it measures.

        Data sets are found, or fetched if they are small. What other units contribute is computed first.
        Outcomes that are in the result store are taken from there, and new ones are stored. Inside
        `workshop.training.first_steps.first_steps()`, long trainings make as few updates as in a default run
        of `workshop verify`.

        Parameters
        ----------
        seed : of all random draws, from 0 up.
        data : your own data in the form of `own_data`. Several data sets are given as a dict by their ids.
            Functions that don't take them do not run, nor do second long trainings for comparison; images
            that a GAN makes are not judged by a classifier unless you say `judging=True`.
        progress : whether a bar with the loss of each epoch or iteration is shown on standard error; word
            vectors and perceptrons have none. New outcomes are then not stored.
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
        own, given = self._own(data)
        settings = {**given, **settings}
        interval = self.settings.get("interval", 0)
        if "interval" not in settings and settings.get("iterations", interval + 1) <= interval:
            prints = self.settings["iterations"] // interval  # as many as in the book, where there is room
            settings["interval"] = max(1, settings["iterations"] // prints)
        parts = self.parts if data is None else self._taking({*own, *given})
        needs = self.catalogue.needed(parts)
        datasets.fetch_small(needs - set(own), progress=sys.stderr.isatty())
        engine = self.engine("default" if active() else "full", seed, own, settings)
        if progress:
            engine.keeps = False
        steps = settings.get("iterations", self.settings.get("iterations", 0))
        jobs, trained = _run(engine, parts, Bar(self.label, steps, own_stream) if progress else None)
        failures = [each.failure for each in engine.made.values() if each.failure is not None]
        if failures:  # first what others need
            raise WorkshopError(f"{_in_words(failures[0])} ({self.label})")
        result = Result(self, seed, jobs, engine, data is not None, trained)
        if not result.outcomes:
            raise WorkshopError(f"{next(iter(result.missing.values()), 'it has no function')} ({self.label})")
        return result

    def plot(self, result: Result) -> Plots:
        """Return its figures, drawn from a result of its own; empty if it has none.

        The book's values and the recorded runs are drawn next to it if the run has the book's data and
        settings, and ran to its end. A notebook shows the figures, `print` writes them to a page, and `html`
        has them as a text.

        Raises UsageError if the result is of another exercise.
        """
        self._check_result(result)
        return result.plot()

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
            pair = pair_of(claim, replace(record, measured=rounded(for_json(record.measured))))
            book, run = pair.written(40, drawn=True)
            name = claim.id.removeprefix(f"{self.id}.")
            stated = book if pair.label == "book" else f"{pair.label} {book}"
            what, reason = capital(claim.what), why(claim, record.verdict, record.reason)
            if result.own:
                rows.append(CheckRow(name, stated, run, "", YOUR_OWN, what))
                continue
            row = CheckRow(name, stated, run, record.verdict, record.reason, what, reason, "–")
            judged = check_measured(claim, record.measured) if result.as_in_book else None
            if judged is not None:
                answer = judged.sentence if judged.state in "?✘" else judged.verdict
                row = replace(row, state=judged.state, answer=answer)
            rows.append(row)
        return Check(([row for row in rows if row.mine] or rows) if result.own else rows)

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
        every = self.catalogue.with_upstream(self.parts)
        changed = {p.key: {n: v for n, v in settings.items() if n in p.settings} for p in every}
        return Engine(
            package_book(),
            profile,
            store=None if own or not all(map(_is_literal, settings.values())) else default_store(),
            services=True,
            given=Given(seed, changed, own),
            keeps=_single_threaded(),
        )

    def _data_names(self) -> list[str]:
        """Return the data sets that it is about: those of its first function that takes one."""
        by_part = [sorted(filter(datasets.is_data, self.catalogue.needed([part]))) for part in self.parts]
        return next(filter(None, by_part), [])

    def _taking(self, names: Collection[str]) -> tuple[Part, ...]:
        """Return the functions that take own data, by names of data sets or of a setting.

        Of several long trainings only the first is left.
        """
        taking = []
        for part in self.parts:
            every = self.catalogue.with_upstream([part])
            if any(name in each.datasets or name in each.settings for each in every for name in names):
                taking.append(part)
        long = [part for part in taking if part.first_steps]
        return tuple(part for part in taking if part not in long[1:])

    def _own(self, data: Any) -> tuple[dict[str, datasets.Own], dict[str, Any]]:
        """Return a reader's own data by the id of the data set, and the settings that follow from them.

        Raises UsageError or DataError.
        """
        if data is None:
            return {}, {}
        if self.id in _SETTINGS:
            setting, form = _SETTINGS[self.id]
            return {}, {setting: form.of(data, self.label)}
        if isinstance(data, dict) and data and set(data) <= set(self.needs):
            given = data
        else:
            names = self._data_names()
            if not names:
                raise UsageError(
                    f"{self.label} has no data set to replace: give your own numbers as settings, e.g. "
                    f"{self.own_data.example}"
                )
            if len(names) > 1:
                listed = ", ".join(f'"{name}": …' for name in names)
                raise UsageError(f"one value is not enough: give {self.label} a dict, data={{{listed}}}")
            given = {names[0]: data}
        if self.id.startswith("ch07"):
            return {n: datasets.own(n, unlabelled(value)) for n, value in given.items()}, {"judging": False}
        return {
            n: _review_ids(v) if n == "imdb" and are_texts(v) else datasets.own(n, v)
            for n, v in given.items()
        }, {}

    def _plain(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return settings with NumPy's numbers as Python's, and lists as tuples where the book has a tuple.

        A count is a whole number. Raises UsageError for a setting that is unknown, is not a number or text
        where the book's is one, or is out of its range.
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
            if isinstance(value, list | np.ndarray) and isinstance(usual, tuple):
                plain[name] = _tuple(value)
                continue
            number: Any = value.item() if isinstance(value, np.generic) else value
            if type(usual) not in (int, float):
                plain[name] = number
                continue
            wanted, fits = "a finite number", abs(number) <= sys.float_info.max
            counts = type(usual) is int and usual > 0 and name not in _ANY_NUMBER
            if counts:  # how many of something there are
                most = max(10_000, 1000 * usual)
                wanted = f"a whole number from 1 to {most:,}"
                fits = 1 <= number <= most and number == int(number)
            elif name.endswith("_seed"):
                wanted, fits = "a whole number from 0 to 4,294,967,295", number in range(2**32)
            elif name in _SHARES:
                wanted, fits = "a number between 0 and 1", 0 < number < 1
            if not fits:
                raise UsageError(f"{self.label}: {name}={number} is out of its range, give {wanted}")
            plain[name] = int(number) if counts else number
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

    `jobs` : what was to be run, by the keys of the parts. `engine` : what has made it. `own` : whether it is
    of a reader's own data. `trained` : what trainings of this call ended with, by the keys of the parts.
    """

    exercise: Exercise
    seed: int
    jobs: Mapping[str, Job]
    engine: Engine
    own: bool = False
    trained: Mapping[str, Sequence[Trained]] = field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out networks, which a copy trains again."""
        return {**vars(self), "trained": {}}

    @cached_property
    def _own_jobs(self) -> dict[str, Job]:
        """The jobs of the exercise's functions by name, without those of the units that they take."""
        return {part.name: self.jobs[part.key] for part in self.exercise.parts if part.key in self.jobs}

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
        return not self.own and not any(job.changed for job in self.jobs.values())

    @cached_property
    def model(self) -> Any:
        """The network that was trained, a Keras model of its own, to `predict` and to `save`.

        Of a GAN it is the pair of generator and discriminator, and of word vectors gensim's model; where
        several corpora or settings are compared, there is one of each. The weights are those of this call.
        An outcome from the result store has none: then the training is made once more, with the same seed
        and settings.

        Raises WorkshopError if nothing is trained.
        """
        parts = [part for part in self.exercise.parts if part.key in self.jobs]
        drawn = [part for part in parts if self.exercise.catalogue.stochastic(part)]
        networks_made = next(filter(None, (self.trained.get(part.key) for part in drawn)), None)
        if not networks_made and any(self.engine.made[self.jobs[part.key].key].stored for part in drawn):
            sys.stderr.write(f"{self.exercise.label}: running once more, because no weights are stored\n")
            _, trained = _run(replace(self.engine, store=None, made={}), drawn)
            networks_made = next(filter(None, trained.values()), None)
        if not networks_made:
            raise WorkshopError(
                f"{self.exercise.label} trains no network: what it computes is in `quantities`"
            )
        most = max(len(networks) for networks, _, _ in networks_made)
        if most == 1 and not networks_made[-1][1]:  # of gensim, all of them
            models = tuple(model for each in networks_made for model in rebuilt(each))
        else:
            models = rebuilt([each for each in networks_made if len(each[0]) == most][-1])
        return models[0] if len(models) == 1 else models

    @property
    def vocabulary(self) -> dict[str, int]:
        """The number by which a network of chapter 6 knows each stem of own texts.

        Raises WorkshopError if no texts were given.
        """
        for name, data in self.engine.given.own.items():
            if isinstance(data, _Reviews):
                return dict(data.vocabulary)
            if name == "amazon_reviews":
                return _stemmed(datasets.load(data))[1]
        raise WorkshopError("only runs of chapter 6 on texts of your own have a vocabulary")

    @property
    def quantities(self) -> dict[str, Any]:
        """All quantities of the outcomes by name; of equal names the first counts."""
        values: dict[str, Any] = {}
        for outcome in self.outcomes.values():
            for each in fields(outcome):
                values.setdefault(each.name, getattr(outcome, each.name))
        return values

    def by_unit(self) -> dict[str, list[PartOutcome]]:
        """Return the outcomes by unit, as figures take them."""
        outcomes: dict[str, list[PartOutcome]] = {}
        for name, outcome in self.outcomes.items():
            job = self._own_jobs[name]
            one = PartOutcome(outcome, job.seeds, job.steps_only, () if self.own else job.substitutes)
            outcomes.setdefault(job.part.unit, []).append(one)
        return outcomes

    def plot(self) -> Plots:
        """Return the figures that are drawn of it, as the exercise's `plot` does."""
        recorded = {}
        if self.as_in_book:
            facts = self.engine.environment.facts()
            recorded = drawn_runs(self.engine.book, [self.exercise.id], facts)
        drawn = draw_figures(
            self.engine.book.ledger,
            self.by_unit(),
            book=self.as_in_book,
            recorded=recorded,
            own=self.engine.given.own,
        )
        return Plots(each for several in drawn.values() for each in several)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # a copy asks for these before it has any attribute
            raise AttributeError(f"a result has no attribute {name!r}")
        values = self.quantities
        if name not in values:
            raise AttributeError(f"{self.exercise.label} measures no {name!r}: {_suggest(name, values)}")
        return values[name]

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
        own = sorted({line for job in self.jobs.values() for line in job.substitutes if not self.own})
        own += [YOUR_OWN] if self.own else []
        notes = [f"seed {self.seed}"] if drawn else []
        notes += ["first steps only"] if self.first_steps else []
        return ", ".join([self.exercise.title, *notes]) + (f" ({'; '.join(own)})" if own else "")

    def _repr_html_(self) -> str:
        checked = self.exercise.check(self)
        measured = {str(m.field) for claim in self.exercise.claims for m in claim.measures().values()}
        head = ("what", "yours") if self.own else ("what", "yours", "book", "answer", "why")
        rows = [
            {"what": r.what, "yours": r.mine, "book": r.book, "answer": r.said, "why": r.why}
            for r in checked
            if r.mine
        ]
        others = {name: value for name, value in self.quantities.items() if name not in measured}
        rows += [{"what": name, "yours": short_text(value)} for name, value in others.items()]
        return "".join(
            [
                f"<div><p>{escape(self._headline())}</p>",
                table(head, [[row.get(name, "") for name in head] for row in rows]),
                self.plot().html,
                *(f"<p>{escape(n)} was not run: {escape(why)}</p>" for n, why in self.missing.items()),
                "</div>",
            ]
        )


@dataclass(frozen=True)
class OwnData:
    """What a run takes of a reader's own: in words, as an example of a call, and as lines before it."""

    wanted: str
    example: str
    made: str


@dataclass(frozen=True)
class _Reviews(datasets.Own):
    """Own reviews that were texts, with the numbers of their stems as a network takes them."""

    vocabulary: Mapping[str, int] = field(default_factory=dict)


def _review_ids(texts: Any) -> _Reviews:
    """Return texts as ids by the steps of activity 6.01. Raises DataError."""
    reviews = datasets.own("amazon_reviews", texts)
    parts, index = _stemmed(reviews.value)
    ids: list[Any] = []
    for stems, part in zip(parts, reviews.value, strict=True):
        ids += [_steps("_tokenizer").sequences(stems, index, len(index) + 1), part["label"].to_numpy()]
    made = replace(reviews, id="imdb", value=datasets.ReviewIds.of(*ids))
    return _Reviews(**vars(made), vocabulary={stem: rank + OFFSET for stem, rank in index.items()})


def _stemmed(tables: datasets.ReviewTables) -> tuple[list[list[str]], dict[str, int]]:
    """Return the reviews of both tables as texts of stems, and each stem's rank among the training ones."""
    datasets.fetch_small({"nltk_punkt", "nltk_stopwords"}, progress=sys.stderr.isatty())
    tools = datasets.load("nltk_punkt"), datasets.load("nltk_stopwords")
    parts = [_steps("_amazon_texts").stem_texts(table["review_text"], *tools) for table in tables]
    return parts, _steps("_tokenizer").word_index(parts[0])


def _steps(name: str) -> Any:
    """Return a module with steps of activity 6.01."""
    return import_module(f"workshop.measures.ch06_sentiment.{name}")


def _run(
    engine: Engine, parts: Sequence[Part], bar: Bar | None = None
) -> tuple[dict[str, Job], dict[str, list[Trained]]]:
    """Run functions one after the other, without the lines that libraries log.

    Return the jobs of all that was to be run, and what trainings ended with, by the keys of the parts.
    """
    jobs: dict[str, Job] = {}
    trained: dict[str, list[Trained]] = {}
    with hushed(), suspended(), bar or nullcontext():
        for part in parts:
            with watching(bar) as trained[part.key]:
                jobs.update(engine.run([part]))
    return jobs, trained


def _seed(seed: Any) -> int:
    try:
        number = operator.index(seed)
    except TypeError:
        number = -1
    if number < 0 or isinstance(seed, bool):
        raise UsageError(f"seed {seed!r}: give a whole number from 0 up")
    return number


def _tuple(value: Any) -> Any:
    """Return lists and arrays as tuples, at all depths."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return tuple(map(_tuple, value)) if isinstance(value, list | tuple) else value


def _call(arguments: str) -> ast.Call:
    (statement,) = ast.parse(f"run({arguments})").body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    return statement.value


def _in_words(failure: str) -> str:
    """Return what is wrong, without the function that found it; an error of our own keeps its name."""
    _, _, raised = failure.partition(" raised ")
    kind, _, message = raised.partition(": ")
    return message if kind in {"ValueError", DataError.__name__} and message else raised or failure


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
