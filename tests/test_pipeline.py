import numpy as np
import pytest
import tensorflow as tf

from keras_gan.datasets import shuffled_batches


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


def test_invalid_arguments():
    with pytest.raises(ValueError, match="one length"):
        shuffled_batches((np.arange(3), np.arange(4)), 2, seed=0)
    with pytest.raises(ValueError, match="`batch_size`"):
        shuffled_batches((np.arange(3),), 0, seed=0)
