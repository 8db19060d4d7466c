"""Did you mean: the known names that a misspelt name, or some words of a title, may stand for."""

from __future__ import annotations

import difflib
import re
import textwrap
from collections.abc import Collection, Iterable, Mapping

_CLOSE_NAME, _CLOSE_WORD = 0.75, 0.8  # difflib's ratios
_MOST = 3  # more suggestions do not help
_FILLERS = frozenset({"a", "an", "and", "for", "in", "of", "on", "our", "the", "to", "with"})


def did_you_mean(text: str, titles: Mapping[str, str]) -> str:
    """Return a question that names what a text may stand for, as `suggest` has it; "" if that is nothing."""
    return ask(suggest(text, titles), titles)


def ask(names: Iterable[str], titles: Mapping[str, str]) -> str:
    """Return a question that names these and their titles; "" without a name."""
    named = [f"{name}, {_shortened(titles[name])}?" for name in names]
    return f"did you mean {' Or '.join(named)}" if named else ""


def _shortened(title: str) -> str:
    """Return a title in 70 characters, without parentheses that would be cut."""
    return re.sub(r" \([^)]*…$", "", textwrap.shorten(title, 70, placeholder=" …"))


def suggest(text: str, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Return up to three known names that a text may stand for: by spelling, else by the words of a title.

    `titles` has the known names and their titles; where several titles fit, the first ones are meant.
    Nothing is returned if more names are equally close.
    """
    return _by_spelling(text, titles) or _by_title(text, titles)


def _by_spelling(text: str, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Return the closest names in any case."""
    by_lower = {name.lower(): name for name in titles}
    word = text.strip().lower()
    close = difflib.get_close_matches(word, by_lower, n=_MOST + 1, cutoff=_CLOSE_NAME)
    ratios = [difflib.SequenceMatcher(None, name, word).ratio() for name in close]
    best = [by_lower[name] for name, ratio in zip(close, ratios, strict=True) if ratio == ratios[0]]
    return tuple(sorted(best)) if len(best) <= _MOST else ()


def titles_with(text: str, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names whose titles have exactly all words of a text."""
    words = _words(text)
    return tuple(name for name, title in titles.items() if words and words <= _words(title))


def _by_title(text: str, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Return the first names whose titles have all words of a text, or else words close to them."""
    words = _words(text)
    if not words:
        return ()
    of_title = {name: _words(title) for name, title in titles.items()}
    every = {word for others in of_title.values() for word in others}
    meant = [_close_words(word, every) for word in words]
    fitting = [name for name, others in of_title.items() if all(others & each for each in meant)]
    return tuple(fitting[:_MOST])


def _close_words(word: str, known: Collection[str]) -> set[str]:
    """Return a word itself if it is known or has a digit, else the known words close to it."""
    if word in known or not word.isalpha():
        return {word}
    return {*difflib.get_close_matches(word, known, _MOST, _CLOSE_WORD)}


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower())) - _FILLERS
