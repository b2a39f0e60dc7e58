"""Short games end as they did when they were recorded, bit for bit on one machine.

Between them they use every option of `GAN` and of `compile`, every term, several
replicas, XLA and float16. A change of the training code that is not meant to change
what is learned leaves them as they are. One that is says so and records them anew:

    python tests/test_recorded_games.py

Another processor, or another build of TensorFlow, rounds otherwise: there the numbers
agree within `_TOLERANCE`.
"""

import functools
import hashlib
import platform
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import everything_of, make_tiny_gan

import keras_gan as kg
from keras_gan._files import replacing
from keras_gan._replicas import named_strategy

RECORDED = Path(__file__).with_name("recorded_games.npz")
_MACHINE = "machine"
_TOLERANCE = 2e-3  # float16 has 1e-3, and eight steps add up

# ------------------------------------------------------------------------- the games


def _sgd():
    return keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True)


def _accumulating():
    return keras.optimizers.Adam(1e-2, gradient_accumulation_steps=2, clipnorm=1.0)


def _momentum_sgd():
    rate = kg.schedules.FlooredExponentialDecay(0.2, 1.01, 1e-3)
    return kg.optimizers.MomentumSGD(rate, kg.schedules.LinearPerEpoch(0.4, 0.9, 7, 3))


def _noise_that_fades():
    return keras.optimizers.schedules.PolynomialDecay(0.2, 6)


def _against(*layers, **rules):
    """The tiny generator against a discriminator of these layers."""
    discriminator = keras.Sequential([keras.Input((4, 4, 1)), *layers])
    gan = kg.GAN(make_tiny_gan().generator, discriminator, kg.priors.UniformPrior(3))
    gan.compile(_sgd(), _sgd(), **rules)
    return gan


def _dense(units, **arguments):
    initializer = keras.initializers.GlorotUniform(seed=units)
    return keras.layers.Dense(units, kernel_initializer=initializer, **arguments)


def _convolutional(**rules):
    gan = kg.GAN(
        kg.networks.dcgan_generator(
            3, (8, 8, 1), base_filters=2, output_activation="sigmoid", seed=0
        ),
        kg.networks.dcgan_discriminator((8, 8, 1), base_filters=2, seed=1),
        kg.priors.NormalPrior(3),
        seed=5,
    )
    gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3), **rules)
    return gan


def _in_float16():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        return make_tiny_gan(terms=[kg.terms.R1(1.0, interval=2)])
    finally:
        keras.config.set_dtype_policy(before)


def _on_two_replicas():
    with named_strategy("mirrored").scope():
        return make_tiny_gan(
            optimizer=_sgd,
            ema_half_life=40.0,
            terms=[kg.terms.R1(1.0, interval=2)],
        )


def _with_virtual_batch_normalization():
    inputs = keras.Input((3,))
    outputs = _dense(16)(kg.layers.ReferenceBatch(5, seed=5)(inputs))
    outputs = kg.layers.VirtualBatchNormalization(5, gamma_initializer="ones")(outputs)
    outputs = kg.layers.DropReferenceBatch(5)(outputs)
    generator = keras.Model(inputs, keras.layers.Reshape((4, 4, 1))(outputs))
    gan = kg.GAN(generator, make_tiny_gan().discriminator, kg.priors.NormalPrior(3))
    gan.compile(_sgd(), _sgd())
    return gan


GAMES: dict[str, Callable[[], kg.GAN]] = {
    "plain": make_tiny_gan,
    "another seed": lambda: make_tiny_gan(seed=7),
    "minimax": lambda: make_tiny_gan(
        optimizer=_sgd, objective=kg.objectives.Minimax(label_smoothing=0.1)
    ),
    "least squares": lambda: make_tiny_gan(
        optimizer=lambda: keras.optimizers.RMSprop(1e-3), objective="least_squares"
    ),
    "critic steps": lambda: make_tiny_gan(
        objective="wasserstein",
        discriminator_steps=3,
        terms=[kg.terms.GradientPenalty(3.0)],
    ),
    "clipped critic": lambda: make_tiny_gan(
        optimizer=_momentum_sgd,
        objective="wasserstein",
        discriminator_constraint=kg.constraints.WeightClipping(0.3),
    ),
    "lazy R1, averaged": lambda: make_tiny_gan(
        ema_half_life=40.0, terms=[kg.terms.R1(2.0, interval=3)]
    ),
    "lazy terms, k = 3": lambda: make_tiny_gan(
        discriminator_steps=3,
        terms=[
            kg.terms.R2(1.0, interval=2),
            kg.terms.DRAGAN(1.0, interval=4),
            kg.terms.HistoricalAveraging(0.1),
        ],
    ),
    "simultaneous": lambda: make_tiny_gan(optimizer=_momentum_sgd, simultaneous=True),
    "simultaneous, terms": lambda: make_tiny_gan(
        simultaneous=True,
        ema_half_life=40.0,
        terms=[
            kg.terms.R1(1.0, interval=2),
            kg.terms.R2(1.0),
            kg.terms.HistoricalAveraging(0.1, player="generator"),
        ],
    ),
    "packed, fused, relativistic": lambda: make_tiny_gan(
        packing=2, objective="relativistic_pairing", fused_discriminator=True
    ),
    "packed, noisy, penalized": lambda: make_tiny_gan(
        packing=2,
        augmentation=kg.augmentation.DiffAugment("color,translation", (0.0, 1.0)),
        instance_noise=_noise_that_fades(),
        terms=[kg.terms.GradientPenalty(1.0, one_sided=True, interval=2)],
    ),
    "feature matching": lambda: make_tiny_gan(
        terms=[kg.terms.FeatureMatching(0.5, layer="maxout_0")]
    ),
    "moment matching": lambda: make_tiny_gan(
        objective="hinge",
        terms=[kg.terms.MomentMatching(0.5, layer="maxout_0")],
    ),
    "generator steps": lambda: make_tiny_gan(generator_steps=3, objective="hinge"),
    "accumulated gradients": lambda: make_tiny_gan(optimizer=_accumulating),
    "minibatch layers": lambda: _against(
        keras.layers.Flatten(),
        _dense(6, activation="relu"),
        kg.layers.MinibatchDiscrimination(2, kernel_dim=2, kernel_initializer="ones"),
        kg.layers.MinibatchStandardDeviation(5),
        kg.layers.Dropout(0.3),
        _dense(1),
    ),
    "spectral normalization": lambda: _against(
        kg.layers.GaussianInputNoise(0.1),
        keras.layers.Flatten(),
        kg.layers.SpectralNormalization(_dense(6, activation="relu"), seed=3),
        _dense(1),
        objective="hinge",
    ),
    "virtual batch normalization": _with_virtual_batch_normalization,
    "convolutional": _convolutional,
    "eager": lambda: make_tiny_gan(run_eagerly=True, jit_compile=False),
    "XLA": lambda: make_tiny_gan(
        jit_compile=True, ema_half_life=40.0, terms=[kg.terms.R1(1.0)]
    ),
    "steps per execution": lambda: make_tiny_gan(steps_per_execution=2),
    "float16": _in_float16,
    "two replicas": _on_two_replicas,
}


# -------------------------------------------------------------- played and compared


def ending_of(name: str) -> np.ndarray:
    """Everything that a game of two epochs moves, its history and samples, in a row."""
    gan = GAMES[name]()
    images = np.random.default_rng(0).uniform(size=(36, *gan.data_shape))
    images = images.astype("float32")
    # The last minibatch of an epoch is short, as users' are.
    logs = gan.fit(
        images, batch_size=10, epochs=2, validation_data=images[:10], verbose=0
    ).history
    history = [np.asarray(logs[key]) for key in sorted(logs)]
    parts = [*everything_of(gan), *history, gan.sample(4, seed=3)]
    return np.concatenate([np.ravel(part).astype("float64") for part in parts])


@functools.cache
def machine() -> str:
    """What decides how TensorFlow rounds: processor, its units, versions."""
    flags = Path("/proc/cpuinfo")
    units = (
        [line for line in flags.read_text().splitlines() if line.startswith("flags")][
            :1
        ]
        if flags.exists()
        else []
    )
    about = (platform.machine(), *units, tf.__version__, keras.__version__)
    return hashlib.sha256(repr(about).encode()).hexdigest()


@pytest.mark.one_in(9)
@pytest.mark.parametrize("name", GAMES)
def test_ends_as_it_was_recorded(name):
    with np.load(RECORDED) as recorded:
        expected, same_machine = recorded[name], str(recorded[_MACHINE]) == machine()
    ending = ending_of(name)
    if same_machine:
        np.testing.assert_array_equal(ending, expected)
    else:
        np.testing.assert_allclose(ending, expected, atol=_TOLERANCE, rtol=_TOLERANCE)


def test_every_recorded_game_is_played():
    with np.load(RECORDED) as recorded:
        assert {*recorded.files} == {*GAMES, _MACHINE}


def record() -> None:
    """Plays every game and writes how it ended."""
    endings = {name: ending_of(name) for name in GAMES}
    with replacing(RECORDED) as partial, partial.open("wb") as file:
        np.savez_compressed(file, **endings, **{_MACHINE: machine()})


if __name__ == "__main__":
    import conftest  # noqa: F401  # two devices, before TensorFlow looks for any

    record()
