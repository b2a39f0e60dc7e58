"""The discriminator judges pairs (x, z): an encoder learns beside the generator."""

from typing import Any

import keras

from keras_gan.games.game import Game
from keras_gan.training.examples import LATENTS, Example
from keras_gan.training.network_checks import check_is_model


@keras.saving.register_keras_serializable(package="keras_gan")
class Bidirectional(Game):
    """The game of BiGAN and ALI: data with their codes against codes with their data.

    When to use it: to learn an encoder, from data to latents, that inverts the
    generator. The two move as one player, and where they win, E(G(z)) = z.

        real example = {data: x, latents: E(x)}
        fake example = {data: G(z), latents: z}

    `gan.encode(images)` and `gan.reconstruct(images)` are there after training. The
    discriminator must name the data and `"latents"`.

    Args:
        encoder: `keras.Model` from data, and conditions that it names, to latents
            `[batch, latent_dim]`, of the prior's length.
        **kwargs: what `keras.layers.Layer` takes.

    Raises:
        TypeError: if `encoder` is not a `keras.Model`.
        ValueError: when the GAN is made, if the encoder does not take its data or makes
            no latents of its prior's length, or the discriminator does not see them.

    Example:
    >>> import keras_gan as kg
    >>> images, latents = keras.Input((8, 8, 1), name="images"), keras.Input((2,))
    >>> code = keras.Input((2,), name="latents")
    >>> pixels = keras.layers.Dense(64, "sigmoid")(latents)
    >>> rows = keras.layers.Flatten()(images)
    >>> pair = keras.layers.Concatenate()([rows, code])
    >>> gan = kg.GAN(
    ...     keras.Model(latents, keras.layers.Reshape((8, 8, 1))(pixels)),
    ...     keras.Model([images, code], keras.layers.Dense(1)(pair)),
    ...     kg.priors.NormalPrior(2),
    ...     game=Bidirectional(keras.Model(images, keras.layers.Dense(2)(rows))),
    ... )
    >>> gan.encode(kg.datasets.load_digits().test.images[:3]).shape
    (3, 2)

    References:
        Donahue et al., Adversarial Feature Learning, 2017.
        https://arxiv.org/abs/1605.09782
        Dumoulin et al., Adversarially Learned Inference, 2017.
        https://arxiv.org/abs/1606.00704
    """

    makes = (LATENTS,)
    makes_real = True

    def __init__(self, encoder: keras.Model, **kwargs: Any) -> None:
        check_is_model("encoder", encoder)
        super().__init__(encoder, **kwargs)

    def check(self, gan: Any) -> None:
        """Raises unless the encoder makes latents that the discriminator sees."""
        names = gan.networks.of_discriminator.names
        if LATENTS not in names:
            raise ValueError(
                "A bidirectional game needs a discriminator that is shown latents: "
                f"give it an input named {LATENTS!r}. Received: inputs {names}."
            )
        super().check(gan)

    def real(
        self, gan: Any, batch: Example, context: Example, training: bool
    ) -> Example:
        """Data with their codes."""
        example = super().real(gan, batch, context, training)
        return {**example, LATENTS: self.encode(gan, example, training)}

    def makers(self, generator: keras.Model) -> list[keras.Model]:
        """Generator and encoder: one player."""
        return [generator, self.encoder]
