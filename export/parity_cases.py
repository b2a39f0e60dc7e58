"""What an artefact is asked, and what Keras answers."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from export.pixels import PixelFormat, pixel_format
from export.player import player_of
from export.signature import (
    DISCRIMINATE,
    GENERATE,
    IMAGES,
    LATENTS,
    NOISE,
    NUM_SAMPLES,
    PIXELS,
    PROBABILITIES,
    SAMPLE,
    SEED,
)
from export.standard_noise import standard_noise_of
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
    gan: GAN, path: Path, batch_sizes: Sequence[int], seed: int
) -> tuple[list[Case], bool]:
    """Returns a case for each endpoint and batch size, and whether images are bytes.

    Keras answers on the processor, where the artefact is played too: TF32 on a GPU
    would be a difference of its own.
    """
    if not path.exists():
        player_of(path)  # says so
    with tf.device("CPU"):
        if path.suffix == ".onnx":
            return _onnx_cases(gan, path, batch_sizes, seed)
        endpoints = [GENERATE]
        if path.suffix != ".tflite":
            endpoints = _saved_endpoints(path)
        make = {GENERATE: _generate, SAMPLE: _sample, DISCRIMINATE: _discriminate}
        cases = [
            make[endpoint](gan, size, seed + size)
            for endpoint in endpoints
            for size in batch_sizes
        ]
    return cases, False


def _onnx_cases(
    gan: GAN, path: Path, batch_sizes: Sequence[int], seed: int
) -> tuple[list[Case], bool]:
    import onnx

    model = onnx.load(path)
    facts = {entry.key: entry.value for entry in model.metadata_props}
    value_range = json.loads(facts.get("value_range", "null"))
    pixels = pixel_format(facts.get(PIXELS, "float32"), value_range)
    inputs = {tensor.name for tensor in model.graph.input}
    outputs = {tensor.name for tensor in model.graph.output}
    make: Any = _generate
    if outputs == {LATENTS}:
        make = _draw
    elif NUM_SAMPLES in inputs:
        make = _sample
    elif facts.get(NOISE, "prior") != "prior":
        make = _scale
    cases = [make(gan, size, seed + size, pixels) for size in batch_sizes]
    return cases, pixels.as_bytes


def _saved_endpoints(path: Path) -> list[str]:
    from tensorflow.python.saved_model.loader_impl import parse_saved_model

    if not (path / "saved_model.pb").is_file():
        player_of(path)  # says so
    (graph,) = parse_saved_model(str(path)).meta_graphs
    known = (GENERATE, SAMPLE, DISCRIMINATE)
    return [name for name in known if name in graph.signature_def]


def _generate(
    gan: GAN, size: int, seed: int, pixels: PixelFormat | None = None
) -> Case:
    latents = gan.prior.sample(size, seed=seed).numpy()
    expected = _images(gan, latents, pixels)
    return Case(GENERATE, {LATENTS: latents}, IMAGES, expected)


def _scale(gan: GAN, size: int, seed: int, pixels: PixelFormat | None = None) -> Case:
    noise = standard_noise_of(gan.prior)
    drawn = noise.draw((size, gan.prior.latent_dim), seed).astype("float32")
    expected = _images(gan, noise.to_prior(drawn), pixels)
    return Case(GENERATE, {LATENTS: drawn}, IMAGES, expected)


def _sample(gan: GAN, size: int, seed: int, pixels: PixelFormat | None = None) -> Case:
    latents = gan.prior.sample(size, seed=seed).numpy()
    expected = _images(gan, latents, pixels)
    return Case(SAMPLE, _drawn(size, seed), IMAGES, expected)


def _draw(gan: GAN, size: int, seed: int, pixels: PixelFormat | None = None) -> Case:
    latents = gan.prior.sample(size, seed=seed).numpy()
    return Case(SAMPLE, _drawn(size, seed), LATENTS, latents)


def _discriminate(gan: GAN, size: int, seed: int) -> Case:
    latents = gan.prior.sample(size * gan.packing, seed=seed).numpy()
    images = _images(gan, latents, None)
    expected = gan.discriminate(images)
    return Case(DISCRIMINATE, {IMAGES: images}, PROBABILITIES, expected)


def _drawn(size: int, seed: int) -> dict[str, Array]:
    return {NUM_SAMPLES: np.array(size, "int32"), SEED: np.array(seed, "int32")}


def _images(gan: GAN, latents: Any, pixels: PixelFormat | None) -> Array:
    images = gan.evaluation_generator(latents, training=False)
    return (pixels or PixelFormat())(images).numpy()
