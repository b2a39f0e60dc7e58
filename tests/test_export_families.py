"""Every kind of network that the package builds, in every format."""

import keras
import numpy as np
import pytest
from games import make_tiny_gan

import keras_gan as kg
from export import (
    check_parity,
    export_litert,
    export_onnx,
    export_saved_model,
    run_artefact,
)

pytestmark = pytest.mark.usefixtures("play_here")

LATENT_DIM = 6
FORMATS = {
    "generator.onnx": export_onnx,
    "generator.tflite": export_litert,
    "saved_model": export_saved_model,
}


def maxout_mlp():
    return keras.Sequential(
        [
            keras.Input((LATENT_DIM,)),
            kg.layers.Maxout(12, num_pieces=3),
            keras.layers.Dense(64, activation="tanh"),
            keras.layers.Reshape((8, 8, 1)),
        ]
    )


def dcgan():
    return kg.networks.dcgan_generator(LATENT_DIM, (8, 8, 3), base_filters=8)


def residual_with_spectral_normalization():
    latents = keras.Input((LATENT_DIM,))
    features = keras.layers.Dense(4 * 4 * 8)(latents)
    features = keras.layers.Reshape((4, 4, 8))(features)
    features = keras.layers.UpSampling2D()(features)
    convolution = kg.layers.SpectralNormalization(
        keras.layers.Conv2D(8, 3, padding="same", activation="relu")
    )
    features = keras.layers.Add()([features, convolution(features)])
    images = keras.layers.Conv2D(1, 3, padding="same", activation="tanh")(features)
    return keras.Model(latents, images)


def virtual_batch_normalization():
    return keras.Sequential(
        [
            keras.Input((LATENT_DIM,)),
            kg.layers.ReferenceBatch(4, seed=0),
            keras.layers.Dense(64),
            kg.layers.VirtualBatchNormalization(4),
            keras.layers.LeakyReLU(),
            kg.layers.DropReferenceBatch(4),
            keras.layers.Dense(64, activation="tanh"),
            keras.layers.Reshape((8, 8, 1)),
        ]
    )


@pytest.fixture(
    scope="module",
    params=[
        maxout_mlp,
        dcgan,
        residual_with_spectral_normalization,
        virtual_batch_normalization,
    ],
    ids=lambda build: build.__name__,
)
def gan(request):
    keras.utils.set_random_seed(1)
    generator = request.param()
    image_shape = generator.output_shape[1:]
    gan = kg.GAN(
        generator,
        kg.networks.maxout_discriminator(image_shape, (4,), seed=1),
        kg.priors.NormalPrior(LATENT_DIM),
    )
    gan.compile("adam", "sgd")
    # Batch statistics and singular vectors must have moved from where they began.
    images = np.random.default_rng(0).uniform(-0.99, 0.99, (30, *image_shape))
    gan.fit(images.astype("float32"), batch_size=10, epochs=2, verbose=0)
    return gan


@pytest.mark.one_in(12)
@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_family_in_every_format(gan, tmp_path, name):
    report = FORMATS[name](gan, tmp_path / name)
    assert report.max_abs_error <= 1e-5
    assert report.batch_sizes == (1, 7, 64)


@pytest.mark.exhaustive
def test_normalization_of_a_class_in_every_format(tmp_path):
    # 16 pixels a side: smaller images are made without a layer that is told the class.
    generator = kg.networks.projection_generator(
        LATENT_DIM, 5, (16, 16, 1), base_filters=4, seed=1
    )
    random = np.random.default_rng(0)
    for weight in generator.weights:  # gains and offsets begin equal for all classes
        weight.assign_add(np.abs(random.normal(0, 0.1, weight.shape)))
    gan = kg.GAN(
        generator,
        kg.networks.maxout_discriminator((16, 16, 1), (4,)),
        kg.priors.NormalPrior(LATENT_DIM),
    )
    one_latent = np.ones((5, LATENT_DIM), "float32")
    for name, export in FORMATS.items():
        report = export(gan, tmp_path / name)
        assert max(report.classes["labels"].values()) <= 1e-5
        assert report.outside == {"labels": "refused"}
        images = run_artefact(tmp_path / name, one_latent, labels=range(5))
        assert len(np.unique(images.reshape(5, -1).round(4), axis=0)) == 5


def test_statistics_of_batches_are_frozen(tmp_path):
    generator = dcgan()
    gan = kg.GAN(
        generator,
        kg.networks.maxout_discriminator((8, 8, 3), (4,)),
        kg.priors.NormalPrior(LATENT_DIM),
    )
    export_onnx(gan, tmp_path / "g.onnx")
    for layer in generator.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_mean.assign(layer.moving_mean + 1.0)
    assert not check_parity(gan, tmp_path / "g.onnx").passed


@keras.saving.register_keras_serializable(package="tests")
class Zeta(keras.layers.Layer):
    def call(self, inputs):
        import tensorflow as tf

        return tf.math.zeta(tf.abs(inputs) + 2.0, tf.abs(inputs) + 1.0)


class NoConfig(keras.layers.Layer):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, inputs):
        return self.function(inputs)


def gan_with(layer):
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(16),
            layer,
            keras.layers.Reshape((4, 4, 1)),
        ]
    )
    base = make_tiny_gan()
    return kg.GAN(generator, base.discriminator, base.prior)


@pytest.mark.parametrize("name", ["generator.onnx", "generator.tflite"])
def test_an_operator_that_a_format_lacks_is_named_with_its_layer(tmp_path, name):
    gan = gan_with(Zeta(name="strange"))
    with pytest.raises(ValueError, match="'Zeta' of layer 'strange'"):
        FORMATS[name](gan, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore:No file w")
def test_generators_that_cannot_leave(tmp_path):
    path = tmp_path / "g.onnx"
    with pytest.raises(ValueError, match="Lambda layer 'twice'"):
        export_onnx(gan_with(keras.layers.Lambda(lambda x: 2 * x, name="twice")), path)
    with pytest.raises(ValueError, match="must be serializable"):
        export_onnx(gan_with(NoConfig(lambda x: 2 * x)), path)
    with pytest.raises(TypeError, match="must be a keras_gan.GAN"):
        export_onnx(keras.Sequential([keras.layers.Dense(3)]), path)
    assert list(tmp_path.iterdir()) == []
