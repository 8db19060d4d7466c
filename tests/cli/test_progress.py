"""The bar of a run: what its line says, that it only grows, and what is written without a terminal."""

import io
import time

import pytest

from workshop.cli import progress
from workshop.cli.progress import ProgressBar, doing, write_line
from workshop.execution.run import Progress


class Terminal(io.StringIO):
    """A stream that says that it is a terminal, of some encoding."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Pretend."""
        return True


def made(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, plans: list[float] | None = None
) -> ProgressBar:
    """Return a bar on a stream."""
    monkeypatch.setattr(progress, "own_stream", lambda: stream)
    monkeypatch.setenv("TERM", "xterm")
    return ProgressBar(([] if plans is None else plans).append)


def state(finished: float, waiting: float, *running: tuple[str, float]) -> Progress:
    """Return a state in which parts began just now."""
    now = time.monotonic()
    return Progress(finished, waiting, tuple((name, seconds, now) for name, seconds in running), 2)


def test_the_line_has_share_times_and_what_runs(monkeypatch):
    bar = made(monkeypatch, Terminal())
    bar.listen(state(0, 400))
    bar.listen(state(200, 100, ("ch07.ex04:train", 60), ("ch02.ex05:fit", 40)))
    bar._begun -= 200
    now = time.monotonic()

    line = bar.line(now, 80)

    assert line == "   45 %  ━━━━━━━━━━━━━━╸──────────────────  3:20, about 1:40 left  ch07.ex04 +1"
    assert len(bar.line(now, 40)) < 40


def test_the_bar_only_grows_over_both_stages(monkeypatch):
    """Seeds that are drawn later fill the rest of the bar, and the plan is announced once."""
    plans: list[float] = []
    bar = made(monkeypatch, Terminal(), plans)
    shares = []
    for each in (
        state(0, 40),
        state(0, 20, ("a:b", 20)),
        state(20, 0, ("a:c", 20)),
        state(40, 0),
        state(0, 30),
        state(0, 0, ("a:b", 30)),
        state(30, 0),
    ):
        bar.listen(each)
        bar.line(time.monotonic(), 80)
        shares.append(bar._share)

    assert shares == sorted(shares)
    assert 0.4 < shares[2] < shares[5] < 1
    assert plans == [20]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_the_bar_is_ascii_where_it_must_be(monkeypatch, encoding):
    """An encoding without the characters gets others."""
    stream = Terminal()
    monkeypatch.setattr(Terminal, "encoding", encoding)
    bar = made(monkeypatch, stream)
    bar.listen(state(50, 0, ("ch07.ex04:train", 50)))

    bar.line(time.monotonic(), 80).encode(encoding)


def test_messages_are_above_the_bar(monkeypatch):
    """A line of ours clears the bar, which is drawn again below; nothing stays of it at the end."""
    stream = Terminal()
    bar = made(monkeypatch, stream)
    with bar.shown():
        bar.listen(state(50, 0, ("ch07.ex04:train", 50)))
        write_line("workshop: a word")
    with doing("writing"):
        pass

    written = stream.getvalue()
    assert "\r\x1b[Kworkshop: a word\n\r" in written
    assert written.endswith("\r\x1b[K\r  writing ...\x1b[K\r\x1b[K")


def test_without_a_terminal_there_is_a_line_each_minute(monkeypatch):
    stream = io.StringIO()
    bar = made(monkeypatch, stream)
    with bar.shown():
        bar.listen(state(50, 0, ("ch07.ex04:train", 50)))
        bar._begun -= 200
        line = bar.minute_line(time.monotonic())

    assert line.split() == ["3:20", "45", "%", "ch07.ex04"]
    assert stream.getvalue() == ""
