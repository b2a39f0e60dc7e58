"""What the discriminator sees in what is made is near what it sees in the data."""

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan.terms.term import Term

FEATURES = "features"


@keras.saving.register_keras_serializable(package="keras_gan")
class PairedFeatureMatching(Term):
    """The generator matches the discriminator's features row by row.

    When to use it: in pairs of what is told and what is to be made of it, such as
    vocoders and translation of images, as a distance that learns what matters. The
    discriminator hands its features out beside its logits, `outputs={"logits": ...,
    "features": [f_1, f_2, ...]}`. `FeatureMatching` compares their means over a
    minibatch, and needs no pairs.

        weight * sum_l mean_{b, i} |f_l(x_b)_i - f_l(G(z_b, c_b))_i|

    `augmentation` would move the two of a pair apart: leave it out.

    Args:
        weight: float, above 0. HiFi-GAN has 2 for the sum over all its features.
            Defaults to `2.0`.

    Raises:
        ValueError: if `weight` is not positive; at compile time, if the generator is
            told nothing or the discriminator hands out no features.

    Example:
    >>> PairedFeatureMatching(10.0).get_config()
    {'weight': 10.0}

    References:
        Wang et al., High-Resolution Image Synthesis with Conditional GANs, 2018,
        equation 4. https://arxiv.org/abs/1711.11585
        Kong et al., HiFi-GAN, 2020, equation 6. https://arxiv.org/abs/2010.05646
    """

    players = ("generator",)

    def __init__(self, weight: float = 2.0) -> None:
        super().__init__(weight)

    def check(self, gan: Any) -> None:
        """Raises unless rows are pairs, and features are handed out."""
        if not gan.networks.told:
            raise ValueError(
                "PairedFeatureMatching needs a generator that is told something of the "
                "data. Received: one of latents alone. Take FeatureMatching."
            )
        outputs = getattr(gan.discriminator, "output", None)
        if not isinstance(outputs, Mapping) or FEATURES not in outputs:
            raise ValueError(
                "PairedFeatureMatching needs a discriminator with a dict of outputs, "
                f"'logits' and {FEATURES!r}, a list of what its layers make. Received: "
                f"output {outputs}."
            )

    def __call__(self, round: Any, player: str) -> Tensor:
        """Returns the weighted sum of the features' mean distances."""
        real, fake = (
            tf.nest.flatten(round.said(kind)[FEATURES]) for kind in ("real", "fake")
        )
        distances = [
            tf.reduce_mean(tf.abs(tf.stop_gradient(one) - other))
            for one, other in zip(real, fake, strict=True)
        ]
        return self.weight * tf.add_n(distances)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this term."""
        return {"weight": self.weight}
