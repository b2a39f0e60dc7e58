import math

import numpy as np
import pytest
import tensorflow as tf
from games import assert_equal_state, make_tiny_gan, tiny_images
from test_streams import Numbered

from keras_gan.datasets import Repeated, shuffled_batches
from keras_gan.datasets.stacked_mnist import fresh_stacks
from keras_gan.datasets.stream import Stream


def order(dataset):
    return np.concatenate([batch[0].numpy() for batch in dataset])


def test_every_row_comes_once_and_the_last_batch_is_short():
    batches = shuffled_batches((np.arange(10),), 4, seed=3)
    assert len(batches) == 3
    assert [len(batch) for (batch,) in batches] == [4, 4, 2]
    np.testing.assert_array_equal(np.sort(order(batches)), np.arange(10))


def test_the_order_is_a_function_of_seed_and_epoch():
    def rows(seed, epoch):
        return order(shuffled_batches((np.arange(50),), 7, seed, epoch)).tolist()

    assert rows(0, 0) == rows(0, 0)
    assert rows(0, 0) != rows(0, 1)
    assert rows(0, 0) != rows(1, 0)
    assert rows(0, 0) != list(range(50))


def test_the_epoch_is_read_when_a_pass_begins():
    epoch = tf.Variable(0, dtype=tf.int64)
    batches = shuffled_batches((np.arange(50),), 7, seed=0, epoch=epoch)
    first = order(batches)
    epoch.assign(1)
    second = order(batches)
    epoch.assign(0)
    np.testing.assert_array_equal(order(batches), first)
    assert not np.array_equal(first, second)


def test_arrays_stay_aligned():
    batches = shuffled_batches((np.arange(20), 2 * np.arange(20)), 6, seed=1)
    for images, labels in batches:
        np.testing.assert_array_equal(2 * images, labels)


def test_the_given_order_can_be_kept():
    rows = order(shuffled_batches((np.arange(9),), 4, seed=0, shuffle=False))
    np.testing.assert_array_equal(rows, np.arange(9))


@pytest.mark.parametrize("shuffle", [True, False])
def test_several_passes_are_those_of_tiled_rows(shuffle):
    rows = np.arange(7)
    once = shuffled_batches((rows,), 4, seed=3, epoch=2, shuffle=shuffle, num_passes=3)
    tiled = shuffled_batches((np.tile(rows, 3),), 4, seed=3, epoch=2, shuffle=shuffle)
    assert len(once) == 6
    np.testing.assert_array_equal(order(once), order(tiled))


def test_invalid_arguments():
    with pytest.raises(ValueError, match="one length"):
        shuffled_batches((np.arange(3), np.arange(4)), 2, seed=0)
    with pytest.raises(ValueError, match="`batch_size`"):
        shuffled_batches((np.arange(3),), 0, seed=0)
    with pytest.raises(ValueError, match="`num_passes`"):
        shuffled_batches((np.arange(3),), 2, seed=0, num_passes=0)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("steps", [1, 2])
def test_a_game_on_repeated_arrays_is_that_on_tiled_ones(steps):
    images = tiny_images(12)
    ends = []
    for data in (Repeated(images, 3), np.tile(images, (3, 1, 1, 1))):
        gan = make_tiny_gan(discriminator_steps=steps, run_eagerly=True)
        logs = gan.fit(data, batch_size=10, epochs=2, verbose=0).history
        ends.append((gan, logs))
    (one, logs), (other, other_logs) = ends
    assert int(one.train_steps) == 2 * math.ceil(36 / (10 * steps))
    assert logs == other_logs
    assert_equal_state(one, other)


def test_repeated_arrays_are_arrays(tiny_gan):
    images = tiny_images(12)
    whole = tiny_gan.evaluate(images, verbose=0)
    np.testing.assert_array_equal(
        tiny_gan.evaluate(Repeated(images, 5), verbose=0), whole
    )
    with pytest.raises(ValueError, match="`num_passes`"):
        Repeated(images, 0)
    dataset = tf.data.Dataset.from_tensor_slices(images).batch(4)
    with pytest.raises(TypeError, match="a dataset has a method `repeat`"):
        tiny_gan.fit(Repeated(dataset, 2))


@pytest.mark.parametrize("kind", ["arrays", "stacks", "stream"])
def test_no_reading_waits_for_a_thread_that_tunes(kind):
    reading = {
        "arrays": lambda: shuffled_batches((np.arange(10),), 4, seed=3),
        "stacks": lambda: fresh_stacks(np.zeros((5, 4, 4, 1)), 2, 3, seed=0),
        "stream": lambda: Stream(Numbered()).batches(5, num_batches=3, seed=0),
    }[kind]()
    assert reading.options().autotune.enabled is False
