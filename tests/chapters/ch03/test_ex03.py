"""Exercise 3.03: Classifying Cats versus Dogs with Data Generators."""

import pytest

from workshop.measures.ch03_image_classification import ex03_cats_and_dogs as ex03


@pytest.mark.usefixtures("keras")
def test_own_photographs_are_read_from_the_path_of_a_zip(archive):
    path = archive({"train": 9, "validation": 8}, ("hens", "ducks")).path

    assert ex03.exercise_3_03_data(path).classes == ["ducks", "hens"]
    assert ex03.exercise_3_03(path, seed=1, size=(20, 20), epochs=1).ran.samples == {
        "train": 16,
        "validation": 16,
    }
