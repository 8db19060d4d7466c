"""What chapter 1 counts."""

import pytest

from workshop.measures.ch01_building_blocks import _checks

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_elements_of_another_shape_all_differ():
    """A difference is counted by elements; another shape makes all of them differ, and at least one."""
    assert _checks.differing([1, 2, 3], [1, 0, 3]) == 1
    assert _checks.differing([[1, 2, 3]], [1, 2, 3]) == 3
    assert _checks.differing([1], []) == 1
