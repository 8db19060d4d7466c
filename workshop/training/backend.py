"""The one door to TensorFlow and Keras: imported on first use, so that reading a chapter costs nothing."""

from __future__ import annotations

import importlib
import os
from typing import Any


class _Lazy:
    """A module that is imported when its first attribute is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        try:
            module = importlib.import_module("tensorflow")
        except ModuleNotFoundError as error:
            if error.name != "tensorflow":
                raise
            raise ModuleNotFoundError(
                "TensorFlow is not installed: pip install 'workshop[cpu]' (or 'workshop[gpu]')", name="tensorflow"
            ) from None
        for step in self._name.split(".")[1:]:
            module = getattr(module, step)
        return getattr(module, attribute)


tf = _Lazy("tensorflow")  # type: Any
keras = _Lazy("tensorflow.keras")  # type: Any
