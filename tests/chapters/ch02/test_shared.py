"""What chapter 2's exercises share, where no documented number pins it down to the last digit."""

import numpy as np
import pytest

from workshop.measures.ch02_neural_networks._data import image_arrays, one_hot, point_clouds, scaled
from workshop.measures.ch02_neural_networks._networks import last_layer
from workshop.measures.ch02_neural_networks._training import History, epoch_lines, first_epoch_at_1


@pytest.mark.parametrize(
    ("accuracy", "epoch"), [([1.0, 0.5], 1), ([0.5, 1.0, 0.9], 2), ([0.5, 0.9, 1.0], 3), ([0.5, 0.9], 3)]
)
def test_first_epoch_with_accuracy_1_counts_from_1(accuracy, epoch):
    """The first epoch is number 1; where none gets there it is one more than there are."""
    assert first_epoch_at_1(np.array(accuracy)) == epoch


def test_lines_of_a_history_are_numbered_from_1():
    """Epoch 2 is the second entry; epochs that were not run are left out."""
    history = History(np.array([0.75, 0.5]), np.array([0.25, 1.0]))

    assert epoch_lines(history, [0, 2, 3]) == {2: [0.5, 1.0]}


@pytest.mark.parametrize(
    ("classes", "last"), [(2, (1, "sigmoid")), (3, (3, "softmax")), (10, (10, "softmax"))]
)
def test_last_layer_by_number_of_classes(classes, last):
    """Two classes take one sigmoid, more take a softmax of as many units."""
    assert last_layer(classes) == last


def test_scaled_pixels_are_the_quotients_by_255_in_float32():
    """Each grey value becomes the float32 nearest to its 255th."""
    images = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)

    assert scaled(images).dtype == np.float32
    np.testing.assert_array_equal(scaled(images).ravel(), [np.float32(value / 255.0) for value in range(256)])


def test_rows_are_one_hot_in_the_given_classes():
    """Without classes the columns are those of the labels; a class that no label has is a column of 0."""
    np.testing.assert_array_equal(one_hot([5, 3]), [[0, 1], [1, 0]])
    np.testing.assert_array_equal(one_hot([5, 3], np.array([3, 4, 5])), [[0, 0, 1], [1, 0, 0]])


def test_a_cloud_has_its_size_and_range():
    pd = pytest.importorskip("pandas")
    points = pd.DataFrame({"x1": [3.0, 1.0, 2.0, 5.0], "x2": [0.0] * 4, "label": [0, 0, 0, 1]})

    clouds = {name: (cloud.points, cloud.x1) for name, cloud in point_clouds(points).items()}

    assert clouds == {"class_0": (3, [1.0, 3.0]), "class_1": (1, [5.0, 5.0])}
    with pytest.raises(ValueError, match="other values than 0 and 1"):
        point_clouds(points.assign(label=[0, 0, 1, 2]))


def test_what_has_no_image_arrays_is_named():
    with pytest.raises(
        ValueError, match=r"^list has no x_train, y_train, x_test and y_test: give ImageArrays"
    ):
        image_arrays([])
