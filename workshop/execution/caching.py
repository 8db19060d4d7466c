"""Outcomes from the store, else by calling the function, here or in another Python; then stored."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from workshop import datasets
from workshop.datasets.array_cache import load_cached
from workshop.datasets.readers.images import Computed
from workshop.datasets.readers.weights import PretrainedFiles
from workshop.execution.calling import Call, Made, run_call, storable
from workshop.execution.codec import CodecError
from workshop.execution.digests import code_digest
from workshop.execution.environment import this_environment
from workshop.execution.interpreter import other_python
from workshop.execution.store import Store

# the values of the data sets that were loaded last, by id and checksum
_loaded: dict[tuple[str, str], Any] = {}
_MOST_LOADED = 4
# what computes a network's features of images, apart from its weights, the images and the environment
_FEATURES = (("workshop.training.pipeline_fit", "features"), ("workshop.training.pretrained", "feature_base"))


def run_calls(calls: Sequence[Call], folder: Path | None, python: Path | None) -> list[Made]:
    """Return the outcomes of calls, job by job: from the store in a folder, else computed and stored.

    `python` is the interpreter that calls the functions, None for this one.
    """
    return [made for call in calls for made in _run_call(call, folder, python)]


def _run_call(call: Call, folder: Path | None, python: Path | None) -> list[Made]:
    store = None if folder is None else Store(folder)
    with contextlib.ExitStack() as locks:
        if store is not None:
            try:
                # one order, so that two runs never wait in a circle
                for fingerprint, key in sorted(zip(call.fingerprints, call.keys, strict=True)):
                    locks.enter_context(store.lock(fingerprint, key))
            except OSError as error:
                store.give_up(error)
                store = None
        made: dict[str, Made] = {}
        for key, fingerprint in zip(call.keys, call.fingerprints, strict=True):
            stored = None if store is None else store.get(fingerprint, (call.module,))
            if stored is not None:
                made[key] = stored
        missing = call.of([key for key in call.keys if key not in made])
        if missing.keys:
            computed = zip(missing.keys, missing.fingerprints, _compute(missing, store, python), strict=True)
            made.update({key: put(store, key, fingerprint, each) for key, fingerprint, each in computed})
    return [made[key] for key in call.keys]


def put(store: Store | None, key: str, fingerprint: str, made: Made) -> Made:
    """Return what was made, stored if it can be; an outcome that can't be written as bytes is a failure."""
    if store is None:
        return storable(key, made)
    if made.failure is not None:
        return made
    try:
        store.put(fingerprint, made.outcome, seconds=made.seconds)
    except CodecError as error:
        return Made(None, made.seconds, failure=f"{key}: {error}")
    except OSError as error:
        store.give_up(error)
    else:
        store.drop_checkpoints(fingerprint)
    return made


def _compute(call: Call, store: Store | None, python: Path | None) -> list[Made]:
    """Call the function once, for the seeds of all jobs."""
    # first steps take seconds, and a training that continues has no first updates
    if store is not None and "checkpoint" in call.part.needs and not call.first_steps:
        try:
            call = replace(call, checkpoint=str(store.checkpoint_folder(call.fingerprints[0])))
        except OSError as error:
            store.give_up(error)
    if python is not None:
        return other_python(python).call(call)
    return run_call(call, _load)


def _load(found: datasets.Found) -> Any:
    """Load a data set once per process (the last few stay loaded)."""
    identity = (found.id, found.checksum)
    value = _loaded.pop(identity) if identity in _loaded else datasets.load(found)
    if isinstance(value, PretrainedFiles):
        value = ComputedOnce.of(value, found.checksum)
    _loaded[identity] = value  # now it is the last
    while len(_loaded) > _MOST_LOADED:
        del _loaded[next(iter(_loaded))]
    return value


class ComputedOnce(PretrainedFiles):
    """A network's files with their checksum, so that its features of the same images are computed once.

    They stay in the array cache. Those of another environment or of other code take their place.
    """

    checksum = ""

    @classmethod
    def of(cls, files: PretrainedFiles, checksum: str) -> ComputedOnce:
        """Return the files whose content has this checksum."""
        made = cls(*files)
        made.checksum = checksum
        return made

    def kept(self, images: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
        """Return the features of the images with this checksum, computed unless they are in the cache."""
        maker = [this_environment().digest_text(), *(code_digest(*each) for each in _FEATURES)]
        key = f"{self.checksum} {images}"
        found: Computed = load_cached("computed", key, lambda: Computed(compute()), " ".join(maker))
        return found.values
