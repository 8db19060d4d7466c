"""What the mutants showed: which claims noticed which, which claims no mutant breaks, and what survived."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tests.mutants.rows import Mutant
from workshop.ledger import Claim, Ledger
from workshop.ledger.rules import Repeats
from workshop.verification.verdicts import VERIFIED

Fate = Literal["noticed", "lost", "survived", "equivalent"]
Result = Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """What one mutant did to its unit.

    `failed` : the claims that fail with it alone. `alarms` : those of them that state that the unit repeats,
    or learns. `lost` : claims that were verified and are not any more. `crash` : how the code broke, if so.
    """

    mutant: Mutant
    failed: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    crash: str = ""

    @property
    def noticed(self) -> bool:
        """Whether any claim fails. Claims that were only lost do not count."""
        return bool(self.failed or self.alarms or self.crash)

    @property
    def fate(self) -> Fate:
        """What became of the mutant; `lost` if no claim fails, but some are not verified any more."""
        if self.noticed:
            return "noticed"
        return "equivalent" if self.mutant.survives else "lost" if self.lost else "survived"

    def text(self) -> str:
        """Write who noticed it."""
        words = [short(each, self.mutant.unit) for each in (*self.failed, *self.alarms)]
        words += [f"crash ({self.crash.split(' raised ')[-1][:60]})"] if self.crash else []
        words += [f"{len(self.lost)} no longer verified"] if self.lost else []
        return ", ".join(words) or "nobody"


def show(mutant: Mutant, bare: Result, result: Result, ledger: Ledger) -> Shown:
    """Compare the verdicts of a unit with a mistake in it with those of the unit as it is."""
    if "crash" in result:
        return Shown(mutant, crash=result["crash"])
    before, after, reasons = bare["verdicts"], result["verdicts"], result["reasons"]
    failed = [each for each, verdict in after.items() if verdict == "failed" != before[each]]
    lost = [
        e for e, verdict in after.items() if before[e] in VERIFIED and verdict not in {*VERIFIED, "failed"}
    ]
    crashes = [reasons[each] for each in failed if " raised " in reasons[each]]
    alarms = [each for each in failed if is_alarm(ledger.claims[each])]
    return Shown(
        mutant,
        tuple(each for each in failed if each not in alarms and " raised " not in reasons[each]),
        tuple(each for each in alarms if " raised " not in reasons[each]),
        tuple(lost),
        crashes[0] if crashes else "",
    )


def is_alarm(claim: Claim) -> bool:
    """Whether a claim speaks for its whole unit: it repeats its recorded seeds, or learns at all."""
    return isinstance(claim.rule, Repeats) or claim.id.endswith(".learns")


def short(claim: str, unit: str) -> str:
    """Return a claim's id without that of its unit."""
    return claim.removeprefix(f"{unit}.")


def unbroken(ledger: Ledger, shown: Iterable[Shown], bare: Mapping[str, Result]) -> list[str]:
    """Return the `measured` claims of decided units that are verified, and that no mutant breaks.

    A claim that is decided on substitute data, which never refute, is broken if it is not verified any more.
    """
    broken = {each for one in shown for each in (*one.failed, *one.alarms, *one.lost)}
    verdicts = {each: v for result in bare.values() for each, v in result.get("verdicts", {}).items()}
    return [
        each
        for each, verdict in verdicts.items()
        if verdict in VERIFIED and each not in broken and ledger.claims[each].evidence == "measured"
    ]


def table(shown: Sequence[Shown]) -> str:
    """Write mutants and the claims that noticed them, unit by unit."""
    lines: list[str] = []
    for unit in dict.fromkeys(one.mutant.unit for one in shown):
        own = [one for one in shown if one.mutant.unit == unit]
        lines += [unit, *(f"  {one.fate:10}  {one.mutant.name[:90]}  ·  {one.text()}" for one in own)]
    return "\n".join(lines)
