"""The configurations of 2014 against what its code and paper state."""

import json

import keras
import numpy as np
import pytest

import keras_gan as kg
from keras_gan.datasets import Dataset, Split
from keras_gan.recipes import RECIPES

SIZES = {
    "goodfellow2014_mnist": (28, 28, 1),
    "goodfellow2014_tfd_pretrain": (48, 48, 1),
    "goodfellow2014_tfd": (48, 48, 1),
    "goodfellow2014_cifar10_fully_connected": (32, 32, 3),
    "goodfellow2014_cifar10_convolutional": (32, 32, 3),
}
# Parameters by hand from the layer sizes of the five yaml files.
PARAMETERS = {
    "goodfellow2014_mnist": (2_503_984, 1_231_441),
    "goodfellow2014_tfd_pretrain": (83_250_304, 21_037_201),
    "goodfellow2014_tfd": (84_858_404, 21_037_201),
    "goodfellow2014_cifar10_fully_connected": (89_395_072, 37_393_601),
    "goodfellow2014_cifar10_convolutional": (64_825_072, 12_454_073),
}
BATCH_AND_RATE = {
    "goodfellow2014_mnist": (100, 0.1),
    "goodfellow2014_tfd_pretrain": (100, 0.05),
    "goodfellow2014_tfd": (100, 0.05),
    "goodfellow2014_cifar10_fully_connected": (100, 0.025),
    "goodfellow2014_cifar10_convolutional": (128, 0.004),
}


def noise(shape, num_images=250):
    images = np.random.default_rng(0).uniform(size=(num_images, *shape))
    split = Split(images.astype("float32"))
    return Dataset("noise", split, split, split)


def small_generator(image_shape):
    return kg.networks.mlp_generator(100, image_shape, hidden_units=(4,))


def pretrained(image_shape):
    """A game that stands for the first stage, of which the generator alone is read."""
    return kg.GAN(
        kg.networks.mlp_generator(
            100,
            image_shape,
            (8000, 8000),
            hidden_activation=("relu", "sigmoid"),
            max_column_norm=1.9365,
        ),
        kg.networks.maxout_discriminator(image_shape, (2,)),
        kg.priors.NormalPrior(100),
    )


def build(name, **rules):
    return RECIPES[name].build(noise(SIZES[name]), 3, **rules)


@pytest.fixture(scope="module", params=sorted(SIZES))
def recipe(request):
    """Each game once: the large ones take seconds to build."""
    name = request.param
    if RECIPES[name].continues:
        first = pretrained(SIZES[name])
        before = first.generator.get_weights()
        gan = build(name, pretrained=first)
        stages = first, before
    else:
        gan, stages = build(name), None
    yield name, gan, stages
    keras.backend.clear_session()


@pytest.mark.one_in(4)
def test_published_sizes(recipe):
    name, gan, _ = recipe
    counts = gan.generator.count_params(), gan.discriminator.count_params()
    assert counts == PARAMETERS[name]


@pytest.mark.one_in(4)
def test_published_steps(recipe):
    name, gan, _ = recipe
    batch_size, rate = BATCH_AND_RATE[name]
    assert RECIPES[name].batch_size == batch_size
    assert gan.rules.simultaneous and gan.rules.discriminator_steps == 1
    for optimizer, share in (
        (gan.generator_optimizer, 1.0),
        (gan.discriminator_optimizer, 0.5),  # its published loss is halved instead
    ):
        schedule = optimizer._learning_rate.get_config()
        assert schedule == {
            "initial": share * rate,
            "decay_factor": 1.000004,
            "minimum": share * 1e-6,
        }
        momentum = optimizer.momentum.get_config()
        assert momentum["updates_per_epoch"] == -(-250 // batch_size)
        assert (momentum["initial"], momentum["final"]) == (0.5, 0.7)


@pytest.mark.exhaustive
def test_json_can_record_it(recipe):
    _, gan, _ = recipe
    assert gan.compiled and gan.train_steps == 0 and gan.seed == 3
    assert json.dumps(gan.get_config()) and json.dumps(gan.get_compile_config())


def test_published_noise(recipe):
    name, gan, _ = recipe
    expected = kg.priors.NormalPrior(100)
    if name == "goodfellow2014_mnist":
        expected = kg.priors.UniformPrior(100, -(3**0.5), 3**0.5)
    assert type(gan.prior) is type(expected)
    assert gan.prior.get_config() == expected.get_config()


def test_published_weights(recipe):
    """Ranges, biases and column norms of the initial weights."""
    name, gan, _ = recipe
    faces, ranges = "tfd" in name, {"generator": 0.05, "discriminator": 0.005}
    for role, network in (("generator", gan.generator), ("judge", gan.discriminator)):
        bound = ranges.get(role, 0.005)
        for kernel in [w for w in network.trainable_variables if w.name == "kernel"]:
            values = np.asarray(kernel)
            if faces:
                lengths = np.linalg.norm(values, axis=0)
                assert lengths.max() <= 1.9365 * (1 + 1e-5)
            elif "fully_connected" in name and values.shape == (8000, 3072):
                assert 0.499 < np.abs(values).max() <= 0.5
            else:
                assert 0.9 * bound < np.abs(values).max() <= bound


def test_the_stages_of_the_faces(recipe):
    """What one game alone has; those of other data have been looked at above."""
    name, gan, stages = recipe
    if name == "goodfellow2014_tfd_pretrain":
        assert_hidden_layers_of_the_faces(gan)
    if name == "goodfellow2014_tfd":
        assert_the_second_stage_stacks_and_trains_the_first(gan, *stages)
    assert (stages is not None) == (name == "goodfellow2014_tfd")


def assert_hidden_layers_of_the_faces(gan):
    layers = [gan.generator.get_layer(f"dense_{index}") for index in range(3)]
    activations = [layer.activation.__name__ for layer in layers]
    assert activations[:2] == ["relu", "sigmoid"]
    assert set(np.unique(layers[1].bias)) == {-2.0}
    assert not np.any(layers[0].bias)
    nonzero = np.count_nonzero(layers[2].kernel, axis=0)
    assert set(nonzero) == {100}
    # 100 weights of variance 1 have length 10: all columns come down to the limit.
    lengths = np.linalg.norm(layers[2].kernel, axis=0)
    np.testing.assert_allclose(lengths, 1.9365, rtol=1e-5)
    marginals = kg.networks.pixel_marginal_logits(noise((48, 48, 1)).train.images)
    np.testing.assert_array_equal(layers[2].bias, marginals.ravel())


def assert_the_second_stage_stacks_and_trains_the_first(gan, first, before):
    stacked = gan.generator.get_weights()[-len(before) :]
    of_first = first.generator.get_weights()
    for one, kept, other in zip(stacked, of_first, before, strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(kept, other)
    assert len(gan.generator.trainable_variables) == 4 + len(before)
    assert not set(map(id, first.generator.variables)) & set(
        map(id, gan.generator.variables)
    )
    bottom = gan.generator.get_layer("bottom")
    assert set(np.unique(bottom.get_layer("dense_1").bias)) == {-2.0}


def test_a_first_stage_of_another_size_is_refused():
    first = kg.GAN(
        small_generator((28, 28, 1)),
        kg.networks.maxout_discriminator((28, 28, 1), (2,)),
        kg.priors.NormalPrior(100),
    )
    with pytest.raises(ValueError, match="`pretrained` must have a generator from 100"):
        RECIPES["goodfellow2014_tfd"].build(noise((48, 48, 1)), pretrained=first)


def test_the_players_can_alternate():
    assert all(RECIPES[name].can_alternate for name in SIZES)
    gan = build("goodfellow2014_mnist", simultaneous=False)
    assert not gan.rules.simultaneous
