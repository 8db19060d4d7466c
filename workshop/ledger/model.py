"""The typed ledger: claims, units and chapters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, get_args

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
from pydantic import AfterValidator, Field, field_validator, model_validator

from workshop.ledger.rules import AnyRule, SampledRule
from workshop.ledger.rules.base import Kind, StrictRule
from workshop.ledger.scales import scale_of
from workshop.paths import Measure, is_within, parse_measure
from workshop.statistics.scales import Scale

Evidence = Literal["measured", "data", "built", "statement", "setting", "printed"]
Library = Literal[
    "tensorflow", "keras", "numpy", "scikit-learn", "pandas", "pillow", "nltk", "gensim", "python"
]  # fmt: skip
LIBRARIES: tuple[Library, ...] = get_args(Library)
# a number of the recorded runs in a text for readers, which `samples.texts` fills in
PLACEHOLDER = re.compile(r"\{(?:(?P<era>[\w.-]+): )?(?P<what>runs|range|median|share)(?: (?P<of>[^{}]+))?\}")


def _with_placeholders(text: str) -> str:
    if re.search("[{}]", PLACEHOLDER.sub("", text)):
        raise ValueError(f"{text[:60]!r} has an unknown placeholder: use runs, range, median or share")
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(_with_placeholders)]
_ITEM = re.compile(r"\s*(-|\d+\.)\s")


def join_lines(text: str) -> str:
    """Return a text with one line for each paragraph and each item of a list, for the output to wrap.

    An empty line ends a paragraph, and `- ` or `1. ` begins an item.
    """
    joined: list[str] = []
    ended = True
    for line in text.rstrip().splitlines():
        if ended or _ITEM.match(line):
            joined.append(line.rstrip())
        else:
            joined[-1] += f" {line.strip()}"
        ended = not line.strip()
    return "\n".join(line for line in joined if line)


Prose = Annotated[str, Field(min_length=1), AfterValidator(join_lines)]
# with which NumPy computes where it can; the environment says which it uses
InstructionSet = Literal["avx2", "avx512"]
INSTRUCTION_SETS: tuple[InstructionSet, ...] = get_args(InstructionSet)


class Alternative(NamedTuple):
    """A condition on versions like '>=1.25', and the instruction set that it asks for, "" if any will do."""

    versions: str
    instructions: str


def alternatives(condition: str) -> list[Alternative]:
    """Return what a condition like '>=1.25 with avx512 or >=2.0 with avx2' accepts."""
    return [Alternative(*text.partition(" with ")[::2]) for text in condition.split(" or ")]


class VersionCondition(StrictRule):
    """Versions under which something applies: `when` gives a condition like '>=3.0' for each library.

    It may ask for an instruction set and have alternatives: '>=1.25 with avx512 or >=2.0 with avx2'.
    """

    when: dict[Library, str] = Field(default_factory=dict)

    @field_validator("when")
    @classmethod
    def _conditions(cls, when: dict[Library, str]) -> dict[Library, str]:
        for library, condition in when.items():
            for versions, instructions in alternatives(condition):
                if instructions not in ("", *INSTRUCTION_SETS):
                    known = " or ".join(INSTRUCTION_SETS)
                    raise ValueError(
                        f"{library} has an unknown instruction set {instructions!r}: use {known}"
                    )
                try:
                    SpecifierSet(versions)
                except InvalidSpecifier:
                    raise ValueError(
                        f"{library} {versions!r} is not a version condition like '>=3.0'"
                    ) from None
        return when

    def applies(self, environment: Mapping[str, str]) -> bool:
        """Whether an environment's facts meet all conditions; a missing or unreadable version meets none."""
        used = ("", *environment.get("instructions", "").split())
        try:
            return all(
                any(
                    SpecifierSet(versions).contains(Version(environment.get(library, "")), prereleases=True)
                    for versions, instructions in alternatives(condition)
                    if instructions in used
                )
                for library, condition in self.when.items()
            )
        except InvalidVersion:
            return False


class Finding(VersionCondition):
    """Why a documented result does not hold.

    `refuted`: measurement excludes it. `changed`: it does not hold under the versions that `when` names, and
    the claim fails if it holds there after all. `instead` is the value that is measured. The rule must accept
    it, so that not just any wrong result counts as a refutation. Only claims that recorded runs decide can do
    without it.
    """

    verdict: Literal["refuted", "changed"]
    reason: Text = Field(min_length=10)
    instead: Any = None

    @model_validator(mode="after")
    def _names_versions(self) -> Finding:
        if (self.verdict == "changed") != bool(self.when):
            raise ValueError("a changed finding names its versions in `when`, a refuted one has no `when`")
        return self


class Reader(StrictRule):
    """What a reader of the book should know about a result that does not hold as printed.

    `sentence` says what it means for them, `printed` and `right` are short, and `proof` says in words how the
    suite shows it.
    """

    title: str = Field(min_length=1)
    sentence: Text
    printed: Text
    right: Text
    proof: Text


class Claim(StrictRule):
    """One documented result of a unit or, marked `ours`, a statement of our own about it.

    `documented` is what a measured value is compared with. The book prints it, except the part `tested_as`,
    which is ours and makes testable what the book says in words, the `statement`; or it is the `statement`.
    `test` says what we ask.

    `measure` says where the claim's quantity is. `beside` names quantities that are shown next to it and
    decide nothing. `full_only`: only a training that ran to its end decides the claim. `any_data`: no data
    change what is measured, so the registry's substitutes decide it, too. `measured_on` is written where a
    claim was measured on documented data of which the registry says that nobody has. `evidence` is what a
    verdict is worth; a claim that can't be tested has none. `same_as` names the claim whose printed value the
    book repeats here. `source` is where the value is printed. Claims with `correct`
    or `finding`, and only they, have `reader` and `consequence`: 3 if it changes a conclusion, 2 if a
    statement or number is wrong or code will not run, 1 for a slip, as every error that rests on one
    character of the text is. `surprise` is the place among those of the same consequence, 1 for what
    surprises most; those without one follow in the book's order. `same_error_as` names the claim that shows
    the same error or change, and whose `reader` and `consequence` count for both. `unconfirmed` says what
    would confirm an error that a run of the whole book leaves open: only confirmed ones are called errors.
    """

    id: str
    what: str
    documented: Any
    tested_as: Any = None
    statement: str | None = None
    test: str | None = Field(default=None, min_length=1)
    correct: Any = None
    notebook: Any = None
    evidence: Evidence | None = None
    same_as: str | None = None
    same_error_as: str | None = None
    unconfirmed: str | None = Field(default=None, min_length=1)
    source: Literal["book", "notebook"] = "book"
    measured_in: str | None = None
    page: int | None = None
    needs: tuple[str, ...] = Field(default=(), strict=False)
    measure: str | dict[str, str] | None = None
    full_only: bool = False
    any_data: bool = False
    measured_on: Literal["documented"] | None = None
    beside: dict[str, str] = Field(default_factory=dict)
    ours: bool = False
    rule: AnyRule
    finding: Finding | None = None
    note: str | None = None
    consequence: int | None = Field(default=None, ge=1, le=3)
    surprise: int | None = Field(default=None, ge=1)
    reader: Reader | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Claim:
        self.rule.fit(self.documented)
        if self.tested_as is not None and (self.ours or not self.statement):
            raise ValueError("`tested_as` needs the `statement` of the book that it makes testable: add it")
        if self.test is not None and self.ours:
            raise ValueError("`test` is what we ask of the book: say it in `statement` of a claim of ours")
        if self.correct is not None:
            self._separates()
            if self.finding is not None:
                raise ValueError("a claim with a `correct` value needs no finding: the note says why")
        if self.finding is not None and self.finding.instead is None and not self.rule.needs_sample:
            raise ValueError("the finding does not say what is measured instead: add `instead`")
        if self.measure is not None and not self.rule.needs_run:
            raise ValueError(f"a {self.rule.name} rule needs no run, so no `measure`")
        if self.any_data and not (self.evidence == "setting" and self.needs and not self.rule.needs_sample):
            raise ValueError("`any_data` is for a setting that one run on data shows: remove it")
        if self.measured_on is not None and not (self.needs and self.rule.needs_run):
            raise ValueError("`measured_on` is for a claim that needs data and a run: remove it")
        self._worth()
        self.measures()
        self.shown_next_to()
        self._written_for_readers()
        return self

    def _worth(self) -> None:
        if self.rule.needs_run and self.evidence is None:
            raise ValueError("what the verdict is worth is missing: add `evidence`")
        if self.rule.needs_run and self.evidence == "printed":
            raise ValueError("`printed` is for claims that need no run: choose another `evidence`")
        if not self.rule.needs_run and self.evidence != self.rule.evidence:
            raise ValueError(
                f"the evidence of a {self.rule.name} rule is {self.rule.evidence}: mend `evidence`"
            )

    def _separates(self) -> None:
        self.rule.fit(self.correct)
        if self.correct == self.documented:
            raise ValueError("`correct` equals `documented`: drop it")
        decides_alone = self.rule.needs_run and not self.rule.needs_sample
        if decides_alone and self.rule.decide(self.correct, self.documented).holds:
            raise ValueError(
                f"the rule ({self.rule.text()}) can't separate the correct from the printed value: tighten it"
            )

    def _written_for_readers(self) -> None:
        first = self.same_error_as
        if first is not None and not self.differs:
            raise ValueError("`same_error_as` is only for a claim with `correct` or `finding`: remove it")
        texts = [self.finding.reason] if self.finding is not None else []
        texts += self.reader.model_dump().values() if self.reader is not None else []
        if any("{" in text for text in texts) and not self.rule.needs_sample:
            raise ValueError("no recorded runs decide it, so no number of them can be filled in: drop {…}")
        if self.unconfirmed is not None and not self.is_error:
            raise ValueError("`unconfirmed` is only for an error of the book: remove it")
        if self.surprise is not None and self.consequence is None:
            raise ValueError("`surprise` is an order of those with the same `consequence`: remove it")
        for key in ("reader", "consequence"):
            given = getattr(self, key) is not None
            if self.differs and not given and first is None:
                raise ValueError(f"a claim with `correct` or `finding` needs `{key}`: add it")
            if given and first is not None:
                raise ValueError(f"`{key}` is that of {first}, which shows the same error: remove one")
            if given and not self.differs:
                raise ValueError(f"`{key}` is only for a claim with `correct` or `finding`: remove it")

    @property
    def differs(self) -> bool:
        """Whether the ledger records that the result does not hold as printed."""
        return self.correct is not None or self.finding is not None

    @property
    def is_error(self) -> bool:
        """Whether the ledger records an error of the book: a later version of a library is none."""
        return self.differs and (self.finding is None or self.finding.verdict == "refuted")

    @property
    def kind(self) -> Kind:
        """What to expect of the claim's value, by its rule."""
        return self.rule.kind

    @property
    def unit(self) -> str:
        """Id of the unit that the claim belongs to."""
        return self.id.rsplit(".", 1)[0]

    @property
    def name(self) -> str:
        """Last part of the id."""
        return self.id.rsplit(".", 1)[1]

    @property
    def part(self) -> str:
        """Name of the one of several measured parts that is printed, "" where all or one are."""
        return getattr(self.rule, "documents", None) or ""

    @property
    def own(self) -> Any:
        """The part of `documented` that is ours, all of it for a claim of our own; None if there is none."""
        return self.documented if self.ours else self.tested_as

    @property
    def printed(self) -> Any:
        """The part of `documented` that the book prints, or the notebook; None if that is a sentence."""
        if self.documented == self.statement:
            return None
        if self.own is None or not self._in_part:
            return self.documented if self.own is None else None
        return {name: value for name, value in self.documented.items() if name not in self.own}

    def prints(self, number: str) -> bool:
        """Whether the documented number of this path, e.g. `full` or `[0]`, is printed and not ours."""
        if self.own is None or not self._in_part:
            return self.own is None
        return not any(is_within(number, name) for name in self.own)

    @property
    def _in_part(self) -> bool:
        return isinstance(self.own, dict) and self.own != self.documented

    @property
    def sampled_rule(self) -> SampledRule:
        """The rule, if recorded runs decide the claim. Raises TypeError otherwise."""
        if not isinstance(self.rule, SampledRule):
            raise TypeError(f"{self.id} is decided without recorded runs")
        return self.rule

    def measures(self) -> dict[str, Measure]:
        """Return the paths of the claim's quantities by name; a single quantity has the empty name."""
        if not self.rule.needs_run:
            return {}
        if isinstance(self.measure, dict):
            return {name: parse_measure(path, home=self.unit) for name, path in self.measure.items()}
        return {"": parse_measure(self.measure or self.name, home=self.unit)}

    def measure_of(self, number: str) -> Measure:
        """Return the path of the quantity that has a number of this name."""
        measures = self.measures()
        return measures[max((name for name in measures if is_within(number, name)), key=len)]

    def scale_of(self, number: str) -> Scale:
        """Return the scale of one of the measured numbers. Raises TypeError as `sampled_rule`."""
        return scale_of(self.measure_of(number), number, self.sampled_rule.scale)

    def shown_next_to(self) -> dict[str, Measure]:
        """Return the paths of the quantities that are shown next to the measured one, by label."""
        return {label: parse_measure(path, home=self.unit) for label, path in self.beside.items()}


class Unit(StrictRule):
    """An exercise, an activity, or a group of worked examples in the text.

    `procedure` and `pitfalls` are for readers: in two sentences what the exercise does and what comes of it,
    and what goes wrong when it is typed now. `number_pitfalls` are at most three that can move its numbers,
    for `workshop check`. `main` : the name of the claim whose answer opens it, "" for the one with the
    recorded runs that are drawn. `editor` has editor's notes: remarks on the scan, the notebook and the port
    to this suite. All have one line for each paragraph or item.
    """

    id: str
    title: str
    page: int | None = None
    solution_page: int | None = None
    main: str = ""
    procedure: Prose
    pitfalls: Prose
    number_pitfalls: tuple[Prose, ...] = Field((), max_length=3, strict=False)
    editor: Prose | None = None
    claims: tuple[Claim, ...] = Field(min_length=1, strict=False)


class Chapter(StrictRule):
    """A chapter of the book: its units in the book's order."""

    chapter: int
    title: str
    units: tuple[Unit, ...] = Field(min_length=1, strict=False)

    @property
    def id(self) -> str:
        """The chapter's id, e.g. `ch02`."""
        return f"ch{self.chapter:02d}"

    @model_validator(mode="after")
    def _ids(self) -> Chapter:
        for unit in self.units:
            if not unit.id.startswith(self.id + "."):
                raise ValueError(
                    f"unit {unit.id} does not begin with its chapter's id: "
                    f"rename it {self.id}.{unit.id.split('.', 1)[-1]}"
                )
        return self
