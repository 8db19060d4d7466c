"""What one writes by hand in TensorFlow: a compiled step called from Python, and a compiled loop of steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from benchmarks.contenders.keras_models import built, optimizer
from benchmarks.harness.jobs import Arrays, Convolution, Inference, Prepared, Training
from workshop.training.versions import resource


def convolution(job: Convolution) -> Prepared:
    """`tf.nn.conv2d` in a `tf.function`, on arrays."""
    kernel = tf.constant(job.kernel)

    @tf.function
    def convolve(images: Any) -> Any:
        return tf.nn.conv2d(images, kernel, strides=1, padding="VALID")

    def call() -> Any:
        return convolve(tf.constant(job.images)).numpy()

    return Prepared(call, lambda: [call()])


def inference(job: Inference) -> Prepared:
    """The model in a `tf.function` with XLA."""
    model = built(job.network, job.weights)
    forward = tf.function(lambda x: model(x, training=False), jit_compile=True)

    def call() -> Any:
        return forward(tf.constant(job.x)).numpy()

    return Prepared(call, lambda: [call()])


def step(job: Training) -> Prepared:
    """A `tf.function` of one step with Keras' optimizer, as the guides to custom training have it."""
    import keras

    model, applied = built(job.network, job.weights), optimizer(job)
    applied.build(model.trainable_variables)
    losses = keras.losses.get(job.loss)

    @tf.function(jit_compile=job.xla)
    def update(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(losses(y, model(x, training=True)))
        gradients = tape.gradient(loss, model.trainable_variables)
        applied.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    batches = [(tf.constant(x), tf.constant(y)) for x, y in job.batches()]

    def run(epochs: int) -> Arrays:
        for _ in range(epochs):
            for x, y in batches:
                update(x, y)
        return model.get_weights()

    return Prepared(lambda: run(job.by_step), lambda: run(1), job.by_step * job.steps)


def loop(job: Training) -> Prepared:
    """All epochs in one `tf.function`, with TensorFlow's kernels: the training core without its generality.

    Weights go in and come out as arrays, as they do there, so that a ratio to it is the core's overhead.
    """
    import keras

    model = built(job.network, job.weights, one_loop=True)
    variables = [resource(variable) for variable in model.trainable_variables]
    losses, apply = keras.losses.get(job.loss), Applied(variables, job.learning_rate, job.optimizer)

    @tf.function(jit_compile=job.xla)
    def epochs(x: Any, y: Any, order: Any) -> Any:
        last = tf.constant(0.0)
        for number in tf.range(tf.shape(order)[0]):
            rows = order[number]
            with tf.GradientTape() as tape:
                last = tf.reduce_mean(losses(tf.gather(y, rows), model(tf.gather(x, rows), training=True)))
            apply(tape.gradient(last, variables), number)
        return last

    rows = np.arange(job.steps * job.batch_size).reshape(job.steps, job.batch_size)

    def run(times: int) -> Arrays:
        for variable, value in zip(variables, job.weights, strict=True):
            variable.assign(value)
        apply.reset()
        epochs(tf.constant(job.x), tf.constant(job.y), tf.constant(np.tile(rows, (times, 1))))
        return [variable.numpy() for variable in variables]

    return Prepared(lambda: run(job.epochs), lambda: run(1), job.epochs * job.steps)


class Applied:
    """Gradient descent or Adam on variables, by TensorFlow's kernels."""

    def __init__(self, variables: list[Any], learning_rate: float, optimizer: str) -> None:
        self.variables, self.rate, self.adam = variables, learning_rate, optimizer == "adam"
        self.moments = [(tf.Variable(v * 0), tf.Variable(v * 0)) for v in variables] if self.adam else []

    def __call__(self, gradients: Any, number: Any) -> None:
        """Apply the gradients as update `number`, from 0."""
        gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
        if not self.adam:
            for variable, gradient in zip(self.variables, gradients, strict=True):
                tf.raw_ops.ResourceApplyGradientDescent(var=variable.handle, alpha=self.rate, delta=gradient)
            return
        count = tf.cast(number + 1, tf.float32)
        for variable, (first, second), gradient in zip(self.variables, self.moments, gradients, strict=True):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle, m=first.handle, v=second.handle, beta1_power=0.9**count,
                beta2_power=0.999**count, lr=self.rate, beta1=0.9, beta2=0.999, epsilon=1e-7,
                grad=gradient,
            )  # fmt: skip

    def reset(self) -> None:
        """Set the moments to zero."""
        for moment in [variable for pair in self.moments for variable in pair]:
            moment.assign(tf.zeros_like(moment))
