import keras
import numpy as np
import pytest
import tensorflow as tf
from games import (
    SavedAfter,
    assert_equal_weights,
    tiny_images,
    weights_of,
)
from scipy.special import logsumexp

import keras_gan as kg
from keras_gan.datasets.pipeline import InTurn
from keras_gan.terms import FeatureMatching, LabelledExamples

NUM_CLASSES = 3
IMAGES = tiny_images(40)
LABELS = np.where(np.arange(40) < 9, np.arange(40) % NUM_CLASSES, -1)


def few_label_gan(weight=1.0, noise=0.0, half_life=None, generator=None, **rules):
    gan = kg.GAN(
        generator or kg.networks.softplus_generator(3, (4, 4, 1), (6,), seed=1),
        kg.networks.classifying_discriminator(
            (4, 4, 1), NUM_CLASSES, (7, 5), noise, noise, seed=2
        ),
        kg.priors.UniformPrior(3),
        discriminator_ema_half_life=half_life,
    )
    optimizers = keras.optimizers.SGD(0.05), keras.optimizers.SGD(0.05)
    gan.compile(*optimizers, terms=[LabelledExamples(weight)], **rules)
    return gan


def test_the_logit_is_the_log_sum_exp_of_the_classes():
    said = few_label_gan().discriminator(IMAGES)
    classes = said["classes"].numpy().astype("float64")
    np.testing.assert_allclose(said["logits"][:, 0], logsumexp(classes, 1), rtol=1e-5)


def test_the_term_is_the_cross_entropy_of_the_labelled_images():
    gan = few_label_gan(weight=0.25)
    classes = gan.discriminator(IMAGES[:9])["classes"].numpy().astype("float64")
    expected = logsumexp(classes, axis=1) - classes[np.arange(9), LABELS[:9]]
    # One batch of all rows: in it each labelled image comes as often, 36 of 36.
    history = gan.fit(IMAGES[:36], LABELS[:36], batch_size=36, verbose=0).history
    np.testing.assert_allclose(history["penalty"][0], 0.25 * expected.mean(), rtol=1e-5)


def rows_of(batches):
    return [[int(row) for row in batch] for (_, batch) in batches]


def test_labelled_rows_come_in_turn_in_an_order_of_each_epoch():
    epoch = tf.Variable(0)
    turns = InTurn(np.arange(40), np.arange(10, 14), 40)
    batches = kg.datasets.shuffled_batches(
        (np.arange(40), turns), 8, seed=3, epoch=epoch
    )
    first = rows_of(batches)
    assert all(sorted(batch) == [10, 10, 11, 11, 12, 12, 13, 13] for batch in first)
    assert rows_of(batches) == first
    epoch.assign(1)
    assert rows_of(batches) != first
    unchanged = (batch for (batch, _) in batches)
    alone = kg.datasets.shuffled_batches((np.arange(40),), 8, seed=3, epoch=epoch)
    for batch, (expected,) in zip(unchanged, alone, strict=True):
        np.testing.assert_array_equal(batch, expected)


@pytest.mark.exhaustive
def test_held_out_rows_lend_no_label():
    labels = np.arange(40) % NUM_CLASSES
    turns = InTurn(labels, np.arange(40), 40)
    assert turns[:30].rows.max() == 29
    assert len(turns[30:]) == 10
    first_alone = np.where(np.arange(40) < 12, labels, -1)  # none is held out
    for some in (labels, first_alone):
        history = few_label_gan().fit(
            IMAGES, some, batch_size=10, validation_split=0.25, verbose=0
        )
        assert "val_d_loss" in history.history


@pytest.mark.exhaustive
def test_entries_of_ones_own_are_taken_as_they_are():
    game = few_label_gan()
    entries = {
        "images": IMAGES,
        "labelled_images": IMAGES[::-1].copy(),
        "labels": np.arange(40) % NUM_CLASSES,
    }
    data = tf.data.Dataset.from_tensor_slices(entries).batch(10)
    history = game.fit(data, verbose=0).history
    assert np.isfinite(history["penalty"]).all()
    again = few_label_gan().fit(entries, batch_size=10, verbose=0, shuffle=False)
    np.testing.assert_allclose(again.history["penalty"], history["penalty"], rtol=1e-6)


def test_entries_of_ones_own_that_do_not_fit_are_refused():
    gan = few_label_gan()
    images = tiny_images(6)
    labels = np.arange(6) % NUM_CLASSES
    entries = {"images": images, "labelled_images": images}
    with pytest.raises(ValueError, match="`labels` must lie in 0 to"):
        gan.fit({**entries, "labels": labels + 1}, verbose=0)
    bytes_ = (images * 255).astype("uint8")
    with pytest.raises(TypeError, match="All labelled_images must be floats"):
        gan.fit({**entries, "labels": labels, "labelled_images": bytes_}, verbose=0)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (tiny_images(6) * 255, "All labelled_images must lie in the range"),
        (tiny_images(6) * np.nan, "All labelled_images must be finite"),
        (tiny_images(6)[:, :3], "must equal the data shape"),
    ],
)
@pytest.mark.parametrize("kind", ["arrays", "dataset", "generator"])
def test_labelled_images_are_checked_as_images_are(kind, images, message):
    entries = {
        "images": tiny_images(6),
        "labelled_images": images.astype("float32"),
        "labels": np.arange(6) % NUM_CLASSES,
    }
    data = {
        "arrays": entries,
        "dataset": tf.data.Dataset.from_tensors(entries),
        "generator": (one for one in [entries]),
    }[kind]
    with pytest.raises(ValueError, match=message):
        few_label_gan(run_eagerly=True).fit(data, verbose=0)


def test_a_class_that_is_held_out_is_refused():
    labels = np.full(40, -1)
    labels[[0, 1, 39]] = [0, 1, 2]
    with pytest.raises(ValueError, match=r"`validation_split` must leave.*\[2\]"):
        few_label_gan().fit(IMAGES, labels, validation_split=0.25, verbose=0)


def test_without_shuffling_epochs_go_on_in_turn():
    epoch, dealt = tf.Variable(0), []
    turns = InTurn(np.arange(40), np.arange(10, 13), 8)
    batches = kg.datasets.shuffled_batches(
        (np.arange(8), turns), 4, seed=3, epoch=epoch, shuffle=False
    )
    for number in range(3):
        epoch.assign(number)
        dealt += [row for batch in rows_of(batches) for row in batch]
    assert dealt == [10, 11, 12] * 8


def test_held_out_data_may_come_with_unknown_labels():
    gan = few_label_gan()
    held_out = {"validation_data": (IMAGES, LABELS)}
    logs = gan.fit(IMAGES, LABELS, batch_size=20, verbose=0, **held_out).history
    assert np.isfinite(logs["val_d_loss"]).all()
    assert gan.evaluate(IMAGES, LABELS, verbose=0)


@pytest.mark.exhaustive
def test_it_learns_the_classes():
    # Three blobs apart; the labels of three images of each are known.
    random = np.random.default_rng(0)
    labels = random.integers(NUM_CLASSES, size=300)
    centers = random.uniform(0.2, 0.8, size=(NUM_CLASSES, 4, 4, 1))
    images = centers[labels] + random.normal(0, 0.05, size=(300, 4, 4, 1))
    images = np.clip(images, 0, 1).astype("float32")
    few = kg.datasets.hide_labels(labels, 3, seed=1)
    gan = few_label_gan()
    terms = [LabelledExamples(2.0), FeatureMatching(layer="features")]
    gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01), terms=terms)
    monitor = kg.callbacks.ClassificationMonitor(images, labels)
    history = gan.fit(
        images, few, batch_size=20, epochs=8, verbose=0, callbacks=[monitor]
    )
    assert history.history["num_errors"][-1] <= 3


@pytest.mark.exhaustive
def test_stop_and_resume_with_noise_and_an_average(tmp_path):
    arguments = {"x": IMAGES, "y": LABELS, "batch_size": 7, "verbose": 0}
    whole, save = (
        few_label_gan(noise=0.3, half_life=50.0),
        SavedAfter(1, tmp_path / "gan.keras"),
    )
    whole.fit(**arguments, epochs=3, callbacks=[save])
    resumed = kg.load(tmp_path / "gan.keras")
    assert resumed.discriminator_ema_half_life == 50.0
    resumed.fit(**arguments, epochs=3, initial_epoch=1)
    assert_equal_weights(whole, resumed)
    np.testing.assert_array_equal(whole.averaged_share, resumed.averaged_share)


@pytest.mark.exhaustive
def test_two_replicas_learn_what_one_does(two_replicas):
    games = []
    for strategy in (tf.distribute.get_strategy(), two_replicas):
        with strategy.scope():
            # Batch statistics would be those of each replica's share.
            generator = kg.networks.mlp_generator(3, (4, 4, 1), (6,), seed=1)
            games.append(few_label_gan(half_life=50.0, generator=generator))
        games[-1].fit(IMAGES, LABELS, batch_size=10, epochs=2, verbose=0)
    of_one, of_two = (weights_of(gan) for gan in games)
    for one, two in zip(of_one, of_two, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-5)


class Recorder(keras.callbacks.Callback):
    """Keeps the discriminator's trainable weights after every step."""

    def __init__(self):
        super().__init__()
        self.weights = []

    def on_train_batch_end(self, batch, logs=None):
        trainable = self.model.discriminator.trainable_variables
        self.weights.append([one.numpy().astype("float64") for one in trainable])


@pytest.mark.exhaustive
def test_the_average_holds_nothing_of_the_initial_weights():
    gan, recorder = few_label_gan(half_life=30.0), Recorder()
    gan.fit(IMAGES, LABELS, batch_size=16, verbose=0, callbacks=[recorder])
    # Weights of the moves after 16, 16 and 8 images, of which the last counts most.
    since, shares = np.array([24, 8, 0]), 1 - 0.5 ** (np.array([16, 16, 8]) / 30)
    weights = shares * 0.5 ** (since / 30)
    weights /= weights.sum()
    averages = [
        average
        for average, variable in zip(
            gan.ema_discriminator.variables, gan.discriminator.variables, strict=True
        )
        if variable.trainable
    ]
    for place, average in enumerate(averages):
        expected = sum(
            weight * moved[place]
            for weight, moved in zip(weights, recorder.weights, strict=True)
        )
        np.testing.assert_allclose(average, expected, rtol=1e-4, atol=1e-6)
    said = gan.ema_discriminator(IMAGES)["classes"]
    received = gan.classify(IMAGES)
    np.testing.assert_allclose(received, tf.nn.softmax(said), rtol=1e-5, atol=1e-6)
    live = tf.nn.softmax(gan.discriminator(IMAGES)["classes"])
    assert not np.allclose(received, live, atol=1e-4)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.full(40, -1), "-1 for all 40"),
        (np.where(LABELS == 2, -1, LABELS), r"none of the classes \[2\]"),
        (np.where(LABELS == 2, 3, LABELS), "must lie in 0 to 2"),
        (np.where(LABELS == 2, -2, LABELS), "must lie in 0 to 2"),
        (LABELS[:30], "one integer for each image"),
        (LABELS.astype("float32"), "one integer for each image"),
    ],
)
def test_labels_that_teach_nothing_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        few_label_gan().fit(IMAGES, labels, verbose=0)


def test_networks_that_do_not_fit_are_refused_when_it_is_compiled(tiny_gan):
    with pytest.raises(ValueError, match="dict of outputs"):
        tiny_gan.compile("sgd", "adam", terms=[LabelledExamples()])
    with pytest.raises(ValueError, match="`discriminator_ema_half_life`"):
        few_label_gan(half_life=0.0)


def test_packs_have_no_class():
    base = few_label_gan()
    judge = kg.networks.classifying_discriminator((4, 4, 2), NUM_CLASSES, (5,))
    gan = kg.GAN(base.generator, judge, base.prior, packing=2)
    with pytest.raises(ValueError, match="packing=2"):
        gan.compile("sgd", "adam", terms=[LabelledExamples()])


def test_as_many_labels_of_each_class_stay():
    labels = np.arange(300) % 10
    few = kg.datasets.hide_labels(labels, 5, seed=4)
    known = few >= 0
    np.testing.assert_array_equal(few[known], labels[known])
    np.testing.assert_array_equal(np.bincount(few[known]), np.full(10, 5))
    assert not np.array_equal(few, kg.datasets.hide_labels(labels, 5, seed=5))
    for number in (0, 31):
        with pytest.raises(ValueError, match="`num_per_class`"):
            kg.datasets.hide_labels(labels, number)


def test_errors_are_counted_as_scikit_learn_does():
    from sklearn.metrics import zero_one_loss

    random = np.random.default_rng(2)
    probabilities, labels = random.uniform(size=(50, 4)), random.integers(4, size=50)
    score = kg.evaluation.classification_errors(predicted=probabilities, labels=labels)
    assert score.num_errors == zero_one_loss(
        labels, probabilities.argmax(axis=1), normalize=False
    )
    with pytest.raises(ValueError, match="one for each image"):
        kg.callbacks.ClassificationMonitor(IMAGES, labels)


def test_a_game_without_classes_is_told_before_training(tiny_gan):
    images = tiny_images()
    monitor = kg.callbacks.ClassificationMonitor(images, np.zeros(len(images), int))
    with pytest.raises(ValueError, match="This GAN has no classes"):
        tiny_gan.fit(images, verbose=0, callbacks=[monitor])
    assert tiny_gan.epochs_completed == 0


def test_the_unknown_class_is_none_where_a_dataset_is_told():
    labels = np.array([2, -1, 0, -1, -1, 2])
    split = kg.datasets.Split(np.zeros((6, 4, 4, 1), "float32"), labels)
    data = kg.datasets.Dataset("zeros", split, split, split, (0.0, 1.0))
    assert repr(data).endswith(", 2 classes)")
    table = data._repr_html_()
    for name, value in [("of no known class", 3), ("a class", "1 to 2")]:
        assert f">rows {name}</th><td>{value}</td>" in table


def test_predictions_in_a_column_are_the_classes_themselves():
    classes = np.array([[1], [2], [0]])
    score = kg.evaluation.classification_errors(predicted=classes, labels=classes)
    assert score.num_errors == 0
    with pytest.raises(TypeError, match="`predicted` must be integers"):
        kg.evaluation.classification_errors(predicted=classes / 2, labels=classes)


def test_what_is_hidden_already_is_no_class():
    labels = np.array([0] * 5 + [1] * 5 + [-1])
    hidden = kg.datasets.hide_labels(labels, 2)
    assert [int((hidden == one).sum()) for one in (0, 1, -1)] == [2, 2, 7]
    with pytest.raises(ValueError, match="must name a class"):
        kg.datasets.hide_labels(np.full(4, -1), 1)
