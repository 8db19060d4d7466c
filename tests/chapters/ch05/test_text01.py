"""The text of chapter 5: loading the data."""

import pytest

from tests.chapters.ch05.prices import table
from workshop.measures.ch05_sequences.text01_loading_prices import load_prices, whose_prices


@pytest.mark.parametrize(
    ("closes", "volumes", "company", "days"),
    [([3.0, 2.0], [9, 8], "IBM", 2), ([3.0, 2.5], [9, 8], "not IBM", 1), ([3.0, 2.0], [9, 7], "not IBM", 1)],
)
def test_the_company_is_ibm_only_if_every_close_and_volume_is(closes, volumes, company, days):
    """One other close, or one other volume, and the prices are not known to be IBM's on all days."""
    ibm = table([4.0, 3.0, 2.0], ["1/3/2020", "1/2/2020", "1/1/2020"], [7, 9, 8])

    outcome = whose_prices(table(closes, ["1/2/2020", "1/1/2020"], volumes), ibm)

    assert (outcome.company, outcome.days_of_ibm) == (company, days)


def test_a_day_that_the_other_file_does_not_have_is_no_agreement():
    """Prices of a day that can't be compared count as others."""
    assert whose_prices(table([3.0], ["2/2/2020"]), table([3.0])).company == "not IBM"


def test_both_prices_are_within_a_day_s_range_or_the_day_does_not_count():
    """Of four days the opening is too high on one, the close too low on another, and both on a third."""
    days = table([10.0, 10.0, 4.0, 4.0]).assign(
        **{" Open": [9.0, 16.0, 9.0, 16.0], " High": 15.0, " Low": 5.0}
    )

    assert load_prices(days).within_the_day == 1
