"""Discriminators of patches, and several discriminators in one network."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import make_tiny_gan
from scipy.special import expit, log_expit

import keras_gan as kg
from export import check_parity, export_onnx, export_saved_model
from keras_gan._logits import probability, summed
from keras_gan.training.round import Round

RANDOM = np.random.default_rng(8)
IMAGES = RANDOM.uniform(size=(12, 4, 4, 1)).astype("float32")
SINGLE, PATCHES, SEVERAL = "single", "patches", "several"


def discriminator_of(kind, seed=0):
    """One logit, a map of four patches, or both in one network."""
    images = keras.Input((4, 4, 1), name="images")
    initializer = keras.initializers.RandomNormal(stddev=0.5, seed=seed)
    maps = keras.layers.Conv2D(3, 2, 2, kernel_initializer=initializer)(images)
    maps = keras.layers.LeakyReLU()(maps)
    patches = keras.layers.Conv2D(1, 1, kernel_initializer=initializer)(maps)
    flat = keras.layers.Flatten()(images)
    single = keras.layers.Dense(1, kernel_initializer=initializer)(flat)
    logits = {SINGLE: single, PATCHES: patches, SEVERAL: [single, patches]}
    return keras.Model(images, logits[kind])


def game(kind, **rules):
    generator = make_tiny_gan().generator
    prior = kg.priors.UniformPrior(3)
    gan = kg.GAN(generator, discriminator_of(kind), prior, seed=0)
    gan.compile("adam", keras.optimizers.Adam(1e-3), **rules)
    return gan


def round_of(gan):
    return Round(gan, {"images": tf.constant(IMAGES)}, ("discriminator",))


def test_the_loss_is_the_mean_over_patches_and_the_sum_over_discriminators():
    gan = game(SEVERAL)
    round = round_of(gan)
    real = [one.numpy().astype("float64") for one in round.logits("real")]
    fake = [one.numpy().astype("float64") for one in round.logits("fake")]
    assert [one.shape for one in real] == [(12, 1), (12, 2, 2, 1)]
    expected = -sum(
        log_expit(one).mean() + log_expit(-other).mean()
        for one, other in zip(real, fake, strict=True)
    )
    found = gan.discriminator_player.objective_loss(round)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    expected = -sum(log_expit(other).mean() for other in fake)
    found = gan.generator_player.objective_loss(round)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("objective", ["relativistic_pairing", "wasserstein", "hinge"])
def test_each_objective_adds_up(objective):
    objective = kg.objectives.get(objective)
    real, fake = (
        [tf.constant(RANDOM.normal(size=shape), "float32") for shape in SHAPES]
        for _ in range(2)
    )
    for loss, *given in (
        (objective.discriminator_loss, real, fake),
        (objective.generator_loss, fake, real),
    ):
        alone = [float(loss(*ones)) for ones in zip(*given, strict=True)]
        np.testing.assert_allclose(summed(loss, *given), sum(alone), rtol=1e-6)


SHAPES = [(5, 1), (5, 3, 2, 1), (5, 7, 1)]


@pytest.mark.parametrize("kind", [PATCHES, SEVERAL])
def test_discriminate_is_the_mean_of_all_that_is_said(kind):
    gan = game(kind)
    said = tf.nest.flatten(gan.discriminator(IMAGES))
    means = [expit(one.numpy().reshape(12, -1)).mean(axis=1) for one in said]
    found = gan.discriminate(IMAGES, batch_size=5)
    np.testing.assert_allclose(found, np.mean(means, axis=0), rtol=1e-6)
    logged = gan.evaluate(IMAGES, batch_size=12, verbose=0, return_dict=True)
    np.testing.assert_allclose(logged["d_real"], found.mean(), rtol=1e-5)


@pytest.mark.parametrize("kind", [PATCHES, SEVERAL])
@pytest.mark.parametrize("one_pass", [True, False])
def test_slopes_are_those_of_a_finite_difference_of_the_mean(
    kind, one_pass, monkeypatch
):
    if not one_pass:
        monkeypatch.setattr(Round, "_one_pass_serves", lambda self, kind: False)
    gan = game(kind, terms=[kg.terms.R1(1.0)])

    def values(images):
        said = tf.nest.flatten(gan.discriminator(images.astype("float32")))
        return [one.numpy().reshape(12, -1).mean(axis=1) for one in said]

    step, expected = 1e-2, np.zeros(12)
    for place in np.ndindex(4, 4, 1):
        change = np.zeros((4, 4, 1))
        change[place] = step
        for up, down in zip(
            values(IMAGES + change), values(IMAGES - change), strict=True
        ):
            expected += ((up - down) / (2 * step)) ** 2
    found = round_of(gan).squared_slopes("real")
    np.testing.assert_allclose(found, expected, rtol=2e-3)


@pytest.mark.parametrize(
    "term", [kg.terms.GradientPenalty, kg.terms.DRAGAN, kg.terms.R1, kg.terms.R2]
)
def test_each_discriminator_pays_its_own_penalty(term):
    penalties = []
    for kind in (SINGLE, PATCHES, SEVERAL):
        gan = game(kind, terms=[term(2.0)])
        penalties.append(float(gan.discriminator_player.terms.at_once(round_of(gan))))
    single, patches, several = penalties
    np.testing.assert_allclose(several, single + patches, rtol=1e-5)


RULES = {
    "plain": {},
    "simultaneous": {"simultaneous": True},
    "XLA": {"jit_compile": True},
    "pairs": {
        "objective": "relativistic_pairing",
        "terms": [kg.terms.R1(1.0, interval=2)],
    },
    "two_steps": {"terms": [kg.terms.GradientPenalty()], "discriminator_steps": 2},
}


@pytest.mark.one_in(3)
@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
@pytest.mark.parametrize("kind", [PATCHES, SEVERAL])
def test_it_plays_is_saved_and_goes_on(kind, rules, tmp_path):
    whole = game(kind, **rules)
    whole.fit(IMAGES, batch_size=4, epochs=4, verbose=0)
    part = game(kind, **rules)
    part.fit(IMAGES, batch_size=4, epochs=2, verbose=0)
    part.save(tmp_path / "gan.keras")
    again = kg.load(tmp_path / "gan.keras")
    again.fit(IMAGES, batch_size=4, epochs=4, initial_epoch=2, verbose=0)
    for one, other in zip(again.weights, whole.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_one_pass_over_both_kinds_splits_every_output():
    fused, plain = game(SEVERAL, fused_discriminator=True), game(SEVERAL)
    for kind in ("real", "fake"):
        for one, other in zip(
            round_of(fused).logits(kind), round_of(plain).logits(kind), strict=True
        ):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
def test_a_map_in_a_dict_of_outputs():
    images = keras.Input((4, 4, 1))
    said = {
        "logits": [
            keras.layers.Conv2D(1, 2)(images),
            keras.layers.Conv2D(1, 3)(images),
        ],
        "classes": keras.layers.Dense(3)(keras.layers.Flatten()(images)),
    }
    gan = kg.GAN(
        make_tiny_gan().generator,
        keras.Model(images, said),
        kg.priors.UniformPrior(3),
        seed=0,
    )
    gan.compile("adam", keras.optimizers.Adam())
    gan.fit(IMAGES, batch_size=4, verbose=0)
    assert gan.discriminate(IMAGES).shape == (12,)
    assert gan.classify(IMAGES).shape == (12, 3)


def test_signals_of_any_length():
    signals = RANDOM.normal(size=(8, 16, 1)).astype("float32")
    latents = keras.Input((3,))
    made = keras.layers.Reshape((16, 1))(keras.layers.Dense(16)(latents))
    waveforms = keras.Input((None, 1), name="waveforms")
    slow = keras.layers.AveragePooling1D(2)(waveforms)
    logits = [keras.layers.Conv1D(1, 5)(one) for one in (waveforms, slow)]
    gan = kg.GAN(
        keras.Model(latents, made),
        keras.Model(waveforms, logits),
        kg.priors.NormalPrior(3),
        seed=0,
    )
    gan.compile("adam", keras.optimizers.Adam(), objective="least_squares")
    gan.fit(signals, batch_size=4, verbose=0)
    assert gan.discriminate(signals).shape == (8,)


@pytest.mark.exhaustive
@pytest.mark.parametrize("export", [export_onnx, export_saved_model])
def test_exports_take_no_notice(export, tmp_path):
    gan = game(SEVERAL)
    path = tmp_path / ("g.onnx" if export is export_onnx else "g")
    export(gan, path)
    assert check_parity(gan, path).max_abs_error < 1e-5


@pytest.mark.parametrize(
    ("last", "received"),
    [
        (lambda flat: keras.layers.Dense(4)(flat), r"\(None, 4\)"),
        (lambda flat: keras.ops.squeeze(keras.layers.Dense(1)(flat), 1), r"\(None,\)"),
        (lambda flat: [keras.layers.Dense(n)(flat) for n in (1, 2)], r"\(None, 2\)"),
    ],
)
def test_what_is_no_logit_is_refused(last, received):
    images = keras.Input((4, 4, 1))
    network = keras.Model(images, last(keras.layers.Flatten()(images)))
    with pytest.raises(ValueError, match=f"one logit.*map.*Received.*{received}"):
        kg.GAN(make_tiny_gan().generator, network, kg.priors.UniformPrior(3))


def test_probability_of_one_logit_is_its_sigmoid():
    logits = tf.constant(RANDOM.normal(size=(6, 1)), "float32")
    np.testing.assert_array_equal(probability(logits), tf.sigmoid(logits)[:, 0])
