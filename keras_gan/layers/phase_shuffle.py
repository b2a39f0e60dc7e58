"""Phase shuffle: a discriminator that cannot go by where along a waveform it looks."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_integer, check_optional_seed


@keras.saving.register_keras_serializable(package="keras_gan")
class PhaseShuffle(keras.layers.Layer):
    """Moves the maps of a waveform by a few places at random while training.

    Use it between the convolutions of a discriminator of waveforms. Transposed
    convolutions leave an artefact of a fixed phase at their stride, by which alone a
    discriminator could tell what is generated; moved at random it tells nothing.

        outputs[t] = inputs[t - p],   p ~ uniform in {-n, ..., n}

    Beyond the ends the inputs are reflected. One draw moves the whole batch, and all
    replicas; data and generated waveforms, which pass apart, each have their own.

    Args:
        max_shift: int, at least 0: n, in places of the maps. Defaults to `2`.
        seed: int, or `None` for a random one. Defaults to `None`.
        **kwargs: what `keras.layers.Layer` takes.

    Input shape: `[batch, length, channels]`, longer than `max_shift`.

    Output shape: the input's.

    Raises:
        ValueError: if `max_shift` is below 0 or, when it is built, no less than the
            length.

    Example:
    >>> layer = PhaseShuffle(1, seed=0)
    >>> waveform = tf.reshape(tf.range(5.0), (1, 5, 1))
    >>> layer(waveform, training=False).numpy().ravel().tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0]
    >>> {layer(waveform, training=True).numpy().ravel()[2].item() for _ in range(30)}
    {1.0, 2.0, 3.0}

    References:
        Donahue et al., Adversarial Audio Synthesis (WaveGAN), 2019, section 3.3.
        https://arxiv.org/abs/1802.04208
    """

    draws_for_all_replicas = True

    def __init__(
        self, max_shift: int = 2, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.max_shift = check_integer("max_shift", max_shift, minimum=0)
        self.seed = check_optional_seed("seed", seed)
        self.seed_generator = keras.random.SeedGenerator(self.seed)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Checks that there is enough to be reflected."""
        length = input_shape[1]
        if len(input_shape) != 3 or (length is not None and length <= self.max_shift):
            raise ValueError(
                "`PhaseShuffle` needs inputs [batch, length, channels] longer than "
                f"max_shift={self.max_shift}. Received: input_shape={input_shape}"
            )

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Returns the inputs, moved while training."""
        if not training or self.max_shift == 0:
            return inputs
        # XLA draws from 32-bit keys alone.
        key = tf.cast(self.seed_generator.next() % tf.int32.max, tf.int32)
        start = tf.random.stateless_uniform(
            [], key, 0, 2 * self.max_shift + 1, dtype=tf.int32
        )
        beyond = [self.max_shift, self.max_shift]
        padded = tf.pad(inputs, [[0, 0], beyond, [0, 0]], mode="REFLECT")
        # Not a slice from `start`: under XLA that has no second gradient.
        moved = tf.roll(padded, -start, axis=1)
        return moved[:, : -2 * self.max_shift]

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the input's shape."""
        return input_shape

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {
            **super().get_config(),
            "max_shift": self.max_shift,
            "seed": self.seed,
        }
