"""The generator completes data of which a part is given."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._types import Array, Config, FloatArray, Shape, Tensor
from keras_gan.games.game import Game
from keras_gan.games.masks import (
    Mask,
    PixelMask,
    check_draws,
    check_mask,
    mask_shape,
)
from keras_gan.training.data_checks import fits
from keras_gan.training.examples import LATENTS, Example
from keras_gan.training.view import packed

KNOWN, MASK = "known", "mask"


@keras.saving.register_keras_serializable(package="keras_gan")
class Inpainting(Game):
    """All conditionals p(missing part given the rest), by one generator.

    When to use it: to fill in what is missing of data. Each minibatch draws masks; the
    generator is given `"known"`, the data where the mask is 1 and 0 elsewhere, and
    `"mask"`, beside its latents, and what it makes is laid under the given part.

        known = mask * x
        real example = {data: x, mask, known}
        fake example = {data: mask * x + (1 - mask) * G(z, known, mask), mask, known}

    `gan.complete(images, mask)` is there after training. A discriminator that names
    `"mask"` and `"known"` too sees what was given. `augmentation` moves the data alone:
    leave it out where the discriminator sees them.

    Args:
        masks: `keras_gan.games.Mask`, the family that training draws from; `None`
            stands for `PixelMask()`. Defaults to `None`.
        **kwargs: what `keras.layers.Layer` takes.

    Raises:
        TypeError: if `masks` is no family of masks.
        ValueError: when the GAN is made, if the generator names neither entry, or
            `masks` draw another shape, or other values than 0 and 1.

    Example:
    >>> import keras_gan as kg
    >>> latents = keras.Input((2,), name="latents")
    >>> known = keras.Input((8, 8, 1), name="known")
    >>> mask = keras.Input((8, 8, 1), name="mask")
    >>> rows = [keras.layers.Flatten()(one) for one in (latents, known, mask)]
    >>> pixels = keras.layers.Dense(64, "sigmoid")(keras.layers.Concatenate()(rows))
    >>> gan = kg.GAN(
    ...     keras.Model(
    ...         [latents, known, mask], keras.layers.Reshape((8, 8, 1))(pixels)
    ...     ),
    ...     kg.networks.maxout_discriminator((8, 8, 1), (16,)),
    ...     kg.priors.NormalPrior(2),
    ...     game=Inpainting(kg.games.HalfMask()),
    ... )
    >>> images = kg.datasets.load_digits().test.images[:3]
    >>> upper = np.zeros((8, 8, 1))
    >>> upper[:4] = 1
    >>> gan.complete(images, upper, num_samples=5, seed=1).shape
    (3, 5, 8, 8, 1)

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014, section 7.
        https://arxiv.org/abs/1406.2661
        Belghazi et al., Learning about an exponential amount of conditional
        distributions, 2019. https://arxiv.org/abs/1902.08401
    """

    makes = (KNOWN, MASK)

    def __init__(self, masks: Mask | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.masks = PixelMask() if masks is None else check_mask("masks", masks)

    def check(self, gan: Any) -> None:
        """Raises unless the generator is told what is given."""
        super().check(gan)
        names = gan.networks.of_generator.names
        if KNOWN not in names and MASK not in names:
            raise ValueError(
                f"A completing generator must have inputs named {KNOWN!r} and {MASK!r} "
                f"beside its latents. Received: inputs {names}."
            )
        if None in gan.data_shape:
            raise ValueError(
                f"Masks are drawn for data of one size. Received: {gan.data_name} of "
                f"shape {gan.data_shape}. State their sizes in keras.Input."
            )
        networks = gan.networks
        _check_stated(networks.of_generator.row_shapes(), gan.data_shape, 1)
        judged = networks.of_discriminator.row_shapes()
        _check_stated(judged, gan.data_shape, networks.packing)
        check_draws("masks", self.masks, gan.data_shape)

    def context(self, gan: Any, batch: Example, seed: Tensor) -> Example:
        """Conditions of the batch, masks and what they give."""
        data = tf.cast(batch[gan.data_name], tf.float32)
        mask = self.masks(data, seed)
        shared = super().context(gan, batch, seed)
        return {**shared, MASK: mask, KNOWN: given(data, mask)}

    def fake(
        self,
        gan: Any,
        batch: Example,
        context: Example,
        latents: Tensor,
        training: bool,
    ) -> Example:
        """The given part, and what the generator makes of the rest."""
        inputs = {**context, LATENTS: latents}
        return {**inputs, gan.data_name: completed(gan, inputs, training)}

    def reconstruction(
        self, gan: Any, real: Example, fake: Example, training: bool
    ) -> Tensor:
        """The completions of the real example's data, row by row."""
        return fake[gan.data_name]

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this game."""
        masks = keras.saving.serialize_keras_object(self.masks)
        return {**super().get_config(), "masks": masks}


def _check_stated(stated: Mapping[str, Shape], data_shape: Shape, packing: int) -> None:
    """Raises where a network states other sizes of what is given than there are."""
    for name, row in ((KNOWN, data_shape), (MASK, mask_shape(data_shape))):
        shape, expected = packed(row, packing), stated.get(name)
        if expected is not None and not fits(shape, expected):
            raise ValueError(
                f"An input named {name!r} must have shape {shape}: channels of one "
                "place are given together, and a mask has one for all. Received: "
                f"keras.Input({expected}, name={name!r})"
            )


def given(data: Tensor, mask: Tensor) -> Tensor:
    """The data where the mask is 1, bit for bit, and 0 elsewhere."""
    # One zero for all: an ONNX graph would make others of the data, NaN of NaN.
    return tf.where(mask > 0, data, tf.zeros((), data.dtype))


def completed(gan: Any, inputs: Example, training: bool = False) -> Tensor:
    """What is given, and between it what the generator makes."""
    made = gan.generate(inputs, training)
    return tf.where(inputs[MASK] > 0, inputs[KNOWN], made)


def checked_masks(mask: Array, images: FloatArray) -> FloatArray:
    """Returns float32 masks, one for each image.

    Raises:
        ValueError: if a mask is not of the images' shape, or holds other values than
            0 and 1.
        TypeError: if it is no array of numbers.
    """
    expected = mask_shape(tuple(images.shape[1:]))
    values = np.asarray(mask)
    if not np.can_cast(values.dtype, np.float32, "same_kind"):
        received = repr(mask) if isinstance(mask, str) else f"dtype={values.dtype}"
        raise TypeError(
            f"`mask` must be an array of 0 and 1, of shape {expected}. Received: "
            f"{received}"
        )
    values = values.astype("float32")
    if values.shape == expected:
        values = np.broadcast_to(values, (len(images), *expected))
    if values.shape != (len(images), *expected):
        raise ValueError(
            f"`mask` must have shape {expected}, or {(len(images), *expected)}, one "
            f"for each image. Received: shape {values.shape}"
        )
    if not np.isin(values, (0, 1)).all():
        raise ValueError(
            "`mask` must hold 1 where a pixel is given and 0 where it is asked for. "
            f"Received: values from {values.min():g} to {values.max():g}"
        )
    return values
