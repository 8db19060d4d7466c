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
        ("2.1.0", "2.2.4-tf", "tensorflow", False),
        ("2.15.1", None, "keras", False),  # its Keras 2 shows no version
        ("2.16.2", None, "keras", True),  # nor does Keras 3.0
        ("2.19.1", None, "tf_keras", False),  # nor does tf-keras
        ("2.21.0", "3.15.1", "keras", True),
    ],
)
def test_keras_3_is_told_from_keras_2(monkeypatch, tensorflow, shown, package, expected):
    model = type("Model", (), {"__module__": f"{package}.src.models"})
    installed = {"keras": "3.0.5", "tf_keras": "2.19.0"}
    monkeypatch.setattr(versions, "tf", SimpleNamespace(__version__=tensorflow))
    shows = {"__version__": shown} if shown else {}
    monkeypatch.setattr(versions, "keras", SimpleNamespace(Model=model, **shows))
    monkeypatch.setattr(versions, "import_module", lambda name: SimpleNamespace(__version__=installed[name]))
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
