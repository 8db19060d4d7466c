"""Chapter 5's small functions on made-up days and lengths, counted by hand."""

from __future__ import annotations

from workshop.units import unit

from .text01_loading_prices import COLUMNS, load_prices
from .text08_convolutions import convolutions


@unit("ch05.text01", value="within_gap", uses="pandas")
def within_made_up_days() -> int:
    """Load four days: both prices within the day, the opening above, the close below, both.

    Returns by how many the days with opening and close between low and high differ from those made up so.
    Source: ours.
    """
    from pandas import DataFrame

    closes, openings = (10.0, 10.0, 4.0, 4.0), (9.0, 16.0, 9.0, 16.0)
    days = [
        (f"1/{4 - day}/2010", close, opening, 15.0, 5.0, 100)
        for day, (close, opening) in enumerate(zip(closes, openings))
    ]
    return abs(load_prices(DataFrame(days, columns=list(COLUMNS))).within_the_day - 1)


@unit("ch05.text08", value="lengths_off", uses="tensorflow")
def pooled_lengths(lengths: tuple[int, ...] = (9, 13, 14, 19), size: int = 5) -> int:
    """Filter and pool sequences of other lengths.

    Returns the number of lengths, filtered and pooled, that differ from those by hand. Source: ours.

    A filter stops at n − 4 places, and a pooling window of 5 takes the whole fives of these.
    """
    off = 0
    for length in lengths:
        found = convolutions(length=length, kernel_size=size).pooling_reduces
        places = length - size + 1
        pooled = places // size
        off += found != {"unpooled": places, "max": pooled, "average": pooled}
    return off
