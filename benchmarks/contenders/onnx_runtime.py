"""ONNX Runtime: the networks written as ONNX graphs, for inference."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper, numpy_helper

from benchmarks.harness.jobs import Arrays, Convolution, Inference, Prepared
from benchmarks.harness.networks import reordered, shaped

# columns of Keras' gates in ONNX' order: input, output, forget, cell; update, reset, hidden
GATES = {"SimpleRNN": [0], "LSTM": [0, 3, 1, 2], "GRU": [0, 1, 2]}
OPSET, IR_VERSION = 17, 8


def convolution(job: Convolution) -> Prepared:
    """`Conv` between two transpositions, because it takes channels first."""
    graph = Graph()
    graph.add("Transpose", ["x"], "first", perm=[0, 3, 1, 2])
    graph.add("Conv", ["first", graph.constant(job.kernel.transpose(3, 2, 0, 1))], "made")
    graph.add("Transpose", ["made"], "y", perm=[0, 2, 3, 1])
    return graph.prepared(job.images, axes=4)


def inference(job: Inference) -> Prepared:
    """The network as a graph."""
    graph, name, weights = Graph(), "x", list(job.weights)
    for place, layer in enumerate(shaped(job.network)):
        count = len(layer.weights)
        own, weights = weights[:count], weights[count:]
        name = _LAYERS[layer.kind](graph, name, f"layer{place}", own, *layer.arguments)
    graph.add("Identity", [name], "y")
    return graph.prepared(job.x, axes=2)


class Graph:
    """An ONNX graph under construction, from x to y."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, array: np.ndarray) -> str:
        """Add a constant; return its name."""
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add a node with one output; return its name."""
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def prepared(self, x: np.ndarray, *, axes: int) -> Prepared:
        """Return the session's call on an input; y has this many axes."""
        kind = TensorProto.INT32 if x.dtype == np.int32 else TensorProto.FLOAT
        taken = helper.make_tensor_value_info("x", kind, x.shape)
        given = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None] * axes)
        graph = helper.make_graph(self.nodes, "network", [taken], [given], self.constants)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
        )
        checker.check_model(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("WORKSHOP_THREADS", "1"))
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

        def call() -> Any:
            return session.run(["y"], {"x": x})[0]

        return Prepared(call, lambda: [call()])


def _embedding(graph: Graph, x: str, name: str, weights: Arrays, *_: Any) -> str:
    return graph.add("Gather", [graph.constant(weights[0]), x], name)


def _dense(graph: Graph, x: str, name: str, weights: Arrays, units: int, activation: str) -> str:
    del units
    made = graph.add("Gemm", [x, *map(graph.constant, weights)], f"{name}_logits")
    return graph.add({"sigmoid": "Sigmoid", "relu": "Relu", "linear": "Identity"}[activation], [made], name)


def _recurrent(kind: str) -> Any:
    def layer(graph: Graph, x: str, name: str, weights: Arrays, units: int) -> str:
        kernel, recurrent, bias = (reordered(array, GATES[kind]) for array in weights)
        biases = (
            bias.reshape(1, -1) if kind == "GRU" else np.stack([bias, np.zeros_like(bias)]).reshape(1, -1)
        )
        constants = [graph.constant(array) for array in (kernel.T[None], recurrent.T[None], biases)]
        by_step = graph.add("Transpose", [x], f"{name}_steps", perm=[1, 0, 2])
        settings = {"linear_before_reset": 1} if kind == "GRU" else {}
        operator, ends = kind.removeprefix("Simple"), ["", f"{name}_last"]
        graph.nodes.append(
            helper.make_node(operator, [by_step, *constants], ends, hidden_size=units, **settings)
        )
        axis = graph.constant(np.array([0], np.int64))
        return graph.add("Squeeze", [f"{name}_last", axis], name)

    return layer


_LAYERS = {"Embedding": _embedding, "Dense": _dense, **{kind: _recurrent(kind) for kind in GATES}}
