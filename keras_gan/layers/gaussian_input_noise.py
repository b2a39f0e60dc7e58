"""Gaussian noise on what a discriminator sees, of its own on every replica."""

import keras
import tensorflow as tf

from keras_gan._types import Tensor


@keras.saving.register_keras_serializable(package="keras_gan")
class GaussianInputNoise(keras.layers.GaussianNoise):
    """Adds normal noise to its inputs while training.

    In front of a discriminator it lets data and generated images overlap, so that their
    divergence has a slope (instance noise). `keras.layers.GaussianNoise` with one
    difference: under `tf.distribute` the replicas draw different noise.

        outputs = inputs + stddev * e,   e ~ N(0, 1) for each number

    Args:
        stddev: float in [0, 1], in units of the inputs.
        seed: int, or `None` for a random one. Defaults to `None`.
        **kwargs: what `keras.layers.Layer` takes.

    Raises:
        ValueError: if `stddev` lies outside [0, 1].

    Example:
    >>> layer = GaussianInputNoise(0.1, seed=0)
    >>> images = tf.zeros((2, 8, 8, 1))
    >>> bool(tf.reduce_all(layer(images, training=True) == images))
    False
    >>> bool(tf.reduce_all(layer(images, training=False) == images))
    True

    References:
        Arjovsky and Bottou, Towards Principled Methods for Training Generative
        Adversarial Networks, 2017. https://arxiv.org/abs/1701.04862
    """

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Returns the inputs, with noise while training."""
        if not training or self.stddev == 0:
            return inputs
        noise = tf.random.stateless_normal(
            tf.shape(inputs), self._next_seed(), stddev=self.stddev, dtype=inputs.dtype
        )
        return inputs + noise

    def _next_seed(self) -> Tensor:
        seed = tf.convert_to_tensor(self.seed_generator.next())
        replica = tf.distribute.get_replica_context()
        if replica is None or replica.num_replicas_in_sync == 1:
            return seed
        return tf.random.experimental.stateless_fold_in(
            seed, tf.cast(replica.replica_id_in_sync_group, seed.dtype)
        )
