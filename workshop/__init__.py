"""Every documented result of *The Deep Learning Workshop*, re-implemented, measured and decided.

`exercise` and `activity` find an exercise by its number in the book, and run it. `check` compares a number of
your own with the book and the recorded runs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workshop.checking.checks import check
    from workshop.exercises import activity, exercise

__version__ = "1.0.0"
__all__ = ["activity", "check", "exercise"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    door = "workshop.checking.checks" if name == "check" else "workshop.exercises"
    return getattr(import_module(door), name)


def __dir__() -> "list[str]":
    return sorted({*globals(), *__all__})
