"""Distances of a pair by features: those of the discriminator, and of a network."""

import keras
import numpy as np
import pytest
from games import completing_gan, make_tiny_gan, tiny_images

import keras_gan as kg
from keras_gan.training.round import Round

IMAGES = tiny_images(8)


def projection(units=3, seed=0):
    """A linear network of images, and its matrix in float64."""
    rows = keras.layers.Flatten()
    dense = keras.layers.Dense(
        units, kernel_initializer=keras.initializers.RandomNormal(seed=seed)
    )
    network = keras.Sequential([keras.Input((4, 4, 1)), rows, dense])
    return network, np.asarray(dense.kernel, "float64")


def played(term):
    """A round of a game of completions by a term."""
    gan = completing_gan(terms=[term])
    return Round(gan, {"images": IMAGES}, ["generator"])


def rows_of(images):
    return np.asarray(images, "float64").reshape(len(images), -1)


# -------------------------------------------------------------- of the discriminator


def test_the_value_is_the_mean_distance_of_what_the_discriminator_sees():
    term = kg.terms.PairedFeatureMatching(3.0)
    round = played(term)
    judge = round.gan.discriminator
    real, fake = (
        np.asarray(judge(judge_inputs(judge, one))["features"][0], "float64")
        for one in (round.real, round.fake)
    )
    expected = 3.0 * np.abs(real - fake).mean()
    assert expected > 0
    np.testing.assert_allclose(term(round, "generator"), expected, rtol=1e-5)


def judge_inputs(judge, example):
    return [np.asarray(example[tensor.name]) for tensor in judge.inputs]


def test_distances_of_several_layers_add_up():
    images, told = keras.Input((4, 4, 1), name="images"), keras.Input((2,), name="told")
    rows = keras.layers.Flatten()(images)
    first = keras.layers.Dense(3)(rows)
    second = keras.layers.Dense(5)(first)
    outputs = {
        "logits": keras.layers.Dense(1)(second),
        "features": {"first": first, "others": [second]},
    }
    pixels = keras.layers.Dense(16, "sigmoid")(told)
    generator = keras.Model(told, keras.layers.Reshape((4, 4, 1))(pixels))
    judge = keras.Model(images, outputs)
    gan = kg.GAN(generator, judge, None)
    term = kg.terms.PairedFeatureMatching()
    gan.compile("sgd", "sgd", terms=[term])
    entries = {"images": IMAGES, "told": IMAGES[:, 0, :2, 0]}
    real = judge.predict(IMAGES, verbose=0)["features"]
    made = gan.sample(8, told=entries["told"])
    fake = judge.predict(made, verbose=0)["features"]
    first = np.abs(real["first"] - fake["first"]).mean()
    second = np.abs(real["others"][0] - fake["others"][0]).mean()
    round = Round(gan, entries, ["generator"])
    np.testing.assert_allclose(
        term(round, "generator"), 2.0 * (first + second), rtol=1e-4
    )


def test_rows_must_be_pairs():
    with pytest.raises(ValueError, match="told something of the data"):
        make_tiny_gan(terms=[kg.terms.PairedFeatureMatching()])


def test_features_must_be_handed_out():
    told = keras.Input((2,), name="told")
    pixels = keras.layers.Dense(16, "sigmoid")(told)
    generator = keras.Model(told, keras.layers.Reshape((4, 4, 1))(pixels))
    gan = kg.GAN(generator, make_tiny_gan().discriminator, None)
    with pytest.raises(ValueError, match="'logits' and 'features'"):
        gan.compile("sgd", "sgd", terms=[kg.terms.PairedFeatureMatching()])


# ------------------------------------------------------------------- of other networks


@pytest.mark.parametrize(
    ("distance", "measure"), [("squared", np.square), ("absolute", np.abs)]
)
def test_reconstructions_are_compared_by_features(distance, measure):
    network, matrix = projection()
    term = kg.terms.Reconstruction(3.0, distance, network)
    round = played(term)
    gap = rows_of(IMAGES) - rows_of(round.fake["images"])
    expected = 3.0 * measure(gap @ matrix).mean()
    np.testing.assert_allclose(term(round, "generator"), expected, rtol=1e-4)


def test_means_of_several_features_add_up():
    (one, first), (other, second) = projection(3), projection(7, seed=1)
    images = keras.Input((4, 4, 1))
    network = keras.Model(images, [one(images), other(images)])
    term = kg.terms.Reconstruction(1.0, features=network)
    round = played(term)
    gap = rows_of(IMAGES) - rows_of(round.fake["images"])
    expected = ((gap @ first) ** 2).mean() + ((gap @ second) ** 2).mean()
    np.testing.assert_allclose(term(round, "generator"), expected, rtol=1e-4)


@pytest.mark.exhaustive
def test_features_are_not_trained_and_come_back_with_the_gan(tmp_path):
    network, matrix = projection()
    gan = completing_gan(terms=[kg.terms.Reconstruction(1.0, features=network)])
    gan.fit(IMAGES, batch_size=4, epochs=1, verbose=0)
    np.testing.assert_array_equal(network.layers[-1].kernel, matrix.astype("float32"))
    network.layers[-1].kernel.assign(2 * matrix)  # as if trained before
    gan.save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras")
    kernel = loaded.terms[0].features.layers[-1].kernel
    np.testing.assert_array_equal(kernel, 2 * matrix.astype("float32"))
    for one in (gan, loaded):
        one.fit(IMAGES, batch_size=4, epochs=2, initial_epoch=1, verbose=0)
    for one, other in zip(gan.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_features_in_a_game_with_an_encoder():
    network, matrix = projection()
    images = keras.Input((4, 4, 1))
    codes = keras.layers.Dense(3)(keras.layers.Flatten()(images))
    term = kg.terms.Reconstruction(2.0, features=network)
    gan = make_tiny_gan(game=kg.games.Game(keras.Model(images, codes)), terms=[term])
    gap = rows_of(IMAGES) - rows_of(gan.reconstruct(IMAGES))
    round = Round(gan, {"images": IMAGES}, ["generator"])
    expected = 2.0 * ((gap @ matrix) ** 2).mean()
    np.testing.assert_allclose(term(round, "generator"), expected, rtol=1e-4)


def test_features_must_be_a_network_of_the_data():
    with pytest.raises(TypeError, match="`features` must be a keras.Model"):
        kg.terms.Reconstruction(features=np.abs)
    other = keras.Sequential([keras.Input((5,)), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match=r"must accept the images.*input shape"):
        completing_gan(terms=[kg.terms.Reconstruction(features=other)])


def test_feature_matching_of_data_of_any_size():
    told = keras.Input((None, 2), name="frames")
    signals = keras.Input((None, 1), name="signals")
    maps = keras.layers.Conv1D(3, 3, padding="same", activation="tanh")(signals)
    gan = kg.GAN(
        keras.Model(told, keras.layers.Dense(1)(told)),
        keras.Model(signals, keras.layers.Conv1D(1, 3)(maps)),
        None,
    )
    terms = [kg.terms.FeatureMatching(replaces_objective=False)]
    gan.compile("sgd", "sgd", terms=terms)
    (term,) = gan.rules.terms
    random = np.random.default_rng(0)
    entries = {
        "signals": random.normal(size=(4, 6, 1)).astype("float32"),
        "frames": random.normal(size=(4, 6, 2)).astype("float32"),
    }
    features = keras.Model(signals, maps)
    real = rows_of(features(entries["signals"]))
    fake = rows_of(features(gan.generator(entries["frames"])))
    expected = ((real.mean(axis=0) - fake.mean(axis=0)) ** 2).sum()
    round = Round(gan, entries, ["generator"])
    np.testing.assert_allclose(term(round, "generator"), expected, rtol=1e-4)
