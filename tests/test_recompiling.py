"""A GAN that is compiled again, or in vain, or whose networks change in between."""

import keras
import numpy as np
import pytest
from games import assert_equal_state, make_tiny_gan, tiny_images

import keras_gan as kg

IMAGES = tiny_images(20)


def plain_gan(**arguments):
    tiny = make_tiny_gan()
    return kg.GAN(tiny.generator, tiny.discriminator, tiny.prior, **arguments)


def learner(network):
    """Its first layer with weights."""
    return next(one for one in network.layers if one.trainable_weights)


def clipping():
    return kg.constraints.WeightClipping(0.01)


def test_a_compile_that_fails_leaves_nothing_behind(tmp_path):
    gan, one = plain_gan(), keras.optimizers.Adam()
    with pytest.raises(ValueError, match="must be two objects"):
        gan.compile(one, one, discriminator_constraint=clipping())
    assert all(v.constraint is None for v in gan.discriminator.trainable_variables)
    with pytest.raises(ValueError, match="compile"):
        gan.fit(IMAGES, verbose=0)
    gan.save(tmp_path / "gan.keras")
    gan.compile("adam", "adam", discriminator_constraint=clipping())
    with pytest.raises(ValueError, match="must be two objects"):
        gan.compile(one, one)
    gan.fit(IMAGES, batch_size=10, epochs=1, verbose=0)  # by the rules of before
    assert max(abs(w).max() for w in gan.discriminator.get_weights()) <= 0.01 + 1e-6
    gan.compile("adam", "adam")
    assert all(v.constraint is None for v in gan.discriminator.trainable_variables)


def test_a_constraint_of_ones_own_stops_before_any_other_is_laid():
    gan = plain_gan()
    first, *_, last = gan.discriminator.trainable_variables
    last.constraint = keras.constraints.NonNeg()
    with pytest.raises(ValueError, match="must be the only one"):
        gan.compile("adam", "adam", discriminator_constraint=clipping())
    assert first.constraint is None


def test_samples_follow_a_generator_that_gets_other_weights():
    gan = plain_gan()
    before = gan.sample(4, seed=1)
    dense = next(
        one for one in gan.generator.layers if isinstance(one, keras.layers.Dense)
    )
    dense.enable_lora(2)
    gan.compile(keras.optimizers.Adam(0.1), "adam")
    gan.fit(IMAGES, batch_size=10, epochs=3, verbose=0)
    latents = gan.prior.sample(4, 1)
    expected = gan.generator(latents, training=False)
    np.testing.assert_allclose(gan.sample(4, seed=1), expected, atol=1e-6)
    assert np.abs(before - expected).max() > 1e-3


def test_averages_of_other_weights_are_refused_in_words():
    gan = plain_gan(ema_half_life=10.0)
    dense = next(
        one for one in gan.generator.layers if isinstance(one, keras.layers.Dense)
    )
    dense.enable_lora(2)
    with pytest.raises(ValueError, match="`ema_half_life` keeps must have the weights"):
        gan.compile("adam", "adam")


def test_held_out_data_have_no_penalty():
    gan = make_tiny_gan(terms=[kg.terms.R1()])
    history = gan.fit(
        IMAGES, validation_data=IMAGES, batch_size=10, epochs=1, verbose=0
    ).history
    assert "penalty" in history and "val_penalty" not in history
    assert "penalty" not in gan.evaluate(IMAGES, verbose=0, return_dict=True)
    assert len(gan.evaluate(IMAGES, verbose=0)) == 4


@pytest.mark.exhaustive
def test_state_of_layers_that_were_frozen_since_is_saved(tmp_path):
    gan = make_tiny_gan()
    gan.fit(IMAGES, batch_size=10, epochs=2, verbose=0)
    frozen = learner(gan.discriminator)
    frozen.trainable = False
    learner(gan.generator).trainable = False
    gan.compile(gan.generator_optimizer, gan.discriminator_optimizer)
    gan.fit(IMAGES, batch_size=10, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras")  # no warning of Keras
    assert_equal_state(loaded, gan)
    assert loaded.discriminator_optimizer.iterations == 6
    for one in (gan, loaded):
        one.fit(IMAGES, batch_size=10, verbose=0)
    assert_equal_state(loaded, gan)
    # What is set free again finds its moments.
    for one in (gan, loaded):
        one.discriminator.get_layer(frozen.name).trainable = True
        one.compile(one.generator_optimizer, one.discriminator_optimizer)
        one.fit(IMAGES, batch_size=10, verbose=0)
    assert_equal_state(loaded, gan)


@pytest.mark.exhaustive
def test_means_of_layers_that_were_frozen_since_are_saved(tmp_path):
    averaging = kg.terms.HistoricalAveraging(1.0, player="discriminator")
    gan = make_tiny_gan(terms=[averaging])
    gan.fit(IMAGES, batch_size=10, epochs=2, verbose=0)
    learner(gan.discriminator).trainable = False
    gan.save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras")
    assert_equal_state(loaded, gan)
    assert loaded.terms[0].variables[0] == 4  # steps
    loaded.fit(IMAGES, batch_size=10, verbose=0)


def test_means_of_what_is_frozen_move_and_statistics_have_none(tmp_path):
    tiny = make_tiny_gan()
    layers = [keras.layers.Flatten(), keras.layers.Dense(4, name="frozen")]
    layers += [keras.layers.BatchNormalization(), keras.layers.Dense(1)]
    judge = keras.Sequential([keras.Input((4, 4, 1)), *layers])
    gan = kg.GAN(tiny.generator, judge, tiny.prior)
    frozen = judge.get_layer("frozen")
    frozen.trainable = False
    averaging = kg.terms.HistoricalAveraging(1.0, player="discriminator")
    gan.compile("adam", "adam", terms=[averaging])
    gan.fit(IMAGES, batch_size=10, epochs=2, verbose=0)
    means = gan.terms[0].variables[1:]
    shapes = [tuple(mean.shape) for mean in means]
    assert shapes == [(16, 4), (4,), (4,), (4,), (4, 1), (1,)]
    np.testing.assert_allclose(means[0], frozen.kernel, atol=1e-6)
    frozen.trainable = True
    gan.save(tmp_path / "gan.keras")
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer"):
        loaded = kg.load(tmp_path / "gan.keras")
    for ours, saved in zip(
        loaded.terms[0].variables, gan.terms[0].variables, strict=True
    ):
        np.testing.assert_array_equal(ours, saved)


def test_weights_that_do_not_decay_are_saved(tmp_path):
    def optimizer():
        decaying = keras.optimizers.AdamW(1e-2, weight_decay=0.5)
        decaying.exclude_from_weight_decay(var_names=["bias"])
        return decaying

    gan = make_tiny_gan(optimizer=optimizer)
    gan.fit(IMAGES, batch_size=10, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras")
    for one in (gan, loaded):
        one.fit(IMAGES, batch_size=10, epochs=2, verbose=0)
    assert_equal_state(loaded, gan)
    decays = loaded.generator_optimizer._use_weight_decay
    kinds = {"bias" in one.name: decays(one) for one in loaded.generator.weights}
    assert kinds == {True: False, False: True}


def test_a_player_that_cannot_learn_is_warned_of():
    tiny = make_tiny_gan()
    tiny.discriminator.trainable = False
    gan = kg.GAN(tiny.generator, tiny.discriminator, tiny.prior)
    with pytest.warns(UserWarning, match="The discriminator has no trainable weights"):
        gan.compile("adam", "adam")


def test_layers_that_were_set_free_after_compile_can_be_loaded(tmp_path):
    tiny = make_tiny_gan()
    frozen = learner(tiny.discriminator)
    frozen.trainable = False
    gan = kg.GAN(tiny.generator, tiny.discriminator, tiny.prior)
    gan.compile("adam", "adam")
    gan.fit(IMAGES, batch_size=10, verbose=0)
    frozen.trainable = True
    gan.save(tmp_path / "gan.keras")
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer"):
        loaded = kg.load(tmp_path / "gan.keras")
    np.testing.assert_array_equal(loaded.sample(3, seed=0), gan.sample(3, seed=0))
    loaded.fit(IMAGES, batch_size=10, verbose=0)


def test_an_optimizer_of_more_weights_than_the_networks_hold_is_saved(tmp_path):
    tiny = make_tiny_gan()
    gan = kg.GAN(tiny.generator, tiny.discriminator, tiny.prior)
    optimizer = keras.optimizers.Adam()
    both = gan.generator.trainable_variables + gan.discriminator.trainable_variables
    optimizer.build(both)
    gan.compile(optimizer, "adam")
    gan.fit(IMAGES, batch_size=10, verbose=0)
    gan.save(tmp_path / "gan.keras")
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer"):
        loaded = kg.load(tmp_path / "gan.keras")
    np.testing.assert_array_equal(loaded.sample(3, seed=0), gan.sample(3, seed=0))
