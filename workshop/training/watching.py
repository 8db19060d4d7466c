"""What a reader's run is told of its trainings: how far they are, and the networks with which they end.

The loops call `epoch` and `trained` as statements, and get nothing back. So a training is the same whether it
is watched or not, and digests of code leave these calls out.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Callable, Iterator, Optional, Sequence, Tuple

import numpy as np

from workshop.training.backend import keras
from workshop.training.epochs import Epochs, History
from workshop.training.one_loop import in_one_loop

# number of epochs or iterations that are done, of how many (0 if it is not known), and the loss
Shown = Callable[[int, int, float], None]
# what a training ends with: networks with their weights, and the base below them; or a model of gensim
Trained = Tuple[Tuple[Any, ...], Tuple[Tuple[np.ndarray, ...], ...], Any]

_watches: list[tuple[Optional[Shown], list[Trained]]] = []


@contextmanager
def watching(shown: Optional[Shown] = None) -> Iterator[list[Trained]]:
    """Note the networks that are trained meanwhile, and call `shown` after each epoch.

    Epochs that are otherwise one compiled loop then run one by one, with the same results.
    """
    found: list[Trained] = []
    _watches.append((shown, found))
    if shown is not None:
        Epochs.run = _run_by_epochs  # type: ignore[method-assign]
    try:
        yield found
    finally:
        _watches.pop()
        Epochs.run = _run  # type: ignore[method-assign]


def epoch(done: Any, of: int, loss: Any) -> None:
    """Tell that an epoch or iteration is done, with its loss."""
    for shown, _ in _watches[-1:]:
        if shown is not None:
            shown(int(done), of, float(np.mean(loss)))


def trained(*networks: Any, weights: Optional[Sequence[np.ndarray]] = None, base: Any = None) -> None:
    """Tell that networks have been trained, whose models have their weights now.

    Parameters
    ----------
    networks : each a `Network`, a Keras model, or a model of gensim. What is told of the same networks later
        takes the place.
    weights : of the one network, if its model does not have them.
    base : the frozen model below the network.
    """
    for _, found in _watches[-1:]:
        if weights is not None:
            values: tuple[tuple[np.ndarray, ...], ...] = (tuple(weights),)
        else:
            models = [getattr(one, "model", one) for one in networks]
            values = tuple(tuple(one.get_weights()) for one in models if hasattr(one, "get_weights"))
        if found and values and found[-1][0] == networks:
            found.pop()
        found.append((networks, values, base))


def rebuilt(noted: Trained) -> tuple[Any, ...]:
    """Return what a training ended with as models of their own."""
    networks, values, base = noted
    if not values:
        for network in networks:
            network.hashfxn = hash  # gensim's default: ours would have to be there where the model is loaded
        return networks
    models = []
    for network, weights in zip(networks, values):
        builder = getattr(network, "builder", None)
        if builder is None:
            model = keras.models.clone_model(network)
        elif builder is in_one_loop:  # the same weights in the book's layers
            model = network.arguments[0](*network.arguments[1:])
        else:
            model = builder(*network.arguments)
        model.set_weights(list(weights))
        if base is not None:
            model = keras.models.Sequential(
                [keras.layers.InputLayer(base.input_shape[1:]), base, *model.layers]
            )
        models.append(model)
    return tuple(models)


_run = Epochs.run


def _run_by_epochs(self: Epochs, *data: Any, before: int, **settings: Any) -> History:
    """Run the epochs of `order`, the last of `data`, one by one."""
    *others, order = data
    parts: list[History] = []
    for number in range(len(order)):
        part = _run(self, *others, order[number : number + 1], before=before, **settings)
        before += int(part.steps.sum())
        parts.append(part)
        epoch(number + 1, len(order), part.loss)
    names = [name for name in vars(parts[0]) if name != "optimizer"]
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return replace(parts[0], **joined)
