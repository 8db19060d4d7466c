"""Code of notebooks: models, what is called with them, and the unit that they belong to."""

import time
from typing import Any

import pytest

from workshop.checking.notebook import networks, recognising
from workshop.checking.notebook.code import CellCall, CellCode, read_code
from workshop.checking.notebook.networks import CodeLayer
from workshop.checking.notebook.recognising import (
    FoundUnit,
    KnownCode,
    KnownModel,
    known_units,
    recognise,
    steps_edit,
    training_edits,
)
from workshop.ledger import ledger

STACK = ("Reshape", "Conv1D 5 5", "MaxPooling1D 5", "Flatten", "Dense 1", "Activation")
REVIEWS = "imdb.load_data(num_words=8000)"
SUMMED = "model = Sequential([Embedding(8000, 32), SpatialDropout1D(0.4), GRU(32), Dropout(0.4), Dense(1)])"
PRICES = "pd.read_csv('AAPL.csv')"
ADDED = """
n = 10
model = Sequential()
model.add(Reshape((n, 1), input_shape=(n,)))
model.add(Conv1D(filters=5, kernel_size=5, activation='relu'))
model.add(MaxPooling1D(5))
model.add(Flatten())
model.add(Dense(1))
model.add(Activation('linear'))
"""
LISTED = """
f = 5
net = keras.Sequential([
    layers.Reshape((10, 1)), layers.Conv1D(f, f), layers.MaxPool1D(f), layers.Flatten(), layers.Dense(1),
    layers.Activation('linear'),
])
model = net
"""
BUILT = f"def build(k=5):\n{ADDED.replace(chr(10), chr(10) + '    ')}\n    return model\nmodel = build()"

GIVEN = BUILT.replace("k=5", "k, f").replace("filters=5", "filters=f").replace("build()", "build(2, f=5)")
VARIABLES = """
first, pool = Conv1D(5, 5), MaxPooling1D(5)
flat = Flatten()
start = [Reshape((10, 1)), first]
model = Sequential([*start, pool, flat])
model.add(Dense(1))
model.add(Activation('linear'))
"""
LOOP = """
stack = [Reshape((10, 1)), Conv1D(5, 5), MaxPooling1D(5), Flatten()]
model = Sequential()
for layer in stack:
    model.add(layer)
for width, name in [(1, 'linear')]:
    model.add(Dense(width))
    model.add(Activation(name))
"""
FUNCTIONAL = """
inputs = keras.Input(shape=(10,))
x = layers.Conv1D(5, 5)(Reshape((10, 1))(inputs))
pool = MaxPooling1D(5)
x = Flatten()(pool(x))
for layer in [Dense(1), Activation('linear')]:
    x = layer(x)
model = keras.Model(inputs=inputs, outputs=x)
"""
AT_LAST = f"try:\n    pass\nfinally:\n{ADDED.replace(chr(10), chr(10) + '    ')}"
WRITTEN = {
    "added": ADDED, "listed": LISTED, "built": BUILT, "given": GIVEN, "variables": VARIABLES, "loop": LOOP,
    "functional": FUNCTIONAL, "at last": AT_LAST,
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_layers_are_read_however_a_model_is_written(name):
    *_, cell = read_code([WRITTEN[name], "model.summary()"])

    assert tuple(map(str, cell.calls[0].model)) == STACK


def test_scores_of_predictions_belong_to_the_model():
    codes = [
        ADDED,
        "opt = keras.optimizers.SGD(0.1)\nmodel.compile(opt, loss='mse')\nmodel.fit(x, y, epochs=3)",
        "p = model.predict(x)\nq = (p > 0.5).astype(int)\nprint(accuracy_score(y, q))",
    ]
    _, training, score = read_code(codes)

    assert training.calls[0].settings == {
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "loss": "mse",
        "epochs": 3,
    }
    assert [call.name for call in score.calls if call.name != "predict"] == ["accuracy_score"]


@pytest.mark.parametrize(
    "code", ["\n%%bash\nm = VGG16()\nm.summary()", "def (", "\x00", "x = " + "(" * 5000, "-" * 100_000 + "1"]
)
def test_what_is_no_python_does_nothing(code):
    assert read_code([code])[0].calls == []


@pytest.mark.parametrize("line", ["%time x = 1", "  !ls", "?x", "    x?"])
def test_lines_of_ipython_keep_their_place(line):
    """A cell that is no Python would have no calls."""
    indent = line[: len(line) - len(line.lstrip())]
    block = f"if x:\n{indent}y = 1\n" if indent else ""
    assert len(read_code([f"{block}{line}\nm = Sequential([Dense(1)])\nm.summary()"])[0].calls) == 1


def unit_of(*codes: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the units of the calls in some cells, and where they differ."""
    found = recognise(read_code(codes))
    return [(each.unit.unit, each.edits) for calls in found.calls for each in calls]


def test_a_size_that_the_code_does_not_show_may_be_any():
    """Two unknown sizes of three would say too little."""
    build = "def build(n):\n    return Sequential([Dense(50), Dense(20), Dense(n)])\nmodel = build(len(x))"
    points = "t = pd.read_csv('data.csv')\nt[['x1', 'x2']]"

    assert unit_of(points, build, "model.summary()") == [("ch02.ex06", ())]
    assert unit_of(points, build.replace("50", "n").replace("20", "n"), "model.summary()") == []


def test_a_slip_in_the_layers_is_named():
    sizes = unit_of(PRICES, ADDED.replace("filters=5", "filters=50"), "model.summary()")

    assert sizes == [("ch05.ex04", ("the model has Conv1D 50 5, in the book Conv1D 5 5",))]
    reviews = "imdb.load_data(num_words=8000)"
    code = "model = Sequential([Embedding(8000, 32), SpatialDropout1D(0.4), LSTM(32), Dense(1)])"
    assert unit_of(reviews, code, "model.summary()") == [("ch06.ex02", ("the model has no Dropout 0.4",))]


TRAINED = f"""
def run(prices, seed, epochs=5):
{ADDED.replace(chr(10), chr(10) + "    ")}
    model.compile('adam', 'mse')
    history = model.fit(x, y, epochs=epochs, batch_size=1, validation_split=0.1)
    return history.history, model.evaluate(x, y)
"""


def test_a_function_that_trains_does_so_where_it_is_called():
    calls = recognise(
        read_code([PRICES, TRAINED, "result = run(prices, 1)", "run(prices, 1, epochs=9)"])
    ).calls

    assert [[each.call.name for each in cell] for cell in calls] == [
        [],
        [],
        ["fit", "evaluate"],
        ["fit", "evaluate"],
    ]
    assert [training_edits(cell[0]) for cell in calls[2:]] == [(), ("epochs is 9, in the book 5",)]


def test_a_pretrained_base_is_a_part():
    base = "base = VGG16(include_top=False)\nx = Dense(1000)(Flatten()(base.output))"
    *_, cell = read_code([base, "m = Model(base.input, Dense(120)(x))\nm.summary()"])

    assert list(map(str, cell.calls[0].model)) == ["VGG16", "Flatten", "Dense 1000", "Dense 120"]


DOUBLING = "def f{0}(k):\n    m = Sequential()\n    return [f{1}(k), f{1}(k)]\n"
LOOPS = "\n".join(" " * n + f"for b{n} in range(50):" for n in range(8)) + "\n         m.add(Dense(1))"
ENDLESS = {
    "calls itself": "def f(n):\n    m = Sequential()\n    return f(n)\nmodel = f(1)",
    "doubling": "".join(DOUBLING.format(n, n - 1) for n in range(1, 30)) + "f29(1)",
    "loops": f"m = Sequential()\n{LOOPS}",
    "long": "x = Input(3)\n" + "x = Dense(1)(x)\n" * 20_000,
}


SLOW = pytest.param("loops", marks=pytest.mark.nightly)


@pytest.mark.parametrize("name", [*(name for name in ENDLESS if name != "loops"), SLOW])
def test_code_that_repeats_itself_too_often_is_left(name):
    started = time.process_time()

    assert read_code([ENDLESS[name]])[0].calls == []
    assert time.process_time() - started < 10


def test_steps_of_an_epoch_show_other_data():
    (found,) = recognise(read_code([REVIEWS, SUMMED, "model.fit(x, y, batch_size=128)"])).calls[-1]
    (other,) = recognise(read_code([REVIEWS, SUMMED, "model.fit(x, y, batch_size=64)"])).calls[-1]
    says = "an epoch has 156 steps, in the book 157: the data, or how they are split, are others"

    assert [steps_edit(found, steps) for steps in (0, 157, 20_000, 156)] == [(), (), (), (says,)]
    assert steps_edit(other, 313) == ()


def test_the_steps_follow_from_the_ledger():
    for unit in known_units().values():
        if "steps" in unit.training:
            claims = {claim.name: claim.documented for claim in ledger().units[unit.unit].claims}
            if "steps" in claims:
                assert claims["steps"]["train"] == unit.training["steps"]
                continue
            names = ("n_train_val", "split_sizes", "n_samples", "n_train", "n_rows")
            rows = next((claims[name] for name in names if name in claims), 21)  # 2.06 has the points of 2.05
            if isinstance(rows, dict):
                rows = rows.get("samples", rows.get("train"))
            rows = rows[0] if isinstance(rows, list) else rows
            assert unit.training["steps"] == -(-rows // unit.training.get("batch_size", 32)), unit.unit


def _found(unit: str, **settings: Any) -> FoundUnit:
    """Return a training of a unit with the book's settings but for some."""
    known = known_units()[unit]
    names = {**known.training, **settings}
    given = {name: value for name, value in names.items() if value is not None and name != "steps"}
    return FoundUnit(known, "trained", CellCall("fit", (), "model", given, given=frozenset(given)))


def test_each_setting_of_each_training_is_compared():
    for unit, known in known_units().items():
        assert training_edits(_found(unit)) == ()
        for name, book in known.training.items():
            other = "other" if isinstance(book, str) else book + 1
            (edit,) = training_edits(_found(unit, **{name: other})) or ("",)
            assert edit == (f"{name} is {other}, in the book {book}" if name != "steps" else "")


@pytest.mark.parametrize(
    ("settings", "edits"),
    [
        ({"epochs": None}, ("epochs is 1, in the book 5",)),
        ({"batch_size": None}, ("batch_size is 32, in the book 1",)),
        ({"optimizer": "rmsprop", "learning_rate": 0.3}, ("optimizer is rmsprop, in the book adam",)),
        ({"loss": "mse"}, ()),
        ({"learning_rate": 0.001}, ()),
        ({"optimizer": None}, ()),
        ({"validation_split": 0}, ("validation_split is 0, in the book 0.1",)),
    ],
)
def test_what_is_not_given_is_as_keras_has_it(settings, edits):
    assert training_edits(_found("ch05.ex04", **settings)) == edits


WORDS = {
    "keras.Layers.Dense": {"keras", "layers", "keras.layers", "dense"},
    "read('a/b\\\\C.csv')": {"read", "a/b\\c.csv", "c.csv"},
    "f(x_1=0.5, Y='Z', n=m)": {"f", "x_1=0.5", "y=z", "0.5", "z", "m"},
    "import A.b as c": {"a", "b"},
    "from d import E": {"e"},
    "def F(): pass": {"f"},
    "x = [], ()": {"x", "[[],[]]"},
    "x = [1., 2.0], (3, 4.5)": {"x", "1.0", "2.0", "3", "4.5", "[1,2]", "[3,4.5]", "[[1,2],[3,4.5]]"},
    f"'{'a' * 199}', '{'b' * 200}'": {"a" * 199, f"['{'a' * 199}','{'b' * 200}']"},
    f"f{'a' * 198} + f{'b' * 199}": {f"f{'a' * 198}"},
    str([1] * 260): {"1", str([1] * 260).replace(" ", "")},
    str([1] * 263): {"1"},
}


@pytest.mark.parametrize("text", WORDS)
def test_words_of_a_cell(text):
    assert read_code([text])[0].words == WORDS[text]


SHOWN = {
    "x = 1\nprint(x, 'is', y)\nx + 1": [["x ← 1"], ["y"], ["x + 1 ← 1"]],
    "print('a')": [],
    "print(f'{a} of {b:.2f}')": [["a"], ["b"]],
    "print('{} {n}'.format(a, n=b))": [["a"], ["b"]],
    "print('%d %d' % (a, b))": [["a"], ["b"]],
    "print('%d' % a)": [["a"]],
    "print(a % b)": [["a % b"]],
    "for x in y:\n    print(x)": [["x"]],
    "def f():\n    return a + 1, b\nz = f()\nz": [["z ← f()", "a + 1", "b"]],
    "a = 1; b = 2; c = 3\na, b, c": [["(a, b, c) ← 1 ← 2"]],
    "x = 1": [],
}


@pytest.mark.parametrize("text", SHOWN)
def test_what_a_cell_shows(text):
    assert read_code([text])[0].shows == SHOWN[text]


MODEL = "m = Sequential([Dense(1)])\n"
F = "def f():\n    m.fit(x)\n"
CHAIN = F + "".join(f"def f{n}():\n    f{n - 1 or ''}()\n" for n in range(1, 7))
CALLS: dict[str, list[str]] = {
    # wherever a call is
    "a = b = m.fit(x)": ["fit"], "a: int = m.fit(x)": ["fit"], "a += m.fit(x)": ["fit"],
    "print(m.fit(x))": ["fit"], "a: int\nm.fit(x)": ["fit"],
    "if m.fit(x):\n    0": ["fit"], "while m.fit(x):\n    0": ["fit"],
    "for n in m.fit(x):\n    0": ["fit"], "assert m.fit(x)": ["fit"], "raise E(m.fit(x))": ["fit"],
    "with a:\n    m.fit(x)": ["fit"], "if a:\n    0\nelse:\n    m.fit(x)": ["fit"],
    "try:\n    0\nfinally:\n    m.fit(x)": ["fit"],
    # names of Keras 2
    "m.fit_generator(x)\nm.evaluate_generator(x)": ["fit", "evaluate"],
    "m.predict_classes(x)": ["predict_classes"],
    "m.predict_on_batch(x)\nm.train_on_batch(x)": ["predict_on_batch", "train_on_batch"], "m.other(x)": [],
    # functions
    F: [], f"{F}f()": ["fit"], f"{F}def f():\n    0\nf()": [], f"{CHAIN}f5()": ["fit"], f"{CHAIN}f6()": [],
    "def f(a):\n    a.fit(x)\nf(m)": ["f", "fit"], "def f(n, a=m):\n    a.fit(x)\nf(1)": ["fit"],
    "def f(a):\n    m = 3\n    a.fit(x)\nf(m)\nm.evaluate(x)": ["f", "fit", "evaluate"],
    "def f(n, a=m, b=m):\n    a.fit(x)\n    b.evaluate(x)\nf(1)": ["fit", "evaluate"],
    "def f(n, a):\n    a.fit(x)\nf(a=m, n=1)": ["fit"], "def f(a):\n    a.fit(x)\nf(3)": [],
    # what is made of a result
    "p = m.predict(x)\naccuracy_score(y, p)": ["predict", "accuracy_score"],
    "p = m.predict(x)\nq = p > 0\nconfusion_matrix(q, y)": ["predict", "confusion_matrix"],
    "p = m.predict(x)\np = 3\naccuracy_score(y, p)": ["predict"],
    "p = m.predict(x)\nother(y, p)": ["predict"], "a, b = m.evaluate(x)\nprint(b)": ["evaluate"],
    "performance(m, x)": ["performance"], "m.summary()\n" * 100: ["summary"], "m.summary()\n" * 101: [],
}  # fmt: skip


@pytest.mark.parametrize("text", CALLS)
def test_which_calls_are_on_a_model(text):
    assert [call.name for call in read_code([MODEL + text])[0].calls] == CALLS[text]


SETTINGS: dict[str, tuple[dict[str, Any], tuple[str, ...], set[str]]] = {
    "m.fit(a, b)": ({}, ("a", "b"), set()), "m.fit(a, b, 3)": ({}, ("a", "b"), {"batch_size", "epochs"}),
    "m.fit(a, y=b, epochs=3, n=len(x))": ({"epochs": 3}, ("a", "b"), {"y", "epochs", "n"}),
    "m.fit(a, **rest)": ({}, ("a", "rest"), {"**"}),
    "m.compile('SGD', 'a')\nm.fit(b, n=2)": ({"optimizer": "sgd", "loss": "a", "n": 2}, ("b",), {"n"}),
    "m.compile(loss=f, optimizer='adam')\nm.fit(a)": ({"optimizer": "adam"}, ("a",), set()),
    "m.compile('sgd')\nm.compile('adam')\nm.fit(a)": ({"optimizer": "adam"}, ("a",), set()),
    "m.compile('sgd')\nm.evaluate(a)": ({}, ("a",), set()),
    "performance(m, a, n=3)": ({"n": 3}, ("a",), set()),
    "p = m.predict(a)\naccuracy_score(b, p, normalize=True)": ({"normalize": True}, ("b", "p"), set()),
}  # fmt: skip


@pytest.mark.parametrize("text", SETTINGS)
def test_what_a_call_is_given(text):
    call = read_code([MODEL + text])[0].calls[-1]
    assert (call.settings, call.data, call.given) == SETTINGS[text]
    assert (call.variable, list(map(str, call.model))) == ("m", ["Dense 1"])


def test_a_result_is_that_of_the_last_training():
    train = "def train(n):\n    m.fit(x, epochs=1)\n    m.fit(x, epochs=2)\nh = train(1)"
    *_, shown = read_code([MODEL + train, "print(h)"])
    assert [call.settings for call in shown.calls] == [{"epochs": 2}]


SIZES = {
    f"m = Sequential([{'Dense(1), ' * 501}])": 500, "m = Sequential()\n" + "m.add(Dense(1))\n" * 501: 500,
    "a = Input(3)\n" + "a = Dense(1)(a)\n" * 501 + "m = Model(b, a)": 500,
    f"m = Sequential()\nfor n in {[1] * 50}:\n    m.add(Dense(n))": 50,
    f"m = Sequential()\nfor n in {[1] * 51}:\n    m.add(Dense(n))": 1,  # it is not known how often
    "m = Sequential([Dense(1)])\nfor n in []:\n    m.add(Dense(n))": 1,
    "m = Sequential()\nfor n in range(3):\n    print(n)\nm.add(Dense(1))\nm.add()": 1,
}  # fmt: skip


@pytest.mark.parametrize("text", SIZES)
def test_a_model_has_a_largest_size(text):
    assert len(read_code([f"{text}\nm.summary()"])[0].calls[0].model) == SIZES[text]


@pytest.mark.parametrize(("calls", "read"), [(4, 1), (6, 0)])
def test_calls_are_much_work(calls, read, monkeypatch):
    monkeypatch.setattr(networks, "_MOST_NODES", 10_000)
    assert len(read_code([MODEL + "m.summary()\n" * calls])[0].calls) == read


KNOWN = (
    KnownCode("a", code=(("x",), ("y", "z"))), KnownCode("b", code=(("x",), ("w",))),
    KnownCode("c", code=(("[n*",),)), KnownCode("d", data="set", code=(("v",),)), KnownCode("e", data="set"),
    KnownCode("f", code=(("u",),), models={"m": KnownModel(("A 1",))}),
)  # fmt: skip
ORDERS: dict[tuple[str, ...], list[str]] = {
    # the words of each cell, and which units are there, the one that was complete last first
    ("x", "y", "w"): ["ab", "ab", "ba"], ("y", "w", "x"): ["ab", "ab", "ba"],
    ("x y", "x w", "z"): ["ab", "ba", "ab"], ("x", "z"): ["a", "a"], ("y", "w"): ["", ""],
    ("[n1", "n1"): ["c", "c"], ("v",): [""], ("s",): [""], ("u",): [""], ("v", "t"): ["d", "d"],
    ("x y v", "t", "x"): ["ad", "da", "ad"],
}  # fmt: skip


@pytest.mark.parametrize("cells", ORDERS)
def test_which_units_a_cell_may_belong_to(cells, monkeypatch):
    monkeypatch.setattr(recognising, "known_units", lambda: {unit.unit: unit for unit in KNOWN})
    monkeypatch.setattr(recognising, "_content", lambda: {"data": {"set": ["s", "t"]}})
    found = recognise([CellCode(words=set(words.split())) for words in cells])
    assert ["".join(unit.unit for unit in units) for units in found.units] == ORDERS[cells]


TRAINED_AS = ("A 1", "B 2", "C 3")
OWNERS: list[tuple[str, str, tuple[str, ...], list[str]]] = [
    # words of the notebook, what is called, the model's layers, and the unit and model with its edits
    ("s", "fit", TRAINED_AS, ["a trained"]), ("", "fit", TRAINED_AS, []),
    ("s", "fit", ("A 1", "Flatten", "B 2", "C 3"), ["a trained"]),
    ("s", "fit", ("A 1", "B 2", "C 4"), ["a trained", "the model has C 4, in the book C 3"]),
    ("s", "fit", ("A 1", "B 2", "C 3", "D 4"), ["a trained", "the model has D 4, which the book's has not"]),
    ("s", "fit", ("A 1", "C 3"), []), ("s", "fit", ("A 1",), []), ("s", "fit", ("A 1", "B 5", "C 4"), []),
    ("s", "fit", ("A 1", "B ?", "C 3"), ["a trained"]), ("s", "fit", ("A 1", "B ?", "C ?"), []),
    ("s", "fit", ("J 1", "K 2", "L 3"), ["g trained", "the model has no M 4"]),
    ("s", "fit", ("J 1", "K 2", "L 3", "N 4"), []),
    # the summary of a model that two units have is that of one, and the training of the other
    ("s t", "summary", ("E 1", "F 2"), ["b shown"]), ("s t", "fit", ("E 1", "F 2"), ["c trained"]),
    # the data set that was named last
    ("s u", "fit", ("G 1",), ["e trained"]), ("u s", "fit", ("G 1",), ["d trained"]),
    ("su", "fit", ("G 1",), []),
    # without data all models of a unit must be there
    ("w", "fit", ("H 1",), []), ("w", "fit both", ("H 1",), ["f one"]), ("w", "fit", ("H 1", "I 1"), []),
]  # fmt: skip


@pytest.mark.parametrize(("words", "called", "layers", "found"), OWNERS)
def test_whose_model_it_is(words, called, layers, found, monkeypatch):
    def unit(name: str, data: str | None, *words: str, **models: KnownModel) -> KnownCode:
        return KnownCode(name, data, models, tuple((word,) for word in words))

    units = [
        unit("a", "set", trained=KnownModel(TRAINED_AS)),
        unit("b", "two", shown=KnownModel(("E 1", "F 2"), "summary")),
        unit("c", "two", trained=KnownModel(("E 1", "F 2"))),
        unit("d", "set", trained=KnownModel(("G 1",))),
        unit("e", "other", trained=KnownModel(("G 1",))),
        unit("f", None, "w", one=KnownModel(("H 1",)), two=KnownModel(("I 1",))),
        unit("g", "set", trained=KnownModel(("J 1", "K 2", "L 3", "M 4"))),
    ]
    monkeypatch.setattr(recognising, "known_units", lambda: {each.unit: each for each in units})
    data = {"set": ["s", "su"], "two": ["t"], "other": ["u", "su"]}
    monkeypatch.setattr(recognising, "_content", lambda: {"data": data})
    calls = [layers, ("I 1",)] if "both" in called else [layers]
    models = [tuple(CodeLayer(kind, (*sizes,)) for kind, *sizes in map(str.split, its)) for its in calls]
    codes = [CellCode(words={word}) for word in words.split()]
    codes.append(CellCode([CellCall(called.split(maxsplit=1)[0], model, "m") for model in models]))
    ours = recognise(codes).calls[-1][:1]
    assert all(each.call is codes[-1].calls[0] for each in ours)
    assert [text for each in ours for text in (f"{each.unit.unit} {each.model}", *each.edits)] == found
