"""What is to be seen in a figure, in words: alternative texts, with numbers taken from what is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workshop.figures.ch05 import naive_forecasts
from workshop.reporting.formatting import four_digits as digits


def training(history: Mapping[str, Sequence[float]]) -> str:
    """Tell how loss and accuracy of a training and of its validation moved."""
    parts = {"": "training", "val_": "validation"}
    told = [
        moved(f"{part} {name}", history[f"{prefix}{name}"])
        for prefix, part in parts.items()
        for name in ("loss", "accuracy")
        if f"{prefix}{name}" in history
    ]
    return sentence(f"over {counted(len(history['loss']), 'epoch')} " + "; ".join(told))


def losses(log: np.ndarray) -> str:
    """Tell how the losses of a training (epochs, 2) and of its validation moved."""
    told = [
        moved(f"{part} loss", log[:, place].tolist()) for place, part in enumerate(("training", "validation"))
    ]
    return sentence(f"over {counted(len(log), 'epoch')} " + "; ".join(told))


def moved(name: str, values: Sequence[float]) -> str:
    """Tell how a quantity moved from the first to the last of its values, and what lay beyond both."""
    first, last, low, high = (float(v) for v in (values[0], values[-1], np.min(values), np.max(values)))
    if len(values) == 1:
        return f"{name} is {digits(first)}"
    direction = "falls" if last < first else "rises" if last > first else "comes back"
    told = f"{name} {direction} from {digits(first)} to {digits(last)}"
    beyond = [f"as low as {digits(low)}"] * (low < min(first, last))
    beyond += [f"as high as {digits(high)}"] * (high > max(first, last))
    return told + (f", in between {' and '.join(beyond)}" if beyond else "")


def forecasts(prices: np.ndarray, predicted: np.ndarray, zoom: slice | None) -> str:
    """Tell how far forecasts lie from the prices, and the forecast "tomorrow = today" on the same days."""
    shown = np.arange(len(prices))[slice(None) if zoom is None else zoom]
    days = shown[np.isfinite(predicted[shown])]
    price, forecast, before = prices[days], predicted[days], naive_forecasts(prices)[days]
    miss, naive = apart(forecast, price), apart(before, price)
    return (
        f"Prices of {counted(len(shown), 'day')}, {span(prices[shown])} USD, and "
        f"{counted(len(days), 'forecast')}, at positions {days[0]} to {days[-1]}, {span(forecast)} USD. The "
        f"forecasts miss the day's price by {digits(miss)} USD (root mean square), “tomorrow = today” by "
        f"{digits(naive)} USD on the same days; the forecasts are {digits(apart(forecast, before))} USD away "
        "from the price of the day before."
    )


def apart(a: np.ndarray, b: np.ndarray) -> float:
    """Return the root of the mean squared difference."""
    return float(np.sqrt(np.mean((a - b) ** 2)))


def confusion(counts: Sequence[Sequence[int]], names: Sequence[str]) -> str:
    """Tell for each class how many of it are predicted as which, and how many are right in all."""
    table = np.asarray(counts)
    rows = [
        f"of {row.sum():,} {name}, "
        + ", ".join(f"{count:,} predicted {other}" for other, count in zip(names, row, strict=True))
        for name, row in zip(names, table, strict=True)
    ]
    return sentence("; ".join(rows)) + f" {percent(np.trace(table) / table.sum())} of all are right."


def neighbours(lists: Mapping[str, Sequence[Sequence[Any]]]) -> str:
    """Tell the words nearest to each of some words, with their cosines."""
    return " ".join(
        f"Nearest to {name}: {', '.join(f'{word} {cosine:.3f}' for word, cosine in rows)}."
        for name, rows in lists.items()
    )


def sigmoid(z: np.ndarray, values: np.ndarray) -> str:
    """Tell where the curve starts, crosses the middle, and ends."""
    middle = int(np.abs(z).argmin())
    start, centre, end = (f"{digits(float(values[i]))} at z = {digits(float(z[i]))}" for i in (0, middle, -1))
    return f"The curve goes from {start} through {centre} to {end}."


def digit(probabilities: np.ndarray, label: int) -> str:
    """Tell the most probable classes of an image and its label."""
    first, second = (int(place) for place in np.argsort(-probabilities, kind="stable")[:2])
    return (
        f"An image labelled {label}; the network says {first} with the probability "
        f"{digits(float(probabilities[first]))}, then {second} with {digits(float(probabilities[second]))}."
    )


def feature_map(image: np.ndarray, response: np.ndarray) -> str:
    """Tell what the image and the strength of the response are like, and where it is strongest."""
    strength = np.abs(response)
    columns = np.flatnonzero((strength == strength.max()).any(axis=0)) + 1
    return (
        f"An image of {size(image)} pixels from {span(image)}, and its map of {size(response)}: the response "
        f"is strongest, {digits(float(strength.max()))}, in "
        f"{'column' if len(columns) == 1 else 'columns'} {listed(columns)} from the left."
    )


def variants(images: Mapping[str, np.ndarray]) -> str:
    """Tell the variants of the first image, and how far each is from it in grey levels."""
    (name, original), *others = images.items()
    told = [
        f"{other} {digits(float(np.abs(np.float64(image) - original).mean()))}"
        if image.shape == original.shape
        else f"{other} of {size(image)} pixels"
        for other, image in others
    ]
    return (
        f"The {name}, {size(original)} pixels, and {counted(len(others), 'variant')}; mean difference of a "
        f"pixel from it in grey levels: {', '.join(told)}."
    )


def lengths(shares: Sequence[float], ends: tuple[float, float]) -> str:
    """Tell the shares of reviews in bins of their lengths, and the highest bin."""
    edges = np.linspace(*ends, len(shares) + 1)
    highest = int(np.argmax(shares))
    return (
        f"Shares of the reviews in {len(shares)} bins from {digits(ends[0])} to {digits(ends[1])} words: "
        f"{', '.join(percent(share) for share in shares)}; the highest bin is from "
        f"{span(edges[highest : highest + 2])} words."
    )


def curve(x: np.ndarray, y: np.ndarray) -> str:
    """Tell from where to where a curve goes, and how often it crosses 0."""
    crossings = int(np.sum(np.sign(y[1:]) != np.sign(y[:-1])))
    return (
        f"A curve through {counted(len(x), 'point')} from x = {digits(float(x[0]))} to "
        f"{digits(float(x[-1]))}; y is from {span(y)} and crosses zero {counted(crossings, 'time')}."
    )


def points(fake: np.ndarray, real: np.ndarray | None = None) -> str:
    """Tell where generated points lie, how far from the sine, and the same of real ones."""
    told = [_points("generated", fake)] + ([] if real is None else [_points("real", real)])
    return "; ".join(told) + "."


def _points(kind: str, found: np.ndarray) -> str:
    x, y = np.asarray(found, dtype=np.float64).T
    return (
        f"{counted(len(x), f'{kind} point')}, x from {span(x)}, y from {span(y)}, on average "
        f"{digits(float(np.abs(y - np.sin(x)).mean()))} from the sine"
    )


def images(white: float, sure: float | None) -> str:
    """Tell how white 25 generated images are, and what a classifier of real ones says of more of them."""
    told = f"25 generated images; of such images {percent(white)} of the pixels are nearly white"
    if sure is not None:
        told += f", and a classifier of real ones is more than 80 % sure of {percent(sure)}"
    return told + "."


def probabilities(iterations: Sequence[int], together: np.ndarray, real: np.ndarray, fake: np.ndarray) -> str:
    """Tell the discriminator's mean outputs: together, as the book prints them, and apart."""
    means = [digits(float(np.mean(values))) for values in (together, real, fake)]
    return (
        f"The discriminator's mean output at {counted(len(iterations), 'iteration')} from {iterations[0]} to "
        f"{iterations[-1]}: over real and fake images together {means[0]} on average, from {span(together)}; "
        f"over real ones alone {means[1]}, over fake ones alone {means[2]}."
    )


def span(values: np.ndarray) -> str:
    """Write the least and the greatest of some values."""
    return f"{digits(float(np.min(values)))} to {digits(float(np.max(values)))}"


def counted(number: int, noun: str) -> str:
    """Write a number of things."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def percent(share: float) -> str:
    """Write a share in percent."""
    return f"{100 * share:.1f} %"


def size(image: np.ndarray) -> str:
    """Write the height and width of an image."""
    return f"{image.shape[0]} × {image.shape[1]}"


def listed(values: Sequence[Any] | np.ndarray) -> str:
    """Write values with an "and" before the last one."""
    *first, last = (str(value) for value in values)
    return f"{', '.join(first)} and {last}" if first else last


def sentence(text: str) -> str:
    """Write a sentence: its first letter is a capital, and a full stop ends it."""
    return f"{text[0].upper()}{text[1:]}."
