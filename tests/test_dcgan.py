import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan as kg
from keras_gan.networks.dcgan import dcgan_discriminator, dcgan_generator

LATENT_DIM = 3
SMALL_SHAPE = (12, 20, 2)  # halves twice, to 3x5
NORMALIZATIONS = ["batch", "layer", None]


def small_networks(**arguments):
    arguments = {"base_filters": 2, **arguments}
    return (
        dcgan_generator(LATENT_DIM, SMALL_SHAPE, **arguments),
        dcgan_discriminator(SMALL_SHAPE, **arguments),
    )


def kernels_of(network):
    return [
        layer.kernel.numpy() for layer in network.layers if hasattr(layer, "kernel")
    ]


def kinds_of(network):
    return [type(layer).__name__ for layer in network.layers]


# -------------------------------------------------------------------- the architecture


def test_the_mnist_networks_have_the_parameters_of_their_layers():
    # Batch normalization has a gain, an offset and two moving statistics per unit.
    generator = (
        100 * (7 * 7 * 128)
        + 4 * (7 * 7 * 128)
        + (5 * 5 * 128 * 64)
        + 4 * 64
        + (5 * 5 * 64 * 1 + 1)
    )
    discriminator = (
        (5 * 5 * 1 * 64 + 64) + (5 * 5 * 64 * 128) + 4 * 128 + (7 * 7 * 128 + 1)
    )
    shape = (28, 28, 1)
    assert dcgan_generator(100, shape).count_params() == generator
    assert dcgan_discriminator(shape).count_params() == discriminator
    biases = 7 * 7 * 128 + 64
    bare = dcgan_generator(100, shape, normalization=None)
    norms = 4 * (7 * 7 * 128 + 64)
    assert bare.count_params() == generator - norms + biases
    bare = dcgan_discriminator(shape, normalization=None)
    assert bare.count_params() == discriminator - 4 * 128 + 128


def test_layer_normalization_has_a_gain_and_an_offset_for_every_unit():
    shape = (28, 28, 1)
    difference = dcgan_generator(100, shape, normalization="layer").count_params() - (
        100 * (7 * 7 * 128) + (5 * 5 * 128 * 64) + (5 * 5 * 64 * 1 + 1)
    )
    assert difference == 2 * (7 * 7 * 128) + 2 * (14 * 14 * 64)
    difference = dcgan_discriminator(shape, normalization="layer").count_params() - (
        (5 * 5 * 1 * 64 + 64) + (5 * 5 * 64 * 128) + (7 * 7 * 128 + 1)
    )
    assert difference == 2 * (7 * 7 * 128)


def test_the_64_pixel_networks_are_those_for_faces():
    # ngf = ndf = 128 of Newmu/dcgan_code, faces/train_uncond_dcgan.py: the grid, then
    # 512, 256, 128 and 3 filters; 128, 256, 512 and 1024 in the discriminator.
    generator = dcgan_generator(100, (64, 64, 3), base_filters=128)
    discriminator = dcgan_discriminator((64, 64, 3), base_filters=128)
    assert [kernel.shape for kernel in kernels_of(generator)] == [
        (100, 4 * 4 * 1024),
        (5, 5, 512, 1024),
        (5, 5, 256, 512),
        (5, 5, 128, 256),
        (5, 5, 3, 128),
    ]
    assert [kernel.shape for kernel in kernels_of(discriminator)] == [
        (5, 5, 3, 128),
        (5, 5, 128, 256),
        (5, 5, 256, 512),
        (5, 5, 512, 1024),
        (4 * 4 * 1024, 1),
    ]


@pytest.mark.parametrize(
    ("image_shape", "grid"),
    [
        ((28, 28, 1), (7, 7, 4)),
        ((32, 32, 3), (4, 4, 8)),
        ((64, 64, 3), (4, 4, 16)),
        ((64, 32, 1), (8, 4, 8)),  # both sides as often as the shorter one
        ((24, 80, 1), (3, 10, 8)),
        ((6, 10, 2), (3, 5, 2)),
    ],
)
def test_images_come_from_and_go_to_the_coarsest_grid(image_shape, grid):
    generator = dcgan_generator(LATENT_DIM, image_shape, base_filters=2)
    discriminator = dcgan_discriminator(image_shape, base_filters=2)
    assert generator.output_shape == (None, *image_shape)
    assert generator.get_layer("grid").output.shape[1:] == grid
    assert discriminator.get_layer("flatten").input.shape[1:] == grid
    assert discriminator.output_shape == (None, 1)


def test_normalization_spares_the_images_on_both_sides():
    generator, discriminator = small_networks()
    norm = "BatchNormalization"
    assert kinds_of(generator) == [
        *("InputLayer", "Dense", norm, "ReLU", "Reshape"),
        *("Conv2DTranspose", norm, "ReLU", "Conv2DTranspose", "Activation"),
    ]
    assert kinds_of(discriminator) == [
        *("InputLayer", "Conv2D", "LeakyReLU", "Conv2D", norm, "LeakyReLU"),
        *("Flatten", "Dense"),
    ]
    slopes = [getattr(layer, "negative_slope", 0) for layer in discriminator.layers]
    np.testing.assert_allclose([slope for slope in slopes if slope], 0.2)


def test_a_bias_stands_where_no_normalization_follows():
    def biases(network):
        return [
            layer.use_bias for layer in network.layers if hasattr(layer, "use_bias")
        ]

    for normalization in ("batch", "layer"):
        generator, discriminator = small_networks(normalization=normalization)
        assert biases(generator) == [False, False, True]
        assert biases(discriminator) == [True, False, True]
    generator, discriminator = small_networks(normalization=None)
    assert biases(generator) == biases(discriminator) == [True] * 3


def test_layer_normalization_looks_at_all_units_of_one_example():
    _, discriminator = small_networks(normalization="layer")
    layer = discriminator.get_layer("normalization_1")
    inputs = np.random.default_rng(0).normal(5.0, [[[[1.0, 9.0]]]], (4, 3, 5, 2))
    inputs = np.tile(inputs, 2).astype("float32")  # four channels
    outputs = layer(inputs).numpy()
    spread = inputs.std(axis=(1, 2, 3), keepdims=True, dtype="float64")
    mean = inputs.mean(axis=(1, 2, 3), keepdims=True, dtype="float64")
    np.testing.assert_allclose(outputs, (inputs - mean) / spread, rtol=1e-4, atol=1e-5)


# ----------------------------------------------------------------- the initial weights


def test_weights_start_as_published():
    generator = dcgan_generator(20, (28, 28, 1))
    discriminator = dcgan_discriminator((28, 28, 1))
    for network in (generator, discriminator):
        for kernel in kernels_of(network):
            # Five standard errors of the mean and of the spread.
            margin = 5 / np.sqrt(kernel.size)
            assert abs(kernel.mean()) < 0.02 * margin
            assert abs(kernel.std() / 0.02 - 1) < margin / np.sqrt(2)
    norm = generator.get_layer("normalization_0")
    gains = norm.gamma.numpy()
    assert gains.size == 7 * 7 * 128
    assert abs(gains.mean() - 1) < 0.02 * 5 / np.sqrt(gains.size)
    assert abs(gains.std() / 0.02 - 1) < 5 / np.sqrt(2 * gains.size)
    assert (norm.momentum, norm.epsilon) == (0.9, 1e-5)
    assert not norm.beta.numpy().any()


def test_the_seed_decides_the_weights():
    for one, same, other in zip(
        small_networks(seed=1),
        small_networks(seed=1),
        small_networks(seed=2),
        strict=True,
    ):
        for first, second in zip(one.weights, same.weights, strict=True):
            np.testing.assert_array_equal(first, second)
        drawn = [weight.path for weight in one.weights if "kernel" in weight.path]
        drawn += [weight.path for weight in one.weights if "gamma" in weight.path]
        for first, second in zip(one.weights, other.weights, strict=True):
            assert (first.path in drawn) == (not np.array_equal(first, second))


def test_no_two_layers_share_their_random_numbers():
    for network in small_networks():
        starts = [kernel.ravel()[:2] for kernel in kernels_of(network)]
        starts += [
            layer.gamma.numpy()[:2] - 1
            for layer in network.layers
            if hasattr(layer, "gamma")
        ]
        # One seed draws the same first numbers, whatever the shape.
        assert len(starts) > 3
        assert len(np.unique(np.round(starts, 5), axis=0)) == len(starts)


# ------------------------------------------------------------------------------- usage


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_networks_survive_saving(normalization, tmp_path):
    inputs = np.random.default_rng(0).normal(size=(2, LATENT_DIM)).astype("float32")
    for network in small_networks(normalization=normalization, seed=3):
        network.save(tmp_path / "network.keras")
        loaded = keras.saving.load_model(tmp_path / "network.keras")
        assert loaded.to_json() == network.to_json()
        outputs = network(inputs, training=False)
        np.testing.assert_array_equal(loaded(inputs, training=False), outputs)
        inputs = outputs  # the generator's images, for the discriminator


def test_the_networks_play_a_game():
    generator, discriminator = small_networks()
    gan = kg.GAN(generator, discriminator, kg.priors.UniformPrior(LATENT_DIM))
    gan.compile(keras.optimizers.Adam(2e-4, 0.5), keras.optimizers.Adam(2e-4, 0.5))
    before = [
        [weight.numpy() for weight in one.weights] for one in (generator, discriminator)
    ]
    logs = gan.fit(gan.sample(4, seed=0), batch_size=4, verbose=0).history
    assert np.isfinite(list(logs.values())).all()
    for network, old in zip((generator, discriminator), before, strict=True):
        for weight, value in zip(network.weights, old, strict=True):
            # A bias before batch normalization would not move; there is none.
            assert not np.array_equal(weight, value), weight.path


@pytest.mark.parametrize("normalization", ["layer", None])
def test_a_critic_plays_with_a_gradient_penalty(normalization):
    critic = dcgan_discriminator(SMALL_SHAPE, 2, normalization=normalization)
    generator, _ = small_networks()
    gan = kg.GAN(generator, critic, kg.priors.NormalPrior(LATENT_DIM))
    gan.compile(
        keras.optimizers.Adam(1e-4, 0.5),
        keras.optimizers.Adam(1e-4, 0.5),
        objective="wasserstein",
        terms=[kg.terms.GradientPenalty(10.0)],
        run_eagerly=True,
    )
    logs = gan.fit(gan.sample(4, seed=0), batch_size=4, verbose=0).history
    assert np.isfinite(list(logs.values())).all()


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_outputs_are_float32_under_mixed_precision(normalization, dtype_policy):
    dtype_policy("mixed_bfloat16")
    generator, discriminator = small_networks(normalization=normalization)
    images = generator(tf.ones((2, LATENT_DIM)), training=True)
    assert generator.get_layer("transposed_convolution_2").output.dtype == "bfloat16"
    assert discriminator.get_layer("flatten").output.dtype == "bfloat16"
    assert images.dtype == discriminator(images, training=True).dtype == tf.float32


def test_the_output_activation_sets_the_range():
    images = dcgan_generator(
        LATENT_DIM, SMALL_SHAPE, 2, output_activation="sigmoid", normalization=None
    )(tf.zeros((1, LATENT_DIM)))
    np.testing.assert_array_equal(images, np.full((1, *SMALL_SHAPE), 0.5))


# ---------------------------------------------------------------------------- refusals

BUILDERS = [
    lambda image_shape=SMALL_SHAPE, **rest: dcgan_generator(3, image_shape, **rest),
    lambda image_shape=SMALL_SHAPE, **rest: dcgan_discriminator(image_shape, **rest),
]


@pytest.mark.parametrize("build", BUILDERS, ids=["generator", "discriminator"])
@pytest.mark.parametrize("image_shape", [(4, 4, 1), (7, 7, 1), (28, 27, 1), (28, 4, 3)])
def test_an_image_that_cannot_be_halved_is_refused(build, image_shape):
    with pytest.raises(ValueError, match=r"to a grid of at most 625 places. Received"):
        build(image_shape)


@pytest.mark.parametrize("build", BUILDERS, ids=["generator", "discriminator"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"image_shape": (28, 28)},
            r"`image_shape`. Expected \(height, width, channel",
        ),
        ({"image_shape": (28, 28, 0)}, r"`image_shape\[2\]`. Expected an integer"),
        ({"base_filters": 0}, "`base_filters`. Expected an integer of at least 1"),
        ({"kernel_size": 1}, "`kernel_size`. Expected an integer of at least 2"),
        (
            {"normalization": "instance"},
            "`normalization`. Expected 'batch', 'layer' or",
        ),
    ],
)
def test_arguments_are_refused(build, arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)


def test_a_latent_vector_has_a_length():
    with pytest.raises(
        ValueError, match="`latent_dim`. Expected an integer of at least"
    ):
        dcgan_generator(0, SMALL_SHAPE)
