"""The steps of a first contact: what a newcomer runs, and what each run is asked."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.attacks.contact.decided import when_decided
from tests.attacks.contact.internet import Internet
from tests.attacks.damage import mount
from tests.attacks.judging import tracebacks
from tests.attacks.lab import Lab, Place, Run
from workshop.book import package_book
from workshop.datasets import registry
from workshop.datasets.http_download import WORTH_A_LINE
from workshop.datasets.status import SMALL
from workshop.ledger import ledger
from workshop.verification.verdicts import VERIFIED

MIRROR = "WORKSHOP_MIRROR"
MEMORY = 3e9  # bytes that a process may have
LIMIT = 7200.0  # seconds after which a run is hung, and killed
LONGER = 1.5  # times the CPU seconds of a run on substitutes that one on documented data may take
SLOW = 75.0  # seconds of the download that is slow: a line a minute says how long the rest takes
# the units whose documented data nobody has seen here
UNITS = (
    "ch01.ex01", "ch03.ex03", "ch03.act02", "ch04.text10", "ch04.text12", "ch04.text14", "ch04.text16",
    "ch04.text17", "ch06.act01",
)  # fmt: skip
SETS = (
    "cats_and_dogs_filtered", "fruits360", "amazon_reviews", "text8", "glove_6b_100d", "glove_6b_100d_whole",
    "vgg16_imagenet", "resnet50_imagenet",
)  # fmt: skip
# the newcomer's command: nox runs these words (README, `nox -s verify`)
NEWCOMER = ("verify", "--json", "results/verify.json")
# of a message that is wrong for someone whose data are the documented ones
_WRONG = re.compile(
    r"\braised (?!DataError)\w*(Error|Exception)\b|<_io\.\w+ object|was damaged|rounds otherwise"
)


@dataclass
class Step:
    """What a step took, and what was wrong in it. `memory` : bytes of its largest process."""

    name: str
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    skipped: str = ""
    note: str = ""
    faults: list[str] = field(default_factory=list)

    def row(self) -> str:
        """Return the step in one line."""
        state = self.skipped or ("clean" if not self.faults else "NOT CLEAN")
        took = f"{self.seconds:6.0f} s{self.cpu:6.0f} CPU s{self.memory / 1e9:6.1f} GB"
        return f"{self.name:<22}{took}   {state}  {self.note}".rstrip()


@dataclass
class Contact:
    """One session: its folders, the internet it sees (None for the real one), and the units that are run."""

    lab: Lab
    place: Place
    internet: Internet | None
    units: Sequence[str] = UNITS
    sets: Sequence[str] = SETS
    whole: bool = True  # whether the newcomer runs the whole book, as README says

    def run(self, step: Step, *words: str, codes: Sequence[int] = (0,), program: Sequence[str] = ()) -> str:
        """Run a command, note what is wrong with it, and return what it has printed."""
        before = cpu_seconds()
        run = Run(self.place, words, self.lab.token, (), program or ("-m", "workshop"))
        code, memory = end(run)
        text = run.text
        step.seconds += time.monotonic() - run.started
        step.cpu += cpu_seconds() - before
        step.memory = max(step.memory, memory)
        faults = [] if code in codes else [f"exit code {code}: {last_line(text)}"]
        faults += [*tracebacks(text), *wrong(text)]
        faults += [f"{each} outlives it" for each in self.lab.kill_orphans()]
        faults += [f"a process had {memory / 1e9:.1f} GB"] if memory > MEMORY else []
        step.faults += [f"{' '.join(words)[:60]}: {each}" for each in faults]
        return text


def end(run: Run) -> tuple[int, int]:
    """Wait until a run ends, and return its exit code and the bytes of its largest process.

    The processes are looked at twice a second, because what the system adds up for a child begins with what
    its parent had.
    """
    over, largest = run.started + LIMIT, 0
    while run.process.poll() is None:
        largest = max(largest, peak(run.process.pid))
        if time.monotonic() > over:
            os.killpg(run.process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.process.wait(0.5)
    return run.process.returncode, largest


def cpu_seconds() -> float:
    """Return the CPU seconds of the processes that have ended below this one."""
    used = os.times()
    return used.children_user + used.children_system


def peak(group: int) -> int:
    """Return the most memory that a process of a group has had so far, in bytes."""
    sizes = [0]
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, ValueError, IndexError):  # it has just ended, or is a kernel's
            if os.getpgid(int(status.parent.name)) == group:
                sizes.append(int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024)
    return max(sizes)


def wrong(text: str) -> list[str]:
    """Return the lines of an output that say something wrong."""
    return [line.strip() for line in text.splitlines() if _WRONG.search(line)]


def last_line(text: str) -> str:
    """Return the last line of an output that is not empty."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no output")


def fetch(contact: Contact) -> Iterator[Step]:
    """Fetch all sets from an empty cache: one breaks off once, and one is so slow that it says how long.

    Raises ConnectionError if there is no internet.
    """
    step = Step("fetch")
    internet = contact.internet
    sizes = {url: path.stat().st_size for url, path in internet.contents.items()} if internet else {}
    large = [url for url, size in sizes.items() if size >= WORTH_A_LINE]
    if internet is not None and large:
        internet.broken[large[0]] = 2 << 20
        internet.slow[large[-1]] = sizes[large[-1]] / SLOW
    text = contact.run(step, "data", "fetch", *contact.sets)
    offline = re.search(r"\S+ could not be reached, so no host is asked", text)
    if internet is None and offline:
        raise ConnectionError(offline[0])
    if internet is not None and large:
        if not any(url == large[0] and at for url, at in internet.asked):
            step.faults.append(f"{large[0]} broke off and was not continued")
        for url in {url for url, _ in internet.asked}.intersection(large):
            if f"downloading {url.rpartition('/')[2]}, {sizes[url] / 1e6:.0f} MB" not in text:
                step.faults.append(f"nothing says that {url} is downloaded")
        slow = re.escape(large[-1].rpartition("/")[2])
        if not re.search(rf"downloading {slow}: \d+ of \d+ MB, \d+ min left", text):
            step.faults.append(f"nothing says how long {large[-1]} takes")
    text = contact.run(step, "data", "check", *contact.sets)
    if "all sound" not in text:
        step.faults.append(f"data check: {last_line(text)}")
    yield step


_READ = """
import sys
from workshop import datasets
value = datasets.load(sys.argv[1])
if hasattr(value, "members"):
    for classes in value.members.values():
        names = [name for own in classes.values() for name in own]
        print(sum(image.shape == (100, 100, 3) for image in value.images(names, (100, 100))), "images")
elif hasattr(value, "architecture"):
    from workshop.training.pretrained import pretrained
    print(pretrained(value).model.count_params(), "parameters")
elif hasattr(value, "size"):
    print(sum(map(len, value)), "words")
else:
    print([len(part) for part in value])
"""


def sizes(contact: Contact) -> Iterator[Step]:
    """Read each set as a whole, twice: photographs and vectors come from the array cache then."""
    step = Step("whole sets")
    for name in (*contact.sets, *contact.sets):
        contact.run(step, name, program=("-c", _READ))
    loaded = sum(path.stat().st_size for path in (contact.place.cache / "loaded").rglob("*.npy"))
    step.note = f"{loaded / 1e9:.2f} GB in the array cache"
    yield step


def disk(contact: Contact) -> Iterator[Step]:
    """Fetch a set onto a disk that is too small: this is said before anything is downloaded."""
    step = Step("full disk")
    place = contact.lab.place(contact.place.package, contact.place.variables)
    try:
        mount(contact.lab, place.cache, "size=4m")
    except (OSError, subprocess.CalledProcessError) as error:
        step.skipped = " ".join(str(error).split())
        yield step
        return
    before = list(contact.internet.asked) if contact.internet else []
    small = Contact(contact.lab, place, contact.internet)
    text = small.run(step, "data", "fetch", "vgg16_imagenet", codes=(1,))
    if "MB more, and" not in text:
        step.faults.append(f"a full disk is not named: {last_line(text)}")
    if contact.internet and contact.internet.asked != before:
        step.faults.append("something was downloaded all the same")
    yield step


def newcomer(contact: Contact) -> Iterator[Step]:
    """Run the newcomer's command, and again: the second run takes everything from the store.

    Of the whole book, its results are counted and compared with those of a run on substitutes.
    """
    file = contact.place.root / "results" / "verify.json"
    first, second = Step("newcomer"), Step("second run")
    for step in (first, second):
        contact.run(step, *NEWCOMER, *(() if contact.whole else contact.units), codes=(0, 1))
        step.faults += crashes(file)
        step.faults += unlike_table(file)
        if contact.whole and (contact.internet is None or MIRROR in os.environ):
            step.note = count(file)
        yield step
    if not contact.whole or contact.internet is None:
        return
    step = Step("on substitutes")
    if MIRROR not in os.environ:
        step.skipped = f"{MIRROR} is not set"
        yield step
        return
    other = replace(contact, place=contact.lab.place(), internet=None)
    other.run(step, *NEWCOMER, "--offline", codes=(0, 1))
    times = first.cpu / max(step.cpu, 0.01)
    step.note = f"the newcomer's run takes {times:.2f} times its CPU seconds"
    if times > LONGER:
        step.faults.append(f"{step.note}, and not at most {LONGER}")
    step.faults += unlike_others(file, other.place.root / "results" / "verify.json", contact.sets)
    yield step


def count(file: Path) -> str:
    """Say how many of the book's results a run decides without sets to ask for.

    A result that disagrees on its first contact counts as decided: made-up data are not the book's.
    """
    asked_for = {name for name, entry in registry().items() if entry.size > SMALL}
    book = [claim for claim in claims_of(file) if not claim["ours"]]
    there = [c for c in book if not asked_for.intersection(ledger().claims[c["id"]].needs)]
    known = sum(claim["verdict"] in VERIFIED or bool(claim["first_contact"]) for claim in there)
    return f"decides {known} of {len(book)} results"


def unlike_others(file: Path, other: Path, sets: Sequence[str]) -> list[str]:
    """Return the claims that a run decides otherwise than one on substitutes, and that need no other data."""
    before = {claim["id"]: claim["verdict"] for claim in claims_of(other)}
    return [
        f"{claim['id']}: {claim['verdict']}, and {before.get(claim['id'])} on substitutes"
        for claim in claims_of(file)
        if not set(sets).intersection(ledger().claims[claim["id"]].needs)
        and "unavailable" not in (claim["verdict"], before.get(claim["id"]))  # a host that is not made up
        and claim["verdict"] != before.get(claim["id"])
    ]


def full(contact: Contact) -> Iterator[Step]:
    """Run the long trainings of the units to their end."""
    step = Step("verify --full")
    contact.run(
        step, "verify", "--full", "--seeds", "1", "--json", "results/full.json", *contact.units, codes=(0, 1)
    )
    step.faults += crashes(contact.place.root / "results" / "full.json")
    yield step


def claims_of(file: Path) -> list[dict[str, Any]]:
    """Return the claims in a run's JSON; none if it is missing, which `crashes` says."""
    try:
        claims: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["claims"]
    except (OSError, ValueError):
        return []
    return claims


def crashes(file: Path) -> list[str]:
    """Return the units that raised an error in a run, and what they raised."""
    if not file.is_file():
        return [f"{file.name} is missing"]
    claims = claims_of(file)
    found = {claim["unit"]: claim["reason"] for claim in claims if " raised " in (claim["reason"] or "")}
    return [f"{unit}: {reason}" for unit, reason in found.items()]


def unlike_table(file: Path) -> list[str]:
    """Return the claims that a first run decides otherwise than the table in docs/verdicts.md says."""
    claims = claims_of(file)
    table = when_decided(package_book()) if claims else {}
    found = {
        claim["id"]: decided(claim)
        for claim in claims
        if claim["id"] in table and claim["verdict"] != "unavailable"  # other data or a service is missing
    }
    return [f"{name}: {when}, and not {table[name]}" for name, when in found.items() if when != table[name]]


def decided(claim: Mapping[str, Any]) -> str:
    """Return when a claim is decided on its own data, by the results of a first run on these."""
    verdict, reason = claim["verdict"], claim["reason"]
    if verdict == "deferred":
        return "in full"
    if verdict == "undecided" and re.search(r"the recorded (runs|seeds) rest on a substitute", reason):
        return "after recording"
    at_once = claim["first_contact"] or ledger().claims[claim["id"]].any_data
    return "at once" if at_once else f"{verdict} ({reason})"


def check(contact: Contact) -> Iterator[Step]:
    """Check numbers of a reader's own."""
    step = Step("check")
    file = contact.place.root / "numbers.csv"
    file.write_text("6.act01.test_acc,0.81\n3.03.total_train,2000\n")
    contact.run(step, "check", str(file), codes=(0, 1))
    yield step


def record(contact: Contact) -> Iterator[Step]:
    """Record what is missing on these data, into the copy of the package; then nothing is missing."""
    step = Step("record --missing")
    command = ("record", "--missing", "--seeds", "5", *contact.units)
    if "in all" not in contact.run(step, *command):
        step.faults.append("nothing was missing before")
    if "in all" in contact.run(step, *command):
        step.faults.append("something is missing after it was recorded")
    yield step


def speech(contact: Contact) -> Iterator[Step]:
    """Let the speech service answer, refuse, and take its time."""
    step = Step("speech")
    if find_spec("gtts") is None:
        step.skipped = "gTTS is not installed"
        yield step
        return
    for mood in ("answers", "refuses", "waits") if contact.internet else ("answers",):
        if contact.internet:
            contact.internet.speech = mood
        contact.run(step, "verify", "ch01.ex01", "--no-store", "--json", "results/speech.json", codes=(0, 1))
        claims = json.loads((contact.place.root / "results" / "speech.json").read_text("utf-8"))["claims"]
        (spoken,) = (claim for claim in claims if claim["id"].endswith("audio_file"))
        expected = {"unavailable", "undecided", "failed"} if mood == "refuses" else {"reproduced"}
        if spoken["verdict"] not in expected:
            step.faults.append(f"the service {mood}: {spoken['verdict']}: {spoken['reason']}")
    yield step


def changed(contact: Contact) -> Iterator[Step]:
    """Fetch sets whose source has changed: one line says what is expected, and the others go on."""
    step = Step("changed at the source")
    if contact.internet is None:
        step.skipped = "the real hosts are as they are"
        yield step
        return
    place = contact.lab.place(contact.place.package, {**contact.place.variables, "WORKSHOP_MIRROR": ""})
    other = Contact(contact.lab, place, contact.internet)
    urls = list(contact.internet.contents)
    spoilt = next(url for url in urls if url.endswith("Amazon_reviews_test.csv"))
    path = contact.internet.contents[spoilt]
    new = place.root / "new.csv"
    shutil.copy(path, new)
    new.write_bytes(new.read_bytes() + b"one more,1\n")
    contact.internet.contents[spoilt] = new
    gone = {url for url in urls if url.endswith("fruits360.zip")}
    contact.internet.gone |= gone
    try:
        text = other.run(step, "data", "fetch", "amazon_reviews", "fruits360", "text8", codes=(1,))
    finally:
        contact.internet.contents[spoilt] = path
        contact.internet.gone -= gone
    lines = [line for line in text.splitlines() if line.startswith("workshop: ")]
    for name, said in (
        ("amazon_reviews", "may have changed at its source (expected:"),
        ("fruits360", "404"),
    ):
        if not any(line.startswith(f"workshop: {name}: ") and said in line for line in lines):
            step.faults.append(f"{name}: not said in one line: {lines}")
    if not (place.cache / "text8" / "whole" / "text8").is_file():
        step.faults.append("text8 was not fetched after the others had failed")
    text = other.run(step, "data", "accept", "amazon_reviews", codes=(2,))
    if "reviewed" not in text:
        step.faults.append(f"data accept: {last_line(text)}")
    yield step


STEPS: dict[str, Callable[[Contact], Iterator[Step]]] = {
    step.__name__: step for step in (fetch, sizes, disk, changed, newcomer, speech, check, full, record)
}
