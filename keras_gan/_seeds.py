"""Seeds that come from others."""

import numbers

import numpy as np
import tensorflow as tf

from keras_gan._types import Tensor
from keras_gan._validation import MAX_SEED, check_seed

# For a random float per pixel or unit. XLA's own choice on a CPU takes 70 times as
# long; without XLA, and on a GPU, TensorFlow chooses Philox anyway. Not for latents:
# stated, it makes a graph that ONNX has no operators for.
RANDOM_ALGORITHM = "philox"


def derived_seed(seed: int, index: int) -> int:
    """Returns a seed below 2^31; neighboring seeds and indices get unrelated ones."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0] % 2**31)


def pair_of_seeds(seed: int) -> tuple[int, int]:
    """Returns two seeds for two things that one seed stands for, both below 2^31.

    They are 2 seed and 2 seed + 1, which no two seeds share; where these are too large,
    numbers that have nothing to do with each other.

    Args:
        seed: int in [0, 2^31), of a recipe: two networks draw their weights from it.

    Example:
    >>> pair_of_seeds(3)
    (6, 7)
    """
    check_seed("seed", seed)
    if 2 * seed + 1 <= MAX_SEED:
        return 2 * seed, 2 * seed + 1
    return derived_seed(seed, 0), derived_seed(seed, 1)


def stateless_seed(seed: int | Tensor, stream: int = 0) -> Tensor:
    """The key `[2]` that a seed stands for; a tensor gives that of an int of its value.

    TFP treats an integer seed as the start of a hidden stream; a pair has no state.

    Args:
        seed: int in [0, 2^31), or a scalar integer tensor; a tensor of shape `[2]` is
            its own key.
        stream: int, at least 0, tells apart what is drawn from one seed.
            Defaults to `0`.
    """
    if isinstance(seed, numbers.Real):
        seed = check_seed("seed", seed)
        return tf.random.experimental.stateless_fold_in([0, stream], seed)
    seed = tf.convert_to_tensor(seed)
    if seed.shape.rank != 0:
        return tf.cast(seed, tf.int32)
    if tf.executing_eagerly():
        check_seed("seed", seed.numpy().item())
    seed = tf.cast(seed, tf.int32)
    with tf.init_scope():  # a constant of the graph, which then has one draw less
        root = tf.random.experimental.stateless_fold_in([0, stream], 0)[0].numpy()
    return tf.stack([root, seed])
