"""Work in a child process, which a mistake may break, fill or stop as it likes."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import IO, Any

LONG = 10**7  # seconds that nothing takes


def fork(
    function: Callable[[], Any], begin: Callable[[], object], *, waited: int, computed: int
) -> tuple[int, IO[str]]:
    """Start a silent child, which calls `begin`, then the function; return its process and its answer's file.

    A signal ends it after so many seconds `waited`, of which a busy machine needs more, or `computed`.
    """
    answer = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid, answer
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


def read(answer: IO[str]) -> Any:
    """Return what a child that has ended has answered, None if it was stopped or killed."""
    with answer:
        answer.seek(0)
        text = answer.read()
    return json.loads(text) if text else None


def in_child(function: Callable[[], Any]) -> Any:
    """Return what a function answers in a child, None if that was killed."""
    pid, answer = fork(function, lambda: None, waited=LONG, computed=LONG)
    os.waitpid(pid, 0)
    return read(answer)
