"""The generator makes data anew from what it is told of them."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_known
from keras_gan.terms.term import Term

_DISTANCES = {"squared": tf.square, "absolute": tf.abs}


@keras.saving.register_keras_serializable(package="keras_gan")
class Reconstruction(Term):
    """Generator and encoder are paid for reconstructions that are near the data.

    When to use it: in pairs of what is told and what is to be made of it, such as image
    translation, super-resolution and vocoders; and beside a bidirectional game, whose
    reconstructions show an object of the same kind more often than the same one. Where
    one input has many answers it draws them together and blurs them:
    `MeanReconstruction` leaves them their variety.

        weight * mean_{b, i} d(x_bi, G(E(x))_bi)           # with an encoder
        weight * mean_{b, i} d(x_bi, G(z, c)_bi)           # x and c of one row
        weight * mean_{b, i} d(x_bi, completion of x_bi)   # `Inpainting`
        d(a, b) = (a - b)^2, "squared", or |a - b|, "absolute"

    Args:
        weight: float, above 0. Defaults to `1.0`.
        distance: `"squared"` or `"absolute"`. Defaults to `"squared"`.

    Raises:
        ValueError: if an argument is out of range, or, at compile time, if the game
            has no encoder and its generator is told nothing of the data.

    Example:
    >>> Reconstruction(10.0, distance="absolute").get_config()
    {'weight': 10.0, 'distance': 'absolute'}

    References:
        Pathak et al., Context Encoders, 2016. https://arxiv.org/abs/1604.07379
        Isola et al., Image-to-Image Translation with Conditional Adversarial Networks,
        2017, equation 3. https://arxiv.org/abs/1611.07004
        Li et al., ALICE, 2017. https://arxiv.org/abs/1709.01215
    """

    players = ("generator",)
    trains_encoder = True

    def __init__(self, weight: float = 1.0, distance: str = "squared") -> None:
        super().__init__(weight)
        self.distance = check_known("distance", distance, _DISTANCES)

    def check(self, gan: Any) -> None:
        """Raises unless the game makes data anew."""
        if not gan.game.reconstructs(gan):
            raise ValueError(
                "Reconstruction needs a game that makes data anew. Received: a "
                f"{type(gan.game).__name__} without an encoder, and a generator that "
                "is told nothing. Make the GAN with "
                "game=keras_gan.games.Bidirectional(encoder), Game(encoder) or "
                "Inpainting(), or give the generator an input for what it is told."
            )

    def __call__(self, round: Any, player: str) -> Tensor:
        """Returns the weighted mean distance of data and reconstructions."""
        data = tf.cast(round.real[round.gan.data_name], tf.float32)
        distances = _DISTANCES[self.distance](data - round.reconstruction)
        return self.weight * tf.reduce_mean(distances)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this term."""
        return {"weight": self.weight, "distance": self.distance}
