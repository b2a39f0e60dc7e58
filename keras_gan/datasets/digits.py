"""Real handwritten digits that need no download."""

import numpy as np

from keras_gan.datasets.dataset import Dataset, Split

NUM_VALID = 300
NUM_TEST = 300
_SPLIT_SEED = 1998  # the split is part of the dataset: it never changes


def load_digits() -> Dataset:
    """Loads the 8x8 handwritten digits that scikit-learn ships.

    Use it for the first run, for tests and for demonstrations: 1,797 real digits by 43
    people, scaled from 0..16 to [0, 1], split by one fixed permutation into 1,197
    training, 300 validation and 300 test images.

    Returns:
        data: `Dataset`, images `[num_images, 8, 8, 1]` in [0, 1], labels 0..9.

    Example:
    >>> data = load_digits()
    >>> data.train.images.shape, len(data.valid), len(data.test)
    ((1197, 8, 8, 1), 300, 300)

    References:
        Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, 1998.
        https://archive.ics.uci.edu/dataset/80
    """
    import sklearn.datasets

    digits = sklearn.datasets.load_digits()
    order = np.random.default_rng(_SPLIT_SEED).permutation(len(digits.images))
    images = (digits.images / 16).astype("float32")[order, :, :, np.newaxis]
    labels = digits.target.astype("int32")[order]
    first_test, first_valid = len(images) - NUM_TEST, len(images) - NUM_TEST - NUM_VALID
    return Dataset(
        name="digits",
        train=Split(images[:first_valid], labels[:first_valid]),
        valid=Split(images[first_valid:first_test], labels[first_valid:first_test]),
        test=Split(images[first_test:], labels[first_test:]),
    )
