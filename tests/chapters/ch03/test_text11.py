"""The text of chapter 3: Transfer Learning."""

from types import SimpleNamespace

import pytest

from workshop.measures.ch03_image_classification import text11_transfer_learning as transfer


@pytest.mark.parametrize(
    ("frozen", "changed"),
    [(0, {"first": [2, 2], "second": [2, 2]}), (2, {"first": [0, 2], "second": [2, 2]}),
     (3, {"first": [0, 2], "second": [0, 2]})],
)  # fmt: skip
def test_frozen_layers_stay_and_the_others_change(base, frozen, changed):
    transfer.freeze_first(base, frozen)
    model = transfer.on_top(base, 3)
    _, first, second = base.layers

    found = transfer.changed_by_a_step(model, {"first": first, "second": second, "head": model.layers[-1]})

    assert found == {**changed, "head": [2, 2]}


def test_a_shape_that_keras_takes_is_that_of_the_images(monkeypatch):
    taken = SimpleNamespace(VGG16=lambda input_shape, **_: SimpleNamespace(input_shape=(None, *input_shape)))
    monkeypatch.setattr(transfer, "keras", SimpleNamespace(applications=taken))

    assert transfer.shape_with_imagenet_top((224, 223, 3)) == [224, 223, 3]
