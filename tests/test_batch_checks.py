"""A `PyDataset` or a generator is held to what arrays are held to, batch by batch."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import assert_equal_state, make_tiny_gan, tiny_images

from keras_gan.training.batch_checks import BatchCheck, CheckedBatches
from keras_gan.training.examples import Entries


class Batches(keras.utils.PyDataset):
    """Batches of four images, of which one may be spoilt; told apart by a label."""

    def __init__(self, spoil=None, spoilt=3, num_batches=5, **kwargs):
        super().__init__(**kwargs)
        self.spoil, self.spoilt, self.length = spoil, spoilt, num_batches
        self.told = []

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        images = tiny_images(4, seed=index)
        if self.spoil is not None and index == self.spoilt:
            images = self.spoil(images)
        return images, np.full(4, index)

    def on_epoch_begin(self):
        self.told.append("begin")

    def on_epoch_end(self):
        self.told.append("end")


class Endless(Batches):
    __len__ = None
    num_batches = None


def as_bytes(images):
    return (255 * images).astype("uint8")


def to_255(images):
    return 255 * images


def cropped(images):
    return images[:, 1:]


def with_nan(images):
    images[2, 1, 1, 0] = np.nan
    return images


def with_infinity(images):
    images[0, 0, 0, 0] = -np.inf
    return images


UNFIT = [
    (as_bytes, TypeError, "must be floats.*dtype=uint8"),
    (to_255, ValueError, r"must lie in the range.*values in \[.*x / 255"),
    (cropped, ValueError, r"must equal the data shape \(3, 4, 1\)"),
    (with_nan, ValueError, "must be finite"),
    (with_infinity, ValueError, "must be finite"),
    (list, TypeError, "must be an array, alone or the first.*Received: list"),
]


@pytest.fixture(scope="module")
def gan():
    """One for all that is refused: its step is traced once."""
    return make_tiny_gan()


def generator_of(dataset):
    return (dataset[index] for index in range(len(dataset)))


@pytest.mark.parametrize("spoilt", [0, 3])  # Keras reads the first two in advance
@pytest.mark.parametrize("form", [lambda dataset: dataset, generator_of])
@pytest.mark.parametrize(("spoil", "error", "message"), UNFIT)
def test_an_unfit_batch_stops_the_training_and_is_named(
    gan, spoil, error, message, form, spoilt
):
    message = f"^Batch {spoilt} of the dataset: .*{message}"
    with pytest.raises(error, match=message):
        gan.fit(form(Batches(spoil, spoilt)), shuffle=False, verbose=0)


@pytest.mark.parametrize("processes", [False, True])
def test_workers_check_too(gan, processes):
    batches = Batches(with_nan, workers=2, use_multiprocessing=processes)
    with pytest.raises(ValueError, match="^Batch 3 of the dataset: .*must be finite"):
        gan.fit(batches, shuffle=False, verbose=0)


@pytest.mark.exhaustive
def test_fit_batches_play_the_game_of_the_same_tf_dataset():
    def played(data):
        gan = make_tiny_gan()
        gan.fit(data, epochs=2, shuffle=False, verbose=0)
        return gan

    dataset = Batches()
    images = np.concatenate([dataset[index][0] for index in range(5)])
    expected = played(tf.data.Dataset.from_tensor_slices(images).batch(4))
    assert_equal_state(played(dataset), expected)
    assert dataset.told[-4:] == ["begin", "end"] * 2  # Keras ends once in advance
    assert_equal_state(played(Batches(workers=2, max_queue_size=3)), expected)


def test_a_generator_of_images_alone_or_with_labels():
    for alone in (True, False):
        batches = generator_of(Batches())
        data = (images for images, _ in batches) if alone else batches
        gan = make_tiny_gan(run_eagerly=True)
        gan.fit(data, verbose=0, steps_per_epoch=5)  # no warning
        assert gan.train_steps == 5


def test_what_keras_asks_of_a_py_dataset_is_kept():
    entries = Entries("images", ("images",), {})
    check = BatchCheck(entries, (4, 4, 1), 1, (0.0, 1.0), {})
    dataset = Batches(workers=3, use_multiprocessing=True, max_queue_size=7)
    checked = CheckedBatches(dataset, check)
    assert (checked.workers, checked.max_queue_size) == (3, 7)
    assert checked.use_multiprocessing
    assert len(checked) == checked.num_batches == 5
    assert len(list(checked)) == 5
    assert CheckedBatches(Endless(), check).num_batches is None


def test_an_endless_py_dataset_is_checked(gan):
    gan.fit(Endless(), steps_per_epoch=3, shuffle=False, verbose=0)
    with pytest.raises(ValueError, match="must be finite"):
        gan.fit(Endless(with_nan), steps_per_epoch=5, shuffle=False, verbose=0)


def test_batches_that_packs_do_not_divide_are_refused():
    gan = make_tiny_gan(packing=3)
    with pytest.raises(ValueError, match="Batch 0 .* must be a multiple of 3"):
        gan.fit(Batches(), verbose=0)
    gan = make_tiny_gan(packing=2)
    gan.fit(Batches(lambda images: images[:1], spoilt=4), shuffle=False, verbose=0)
    assert gan.train_steps == 5  # a short last batch wraps around


def test_errors_of_the_dataset_itself_are_not_touched(gan):
    def broken(images):
        raise FileNotFoundError("picture 7 is gone")

    with pytest.raises(tf.errors.UnknownError, match="picture 7 is gone"):
        gan.fit(Batches(broken), shuffle=False, verbose=0)
