"""What one writes by hand in TensorFlow: a compiled step called from Python, and a compiled loop of steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from benchmarks.contenders.keras_models import built, optimizer
from benchmarks.contenders.ours import gan_networks
from benchmarks.harness.jobs import Adversarial, Arrays, Convolution, Inference, Prepared, Training
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

    def __init__(
        self, variables: list[Any], learning_rate: float, optimizer: str = "adam", beta_1: float = 0.9
    ) -> None:
        self.variables, self.rate, self.adam, self.beta = (
            variables,
            learning_rate,
            optimizer == "adam",
            beta_1,
        )
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
                var=variable.handle, m=first.handle, v=second.handle, beta1_power=self.beta**count,
                beta2_power=0.999**count, lr=self.rate, beta1=self.beta, beta2=0.999, epsilon=1e-7,
                grad=gradient,
            )  # fmt: skip

    def reset(self) -> None:
        """Set the moments to zero."""
        for moment in [variable for pair in self.moments for variable in pair]:
            moment.assign(tf.zeros_like(moment))


class Gan:
    """Generator and discriminator of Keras with their weights, and what is trained of them."""

    def __init__(self, job: Adversarial) -> None:
        self.job = job
        recipes = gan_networks(job)
        self.generator, self.discriminator = (one.builder(*one.arguments) for one in recipes)
        self.reset()

    def reset(self) -> None:
        """Go back to the weights before training."""
        for model, weights in zip((self.generator, self.discriminator), self.job.weights, strict=True):
            model.set_weights(weights)

    def weights(self) -> Arrays:
        """Return the weights of both."""
        return [*self.generator.get_weights(), *self.discriminator.get_weights()]


def adversarial_loop(job: Adversarial) -> Prepared:
    """All iterations in one `tf.function`: the GAN's loop without its generality."""
    import keras

    gan, losses = Gan(job), keras.losses.binary_crossentropy
    made, judged = gan.generator, gan.discriminator
    of_made, of_judged = ([resource(v) for v in model.trainable_variables] for model in (made, judged))
    update_made, update_judged = (
        Applied(variables, job.learning_rate, beta_1=job.beta_1) for variables in (of_made, of_judged)
    )

    def update(model: Any, variables: list[Any], apply: Any, x: Any, label: Any, number: Any) -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(losses(label, model(x)))
        apply(tape.gradient(loss, variables), number)

    @tf.function(jit_compile=job.xla)
    def iterations(real: Any, faked: Any, noise: Any) -> None:
        ones, zeros = tf.ones((real.shape[1], 1)), tf.zeros((faked.shape[1], 1))
        for number in tf.range(real.shape[0]):
            fakes = made(faked[number], training=False)
            parts = [(real[number], ones), (fakes, zeros)]
            if job.joined:
                parts = [(tf.concat([real[number], fakes], 0), tf.concat([ones, zeros], 0))]
            for place, (x, label) in enumerate(parts):
                update(judged, of_judged, update_judged, x, label, len(parts) * number + place)
            update(
                lambda z: judged(made(z, training=True), training=True),
                of_made, update_made, noise[number], tf.ones((noise.shape[1], 1)), number,
            )  # fmt: skip

    def call() -> Arrays:
        gan.reset()
        update_made.reset()
        update_judged.reset()
        iterations(tf.constant(job.real), tf.constant(job.faked), tf.constant(job.noise))
        return gan.weights()

    return Prepared(call, call, len(job.real))


def adversarial_calls(job: Adversarial) -> Prepared:
    """`predict` and `train_on_batch`, the discriminator thawed for its own updates, as right on any Keras."""
    import keras

    from workshop.chapters.ch07_gans.ex04_gan import exercise_7_04_gan
    from workshop.chapters.ch07_gans.ex05_dcgan import exercise_7_05_gan

    gan = Gan(job)
    made, judged = gan.generator, gan.discriminator
    for_judge, for_both = (keras.optimizers.Adam(job.learning_rate, beta_1=job.beta_1) for _ in range(2))
    judged.compile(for_judge, "binary_crossentropy")
    both = (exercise_7_04_gan if job.networks == "sine" else exercise_7_05_gan)(made, judged)
    both.compile(for_both, "binary_crossentropy")

    iterations = min(job.by_call, len(job.real))

    def iterate() -> Arrays:
        for number in range(iterations):
            real, faked, noise = job.real[number], job.faked[number], job.noise[number]
            fakes = made.predict(faked, verbose=0)
            ones, zeros = np.ones((len(real), 1)), np.zeros((len(fakes), 1))
            judged.trainable = True
            if job.joined:
                judged.train_on_batch(np.concatenate([real, fakes]), np.concatenate([ones, zeros]))
            else:
                judged.train_on_batch(real, ones)
                judged.train_on_batch(fakes, zeros)
            judged.trainable = False
            both.train_on_batch(noise, np.ones((len(noise), 1)))
        return gan.weights()

    return Prepared(iterate, iterate, iterations)
