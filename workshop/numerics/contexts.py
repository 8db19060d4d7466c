"""Windows over a sentence, and the samples that CBOW and skip-gram make of them, by hand."""

from __future__ import annotations

from typing import List, NamedTuple, Sequence, Tuple


class Window(NamedTuple):
    """A word in the middle, and the words left and right of it in their order."""

    target: str
    context: Tuple[str, ...]

    @property
    def terms(self) -> List[str]:
        """The words as they stand in the sentence."""
        half = len(self.context) // 2
        return [*self.context[:half], self.target, *self.context[half:]]


def context_windows(tokens: Sequence[str], size: int) -> List[Window]:
    """Return the windows of words that have `size` words on either side, from left to right.

    Words nearer to an end of the sentence are no targets. (gensim takes them with the context that there is,
    and draws each window's size from 1 to `size`.)

    Raises
    ------
    ValueError
        If the size is below 1.
    """
    if size < 1:
        raise ValueError(f"a window of size {size} has no context: give 1 or more")
    return [
        Window(tokens[place], (*tokens[place - size : place], *tokens[place + 1 : place + 1 + size]))
        for place in range(size, len(tokens) - size)
    ]


def cbow_sample(window: Window) -> Tuple[Tuple[str, ...], str]:
    """Return inputs and output of CBOW, which predicts the target from its context."""
    return window.context, window.target


def skip_gram_pairs(window: Window) -> List[Tuple[str, str]]:
    """Return input and output of each sample of skip-gram, which predicts the context from the target."""
    return [(window.target, word) for word in window.context]
