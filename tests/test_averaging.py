import keras
import numpy as np
import pytest
from games import (
    SavedAfter,
    assert_equal_weights,
    make_tiny_gan,
    tiny_images,
    weights_of,
)

import keras_gan as kg
from export import check_parity, export_onnx


def with_average(half_life, generator=None, **compile_arguments):
    base = make_tiny_gan()
    gan = kg.GAN(
        generator or base.generator,
        base.discriminator,
        base.prior,
        ema_half_life=half_life,
        seed=6,
    )
    gan.compile(
        keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.5), **compile_arguments
    )
    return gan


def normalized_generator():
    return keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(16),
            keras.layers.BatchNormalization(),
            keras.layers.Activation("sigmoid"),
            keras.layers.Reshape((4, 4, 1)),
        ]
    )


class Recorder(keras.callbacks.Callback):
    """Keeps the generator's weights after every step."""

    def __init__(self):
        super().__init__()
        self.weights = []

    def on_train_batch_end(self, batch, logs=None):
        self.weights.append(weights_of(self.model.generator))


@pytest.mark.parametrize("simultaneous", [False, True])
def test_the_average_follows_its_half_life_in_images(simultaneous):
    gan = with_average(30.0, simultaneous=simultaneous)
    expected = [weight.astype("float64") for weight in weights_of(gan.generator)]
    recorder = Recorder()
    # Batches of 16, 16 and 8 images: the short one counts for less.
    gan.fit(tiny_images(40), batch_size=16, verbose=0, callbacks=[recorder])
    for weights, num_images in zip(recorder.weights, (16, 16, 8), strict=True):
        decay = 0.5 ** (num_images / 30)
        expected = [
            decay * old + (1 - decay) * new
            for old, new in zip(expected, weights, strict=True)
        ]
    for received, weight in zip(weights_of(gan.ema_generator), expected, strict=True):
        np.testing.assert_allclose(received, weight, rtol=1e-5, atol=1e-7)
    last = weights_of(gan.generator)[0]
    assert not np.allclose(last, weights_of(gan.ema_generator)[0])


def test_batch_statistics_are_copied_not_averaged():
    gan = with_average(1e6, normalized_generator())
    gan.fit(tiny_images(), batch_size=10, verbose=0)
    live, average = gan.generator.layers[1], gan.ema_generator.layers[1]
    np.testing.assert_array_equal(live.moving_mean, average.moving_mean)
    np.testing.assert_array_equal(live.moving_variance, average.moving_variance)
    assert not np.allclose(live.gamma, average.gamma)


def test_no_optimizer_moves_the_average():
    gan = with_average(10.0)
    assert not gan.ema_generator.trainable_variables
    assert len(gan.generator.trainable_variables) == 4


def test_samples_validation_and_exports_come_from_the_average(tmp_path):
    gan = with_average(1e4)
    gan.fit(tiny_images(), batch_size=10, verbose=0)
    latents = gan.prior.sample(5, seed=1)
    average = gan.ema_generator(latents).numpy()
    np.testing.assert_allclose(gan.sample(5, seed=1), average, rtol=1e-5, atol=1e-6)
    assert not np.allclose(gan.generator(latents), average, atol=1e-4)
    assert export_onnx(gan, tmp_path / "generator.onnx").passed
    gan.ema_generator.set_weights(gan.generator.get_weights())
    assert not check_parity(gan, tmp_path / "generator.onnx").passed


def test_without_a_half_life_the_generator_is_evaluated(tiny_gan):
    assert tiny_gan.ema_generator is None
    assert tiny_gan.evaluation_generator is tiny_gan.generator


@pytest.mark.exhaustive
def test_the_average_is_saved_and_resumed_exactly(tmp_path):
    images = tiny_images()
    whole, save = with_average(25.0), SavedAfter(2, tmp_path / "gan.keras")
    whole.fit(images, batch_size=7, epochs=4, verbose=0, callbacks=[save])
    resumed = kg.load(tmp_path / "gan.keras")
    assert resumed.ema_half_life == 25.0
    resumed.fit(images, batch_size=7, epochs=4, initial_epoch=2, verbose=0)
    assert_equal_weights(whole, resumed)


class Unclonable(keras.Model):
    """A subclass that does not say how it was made."""

    def __init__(self, width):
        super().__init__()
        self.dense = keras.layers.Dense(width)
        self.shape_up = keras.layers.Reshape((4, 4, 1))

    def call(self, latents, training=False):
        return self.shape_up(self.dense(latents))


@pytest.mark.filterwarnings("ignore:No file will hold")
def test_invalid_averages():
    with pytest.raises(ValueError, match="`ema_half_life`. Expected a positive float"):
        with_average(0.0)
    with pytest.raises(ValueError, match="`ema_half_life` needs a network"):
        with_average(10.0, Unclonable(16))


@pytest.mark.parametrize("policy", ["bfloat16", "float16"])
def test_averages_of_few_bits_are_refused(policy):
    def gan(dtype):
        generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
        discriminator = keras.Sequential(
            [keras.Input((4,)), keras.layers.Dense(1, dtype="float32")]
        )
        generator.add(keras.layers.Dense(4, dtype=dtype))
        prior = kg.priors.NormalPrior(3)
        return kg.GAN(generator, discriminator, prior, ema_half_life=100)

    with pytest.raises(ValueError, match=f"stands still. Received: .*{policy}; "):
        gan(policy)
    gan(f"mixed_{policy}")
