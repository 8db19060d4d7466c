"""The text of chapter 6: Loading Data."""

from workshop.datasets import ReviewIds
from workshop.measures.ch06_sentiment import _data, text02_loading_reviews


def test_own_reviews_are_lists_of_ranks():
    data = ReviewIds.of([[4, 1, 9], [2]], [1, 0], [[3, 3]], [1])

    found = text02_loading_reviews.load_reviews(data, vocabulary=20)

    assert found.dataset_sizes == {"total": 3, "train": 2, "test": 1}
    assert text02_loading_reviews.stage_reviews(data, maxlen=3).x_train_5_padded["length"] == 3
    assert _data.prepared(data).x_test[0, -3:].tolist() == [1, 6, 6]
    assert len(_data.prepared(data, n_reviews=1).x_train) == 1
