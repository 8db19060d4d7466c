"""Keras 2 and Keras 3 give the same answers through different calls."""

from types import SimpleNamespace

import pytest

from workshop.training import versions
from workshop.training.versions import keras_3, output_shape, resource, role_of, traced, version_of

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2.2.4-tf", (2, 2)), ("3.15.1", (3, 15)), ("2.16.0-rc0", (2, 16)), ("2.1.0", (2, 1))],
)
def test_version_is_major_and_minor(text, expected):
    assert version_of(text) == expected


@pytest.mark.parametrize(
    ("tensorflow", "shown", "package", "expected"),
    [
        ("2.1.0", "2.2.4-tf", None, False),
        ("2.15.1", None, None, False),  # its Keras 2 shows no version
        ("2.16.2", None, "3.0.5", True),  # nor does Keras 3.0
        ("2.16.2", "2.16.0", "3.0.5", False),  # tf-keras
        ("2.21.0", "3.15.1", None, True),
    ],
)
def test_keras_3_is_told_from_keras_2(monkeypatch, tensorflow, shown, package, expected):
    monkeypatch.setattr(versions, "tf", SimpleNamespace(__version__=tensorflow))
    monkeypatch.setattr(versions, "keras", SimpleNamespace(**({"__version__": shown} if shown else {})))
    monkeypatch.setattr(versions, "import_module", lambda name: SimpleNamespace(__version__=package))
    assert keras_3() == expected


def test_a_built_model_is_read_alike():
    pytest.importorskip("tensorflow")
    from workshop.training.backend import keras, tf

    layers = [keras.layers.Flatten(), keras.layers.Dense(5), keras.layers.Dense(2)]
    model = keras.models.Sequential([keras.layers.InputLayer((4, 3)), *layers])

    assert [output_shape(layer) for layer in layers] == [[None, 12], [None, 5], [None, 2]]
    assert [role_of(weight) for weight in model.weights] == ["kernel", "bias"] * 2
    assert all(isinstance(resource(v), tf.Variable) for v in model.trainable_variables)


@pytest.mark.parametrize("xla", [False, True], ids=["plain", "xla"])
def test_a_function_is_traced_once_for_each_shape(xla):
    pytest.importorskip("tensorflow")
    from workshop.training.backend import tf

    traces = []

    def doubled(values):
        traces.append(values.shape)
        return 2 * values

    graph = traced(doubled, xla=xla)
    results = [graph(tf.constant(v)).numpy().tolist() for v in ([1.0], [2.0], [3.0, 4.0], [5.0])]

    assert results == [[2.0], [4.0], [6.0, 8.0], [10.0]]
    assert len(traces) == 2
