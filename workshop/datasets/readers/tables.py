"""Tables: CSV files as pandas reads them, and labelled reviews."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping, NamedTuple

from workshop.datasets.readers import only
from workshop.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


class ReviewTables(NamedTuple):
    """Labelled reviews: frames with columns `review_text` and `label` (0 negative, 1 positive)."""

    train: "pd.DataFrame"
    test: "pd.DataFrame"


def read_csv_table(paths: Mapping[str, Path]) -> "pd.DataFrame":
    """Return the frame exactly as `pandas.read_csv` gives it, with blanks in column names."""
    import pandas as pd

    return pd.read_csv(only(paths))


def read_review_tables(paths: Mapping[str, Path]) -> ReviewTables:
    """Return the authors' two review files.

    Source: chapter 6, activity 6.01
    """
    import pandas as pd

    return ReviewTables(*(pd.read_csv(paths["Amazon_reviews_%s.csv" % part]) for part in ("train", "test")))


def read_fasttext(paths: Mapping[str, Path], *, n_train: int) -> ReviewTables:
    """Return fastText lines (`__label__1|2 text`) as reviews, the first `n_train` for training.

    Label 0 is `__label__1` (one or two stars), label 1 is `__label__2` (four or five).
    """
    import pandas as pd

    path = only(paths)
    rows = [_fasttext_row(path, line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    frame = pd.DataFrame(rows, columns=["review_text", "label"])
    return ReviewTables(
        frame.iloc[:n_train].reset_index(drop=True), frame.iloc[n_train:].reset_index(drop=True)
    )


def _fasttext_row(path: Path, line: str) -> Any:
    """Return (text, label) of one line."""
    label, _, text = line.partition(" ")
    if label not in ("__label__1", "__label__2"):
        raise DataError(
            "%s: a line begins with %r instead of a label; run: workshop data check" % (path.name, label)
        )
    return text, int(label == "__label__2")
