"""Numbers that mean nothing are refused at the door, by their argument's name."""

import inspect
import math

import keras
import numpy as np
import pytest

from keras_gan import constraints, initializers, layers, networks, optimizers, priors
from keras_gan import schedules as schedule
from keras_gan.visualization import image_grid

NAN = math.nan
SHAPE = (8, 8, 1)


def mlp(**arguments):
    return networks.mlp_generator(**{"latent_dim": 3, "image_shape": SHAPE} | arguments)


def maxout(**arguments):
    return networks.maxout_discriminator(**{"image_shape": SHAPE} | arguments)


def deconvolutional(**arguments):
    small = {"latent_dim": 3, "image_shape": (7, 7, 1), "hidden_units": 4}
    small |= {"grid": (2, 2, 2), "kernel_size": 4}
    return networks.deconvolutional_generator(**small | arguments)


def convolutional(**arguments):
    block = networks.MaxoutBlock(2, 3, 1, 2, 2)
    small = {"image_shape": SHAPE, "blocks": (block,), "hidden_units": 4}
    return networks.maxout_convolutional_discriminator(**small | arguments)


def with_block(**fields):
    block = networks.MaxoutBlock(2, 3, 1, 2, 2)._replace(**fields)
    return convolutional(blocks=[block])


def dcgan(**arguments):
    return networks.dcgan_generator(
        **{"latent_dim": 3, "image_shape": SHAPE, "base_filters": 2} | arguments
    )


def dcgan_judge(**arguments):
    return networks.dcgan_discriminator(**{"image_shape": SHAPE} | arguments)


CASES = [
    (mlp, "latent_dim", [0, -1, 2.0, NAN]),
    (mlp, "image_shape", [64, (8, 0, 1), None]),
    (mlp, "hidden_units", [5, (5, 0), "5", (NAN,)]),
    (mlp, "weight_range", [NAN, math.inf, 0.0, -1.0]),
    (mlp, "hidden_bias", [NAN, math.inf, (0.0, NAN), (0.0, 0.0, 0.0)]),
    (mlp, "output_bias", [np.full(64, NAN), np.zeros(63), 0.0]),
    (mlp, "max_column_norm", [NAN, 0.0]),
    (maxout, "image_shape", [64]),
    (maxout, "hidden_units", [5, (5, -1)]),
    (maxout, "num_pieces", [0, NAN]),
    (maxout, "input_dropout", [NAN, 1.0]),
    (maxout, "hidden_dropout", [NAN, -0.1]),
    (maxout, "weight_range", [NAN, 0.0]),
    (maxout, "max_column_norm", [math.inf]),
    (deconvolutional, "latent_dim", [0]),
    (deconvolutional, "image_shape", [64, (7, 7)]),
    (deconvolutional, "hidden_units", [0, (5,)]),
    (deconvolutional, "grid", [2, (2, 2), (2, 2, 0)]),
    (deconvolutional, "kernel_size", [0, (4, 4)]),
    (deconvolutional, "strides", [0, 1.5]),
    (deconvolutional, "weight_range", [NAN]),
    (convolutional, "image_shape", [32]),
    (convolutional, "blocks", [networks.MaxoutBlock(2, 3, 1, 2, 2), [(2, 3, 1, 2, 2)]]),
    (convolutional, "hidden_units", [(5,)]),
    (convolutional, "num_pieces", [0]),
    (convolutional, "input_dropout", [NAN]),
    (convolutional, "hidden_dropout", [1.0]),
    (convolutional, "weight_range", [math.inf]),
    (with_block, "padding", [-1, 1.5, "same", NAN]),
    (with_block, "filters", [0]),
    (with_block, "kernel_size", [0]),
    (with_block, "pool_size", [0]),
    (with_block, "pool_strides", [0]),
    (with_block, "num_pieces", [0]),
    (dcgan, "latent_dim", [0]),
    (dcgan, "image_shape", [64, (64, 64)]),
    (dcgan_judge, "image_shape", [64]),
    (dcgan_judge, "kernel_size", [NAN, (5, 5)]),
    (optimizers.MomentumSGD, "learning_rate", [NAN, math.inf, -0.5, None, "0.1"]),
    (optimizers.MomentumSGD, "momentum", [NAN, math.inf, -0.5, 1.0]),
    (layers.Dropout, "rate", [NAN, 1.0]),
    (layers.GaussianInputNoise, "stddev", [NAN, math.inf, -0.5]),
]

# Every argument with a float for its default, of every class of these modules.
FLOATS = [
    (kind, name)
    for module in (constraints, initializers, layers, optimizers, priors, schedule)
    for kind in vars(module).values()
    if inspect.isclass(kind) and kind.__module__.startswith("keras_gan")
    for name, one in inspect.signature(kind).parameters.items()
    if isinstance(one.default, float)
]
NEEDED = {
    "latent_dim": 3,
    "initial": 0.1,
    "reference_size": 2,
    "num_nonzero": 2,
    "num_classes": 2,
    "num_octaves": 2,
    "centers": [[0.0, 1.0]],
    "layer": keras.layers.Dense(1),
    "shape": [2],
}


@pytest.mark.parametrize(
    ("build", "name", "value"),
    [(build, name, value) for build, name, values in CASES for value in values],
)
def test_the_message_names_the_argument(build, name, value):
    with pytest.raises(ValueError, match=rf"`(blocks\[0\]\.)?{name}(\[\d\])?`"):
        build(**{name: value})


@pytest.mark.parametrize(
    "build",
    [mlp, maxout, deconvolutional, convolutional, with_block, dcgan, dcgan_judge],
)
def test_the_cases_are_refused_for_what_they_change(build):
    build()


@pytest.mark.parametrize("value", [NAN, math.inf, -math.inf])
@pytest.mark.parametrize(("kind", "name"), FLOATS)
def test_no_float_argument_takes_what_is_not_finite(kind, name, value):
    needed = set(inspect.signature(kind).parameters) & set(NEEDED) - {name}
    with pytest.raises(ValueError, match=f"`{name}`"):
        kind(**{one: NEEDED[one] for one in needed}, **{name: value})


def test_floats_are_found():
    found = {(kind.__name__, name) for kind, name in FLOATS}
    assert {
        ("MomentumSGD", "momentum"),
        ("NormalPrior", "stddev"),
        ("SpectralNormalization", "epsilon"),
        ("FlooredExponentialDecay", "decay_factor"),
    } <= found
    assert len(found) >= 12


@pytest.mark.parametrize("value", [NAN, math.inf])
def test_schedules_and_floats_without_a_default(value):
    with pytest.raises(ValueError, match="`initial`"):
        schedule.FlooredExponentialDecay(value)
    for name in ("initial", "final"):
        arguments = {"initial": 0.5, "final": 0.7, "saturation_epoch": 3} | {
            "updates_per_epoch": 2,
            name: value,
        }
        with pytest.raises(ValueError, match=f"`{name}`"):
            schedule.LinearPerEpoch(**arguments)


def test_a_grid_of_pictures_has_no_negative_padding():
    with pytest.raises(ValueError, match="`padding`"):
        image_grid(np.zeros((4, 8, 8, 1)), padding=-1)


def test_what_is_one_number_may_come_from_numpy():
    generator = mlp(hidden_units=(4,), hidden_bias=np.float32(0.25))
    np.testing.assert_array_equal(generator.get_layer("dense_0").bias, np.full(4, 0.25))
    assert float(optimizers.MomentumSGD(np.float32(0.5)).learning_rate) == 0.5
    assert float(optimizers.MomentumSGD(0).learning_rate) == 0.0
