"""Short games end as they did when they were recorded, bit for bit on one machine.

Between them they use every option of `GAN` and of `compile`, every term, several
replicas, XLA and float16. A change of the training code that is not meant to change
what is learned leaves them as they are. One that is says so and records them anew:

    python tests/test_recorded_games.py

A game that is new, or one alone that ends otherwise, is recorded by its name; the
others stay as they were recorded:

    python tests/test_recorded_games.py "few labels"

Another processor, or another build of TensorFlow, rounds otherwise: there the numbers
agree within `_TOLERANCE`.
"""

import dataclasses
import functools
import hashlib
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import conftest  # noqa: F401  # oneDNN and two devices, before TensorFlow looks
import keras
import numpy as np
import pytest
import tensorflow as tf
from games import (
    NUM_CLASSES,
    completing_gan,
    conditional_gan,
    everything_of,
    make_tiny_gan,
)

import keras_gan as kg
from keras_gan._files import replacing
from keras_gan._replicas import named_strategy
from keras_gan.training.rules import Rules

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


def _of_classes():
    gan = conditional_gan(
        outputs=lambda logits, hidden: {
            "logits": logits,
            "classes": keras.layers.Dense(NUM_CLASSES)(hidden),
        },
        conditions={"labels": kg.priors.CategoricalPrior(NUM_CLASSES)},
    )
    gan.compile(_sgd(), _sgd(), terms=[kg.terms.AuxiliaryClassifier(0.5)])
    return gan


def _bidirectional():
    images = keras.Input((4, 4, 1), name="images")
    codes = keras.Input((3,), name="latents")
    flat = keras.layers.Flatten()(images)
    encoder = keras.Model(images, _dense(3, activation="tanh")(flat))
    rows = _dense(8, activation="relu")(keras.layers.Concatenate()([flat, codes]))
    discriminator = keras.Model([images, codes], _dense(1)(rows))
    gan = kg.GAN(
        make_tiny_gan().generator,
        discriminator,
        kg.priors.UniformPrior(3),
        game=kg.games.Bidirectional(encoder),
    )
    terms = [
        kg.terms.LatentRegression(0.5),
        kg.terms.Reconstruction(0.5, distance="absolute"),
    ]
    gan.compile(_sgd(), _sgd(), terms=terms)
    return gan


def _completing():
    nothing = kg.priors.ConstantPrior((4, 4, 1))
    terms = [kg.terms.MeanReconstruction(), kg.terms.PairedFeatureMatching(0.5)]
    return completing_gan(terms=terms, conditions={"known": nothing, "mask": nothing})


def _of_few_labels():
    gan = kg.GAN(
        make_tiny_gan().generator,
        kg.networks.classifying_discriminator((4, 4, 1), NUM_CLASSES, (7, 5), seed=2),
        kg.priors.UniformPrior(3),
    )
    gan.compile(_sgd(), _sgd(), terms=[kg.terms.LabelledExamples(0.5)])
    return gan


class _MeanScore(keras.metrics.Mean):
    """What the discriminator says of real images, as a metric of a user's would."""

    def update_state(self, round, sample_weight=None):
        return super().update_state(tf.reduce_mean(tf.sigmoid(round.logits("real"))))


def _without_latents():
    pooling = keras.Sequential(
        [keras.Input((4, 4, 1)), keras.layers.AveragePooling2D(2)]
    )
    small = keras.Input((2, 2, 1), name="small")
    pixels = _dense(16, activation="sigmoid")(keras.layers.Flatten()(small))
    gan = kg.GAN(
        keras.Model(small, keras.layers.Reshape((4, 4, 1))(pixels)),
        make_tiny_gan().discriminator,
        None,
        game=kg.games.DerivedConditions({"small": pooling}),
        conditions={"small": kg.priors.ConstantPrior((2, 2, 1), 0.5)},
    )
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
    "conditions": _of_classes,
    "bidirectional": _bidirectional,
    "completing": _completing,
    "few labels": _of_few_labels,
    "averaged discriminator, round metrics": lambda: make_tiny_gan(
        discriminator_ema_half_life=40.0,
        round_metrics=[_MeanScore(name="mean_score")],
    ),
    "no latents": _without_latents,
}
# Labels of the images of games that learn from any; -1 is none that is known.
LABELS = {
    "conditions": np.arange(36) % NUM_CLASSES,
    "few labels": np.where(np.arange(36) < 9, np.arange(36) % NUM_CLASSES, -1),
}


# -------------------------------------------------------------- played and compared


def ending_of(name: str) -> np.ndarray:
    """Everything that a game of two epochs moves, its history and samples, in a row."""
    gan = GAMES[name]()
    images = np.random.default_rng(0).uniform(size=(36, *gan.data_shape))
    images = images.astype("float32")
    # The last minibatch of an epoch is short, as users' are.
    labels = LABELS.get(name)
    held_out = images[:10], None if labels is None else labels[:10]
    logs = gan.fit(
        images, labels, batch_size=10, epochs=2, validation_data=held_out, verbose=0
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


@pytest.mark.one_in(13)
@pytest.mark.parametrize("name", GAMES)
def test_ends_as_it_was_recorded(name):
    with np.load(RECORDED) as recorded:
        expected, alone = recorded[name], _machine_of(name)
        where = recorded[alone if alone in recorded else _MACHINE]
    same_machine = str(where) == machine()
    ending = ending_of(name)
    if same_machine:
        np.testing.assert_array_equal(ending, expected)
    else:
        np.testing.assert_allclose(ending, expected, atol=_TOLERANCE, rtol=_TOLERANCE)


def _machine_of(name: str) -> str:
    """Where the machine stands of a game that was recorded alone."""
    return f"{_MACHINE} of {name}"


def test_every_recorded_game_is_played():
    with np.load(RECORDED) as recorded:
        alone = {_machine_of(name) for name in GAMES}
        assert {*recorded.files} - alone == {*GAMES, _MACHINE}


@pytest.mark.exhaustive
def test_every_term_and_option_is_played():
    gans = [make() for make in GAMES.values()]
    public = {getattr(kg.terms, name) for name in kg.terms.__all__}
    terms = {
        one
        for one in public
        if isinstance(one, type) and issubclass(one, kg.terms.Term)
    }
    bases = {kg.terms.Term, kg.terms.SlopePenalty}  # which a user derives from
    assert {type(term) for gan in gans for term in gan.terms} == terms - bases
    default = Rules()
    for field in dataclasses.fields(Rules):
        plain = getattr(default, field.name)
        assert any(getattr(gan.rules, field.name) != plain for gan in gans), field.name
    for name in ("ema_half_life", "discriminator_ema_half_life", "conditions"):
        assert any(getattr(gan, name) for gan in gans), name
    assert any(gan.packing > 1 for gan in gans)
    assert not all(gan.prior.latent_dim for gan in gans)  # `prior=None`
    games = {type(gan.game) for gan in gans}
    assert {*games} >= {
        kg.games.Bidirectional,
        kg.games.DerivedConditions,
        kg.games.Inpainting,
    }


def record(names: Sequence[str] = ()) -> None:
    """Plays games and writes how they ended: those of some names, or all anew."""
    kept = {}
    if names:
        with np.load(RECORDED) as recorded:
            kept = {name: recorded[name] for name in recorded.files}
    machines = {_machine_of(name): machine() for name in names} or {_MACHINE: machine()}
    endings = {name: ending_of(name) for name in names or GAMES}
    with replacing(RECORDED) as partial, partial.open("wb") as file:
        np.savez_compressed(file, **{**kept, **endings, **machines})


if __name__ == "__main__":
    record(sys.argv[1:])
