"""Every documented result of *The Deep Learning Workshop*, re-implemented, measured and decided.

`exercise` and `activity` find an exercise by its number in the book, and run it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workshop.exercises import activity, exercise

__version__ = "0.1.0"
__all__ = ["activity", "exercise"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("workshop.exercises"), name)


def __dir__() -> "list[str]":
    return sorted({*globals(), *__all__})
