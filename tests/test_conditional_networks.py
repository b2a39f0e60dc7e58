"""Networks that are told the class: sizes by hand, seeds, shapes, what they refuse."""

import keras
import numpy as np
import pytest

from keras_gan import layers, networks

MNIST = (28, 28, 1)


def num_params(network):
    return network.count_params()


def test_the_networks_of_mirza_and_osindero_have_their_published_sizes():
    generator = networks.conditional_mlp_generator(100, 10, MNIST)
    # 100-200 and 10-1000, joint 1200-1200, 1200-784, with biases.
    sizes = [(100, 200), (10, 1000), (200 + 1000, 1200), (1200, 784)]
    assert num_params(generator) == sum((fan + 1) * units for fan, units in sizes)
    discriminator = networks.conditional_maxout_discriminator(MNIST, 10)
    # 784-240x5 and 10-50x5, joint 290-240x4, 240-1, with biases.
    sizes = [(784, 240 * 5), (10, 50 * 5), (240 + 50, 240 * 4), (240, 1)]
    assert num_params(discriminator) == sum((fan + 1) * units for fan, units in sizes)
    for network in (generator, discriminator):
        thinned = [one for one in network.layers if isinstance(one, layers.Dropout)]
        assert [one.rate for one in thinned] == [0.5] * 3


def test_their_weights_start_in_the_ranges_that_are_stated():
    generator = networks.conditional_mlp_generator(
        100, 10, MNIST, output_bias=np.full(784, -2.0)
    )
    discriminator = networks.conditional_maxout_discriminator(MNIST, 10)
    ranges = {
        generator: {"dense_0": 1.5, "dense_1": 0.5, "dense_2": 0.05, "dense_3": 0.05},
        discriminator: {
            "maxout_0": 0.005,
            "maxout_1": 0.05,
            "maxout_2": 0.005,
            "logits": 0.005,
        },
    }
    for network, expected in ranges.items():
        for name, half_width in expected.items():
            values = network.get_layer(name).kernel.numpy()
            assert 0.97 * half_width < np.abs(values).max() <= half_width
    np.testing.assert_array_equal(
        generator.get_layer("dense_3").bias, np.full(784, -2.0)
    )
    with pytest.raises(ValueError, match="`output_bias`. Expected 784 finite floats"):
        networks.conditional_mlp_generator(100, 10, MNIST, output_bias=[0.0])


def test_the_conditional_dcgan_is_the_plain_one_and_the_class():
    plain = networks.dcgan_generator(100 + 50, MNIST, base_filters=8)
    told = networks.conditional_dcgan_generator(100, 10, MNIST, base_filters=8)
    assert num_params(told) == num_params(plain) + 10 * 50
    assert told.get_layer("grid").output.shape == plain.get_layer("grid").output.shape
    plain = networks.dcgan_discriminator(MNIST, base_filters=8)
    told = networks.conditional_dcgan_discriminator(MNIST, 10, base_filters=8)
    # One channel more for 5x5 kernels of 8 filters.
    more = 10 * 28 * 28 + 5 * 5 * 8
    assert num_params(told) == num_params(plain) + more
    naming = networks.acgan_discriminator(MNIST, 10, base_filters=8)
    assert num_params(naming) == num_params(plain) + 10 * (7 * 7 * 16 + 1)
    assert naming.output["classes"].shape == (None, 10)
    assert naming.output["logits"].shape == (None, 1)


def test_the_projection_networks_have_the_sizes_of_their_blocks():
    filters, classes = 4, 3
    generator = networks.projection_generator(5, classes, MNIST, base_filters=filters)
    wide, narrow = 2 * filters, filters  # at 7x7 and at 14x14
    dense = (5 + 1) * 7 * 7 * wide
    convolutions = 16 * wide * narrow + 9 * narrow * narrow + wide * narrow + 3 * narrow
    conditional = (2 * classes + 2) * (wide + narrow)  # gains, offsets, statistics
    last = 4 * narrow + 16 * narrow + 1
    assert num_params(generator) == dense + convolutions + conditional + last
    discriminator = networks.projection_discriminator(MNIST, classes, filters)
    wide = 2 * filters
    kernels = 16 * filters + 9 * filters**2 + 16 * filters * wide + filters * wide
    biases = 2 * filters + 2 * wide
    head = wide + 1 + classes * wide
    directions = filters + filters + wide + wide + 1 + wide  # of power iterations
    assert num_params(discriminator) == kernels + biases + head + directions


def test_every_kernel_of_the_projection_discriminator_is_normalized():
    discriminator = networks.projection_discriminator(MNIST, 3, 4)
    bare = [layer.name for layer in discriminator.layers if hasattr(layer, "kernel")]
    assert not bare
    head = discriminator.get_layer("logits")
    for part in (head.dense, head.embedding):
        assert isinstance(part, layers.SpectralNormalization)


BUILDERS = {
    "conditional_mlp_generator": lambda seed: networks.conditional_mlp_generator(
        5, 3, MNIST, 4, 4, 4, seed=seed
    ),
    "conditional_maxout_discriminator": lambda seed: (
        networks.conditional_maxout_discriminator(MNIST, 3, 4, 4, 4, seed=seed)
    ),
    "conditional_dcgan_generator": lambda seed: networks.conditional_dcgan_generator(
        5, 3, MNIST, base_filters=2, seed=seed
    ),
    "conditional_dcgan_discriminator": lambda seed: (
        networks.conditional_dcgan_discriminator(MNIST, 3, base_filters=2, seed=seed)
    ),
    "acgan_discriminator": lambda seed: networks.acgan_discriminator(
        MNIST, 3, base_filters=2, seed=seed
    ),
    "projection_generator": lambda seed: networks.projection_generator(
        5, 3, MNIST, base_filters=2, seed=seed
    ),
    "projection_discriminator": lambda seed: networks.projection_discriminator(
        MNIST, 3, base_filters=2, seed=seed
    ),
}


@pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
def test_the_seed_decides_every_weight_that_is_drawn(build):
    one, same, other = (build(seed).get_weights() for seed in (1, 1, 2))
    for first, second, third in zip(one, same, other, strict=True):
        np.testing.assert_array_equal(first, second)
        drawn = first.size > 1 and first.std() > 0
        assert not drawn or (first != third).any()
    # No two kernels of one shape are the same draw.
    drawn = [weight for weight in one if weight.size > 1 and weight.std() > 0]
    assert len({weight.tobytes() for weight in drawn}) == len(drawn)


@pytest.mark.parametrize("image_shape", [(32, 32, 3), (12, 20, 2)])
@pytest.mark.parametrize("name", ["conditional_dcgan", "projection"])
def test_images_of_other_sizes_are_made_and_judged(name, image_shape):
    generator = getattr(networks, f"{name}_generator")(5, 3, image_shape)
    discriminator = getattr(networks, f"{name}_discriminator")(image_shape, 3)
    latents, labels = keras.ops.zeros((2, 5)), keras.ops.array([0, 2], "int32")
    images = generator({"latents": latents, "labels": labels})
    assert images.shape == (2, *image_shape)
    logits = discriminator({"images": images, "labels": labels})
    assert logits.shape == (2, 1)


@pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
def test_outputs_stay_float32_under_mixed_precision(build):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        network = build(0)
    finally:
        keras.config.set_dtype_policy("float32")
    assert {one.dtype for one in keras.tree.flatten(network.output)} == {"float32"}
    kernels = [one for one in network.layers if isinstance(one, keras.layers.Conv2D)]
    assert all(one.compute_dtype == "float16" for one in kernels)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: networks.conditional_dcgan_generator(5, 0, MNIST), "`num_classes`"),
        (lambda: networks.conditional_dcgan_generator(0, 3, MNIST), "`latent_dim`"),
        (
            lambda: networks.conditional_dcgan_generator(5, 3, MNIST, 0),
            "`embedding_dim`",
        ),
        (lambda: networks.acgan_discriminator(MNIST, 0), "`num_classes`"),
        (lambda: networks.acgan_discriminator((7, 7, 1), 3), "`image_shape`"),
        (lambda: networks.projection_generator(5, 0, MNIST), "`num_classes`"),
        (lambda: networks.projection_generator(5, 3, (7, 7, 1)), "`image_shape`"),
        (lambda: networks.projection_discriminator(MNIST, 0), "`num_classes`"),
        (lambda: networks.projection_discriminator(MNIST, 3, 0), "`base_filters`"),
        (lambda: networks.conditional_mlp_generator(5, 0, MNIST), "`num_classes`"),
        (
            lambda: networks.conditional_mlp_generator(5, 3, MNIST, dropout_rate=1.0),
            "`dropout_rate`",
        ),
        (
            lambda: networks.conditional_maxout_discriminator(MNIST, 3, label_units=0),
            "`label_units`",
        ),
    ],
)
def test_arguments_are_checked(build, message):
    with pytest.raises(ValueError, match=message):
        build()
