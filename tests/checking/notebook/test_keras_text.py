"""Logs and summaries as Keras printed them, with the rests of progress bars that notebooks keep."""

import json

import pytest

from tests.checking.written import notebook, stdout
from workshop.checking.notebook.cells import read_notebook
from workshop.checking.notebook.keras_text import read_evaluation, read_logs, read_tables
from workshop.checking.notebook.readings import layers_of

# lines as they are in notebooks: shorter lines left the ends of longer ones standing
RESTS = """Train on 60000 samples
Epoch 1/3
60000/60000 [==============================] - 3s 49us/sample - loss: 0.1521 - accuracy: 0.9553s - loss: 0.153
Epoch 2/3
60000/60000 [==] - ETA: 0s - loss: 0.0202 - accuracy: 0.99 - 4s 63us/sample - loss: 0.0204 - accuracy: 0.9933
Epoch 3/3
60000/60000 [====] - 3s 44us/sample - loss: 0.0224 - accuracy: 0.9928s - loss: 0.0187 - accuracy: 0.9912
"""
WRAPPED = """Model: "sequential"
┏━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┓
┃ Layer (type)    ┃ Output Shape ┃ Param # ┃
┡━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━┩
│ max_pooling1d   │ (None, 1, 5) │       0 │
│ (MaxPooling1D)  │              │         │
├─────────────────┼──────────────┼─────────┤
│ dense (Dense)   │ (None, 1)    │   1,006 │
└─────────────────┴──────────────┴─────────┘
 Total params: 1,006 (3.93 KB)
 Trainable params: 1,006 (3.93 KB)
 Non-trainable params: 0 (0.00 B)
"""


def test_rests_of_longer_lines_are_left_out():
    (log,) = read_logs(RESTS)

    assert [number.text for number in log.column("loss")] == ["0.1521", "0.0204", "0.0224"]
    assert [number.text for number in log.column("accuracy")] == ["0.9553", "0.9933", "0.9928"]
    assert list(log.samples) == [60000.0]


def test_an_evaluation_after_the_last_epoch_is_no_part_of_it():
    lines = "Epoch 1/1\n1/1 - 0s - loss: 0.5 - accuracy: 0.7\n", "1/1 - 0s - loss: 0.4 - accuracy: 0.8\n"
    (log,) = read_logs("".join(lines))

    assert log.epochs[1] == {"loss": 0.5, "accuracy": 0.7}
    assert read_evaluation("".join(lines)) == {"loss": 0.4, "accuracy": 0.8}


def test_a_log_in_parts_is_one(tmp_path):
    path = tmp_path / "parts.ipynb"
    parts = ["Epoch 1/1\n1/1 - 0s - lo", "ss: 0.5 - accu", "racy: 0.75\n"]
    path.write_text(json.dumps(notebook([("fit()", [stdout(part) for part in parts])])), "utf-8")
    (cell,) = read_notebook(path)

    assert read_logs(cell.stdout)[0].epochs[1] == {"loss": 0.5, "accuracy": 0.75}


def test_an_epoch_that_was_interrupted_is_left_out():
    """Then the log has no column, because its last number is not an epoch's."""
    text = "Epoch 1/2\n9/9 - 1s - loss: 0.9\nEpoch 2/2\n5/9 [==>..] - ETA: 3s - loss: 0.8"
    (log,) = read_logs(text)

    assert set(log.epochs) == {1}
    assert log.column("loss") == []


def test_metrics_of_keras_2_2_have_their_names_of_today():
    (log,) = read_logs("Epoch 1/1\n - 2s - loss: 4.9603e-04 - acc: 0.5 - val_loss: nan - val_acc: 0.25\n")
    metrics = log.epochs[1]

    assert {name: metrics[name].text for name in metrics} == {
        "loss": "4.9603e-04", "accuracy": "0.5", "val_loss": "nan", "val_accuracy": "0.25",
    }  # fmt: skip


def test_wrapped_rows_of_keras_3_are_one_layer():
    (table,) = read_tables(WRAPPED)

    assert [(row.name, row.kind, row.shape, row.params) for row in table.layers] == [
        ("max_pooling1d", "MaxPooling1D", (None, 1, 5), 0),
        ("dense", "Dense", (None, 1), 1006),
    ]
    assert table.totals == {"total": 1006, "trainable": 1006, "non_trainable": 0}


def test_text_without_a_training_has_no_log():
    text = "Epoch of change - loss: none\nTotal: 3\nloss: 0.3"

    assert (read_logs(text), read_tables(text), dict(read_evaluation(text))) == ([], [], {})


CUT = """Model: "sequential_2"
_________________________________________________________________
Layer (type)                 Output Shape              Param #
=================================================================
batch_normalization_12 (Batc (None, 14, 14, 128)       512
_________________________________________________________________
conv2d_transpose_10 (Conv2DT (None, 14, 14, 64)        204864
_________________________________________________________________
dense_3 (Dense)              (None, 1)                 3137
=================================================================
Total params: 208,513
Trainable params: 208,257
Non-trainable params: 256
_________________________________________________________________
"""


def test_a_class_that_keras_2_cut_off_is_the_whole_one():
    (table,) = read_tables(CUT)
    shapes = [[None, 14, 14, 128], [None, 14, 14, 64], [None, 1]]
    numbers = [512, 204864, 3137]

    def rows(*kinds: str) -> list[list[object]]:
        return [list(row) for row in zip(kinds, shapes, numbers, strict=True)]

    printed = rows("BatchNormalization", "Conv2DTranspose", "Dense")
    assert [row.cut for row in table.layers] == [True, True, False]
    assert layers_of(table, printed) == printed
    assert layers_of(table, rows("BatchNormalization", "Conv2D", "DenseFeatures")) == rows(
        "BatchNormalization", "Conv2DT", "Dense"
    )


LINE = "Epoch {}\n{}/{} - 1s - loss: {}\n"
LOGS: dict[str, list[tuple[dict[int, float], int, int]]] = {
    # epochs with their losses, planned epochs, steps
    "".join([LINE.format("1/1", 8, 8, 1), "Epoch 1/1\n - 1s - loss: 2\n"]): [({1: 1}, 1, 8), ({1: 2}, 1, 0)],
    "".join([LINE.format("1/2", 8, 8, 1), LINE.format("2/5", 9, 9, 2)]): [({1: 1}, 2, 8), ({2: 2}, 5, 9)],
    "".join([LINE.format("2/3", 8, 8, 1), LINE.format("2/3", 9, 9, 2)]): [({2: 1}, 3, 8), ({2: 2}, 3, 9)],
    "".join([LINE.format("1/2", 8, 8, 1), LINE.format("2/2", 9, 9, 2)]): [({1: 1, 2: 2}, 2, 8)],
    "".join([LINE.format("1/1", 7, 8, 1), LINE.format("1/1", 8, 8, 2)]): [({1: 2}, 1, 8)],
    "Epoch 1/1\n - 1s - loss: 1 - a: 2\n - 1s - loss: 3\n": [({1: 1}, 1, 0)],
    "Epoch 1/1\n - 1s - loss: 1 - 1s - loss: 2\nEpoch 1/1\n - 1s - loss: 3 - 1s - loss: 4": [
        ({1: 2}, 1, 0), ({1: 3}, 1, 0),  # an evaluation may follow the last epoch
    ],
    "Epoch 1/1\n9/9 5ms/step" + " " * 35 + " - loss: 1": [({1: 1}, 1, 9)],
    "Epoch 1/1\n9/9 5ms/step" + " " * 36 + " - loss: 1": [],
    "Epoch 1/1\n - 1s - loss: 1 - a: " + "1" * 40: [({1: 1}, 1, 0)],
    "Epoch 1/1\n - loss: 1\n": [],
}  # fmt: skip


@pytest.mark.parametrize("text", LOGS)
def test_what_belongs_to_an_epoch(text):
    found = [
        ({n: its["loss"] for n, its in log.epochs.items()}, log.planned, log.steps) for log in read_logs(text)
    ]
    assert found == LOGS[text]


def test_logs_have_their_own_samples():
    one = "Train on {} samples{}\nEpoch 1/1\n - 1s - loss: {}\n"
    text = one.format(80, ", validate on 20 samples", 0.5) + one.format(7, "", 0.4)
    found = [(list(log.samples), log.column("loss"), log.planned) for log in read_logs(text)]
    assert found == [([80, 20], [0.5], 1), ([7], [0.4], 1)]


SUMMARIES = {
    "dense (Dense) (None, 3) 12\nTotal params: 12\nTrainable params: 10\nNon-trainable params: 2": (
        [("dense", (None, 3), 12)], {"total": 12, "trainable": 10, "non_trainable": 2},
    ),
    "a (Dense) multiple 1,200\nb (Dense) ? 3\nTotal params: 1,203": (
        [("a", (), 1200), ("b", (), 3)], {"total": 1203},
    ),
    "a (Input) [(None, 4)] 0\nb (Dense) (None, x) 3\nTotal params: 0": ([("a", (None, 4), 0)], {"total": 0}),
    f"a (Dense) (None, {'1' * 16}) 3\nb (Dense) (None, {'1' * 15}) 3\nTotal params: 0": (
        [("b", (None, int("1" * 15)), 3)], {"total": 0},
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", SUMMARIES)
def test_rows_of_summaries(text):
    (table,) = read_tables(text)
    assert ([(row.name, row.shape, row.params) for row in table.layers], table.totals) == SUMMARIES[text]


def test_two_summaries_are_two():
    text = "a (Dense) (None, 3) 1\nTotal params: 1\nTrainable params: 1\n"
    found = read_tables(text + text.replace("1", "2"))
    assert [[row.params for row in table.layers] for table in found] == [[1], [2]]
    assert [table.totals for table in found] == [{"total": n, "trainable": n} for n in (1, 2)]
