"""Three MNIST digits in one color image: a thousand modes that can be counted."""

import os

import numpy as np
import tensorflow as tf

from keras_gan._types import Array, FloatArray, Tensor
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.datasets.as_written import as_written
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.datasets.mnist import load_mnist

_NUM_CHANNELS = 3
_PLACES = np.array([100, 10, 1], "int32")  # of red, green and blue in the label


def load_stacked_mnist(
    data_dir: str | os.PathLike[str] | None = None,
    num_train: int = 128_000,
    num_valid: int = 10_000,
    num_test: int = 26_000,
    seed: int = 0,
) -> Dataset:
    """Stacks three MNIST digits, drawn at random, as red, green and blue.

    Use it to count how many of 1000 nearly equally likely modes a generator finds: read
    the channels of its samples with a digit classifier, and the three digits name the
    mode.

        label = 100 * red + 10 * green + blue

    PacGAN trains on 128,000 stacks and judges 26,000 samples, hence the sizes. It draws
    from MNIST's training and test digits pooled; here the digits of a stack come from
    one split, as `load_mnist` makes them, so that no test digit was trained on. Digits
    are not equally frequent, hence modes are not quite: from 0.7 to 1.5 thousandths
    each.

    An image takes 9,408 bytes: by default 1.2 GB for training, 1.5 GB in all, and 0.6
    GB more while it loads.

    Args:
        data_dir: folder with the MNIST files, or `None` to search as `load_mnist` does.
            Defaults to `None`.
        num_train: int, at least 1. Stacks of training digits. Defaults to `128_000`.
        num_valid: int, at least 1. Stacks of validation digits. Defaults to `10_000`.
        num_test: int, at least 1. Stacks of test digits. Defaults to `26_000`.
        seed: int in [0, 2^31), of the draws: the same seed and sizes give the same
            stacks, and the size of one split does not change another.
            Defaults to `0`.

    Returns:
        data: `Dataset` called `"stacked_mnist"`, images `[num_images, 28, 28, 3]`
        float32 in [0, 1], labels 0..999.

    Raises:
        FileNotFoundError: if `data_dir` does not hold the four files.
        ValueError: if a file does not have its published MD5, or a size is below 1.

    Example:
    ```python
    data = kg.datasets.load_stacked_mnist("datasets/mnist", num_train=10_000)
    data.train.images.shape        # (10000, 28, 28, 3)
    ```

    References:
        Lin et al., PacGAN: the power of two samples in generative adversarial networks,
        2018. https://arxiv.org/abs/1712.04086
        Introduced by Metz et al., Unrolled Generative Adversarial Networks, 2017.
        https://arxiv.org/abs/1611.02163
    """
    num_train = check_positive_integer("num_train", num_train)
    num_valid = check_positive_integer("num_valid", num_valid)
    num_test = check_positive_integer("num_test", num_test)
    check_seed("seed", seed)
    digits = load_mnist(data_dir)
    return Dataset(
        name="stacked_mnist",
        train=_stacks(digits.train, num_train, np.random.default_rng([seed, 0])),
        valid=_stacks(digits.valid, num_valid, np.random.default_rng([seed, 1])),
        test=_stacks(digits.test, num_test, np.random.default_rng([seed, 2])),
    )


def fresh_stacks(
    digits: FloatArray,
    batch_size: int,
    num_batches: int,
    seed: int,
    epoch: Tensor = 0,
) -> tf.data.Dataset:
    """Batches of stacked digits that are drawn anew each time, for `GAN.fit`.

    Unrolled GAN and PacGAN train small networks so, on as many stacks as steps need:
    of 50,000 digits there are 10^14. Nothing but the digits lies in memory. As in
    `shuffled_batches`, the draws depend on (seed, epoch) alone and `epoch` is read when
    a reading begins: with `gan.epochs_completed` a run that resumes in epoch 7 sees
    what epoch 7 would have seen.

    Args:
        digits: float array `[num_digits, 28, 28, 1]`, in the range to train in.
        batch_size: int, at least 1. Stacks in a batch.
        num_batches: int, at least 1. Batches of one reading, an epoch.
        seed: int, key of the run.
        epoch: int or scalar integer variable, key of the draws. Defaults to `0`.

    Returns:
        dataset: `tf.data.Dataset` of `num_batches` float32 batches
        `[batch_size, 28, 28, 3]`.

    Raises:
        ValueError: if `digits` have another number of channels than one, or a number
            is below 1.

    Example:
    >>> digits = np.random.default_rng(0).uniform(size=(100, 28, 28, 1))
    >>> batches = fresh_stacks(digits, batch_size=8, num_batches=2, seed=0)
    >>> [batch.shape for batch in batches.as_numpy_iterator()]
    [(8, 28, 28, 3), (8, 28, 28, 3)]

    References:
        Metz et al., Unrolled Generative Adversarial Networks, 2017.
        https://arxiv.org/abs/1611.02163
    """
    check_positive_integer("batch_size", batch_size)
    check_positive_integer("num_batches", num_batches)
    check_seed("seed", seed)
    if np.ndim(digits) != 4 or np.shape(digits)[-1] != 1:
        raise ValueError(
            "`digits` must have the shape [num_digits, height, width, 1]. Received: "
            f"digits.shape={np.shape(digits)}"
        )
    planes = tf.constant(np.asarray(digits, "float32")[..., 0])

    def stacks(key: Tensor) -> Tensor:
        shape = (batch_size, _NUM_CHANNELS)
        rows = tf.random.stateless_uniform(shape, key, 0, len(digits), tf.int32)
        # [batch, channels, height, width] to channels last.
        return tf.transpose(tf.gather(planes, rows), (0, 2, 3, 1))

    @tf.autograph.experimental.do_not_convert
    def batches_of(first: Tensor) -> tf.data.Dataset:
        steps = tf.data.Dataset.range(num_batches)
        return steps.map(
            lambda step: stacks(tf.stack([tf.cast(seed, tf.int64), first + step]))
        )

    @tf.autograph.experimental.do_not_convert
    def first_step(_: Tensor) -> Tensor:
        return tf.cast(epoch, tf.int64) * num_batches

    epochs = tf.data.Dataset.from_tensors(0).map(first_step)
    known = epochs.flat_map(batches_of).apply(
        tf.data.experimental.assert_cardinality(num_batches)
    )
    return as_written(known)


def _stacks(digits: Split, num_stacks: int, random: np.random.Generator) -> Split:
    rows = random.integers(len(digits), size=(num_stacks, _NUM_CHANNELS))
    images = np.empty((num_stacks, *digits.images.shape[1:3], _NUM_CHANNELS), "float32")
    for channel in range(_NUM_CHANNELS):  # one at a time: less lies in memory
        images[..., channel] = digits.images[rows[:, channel], :, :, 0]
    labels: Array = np.asarray(digits.labels)[rows] @ _PLACES  # [num_stacks]
    return Split(images, labels.astype("int32"))
