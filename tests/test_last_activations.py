"""What networks end in is seen through whatever is laid around their last layer."""

import keras
import numpy as np
import pytest
from games import make_tiny_gan, tiny_images

import keras_gan as kg
from keras_gan.training.last_activations import last_activation, reachable_range


def nested(*last):
    """A generator whose last layers are those of a model inside it."""
    latents = keras.Input((3,))
    inner = keras.Sequential([keras.Input((3,)), *last])
    return keras.Model(latents, inner(latents))


class Residual(keras.layers.Wrapper):
    """Whose sum has other bounds than the layer inside."""

    def call(self, inputs):
        return inputs + self.layer(inputs)


class Within(keras.layers.Layer):
    """With an activation that is not the last thing it does."""

    def __init__(self):
        super().__init__()
        self.activation = keras.activations.relu
        self.dense = keras.layers.Dense(1)

    def call(self, inputs):
        return self.dense(self.activation(inputs))


def by_reshaping_operations():
    latents = keras.Input((3,))
    pixels = keras.layers.Dense(16, "sigmoid")(latents)
    made = keras.layers.Activation("linear", dtype="float32")(pixels)
    return keras.Model(latents, keras.ops.reshape(made, (-1, 4, 4, 1)))


def by_operation():
    latents = keras.Input((3,))
    return keras.Model(latents, keras.ops.tanh(keras.layers.Dense(16)(latents)))


ENDS = {
    "layer": (nested(keras.layers.Dense(16, "sigmoid")), "sigmoid"),
    "reshaped": (
        nested(
            keras.layers.Dense(16), keras.layers.Activation("tanh"),
            keras.layers.Reshape((4, 4, 1)),
        ),
        "tanh",
    ),
    "wrapped": (
        nested(kg.layers.SpectralNormalization(keras.layers.Dense(16, "tanh"))),
        "tanh",
    ),
    "layer of its own": (nested(keras.layers.Dense(16), keras.layers.ReLU()), "relu"),
    "operation": (by_operation(), "tanh"),
    "reshaping operations": (by_reshaping_operations(), "sigmoid"),
    "somebody's own": (
        nested(keras.layers.Dense(3), Residual(keras.layers.Dense(3, "tanh"))),
        None,
    ),
    "none": (nested(keras.layers.Dense(16)), "linear"),
}  # fmt: skip


@pytest.mark.parametrize("end", ENDS)
def test_the_last_activation_is_found(end):
    network, expected = ENDS[end]
    assert last_activation(network) == expected
    bounds = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}.get(expected)
    assert reachable_range(network) == bounds
    if bounds is not None:
        made = network.predict(100 * np.random.default_rng(0).normal(size=(50, 3)))
        low, high = bounds
        assert low <= made.min() < low + 0.1 and high - 0.1 < made.max() <= high


def test_one_output_of_a_nested_model_is_that_one():
    latents = keras.Input((3,))
    two = keras.Model(
        latents,
        [keras.layers.Dense(2, "tanh")(latents), keras.layers.Dense(2)(latents)],
    )
    assert last_activation(keras.Model(latents, two(latents)[0])) == "tanh"
    assert last_activation(keras.Model(latents, two(latents)[1])) == "linear"


def test_operations_that_bound_logits_are_known():
    tiny = make_tiny_gan()
    images = keras.Input((4, 4, 1))
    logits = keras.layers.Dense(1)(keras.layers.Flatten()(images))
    judge = keras.Model(images, keras.ops.hard_sigmoid(logits))
    with pytest.raises(ValueError, match="with activation 'hardsigmoid'. End it"):
        kg.GAN(tiny.generator, judge, tiny.prior)


@pytest.mark.parametrize("activation", ["tanh", "relu", "hard_sigmoid", "softplus"])
@pytest.mark.parametrize("wrap", ["layer", "nested", "spectral"])
def test_no_discriminator_ends_in_bounded_logits(wrap, activation):
    last = keras.layers.Dense(1, activation)
    if wrap == "nested":
        last = keras.Sequential([keras.Input((16,)), last])
    if wrap == "spectral":
        last = kg.layers.SpectralNormalization(last)
    tiny = make_tiny_gan()
    judge = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten(), last])
    with pytest.raises(ValueError, match=f"with activation '{activation}'. End it"):
        kg.GAN(tiny.generator, judge, tiny.prior)


def dict_head():
    features = keras.Input((16,))
    code = keras.layers.Dense(2, "tanh")(features)
    logits, classes = keras.layers.Dense(1)(features), keras.layers.Dense(3)(features)
    return keras.Model(features, {"code": code, "logits": logits, "classes": classes})


@pytest.mark.parametrize(
    "make",
    [
        lambda: [keras.layers.Dense(1), keras.layers.LeakyReLU()],
        lambda: [Residual(keras.layers.Dense(16, "tanh")), keras.layers.Dense(1)],
        lambda: [keras.layers.Dense(1), Residual(keras.layers.Dense(1, "tanh"))],
        lambda: [Within()],
        lambda: [dict_head()],
    ],
    ids=["leaky", "inside", "own wrapper", "own layer", "other output"],
)
def test_what_is_not_bounded_is_a_logit(make):
    tiny = make_tiny_gan()
    layers = [keras.layers.Flatten(), *make()]
    judge = keras.Sequential([keras.Input((4, 4, 1)), *layers])
    judge(keras.Input((4, 4, 1)))  # which makes its `output` that of the call
    gan = kg.GAN(tiny.generator, judge, tiny.prior)
    if isinstance(judge.layers[-1], keras.Model):
        assert gan.classify(tiny_images(2)).shape == (2, 3)


def test_a_nested_generator_is_not_shown_other_ranges():
    tiny = make_tiny_gan()
    latents = keras.Input((3,))
    outer = keras.Model(latents, tiny.generator(latents))
    gan = kg.GAN(outer, tiny.discriminator, tiny.prior)
    gan.compile("adam", "adam")
    with pytest.raises(ValueError, match="the generator ends in 'sigmoid'"):
        gan.fit(255 * tiny_images(8), verbose=0)


def test_an_augmentation_for_another_range_is_warned_of(tiny_gan):
    augmentation = kg.augmentation.DiffAugment()  # for (-1, 1)
    with pytest.warns(UserWarning, match=r"Pass value_range=\(0.0, 1.0\) to DiffAug"):
        tiny_gan.compile("adam", "adam", augmentation=augmentation)
    augmentation = kg.augmentation.DiffAugment(value_range=(0, 1))
    tiny_gan.compile("adam", "adam", augmentation=augmentation)  # no warning
