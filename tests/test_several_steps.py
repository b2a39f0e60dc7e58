import numpy as np
import pytest
import tensorflow as tf
from games import (
    assert_equal_state,
    assert_keeps_no_data_alive,
    make_tiny_gan,
    tiny_images,
)

from keras_gan.training import several_steps
from keras_gan.training.several_steps import SeveralSteps


def refuse(iterator):
    raise AssertionError("these data suit")


def summing(num_steps, otherwise=refuse):
    """Steps that sum what they see, and count themselves."""
    total, count = tf.Variable(0.0), tf.Variable(0)

    def step(element):
        total.assign_add(tf.reduce_sum(element["a"]) * 2.0)
        count.assign_add(1)
        return {"total": total.read_value(), "rows": tf.shape(element["a"])[0]}

    return SeveralSteps(step, num_steps, otherwise), total, count


def batches_of(numbers, batch_size):
    data = {"a": np.asarray(numbers, "float32")}
    return tf.data.Dataset.from_tensor_slices(data).batch(batch_size)


def test_makes_so_many_steps_on_the_next_elements():
    steps, total, count = summing(3)
    iterator = iter(batches_of(range(12), 2))
    found = steps(iterator)
    assert (found["total"].numpy(), found["rows"].numpy()) == (2.0 * sum(range(6)), 2)
    assert count.numpy() == 3
    assert steps(iterator)["total"].numpy() == total.numpy() == 2.0 * sum(range(12))
    with pytest.raises(StopIteration):
        steps(iterator)
    assert count.numpy() == 6


def test_a_smaller_minibatch_at_the_end_and_fewer_steps_than_asked():
    steps, total, count = summing(3)
    whole_but_smaller_last = iter(batches_of(range(5), 2))
    assert steps(whole_but_smaller_last)["rows"].numpy() == 1
    assert (total.numpy(), count.numpy()) == (2.0 * sum(range(5)), 3)
    two_of_three = iter(batches_of(range(4), 2))
    assert steps(two_of_three)["total"].numpy() == 2.0 * (sum(range(5)) + sum(range(4)))
    assert count.numpy() == 5
    with pytest.raises(StopIteration):
        steps(two_of_three)
    assert count.numpy() == 5


def test_other_data_are_left_to_the_other_function():
    ragged = tf.data.Dataset.from_generator(
        lambda: iter([{"a": np.ones((2, 3), "float32")}]),
        output_signature={"a": tf.TensorSpec([None, None], tf.float32)},
    )
    steps, _, count = summing(2, otherwise=lambda iterator: "other")
    assert steps(iter(ragged)) == "other"
    assert steps({"a": row} for row in np.ones((2, 2))) == "other"
    assert count.numpy() == 0


def test_keeps_no_data_alive():
    steps, _, _ = summing(2)
    assert_keeps_no_data_alive(steps, batches_of(range(8), 2))


@pytest.mark.exhaustive
def test_a_game_ends_in_the_bits_of_one_step_at_once(monkeypatch):
    images = tiny_images(4 * 10 + 2)  # two calls of four, then two steps and a rest

    def played(**rules):
        gan = make_tiny_gan(jit_compile=True, discriminator_steps=1, **rules)
        history = gan.fit(images, batch_size=4, epochs=2, verbose=0).history
        return gan, history

    alone, expected = played()
    monkeypatch.setattr(several_steps, "suits", lambda model: True)
    together, history = played(steps_per_execution=4)
    assert isinstance(together.train_function, SeveralSteps)
    assert_equal_state(together, alone)
    assert history == expected


def test_suits_a_compiled_game_on_a_gpu_alone(monkeypatch):
    gan = make_tiny_gan(jit_compile=True, steps_per_execution=4)
    assert not several_steps.suits(gan)
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: [kind])
    assert several_steps.suits(gan)
    for rules in ({"jit_compile": False}, {"steps_per_execution": 1}):
        other = {"jit_compile": True, "steps_per_execution": 4} | rules
        assert not several_steps.suits(make_tiny_gan(**other))
