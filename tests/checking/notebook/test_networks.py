"""What expressions of a notebook's code stand for, each by itself."""

import ast
from typing import Any

import pytest

from workshop.checking.notebook.networks import CodeLayer, Meaning, Names

LAYERS = {
    "Dense(3)": ["Dense 3"],
    "keras.layers.Dense(activation='relu', units=3)": ["Dense 3"],
    "Dense(n)": ["Dense ?"],
    "Dense()": ["Dense ?"],
    "Dense(2 * 3)": ["Dense 6"],
    "Dense(999_999_999 * 2)": ["Dense 1999999998"],
    "Dense(1_000_000_000 * 2)": ["Dense ?"],
    "Dense('a' * 2)": ["Dense ?"],
    "Dense(2 + 3)": ["Dense ?"],
    "Dropout(0.4)": ["Dropout 0.4"],
    "Embedding(100, 8)": ["Embedding 100 8"],
    "Embedding(output_dim=8, input_dim=100)": ["Embedding 100 8"],
    "Conv1D(5, 3)": ["Conv1D 5 3"],
    "Convolution1D(5, (3,))": ["Conv1D 5 3"],
    "Conv1D(5, (3, 1))": ["Conv1D 5 3x1"],
    "Conv2D(8, 3)": ["Conv2D 8 3x3"],
    "Conv2D(8, (3, 5))": ["Conv2D 8 3x5"],
    "Conv2D(8, 0)": ["Conv2D 8 0x0"],
    "Conv2DTranspose(8, 5)": ["Conv2DTranspose 8 5x5"],
    "MaxPooling1D()": ["MaxPooling1D 2"],
    "MaxPool2D()": ["MaxPooling2D 2x2"],
    "MaxPooling2D(pool_size=3)": ["MaxPooling2D 3x3"],
    "Bidirectional(LSTM(8))": ["Bidirectional LSTM 8"],
    "TimeDistributed(layer=Dense(2))": ["TimeDistributed Dense 2"],
    "Bidirectional()": [],
    "CuDNNGRU(4)": ["GRU 4"],
    "CuDNNLSTM(4)": ["LSTM 4"],
    "SimpleRNN(4)": ["SimpleRNN 4"],
    "GRU(units=4)": ["GRU 4"],
    "SpatialDropout1D(0.4)": ["SpatialDropout1D 0.4"],
    "MaxPool1D(pool_size=5)": ["MaxPooling1D 5"],
    "Convolution2D(8, kernel_size=3)": ["Conv2D 8 3x3"],
    "Conv2D(filters=8, kernel_size=(3,))": ["Conv2D 8 3"],
    "Flatten()": ["Flatten"],
    **{f"{kind}(3)": [kind] for kind in ("Activation", "Reshape", "BatchNormalization", "LeakyReLU")},
    **{f"{kind}()": [kind] for kind in ("UpSampling2D", "VGG16", "ResNet50", "MobileNetV2", "VGG19")},
    "InceptionV3(weights='imagenet')": ["InceptionV3"],
    "Other(3)": [],
    "3": [],
    "vgg": ["VGG16", "Dense 4"],
    "other": ["Model"],
    "unknown": [],
}


@pytest.mark.parametrize("code", LAYERS)
def test_layers(code):
    names = Names()
    names.meanings["vgg"] = Meaning(model=[*names.layers(_node("VGG16()")), *names.layers(_node("Dense(4)"))])
    names.meanings["other"] = Meaning(model=list(names.layers(_node("Dense(4)"))))
    layers = names.layers(_node(code))
    assert [str(layer) for layer in layers] == LAYERS[code]
    assert all(isinstance(layer, CodeLayer) for layer in layers)


CONSTANTS: dict[str, Any] = {
    "0.5": 0.5,
    "'relu'": "relu",
    "None": None,
    "10 ** 2": None,
    str(10**18): 10**18,
    str(10**18 + 1): None,
    "(1, 'a')": (1, "a"),
    "[1, (2, 3)]": (1, (2, 3)),
    "(1, n)": None,
    str((1,) * 9): (1,) * 9,
    str((1,) * 10): None,
    str(((1,) * 9,) * 9): ((1,) * 9,) * 9,
    str((((1,) * 6,) * 6,) * 2): (((1,) * 6,) * 6,) * 2,
    str((((1,) * 5,) * 5,) * 4): (((1,) * 5,) * 5,) * 4,
    str((((1,) * 6,) * 6,) * 3): None,
    f"({((1,) * 9,) * 9}, {((1,) * 5,) * 4})": None,  # 101
    "n": None,
    "size": 7,
}


@pytest.mark.parametrize("code", CONSTANTS)
def test_constants(code):
    assert Names({"size": Meaning(constant=7)}).constant(_node(code)) == CONSTANTS[code]


OPTIMIZERS: dict[str, dict[str, Any]] = {
    "'Adam'": {"optimizer": "adam"},
    "keras.optimizers.RMSprop()": {"optimizer": "rmsprop"},
    "SGD(0.1)": {"optimizer": "sgd", "learning_rate": 0.1},
    "SGD(lr=0.1)": {"optimizer": "sgd", "learning_rate": 0.1},
    "Adam(epsilon=1e-5, learning_rate=2)": {"optimizer": "adam", "learning_rate": 2},
    "Adam(rate)": {"optimizer": "adam"},
    "Adam('fast')": {"optimizer": "adam"},
    "Other(0.1)": {},
    "'mse'": {},
    "opt": {"optimizer": "nadam"},
    **{
        f"{name}()": {"optimizer": name.lower()}
        for name in ("Adagrad", "Adadelta", "Adamax", "Nadam", "AdamW")
    },
}


@pytest.mark.parametrize("code", OPTIMIZERS)
def test_optimizers(code):
    names = Names({"opt": Meaning(optimizer={"optimizer": "nadam"})})
    assert names.optimizer(_node(code)) == OPTIMIZERS[code]
    assert names.of(_node(code)).optimizer == OPTIMIZERS[code]


ITEMS = {
    "[a, 2]": "a 2",
    "(*known, b)": "x y b",
    "[*unknown, b]": "b",
    "range(3)": "0 1 2",
    "range(50)": " ".join(map(str, range(50))),
    "range(51)": None,
    "range(1, 3)": None,
    "range(n)": None,
    "list(known)": None,
    "known": "x y",
    "3": None,
}


@pytest.mark.parametrize("code", ITEMS)
def test_items(code):
    names = Names({"known": Meaning(items=[_node("x"), _node("y")])})
    items = names.items(_node(code))
    assert (None if items is None else " ".join(map(ast.unparse, items))) == ITEMS[code]


MODELS = {
    "Sequential()": [],
    "Sequential([Dense(3), Flatten()])": ["Dense 3", "Flatten"],
    "keras.Sequential(layers=[Dense(3)])": ["Dense 3"],
    "Sequential(unknown)": [],
    "Model(start, end)": ["Dense 1", "Dense 2"],
    "Model(inputs=start, outputs=Flatten()(end))": ["Dense 1", "Dense 2", "Flatten"],
    "Model(start, base.output)": ["VGG16"],
    "Model(start, base.input)": [],
    "Model(start, Dense(3)(base.other))": None,
    "Model(start, Dense(3)(Input(4)))": ["Dense 3"],
    "Model(start, Other()(end))": None,
    "Model(start, Dense(3)(end, end))": None,
    "Model(start)": None,
    "base": ["VGG16"],
    "end": None,
    "Other()": None,
}


@pytest.mark.parametrize("code", MODELS)
def test_models(code):
    names = Names()
    one, two = (list(names.layers(_node(f"Dense({n})"))) for n in (1, 2))
    base = names.model(_node("VGG16()"))
    names.meanings |= {"end": Meaning(tensor=[*one, *two]), "base": Meaning(model=base)}
    model = names.model(_node(code))
    assert (None if model is None else [str(layer) for layer in model]) == MODELS[code]


def test_a_function_that_returns_a_model_makes_a_layer():
    node = _node("build()")
    assert Names(built={node: []}).layers(node) == [CodeLayer("Model")]


def test_work_is_counted():
    tensor = [*Names().layers(_node("VGG16()")), *Names().layers(_node("Dense(1)"))]
    names, node = Names({"a": Meaning(), "b": Meaning(tensor=tensor)}, room=[10]), _node("f(a)")
    assert list(names.walk(node)) == list(ast.walk(node))
    assert names.room == [5]
    assert names.inner().meanings == names.meanings
    assert names.room == [3]
    assert names.tensor(_node("Dense(2)(b)")) == [*tensor, *names.layers(_node("Dense(2)"))]
    assert names.room == [1]
    names.take(1)
    with pytest.raises(ValueError, match="too often"):
        names.take(1)


def _node(code: str) -> ast.expr:
    return ast.parse(code, mode="eval").body
