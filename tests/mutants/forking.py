"""Work in a child process, which a mistake may break, fill or stop as it likes."""

import contextlib
import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import IO, Any, NoReturn

LONG = 10**7  # seconds that nothing takes


def in_child(
    function: Callable[[], Any],
    begin: Callable[[], object] = lambda: None,
    *,
    waited: int = LONG,
    computed: int = LONG,
) -> Any:
    """Return what a function answers in a silent child, which calls `begin` before; None if it was stopped.

    A signal ends it when it has waited or computed this many seconds; a busy machine makes it wait longer.
    If it leads a group of processes, that ends with it.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as answer:
        sys.stdout.flush()
        pid = os.fork()
        if not pid:
            _answer(function, begin, answer, waited, computed)
        os.waitpid(pid, 0)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        answer.seek(0)
        text = answer.read()
    return json.loads(text) if text else None


def _answer(
    function: Callable[[], Any], begin: Callable[[], object], answer: IO[str], waited: int, computed: int
) -> NoReturn:
    """Write what the function answers, and end this process."""
    try:
        silent, errors = os.open(os.devnull, os.O_RDWR), os.fdopen(os.dup(2), "w")
        os.dup2(silent, 0)
        os.dup2(silent, 1)
        signal.alarm(max(1, waited))  # 0 would let it run on
        signal.setitimer(signal.ITIMER_PROF, computed)
        begin()
        answer.write(json.dumps(function()))
        answer.flush()
    except BaseException:
        print(traceback.format_exc(), file=errors, flush=True)
    finally:
        os._exit(0)
