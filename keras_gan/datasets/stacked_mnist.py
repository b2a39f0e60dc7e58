"""Three MNIST digits in one colour image: a thousand modes that can be counted."""

import os

import numpy as np

from keras_gan._types import Array
from keras_gan._validation import check_positive_integer, check_seed
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


def _stacks(digits: Split, num_stacks: int, random: np.random.Generator) -> Split:
    rows = random.integers(len(digits), size=(num_stacks, _NUM_CHANNELS))
    images = np.empty((num_stacks, *digits.images.shape[1:3], _NUM_CHANNELS), "float32")
    for channel in range(_NUM_CHANNELS):  # one at a time: less lies in memory
        images[..., channel] = digits.images[rows[:, channel], :, :, 0]
    labels: Array = np.asarray(digits.labels)[rows] @ _PLACES  # [num_stacks]
    return Split(images, labels.astype("int32"))
