"""The mean of what the generator may make is near the data."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan.terms.term import Term


@keras.saving.register_keras_serializable(package="keras_gan")
class MeanReconstruction(Term):
    """The generator is paid for completions whose mean is near the data.

    When to use it: where one input has many answers, as in completion, in the place of
    `Reconstruction`. Paid for each answer, the generator is paid for making all of them
    alike, at what is likely on average; paid for their mean alone, it keeps to what is
    given and may differ as much as the data do. Two answers y, y' to one input are
    drawn, and

        weight * mean_{b, i} (x_bi - y_bi) (x_bi - y'_bi)
        E (x - y) (x - y') = (x - E y)^2

    since they are drawn independently. One minibatch may find it below zero. The
    gradient goes through y alone, twice, which is the same on average and saves the way
    back through y'.

    Args:
        weight: float, above 0. Defaults to `1.0`.

    Raises:
        ValueError: if `weight` is not positive, or, at compile time, if the generator
            is told nothing of the data.

    Example:
    >>> MeanReconstruction(10.0).get_config()
    {'weight': 10.0}

    References:
        Ohayon et al., High Perceptual Quality Image Denoising with a Posterior Sampling
        CGAN, 2021: a penalty of the mean. https://arxiv.org/abs/2103.04192
        Bendel et al., A Regularized Conditional GAN for Posterior Sampling in Image
        Recovery Problems, 2023: why a penalty of each collapses.
        https://arxiv.org/abs/2210.13389
    """

    players = ("generator",)

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__(weight)

    def check(self, gan: Any) -> None:
        """Raises unless the generator is told something of the data."""
        if not gan.networks.told:
            raise ValueError(
                "MeanReconstruction needs a generator that is told something of the "
                "data. Received: one of latents alone. Make the GAN with "
                "game=keras_gan.games.Inpainting(), give the generator an input for "
                "what it is told, or take Reconstruction."
            )

    def __call__(self, round: Any, player: str) -> Tensor:
        """Returns the weighted product of two answers' distances to the data."""
        gan, game = round.gan, round.gan.game
        latents = gan.sample_latents(round.num_rows, round.seed_of(self))
        other = game.fake(gan, round.batch, round.context, latents, round.training)
        data = tf.cast(round.real[gan.data_name], tf.float32)
        gap, other_gap = data - round.fake[gan.data_name], data - other[gan.data_name]
        product = tf.reduce_mean(gap * tf.stop_gradient(other_gap))
        return self.weight * (2 * product - tf.stop_gradient(product))

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this term."""
        return {"weight": self.weight}
