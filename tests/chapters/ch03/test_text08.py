"""The text of chapter 3: Data Generator."""

import pytest

from workshop.measures.ch03_image_classification import text08_data_generators as generators


def test_labels_follow_the_alphabet_and_not_the_order_of_folders(tmp_path):
    pytest.importorskip("tensorflow")

    outcome = generators.folder_tree(
        tmp_path, tree=(("z", (5,)), ("m", (10, 20)), ("c", (250,))), batch_size=2
    )

    assert outcome.folder_classes == {
        "classes": ["c", "m", "z"],
        "labels": {"c": [0], "m": [1], "z": [2]},
        "pictures": {"c": 1, "m": 2, "z": 1},
    }
    assert outcome.rescaled_range == pytest.approx([5 / 255, 250 / 255])
    assert outcome.batch_shapes == [[2, 4, 6, 3]] * 2
