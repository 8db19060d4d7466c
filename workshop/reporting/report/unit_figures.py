"""The figures of units: which are drawn from which fields of an outcome, as SVG or as a table, with words."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from workshop.figures import ch02, ch03, ch05, ch06, ch07
from workshop.figures.confusion import confusion_matrix
from workshop.figures.curves import loss_curves, training_curves
from workshop.paths import follow, parse_steps
from workshop.reporting.report import alt_text
from workshop.reporting.svg import inline, page_style
from workshop.verification.outcomes import PartOutcome

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# one figure or table of a sketch: what tells it from its others, if any; what is to be seen; and itself
Plot = tuple[str, str, "Figure | str"]

NOTEBOOK_BINS = (2.0, 126.0)  # lengths between which chapter 6 counts, as the notebook's figure does
BOOKS_SCATTERS = (0, 2000, 10000, 18000)  # iterations of the book's Figures 7.17 to 7.19, and the start
CURVES = ("loss", "accuracy", "val_loss", "val_accuracy")


class Drawn(NamedTuple):
    """A figure of a unit: its title, what is to be seen, and an SVG element or an HTML table, or neither."""

    title: str
    told: str
    markup: str


@dataclass(frozen=True)
class Sketch:
    """What is drawn of some fields of an outcome, named by their paths; `draw` takes their values."""

    title: str
    fields: tuple[str, ...]
    draw: Callable[..., Iterator[Plot]]


def figures(outcomes: Mapping[str, Sequence[PartOutcome]]) -> dict[str, list[Drawn]]:
    """Return the figures of each unit that has some."""
    drawn = {unit: figures_of(unit, parts) for unit, parts in outcomes.items()}
    return {unit: several for unit, several in drawn.items() if several}


def figures_of(unit: str, parts: Sequence[PartOutcome]) -> list[Drawn]:
    """Return a unit's figures as far as its parts hold what is drawn.

    What can't be drawn is one line that says why, in the figure's place.
    """
    drawn: list[Drawn] = []
    for sketch in SKETCHES.get(unit, ()):
        for part in parts:
            try:
                values = [follow(part.outcome, parse_steps(path)) for path in sketch.fields]
            except LookupError:  # another part's
                continue
            drawn += _drawn(sketch, values, _note(part), f"{unit}-{len(drawn)}".replace(".", "-"))
    return drawn


def _drawn(sketch: Sketch, values: Sequence[Any], note: str, name: str) -> Iterator[Drawn]:
    with page_style() if importlib.util.find_spec("matplotlib") else nullcontext():
        try:
            for number, (which, told, plot) in enumerate(sketch.draw(*values)):
                title = sketch.title + (f", {which}" if which else "") + note
                markup = (
                    plot if isinstance(plot, str) else inline(plot, f"{name}-{number}", f"{title}: {told}")
                )
                yield Drawn(title, told, markup)
        except Exception as error:  # a figure that can't be drawn costs a line, never the report
            why = " ".join(str(error).split()) or type(error).__name__
            yield Drawn(sketch.title + note, f"not drawn: {why}", "")


def _note(part: PartOutcome) -> str:
    """Return what must be known of a figure's outcome: its seed, and where it is not as documented."""
    notes = [f"seed {', '.join(map(str, part.seeds))}"] if part.seeds else []
    notes += ["short profile, not the documented procedure"] if part.short else []
    notes += [f"on a substitute: {line}" for line in part.substitutes]
    return f" ({'; '.join(notes)})" if notes else ""


def _training(history: Any) -> Iterator[Plot]:
    curves = {name: getattr(history, name) for name in CURVES if hasattr(history, name)}
    yield "", alt_text.training(curves), training_curves(curves)


def _losses(log: Any) -> Iterator[Plot]:
    yield (
        "",
        alt_text.losses(log),
        loss_curves(log[:, 0], log[:, 1], label="mean squared error (scaled prices)"),
    )


def _forecasts(zoom: slice) -> Callable[..., Iterator[Plot]]:
    def draw(prices: Any, predicted: Any) -> Iterator[Plot]:
        for which, view in (("", None), ("zoomed", zoom)):
            figure = ch05.forecasts_against_prices(prices, predicted, zoom=view)
            yield which, alt_text.forecasts(prices, predicted, view), figure

    return draw


def _confusion(*names: str) -> Callable[..., Iterator[Plot]]:
    def draw(counts: Any) -> Iterator[Plot]:
        yield "", alt_text.confusion(counts, names), confusion_matrix(counts, names)

    return draw


def _sigmoid(found: Any) -> Iterator[Plot]:
    yield "", alt_text.sigmoid(found.z, found.values), ch02.sigmoid_curve(found.z, found.values)


def _digit(image: Any, probabilities: Any, label: int) -> Iterator[Plot]:
    (row,) = probabilities
    yield "", alt_text.digit(row, label), ch02.digit(image, row, label)


def _feature_map(image: Any, response: Any) -> Iterator[Plot]:
    yield "", alt_text.feature_map(image, response), ch03.feature_map(image, response)


def _variants(images: Any) -> Iterator[Plot]:
    yield "", alt_text.variants(images), ch03.augmented_samples(images, columns=2)


def _lengths(shares: Any) -> Iterator[Plot]:
    yield "", alt_text.lengths(shares, NOTEBOOK_BINS), ch06.lengths_histogram(shares, NOTEBOOK_BINS)


def _sine(data: Any) -> Iterator[Plot]:
    x, y = data.T
    yield "", alt_text.curve(x, y), ch07.sine_curve(x, y)


def _untrained(fake: Any) -> Iterator[Plot]:
    yield "", alt_text.points(fake), ch07.sine_scatter(None, fake)


def _scatters(iterations: Any, scatter: Any) -> Iterator[Plot]:
    for number, (real, fake) in zip(iterations, scatter, strict=True):
        if number in BOOKS_SCATTERS:
            yield f"iteration {number:,}", alt_text.points(fake, real), ch07.sine_scatter(real, fake)


def _images(pixels: Any, quality: Any, images: Any) -> Iterator[Plot]:
    for (name, measured), grid in zip(pixels.items(), images, strict=True):
        when = "after training" if name == "after" else f"iteration {int(name[1:]):,}"
        sure = quality[name].sure if name in quality else None
        yield when, alt_text.images(measured.near_white_share, sure), ch07.image_grid(grid)


def _probabilities(log: Any) -> Iterator[Plot]:
    values = log.iterations, log.together, log.real, log.fake
    yield "", alt_text.probabilities(*values), ch07.probability_curves(*values)


def _neighbours(*names: str) -> Callable[..., Iterator[Plot]]:
    def draw(*lists: Any) -> Iterator[Plot]:
        named = dict(zip(names, lists, strict=True))
        yield "", alt_text.neighbours(named), ranked_table(named)

    return draw


def ranked_table(lists: Mapping[str, Sequence[Sequence[Any]]]) -> str:
    """Return an HTML table of words and their cosines by rank, the lists side by side under their names."""
    columns = [[(escape(str(word)), f"{cosine:.3f}") for word, cosine in rows] for rows in lists.values()]
    rows = [
        "".join(f"<td>{word}</td><td>{cosine}</td>" for word, cosine in row)
        for row in zip_longest(*columns, fillvalue=("", ""))
    ]
    heads = "".join(f'<th scope="colgroup" colspan="2">{escape(name)}</th>' for name in lists)
    names = '<th scope="col">word</th><th scope="col">cosine</th>' * len(lists)
    body = "".join(f'<tr><th scope="row">{rank}</th>{row}</tr>' for rank, row in enumerate(rows, 1))
    return (
        '<table class="ranked"><thead>'
        f'<tr><th scope="col" rowspan="2">rank</th>{heads}</tr><tr>{names}</tr>'
        f"</thead><tbody>{body}</tbody></table>"
    )


_HISTORY = Sketch("Training curves", ("history",), _training)
_EARLIER = Sketch("Training curves, RMSprop as Keras had it up to 2.10", ("earlier.history",), _training)
_LAST_100 = slice(-100, None)
_LOSSES = Sketch("Losses", ("log",), _losses)
_FORECASTS = Sketch("Forecasts against prices", ("curves.prices", "curves.forecasts"), _forecasts(_LAST_100))
_KING = "king − man + woman"
_GENERATED = Sketch("Generated images", ("pixels", "quality", "images"), _images)
_OUTPUT = Sketch("Output of the discriminator", ("log",), _probabilities)

SKETCHES: Mapping[str, tuple[Sketch, ...]] = {
    "ch02.text01": (Sketch("The sigmoid", ("sigmoid_curve",), _sigmoid),),
    "ch02.ex02": (Sketch("Confusion matrix", ("confusion",), _confusion("class 0", "class 1")),),
    "ch02.ex05": (_HISTORY,),
    "ch02.ex06": (_HISTORY,),
    "ch02.ex07": (_HISTORY, Sketch("A test image", ("image", "probabilities", "label"), _digit)),
    "ch02.act01": (
        Sketch("Training curves of the first fit", ("fresh.history",), _training),
        Sketch("Training curves of the fit that goes on", ("continued.history",), _training),
    ),
    "ch03.text04": (
        Sketch("An image of two halves and its feature map", ("input_image", "map_full"), _feature_map),
    ),
    "ch03.text09": (Sketch("An image and its variants", ("variants",), _variants),),
    "ch03.ex02": (_HISTORY,),
    "ch03.ex03": (_HISTORY,),
    "ch03.ex04": (_HISTORY,),
    "ch03.act01": (_HISTORY,),
    "ch03.act02": (_HISTORY,),
    "ch04.text12": (Sketch("Nearest words", ("animal", "happiness"), _neighbours("animal", "happiness")),),
    "ch04.text13": (Sketch("Nearest words", ("king", "uncle"), _neighbours(_KING, "uncle − man + woman")),),
    "ch04.text14": (Sketch("Nearest words by vectors of 30 numbers", ("king30",), _neighbours(_KING)),),
    "ch04.text16": (
        Sketch("Nearest words by continuous bag of words", ("cbow",), _neighbours("oeuvre")),
        Sketch("Nearest words by skip-gram", ("sg",), _neighbours("oeuvre")),
    ),
    "ch04.text17": (Sketch("Nearest words by GloVe", ("money", "king"), _neighbours("money", _KING)),),
    "ch04.text18": (
        Sketch(
            "Nearest words",
            ("doctor", "smart"),
            _neighbours("doctor − man + woman", "smart − man + woman"),
        ),
    ),
    "ch04.ex06": (
        Sketch(
            "Nearest words in two corpora",
            ("brown_money", "movie_money"),
            _neighbours("money, Brown corpus", "money, film reviews"),
        ),
    ),
    "ch04.act02": (
        Sketch(
            "Nearest words under three settings",
            ("rabbit_default", "rabbit_window2", "rabbit_sg"),
            _neighbours("rabbit, window of 5", "rabbit, window of 2", "rabbit, skip-gram"),
        ),
    ),
    "ch05.text07": (
        Sketch(_FORECASTS.title, _FORECASTS.fields, _forecasts(slice(2400, 2501))),
        _LOSSES,
    ),
    "ch05.ex04": (_FORECASTS, _LOSSES),
    "ch05.ex05": (_FORECASTS, _LOSSES),
    "ch05.act01": (_FORECASTS, _LOSSES),
    "ch06.ex01": (_HISTORY, _EARLIER),
    "ch06.ex02": (_HISTORY, _EARLIER),
    "ch06.ex03": (_HISTORY, _EARLIER),
    "ch06.ex04": (_HISTORY, _EARLIER),
    "ch06.ex05": (_HISTORY, _EARLIER),
    "ch06.act01": (
        Sketch("Lengths of the training reviews", ("histogram.shares",), _lengths),
        _HISTORY,
        Sketch("Confusion matrix of the test reviews", ("confusion",), _confusion("negative", "positive")),
    ),
    "ch07.ex01": (Sketch("The real data", ("real_data",), _sine),),
    "ch07.ex02": (Sketch("Points of the untrained generator", ("fake",), _untrained),),
    "ch07.ex04": (Sketch("Real and generated points", ("log.iterations", "scatter"), _scatters),),
    "ch07.text07": (Sketch("Output of the discriminator at the start", ("early_log",), _probabilities),),
    "ch07.ex05": (_GENERATED, _OUTPUT),
    "ch07.act01": (_GENERATED, _OUTPUT),
}
