"""An encoder for a generator that is finished."""

import math
from typing import Any

import keras
import tensorflow as tf

from keras_gan._layers_of import layers_of
from keras_gan._replicas import separate_draws
from keras_gan._seeds import derived_seed
from keras_gan._types import Tensor
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.gan import GAN
from keras_gan.terms.latent_regression import squared_distance
from keras_gan.training.examples import LATENTS, Example
from keras_gan.training.named_inputs import NamedInputs
from keras_gan.training.network_checks import (
    check_apart,
    check_encoder,
    check_has_latents,
)
from keras_gan.training.player_optimizers import prepared
from keras_gan.training.random_state import key_random_layers
from keras_gan.training.regularization import (
    check_no_activity_regularizer,
    weight_penalty,
)

_LEARNING_RATE = 1e-3


def fit_encoder(
    gan: GAN,
    encoder: keras.Model | None = None,
    num_steps: int = 5_000,
    batch_size: int = 128,
    optimizer: Any = None,
    seed: int = 0,
    verbose: int = 1,
) -> list[float]:
    """Trains an encoder that inverts a trained generator; the generator stays.

    When to use it: after training, for `gan.encode` and `gan.reconstruct` of any GAN.
    Every step draws new latents; images are those of the evaluation generator. The
    encoder becomes the GAN's and is saved with it.

        E <- E - step(grad_E mean_b ||E(G(z_b)) - z_b||^2),    z_b ~ prior

    Regularizers of the encoder's weights join the loss.

    Args:
        gan: trained `GAN` without an encoder, or with the one that is to learn on.
        encoder: `keras.Model` from data, and conditions that it names, to latents
            `[batch, latent_dim]`; `None` trains the one that the GAN has.
            Defaults to `None`.
        num_steps: int, at least 1. Defaults to `5000`.
        batch_size: int, at least 1, images of one step. Defaults to `128`.
        optimizer: Keras optimizer, or its name; `None` stands for Adam at 0.001.
            Defaults to `None`.
        seed: int in [0, 2^31), of the latents, of conditions that the GAN has priors
            for, and of the encoder's dropout. An encoder that learns on takes another
            seed, or the same latents come again. Defaults to `0`.
        verbose: int, 1 shows a progress bar. Defaults to `1`.

    Returns:
        losses: list of floats, one for each step, before it, without regularizers.

    Raises:
        TypeError: if `encoder` is not a `keras.Model`.
        ValueError: if the encoder does not fit or regularizes its outputs, there is
            none, the GAN has another one, a term trains one where there is one, or
            nobody says which conditions to draw.

    Example:
    >>> import keras_gan as kg
    >>> data = kg.datasets.load_digits()
    >>> gan = kg.recipes.digits(data)
    >>> images = keras.Input(gan.data_shape)
    >>> rows = keras.layers.Flatten()(images)
    >>> code = keras.layers.Dense(gan.prior.latent_dim)(rows)
    >>> losses = fit_encoder(gan, keras.Model(images, code), num_steps=20, verbose=0)
    >>> losses[-1] < losses[0]
    True
    >>> gan.reconstruct(data.test.images[:3]).shape
    (3, 8, 8, 1)

    References:
        Donahue et al., Adversarial Feature Learning, 2017, section 4.1 (the latent
        regressor). https://arxiv.org/abs/1605.09782
    """
    encoder = _checked_encoder(gan, encoder)
    check_apart(
        generator=gan.generator, discriminator=gan.discriminator, encoder=encoder
    )
    check_positive_integer("num_steps", num_steps)
    check_positive_integer("batch_size", batch_size)
    check_seed("seed", seed)
    optimizer = keras.optimizers.get(
        keras.optimizers.Adam(_LEARNING_RATE) if optimizer is None else optimizer
    )
    optimizer = prepared(optimizer, [encoder])
    key_random_layers(encoder, seed)
    separate_draws(layers_of(encoder))
    step = tf.function(
        _Step(gan, encoder, optimizer), autograph=False, reduce_retracing=True
    )
    bar = keras.utils.Progbar(num_steps, verbose=int(verbose > 0))
    losses = []
    for index in range(num_steps):
        example = gan.deal(batch_size, derived_seed(seed, index))
        losses.append(_finite(float(step(example)), index))
        bar.add(1, [("loss", losses[-1])])
    gan.game.encoder = encoder
    return losses


def _finite(loss: float, index: int) -> float:
    if not math.isfinite(loss):
        raise ValueError(
            "`optimizer` must keep the encoder finite, and so must the generator its "
            f"images. Received: loss={loss} in step {index}. Lower the learning rate."
        )
    return loss


class _Step:
    """One move of an encoder.

    Args:
        gan: the `GAN`, whose generator stays as it is.
        encoder: `keras.Model`.
        optimizer: Keras optimizer.
    """

    def __init__(self, gan: GAN, encoder: keras.Model, optimizer: Any) -> None:
        self._gan, self._optimizer = gan, optimizer
        self._inputs = NamedInputs(encoder, gan.data_name)
        self._variables = encoder.trainable_variables

    def __call__(self, example: Example) -> Tensor:
        images = self._gan.generate(example)
        values = [variable.value for variable in self._variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            shown = {**example, self._gan.data_name: images}
            guesses = tf.cast(self._inputs(shown, training=True), tf.float32)
            loss = squared_distance(guesses, example[LATENTS])
            penalized = loss + weight_penalty([self._inputs.network])
            scaled = self._optimizer.scale_loss(penalized)
        self._optimizer.apply(tape.gradient(scaled, values), self._variables)
        return loss


def _checked_encoder(gan: GAN, encoder: keras.Model | None) -> keras.Model:
    held = gan.game.encoder
    if encoder is None:
        if held is None:
            raise ValueError(
                "`encoder` must be a keras.Model from data to latents: this GAN has "
                "none that could learn on. Received: encoder=None."
            )
        _check_dealt(gan, held)
        return held
    check_has_latents(gan, "An encoder makes")
    check_encoder(
        encoder, gan.data_name, gan.networks.trial_shape, gan.prior.latent_dim
    )
    check_no_activity_regularizer(encoder)
    if held is not None and held is not encoder:
        raise ValueError(
            "`encoder` must be that of the GAN, which has one already. Received: "
            f"another one, {encoder.name!r}. Pass encoder=None to train it on."
        )
    _check_dealt(gan, encoder)
    trainers = [type(term).__name__ for term in gan.terms if term.trains_encoder]
    if held is None and trainers:
        raise ValueError(
            "`encoder` would join the game of this GAN: its terms train an encoder "
            "where there is one, in training that goes on and in a saved file. "
            f"Received: a GAN compiled with {', '.join(trainers)}. Make the GAN with "
            "game=keras_gan.games.Game(encoder), or compile it without them first."
        )
    return encoder


def _check_dealt(gan: GAN, encoder: keras.Model) -> None:
    """Raises where an encoder names what generated images do not come with."""
    names = NamedInputs(encoder, gan.data_name).names
    dealt = (gan.data_name, *gan.networks.told)
    undealt = [name for name in names if name not in dealt]
    if undealt:
        raise ValueError(
            "`encoder` must name the data and what the generator is told of them, "
            f"{list(dealt)}: it learns from generated {gan.data_name}. Received: "
            f"inputs {list(names)}. Train it in the game, by "
            "keras_gan.terms.LatentRegression."
        )
