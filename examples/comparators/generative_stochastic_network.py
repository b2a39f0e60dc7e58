"""A deep generative stochastic network: what a chain of corruptions converges to."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from comparators.chains import Chains, Draws, run_chains
from comparators.training import train
from keras import ops

_CORRUPTED = 0.4  # share of pixels that salt and pepper replace
_NOISE = 2.0  # standard deviation, before and after the upper layer's tanh
_UPDATES = 4  # of a chain for each minibatch ("walkbacks")


class GenerativeStochasticNetwork(keras.Model):
    """Two hidden layers that are updated in turn from corrupted images.

        x~ = salt_and_pepper(x),    h1 = h2 = 0;    then, four times:
        h1 = tanh(x~ W1 + h2 W2' + b1)
        p = s(h1 W1' + b0);    h2 = tanh(h1 W2 + b2 + n) + n',    n, n' ~ N(0, 2^2)
        x~ = salt_and_pepper(Bernoulli(p))
        loss = sum over the four of the mean cross-entropy(x, p)

    The chain that goes on like this draws from the density that it learned; images are
    the p of it.

    Args:
        num_pixels: int.
        num_hidden: int, of each layer. Defaults to `1_500`.
        seed: int. Defaults to `0`.

    References:
        Bengio, Thibodeau-Laufer, Alain, Yosinski, Deep generative stochastic networks
        trainable by backprop, 2014. https://arxiv.org/abs/1306.1091
        Numbers: https://github.com/yaoli/GSN
    """

    title = "Deep GSN"
    num_epochs = 1_000  # the published number
    chains = Chains(num_chains=100, burn_in=100, interval=1)

    def __init__(self, num_pixels: int, num_hidden: int = 1_500, seed: int = 0) -> None:
        super().__init__(name="deep_gsn")
        self.random = keras.random.SeedGenerator(seed)
        initializers = (
            keras.initializers.GlorotUniform(seed=seed + number) for number in (0, 1)
        )
        sizes = ((num_pixels, num_hidden), (num_hidden, num_hidden))
        self.lower, self.upper = (
            self.add_weight(shape=size, initializer=initializer, name=name)
            for name, size, initializer in zip(
                ("lower", "upper"), sizes, initializers, strict=True
            )
        )
        biases = {"pixels": num_pixels, "first": num_hidden, "second": num_hidden}
        self.biases = {
            name: self.add_weight(shape=(size,), initializer="zeros", name=name)
            for name, size in biases.items()
        }
        self.built = True

    def begin(self, images: tf.Tensor, random: Any) -> tuple[tf.Tensor, ...]:
        """The state that starts from images: corrupted ones, and what is above."""
        rows = ops.shape(images)[0]
        hidden = ops.zeros((rows, self.upper.shape[0]))
        return self.corrupt(images, random), hidden, images

    def update(
        self, state: tuple[tf.Tensor, ...], random: Any
    ) -> tuple[tf.Tensor, ...]:
        """The next corrupted images, upper layer and chances of pixels."""
        corrupted, second, _ = state
        first = ops.tanh(
            ops.matmul(corrupted, self.lower)
            + ops.matmul(second, ops.transpose(self.upper))
            + self.biases["first"]
        )
        logits = ops.matmul(first, ops.transpose(self.lower)) + self.biases["pixels"]
        means = ops.sigmoid(logits)
        noises = [
            keras.random.normal(ops.shape(second), stddev=_NOISE, seed=random)
            for _ in range(2)
        ]
        above = ops.matmul(first, self.upper) + self.biases["second"]
        second = ops.tanh(above + noises[0]) + noises[1]
        drawn = keras.random.uniform(ops.shape(means), seed=random) < means
        return self.corrupt(ops.cast(drawn, "float32"), random), second, means

    @staticmethod
    def corrupt(images: tf.Tensor, random: Any) -> tf.Tensor:
        """Replaces pixels at random by 0 or 1."""
        chances = keras.random.uniform(ops.shape(images), seed=random)
        salted = ops.where(chances < _CORRUPTED, 1.0, images)
        return ops.where(chances < _CORRUPTED / 2, 0.0, salted)

    def train_step(self, data: Any) -> dict[str, tf.Tensor]:
        """Raises the chances of the images that the chain started from."""
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            state = self.begin(images, self.random)
            errors = []
            for _ in range(_UPDATES):
                state = self.update(state, self.random)
                errors.append(self._error(images, state[2]))
            loss = ops.sum(errors)
        weights = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return {"error": errors[-1]}

    def train(self, images: np.ndarray, folder: Path, epochs: int) -> None:
        """Trains the network; goes on from the last epoch in the folder.

        Args:
            images: float32 array `[num_images, num_pixels]`, in [0, 1].
            folder: `Path`, for what is needed to go on.
            epochs: int; with fewer than the published 1,000 the rate falls as far.
        """
        # The code averages slopes, g = (g + slope) / 2, and moves by 0.25 g: that is
        # momentum 0.5 with a rate half as large, down to 0.995^1000 of it.
        train(
            self,
            images,
            folder,
            keras.optimizers.SGD(momentum=0.5),
            rates=0.125 * 0.995 ** np.linspace(0, 1_000, epochs),
        )

    def sample(self, num_samples: int, images: np.ndarray, seed: int) -> Draws:
        """Draws images by chains.

        Args:
            num_samples: int.
            images: float32 array `[num_images, num_pixels]`, that chains start from.
            seed: int.
        """
        random = keras.random.SeedGenerator(seed)
        return run_chains(
            lambda state: self.update(state, random),
            lambda state: state[2],
            self.begin(ops.convert_to_tensor(images[: self.chains.num_chains]), random),
            self.chains,
            num_samples,
        )

    @staticmethod
    def _error(images: tf.Tensor, means: tf.Tensor) -> tf.Tensor:
        """Cross-entropy in nats a pixel, the mean over images."""
        return ops.mean(keras.losses.binary_crossentropy(images, means))
