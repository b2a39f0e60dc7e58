"""How far data are from what a generator makes."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_fraction, check_positive_integer
from keras_gan.evaluation.features import extract_features
from keras_gan.gan import GAN
from keras_gan.inference.inversion import invert, told_conditions
from keras_gan.terms.features import features_of
from keras_gan.training.examples import LATENTS, Example
from keras_gan.training.given_data import checked_data, checked_entries
from keras_gan.training.named_inputs import NamedInputs
from keras_gan.training.sampling import InBatches


class AnomalyScores(NamedTuple):
    """How strange each image is; higher is stranger.

    Args:
        scores: float32 `[num_images]`, both distances, weighted.
        distances: float32 `[num_images]`, mean absolute difference of image and
            reconstruction.
        feature_distances: float32 `[num_images]`, that of their features; zeros where
            they have no weight.
    """

    scores: FloatArray
    distances: FloatArray
    feature_distances: FloatArray


def anomaly_score(
    gan: GAN,
    images: Array,
    /,
    latents: Array | None = None,
    features: Callable[[Array], Any] | None = None,
    feature_weight: float = 0.1,
    batch_size: int = 100,
    seed: int = 0,
    verbose: int = 1,
    **conditions: Any,
) -> AnomalyScores:
    """Scores how far images are from the nearest that the generator makes (AnoGAN).

    When to use it: with a GAN that was trained on normal images alone. What it never
    saw it cannot make again. `keras_gan.evaluation.anomaly_detection` says how well
    scores tell two sets apart.

        score = (1 - w) * mean_i |x_i - G(z)_i| + w * mean_j |f_j(x) - f_j(G(z))|

    Args:
        gan: trained `GAN`.
        images: array `[num_images, height, width, channels]`, or other data.
        latents: array `[num_images, latent_dim]`, z of each image, such as
            `invert(gan, images, …).latents`; `None` takes `gan.encode(images)` where
            the GAN has an encoder, and else `invert` as it is by default.
            Defaults to `None`.
        features: function f from images `[num, …]` to features `[num, …]`, such as a
            network of `keras_gan.evaluation`; `None` takes what the last layer of the
            discriminator sees. Defaults to `None`.
        feature_weight: w, float in [0, 1); 0 asks for no features.
            Defaults to `0.1`.
        batch_size: int, at least 1, images at once. Defaults to `100`.
        seed: int in [0, 2^31), of `invert`. Defaults to `0`.
        verbose: int, 1 shows the progress of `invert`. Defaults to `1`.
        **conditions: all that the networks in use name besides: the generator, and the
            encoder and the discriminator where they are asked; as in `invert`.

    Returns:
        scores: `AnomalyScores`.

    Raises:
        ValueError: as `invert` does, or if no `features` are given, and the
            discriminator judges packs or has no one tensor before its last layer.

    Example:
    >>> import keras_gan as kg
    >>> gan = kg.recipes.digits(kg.datasets.load_digits())
    >>> latents = gan.prior.sample(3, seed=1)
    >>> made = gan.generate({"latents": latents}).numpy()
    >>> anomaly_score(gan, made, latents=latents).distances.round(4)
    array([0., 0., 0.], dtype=float32)

    References:
        Schlegl et al., Unsupervised anomaly detection with generative adversarial
        networks to guide marker discovery, 2017. https://arxiv.org/abs/1703.05921
        Zenati et al., Efficient GAN-based anomaly detection, 2018.
        https://arxiv.org/abs/1802.06222
    """
    check_fraction("feature_weight", feature_weight)
    check_positive_integer("batch_size", batch_size)
    images = checked_data(gan, images)
    of_encoder = NamedInputs(gan.game.encoder, gan.data_name).names
    asked = of_encoder if latents is None and gan.game.encoder is not None else ()
    if feature_weight and features is None:
        asked = (*asked, *gan.networks.of_discriminator.names)
    told, others = _entries(gan, images, conditions, asked)
    if latents is None and gan.game.encoder is not None:
        rows = {**told, **others}
        named = {name: rows[name] for name in rows if name in of_encoder}
        latents = gan.encode(images, batch_size, **named)
    elif latents is None:
        options: dict[str, Any] = {**told, "batch_size": batch_size, "seed": seed}
        latents = invert(gan, images, verbose=verbose, **options).latents
    latents = _checked_latents(gan, latents, len(images))
    again = InBatches(gan.generate, gan)({LATENTS: latents, **told}, batch_size)
    distances = _mean_gaps(images, again)
    feature_distances = np.zeros_like(distances)
    if feature_weight:
        example = {LATENTS: latents, **told, **others}
        describe = _describing(gan, features, example, batch_size)
        feature_distances = _mean_gaps(describe(images), describe(again))
    scores = (1 - feature_weight) * distances + feature_weight * feature_distances
    return AnomalyScores(scores.astype("float32"), distances, feature_distances)


def _entries(
    gan: GAN, images: FloatArray, conditions: dict[str, Any], asked: Sequence[str]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """What the generator is told, and what networks that are asked name besides."""
    of_generator = {k: v for k, v in conditions.items() if k in gan.networks.told}
    told = told_conditions(gan, len(images), of_generator)
    rest = {
        name: np.full(len(images), value) if np.ndim(value) == 0 else value
        for name, value in conditions.items()
        if name not in told
    }
    known = (gan.data_name, LATENTS, *told)
    names = [name for name in dict.fromkeys(asked) if name not in known]
    return told, checked_entries(gan, images, rest, names)


def _checked_latents(gan: GAN, latents: Array, num_images: int) -> FloatArray:
    values = np.asarray(latents, "float32")
    if values.shape != (num_images, gan.prior.latent_dim):
        raise ValueError(
            f"`latents` must have shape {(num_images, gan.prior.latent_dim)}, a row "
            f"for each of the {gan.data_name}. Received: shape {values.shape}"
        )
    return values


def _describing(
    gan: GAN, features: Any, example: Example, batch_size: int
) -> Callable[[FloatArray], FloatArray]:
    """From data to their features, beside the rest of an example."""
    if features is not None:
        return lambda data: extract_features(data, features, None, batch_size).values
    if gan.packing > 1:
        raise ValueError(
            "`features` must be given where the discriminator judges packs: it has "
            f"none of a single image. Received: features=None, packing={gan.packing}"
        )
    try:
        until_last = features_of(gan.evaluation_discriminator, None)
    except ValueError as error:
        raise ValueError(
            "`features` must be given where the discriminator has none before its last "
            f"layer, or feature_weight=0. Received: features=None; {error}"
        ) from error
    inputs = NamedInputs(until_last, gan.data_name)
    run = InBatches(inputs, inputs.network)
    return lambda data: run({**example, gan.data_name: data}, batch_size)


def _mean_gaps(first: FloatArray, second: FloatArray) -> FloatArray:
    gaps = np.abs(first.astype("float32") - second.astype("float32"))
    return gaps.reshape(len(gaps), -1).mean(axis=1)
