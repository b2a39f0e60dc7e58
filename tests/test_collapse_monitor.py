"""Collapses that were provoked, and games of which records were kept."""

import csv
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest
from games import make_tiny_gan, tiny_images

import keras_gan as kg
from keras_gan.callbacks import CollapseMonitor

RECORDS = Path(__file__).parent.parent / "examples" / "records"
HEALTHY = [
    *("digits/history", "goodfellow2014_mnist/history"),
    *("goodfellow2014_mnist/history_seed_1", "goodfellow2014_mnist/history_seed_2"),
    *("goodfellow2014_mnist_stabilized/history", "goodfellow2014_tfd/pretrain"),
    *("goodfellow2014_tfd/stacked", "goodfellow2014_cifar10/convolutional"),
    *("bfloat16/float32_0", "bfloat16/float32_1", "bfloat16/bfloat16_1"),
]


@pytest.fixture
def tiny_gan():
    return make_tiny_gan(run_eagerly=True)


def replayed(gan, monitor, name):
    """The epochs at which a recorded game is told of, from its d_real and d_fake."""
    monitor.set_model(gan)
    monitor._collapsed = lambda: {}  # of samples no record was kept
    monitor._still = lambda: iter(())
    told = []
    with (RECORDS / f"{name}.csv").open(newline="") as file:
        for epoch, row in enumerate(csv.DictReader(file)):
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                monitor.on_epoch_end(epoch, row)
            told += [(epoch + 1, str(one.message)) for one in warned]
    return told


@pytest.mark.parametrize("name", HEALTHY)
def test_games_that_went_well_are_not_told_of(tiny_gan, name):
    assert replayed(tiny_gan, CollapseMonitor(), name) == []


@pytest.mark.parametrize(("name", "epoch"), [("bfloat16_0", 9), ("float32_2", 9)])
def test_games_whose_discriminator_was_certain_are_told_of_once(tiny_gan, name, epoch):
    # The first never recovered (its log-likelihood fell to -626); the second did, by
    # its thirteenth epoch.
    ((found, told),) = replayed(tiny_gan, CollapseMonitor(), f"bfloat16/{name}")
    assert found == epoch
    assert told.startswith("Discriminator saturation by epoch 9, for 5 epochs: d_real=")
    assert "one-sided label smoothing" in told


def test_a_critic_has_no_probabilities():
    critic = make_tiny_gan(
        run_eagerly=True, objective="wasserstein", terms=[kg.terms.GradientPenalty()]
    )
    assert replayed(critic, CollapseMonitor(), "bfloat16/bfloat16_0") == []


class Provoke(keras.callbacks.Callback):
    """Changes a game after each epoch, before it is looked at."""

    def __init__(self, change):
        super().__init__()
        self.change = change

    def on_epoch_end(self, epoch, logs=None):
        self.change(self.model)


def collapse(gan):
    """All latents become one sample: the first layer reads none of them."""
    kernel = gan.generator.trainable_variables[0]
    kernel.assign(keras.ops.zeros_like(kernel))


def test_a_generator_that_draws_one_sample(tiny_gan):
    images = tiny_images(10)
    monitor = CollapseMonitor(images, patience=2)
    spread = images.std(axis=0).mean()
    told = f"Mode collapse by epoch 2, .*samples spread by 0, .* {spread:.3g}"
    with pytest.warns(UserWarning, match=told):
        tiny_gan.fit(
            images, epochs=2, verbose=0, callbacks=[Provoke(collapse), monitor]
        )


@pytest.mark.parametrize(("factor", "is_told"), [(1.3, False), (1.02, True)])
def test_samples_that_begin_alike_and_grow_apart(tiny_gan, factor, is_told):
    """As untrained generators do; told of are those that stay alike."""
    kernel = tiny_gan.generator.trainable_variables[0]
    first = kernel * 1e-3
    monitor = CollapseMonitor(tiny_images(10), patience=4)
    monitor.set_model(tiny_gan)
    monitor._still = lambda: iter(())
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for epoch in range(6):
            kernel.assign(first * factor**epoch)
            monitor.on_epoch_end(epoch, {})
    assert len(told) == is_told


def test_samples_that_were_more_different_before(tiny_gan):
    monitor = CollapseMonitor(patience=2)
    monitor.set_model(tiny_gan)
    monitor._still = lambda: iter(())
    monitor.on_epoch_end(0, {})
    collapse(tiny_gan)
    monitor.on_epoch_end(1, {})
    with pytest.warns(UserWarning, match="Mode collapse by epoch 3.*earlier sampl"):
        monitor.on_epoch_end(2, {})


def test_one_condition_for_all_shows_that_latents_do_not_count():
    """A generator that hands on what it is told, and reads no latents."""
    latents = keras.Input((3,), name="latents")
    sketches = keras.Input((4, 4, 1), name="sketches")
    unread = keras.layers.Dense(1, kernel_initializer="zeros", trainable=False)(latents)
    gain = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")(sketches)
    images = keras.layers.Add()([gain, keras.layers.Reshape((1, 1, 1))(unread)])
    discriminator = kg.networks.maxout_discriminator((4, 4, 1), (2,))
    prior = kg.priors.NormalPrior(3)
    gan = kg.GAN(keras.Model([latents, sketches], images), discriminator, prior)
    gan.compile("sgd", "sgd", run_eagerly=True)
    data = {"images": tiny_images(10), "sketches": tiny_images(10, seed=8)}

    def told_of(sketches):
        monitor = CollapseMonitor(
            data["images"], 1, num_samples=10, conditions={"sketches": sketches}
        )
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            gan.fit(data, verbose=0, callbacks=[monitor])
        return [one for one in told if "Mode collapse" in str(one.message)]

    assert not told_of(data["sketches"])
    assert told_of(data["sketches"][0])
    with pytest.raises(ValueError, match=r"array of shape \(10, 4, 4, 1\)"):
        told_of(data["sketches"][:9])
    with pytest.raises(ValueError, match=r"sketches.*CollapseMonitor\(…, conditions"):
        gan.fit(data, verbose=0, callbacks=[CollapseMonitor()])


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_a_player_that_does_not_move(player):
    rates = {"generator": 0.1, "discriminator": 0.1, player: 0.0}
    gan = make_tiny_gan()
    gan.compile(*map(keras.optimizers.SGD, rates.values()), run_eagerly=True)
    told = f"Vanishing gradients of the {player} by epoch 3.*moved by 0 of"
    with pytest.warns(UserWarning, match=told) as warned:
        gan.fit(
            tiny_images(), epochs=4, verbose=0, callbacks=[CollapseMonitor(patience=2)]
        )
    assert len([one for one in warned if "Vanishing" in str(one.message)]) == 1


def test_a_healthy_game_is_left_alone(tiny_gan):
    twin, images = make_tiny_gan(run_eagerly=True), tiny_images(10)
    monitor = CollapseMonitor(patience=1, spread_ratio=1e-3)
    tiny_gan.fit(images, epochs=3, verbose=0, callbacks=[monitor])
    twin.fit(images, epochs=3, verbose=0)
    for one, other in zip(tiny_gan.weights, twin.weights, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"patience": 0}, "`patience`"),
        ({"spread_ratio": 1.0}, "`spread_ratio`"),
        ({"num_samples": 1}, "`num_samples`"),
        ({"seed": -1}, "`seed`"),
        ({"data": np.zeros(5)}, r"`data`. Expected an array \[num, …\]"),
        ({"data": np.ones((5, 2))}, "`data` must differ from row to row"),
        ({"data": np.array([[0.0], [np.nan]])}, "`data` must differ.*finite"),
    ],
)
def test_arguments_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        CollapseMonitor(**arguments)
