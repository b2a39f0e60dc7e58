"""Small games for the tests, and what to compare of them."""

import dataclasses
import gc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import keras_gan as kg
from keras_gan.terms.gradients import squared_gradient_norms

NUM_CLASSES = 3


def make_tiny_gan(
    seed: int = 0,
    optimizer=None,
    packing=1,
    ema_half_life=None,
    discriminator_ema_half_life=None,
    game=None,
    **compile_arguments,
) -> kg.GAN:
    """A game on 4x4 images with dropout, small enough to play in milliseconds."""
    gan = kg.GAN(
        generator=kg.networks.mlp_generator(
            3, (4, 4, 1), hidden_units=(8,), weight_range=0.5, seed=2 * seed
        ),
        discriminator=kg.networks.maxout_discriminator(
            (4, 4, packing),
            hidden_units=(6,),
            num_pieces=2,
            weight_range=0.5,
            seed=2 * seed + 1,
        ),
        prior=kg.priors.UniformPrior(3),
        game=game,
        ema_half_life=ema_half_life,
        discriminator_ema_half_life=discriminator_ema_half_life,
        packing=packing,
        seed=seed,
    )
    make = optimizer or (lambda: keras.optimizers.Adam(1e-2))
    gan.compile(make(), make(), **compile_arguments)
    return gan


def play_tiny_gan(**arguments) -> kg.GAN:
    """The tiny game after one epoch, which makes its networks nobody's initial ones."""
    gan = make_tiny_gan(**arguments)
    gan.fit(tiny_images(), batch_size=10, verbose=0)
    return gan


def inputs_and_features(kind, shape, name):
    """An input of the network's own and one of a condition, joined in rows."""
    data = keras.Input(shape, name=name)
    if kind == "labels":
        condition = keras.Input((), name="labels", dtype="int32")
        features = keras.layers.Embedding(NUM_CLASSES, 5)(condition)
    else:
        size = (2,) if kind == "vectors" else (4, 4, 1)
        condition = keras.Input(size, name=kind)
        features = keras.layers.Flatten()(condition)
    rows = keras.layers.Concatenate()([keras.layers.Flatten()(data), features])
    return [data, condition], rows


def conditional_gan(kind="labels", outputs=None, packing=1, **arguments):
    keras.utils.set_random_seed(1)
    inputs, rows = inputs_and_features(kind, (2,), "latents")
    pixels = keras.layers.Dense(16, "sigmoid")(rows)
    generator = keras.Model(inputs, keras.layers.Reshape((4, 4, 1))(pixels))
    inputs, rows = inputs_and_features(kind, (4, 4, packing), "images")
    hidden = keras.layers.Dropout(0.2)(
        keras.layers.Dense(8, "relu", name="hidden")(rows)
    )
    logits = keras.layers.Dense(1)(hidden)
    # Inputs may come in a dict as well, in any order.
    named = {tensor.name: tensor for tensor in reversed(inputs)}
    made = logits if outputs is None else outputs(logits, hidden)
    discriminator = keras.Model(named, made)
    prior = kg.priors.UniformPrior(2)
    return kg.GAN(generator, discriminator, prior, packing=packing, **arguments)


def completing_gan(
    masks=None, *, prior=None, terms=(), jit_compile="auto", **arguments
):
    """A game on 4x4 images that completes them, each judged with what is given."""
    keras.utils.set_random_seed(1)
    inputs = [
        keras.Input((2,), name="latents"),
        keras.Input((4, 4, 1), name="known"),
        keras.Input((4, 4, 1), name="mask"),
    ]
    rows = keras.layers.Concatenate()([keras.layers.Flatten()(one) for one in inputs])
    pixels = keras.layers.Dense(16, "sigmoid")(rows)
    generator = keras.Model(inputs, keras.layers.Reshape((4, 4, 1))(pixels))
    seen = [keras.Input((4, 4, 1), name=name) for name in ("images", "known", "mask")]
    rows = keras.layers.Concatenate()([keras.layers.Flatten()(one) for one in seen])
    hidden = keras.layers.Dense(8, "tanh")(rows)
    discriminator = keras.Model(
        seen, {"logits": keras.layers.Dense(1)(hidden), "features": [hidden]}
    )
    game = kg.games.Inpainting(masks)
    prior = prior or kg.priors.NormalPrior(2)
    gan = kg.GAN(generator, discriminator, prior, game=game, **arguments)
    gan.compile(
        *[keras.optimizers.SGD(0.1) for _ in range(2)],
        terms=list(terms),
        jit_compile=jit_compile,
    )
    return gan


def tiny_images(num_images: int = 40, seed: int = 0):
    random = np.random.default_rng(seed)
    return random.uniform(size=(num_images, 4, 4, 1)).astype("float32")


def small_game(data, seed, **rules) -> kg.GAN:
    """A game on any images whose first step is a matter of milliseconds: no graph."""
    gan = kg.GAN(
        kg.networks.mlp_generator(3, data.image_shape, (64, 64), seed=seed),
        kg.networks.maxout_discriminator(data.image_shape, (4,), seed=seed),
        kg.priors.UniformPrior(3),
        seed=seed,
    )
    optimizers = (keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2))
    gan.compile(*optimizers, **rules, run_eagerly=True)
    return gan


def small_recipe(of: str, **changes) -> kg.recipes.Recipe:
    """A recipe with that game, and few kernels, in epochs of few steps."""
    small = {
        "build": small_game,
        "batch_size": 400,
        "passes_per_epoch": 1,
        "scheduled": False,
        "parzen": kg.recipes.ParzenProtocol(60, 40, (0.3, 0.5)),
    }
    return dataclasses.replace(kg.recipes.get(of), **{**small, **changes})


class RoundOf:
    """A round of given tensors: what a term asks of one, without a game."""

    training, step = True, 0

    def __init__(self, discriminator, real, fake, seed, labels=None) -> None:
        self.critic = discriminator
        self.batch = {"labelled_images": real, "labels": labels}
        self._images = {"real": real, "fake": fake}
        self._seed, self._labels = seed, labels

    def shown(self, kind):
        return {"images": self._images[kind], "labels": self._labels}

    def said(self, kind):
        return self.critic(self._images[kind], training=True)

    def squared_slopes(self, kind):
        return squared_gradient_norms(self.critic, self._images[kind])

    def said_of(self, data):
        return self.critic(data, training=True)

    def packs(self, kind):
        return self._images[kind]

    def features(self, network, kind):
        return network(self._images[kind], training=True)

    def seed_of(self, term):
        return self._seed

    def afresh(self):
        return self


def value_of(
    term, discriminator=None, real=None, fake=None, seed=None, labels=None, player=None
):
    """The value of a term for a player, by default its first."""
    if hasattr(term, "layer"):
        term.bind(discriminator, discriminator)
    round_of = RoundOf(discriminator, real, fake, seed, labels)
    return term(round_of, player or term.players[0])


def without_dropout(gan: kg.GAN) -> kg.GAN:
    for layer in gan.discriminator.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
    return gan


class SavedAfter(keras.callbacks.Callback):
    """Saves a game, or its weights alone, after so many epochs, and plays on.

    What is loaded then ends as the game that saved it: one game less to trace than a
    twin that stops.
    """

    def __init__(self, epochs: int, path: Path) -> None:
        super().__init__()
        self.epochs, self.path = epochs, path

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 == self.epochs:
            of_weights = self.path.name.endswith(".weights.h5")
            save = self.model.save_weights if of_weights else self.model.save
            save(self.path)


def everything_of(gan: kg.GAN) -> list[np.ndarray]:
    """All that training moves: networks, average, optimizers, counters, seeds."""
    state = [
        *gan.variables,
        *gan.generator_optimizer.variables,
        *gan.discriminator_optimizer.variables,
        *(variable for term in gan.terms for variable in term.variables),
    ]
    return [variable.numpy() for variable in state]


def assert_equal_state(first: kg.GAN, second: kg.GAN) -> None:
    for one, other in zip(everything_of(first), everything_of(second), strict=True):
        np.testing.assert_array_equal(one, other)


def assert_keeps_no_data_alive(
    step: Callable[[Any], Any], data: tf.data.Dataset
) -> None:
    """Once a step was made, nothing holds on to the iterator that it read."""
    gc.freeze()  # what the tests before left behind takes seconds to look through
    iterator = iter(data)
    step(iterator)
    gone = weakref.ref(iterator)
    del iterator
    gc.collect()
    gc.unfreeze()
    assert gone() is None


def weights_of(model: keras.Model) -> list[np.ndarray]:
    return [weight.numpy() for weight in model.weights]


def assert_equal_weights(first: keras.Model, second: keras.Model) -> None:
    for one, other in zip(weights_of(first), weights_of(second), strict=True):
        np.testing.assert_array_equal(one, other)
