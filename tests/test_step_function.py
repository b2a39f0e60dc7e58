import keras
import numpy as np
import pytest
import tensorflow as tf
from games import (
    assert_equal_state,
    assert_keeps_no_data_alive,
    make_tiny_gan,
    tiny_images,
)

from keras_gan.training.step_function import StepFunction


def counting_step():
    traces = []

    def step(number):
        traces.append(number)
        return {"double": 2 * number}

    return StepFunction(step, jit_compile=False), traces


def results(step, iterator, num_steps):
    return [step(iterator)["double"].numpy() for _ in range(num_steps)]


def test_takes_the_next_element_of_each_iterator_with_one_trace():
    step, traces = counting_step()
    numbers = tf.data.Dataset.range(5)
    first, second = iter(numbers), iter(numbers)
    assert results(step, first, 2) == [0, 2]
    assert results(step, second, 1) == [0]
    assert results(step, first, 3) == [4, 6, 8]
    assert len(traces) == 1
    with pytest.raises(StopIteration):
        step(first)


def test_takes_elements_of_a_generator_and_steps_eagerly():
    step, traces = counting_step()
    assert results(step, (tf.constant(value) for value in (3, 4)), 2) == [6, 8]
    tf.config.run_functions_eagerly(True)
    try:
        assert results(step, iter(tf.data.Dataset.range(3)), 3) == [0, 2, 4]
    finally:
        tf.config.run_functions_eagerly(False)
    assert len(traces) == 1 + 3


def test_keeps_no_data_alive():
    step, _ = counting_step()
    assert_keeps_no_data_alive(step, tf.data.Dataset.range(5))


def test_plays_as_the_function_of_keras_does():
    def played(make):
        gan = make_tiny_gan()
        make(gan)
        gan.fit(tiny_images(22), batch_size=4, epochs=2, verbose=0)
        return gan

    ours = played(lambda gan: None)
    assert isinstance(ours.train_function, StepFunction)
    # Unbound: what Keras's own class makes of the game.
    twin = played(keras.Model.make_train_function)
    assert not isinstance(twin.train_function, StepFunction)
    assert_equal_state(ours, twin)


def test_a_dataset_of_unknown_length_ends():
    gan = make_tiny_gan()
    images = tf.data.Dataset.from_tensor_slices(tiny_images(10)).batch(4)
    unknown = images.filter(lambda batch: tf.shape(batch)[0] > 0)
    with pytest.warns(UserWarning, match="ran out of data"):  # Keras
        gan.fit(unknown, epochs=2, verbose=0)
    assert isinstance(gan.train_function, StepFunction)
    assert gan.train_steps == gan.generator_optimizer.iterations == 2 * 3


def test_one_batch_can_be_played():
    gan = make_tiny_gan()
    logs = gan.train_on_batch(tiny_images(4), return_dict=True)
    assert gan.train_steps == 1
    assert np.isfinite(logs["d_loss"])


@pytest.mark.parametrize(
    "rules", [{"run_eagerly": True}, {"steps_per_execution": 2}], ids=str
)
def test_other_ways_to_step_are_those_of_keras(rules):
    gan = make_tiny_gan(**rules)
    gan.make_train_function()
    assert not isinstance(gan.train_function, StepFunction)


def test_replicas_step_as_keras_lets_them(two_replicas):
    with two_replicas.scope():
        gan = make_tiny_gan()
    gan.make_train_function()
    assert not isinstance(gan.train_function, StepFunction)
