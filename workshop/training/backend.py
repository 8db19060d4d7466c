"""TensorFlow and Keras, imported on first use, so that importing a chapter is fast."""

from __future__ import annotations

import importlib
import os
from functools import lru_cache
from typing import Any, Optional


class _Lazy:
    """A module of TensorFlow that is imported when an attribute is first used."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__") and attribute != "__version__":
            raise AttributeError(attribute)  # introspection, not a use of TensorFlow
        return getattr(_module(self._path), attribute)


def threads() -> Optional[int]:
    """Return the number of threads in `WORKSHOP_THREADS`, None if it is unset.

    Raises ValueError if it is not a number above 0.
    """
    text = os.environ.get("WORKSHOP_THREADS")
    if not text:
        return None
    if not (text.isdecimal() and int(text) > 0):
        raise ValueError("WORKSHOP_THREADS={!r} is not a number of threads: set it to 1".format(text))
    return int(text)


@lru_cache(maxsize=None)
def _module(path: str) -> Any:
    if path:
        return getattr(_module(""), path)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        tensorflow = importlib.import_module("tensorflow")
    except ModuleNotFoundError as error:
        if error.name != "tensorflow":
            raise
        raise ModuleNotFoundError(
            "TensorFlow is not installed: pip install 'workshop[cpu]' (or 'workshop[gpu]')", name="tensorflow"
        ) from None
    wanted = threads()
    if wanted:
        try:
            tensorflow.config.threading.set_intra_op_parallelism_threads(wanted)
            tensorflow.config.threading.set_inter_op_parallelism_threads(wanted)
        except RuntimeError:  # other code of this process has already started TensorFlow's threads
            pass
    return tensorflow


tf: Any = _Lazy("")
keras: Any = _Lazy("keras")
