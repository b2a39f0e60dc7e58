"""What the discriminator is shown: packs, fused passes, noise, augmented images."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import (
    make_tiny_gan,
    tiny_images,
    weights_of,
    without_dropout,
)

import keras_gan as kg
from keras_gan.training.round import Round
from keras_gan.training.view import DiscriminatorView

SEED = tf.constant([1, 2])
STEP = tf.constant(0)


def sgd():
    return keras.optimizers.SGD(0.1)


@pytest.mark.parametrize("shape", [(2,), (4, 4, 1), (3, 5, 2)])
def test_packs_hold_neighbors_side_by_side_as_channels(shape):
    images = np.random.default_rng(0).normal(size=(6, *shape)).astype("float32")
    packs = DiscriminatorView(packing=3).pack(tf.constant(images)).numpy()
    expected = [np.concatenate(images[i : i + 3], axis=-1) for i in (0, 3)]
    np.testing.assert_array_equal(packs, expected)


def test_packs_that_are_shown_otherwise_are_unpacked_first():
    images = tf.constant(tiny_images(6))

    def brighter(images, seed):
        return images * tf.constant([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])[:, None, None, None]

    view = DiscriminatorView(packing=2, augmentation=brighter)
    np.testing.assert_array_equal(
        view.of_packs(view.pack(images), SEED, STEP), view(images, SEED, STEP)
    )


def test_a_packed_game_judges_half_as_many_packs(tmp_path):
    gan = make_tiny_gan(packing=2, optimizer=sgd, run_eagerly=True)
    gan.fit(tiny_images(20), batch_size=10, verbose=0)
    assert gan.discriminate(tiny_images(6)).shape == (3,)
    assert gan.sample(3, seed=0).shape == (3, 4, 4, 1)
    gan.save(tmp_path / "gan.keras")
    assert kg.load(tmp_path / "gan.keras").packing == 2


@pytest.mark.exhaustive
def test_a_short_last_batch_of_packs_wraps_around():
    gan = make_tiny_gan(packing=4, discriminator_steps=2)
    logs = gan.fit(tiny_images(17), batch_size=4, verbose=0).history
    assert np.isfinite(logs["d_loss"]).all() and gan.train_steps == 3
    assert np.isfinite(gan.evaluate(tiny_images(6), verbose=0)).all()


def grouping_gan(**arguments):
    base = make_tiny_gan()
    discriminator = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            kg.layers.MinibatchStandardDeviation(group_size=4),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )
    gan = kg.GAN(base.generator, discriminator, base.prior)
    gan.compile(sgd(), sgd(), **arguments)
    return gan


@pytest.mark.exhaustive
def test_batches_that_packs_or_groups_do_not_divide_are_refused():
    with pytest.raises(ValueError, match="`batch_size` must be a multiple of 2"):
        make_tiny_gan(packing=2).fit(tiny_images(9), batch_size=3)
    with pytest.raises(ValueError, match="take 3 \\* 4 = 12"):
        grouping_gan().fit(tiny_images(20), batch_size=10)
    for gan, least in ((make_tiny_gan(packing=2), 2), (grouping_gan(), 4)):
        told = f"At least {least} images .*Received: {least - 1} images to .*default"
        with pytest.raises(ValueError, match=told):
            gan.fit(tiny_images(least - 1), batch_size=8)
        gan.fit(tiny_images(least), batch_size=8, verbose=0)
    batches = tf.data.Dataset.from_tensor_slices(tiny_images(20))
    with pytest.raises(ValueError, match="`batch_size` must be a multiple of 4"):
        grouping_gan().fit(batches.batch(10, drop_remainder=True))
    with pytest.raises(ValueError, match="The number of images .* Received: 3 images"):
        make_tiny_gan(packing=2).discriminate(tiny_images(3))
    grouping_gan().fit(batches.batch(8), verbose=0)  # the last one is short: 4 rows


def test_a_discriminator_of_single_images_is_no_discriminator_of_packs():
    base = make_tiny_gan()
    with pytest.raises(ValueError, match="does not accept packs of 2"):
        kg.GAN(base.generator, base.discriminator, base.prior, packing=2)


@pytest.mark.parametrize("simultaneous", [False, True])
def test_a_fused_pass_equals_two_passes(simultaneous):
    games = [
        without_dropout(
            make_tiny_gan(
                optimizer=sgd, fused_discriminator=fused, simultaneous=simultaneous
            )
        )
        for fused in (False, True)
    ]
    for gan in games:
        gan.fit(tiny_images(), batch_size=10, verbose=0)
    pairs = zip(weights_of(games[0]), weights_of(games[1]), strict=True)
    for one, other in pairs:
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "layer",
    [
        keras.layers.BatchNormalization(),
        kg.layers.MinibatchDiscrimination(3, 2),
        keras.Sequential([keras.layers.BatchNormalization()]),
    ],
    ids=["batch normalization", "minibatch discrimination", "inside a model"],
)
def test_a_fused_pass_is_refused_where_rows_are_mixed(layer):
    base = make_tiny_gan()
    discriminator = keras.Sequential(
        [keras.Input((4, 4, 1)), keras.layers.Flatten(), layer, keras.layers.Dense(1)]
    )
    gan = kg.GAN(base.generator, discriminator, base.prior)
    with pytest.raises(ValueError, match="layers with batch statistics would mix"):
        gan.compile("adam", "adam", fused_discriminator=True)


def test_instance_noise_has_its_size_and_anneals():
    schedule = keras.optimizers.schedules.PolynomialDecay(0.5, 10, 0.0)
    view = DiscriminatorView(instance_noise=schedule)
    images = tf.zeros((4_000, 5))
    for step, stddev in ((0, 0.5), (5, 0.25), (10, 0.0), (20, 0.0)):
        shown = view(images, SEED, tf.constant(step)).numpy()
        # Standard error of a standard deviation of n normals: stddev / sqrt(2 n).
        error = 4 * stddev / np.sqrt(2 * shown.size)
        assert abs(shown.std() - stddev) <= error
        assert abs(shown.mean()) <= 4 * stddev / np.sqrt(shown.size)


def test_instance_noise_disturbs_both_kinds_and_the_generator_sees_it():
    seen = []

    def record(images, seed):
        seen.append((images.numpy(), seed.numpy()))
        return images

    gan = make_tiny_gan(augmentation=record, instance_noise=0.1, run_eagerly=True)
    gan.train_step(tf.constant(tiny_images(4)))
    assert len(seen) == 3  # real, fake; then the fake of the generator's move
    np.testing.assert_array_equal(seen[0][0], tiny_images(4))
    assert len({tuple(seed) for _, seed in seen}) == 3


def test_slopes_are_taken_at_images_through_what_is_done_to_show_them():
    # D(T(x)) with T(x) = 3 x has three times the slope of D: R1 grows ninefold.
    penalties = []
    for factor in (1.0, 3.0):

        def times(images, seed, factor=factor):
            return factor * images

        gan = kg.GAN(
            make_tiny_gan().generator, linear_discriminator(), kg.priors.UniformPrior(3)
        )
        gan.compile(sgd(), sgd(), terms=[kg.terms.R1()], augmentation=times)
        round = Round(gan, {"images": tf.constant(tiny_images(4))}, ["discriminator"])
        penalties.append(float(gan.terms[0](round, "discriminator")))
    np.testing.assert_allclose(penalties[1], 9 * penalties[0], rtol=1e-5)


def linear_discriminator():
    return keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(1, kernel_initializer="ones"),
        ]
    )


def test_weight_clipping_holds_every_variable_after_each_move():
    gan = make_tiny_gan(
        optimizer=lambda: keras.optimizers.SGD(10.0),
        discriminator_constraint=kg.constraints.WeightClipping(0.01),
    )
    gan.fit(tiny_images(), batch_size=10, verbose=0)
    for weight in gan.discriminator.trainable_variables:
        assert np.abs(weight.numpy()).max() <= 0.01 + 1e-9
    largest = max(np.abs(w.numpy()).max() for w in gan.generator.trainable_variables)
    assert largest > 0.01
    gan.compile(sgd(), sgd())  # takes it off again
    assert all(one.constraint is None for one in gan.discriminator.trainable_variables)


def test_a_second_constraint_is_refused():
    base = make_tiny_gan()
    discriminator = linear_discriminator()
    discriminator.layers[-1].kernel.constraint = keras.constraints.NonNeg()
    gan = kg.GAN(base.generator, discriminator, base.prior)
    with pytest.raises(ValueError, match="must be the only one"):
        gan.compile(
            "adam", "adam", discriminator_constraint=kg.constraints.WeightClipping()
        )


def test_a_generator_that_moves_often_answers_one_discriminator(tmp_path):
    gan = make_tiny_gan(generator_steps=3, run_eagerly=True)
    gan.fit(tiny_images(10), batch_size=5, verbose=0)
    assert gan.discriminator_optimizer.iterations == 2
    assert gan.generator_optimizer.iterations == 6
    draws = [np.asarray(gan.sample_latents(5, gan.seed_of(draw))) for draw in range(4)]
    flat = np.concatenate(draws)
    assert len(np.unique(flat, axis=0)) == 20  # fresh latents for every move
    gan.save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras")
    assert loaded.rules.generator_steps == 3


@pytest.mark.exhaustive
def test_options_survive_saving(tmp_path):
    gan = make_tiny_gan(
        fused_discriminator=True,
        instance_noise=keras.optimizers.schedules.PolynomialDecay(0.5, 10, 0.0),
        augmentation=kg.augmentation.DiffAugment("color,cutout", (0.0, 1.0)),
        discriminator_constraint=kg.constraints.WeightClipping(0.5),
        ema_half_life=100.0,
    )
    images = tiny_images()
    gan.fit(images, batch_size=10, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras")
    assert loaded.get_compile_config() == gan.get_compile_config()
    for one in (gan, loaded):
        one.fit(images, batch_size=10, verbose=0)
    for one, other in zip(weights_of(gan), weights_of(loaded), strict=True):
        np.testing.assert_array_equal(one, other)


def test_bad_options_are_refused(tiny_gan):
    with pytest.raises(ValueError, match="`instance_noise`"):
        tiny_gan.compile("adam", "adam", instance_noise=-0.1)
    with pytest.raises(ValueError, match="`packing`"):
        kg.GAN(tiny_gan.generator, tiny_gan.discriminator, tiny_gan.prior, packing=0)
    with pytest.raises(TypeError, match="trainable"):
        kg.GAN(
            tiny_gan.generator, tiny_gan.discriminator, tiny_gan.prior, trainable=False
        )
    with pytest.raises(TypeError, match="`augmentation` must be"):
        tiny_gan.compile("adam", "adam", augmentation="color")
