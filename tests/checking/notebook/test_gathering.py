"""Numbers in what a cell printed: scores, errors and logs by what stands before them."""

from types import SimpleNamespace
from typing import Any

import pytest

from workshop.checking.notebook import gathering
from workshop.checking.notebook.cells import Cell
from workshop.checking.notebook.code import CellCall
from workshop.checking.notebook.gathering import Gathered, gather
from workshop.checking.notebook.keras_text import read_logs
from workshop.checking.notebook.networks import CodeLayer
from workshop.checking.notebook.recognising import FoundUnit, KnownCode, KnownModel, Recognised

SCORES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("accuracy_score", {"stdout": "0.9"}, {}, {"test_accuracy": 0.9, "test_acc": 0.9}),
    ("accuracy_score", {"result": "1.0"}, {}, {"test_accuracy": 1, "test_acc": 1}),
    ("accuracy_score", {"stdout": "0", "result": "0.5"}, {}, {}),
    ("accuracy_score", {"stdout": "90"}, {}, {}),
    ("accuracy_score", {"stdout": "-0.1"}, {}, {}),
    ("confusion_matrix", {"result": "array([[1, 2], [3, 4]])"}, {}, {"confusion": [[1, 2], [3, 4]]}),
    ("confusion_matrix", {"stdout": "[[1 2]\n [3 4]]\n"}, {}, {"confusion": [[1, 2], [3, 4]]}),
    ("confusion_matrix", {"stdout": "[[1 2]]", "result": "[[3, 4]]"}, {}, {}),
    ("confusion_matrix", {"stdout": "3"}, {}, {}),
    ("evaluate", {"result": "[0.5, 0.9]"}, {}, {"test_loss": 0.5, "test_accuracy": 0.9}),
    ("evaluate", {"result": "[0.5, 0.9]", "stdout": "[1, 2]"}, {}, {}),
    ("evaluate", {"result": "[0.5, 0.9, 3]"}, {}, {}),
    ("evaluate", {"result": "[0.5, 'a']"}, {}, {}),
    ("evaluate", {"result": "[0.5, 0.9]"}, {"after_log": True}, {}),
    ("evaluate", {"result": "[0.5, 0.9]"}, {"evaluated": None}, {}),
    ("evaluate", {"result": "[0.5, 0.9]"}, {"data": ("X_Train", "y")}, {}),
    (
        "evaluate",
        {"result": "[0.5, 0.9]"},
        {"data": ("x_train",), "evaluated": "eval"},
        {"eval_loss": 0.5, "eval_accuracy": 0.9},
    ),
    (
        "evaluate",
        {"stdout": "9/9 [==] - 0s 1ms/step - loss: 0.25 - accuracy: 0.75 - mae: 3"},
        {},
        {"test_loss": 0.25, "test_accuracy": 0.75},
    ),
    ("evaluate", {"stdout": "Test loss: 0.5"}, {}, {"test_loss": 0.5}),
    ("evaluate", {"stdout": "loss: 0.5\nloss: 0.4\naccuracy is 1"}, {}, {"test_accuracy": 1}),
    *(
        ("evaluate", {"stdout": text}, {}, {})
        for text in ("epoch 3 loss: 0.5", "gloss: 0.5", "loss: 0.5 or so")
    ),
    (
        "evaluate",
        {"stdout": "Test loss: 0.5", "result": "[0.25, 0.75]"},
        {},
        {"test_loss": 0.25, "test_accuracy": 0.75},
    ),
    ("predict", {"result": "[0.5, 0.9]", "stdout": "0.3"}, {}, {}),
    (
        "predict",
        {"stdout": "Training Score RMSE: 4.86\nTest RMSE= 7.78 RMSE"},
        {},
        {"train_rmse": 4.86, "test_rmse": 7.78},
    ),
    *(
        ("predict", {"stdout": text}, {}, {})
        for text in ("RMSE of train: 1", "Train MSE: 1", "Train\nRMSE: 1")
    ),
    ("predict", {"stdout": "Real accuracy: 1, Fake accuracy: 0"}, {}, {"log": {"real": [1], "fake": [0]}}),
]


@pytest.mark.parametrize(("name", "printed", "other", "found"), SCORES)
def test_scores(name, printed, other, found):
    given = {"after_log": False, "evaluated": "test", "data": (), **other}
    call = SimpleNamespace(name=name, data=given["data"])
    unit, known = Gathered(), SimpleNamespace(evaluated=given["evaluated"])
    gathering._scores(
        Cell(4, "", **printed), unit, SimpleNamespace(call=call, unit=known), after_log=given["after_log"]
    )
    assert unit.outcome == found
    assert unit.cells == dict.fromkeys(found, 4)


LOG = """Train on 80 samples, validate on 20 samples
Epoch 1/2
 - 1s - loss: 0.5 - acc: 0.75 - val_loss: 0.6 - val_acc: 0.625
Epoch 2/2
 - 1s - loss: 0.4 - acc: 1.0 - val_loss: 0.7 - val_acc: 0.5
"""


def test_a_log_has_all_that_claims_measure():
    unit = Gathered()
    text = f"Train for 8 steps, validate for 2 steps\n{LOG}"
    gathering._log(4, unit, read_logs(LOG)[0], text)
    ran = {"samples": [80, 20], "n_train_val": [80, 20]}
    assert unit.outcome == {
        "history": {
            "loss": [0.5, 0.4], "accuracy": [0.75, 1.0], "val_loss": [0.6, 0.7], "val_accuracy": [0.625, 0.5],
        },
        "log": {"1": [0.5, 0.75], "2": [0.4, 1.0]},
        "first_epoch_at_1": 2, "best_accuracy": 1, "best_val_accuracy": 0.625,
        "sizes": {"train": 80, "validation": 20}, "n_samples": 80, "n_train": 80, "ran": ran, "training": ran,
        "steps": {"train": 8, "validation": 2},
    }  # fmt: skip
    assert set(unit.cells.values()) == {4}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (" - acc: 1.0", " - acc: 0.9", {"first_epoch_at_1": 3, "best_accuracy": 0.9}),
        (", validate on 20 samples", "", {"n_train": 80, "sizes": None}),
        ("Train on 80 samples, validate on 20 samples", "", {"n_train": None, "ran": None, "steps": None}),
        (" - val_acc", " - other", {"best_val_accuracy": None}),
        (" - acc:", " - other:", {"log": [[0.5, 0.6], [0.4, 0.7]], "best_accuracy": None}),
    ],
)
def test_a_log_may_have_less(old, new, found):
    unit, text = Gathered(), LOG.replace(old, new)
    gathering._log(4, unit, read_logs(text)[0], text)
    assert {name: unit.outcome.get(name) for name in found} == found


def test_the_sizes_of_all_layers_are_settings():
    layers = (CodeLayer("SimpleRNN", (32,)), CodeLayer("Conv1D", (5, (3,))), CodeLayer("Dropout", (0.4,)))
    layers += (
        CodeLayer("MaxPooling1D", (3,)),
        CodeLayer("Embedding", (90, 8)),
        CodeLayer("SpatialDropout1D", (0.2,)),
    )
    unit, call = Gathered(), SimpleNamespace(model=layers, settings={"epochs": 3, "shuffle": False})
    gathering._settings(4, unit, SimpleNamespace(call=call))
    shown = {name: one.text for name, one in unit.outcome["settings"].items()}
    assert shown == {
        "rnn_units": "32", "filters": "5", "dropout": "0.4", "pool_size": "3", "vocabulary": "90",
        "embedding_dim": "8", "spatial_dropout": "0.2", "epochs": "3",
    }  # fmt: skip


def found(unit: str, name: str = "fit", *edits: str, model: str = "trained", **settings: Any) -> FoundUnit:
    """Return a call on a model of a made-up unit, whose training has 3 epochs of 9 steps."""
    models = {"trained": KnownModel((), "summary", "params"), "other": KnownModel((), "second")}
    known = KnownCode(unit, models=models, evaluated="test", training={"epochs": 3, "steps": 9})
    given = frozenset(settings)
    return FoundUnit(known, model, CellCall(name, (), "m", {"epochs": 3, **settings}, given=given), edits)


def gathered(*cells: tuple[str, list[FoundUnit]]) -> dict[str, Gathered]:
    """Return what cells say: what each printed, and its calls."""
    read = [Cell(number, "", stdout) for number, (stdout, _) in enumerate(cells, start=1)]
    return gather(read, Recognised([calls for _, calls in cells], []))


ONE, TWO = (f"Epoch 1/1\n9/9 - 1s - loss: {n}\n" for n in (1, 2))
A, B = found("a"), found("b")
TRAINED: list[tuple[list[tuple[str, list[FoundUnit]]], dict[str, list[float] | None]]] = [
    ([(ONE, [A])], {"a": [1]}), ([(ONE + TWO, [A, B])], {"a": [1], "b": [2]}),
    ([(ONE, [A, B])], {"a": None, "b": None}),  # nobody knows whose log it is
    ([(ONE, [A, A])], {"a": [1]}), ([(ONE + TWO, [A])], {"a": [1]}),
    ([(ONE, [found("a", "evaluate"), B])], {"a": None, "b": [1]}),
    ([(ONE, [found("a", "run"), found("b", "run")])], {"a": [1], "b": None}),
    ([(ONE, [A]), (TWO, [A])], {"a": [2]}),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "losses"), TRAINED)
def test_whose_log_it_is(cells, losses):
    units = gathered(*cells)
    assert {name: unit.outcome.get("history", {}).get("loss") for name, unit in units.items()} == losses


def test_what_differs_is_kept():
    first, again = (
        found("a", "fit", "layers", epochs=4, optimizer="sgd"),
        found("a", "fit", "others", epochs=4),
    )
    (unit,) = gathered((ONE.replace("9/9", "8/8"), [first]), (ONE, [again])).values()
    steps, layers, epochs = unit.edits
    assert steps.startswith("an epoch has 8 steps, in the book 9")
    assert (layers, epochs) == ("layers", "epochs is 4, in the book 3")
    assert (unit.code, unit.cells["settings"], unit.cells["history"]) == ("other", 2, 2)


def test_an_evaluation_after_a_log_is_not_read():
    for text, outcome in (("[0.5, 0.9]", {"test_loss": 0.5, "test_accuracy": 0.9}), (f"{ONE}[0.5, 0.9]", {})):
        (unit,) = gathered((text, [found("a", "evaluate")])).values()
        assert {name: its for name, its in unit.outcome.items() if "test" in name} == outcome


def test_summaries_belong_to_the_models_in_their_order():
    table = "a (Dense) (None, 3) {}\nTotal params: {}\n"
    text = table.format(1, 1) + table.format(2, 2)
    calls = [found("a", "summary"), B, found("a", "summary", model="other")]
    (unit, _) = gathered(("", []), (text, calls)).values()
    totals = {name: its.totals["total"] for name, its in unit.tables.items()}
    assert totals == {"summary": 1, "params": 1, "second": 2}
    assert {name: unit.cells[name] for name in totals} == dict.fromkeys(totals, 2)
    assert gathered((text, calls[:1]))["a"].tables == {}
