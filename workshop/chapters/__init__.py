"""The book's part: networks and the book's own calls, one package a chapter."""

import pkgutil
from importlib import import_module
from inspect import isfunction
from typing import Any, Callable, List, Tuple

_EXERCISES = ("exercise_", "activity_")


def by_name(package: str) -> Tuple[Callable[[str], Any], Callable[[], List[str]]]:
    """Return `__getattr__` and `__dir__` of a chapter's package: its modules and its exercises' functions.

    Nothing is imported before a name is asked for, and TensorFlow not even then.
    """

    def modules() -> List[str]:
        path = import_module(package).__path__
        return [info.name for info in pkgutil.iter_modules(path) if not info.name.startswith("_")]

    def find(name: str) -> Any:
        if name in modules():
            return import_module("%s.%s" % (package, name))
        if name.startswith(_EXERCISES) and name in exercises():
            return exercises()[name]
        raise AttributeError("module %r has no attribute %r" % (package, name))

    def exercises() -> Any:
        loaded = [import_module("%s.%s" % (package, name)) for name in modules()]
        return {
            name: value
            for module in loaded
            for name, value in vars(module).items()
            if name.startswith(_EXERCISES) and isfunction(value) and value.__module__ == module.__name__
        }

    def names() -> List[str]:
        own = (name for name in vars(import_module(package)) if name.startswith("__"))
        return sorted({*own, *modules(), *exercises()})

    return find, names
