"""Latents from noise that other people's tools know how to draw."""

import dataclasses
from collections.abc import Callable

import numpy as np

from keras_gan._types import FloatArray, Tensor
from keras_gan.priors import NormalPrior, Prior, UniformPrior


@dataclasses.dataclass(frozen=True)
class StandardNoise:
    """Noise with fixed parameters, and the way from it to a prior.

    Args:
        name: str, as torch-fidelity calls it.
        draw: function of `(shape, seed)` that returns such noise.
        to_prior: function from noise to latents.
        of_prior: function from latents to noise.
    """

    name: str
    draw: Callable[[tuple[int, int], int], FloatArray]
    to_prior: Callable[[Tensor], Tensor]
    of_prior: Callable[[FloatArray], FloatArray]


def standard_noise_of(prior: Prior) -> StandardNoise:
    """Returns N(0, 1) for a normal prior, U(0, 1) for a uniform one.

    Raises:
        ValueError: for any other prior.
    """
    if isinstance(prior, NormalPrior):
        return StandardNoise(
            "normal",
            lambda shape, seed: np.random.default_rng(seed).normal(size=shape),
            lambda noise: prior.mean + prior.stddev * noise,
            lambda latents: (latents - prior.mean) / prior.stddev,
        )
    if isinstance(prior, UniformPrior):
        return StandardNoise(
            "uniform_0_1",
            lambda shape, seed: np.random.default_rng(seed).uniform(size=shape),
            lambda noise: prior.low + (prior.high - prior.low) * noise,
            lambda latents: (latents - prior.low) / (prior.high - prior.low),
        )
    raise ValueError(
        "`standard_noise` needs a NormalPrior or a UniformPrior. Received: prior="
        f"{type(prior).__name__}"
    )
