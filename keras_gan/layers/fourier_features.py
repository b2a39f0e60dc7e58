"""Sines and cosines of the inputs, for what networks are too smooth to see."""

import math
from typing import Any

import keras

from keras_gan._types import Config, Tensor
from keras_gan._validation import (
    check_positive,
    check_positive_integer,
    invalid_argument,
)


@keras.saving.register_keras_serializable(package="keras_gan")
class FourierFeatures(keras.layers.Layer):
    """Joins sines and cosines of the inputs, in octaves, to the inputs themselves.

    Networks of rectifiers learn smooth functions first and fine ones hardly. In front
    of a discriminator of few numbers, points in the plane say, the octaves let it tell
    densities apart whose detail is as fine as the shortest wavelength.

        outputs = [x, ..., decay^j sin(w_j x), decay^j cos(w_j x), ...]
        w_j = 2 pi / wavelength * 2^j,   j = 0, ..., num_octaves - 1

    Args:
        num_octaves: int, at least 1.
        wavelength: float, above 0, in units of the inputs: the longest one. Periods are
            not told apart but by the inputs themselves, so take one that is longer than
            the data are wide. Defaults to `4.0`.
        decay: float in (0, 1], amplitude of an octave in that of the one before. Below
            1 a network looks at the whole before it looks at detail. Defaults to `1.0`.
        **kwargs: what `keras.layers.Layer` takes.

    Input shape: `[batch, ..., features]`.
    Output shape: `[batch, ..., (1 + 2 * num_octaves) * features]`.

    Raises:
        ValueError: if `num_octaves` is below 1, `wavelength` is not positive or `decay`
            lies outside (0, 1].

    Example:
    >>> import numpy as np
    >>> layer = FourierFeatures(2, wavelength=4.0)
    >>> np.abs(layer(np.ones((1, 1), "float32")).numpy()).round(3)
    array([[1., 1., 0., 0., 1.]], dtype=float32)

    References:
        Tancik et al., Fourier Features Let Networks Learn High Frequency Functions in
        Low Dimensional Domains, 2020. https://arxiv.org/abs/2006.10739
    """

    def __init__(
        self,
        num_octaves: int,
        wavelength: float = 4.0,
        decay: float = 1.0,
        **kwargs: Any,
    ) -> None:
        # Half precision knows no phase in a high octave: inputs stay as they are.
        super().__init__(autocast=False, **kwargs)
        self.num_octaves = check_positive_integer("num_octaves", num_octaves)
        self.wavelength = check_positive("wavelength", wavelength)
        self.decay = check_positive("decay", decay)
        if self.decay > 1:
            raise invalid_argument("decay", "a float in (0, 1]", decay)

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs and their octaves, joined along the last axis."""
        exact = keras.backend.result_type(self.variable_dtype, "float32")
        inputs = keras.ops.cast(inputs, exact)
        longest = 2 * math.pi / self.wavelength
        waves = [
            self.decay**octave * wave(longest * 2**octave * inputs)
            for octave in range(self.num_octaves)
            for wave in (keras.ops.sin, keras.ops.cos)
        ]
        joined = keras.ops.concatenate([inputs, *waves], axis=-1)
        return keras.ops.cast(joined, self.compute_dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Returns the shape of what comes out."""
        *others, features = input_shape
        if features is None:
            return (*others, None)
        return (*others, (1 + 2 * self.num_octaves) * features)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {
            **super().get_config(),
            "num_octaves": self.num_octaves,
            "wavelength": self.wavelength,
            "decay": self.decay,
        }
