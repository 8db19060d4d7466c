"""The bar of a run on standard error, and messages above it; without a terminal a line each minute."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TextIO

import typer

from workshop.execution.noise import own_stream

if TYPE_CHECKING:
    from workshop.execution.run import Progress

_LONG_BAR = 38
# more seeds may be drawn when all is done: the rest of the bar is for them
_FIRST_STAGE = 0.9
_SLOW = 1.5  # times a part's usual time

_shown: list[ProgressBar] = []


def write_line(text: str) -> None:
    """Write a line of ours to standard error, above the bar if there is one."""
    if _shown:
        _shown[-1].write_above(text)
    else:
        typer.echo(text, file=own_stream())


@contextlib.contextmanager
def _ticking(tick: Callable[[], None], seconds: float) -> Iterator[None]:
    """Call a function every `seconds` seconds in this context."""
    end = threading.Event()

    def run() -> None:
        while not end.wait(seconds):
            tick()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join(1)


def _write_over(stream: TextIO, line: str = "") -> None:
    """Write a line in place of the one that stands there."""
    stream.write(f"\r{line}\x1b[K")
    stream.flush()


@contextlib.contextmanager
def doing(what: str, share: float | None = None) -> Iterator[None]:
    """Show on a terminal what is done meanwhile and for how long, behind a bar if a whole has a share."""
    stream = own_stream()
    if not stream.isatty():
        yield
        return
    begun, begin = time.monotonic(), ""
    if share is not None:
        begin = f"  {share:4.0%}  ".replace("%", " %") + _bar(share, _LONG_BAR // 2, stream.encoding)

    def tick() -> None:
        _write_over(stream, f"{begin}  {what} ... {clock(time.monotonic() - begun)}")

    _write_over(stream, f"{begin}  {what} ...")
    try:
        with _ticking(tick, 1):
            yield
    finally:
        _write_over(stream)


class ProgressBar:
    """One bar from the start of a run to its end, filled by estimated seconds, that only grows.

    `listen` takes each state of the run. `on_plan` is called once, with what `expect` takes.
    """

    def __init__(self, on_plan: Callable[[float], None]) -> None:
        self._stream = own_stream()
        self._watched = False
        self._on_plan = on_plan
        self._planned = False
        self._state: Progress | None = None
        self._base = self._share = 0.0
        self._begun = time.monotonic()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Show the bar in this context; it may begin when standard error is redirected already."""
        self._stream = own_stream()
        self._watched = self._stream.isatty() and os.getenv("TERM") != "dumb"
        _shown.append(self)
        try:
            with _ticking(self._tick, 1 if self._watched else 60):
                yield
        finally:
            _shown.remove(self)
            with self._lock:
                self._clear()

    def expect(self, seconds: float) -> None:
        """Take the estimated seconds of all that has to be computed, if they were not taken yet."""
        if not self._planned:
            self._planned = True
            self._on_plan(seconds)

    def listen(self, state: Progress) -> None:
        """Take a state of the run; the first state of each stage has nothing running and nothing finished."""
        self.expect(state.seconds_left(time.monotonic()))
        if not state.running and not state.finished:  # the next stage fills what is left of the bar
            self._base = self._share
        with self._lock:
            self._state = state
            if self._watched:
                self._draw()

    def write_above(self, text: str) -> None:
        """Write a line above the bar."""
        with self._lock:
            self._clear()
            typer.echo(text, file=self._stream)
            if self._watched:
                self._draw()

    def line(self, now: float, width: int) -> str:
        """Return the bar's line for a terminal of this width, "" before anything is computed."""
        state = self._state
        if state is None or not (state.running or state.waiting):
            return ""
        grown = self._base + (1 - self._base) * _FIRST_STAGE * state.share(now)
        self._share = max(self._share, min(grown, 0.99))
        left = state.seconds_left(now)
        times = f"{clock(now - self._begun)}, about {clock(max(left, 1))} left"
        if slow := [now - begun for _, usual, begun in state.running if now - begun > max(usual, 1) * _SLOW]:
            times += f", a part takes longer than usual ({clock(max(slow))})"
        begin, end = f"  {self._share:4.0%}  ".replace("%", " %"), f"  {times}  {self._running(state)}"
        room = min(_LONG_BAR, width - 1 - len(begin) - len(end))
        if room < 10:
            return (begin + times)[: width - 1]
        return begin + _bar(self._share, room, self._stream.encoding) + end

    def minute_line(self, now: float) -> str:
        """Return the line for output that is not a terminal."""
        self.line(now, 80)
        name = "" if self._state is None else self._running(self._state)
        return f"{clock(now - self._begun):>8}  {self._share:4.0%}  {name}".replace("%", " %")

    @staticmethod
    def _running(state: Progress) -> str:
        units = list(dict.fromkeys(name.split(":")[0] for name, _, _ in state.running))
        return units[0] + (f" +{len(units) - 1}" if len(units) > 1 else "") if units else ""

    def _tick(self) -> None:
        if not self._watched:
            self.write_above(self.minute_line(time.monotonic()))
            return
        with self._lock:
            self._draw()

    def _draw(self) -> None:
        width = 80
        with contextlib.suppress(OSError):  # of a terminal that is closing
            width = os.get_terminal_size(self._stream.fileno()).columns or width
        if line := self.line(time.monotonic(), width):
            _write_over(self._stream, line)

    def _clear(self) -> None:
        if self._watched:
            _write_over(self._stream)


def _bar(share: float, width: int, encoding: str) -> str:
    full, half, empty = "━", "╸", "─"
    try:
        (full + half + empty).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        full, half, empty = "#", ">", "-"
    filled = int(share * width)
    return (full * filled + half + empty * width)[:width]


def clock(seconds: float) -> str:
    """Write seconds as minutes and seconds, with hours if there are any."""
    minutes, rest = divmod(round(max(seconds, 0.0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
