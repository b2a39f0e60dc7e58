"""Latents of given data, searched for by gradient steps."""

import math
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from keras_gan._types import Array, FloatArray, Tensor
from keras_gan._validation import (
    check_nonnegative,
    check_positive,
    check_positive_integer,
    check_seed,
)
from keras_gan.gan import GAN
from keras_gan.training.examples import LATENTS, Example, each
from keras_gan.training.given_data import checked_data
from keras_gan.training.network_checks import check_has_latents
from keras_gan.training.sampling import InBatches

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-8


class Inversion(NamedTuple):
    """What a search for latents found.

    Args:
        latents: float32 `[num_images, latent_dim]`, the best of all restarts.
        reconstructions: float32, of the images' shape: G(latents).
        distances: float32 `[num_images]`, mean over pixels of the squared difference
            of image and reconstruction.
        best_restarts: int32 `[num_images]`, the restart that each comes from.
    """

    latents: FloatArray
    reconstructions: FloatArray
    distances: FloatArray
    best_restarts: Array


def invert(
    gan: GAN,
    images: Array,
    /,
    num_steps: int = 300,
    restarts: int = 4,
    learning_rate: float = 0.1,
    prior_weight: float = 0.0,
    batch_size: int = 100,
    seed: int = 0,
    verbose: int = 1,
    **conditions: Any,
) -> Inversion:
    """Searches for the latents of images, by gradient steps through the generator.

    When to use it: for reconstructions by any trained generator, without an encoder,
    and better ones than an encoder's, at the price of time. What the generator cannot
    make stays far: see `anomaly_score`.

        z_b = argmin_z ||x_b - G(z)||^2 - prior_weight * log p(z)

    Every restart begins at a draw from the prior, the same for all images, and moves by
    Adam, whose rate falls along half a cosine; latents stay where the prior can draw
    them. The best of all is kept, image by image.

    Args:
        gan: trained `GAN`.
        images: array `[num_images, height, width, channels]`, or other data.
        num_steps: int, at least 1, of each restart. Defaults to `300`.
        restarts: int, at least 1. Defaults to `4`.
        learning_rate: float, above 0, in units of the latents. Defaults to `0.1`.
        prior_weight: float, at least 0, pull towards likely latents.
            Defaults to `0.0`.
        batch_size: int, at least 1, images searched for at once. Defaults to `100`.
        seed: int in [0, 2^31); the same seed gives the same latents in every process.
            Defaults to `0`.
        verbose: int, 1 shows a progress bar. Defaults to `1`.
        **conditions: all that the generator names besides latents, a row for each image
            or one value for all.

    Returns:
        inversion: `Inversion`.

    Raises:
        ValueError: if images are of another shape or range, a condition is not told, or
            a number is out of its range.

    Example:
    >>> import keras_gan as kg
    >>> gan = kg.recipes.digits(kg.datasets.load_digits())
    >>> images = gan.sample(2, seed=1)
    >>> found = invert(gan, images, num_steps=50, restarts=2, verbose=0)
    >>> found.latents.shape, found.reconstructions.shape
    ((2, 32), (2, 8, 8, 1))

    References:
        Creswell and Bharath, Inverting the generator of a generative adversarial
        network, 2016. https://arxiv.org/abs/1611.05644
    """
    check_positive_integer("num_steps", num_steps)
    check_positive_integer("restarts", restarts)
    check_positive_integer("batch_size", batch_size)
    check_positive("learning_rate", learning_rate)
    check_nonnegative("prior_weight", prior_weight)
    check_seed("seed", seed)
    check_has_latents(gan, "A search is for")
    images = checked_data(gan, images)
    told = told_conditions(gan, len(images), conditions)
    starts = gan.prior.sample(restarts, seed)  # [restarts, latent_dim]
    step = tf.function(_Step(gan, prior_weight), autograph=False, reduce_retracing=True)
    batches = range(0, len(images), batch_size)
    bar = keras.utils.Progbar(len(batches) * num_steps, verbose=int(verbose > 0))
    found = []
    for first in batches:
        rows = slice(first, first + batch_size)
        targets = tf.repeat(images[rows], restarts, axis=0)  # [rows * restarts, ...]
        given = each(
            lambda entry: tf.repeat(entry, restarts, axis=0),
            {name: values[rows] for name, values in told.items()},
        )
        state = _begin(starts, len(images[rows]))
        for index in range(num_steps):
            rate = learning_rate * (1 + math.cos(math.pi * index / num_steps)) / 2
            state = step(targets, given, state, tf.constant(rate))
            bar.add(1)
        # Once more, to judge where the last move led.
        found.append(_best(step(targets, given, state, tf.constant(0.0)), restarts))
    latents, best_restarts = map(np.concatenate, zip(*found, strict=True))
    example = {LATENTS: latents, **told}
    reconstructions = InBatches(gan.generate, gan)(example, restarts * batch_size)
    # [num_images, num_pixels]
    gaps = np.square(images - reconstructions).reshape(len(images), -1)
    return Inversion(latents, reconstructions, gaps.mean(axis=1), best_restarts)


class _State(NamedTuple):
    """Where a search is: for each row its latents, Adam's means, and the best so far.

    Args:
        latents: `[rows, latent_dim]`.
        mean: `[rows, latent_dim]`, of gradients.
        square: `[rows, latent_dim]`, of their squares.
        count: float32 scalar, moves.
        best: `[rows, latent_dim]`, the best latents so far.
        least: `[rows]`, what they cost.
    """

    latents: Tensor
    mean: Tensor
    square: Tensor
    count: Tensor
    best: Tensor
    least: Tensor


def _begin(starts: Tensor, num_images: int) -> _State:
    latents = tf.tile(starts, [num_images, 1])  # restarts of an image are neighbors
    zeros = tf.zeros_like(latents)
    least = tf.fill([len(latents)], float("inf"))
    return _State(latents, zeros, zeros, tf.constant(0.0), latents, least)


class _Step:
    """Judges the latents of every row by itself, and moves them."""

    def __init__(self, gan: GAN, prior_weight: float) -> None:
        self._gan, self._prior_weight = gan, prior_weight

    def __call__(
        self, targets: Tensor, given: Example, state: _State, rate: Tensor
    ) -> _State:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state.latents)
            costs = self._costs(targets, given, state.latents)  # [rows]
        gradient = tape.gradient(costs, state.latents)
        is_better = costs < state.least
        count = state.count + 1
        mean = _BETA_1 * state.mean + (1 - _BETA_1) * gradient
        square = _BETA_2 * state.square + (1 - _BETA_2) * tf.square(gradient)
        move = mean / (1 - _BETA_1**count)
        move /= tf.sqrt(square / (1 - _BETA_2**count)) + _EPSILON
        return _State(
            self._gan.prior.nearest(state.latents - rate * move),
            mean,
            square,
            count,
            tf.where(is_better[:, tf.newaxis], state.latents, state.best),
            tf.where(is_better, costs, state.least),
        )

    def _costs(self, targets: Tensor, given: Example, latents: Tensor) -> Tensor:
        made = self._gan.generate({LATENTS: latents, **given})
        gaps = tf.square(targets - made)
        costs = tf.reduce_sum(tf.reshape(gaps, [tf.shape(gaps)[0], -1]), axis=1)
        if self._prior_weight:
            log_prob = self._gan.prior.distribution.log_prob(latents)
            costs -= self._prior_weight * log_prob
        return costs


def _best(state: _State, restarts: int) -> tuple[FloatArray, Array]:
    """Latents of the best restart of each image, and which it is."""
    costs = state.least.numpy().reshape(-1, restarts)  # [images, restarts]
    # [images, restarts, latent_dim]
    latents = state.best.numpy().reshape(*costs.shape, -1)
    which = costs.argmin(axis=1)
    return latents[np.arange(len(which)), which], which.astype("int32")


def told_conditions(
    gan: GAN, num_images: int, conditions: dict[str, Any]
) -> dict[str, Array]:
    """Returns a row of each condition of the generator for each image.

    Raises:
        ValueError: if one that the generator names is not told, or one does not fit.
    """
    missing = [name for name in gan.networks.told if name not in conditions]
    if missing:
        raise ValueError(
            "All that the generator takes besides latents must be told of given "
            f"{gan.data_name}. Received: nothing for {', '.join(missing)}. Pass "
            f"{missing[0]}=…, a row for each."
        )
    example = gan.deal(num_images, 0, **conditions)
    return {name: np.asarray(example[name]) for name in example if name != LATENTS}
