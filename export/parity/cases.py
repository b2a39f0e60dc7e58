"""What an artefact is asked, and what Keras answers."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from export.contract.conditions import draw_conditions
from export.contract.contents import OF_PRIOR, Contents
from export.contract.endpoints import images_of
from export.contract.names import (
    DISCRIMINATE,
    GENERATE,
    IMAGES,
    LATENTS,
    NUM_SAMPLES,
    PROBABILITIES,
    SAMPLE,
    SEED,
)
from export.contract.pixels import PixelFormat, pixel_format
from export.onnx.standard_noise import standard_noise_of
from keras_gan._types import Array
from keras_gan.gan import GAN


@dataclasses.dataclass(frozen=True)
class Case:
    """One call of one endpoint.

    Args:
        endpoint: str.
        inputs: arrays by name.
        output: str, the name of what is compared.
        expected: array.
    """

    endpoint: str
    inputs: dict[str, Array]
    output: str
    expected: Array


def cases_for(
    gan: GAN, contents: Contents, batch_sizes: Sequence[int], seed: int
) -> tuple[list[Case], bool]:
    """Returns a case for each endpoint and batch size, and whether images are bytes.

    Keras answers on the processor, where the artefact is played too: TF32 on a GPU
    would be a difference of its own.
    """
    pixels = pixel_format(contents.pixels or "float32", contents.value_range)
    with tf.device("CPU"):
        cases = [
            _maker(name, contents)(gan, size, seed + size, pixels)
            for name in contents.endpoints
            for size in batch_sizes
        ]
    return cases, pixels.as_bytes


def _maker(name: str, contents: Contents) -> Callable[..., Case]:
    """The function that makes the cases of an endpoint."""
    if name == DISCRIMINATE:
        return _discriminate
    if name == SAMPLE:
        return _sample if IMAGES in contents.endpoints[name].outputs else _draw
    return _generate if contents.noise == OF_PRIOR else _scale


def _generate(gan: GAN, size: int, seed: int, pixels: PixelFormat) -> Case:
    entries = _entries(gan, size, seed)
    return Case(GENERATE, entries, IMAGES, _images(gan, entries, pixels))


def _scale(gan: GAN, size: int, seed: int, pixels: PixelFormat) -> Case:
    noise = standard_noise_of(gan.prior)
    drawn = noise.draw((size, gan.prior.latent_dim), seed).astype("float32")
    entries = _entries(gan, size, seed)
    expected = _images(gan, entries | {LATENTS: noise.to_prior(drawn)}, pixels)
    return Case(GENERATE, entries | {LATENTS: drawn}, IMAGES, expected)


def _sample(gan: GAN, size: int, seed: int, pixels: PixelFormat) -> Case:
    entries = _entries(gan, size, seed)
    expected = _images(gan, entries, pixels)
    del entries[LATENTS]  # which the artefact draws
    return Case(SAMPLE, _drawn(size, seed) | entries, IMAGES, expected)


def _draw(gan: GAN, size: int, seed: int, pixels: PixelFormat) -> Case:
    latents = gan.prior.sample(size, seed=seed).numpy()
    return Case(SAMPLE, _drawn(size, seed), LATENTS, latents)


def _discriminate(gan: GAN, size: int, seed: int, pixels: PixelFormat) -> Case:
    images = _images(gan, _entries(gan, size * gan.packing, seed), pixels)
    expected = gan.discriminate(images)
    return Case(DISCRIMINATE, {IMAGES: images}, PROBABILITIES, expected)


def _entries(gan: GAN, size: int, seed: int) -> dict[str, Array]:
    """Latents of the prior, and every condition."""
    latents = gan.prior.sample(size, seed=seed).numpy()
    return {LATENTS: latents, **draw_conditions(gan, size, seed)}


def _drawn(size: int, seed: int) -> dict[str, Array]:
    return {NUM_SAMPLES: np.array(size, "int32"), SEED: np.array(seed, "int32")}


def _images(gan: GAN, entries: dict[str, Any], pixels: PixelFormat) -> Array:
    images: Array = pixels(images_of(gan, entries)).numpy()
    return images
