"""What is read back from built models: layers, parameters and settings."""

from workshop.training.summaries import network_summary


def test_layers_parameters_and_sizes(tensorflow):
    layers = tensorflow.keras.layers
    model = tensorflow.keras.Sequential(
        [
            layers.InputLayer((10,)),
            layers.Reshape((10, 1)),
            layers.Conv1D(5, 3, activation="relu"),
            layers.MaxPooling1D(4),
            layers.Reshape((2, 5, 1)),
            layers.Conv2D(2, (1, 3), trainable=False),
        ]
    )

    found = network_summary(model)

    assert found.layers == [
        ["Reshape", [None, 10, 1], 0],
        ["Conv1D", [None, 8, 5], 20],
        ["MaxPooling1D", [None, 2, 5], 0],
        ["Reshape", [None, 2, 5, 1], 0],
        ["Conv2D", [None, 2, 3, 2], 8],
    ]
    assert vars(found.parameters) == {"total": 28, "trainable": 20, "non_trainable": 8}
    assert found.settings["Conv1D"] == {"filters": [5], "kernel_size": [3], "activation": ["relu"]}
    assert found.settings["MaxPooling1D"] == {"pool_size": [4]}
    assert [tuple(size) for size in found.settings["Conv2D"]["kernel_size"]] == [(1, 3)]


def test_settings_by_type_in_order(tensorflow):
    layers = tensorflow.keras.layers
    model = tensorflow.keras.Sequential(
        [
            layers.InputLayer((None,)),
            layers.Embedding(9, 7),
            layers.SpatialDropout1D(0.1),
            layers.LSTM(32, return_sequences=True),
            layers.LSTM(16, return_sequences=True),
            layers.Bidirectional(layers.SimpleRNN(6, return_sequences=True)),
            layers.GRU(8, reset_after=True),
            layers.Dropout(0.2),
            layers.Dense(5, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(1, activation="sigmoid"),
        ]
    )

    found = network_summary(model).settings

    assert found["Embedding"] == {"input_dim": [9], "output_dim": [7]}
    assert found["SpatialDropout1D"] == {"rate": [0.1]}
    assert (found["LSTM"]["units"], found["Bidirectional"]["units"]) == ([32, 16], [6])
    assert (found["GRU"]["units"], found["GRU"]["reset_after"]) == ([8], [True])
    assert found["Dropout"] == {"rate": [0.2, 0.3]}
    assert found["Dense"] == {"units": [5, 1], "activation": ["relu", "sigmoid"]}
