"""The encoder learns the latents of what the generator makes."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan.terms.term import Term

_LATENTS = "latents"


@keras.saving.register_keras_serializable(package="keras_gan")
class LatentRegression(Term):
    """The encoder of the game guesses the latents of generated images.

    When to use it: to have `gan.encode` and `gan.reconstruct` without a discriminator
    of pairs. The encoder sees generated images alone, so that it inverts the generator
    well where the two kinds of images are alike. For a generator that is finished,
    `keras_gan.inference.fit_encoder` does the same.

        weight * mean_b ||E(G(z_b)) - z_b||^2

    Args:
        weight: float, above 0. Where the encoder alone learns it matters little under
            Adam. Defaults to `1.0`.
        generator_learns: bool. `True` pays the generator too, for images whose latents
            can be told, which holds it back from collapse (InfoGAN with all latents as
            its code); `False` leaves it to its game. Defaults to `False`.

    Raises:
        ValueError: if `weight` is not positive, or, at compile time, if the game has no
            encoder.

    Example:
    >>> import keras_gan as kg
    >>> images = keras.Input((8, 8, 1))
    >>> rows = keras.layers.Flatten()(images)
    >>> encoder = keras.Model(images, keras.layers.Dense(10)(rows))
    >>> gan = kg.GAN(
    ...     kg.networks.mlp_generator(10, (8, 8, 1), hidden_units=(32,)),
    ...     kg.networks.maxout_discriminator((8, 8, 1), (16,)),
    ...     kg.priors.UniformPrior(10),
    ...     game=kg.games.Game(encoder),
    ... )
    >>> gan.compile("adam", "adam", terms=[LatentRegression()])

    References:
        Donahue et al., Adversarial Feature Learning, 2017, section 4.1 (the joint
        latent regressor). https://arxiv.org/abs/1605.09782
        Chen et al., InfoGAN, 2016. https://arxiv.org/abs/1606.03657
    """

    players = ("generator",)
    trains_encoder = True

    def __init__(self, weight: float = 1.0, generator_learns: bool = False) -> None:
        super().__init__(weight)
        self.generator_learns = bool(generator_learns)

    def check(self, gan: Any) -> None:
        """Raises unless the game has an encoder."""
        if gan.game.encoder is None:
            raise ValueError(
                "LatentRegression trains the encoder of the game. Received: a "
                f"{type(gan.game).__name__} without one. Make the GAN with "
                "game=keras_gan.games.Game(encoder)."
            )

    def __call__(self, round: Any, player: str) -> Tensor:
        """Returns the weighted squared distance of latents and their guesses."""
        gan, fake = round.gan, round.fake
        data = fake[gan.data_name]
        if not self.generator_learns:
            data = tf.stop_gradient(data)
        example = {**fake, gan.data_name: data}
        guesses = gan.game.encode(gan, example, round.training)
        return self.weight * squared_distance(guesses, fake[_LATENTS])

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this term."""
        return {"weight": self.weight, "generator_learns": self.generator_learns}


def squared_distance(guesses: Tensor, latents: Tensor) -> Tensor:
    """Mean over rows of the squared distance, a scalar."""
    return tf.reduce_mean(tf.reduce_sum(tf.square(guesses - latents), axis=1))
