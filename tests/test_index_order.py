"""Orders of rows that no list holds: permutations, all different, and random."""

import numpy as np
import pytest
import tensorflow as tf

from keras_gan.datasets.index_order import rows_in_order

_IN_A_GRAPH = tf.function(rows_in_order)


def order(num_rows, seed, number, num_places=None):
    places = tf.range(num_places or num_rows, dtype=tf.int64)
    return _IN_A_GRAPH(places, num_rows, tf.constant([seed, number])).numpy()


@pytest.mark.parametrize("num_rows", [1, 2, 3, 5, 16, 17, 100, 4096, 5000])
def test_each_row_comes_once(num_rows):
    assert sorted(order(num_rows, 3, 4)) == [*range(num_rows)]


@pytest.mark.exhaustive
def test_orders_of_a_thousand_passes_and_seeds_differ():
    of_passes = {tuple(order(5000, 0, number, 40)) for number in range(1_000)}
    of_seeds = {tuple(order(5000, seed, 0, 40)) for seed in range(1_000)}
    assert len(of_passes) == len(of_seeds) == 1_000
    assert len(of_passes & of_seeds) == 1  # pass 0 of seed 0


def test_graphs_and_parts_have_the_same_order():
    whole = order(1_000, 7, 2)
    places = tf.range(300, 310, dtype=tf.int64)
    part = rows_in_order(places, 1_000, tf.constant([7, 2]))
    np.testing.assert_array_equal(part, whole[300:310])


@pytest.mark.parametrize("num_rows", [60_000, 1_000_000])
def test_neighbors_have_nothing_to_do_with_each_other(num_rows):
    rows = order(num_rows, 0, 1).astype("float64")
    error = 1 / np.sqrt(num_rows)
    assert abs(np.corrcoef(rows[:-1], rows[1:])[0, 1]) < 4 * error
    other = order(num_rows, 0, 2).astype("float64")
    assert abs(np.corrcoef(rows, other)[0, 1]) < 4 * error
    # Batches of 64: means of uniform numbers without replacement.
    means = rows[: num_rows // 64 * 64].reshape(-1, 64).mean(axis=1) / num_rows
    expected = np.sqrt(1 / 12 / 64)
    assert abs(means.std() / expected - 1) < 4 / np.sqrt(2 * len(means))


def test_pairs_in_one_batch_meet_again_as_often_as_by_chance():
    num_rows, size = 60_000, 64
    batch_of = np.empty((2, num_rows), "int64")
    for number in range(2):
        batch_of[number, order(num_rows, 5, number)] = np.arange(num_rows) // size
    first = order(num_rows, 5, 0)[: num_rows // size * size].reshape(-1, size)
    again = batch_of[1][first]  # [batches, size]: where its rows are next
    meetings = sum(size - len(np.unique(row)) for row in again)
    num_pairs = len(first) * size * (size - 1) / 2
    expected = num_pairs * (size - 1) / (num_rows - 1)
    assert abs(meetings - expected) < 4 * np.sqrt(expected)


def test_places_are_drawn_alike():
    # Which of twelve rows comes first, over keys: chi-square with 11 degrees.
    firsts = [int(order(12, seed, 0, 1)[0]) for seed in range(1_200)]
    counts = np.bincount(firsts, minlength=12)
    assert np.sum((counts - 100) ** 2 / 100) < 31.3  # its 0.999 quantile
