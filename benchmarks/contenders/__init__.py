"""Who competes on which path, in which library's process: `module.function` of this package."""

from __future__ import annotations

# modules that a library's contenders import, and the environment that its process starts with
LIBRARIES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "numpy": (("numpy",), {}),
    "tensorflow": (("tensorflow", "keras"), {}),
    "torch": (("torch",), {}),
    "onnxruntime": (("onnxruntime", "onnx"), {}),
    "jax": (("jax", "keras"), {"KERAS_BACKEND": "jax"}),
}
OURS = "ours"

PATHS: dict[str, dict[str, tuple[str, str]]] = {
    "convolution": {
        OURS: ("numpy", "ours.convolution"),
        "Python loop": ("numpy", "python_loop.convolution"),
        "tf.nn.conv2d": ("tensorflow", "plain_tensorflow.convolution"),
        "PyTorch": ("torch", "pytorch.convolution"),
        "ONNX Runtime": ("onnxruntime", "onnx_runtime.convolution"),
        "JAX": ("jax", "plain_jax.convolution"),
    },
    "training step": {
        OURS: ("tensorflow", "ours.training"),
        "tf.function loop": ("tensorflow", "plain_tensorflow.loop"),
        "tf.function": ("tensorflow", "plain_tensorflow.step"),
        "Keras fit": ("tensorflow", "keras_models.fit"),
        "Keras train_on_batch": ("tensorflow", "keras_models.train_on_batch"),
        "PyTorch": ("torch", "pytorch.training"),
        "Keras on JAX, fit": ("jax", "keras_models.fit"),
    },
    "GAN iteration": {
        OURS: ("tensorflow", "ours.adversarial"),
        "tf.function loop": ("tensorflow", "plain_tensorflow.adversarial_loop"),
        "Keras train_on_batch": ("tensorflow", "plain_tensorflow.adversarial_calls"),
    },
    "RNN inference": {
        OURS: ("tensorflow", "ours.inference"),
        "tf.function": ("tensorflow", "plain_tensorflow.inference"),
        "Keras predict": ("tensorflow", "keras_models.predict"),
        "Keras predict_on_batch": ("tensorflow", "keras_models.predict_on_batch"),
        "PyTorch": ("torch", "pytorch.inference"),
        "ONNX Runtime": ("onnxruntime", "onnx_runtime.inference"),
        "Keras on JAX, predict": ("jax", "keras_models.predict"),
        "Keras on JAX, jit": ("jax", "plain_jax.inference"),
    },
    "engine": {
        OURS: ("numpy", "engine.ours"),
        "bare Python and 150 ms": ("numpy", "engine.bare_python_and_allowance"),
        "ledger alone": ("numpy", "engine.ledger_alone"),
        "pickle": ("numpy", "engine.pickled"),
    },
}
CPU_ONLY = ("numpy", "onnxruntime")  # libraries whose contenders never compute on a GPU
