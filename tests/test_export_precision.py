"""What trained in mixed precision is exported in float32."""

import keras
import numpy as np
import pytest
from games import make_tiny_gan

import keras_gan as kg
from export.contract.precision import in_float32
from keras_gan.export import check_parity, export_generator, run_artefact

LATENT_DIM = 3


def mixed_gan(policy):
    """A generator of one dense layer with an average, in mixed precision."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        generator = keras.Sequential(
            [
                keras.Input((LATENT_DIM,)),
                keras.layers.Dense(16, "tanh"),
                keras.layers.Reshape((4, 4, 1)),
            ]
        )
        discriminator = keras.Sequential(
            [keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
        )
    finally:
        keras.config.set_dtype_policy(before)
    prior = kg.priors.NormalPrior(LATENT_DIM)
    gan = kg.GAN(generator, discriminator, prior, ema_half_life=8.0)
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    images = np.random.default_rng(0).uniform(-1, 1, (32, 4, 4, 1)).astype("float32")
    gan.fit(images, batch_size=8, verbose=0)
    return gan


def in_float64(gan, latents):
    kernel, bias = (w.astype("float64") for w in gan.ema_generator.get_weights())
    return np.tanh(latents.astype("float64") @ kernel + bias).reshape(-1, 4, 4, 1)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_the_twin_has_all_digits_of_the_weights(policy):
    gan = mixed_gan(policy)
    latents = gan.prior.sample(20, seed=1)
    expected = in_float64(gan, np.asarray(latents))
    twin = in_float32(gan)
    found = twin.generate({"latents": latents}).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-6)
    rounded = gan.generate({"latents": latents}).numpy()
    assert np.abs(rounded - expected).max() > 1e-4
    assert twin.ema_generator.layers[0].compute_dtype == "float32"


def test_a_gan_in_float32_is_itself():
    gan = make_tiny_gan()
    assert in_float32(gan) is gan


@pytest.mark.one_in(3)
@pytest.mark.parametrize("format", ["onnx", "saved_model", "litert"])
def test_each_format_agrees_with_float32(tmp_path, format):
    gan = mixed_gan("mixed_bfloat16")
    path, report = export_generator(gan, tmp_path, format)
    assert report.passed and report.max_abs_error < 1e-5
    assert path.exists()
    # The GAN itself goes on in mixed precision.
    assert gan.generator.layers[0].compute_dtype == "bfloat16"


def test_an_onnx_file_has_the_images_of_float64(tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    gan = mixed_gan("mixed_float16")
    path, _ = export_generator(gan, tmp_path, "onnx")
    latents = np.asarray(gan.prior.sample(5, seed=2))
    session = onnxruntime.InferenceSession(path)
    (images,) = session.run(["images"], {"latents": latents})
    np.testing.assert_allclose(images, in_float64(gan, latents), atol=1e-6)


@keras.saving.register_keras_serializable(package="test_export_precision")
class Block(keras.layers.Layer):
    """A layer that makes another one for itself, by the policy that holds then."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units, self.dense = units, keras.layers.Dense(units, "tanh")

    def build(self, shape):
        self.dense.build(shape)
        self.built = True

    def call(self, inputs):
        return self.dense(inputs)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def test_layers_within_layers_are_exported_in_float32(tmp_path):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        latents = keras.Input((LATENT_DIM,))
        images = keras.layers.Reshape((4, 4, 1))(Block(16)(latents))
        generator = keras.Model(latents, images)
        judge = keras.Sequential(
            [keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
        )
        gan = kg.GAN(generator, judge, kg.priors.NormalPrior(LATENT_DIM))
        path, report = export_generator(gan, tmp_path, "onnx")
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy(before)
    assert report.passed
    latents = np.asarray(gan.prior.sample(20, seed=1))
    kernel, bias = (w.astype("float64") for w in generator.get_weights())
    expected = np.tanh(latents.astype("float64") @ kernel + bias)
    made = run_artefact(path, latents)
    np.testing.assert_allclose(made.reshape(20, 16), expected, atol=1e-5)


@pytest.mark.exhaustive
@pytest.mark.parametrize("format", ["onnx", "saved_model"])
def test_a_wide_range_is_compared_by_its_size(tmp_path, format):
    generator = keras.Sequential(
        [
            keras.Input((LATENT_DIM,)),
            keras.layers.Dense(16, "sigmoid"),
            keras.layers.Rescaling(255.0),
            keras.layers.Reshape((4, 4, 1)),
        ]
    )
    judge = make_tiny_gan().discriminator
    gan = kg.GAN(generator, judge, kg.priors.NormalPrior(LATENT_DIM, stddev=3.0))
    path, report = export_generator(gan, tmp_path, format)
    assert report.passed and 1e-3 < report.tolerance <= 255e-5
    # One value in a thousand off is no rounding.
    gan.generator.layers[0].bias.assign_add([0.01] + [0.0] * 15)
    assert not check_parity(gan, path).passed
