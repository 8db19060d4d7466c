"""Ctrl-C, SIGTERM and SIGHUP: one line, 128 + the signal."""

import signal
from collections.abc import Iterator

import pytest

from workshop.cli.interrupts import interruptible


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Signals are heard, as in a terminal, and handled afterwards as before."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signal.default_int_handler) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_is_one_line(name, capfd):
    number = getattr(signal, name)

    def interrupted_twice() -> None:
        with interruptible("interrupted"), interruptible("stopped"):
            try:
                signal.raise_signal(number)
            finally:
                signal.raise_signal(signal.SIGTERM)

    with pytest.raises(SystemExit) as left:
        interrupted_twice()
    assert left.value.code == 128 + number
    assert capfd.readouterr().err == "workshop: stopped\n"
    assert signal.getsignal(number) is signal.default_int_handler


def test_an_ignored_signal_stays_ignored():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with interruptible("interrupted"):
        signal.raise_signal(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_what_ends_by_itself_ends_as_usual():
    with interruptible("interrupted"):
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("instead", [None, RuntimeError])
def test_an_interrupt_that_a_unit_swallows_still_ends_the_command(instead, capfd):
    def swallowed() -> None:
        with interruptible("stopped"):
            try:
                signal.raise_signal(signal.SIGINT)
            except KeyboardInterrupt:
                if instead is not None:
                    raise instead from None

    with pytest.raises(SystemExit) as left:
        swallowed()
    assert left.value.code == 130
    assert capfd.readouterr().err == "workshop: stopped\n"


def test_an_interrupt_where_nobody_can_catch_it_prints_no_traceback(capfd):
    """Such as while an object is removed: Python would print the exception and go on."""

    class Removed:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def removed() -> None:
        with interruptible("stopped"):
            del [Removed()][0]

    with pytest.raises(SystemExit) as left:
        removed()
    assert left.value.code == 130
    assert capfd.readouterr().err == "workshop: stopped\n"
