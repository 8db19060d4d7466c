"""Code of notebooks: models, what is called with them, and the unit that they belong to."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from workshop.checking.notebook import gathering
from workshop.checking.notebook.cells import Cell
from workshop.checking.notebook.code import read_code
from workshop.checking.notebook.gathering import Gathered
from workshop.checking.notebook.networks import CodeLayer
from workshop.checking.notebook.recognising import known_units, recognise, steps_edit, training_edits
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
def test_layers_are_read_however_a_model_is_written(name: str) -> None:
    """By `add`, a list, a loop, variables, calls of layers, or a function; sizes by position or name."""
    *_, cell = read_code([WRITTEN[name], "model.summary()"])

    assert tuple(map(str, cell.calls[0].model)) == STACK


def test_a_model_is_the_one_of_its_time() -> None:
    """A variable that is assigned again stands for the new model."""
    codes = [ADDED, "model.summary()", "model = Sequential([Dense(3)])\nmodel.summary()"]
    _, first, second = read_code(codes)

    assert len(first.calls[0].model) == 6
    assert tuple(map(str, second.calls[0].model)) == ("Dense 3",)


def test_scores_of_predictions_belong_to_the_model() -> None:
    """Also through other variables, and `compile` counts for the training."""
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


@pytest.mark.parametrize("code", ["%%bash\nls", "def (", "\x00", "x = " + "(" * 5000, "-" * 100_000 + "1"])
def test_what_is_no_python_does_nothing(code: str) -> None:
    """Neither do cells that another interpreter reads, or that are nested too deep."""
    assert read_code([code])[0].calls == []


def unit_of(*codes: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the units of the calls in some cells, and where they differ."""
    found = recognise(read_code(codes))
    return [(each.unit.unit, each.edits) for calls in found.calls for each in calls]


def test_layers_and_data_name_the_unit() -> None:
    """The same layers on other data, or other layers on the same data, are not an exercise."""
    fit = "model.fit(x, y, epochs=5)"

    assert unit_of(PRICES, ADDED, fit) == [("ch05.ex04", ())]
    assert unit_of(ADDED, fit) == []
    assert unit_of("pd.read_csv('GOOG.csv')", ADDED, fit) == []
    assert unit_of(PRICES, "model = Sequential([LSTM(8), Dense(4), Dense(1)])", fit) == []


def test_a_size_that_the_code_does_not_show_may_be_any() -> None:
    """Two unknown sizes of three would say too little."""
    build = "def build(n):\n    return Sequential([Dense(50), Dense(20), Dense(n)])\nmodel = build(len(x))"
    points = "t = pd.read_csv('data.csv')\nt[['x1', 'x2']]"

    assert unit_of(points, build, "model.summary()") == [("ch02.ex06", ())]
    assert unit_of(points, build.replace("50", "n").replace("20", "n"), "model.summary()") == []


def test_a_slip_in_the_layers_is_named() -> None:
    """Another size, or a layer that is not there, on the exercise's data."""
    sizes = unit_of(PRICES, ADDED.replace("filters=5", "filters=50"), "model.summary()")

    assert sizes == [("ch05.ex04", ("the model has Conv1D 50 5, in the book Conv1D 5 5",))]
    reviews = "imdb.load_data(num_words=8000)"
    code = "model = Sequential([Embedding(8000, 32), SpatialDropout1D(0.4), LSTM(32), Dense(1)])"
    assert unit_of(reviews, code, "model.summary()") == [("ch06.ex02", ("the model has no Dropout 0.4",))]


def test_settings_that_differ_are_named() -> None:
    """Also those that are not given; what the code does not show is left out."""
    codes = [PRICES, ADDED, "model.compile('sgd', 'mse')", "model.fit(x, y, epochs=5, batch_size=size)"]
    (found,) = recognise(read_code(codes)).calls[-1]

    assert training_edits(found) == (
        "optimizer is sgd, in the book adam",
        "validation_split is not given, in the book 0.1",
    )


TRAINED = f"""
def run(prices, seed, epochs=5):
{ADDED.replace(chr(10), chr(10) + "    ")}
    model.compile('adam', 'mse')
    history = model.fit(x, y, epochs=epochs, batch_size=1, validation_split=0.1)
    return history.history, model.evaluate(x, y)
"""


def test_a_function_that_trains_does_so_where_it_is_called() -> None:
    """With what the call gives it; the definition alone trains nothing."""
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


def test_a_pretrained_base_is_a_part() -> None:
    """Its output is where calls of layers begin."""
    base = "base = VGG16(include_top=False)\nx = Dense(1000)(Flatten()(base.output))"
    *_, cell = read_code([base, "m = Model(base.input, Dense(120)(x))\nm.summary()"])

    assert list(map(str, cell.calls[0].model)) == ["VGG16", "Flatten", "Dense 1000", "Dense 120"]


def test_another_rate_than_the_default_is_named() -> None:
    """Where the book gives none; the default may be written."""
    for rate, edits in ((0.01, ("learning_rate is 0.01, in the book 0.001",)), (0.001, ())):
        compiled = f"model.compile(keras.optimizers.Adam({rate}), 'mse')"
        fit = "model.fit(x, y, epochs=5, batch_size=1, validation_split=0.1)"
        (found,) = recognise(read_code([PRICES, ADDED, compiled, fit])).calls[-1]

        assert training_edits(found) == edits


DOUBLING = "def f{0}(k):\n    m = Sequential()\n    return [f{1}(k), f{1}(k)]\n"
LOOPS = "\n".join(" " * n + f"for b{n} in range(50):" for n in range(8)) + "\n         m.add(Dense(1))"
ENDLESS = {
    "calls itself": "def f(n):\n    m = Sequential()\n    return f(n)\nmodel = f(1)",
    "doubling": "".join(DOUBLING.format(n, n - 1) for n in range(1, 30)) + "f29(1)",
    "loops": f"m = Sequential()\n{LOOPS}",
    "long": "x = Input(3)\n" + "x = Dense(1)(x)\n" * 20_000,
}


SLOW = pytest.param("loops", marks=pytest.mark.nightly("workshop/checking/notebook"))


@pytest.mark.parametrize("name", [*(name for name in ENDLESS if name != "loops"), SLOW])
def test_code_that_repeats_itself_too_often_is_left(name: str) -> None:
    """Within seconds of the processor, and without calls."""
    started = time.process_time()

    assert read_code([ENDLESS[name]])[0].calls == []
    assert time.process_time() - started < 10


def test_steps_of_an_epoch_show_other_data() -> None:
    """Where they are printed; Keras 2.2 counts rows, and another size of the batches is named itself."""
    (found,) = recognise(read_code([REVIEWS, SUMMED, "model.fit(x, y, batch_size=128)"])).calls[-1]
    (other,) = recognise(read_code([REVIEWS, SUMMED, "model.fit(x, y, batch_size=64)"])).calls[-1]
    says = "an epoch has 156 steps, in the book 157: the data, or how they are split, are others"

    assert [steps_edit(found, steps) for steps in (0, 157, 20_000, 156)] == [(), (), (), (says,)]
    assert steps_edit(other, 313) == ()


def test_the_steps_follow_from_the_ledger() -> None:
    """Rows in batches of the training's size, or the steps themselves."""
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


@pytest.mark.parametrize(
    ("cells", "edits", "said"),
    [({}, (), ""), ({"settings": 1}, (), "same"), ({"settings": 1}, ("a",), "other")],
)
def test_whose_code_a_unit_has(cells: dict[str, int], edits: tuple[str, ...], said: str) -> None:
    """The book's if its settings were found and nothing differs."""
    assert Gathered(cells=cells, edits=edits).code == said


def test_the_sizes_of_all_layers_are_settings() -> None:
    """The last layer's, too; what is not a number is left out."""
    layers = (CodeLayer("SimpleRNN", (32,)), CodeLayer("Conv1D", (5, (3,))), CodeLayer("Dropout", (0.4,)))
    unit, call = Gathered(), SimpleNamespace(model=layers, settings={"epochs": 3, "shuffle": False})
    gathering._settings(4, unit, SimpleNamespace(call=call))
    shown = {name: one.text for name, one in unit.outcome["settings"].items()}
    assert shown == {"rnn_units": "32", "filters": "5", "dropout": "0.4", "epochs": "3"}


def test_a_history_whose_columns_differ_in_length_is_not_read() -> None:
    """Nobody knows to which epochs the shorter one belongs."""
    units = []
    for result in ("{'loss': [0.5, 0.4], 'acc': [0.1, 0.2]}", "{'loss': [0.5, 0.4], 'acc': [0.1]}"):
        units.append(Gathered())
        gathering._history(Cell(1, "", result=result), units[-1])
    assert [bool(unit.outcome) for unit in units] == [True, False]
