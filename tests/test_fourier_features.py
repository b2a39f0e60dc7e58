"""Octaves against their formula in float64, and what they are there for."""

import keras
import numpy as np
import pytest

from keras_gan.layers import FourierFeatures


def test_outputs_are_the_closed_form():
    inputs = np.random.default_rng(0).normal(size=(5, 2))
    received = FourierFeatures(3, 2.0, decay=0.5, dtype="float64")(inputs).numpy()
    octaves = [(1, np.pi), (0.5, 2 * np.pi), (0.25, 4 * np.pi)]
    waves = [a * f(w * inputs) for a, w in octaves for f in (np.sin, np.cos)]
    np.testing.assert_allclose(received, np.hstack([inputs, *waves]), atol=1e-12)


def test_the_last_axis_alone_grows():
    layer = FourierFeatures(4)
    outputs = layer(keras.Input((3, 5, 2)))
    assert outputs.shape == (None, 3, 5, 18)
    assert layer.compute_output_shape((None, None)) == (None, None)


def test_a_line_on_octaves_fits_what_a_line_on_inputs_cannot():
    x = np.linspace(-1, 1, 201)[:, np.newaxis]
    fine = np.sin(2 * np.pi * x / 0.25)  # the fifth octave of wavelength 4

    def residual(features):
        columns = np.hstack([np.ones_like(x), features])
        fitted = columns @ np.linalg.lstsq(columns, fine, rcond=None)[0]
        return np.mean((fine - fitted) ** 2) / np.mean(fine**2)

    assert residual(x) > 0.9
    assert residual(FourierFeatures(5, dtype="float64")(x).numpy()) < 1e-9


@pytest.mark.parametrize(
    "arguments", [{"num_octaves": 0}, {"wavelength": 0.0}, {"decay": 1.5}]
)
def test_arguments_are_named(arguments):
    with pytest.raises(ValueError, match=f"`{next(iter(arguments))}`"):
        FourierFeatures(**{"num_octaves": 2, **arguments})


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float16"])
def test_half_precision_rounds_outputs_and_no_phase(policy):
    inputs = np.random.default_rng(1).uniform(-2, 2, (500, 2)).astype("float32")
    exact = FourierFeatures(8, dtype="float64")(inputs.astype("float64")).numpy()
    received = FourierFeatures(8, dtype=policy)(inputs)
    assert received.dtype.name == policy.removeprefix("mixed_")
    # Half a unit in the last place of numbers up to 2: 2^-9 with 8 bits of bfloat16.
    gaps = np.abs(np.asarray(keras.ops.cast(received, "float32")) - exact)
    assert gaps.max() <= 2**-8
