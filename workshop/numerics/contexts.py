"""Windows over a sentence, and the samples that CBOW and skip-gram take from them, by hand."""

from __future__ import annotations

from typing import NamedTuple, Sequence


class Window(NamedTuple):
    """A target word, and the words to its left and right in their order."""

    target: str
    context: tuple[str, ...]

    @property
    def terms(self) -> list[str]:
        """The words in the order of the sentence."""
        half = len(self.context) // 2
        return [*self.context[:half], self.target, *self.context[half:]]


def context_windows(tokens: Sequence[str], size: int) -> list[Window]:
    """Return the windows of all words that have `size` words on either side, from left to right.

    Words nearer to an end of the sentence are not targets. (gensim uses them with less context, and draws
    each window's size from 1 to `size`.)

    Raises
    ------
    ValueError
        If the size is below 1.
    """
    if size < 1:
        raise ValueError(f"a window of size {size} has no context: give 1 or more")
    return [
        Window(tokens[index], (*tokens[index - size : index], *tokens[index + 1 : index + 1 + size]))
        for index in range(size, len(tokens) - size)
    ]


def cbow_sample(window: Window) -> tuple[tuple[str, ...], str]:
    """Return the inputs and the output of CBOW, which predicts the target from its context."""
    return window.context, window.target


def skip_gram_pairs(window: Window) -> list[tuple[str, str]]:
    """Return the input and output of each skip-gram sample, which predicts the context from the target."""
    return [(window.target, word) for word in window.context]
