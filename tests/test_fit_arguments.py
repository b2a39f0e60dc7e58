"""What `fit` and `evaluate` are given: splits, mistakes, and the words for both."""

import math

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from games import assert_equal_state, make_tiny_gan, tiny_images

import keras_gan as kg

RING = kg.datasets.load_ring_of_gaussians(num_train=40, num_valid=20, num_test=20)
POINTS, LABELS = RING.train.points, RING.train.labels


def game_of(shape, name=None, activation=None, labels=False):
    """A small game on data of any shape, conditional on 8 classes where asked."""
    of_labels = [keras.Input((), name="labels", dtype="int32")] if labels else []
    features, others = (
        [keras.layers.Embedding(8, 3)(one) for one in of_labels] for _ in range(2)
    )
    latents = keras.Input((3,), name="latents")
    outputs = keras.layers.Dense(math.prod(shape), activation)(
        keras.layers.concatenate([latents, *features]) if labels else latents
    )
    outputs = keras.layers.Reshape(shape)(outputs)
    values = keras.Input(shape, name=name)
    flat = keras.layers.Flatten()(values)
    logits = keras.layers.Dense(1)(
        keras.layers.concatenate([flat, *others]) if labels else flat
    )
    gan = kg.GAN(
        keras.Model([latents, *of_labels], outputs),
        keras.Model([values, *of_labels], logits),
        kg.priors.NormalPrior(3),
    )
    gan.compile("sgd", "sgd")
    return gan


@pytest.mark.parametrize(
    ("shape", "name", "data_name"),
    [
        ((2,), None, "vectors"),
        ((2,), "points", "points"),
        ((2,), "images", "vectors"),
        ((16, 1), None, "signals"),
        ((16, 1), "waveforms", "waveforms"),
        ((4, 4, 1), None, "images"),
        ((4, 4, 1), "pixels", "images"),
    ],
)
def test_data_are_called_what_they_are(shape, name, data_name):
    gan = game_of(shape, name)
    assert gan.data_name == data_name
    with pytest.raises(ValueError, match=f"All {data_name} must be finite"):
        gan.fit(np.full((4, *shape), np.nan, "float32"), verbose=0)
    with pytest.raises(TypeError, match=f"All {data_name} must be floats.*int64"):
        gan.fit(np.ones((4, *shape), int), verbose=0)


@pytest.mark.exhaustive
def test_a_split_is_its_data_and_the_labels_that_are_read():
    for labels in (False, True):
        keras.utils.set_random_seed(0)
        expected = game_of((2,), "points", labels=labels)
        keras.utils.set_random_seed(0)
        received = game_of((2,), "points", labels=labels)
        arguments = {"verbose": 0, "shuffle": False}
        y = (LABELS,) if labels else ()
        held_out = RING.valid.points
        if labels:
            held_out = (held_out, RING.valid.labels)
        first = expected.fit(POINTS, *y, validation_data=held_out, **arguments)
        second = received.fit(RING.train, validation_data=RING.valid, **arguments)
        assert_equal_state(received, expected)
        assert second.history == first.history
        assert received.evaluate(RING.test, verbose=0) == expected.evaluate(
            RING.test.points, *([RING.test.labels] if labels else []), verbose=0
        )


def rows_one_by_one():
    yield from POINTS


def dataset_of(*arrays):
    return tf.data.Dataset.from_tensor_slices(arrays if arrays[1:] else arrays[0])


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (RING, TypeError, "pass data.train.*Received: Dataset"),
        ((POINTS, LABELS), TypeError, r"fit\(points, labels\).*a tuple of 2"),
        ([POINTS], TypeError, "a list of 1"),
        ({"points": POINTS.tolist()}, TypeError, "`points` must be an array.*list"),
        ({"images": POINTS}, ValueError, r"Pass a dict with all of \['points'\]"),
        (None, TypeError, "`x` must be points to learn from"),
        (POINTS[:0], ValueError, "at least one row of points"),
        (POINTS[:, :1], ValueError, r"must equal the data shape \(1,\)"),
        (dataset_of(POINTS), ValueError, r"one row, \(2,\).*dataset.batch"),
        (dataset_of(POINTS, LABELS), ValueError, r"one row, \(2,\).*dataset.batch"),
        (rows_one_by_one(), ValueError, r"Batch 0 .*one row, \(2,\).*dataset.batch"),
        (dataset_of(POINTS).batch(4).take(0), ValueError, "batches of points.*empty"),
    ],
    ids=[
        "dataset",
        "tuple",
        "list",
        "dict-of-lists",
        "other-name",
        "none",
        "no-rows",
        "other-shape",
        "unbatched",
        "unbatched-pairs",
        "rows",
        "no-batches",
    ],
)
def test_mistakes_have_their_own_sentence(x, error, message):
    gan = game_of((2,), "points")
    with pytest.raises(error, match=message):
        gan.fit(x, steps_per_epoch=2, verbose=0)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"validation_data": RING}, TypeError, "data.valid"),
        ({"validation_data": POINTS[:0]}, ValueError, "at least one row of points"),
        ({"validation_data": POINTS[:, :1]}, ValueError, "must equal the data shape"),
        (
            {"validation_data": (POINTS, None, np.ones(40))},
            ValueError,
            "without weights. Received: a tuple of 3",
        ),
        ({"validation_split": 0.01}, ValueError, "hold out at least one row"),
        (
            {"validation_split": 0.5, "validation_data": POINTS},
            ValueError,
            "two ways to hold out rows",
        ),
    ],
)
def test_mistakes_in_held_out_data(arguments, error, message):
    with pytest.raises(error, match=message):
        game_of((2,), "points").fit(POINTS, verbose=0, **arguments)


def test_complaints_say_what_held_the_data_out():
    broken = np.concatenate([POINTS[:-1], [[np.nan, 0]]]).astype("float32")
    message = "Held out by `validation_split`: All points must be finite"
    with pytest.raises(ValueError, match=message):
        game_of((2,), "points").fit(broken, validation_split=0.2, verbose=0)
    message = "Held out by `validation_data`: All points must be finite"
    with pytest.raises(ValueError, match=message):
        game_of((2,), "points").fit(POINTS, validation_data=broken, verbose=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"validation_split": 0.5}, "give `validation_data` instead"),
        ({"batch_size": 4}, "elements are batches already"),
    ],
)
def test_a_dataset_takes_nothing_of_arrays(arguments, message):
    with pytest.raises(ValueError, match=message):
        game_of((2,), "points").fit(dataset_of(POINTS).batch(4), verbose=0, **arguments)


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (POINTS, LABELS / 2, TypeError, "`labels` must be integers.*float64"),
        (POINTS, LABELS[:-1], ValueError, "one length.*'labels': 39"),
        (POINTS, 5, TypeError, "`labels` must be an array of rows.*one value, 5"),
        (RING.train, LABELS, ValueError, "`y` must be None where `x` is a split"),
        (kg.datasets.Split(POINTS), None, ValueError, r"name \['labels'\]"),
    ],
    ids=["floats", "short", "one", "twice", "none"],
)
def test_mistakes_in_labels(x, y, error, message):
    with pytest.raises(error, match=message):
        game_of((2,), "points", labels=True).fit(x, y, verbose=0)


def test_labels_that_only_a_term_reads_are_integers_too():
    class OfLabels(kg.terms.Term):
        reads = ("labels",)

        def __call__(self, round, player):
            return tf.reduce_mean(tf.cast(round.real["labels"], tf.float32))

    gan = game_of((2,))
    gan.compile("sgd", "sgd", terms=[OfLabels(1.0)])
    with pytest.raises(TypeError, match="`labels` must be integers"):
        gan.fit(POINTS, LABELS / 2, verbose=0)


def test_gray_images_without_channels_are_told_of_the_axis():
    with pytest.raises(ValueError, match=r"axis of one channel: x\[..., None\]"):
        game_of((4, 4, 1)).fit(np.zeros((5, 4, 4), "float32"), verbose=0)


@pytest.mark.exhaustive
def test_what_stops_a_pipeline_speaks_of_the_data():
    gan = game_of((16, 1), "waveforms", activation="tanh")
    loud = np.full((8, 16, 1), 300.0, "float32")
    broken = np.full((8, 16, 1), np.nan, "float32")
    far_out = r"All waveforms must lie in .*Scale the waveforms first: to \[0, 1\]"
    with pytest.raises(ValueError, match=far_out):
        gan.fit(dataset_of(loud).batch(4), verbose=0)
    with pytest.raises(ValueError, match="All waveforms must be finite.*in a batch"):
        gan.fit(dataset_of(broken).batch(4), verbose=0)
    with pytest.raises(ValueError, match=far_out):
        gan.fit(loud, verbose=0)
    quiet = np.full((8, 16, 1), -0.5, "float32")
    with pytest.raises(ValueError, match=far_out):
        gan.fit(quiet, validation_data=loud, verbose=0)
    with pytest.raises(ValueError, match="All waveforms must be finite"):
        gan.evaluate(broken, verbose=0)
    with pytest.warns(UserWarning, match=r"Training waveforms lie in \[-1.5, -1.5\]"):
        gan.fit(quiet * 3, verbose=0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("rules", [{}, {"steps_per_epoch": 2}], ids=str)
def test_arrays_go_on_bit_for_bit_whatever_an_epoch_is(rules, tmp_path):
    images = tiny_images(40)
    whole, part = make_tiny_gan(), make_tiny_gan()
    whole.fit(images, batch_size=8, epochs=3, verbose=0, **rules)
    part.fit(images, batch_size=8, epochs=1, verbose=0, **rules)
    part.save(tmp_path / "part.keras")
    loaded = kg.load(tmp_path / "part.keras")
    loaded.fit(images, batch_size=8, epochs=3, initial_epoch=1, verbose=0, **rules)
    assert int(whole.train_steps.numpy()) == 3 * rules.get("steps_per_epoch", 5)
    for one, other in zip(whole.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_epoch_has_no_more_steps_than_batches():
    with pytest.raises(ValueError, match="`steps_per_epoch` must be at most 5"):
        make_tiny_gan().fit(tiny_images(40), batch_size=8, steps_per_epoch=6)


def test_the_order_of_arguments_is_that_of_keras():
    gan, stop = make_tiny_gan(), kg.callbacks.NaNGuard()
    history = gan.fit(tiny_images(16), None, 8, 3, 0, stop)
    assert len(history.epoch) == 3


@pytest.mark.parametrize("play", ["train_on_batch", "test_on_batch"])
def test_one_batch_has_no_weights_and_no_bytes(play):
    gan, images = make_tiny_gan(), tiny_images(8)
    with pytest.raises(ValueError, match="Rows have no weights"):
        getattr(gan, play)(images, sample_weight=np.zeros(8))
    with pytest.raises(TypeError, match="must be floats"):
        getattr(gan, play)((255 * images).astype("uint8"))


def test_what_is_judged_in_batches_has_no_batch_size():
    dataset = tf.data.Dataset.from_tensor_slices(tiny_images(16)).batch(8)
    with pytest.raises(ValueError, match="`batch_size` is for arrays"):
        make_tiny_gan().evaluate(dataset, batch_size=4, verbose=0)
    with pytest.raises(ValueError, match="`validation_batch_size` is for arrays"):
        make_tiny_gan().fit(
            dataset, validation_data=dataset, validation_batch_size=4, verbose=0
        )


class Batches(keras.utils.PyDataset):
    def __init__(self, images):
        super().__init__()
        self.images = images

    def __len__(self):
        return len(self.images) // 4

    def __getitem__(self, index):
        return self.images[4 * index : 4 * index + 4]


def generated(images):
    yield from np.split(images, len(images) // 4)


@pytest.mark.one_in(6)
@pytest.mark.parametrize(
    "batched",
    [
        lambda images: tf.data.Dataset.from_tensor_slices(images).batch(4),
        Batches,
        generated,
    ],
    ids=["Dataset", "PyDataset", "generator"],
)
@pytest.mark.parametrize(
    ("value", "message"),
    [(np.nan, "must be finite"), (255.0, "must lie in the range that generated")],
)
def test_held_out_batches_are_checked_as_arrays_are(batched, value, message):
    gan, broken = make_tiny_gan(), tiny_images(8)
    broken[6, 0, 0] = value
    with pytest.raises(ValueError, match=message):
        gan.evaluate(broken, verbose=0)
    with pytest.raises(ValueError, match=message):
        gan.evaluate(batched(broken), verbose=0)
    with pytest.raises(ValueError, match=message):
        gan.fit(tiny_images(8), validation_data=batched(broken), verbose=0)


def test_held_out_batches_give_the_losses_of_arrays():
    gan, images = make_tiny_gan(), tiny_images(8)
    expected = gan.evaluate(images, batch_size=4, verbose=0)
    for batches in (
        Batches(images),
        tf.data.Dataset.from_tensor_slices(images).batch(4),
    ):
        assert gan.evaluate(batches, verbose=0) == expected


@pytest.mark.parametrize("size", [4, 5])
def test_a_dataset_that_states_no_rank_is_read_as_what_is_generated(size, tiny_gan):
    rows = np.full((10, size, size, 1), 0.5, "float32")
    spec = tf.TensorSpec(None, tf.float32)
    batches = tf.data.Dataset.from_generator(
        lambda: iter([rows]), output_signature=spec
    ).apply(tf.data.experimental.assert_cardinality(1))
    if size == 4:
        assert "d_loss" in tiny_gan.fit(batches, verbose=0).history
        return
    message = r"what is generated, \[\?,4,4,1\]\. Received: \[10,5,5,1\]"
    with pytest.raises(ValueError, match=message):
        tiny_gan.fit(batches, verbose=0)


class ArrayLike:
    """What other libraries' arrays and tables are to NumPy."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype)


@pytest.mark.exhaustive
def test_arrays_of_other_libraries_are_arrays(tmp_path):
    images = tiny_images(20)
    with h5py.File(tmp_path / "images.h5", "w") as file:
        file["images"], file["bytes"] = images, 255 * images
    expected = make_tiny_gan()
    expected.fit(images, batch_size=10, epochs=2, verbose=0)
    with h5py.File(tmp_path / "images.h5") as file:
        for given in (
            *(file["images"], ArrayLike(images), {"images": file["images"]}),
            *(tf.Variable(images), keras.Variable(images)),
        ):
            gan = make_tiny_gan()
            gan.fit(given, batch_size=10, epochs=2, verbose=0)
            assert_equal_state(gan, expected)
        for use in (gan.fit, gan.evaluate):
            with pytest.raises(ValueError, match="must lie in the range.*x / 255"):
                use(file["bytes"], verbose=0)
        with pytest.raises(ValueError, match="must lie in the range"):
            gan.fit(images, validation_data=file["bytes"], verbose=0)


def test_what_is_neither_an_array_nor_batches_is_refused():
    with pytest.raises(TypeError, match=r"`x` must be an array, .*builtins\.object; a"):
        make_tiny_gan().fit(object(), verbose=0)
    with pytest.raises(TypeError, match=r"`x` must be an array, .*builtins\.map"):
        make_tiny_gan().fit(map(tiny_images, [10]), verbose=0)


def test_a_callback_that_would_watch_nothing_is_refused():
    stop = keras.callbacks.TerminateOnNaN()
    with pytest.raises(ValueError, match="TerminateOnNaN.*callbacks.NaNGuard"):
        make_tiny_gan().fit(tiny_images(), callbacks=[stop], verbose=0)
