"""The recorded runs of a claim as one value: looked up once for an environment, then handed on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from workshop.book import SAMPLES, Book
from workshop.errors import WorkshopError
from workshop.execution.store import kept
from workshop.ledger import Claim
from workshop.samples.model import ReferenceSample, as_numbers, recorded_values, reference_sample
from workshop.samples.repeats import UnitRepeats, unit_repeats
from workshop.statistics.scales import Numbers
from workshop.statistics.sizes import full_size, planned_size
from workshop.values import about

# units that take at most this long a seed repeat several; a full run draws FRESH seeds of them, and as many
# up to MOST_FRESH as fit into a second
QUICK_SECONDS = 2.0
FRESH = 5
MOST_FRESH = 15

# takes a kind, what something is made of, and a function that makes it: see `workshop.execution.store.kept`
Kept = Callable[[str, Iterable[str], Callable[[], Any]], Any]


class NotDecidable(WorkshopError):
    """The recorded runs can't decide a claim as its rule is; the message says why, and the remedy."""


class NotRecordedHere(NotDecidable):
    """No runs are recorded for this device, and no tolerance is known for using those of a CPU."""


@dataclass(frozen=True)
class Samples:
    """The reference samples of the units that a claim measures, as they count in one environment.

    `by_unit` : the samples. `repeated` : index of the run that the environment must give again bit for bit,
    None if it has to repeat none.
    """

    by_unit: Mapping[str, ReferenceSample]
    repeated: int | None

    @property
    def seconds(self) -> float:
        """Seconds that a seed takes, of the slowest unit."""
        return max((sample.seconds for sample in self.by_unit.values()), default=0.0)

    @property
    def usual_fresh(self) -> int:
        """How many fresh seeds a full run draws."""
        if self.seconds > QUICK_SECONDS:
            return 1
        return min(MOST_FRESH, max(FRESH, int(1 / max(self.seconds, 1e-3))))

    @property
    def versions(self) -> Mapping[str, str]:
        """The environment of the first run."""
        first = next(iter(self.by_unit.values()))
        return first.environments[first.runs[0].environment]

    @property
    def dates(self) -> str:
        """When the runs were recorded: a day, or the first and the last."""
        days = sorted({run.date[:10] for sample in self.by_unit.values() for run in sample.runs})
        return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"

    @property
    def text(self) -> str:
        """How many runs were recorded, when, and on which processor or device the first one."""
        runs = min(len(sample.runs) for sample in self.by_unit.values())
        where = self.versions.get("cpu") or self.versions.get("device", "cpu")
        return f"{runs} runs of {self.dates} on {where}"

    @property
    def cost(self) -> str:
        """The command that records the runs on the documented data, and how long that takes."""
        slowest = max(self.by_unit.values(), key=lambda sample: sample.documented_seconds)
        runs = planned_size(slowest.documented_seconds)
        seconds = sum(runs * sample.documented_seconds for sample in self.by_unit.values())
        units = " ".join(sorted(self.by_unit))
        return (
            f"workshop record --missing {units} makes {runs} runs, which could decide it, in {about(seconds)}"
        )

    @property
    def substitutes(self) -> tuple[str, ...]:
        """Why the runs rest on substitute data, a line each; none if on the documented data."""
        return tuple(sorted({line for sample in self.by_unit.values() for line in sample.substitutes}))


@dataclass(frozen=True)
class RecordedRuns:
    """What a claim measured on the recorded runs of its units.

    `values` : what it measures on each run, None where that crashed. The first runs, up to the largest full
    size, are `deciding`: they alone decide a statement, so recording may stop anywhere between two sizes.
    What is made of recordings and other content is `kept`.
    """

    claim: Claim
    samples: Samples
    values: Sequence[Any]
    kept: Kept = field(default=partial(kept, None), compare=False, repr=False)

    @cached_property
    def numbers(self) -> Mapping[str, Numbers]:
        """Each of its numbers by path, shape (runs,), ∞ where a run crashed. Raises NotDecidable."""
        return self.numbers_of(self.values)

    @property
    def deciding(self) -> Sequence[Any]:
        """What the claim measures on each run that decides; nothing if there are too few runs."""
        return self.values[: full_size(len(self.values))]

    @property
    def deciding_numbers(self) -> Mapping[str, Numbers]:
        """The numbers of the runs that decide."""
        return {name: values[: len(self.deciding)] for name, values in self.numbers.items()}

    def numbers_of(self, values: Sequence[Any]) -> dict[str, Numbers]:
        """Return the numbers of what the claim measures on some runs by path. Raises NotDecidable."""
        rule, documented = self.claim.sampled_rule, self.claim.documented
        try:
            return as_numbers(values, lambda value: rule.numbers(value, documented))
        except (ValueError, LookupError, TypeError) as error:
            raise NotDecidable(str(error.args[0])) from None

    def other_data(self, substitutes: Iterable[str]) -> str | None:
        """Return why the runs say nothing of runs on these substitutes, or None.

        No substitutes means the documented data, of which runs can be recorded.
        """
        today = tuple(substitutes)
        why = other_data("runs", self.samples.substitutes, today)
        return why if today or why is None else f"{why}: {self.samples.cost}"


@dataclass(frozen=True)
class Recordings:
    """The recorded runs of a book's claims in one environment, each looked up once.

    What is made of them alone is kept in a `store`, if there is one.
    """

    book: Book
    environment: Mapping[str, str]
    store: Path | None = None
    _known: dict[str, RecordedRuns] = field(default_factory=dict, init=False, repr=False)

    def of(self, claim: Claim) -> RecordedRuns:
        """Return a claim's recorded runs. Raises NotDecidable, NotRecordedHere or DamagedReference."""
        if claim.id not in self._known:
            samples = self.samples(claim)
            try:
                values = recorded_values(claim, samples.by_unit)
            except LookupError as error:
                raise NotDecidable(str(error.args[0])) from None
            self._known[claim.id] = RecordedRuns(claim, samples, values, self.kept)
        return self._known[claim.id]

    def samples(self, claim: Claim) -> Samples:
        """Return the samples of the units that a claim measures. Raises as `of` does."""
        by_unit = {m.unit: self._sample(m.unit) for m in claim.measures().values()}
        indices = {sample.repeated_in(self.environment) for sample in by_unit.values()}
        return Samples(by_unit, indices.pop() if len(indices) == 1 else None)

    def repeats(self, unit: str, **changed: str) -> UnitRepeats | None:
        """Return the repeats of a unit that count here, or with these facts changed. Or DamagedReference."""
        return unit_repeats(unit, {**self.environment, **changed}, self.book.samples)

    def _sample(self, unit: str) -> ReferenceSample:
        environment, folder = self.environment, self.book.samples
        sample = reference_sample(unit, environment, folder)
        if sample is None and environment.get("device") == "gpu":
            if self.repeats(unit) is None:
                raise NotRecordedHere(
                    f"how far a GPU moves the repeated seeds of {unit} is not recorded, so that a CPU's runs "
                    f"say nothing here: on a GPU, workshop record {unit} --repeats"
                )
            sample = reference_sample(unit, {**environment, "device": "cpu"}, folder)
        if sample is None:
            raise NotDecidable(f"{unit} has no reference sample: workshop record {unit}")
        return sample

    def kept(
        self,
        kind: str,
        made_of: Iterable[str],
        make: Callable[[], Any],
        holds: Callable[[Any], bool] = lambda _: True,
    ) -> Any:
        """Return what is made of the recorded runs and of this content alone, in the form of JSON."""
        facts = repr(sorted(self.environment.items()))
        return kept(self.store, kind, [self._digest, facts, *made_of], make, holds)

    @cached_property
    def _digest(self) -> str:
        """A digest of recorded runs and repeats in another folder than the package's, which has its own."""
        state = hashlib.sha256()
        counted = self.store is None or self.book.samples == SAMPLES
        for folder in () if counted else ("references", "repeated"):
            for path in sorted((self.book.samples / folder).rglob("*.json")):
                content = path.read_bytes()
                state.update(f"{path.relative_to(self.book.samples)} {len(content)} ".encode() + content)
        return state.hexdigest()


def other_data(what: str, recorded: Iterable[str], today: Iterable[str]) -> str | None:
    """Return why recorded runs or seeds (`what`) say nothing of today's, or None.

    Both say on which substitutes they rest, a line each; none means the documented data.
    """
    before, now = (tuple(sorted(set(lines))) for lines in (recorded, today))
    if before == now:
        return None
    were, are = (
        f"a substitute ({'; '.join(lines)})" if lines else "the documented data" for lines in (before, now)
    )
    return f"the recorded {what} rest on {were}, today's on {are}"
