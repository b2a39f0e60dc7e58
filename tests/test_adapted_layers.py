"""Layers of Keras that are adapted to data keep what they learned in every copy."""

import keras
import numpy as np

import keras_gan as kg
from export.contract.precision import in_float32

MEAN, STDDEV = 50.0, 10.0


def rows(count=64):
    values = np.random.default_rng(0).normal(MEAN, STDDEV, (count, 2))
    return values.astype("float32")


def normalized_network(units, seed, name):
    """`units` numbers of two that are brought to mean 0 and variance 1 before."""
    normalization = keras.layers.Normalization()
    normalization.adapt(rows())
    dense = keras.layers.Dense(
        units, kernel_initializer=keras.initializers.GlorotUniform(seed)
    )
    return keras.Sequential([keras.Input((2,)), normalization, dense], name=name)


def game(**arguments):
    gan = kg.GAN(
        normalized_network(2, 1, "generator"),
        normalized_network(1, 2, "discriminator"),
        kg.priors.NormalPrior(2, mean=MEAN, stddev=STDDEV),
        **arguments,
    )
    gan.compile(keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01))
    return gan


def test_averages_begin_as_the_networks():
    gan = game(ema_half_life=64.0)
    latents = rows(5)
    np.testing.assert_allclose(
        gan.ema_generator(latents), gan.generator(latents), rtol=1e-6
    )


def test_a_file_makes_the_samples_that_were_made_before(tmp_path):
    gan = game(ema_half_life=64.0)
    gan.fit(rows(), batch_size=16, epochs=2, verbose=0)
    gan.save(tmp_path / "gan.keras")
    np.testing.assert_array_equal(
        kg.load(tmp_path / "gan.keras").sample(5, seed=1), gan.sample(5, seed=1)
    )


def test_what_is_exported_of_mixed_precision_is_normalized():
    with_policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        gan = game()
    finally:
        keras.config.set_dtype_policy(with_policy)
    latents = rows(5)
    kernel, bias = gan.generator.layers[-1].get_weights()
    adapted = rows().astype("float64")
    normalized = (latents - adapted.mean(axis=0)) / adapted.std(axis=0)
    np.testing.assert_allclose(
        in_float32(gan).generator(latents), normalized @ kernel + bias, atol=1e-4
    )


def test_networks_that_a_term_holds_are_resumed_as_they_were(tmp_path):
    features = normalized_network(3, 3, "features")
    expected = features(rows(5)).numpy()
    gan = game(game=kg.games.Game(normalized_network(2, 4, "encoder")))
    gan.compile(
        keras.optimizers.SGD(0.01),
        keras.optimizers.SGD(0.01),
        terms=[kg.terms.Reconstruction(features=features)],
    )
    gan.save(tmp_path / "gan.keras")
    (term,) = kg.load(tmp_path / "gan.keras").terms
    np.testing.assert_allclose(term.features(rows(5)), expected, rtol=1e-6)


def test_words_are_known_to_averages():
    lookup = keras.layers.IntegerLookup(output_mode="one_hot", num_oov_indices=1)
    lookup.adapt(np.array([[3], [5], [9]]))
    latents = keras.Input((2,), name="latents")
    labels = keras.Input((1,), dtype="int64", name="labels")
    joined = keras.layers.Concatenate()([latents, lookup(labels)])
    generator = keras.Model(
        {"latents": latents, "labels": labels}, keras.layers.Dense(2)(joined)
    )
    gan = kg.GAN(
        generator,
        keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]),
        kg.priors.NormalPrior(2),
        ema_half_life=8.0,
    )
    entries = {"latents": rows(3), "labels": np.array([[9], [5], [3]])}
    np.testing.assert_array_equal(gan.ema_generator(entries), generator(entries))
