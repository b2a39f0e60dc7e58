"""A `PyDataset` or a generator is held to what arrays are held to, batch by batch."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import assert_equal_state, conditional_gan, make_tiny_gan, tiny_images

import keras_gan as kg
from keras_gan.training.batch_checks import BatchCheck, CheckedBatches
from keras_gan.training.examples import Entries, Shares, divide


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


@pytest.mark.exhaustive
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


class Remembering(Batches):
    """Notes which batches are asked for, in this process."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.asked = []

    def __getitem__(self, index):
        self.asked.append(index)
        return super().__getitem__(index)


def in_epochs(asked):
    """Of five batches; Keras reads two in advance, to learn their shapes."""
    return [asked[start : start + 5] for start in range(2, len(asked), 5)]


@pytest.mark.exhaustive
def test_the_order_is_that_of_the_seed_and_the_epoch(tmp_path):
    dataset, gan = Remembering(), make_tiny_gan(run_eagerly=True)
    gan.fit(dataset, epochs=3, verbose=0)
    epochs = in_epochs(dataset.asked)
    assert len(epochs) == 3 and all(sorted(one) == [*range(5)] for one in epochs)
    assert len({*map(tuple, epochs)}) == 3  # of 120 orders; the seed is chosen
    resumed = make_tiny_gan(run_eagerly=True)
    resumed.fit(Batches(), epochs=1, verbose=0)
    resumed.save(tmp_path / "gan.keras")
    resumed = kg.load(tmp_path / "gan.keras")
    again = Remembering()
    resumed.fit(again, epochs=3, initial_epoch=1, verbose=0)
    assert in_epochs(again.asked) == epochs[1:]
    assert_equal_state(resumed, gan)


@pytest.mark.exhaustive
@pytest.mark.parametrize("processes", [False, True])
def test_workers_keep_the_order(processes):
    def played(**workers):
        gan = make_tiny_gan()
        gan.fit(Batches(**workers), epochs=3, verbose=0)
        return gan

    workers = {"workers": 2, "use_multiprocessing": processes}
    assert_equal_state(played(**workers), played())


@pytest.mark.exhaustive
def test_an_epoch_of_another_number_of_batches_takes_whole_passes_first():
    dataset, gan = Remembering(), make_tiny_gan(run_eagerly=True)
    gan.fit(dataset, epochs=2, steps_per_epoch=12, verbose=0)
    assert gan.train_steps == 24 and gan.epochs_completed == 2
    asked = dataset.asked[2:]
    assert sorted(asked[:5]) == sorted(asked[5:10]) == [*range(5)]
    assert sorted(asked[12:17]) == [*range(5)] and asked[:5] != asked[5:10]
    dataset.asked.clear()
    gan.fit(dataset, steps_per_epoch=3, shuffle=False, verbose=0)
    assert dataset.asked[2:] == [0, 1, 2]


class Unequal(keras.utils.PyDataset):
    def __len__(self):
        return 3

    def __getitem__(self, index):
        return {"images": tiny_images(4), "labels": np.zeros(4 + index, "int32")}


@pytest.mark.parametrize("form", ["PyDataset", "generator", "tf.data"])
def test_entries_of_a_batch_have_as_many_rows(form):
    gan = conditional_gan()
    gan.compile("sgd", "sgd", discriminator_steps=2)
    batches = Unequal()
    if form == "generator":
        batches = generator_of(batches)
    if form == "tf.data":
        kinds = {
            "images": tf.TensorSpec((None, 4, 4, 1)),
            "labels": tf.TensorSpec((None,), tf.int32),
        }
        batches = tf.data.Dataset.from_generator(
            lambda: generator_of(Unequal()), output_signature=kinds
        )
    with pytest.raises(ValueError, match="as many labels as images. Received: 5 for 4"):
        gan.fit(batches, shuffle=False, verbose=0)


def test_what_terms_alone_read_is_divided_by_its_own_rows():
    example = {"images": tf.range(4), "labelled_images": tf.range(10)}
    parts = divide(example, 2)
    assert [part["images"].numpy().tolist() for part in parts] == [[0, 1], [2, 3]]
    of_term = [part["labelled_images"].numpy().tolist() for part in parts]
    assert of_term == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    dealt = Shares(2, 1, 1).deal(example)
    assert [len(one) for one in dealt.values()] == [4, 10]


class Empty(Batches):
    def __len__(self):
        return 0


@pytest.mark.parametrize("arguments", [{}, {"steps_per_epoch": 5}])
def test_no_batches_at_all_are_told_of(gan, arguments):
    with pytest.raises(ValueError, match="bring batches of images. Received: an empty"):
        gan.fit(Empty(), verbose=0, **arguments)


@pytest.mark.parametrize("form", [lambda data: data, lambda data: iterated(data)])
def test_a_batch_without_a_labelled_row_is_told_of(form):
    images = keras.Input((4, 4, 1))
    logits = keras.layers.Dense(3)(keras.layers.Flatten()(images))
    outputs = {"logits": keras.layers.Dense(1)(logits), "classes": logits}
    tiny = make_tiny_gan()
    gan = kg.GAN(tiny.generator, keras.Model(images, outputs), tiny.prior)
    gan.compile("sgd", "sgd", terms=[kg.terms.LabelledExamples()])
    labels = np.array([0, 1, -1, -1])
    pairs = tf.data.Dataset.from_tensor_slices((tiny_images(4), labels)).batch(2)
    batches = pairs.map(
        lambda x, y: {
            "images": x,
            "labelled_images": tf.boolean_mask(x, y >= 0),
            "labels": tf.boolean_mask(y, y >= 0),
        }
    )
    with pytest.raises(ValueError, match="must bring a row of label.*Received: none"):
        gan.fit(form(batches), verbose=0)


def iterated(dataset):
    return (batch for batch in dataset.as_numpy_iterator())
