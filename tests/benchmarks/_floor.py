"""The floor of a training step: its bare products and its optimizers' traffic.

Nothing of that can be left out of a step: what is built of TensorFlow's kernels does
not get below, and what does has faster ones. The products are read off the Keras
networks. A layer has three: the forward one, the gradient of its weights and the
gradient of its inputs; `alternating`, `simultaneous`, `wasserstein` and `relativistic`
list those that a game needs.

A product is counted at 2 floating-point operations for each multiplication, where
those of a convolution with its zero border count as any other.
"""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from keras_gan._types import Shape, Tensor
from keras_gan.layers import Maxout

FORWARD, WEIGHTS, INPUTS = "forward", "gradient of weights", "gradient of inputs"


class Layer(NamedTuple):
    """A layer that multiplies: its kernel, and the shapes of one row at both ends."""

    name: str
    kernel: Shape
    inputs: Shape
    outputs: Shape
    strides: Shape | None = None  # None: a matrix product
    padding: str = ""
    transposed: bool = False

    def flops(self, rows: int) -> int:
        """Of one of the three products, which cost the same."""
        coarse = self.inputs if self.transposed else self.outputs
        positions = 1 if self.strides is None else math.prod(coarse[:2])
        return 2 * rows * positions * math.prod(self.kernel)


class Work(NamedTuple):
    """The products of one layer that share their operands."""

    layer: Layer
    products: tuple[str, ...]


class Step(NamedTuple):
    """All products of a training step, and how often each network is moved."""

    work: list[Work]
    moves: list[tuple[keras.Model, int]]

    def flops(self, rows: int) -> int:
        return sum(work.layer.flops(rows) * len(work.products) for work in self.work)


def layers_of(network: keras.Model) -> list[Layer]:
    """The multiplying layers, in order.

    Raises:
        TypeError: if a kernel belongs to a layer of another kind.
    """
    found = []
    for layer in network.layers:
        name = f"{network.name}/{layer.name}"  # keeps layers of equal shape apart
        if isinstance(layer, keras.layers.Conv2D | keras.layers.Conv2DTranspose):
            found.append(_convolution(name, layer))
        elif isinstance(layer, keras.layers.Dense | Maxout):
            kernel = tuple(layer.kernel.shape)
            found.append(Layer(name, kernel, kernel[:1], kernel[1:]))
        elif hasattr(layer, "kernel"):
            raise TypeError(f"The floor knows no {type(layer).__name__}.")
    return found


def _convolution(name: str, layer: Any) -> Layer:
    if set(layer.dilation_rate) != {1}:
        raise TypeError("The floor knows no dilated convolution.")
    return Layer(
        name,
        tuple(layer.kernel.shape),
        tuple(layer.input.shape[1:]),
        tuple(layer.output.shape[1:]),
        tuple(layer.strides),
        layer.padding.upper(),
        isinstance(layer, keras.layers.Conv2DTranspose),
    )


# -------------------------------------------------------------------- what is needed


def alternating(generator: keras.Model, discriminator: keras.Model) -> Step:
    """One step of the discriminator, one of the generator.

    The discriminator's: a forward pass of the generator; of the discriminator, for real
    and for generated images, forward, all gradients of weights, and the gradients of
    inputs above the first layer. The generator's: see `_generator_step`.
    """
    made, judged = layers_of(generator), layers_of(discriminator)
    work = _pass(made, forward=made)
    work += 2 * _learning(judged)
    work += _generator_step(made, judged)
    return Step(work, [(generator, 1), (discriminator, 1)])


def simultaneous(generator: keras.Model, discriminator: keras.Model) -> Step:
    """Both moves from one pass: the generator's step adds its backward products."""
    made, judged = layers_of(generator), layers_of(discriminator)
    work = 2 * _learning(judged)
    work += _pass(judged, inputs=judged)
    work += _learning(made)
    return Step(work, [(generator, 1), (discriminator, 1)])


def wasserstein(
    generator: keras.Model, critic: keras.Model, critic_steps: int = 5
) -> Step:
    """WGAN-GP: steps of the critic with its gradient penalty, one of the generator.

    A critic step is a discriminator step of `alternating` and the penalty: one more
    forward pass between real and generated images, the gradients of inputs down to the
    image, and the gradient of those. That one goes up through the backward pass: each
    layer multiplies what arrives by its kernel, the last one not, and has a gradient of
    weights. The activations are piecewise linear, so nothing comes back through the
    forward pass.
    """
    made, judged = layers_of(generator), layers_of(critic)
    critic_step = _pass(made, forward=made)
    critic_step += 2 * _learning(judged)
    critic_step += _pass(judged, forward=judged, inputs=judged)
    critic_step += _pass(judged, forward=judged[:-1], weights=judged)
    work = critic_steps * critic_step + _generator_step(made, judged)
    return Step(work, [(generator, 1), (critic, critic_steps)])


def relativistic(generator: keras.Model, discriminator: keras.Model) -> Step:
    """R3GAN: pairs of images, R1 and R2 at every step.

    A discriminator step is that of `alternating`; each penalty adds the gradients of
    inputs from the logit to the image and, as in `wasserstein`, the gradient of those.
    The generator's step judges the real images too.
    """
    made, judged = layers_of(generator), layers_of(discriminator)
    work = _pass(made, forward=made)
    work += 2 * _learning(judged)
    work += 2 * _pass(judged, inputs=judged)
    work += 2 * _pass(judged, forward=judged[:-1], weights=judged)
    work += _pass(judged, forward=judged)
    work += _generator_step(made, judged)
    return Step(work, [(generator, 1), (discriminator, 1)])


def _generator_step(made: Sequence[Layer], judged: Sequence[Layer]) -> list[Work]:
    """Forward through both, back through all of the discriminator to the weights."""
    return _pass(judged, forward=judged, inputs=judged) + _learning(made)


def _learning(layers: Sequence[Layer]) -> list[Work]:
    return _pass(layers, forward=layers, weights=layers, inputs=layers[1:])


def _pass(
    layers: Sequence[Layer],
    forward: Sequence[Layer] = (),
    weights: Sequence[Layer] = (),
    inputs: Sequence[Layer] = (),
) -> list[Work]:
    chosen = ((FORWARD, forward), (WEIGHTS, weights), (INPUTS, inputs))
    return [
        Work(layer, tuple(product for product, among in chosen if layer in among))
        for layer in layers
    ]


# --------------------------------------------------------------------- what is timed


class Floor:
    """A step of bare products, none of which waits for another.

    Each has operands of its own, for TensorFlow computes equal nodes once; a layer's
    kernel alone is shared, as it is in a step. One number of each result is read.

    Args:
        step: what a training step needs.
        rows: rows of a minibatch.
        optimizer: `"adam"` or `"sgd"`, with momentum. It works in float32.
        dtype: of the products. Defaults to `"float32"`.
    """

    def __init__(
        self, step: Step, rows: int, optimizer: str, dtype: str = "float32"
    ) -> None:
        self.draw = functools.partial(_drawn, dtype=dtype)
        kernels: dict[Layer, tf.Variable] = {}
        self.products: list[Callable[[], Tensor]] = []
        for layer, names in step.work:
            if layer not in kernels:
                kernels[layer] = self.draw(layer.kernel)
            self.products += self._products(layer, names, rows, kernels[layer])
        move = {"adam": _adam, "sgd": _momentum}[optimizer]
        self.moves = [
            each
            for network, times in step.moves
            for variable in network.trainable_variables
            for each in [move(tuple(variable.shape))] * times
        ]
        self.run = tf.function(self._run, autograph=False)

    def __call__(self, _: int) -> float:
        """Runs the step and waits until it is done."""
        return float(self.run())

    def _run(self) -> Tensor:
        for move in self.moves:
            move()
        numbers = [tf.reshape(product(), [-1])[0] for product in self.products]
        return tf.cast(tf.add_n(numbers), tf.float32)

    def _products(
        self, layer: Layer, names: Sequence[str], rows: int, kernel: tf.Variable
    ) -> list[Callable[[], Tensor]]:
        x = self.draw((rows, *layer.inputs))
        dy = self.draw((rows, *layer.outputs))
        make = _matrix_product if layer.strides is None else _convolved
        return [functools.partial(make, layer, name, x, dy, kernel) for name in names]


def _matrix_product(
    layer: Layer, name: str, x: Tensor, dy: Tensor, kernel: Tensor
) -> Tensor:
    if name == FORWARD:
        return tf.matmul(x, kernel)
    if name == WEIGHTS:
        return tf.matmul(x, dy, transpose_a=True)
    return tf.matmul(dy, kernel, transpose_b=True)


def _convolved(
    layer: Layer, name: str, x: Tensor, dy: Tensor, kernel: Tensor
) -> Tensor:
    if layer.transposed:  # a convolution from its outputs to its inputs, backwards
        x, dy = dy, x
        name = {FORWARD: INPUTS, INPUTS: FORWARD}.get(name, name)
    strides, padding = [1, *layer.strides, 1], layer.padding
    if name == FORWARD:
        return tf.nn.conv2d(x, kernel, strides, padding)
    if name == INPUTS:
        return tf.nn.conv2d_transpose(dy, kernel, x.shape, strides, padding)
    return tf.raw_ops.Conv2DBackpropFilter(
        input=x,
        filter_sizes=layer.kernel,
        out_backprop=dy,
        strides=strides,
        padding=padding,
    )


def _drawn(shape: Shape, dtype: str = "float32") -> tf.Variable:
    return tf.Variable(tf.cast(0.1 * tf.random.normal(shape), dtype), trainable=False)


def _adam(shape: Shape) -> Callable[[], Any]:
    var, first, gradient = _drawn(shape), _drawn(shape), _drawn(shape)
    second = tf.Variable(tf.ones(shape))
    return lambda: tf.raw_ops.ResourceApplyAdam(
        var=var.handle,
        m=first.handle,
        v=second.handle,
        beta1_power=0.5,
        beta2_power=0.9,
        lr=1e-4,
        beta1=0.5,
        beta2=0.9,
        epsilon=1e-7,
        grad=gradient,
    )


def _momentum(shape: Shape) -> Callable[[], Any]:
    var, velocity, gradient = _drawn(shape), _drawn(shape), _drawn(shape)
    return lambda: tf.raw_ops.ResourceApplyKerasMomentum(
        var=var.handle, accum=velocity.handle, lr=1e-4, grad=gradient, momentum=0.5
    )


def large_product(size: int, dtype: str) -> Callable[[int], float]:
    """One product of square matrices, whose rate a step's is compared with.

    Args:
        size: rows and columns of both factors.
        dtype: of the factors.
    """
    one, other = _drawn((size, size), dtype), _drawn((size, size), dtype)
    product = tf.function(lambda: tf.matmul(one, other)[0, 0], autograph=False)
    return lambda _: float(product())
