"""Samples of models that are drawn from by Markov chains."""

import math
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

State = tuple[tf.Tensor, ...]


class Chains(NamedTuple):
    """How samples are drawn.

    Args:
        num_chains: int, chains side by side, each from an image of its own.
        burn_in: int, transitions before the first state that is kept.
        interval: int, transitions from a kept state to the next.
    """

    num_chains: int
    burn_in: int
    interval: int


class Draws(NamedTuple):
    """What chains brought.

    Args:
        images: float32 array `[num_samples, num_pixels]`, in [0, 1].
        correlation: float, between an image and the next of its chain, over those of
            a chain and its neighbor: 0 where a chain has forgotten what it was.
    """

    images: np.ndarray
    correlation: float


def run_chains(
    transition: Callable[[State], State],
    images_of: Callable[[State], tf.Tensor],
    state: State,
    chains: Chains,
    num_samples: int,
) -> Draws:
    """Draws images from chains that go on side by side.

    Args:
        transition: the next states, of tensors as long as there are chains.
        images_of: what is shown of states, `[num_chains, num_pixels]`.
        state: tensors `[num_chains, …]`, where chains begin.
        chains: `Chains`.
        num_samples: int.
    """
    num_rounds = math.ceil(num_samples / len(state[0]))
    progress = keras.utils.Progbar(num_rounds, unit_name="round of samples")
    for _ in range(chains.burn_in):
        state = transition(state)
    kept = []
    for number in range(num_rounds):
        for _ in range(chains.interval):
            state = transition(state)
        kept.append(images_of(state).numpy())
        progress.update(number + 1)
    rounds = np.stack(kept)  # [num_rounds, num_chains, num_pixels]
    images = rounds.reshape(-1, rounds.shape[-1])[:num_samples]
    return Draws(images, _correlation(rounds))


def _correlation(rounds: np.ndarray) -> float:
    if len(rounds) == 1:
        return float("nan")
    centered = rounds - rounds.mean(axis=(0, 1))
    between = (centered[1:] * centered[:-1]).mean()
    return float(between / np.square(centered).mean())
