"""Networks receive the entries that they name: labels, vectors, images beside data."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import (
    NUM_CLASSES,
    SavedAfter,
    assert_equal_state,
    conditional_gan,
    inputs_and_features,
    tiny_images,
    weights_of,
)

import keras_gan as kg
from keras_gan.training.named_inputs import NamedInputs

LABELS = np.arange(40) % NUM_CLASSES
IMAGES = tiny_images(40)


def packed_conditional_gan():
    """The discriminator gets two images and the two labels of one pack."""
    images = keras.Input((4, 4, 2), name="images")
    labels = keras.Input((2,), name="labels", dtype="int32")
    features = keras.layers.Flatten()(keras.layers.Embedding(NUM_CLASSES, 5)(labels))
    rows = keras.layers.Concatenate()([keras.layers.Flatten()(images), features])
    discriminator = keras.Model([images, labels], keras.layers.Dense(1)(rows))
    generator, prior = conditional_gan().generator, kg.priors.UniformPrior(2)
    return kg.GAN(generator, discriminator, prior, packing=2)


def compiled(gan, **rules):
    optimizers = [keras.optimizers.SGD(0.1) for _ in range(2)]
    gan.compile(*optimizers, **rules)
    return gan


def entries(kind):
    random = np.random.default_rng(3)
    conditions = {
        "labels": LABELS,
        "vectors": random.normal(size=(40, 2)).astype("float32"),
        "thumbnails": tiny_images(40, seed=9),
    }
    return {"images": IMAGES, kind: conditions[kind]}


RULES = {
    "alternating": {},
    "simultaneous": {"simultaneous": True},
    "fused, noisy": {"fused_discriminator": True, "instance_noise": 0.1},
    "three steps, terms": {
        "discriminator_steps": 3,
        "terms": [
            kg.terms.GradientPenalty(1.0, interval=2),
            kg.terms.R2(1.0),
            kg.terms.FeatureMatching(layer="hidden", replaces_objective=False),
        ],
    },
}


@pytest.mark.one_in(3)
@pytest.mark.parametrize("kind", ["labels", "vectors", "thumbnails"])
def test_any_entry_conditions_both_players(kind):
    gan = compiled(conditional_gan(kind))
    before = [weight.numpy() for weight in gan.weights]
    history = gan.fit(entries(kind), batch_size=10, validation_split=0.2, verbose=0)
    assert {"d_loss", "g_loss", "val_d_loss"} <= set(history.history)
    moved = [
        (old != new.numpy()).any() for old, new in zip(before, gan.weights, strict=True)
    ]
    assert all(moved)
    given = entries(kind)[kind][:3]
    samples = gan.sample(3, seed=1, **{kind: given})
    latents = gan.prior.sample(3, 1)
    expected = gan.generator({"latents": latents, kind: tf.constant(given)})
    np.testing.assert_allclose(samples, expected, atol=1e-6)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_the_options_of_the_game_know_conditions(rules):
    gan = compiled(conditional_gan(ema_half_life=20.0), **rules)
    history = gan.fit(IMAGES, LABELS, batch_size=10, verbose=0).history
    assert np.isfinite([*history.values()]).all()


@pytest.mark.exhaustive
def test_every_kind_of_data_plays_the_same_game(tmp_path):
    arrays = {"images": IMAGES, "labels": LABELS}
    pairs = tf.data.Dataset.from_tensor_slices((IMAGES, LABELS)).batch(10)
    extra = {**arrays, "colors": np.zeros(40)}
    dicts = tf.data.Dataset.from_tensor_slices(extra).batch(10)
    rows = {"batch_size": 10}
    given = [((arrays,), rows), ((IMAGES, LABELS), rows)]
    given += [((batches,), {}) for batches in (pairs, dicts, Pairs())]
    ends = []
    for data, size in given:
        gan = compiled(conditional_gan())
        gan.fit(*data, **size, shuffle=False, verbose=0)
        ends.append(gan)
    for other in ends[1:]:
        assert_equal_state(ends[0], other)
    ends[0].save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras")
    samples = [gan.sample(4, seed=2, labels=1) for gan in (ends[0], loaded)]
    np.testing.assert_array_equal(*samples)


class Pairs(keras.utils.PyDataset):
    """Batches of `(images, labels)`."""

    def __len__(self):
        return 4

    def __getitem__(self, index):
        rows = slice(10 * index, 10 * index + 10)
        return IMAGES[rows], LABELS[rows]


def test_the_fake_is_made_for_the_labels_it_is_judged_with():
    gan = compiled(conditional_gan())
    batch = {"images": tf.constant(IMAGES[:5]), "labels": tf.constant(LABELS[:5])}
    round = kg.training.round.Round(gan, batch, ["discriminator"])
    np.testing.assert_array_equal(round.fake["labels"], LABELS[:5])
    given = {"latents": round.latents, "labels": round.fake["labels"]}
    np.testing.assert_allclose(
        round.fake["images"], gan.generator(given, training=True), atol=1e-6
    )


def test_slopes_are_taken_with_each_image_s_own_label():
    # D(x, c) = w_c . x: the squared slope is the mean of |w_c|^2 over the labels.
    images = keras.Input((2,), name="images")
    labels = keras.Input((), name="labels", dtype="int32")
    table = keras.layers.Embedding(NUM_CLASSES, 2, name="table")
    logits = keras.layers.Dot(1)([images, table(labels)])
    discriminator = keras.Model([images, labels], logits)
    inputs, rows = inputs_and_features("labels", (2,), "latents")
    generator = keras.Model(inputs, keras.layers.Dense(2)(rows))
    gan = kg.GAN(generator, discriminator, kg.priors.NormalPrior(2))
    weights = np.array([[1.0, 2.0], [0.0, 3.0], [2.0, 2.0]])
    discriminator.get_layer("table").set_weights([weights])
    compiled(gan, terms=[kg.terms.R1(2.0)])
    chosen = np.array([0, 0, 2, 1])
    batch = {"images": tf.ones((4, 2)), "labels": tf.constant(chosen)}
    round = kg.training.round.Round(gan, batch, ["discriminator"])
    expected = np.mean(np.sum(weights[chosen] ** 2, axis=1))
    np.testing.assert_allclose(gan.terms[0](round, "discriminator"), expected)


def test_packs_hold_the_labels_of_their_images():
    packed = kg.training.view.DiscriminatorView(packing=2)
    np.testing.assert_array_equal(
        packed.pack(tf.constant([1, 2, 3, 4])), [[1, 2], [3, 4]]
    )
    vectors = tf.reshape(tf.range(8.0), (4, 2))
    np.testing.assert_array_equal(packed.pack(vectors)[0], [0, 1, 2, 3])
    gan = compiled(packed_conditional_gan())
    gan.fit(IMAGES, LABELS, batch_size=10, verbose=0)
    pairs = gan.discriminate(IMAGES[:6], labels=LABELS[:6])
    assert pairs.shape == (3,)


def test_stop_save_and_resume_with_labels(tmp_path):
    rules = {"discriminator_steps": 2, "terms": [kg.terms.R1(1.0, interval=3)]}
    whole = compiled(conditional_gan(ema_half_life=20.0), **rules)
    path = tmp_path / "gan.keras"
    saved = [SavedAfter(1, path)]
    whole.fit(IMAGES, LABELS, batch_size=8, epochs=2, verbose=0, callbacks=saved)
    loaded = kg.load(path)
    loaded.fit(IMAGES, LABELS, batch_size=8, epochs=2, initial_epoch=1, verbose=0)
    assert_equal_state(whole, loaded)


def test_conditions_that_are_not_told_come_from_their_prior(tmp_path):
    only_two = kg.priors.CategoricalPrior(NUM_CLASSES, (0.0, 0.0, 1.0))
    gan = compiled(conditional_gan(conditions={"labels": only_two}))
    np.testing.assert_array_equal(
        gan.sample(4, seed=5), gan.sample(4, seed=5, labels=2)
    )
    gan.save(tmp_path / "gan.keras")
    assert kg.load(tmp_path / "gan.keras").conditions["labels"].num_classes == 3


def test_frequencies_of_labels_are_those_of_the_prior():
    # Chi-squared of 2 degrees of freedom: above 13.8 in one of 1,000 seeds; fixed here.
    shares = np.array([0.5, 0.3, 0.2])
    labels = kg.priors.CategoricalPrior(3, shares.tolist()).sample(3000, seed=0).numpy()
    counts = np.bincount(labels, minlength=3)
    assert labels.dtype == np.int32
    assert np.sum((counts - 3000 * shares) ** 2 / (3000 * shares)) < 13.8


def test_a_discriminator_may_say_more_than_logits():
    def outputs(logits, hidden):
        return {"logits": logits, "classes": keras.layers.Dense(NUM_CLASSES)(hidden)}

    gan = compiled(
        conditional_gan(outputs=outputs),
        terms=[NamesClasses(0.5)],
        round_metrics=[ClassError()],
    )
    history = gan.fit(IMAGES, LABELS, batch_size=10, verbose=0).history
    assert 0 < history["class_error"][0] < 1
    # Both players pay for it; chance is log 3.
    for name, kinds in (("penalty", 2), ("g_penalty", 1)):
        assert 0.1 < history[name][0] < 0.5 * kinds * 2 * np.log(3)
    assert gan.discriminate(IMAGES[:3], labels=LABELS[:3]).shape == (3,)


@keras.saving.register_keras_serializable("test_conditions")
class NamesClasses(kg.terms.Term):
    """The cross-entropy of the classes, of a user's own making."""

    players = ("discriminator", "generator")

    def __call__(self, round, player):
        kinds = ("real", "fake") if player == "discriminator" else ("fake",)
        losses = [
            keras.losses.sparse_categorical_crossentropy(
                getattr(round, kind)["labels"],
                round.said(kind)["classes"],
                from_logits=True,
            )
            for kind in kinds
        ]
        return self.weight * tf.add_n([tf.reduce_mean(loss) for loss in losses])


@keras.saving.register_keras_serializable("test_conditions")
class ClassError(keras.metrics.Mean):
    """Share of real images whose class D does not name; of a user's own making."""

    def __init__(self, name="class_error", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, round, sample_weight=None):
        named = tf.argmax(round.said("real")["classes"], axis=1)
        wrong = named != tf.cast(round.real["labels"], named.dtype)
        super().update_state(tf.reduce_mean(tf.cast(wrong, tf.float32)))


@pytest.mark.exhaustive
def test_two_replicas_learn_what_one_learns(two_replicas):
    def ending():
        gan = compiled(conditional_gan())
        for layer in gan.discriminator.layers:
            if isinstance(layer, keras.layers.Dropout):
                layer.rate = 0.0
        gan.fit(IMAGES, LABELS, batch_size=20, verbose=0)
        return [weight.numpy() for weight in gan.weights]

    with two_replicas.scope():
        two = ending()
    for one, other in zip(ending(), two, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


BAD_DATA = {
    "nothing brings what a network names": (
        (IMAGES,),
        ValueError,
        r"name \['labels'\].*Received: \['images'\]",
    ),
    "two lengths": (
        (IMAGES, LABELS[:30]),
        ValueError,
        "one length. Received: .*30}; pass one row of each for every row of images",
    ),
    "no integers": (
        (IMAGES, LABELS.astype("float32")),
        TypeError,
        r"must be integers. Received: dtype=float32; .*pass labels.astype\(\"int32\"\)",
    ),
    "one-hot": (
        (IMAGES, np.eye(NUM_CLASSES, dtype="float32")[LABELS]),
        ValueError,
        r"rows of shape \(\).*Received: .*\(40, 3\); .* labels.argmax\(axis=1\)",
    ),
    "of another length than classes": (
        (IMAGES, np.zeros((40, 2), "int32")),
        ValueError,
        r"Received: labels.shape=\(40, 2\)$",
    ),
    "held out, of two lengths": (
        (IMAGES, LABELS, {"validation_data": (IMAGES, LABELS[:3])}),
        ValueError,
        "Held out by `validation_data`: All entries must have one length",
    ),
    "held out, no integers": (
        (IMAGES, LABELS, {"validation_data": (IMAGES, LABELS / 2)}),
        TypeError,
        "Held out by `validation_data`: `labels` must be integers",
    ),
    "names": (
        (IMAGES, np.array(["a", "b"] * 20)),
        TypeError,
        "dtype=<U1; number the classes from 0",
    ),
    "a class too many": ((IMAGES, LABELS + 1), ValueError, "in 0 to 2. Received"),
    "nobody reads": (
        ({"images": IMAGES, "labels": LABELS, "colors": LABELS},),
        ValueError,
        r"Nobody reads \['colors'\]",
    ),
    "labels beside a dataset": (
        (tf.data.Dataset.from_tensors((IMAGES, LABELS)), LABELS),
        ValueError,
        "`y` must be None",
    ),
}


@pytest.mark.parametrize(("data", "error", "message"), BAD_DATA.values(), ids=BAD_DATA)
def test_bad_data_are_refused(data, error, message):
    classes = {"labels": kg.priors.CategoricalPrior(NUM_CLASSES)}
    gan = compiled(conditional_gan(conditions=classes))
    options = data[2] if len(data) > 2 else {}
    with pytest.raises(error, match=message):
        gan.fit(*data[:2], batch_size=10, verbose=0, **options)
    assert gan.train_steps == 0


def test_bad_conditions_are_refused():
    gan = conditional_gan()
    with pytest.raises(ValueError, match="takes 'labels', and nobody says which"):
        gan.sample(3, seed=1)
    message = r"takes \('labels',\). Received: colors; pass labels=… instead"
    with pytest.raises(ValueError, match=message):
        gan.sample(3, seed=1, colors=1)
    with pytest.raises(ValueError, match=r"one for each sample.*shape \(2,\)$"):
        gan.sample(3, seed=1, labels=[0, 1])
    with pytest.raises(ValueError, match=r"shape \(3, 3\); .*labels.argmax"):
        gan.sample(3, seed=1, labels=np.eye(NUM_CLASSES))
    with pytest.raises(ValueError, match=r"shape=\(40, 3\); .*labels.argmax"):
        gan.discriminate(IMAGES, labels=np.eye(NUM_CLASSES)[LABELS])
    with pytest.raises(ValueError, match="name inputs of the generator"):
        conditional_gan(conditions={"colors": kg.priors.CategoricalPrior(2)})
    with pytest.raises(TypeError, match="`prior`"):
        kg.GAN(gan.generator, gan.discriminator, kg.priors.CategoricalPrior(2))
    with pytest.raises(TypeError, match="`game` must be"):
        kg.GAN(gan.generator, gan.discriminator, gan.prior, game="bidirectional")
    with pytest.raises(ValueError, match="`probabilities`"):
        kg.priors.CategoricalPrior(2, (0.5, 0.6))


def test_float16_plays_with_labels():
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        gan = compiled(conditional_gan(ema_half_life=50.0), terms=[kg.terms.R1(1.0)])
    finally:
        keras.config.set_dtype_policy(policy)
    before = gan.generator.get_weights()
    history = gan.fit(IMAGES, LABELS, batch_size=10, epochs=2, verbose=0).history
    assert np.isfinite([*history.values()]).all()
    assert all(np.isfinite(one).all() for one in gan.generator.get_weights())
    assert any(
        (a != b).any() for a, b in zip(before, gan.generator.get_weights(), strict=True)
    )
    assert gan.sample(3, seed=0, labels=[0, 1, 2]).dtype == np.float32


def told_gan(game=None, **arguments):
    latents = keras.Input((4,), name="latents")
    pixels = keras.layers.Dense(64, "sigmoid")(latents)
    images = keras.Input((8, 8, 1), name="images")
    return kg.GAN(
        keras.Model(latents, keras.layers.Reshape((8, 8, 1))(pixels)),
        keras.Model(images, keras.layers.Dense(1)(keras.layers.Flatten()(images))),
        kg.priors.NormalPrior(4),
        game=game,
        **arguments,
    )


def test_an_encoder_may_name_a_condition_of_its_own():
    images = keras.Input((8, 8, 1), name="images")
    labels = keras.Input((), name="labels", dtype="int32")
    rows = [keras.layers.Flatten()(images), keras.layers.Embedding(3, 4)(labels)]
    codes = keras.layers.Dense(4)(keras.layers.Concatenate()(rows))
    gan = told_gan(kg.games.Game(keras.Model([images, labels], codes)))
    gan.compile("adam", "adam", terms=[kg.terms.LatentRegression()])
    random = np.random.default_rng(0)
    drawn = random.uniform(size=(20, 8, 8, 1)).astype("float32")
    classes = random.integers(0, 3, 20)
    gan.fit(drawn, classes, batch_size=10, epochs=1, verbose=0)
    expected = gan.game.encoder([drawn, classes])
    np.testing.assert_allclose(gan.encode(drawn, labels=classes), expected, atol=1e-5)
    with pytest.raises(ValueError, match="do not bring"):
        gan.fit(drawn, batch_size=10, epochs=1, verbose=0)


def test_what_is_judged_beside_nobody_reads_or_counts_others_is_refused():
    gan, drawn = told_gan(), np.zeros((4, 8, 8, 1), "float32")
    with pytest.raises(ValueError, match=r"Nobody reads \['labels'\]"):
        gan.discriminate(drawn, labels=np.zeros(4, "int32"))
    images = keras.Input((8, 8, 1), name="images")
    told = keras.Input((2,), name="told")
    rows = keras.layers.Concatenate()([keras.layers.Flatten()(images), told])
    judge = keras.Model([images, told], keras.layers.Dense(1)(rows))
    gan = kg.GAN(gan.generator, judge, gan.prior)
    with pytest.raises(ValueError, match="must be a row for each of 4"):
        gan.discriminate(drawn, told=np.zeros((9, 2), "float32"))


def test_data_are_named_once():
    gan, drawn = told_gan(), np.zeros((4, 8, 8, 1), "float32")
    with pytest.raises(ValueError, match="images must be given once, as the first"):
        gan.discriminate(drawn, images=drawn)


@pytest.mark.parametrize("rows", [[0, 1, 2, -1], [0, 1, 12]])
def test_observed_labels_are_of_the_classes_that_the_generator_knows(rows):
    gan = conditional_gan()
    with pytest.raises(ValueError, match=r"`conditions\['labels'\]` must lie in 0 to"):
        kg.GAN(
            gan.generator,
            gan.discriminator,
            gan.prior,
            conditions={"labels": kg.priors.EmpiricalPrior(rows)},
        )


def test_a_condition_may_be_called_images():
    maps = keras.Input((8, 8, 1), name="maps")
    images = keras.Input((8, 8, 1), name="images")
    made = keras.layers.Conv2D(1, 3, padding="same", activation="sigmoid")(images)
    rows = keras.layers.Flatten()(keras.layers.Concatenate()([maps, images]))
    judge = keras.Model([maps, images], keras.layers.Dense(1)(rows))
    gan = kg.GAN(keras.Model(images, made), judge, None)
    assert gan.data_name == "maps"
    drawn = np.ones((4, 8, 8, 1), "float32")
    expected = tf.sigmoid(judge([drawn, 0.5 * drawn]))[:, 0]
    found = gan.discriminate(drawn, images=0.5 * drawn)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_prior_draws_what_the_input_takes():
    latents = keras.Input((4,), name="latents")
    labels = keras.Input((3,), name="labels")
    rows = keras.layers.Concatenate()([latents, labels])
    pixels = keras.layers.Dense(64, "sigmoid")(rows)
    generator = keras.Model([latents, labels], keras.layers.Reshape((8, 8, 1))(pixels))
    conditions = {"labels": kg.priors.CategoricalPrior(3)}
    with pytest.raises(ValueError, match=r"must draw rows of shape \(3,\)"):
        kg.GAN(
            generator,
            told_gan().discriminator,
            kg.priors.NormalPrior(4),
            conditions=conditions,
        )


@pytest.mark.parametrize("kind", ["tensors", "py_dataset", "generator"])
@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (
            LABELS - 1,
            ValueError,
            "`labels` must lie in 0 to 2. Received: labels from -1 to 1",
        ),
        (LABELS + 0.7, TypeError, "`labels` must be integers"),
    ],
)
def test_datasets_bring_classes_that_there_are(kind, labels, error, message):
    gan = compiled(
        conditional_gan(conditions={"labels": kg.priors.CategoricalPrior(3)})
    )
    data = {
        "tensors": tf.data.Dataset.from_tensor_slices((IMAGES, labels)).batch(10),
        "py_dataset": Labelled(labels),
        "generator": ((IMAGES[:10], labels[:10]) for _ in range(1)),
    }[kind]
    held = gan.generator.get_weights()
    with pytest.raises(error, match=message):
        gan.fit(data, verbose=0)
    for one, before in zip(gan.generator.get_weights(), held, strict=True):
        np.testing.assert_array_equal(one, before)


class Labelled(keras.utils.PyDataset):
    """One batch of images with given labels."""

    def __init__(self, labels):
        super().__init__()
        self.labels = labels

    def __len__(self):
        return 1

    def __getitem__(self, index):
        return IMAGES[:10], self.labels[:10]


@pytest.mark.parametrize(
    ("images", "options", "message"),
    [
        (IMAGES, {"labels": LABELS - 1}, "`labels` must lie in 0 to 2"),
        (IMAGES, {"labels": 2}, "There must be a row for each of 40"),
        (IMAGES[:0], {"labels": LABELS[:0]}, "at least one row"),
        (IMAGES, {"labels": LABELS, "batch_size": 0}, "`batch_size`"),
    ],
)
def test_what_is_judged_is_checked(images, options, message):
    prior = kg.priors.CategoricalPrior(NUM_CLASSES)
    gan = compiled(conditional_gan(conditions={"labels": prior}))
    with pytest.raises(ValueError, match=message):
        gan.discriminate(images, **options)
    judged = gan.discriminate(IMAGES.tolist(), labels=LABELS)
    np.testing.assert_array_equal(judged, gan.discriminate(IMAGES, labels=LABELS))


def test_unknown_is_no_class_of_a_network():
    gan = compiled(conditional_gan())  # no prior says how many classes there are
    before = weights_of(gan.generator)
    unknown = np.where(LABELS == 1, -1, LABELS)
    batches = tf.data.Dataset.from_tensor_slices((IMAGES, unknown)).batch(10)
    message = "`labels` must lie in 0 to 2"
    for ask in (
        lambda: gan.fit(IMAGES, unknown, verbose=0),
        lambda: gan.fit(batches, verbose=0),
        lambda: gan.evaluate(IMAGES, unknown, verbose=0),
        lambda: gan.sample(3, labels=-1),
        lambda: gan.sample(3, labels=[0, 1, NUM_CLASSES]),
        lambda: gan.discriminate(IMAGES, labels=unknown),
    ):
        with pytest.raises(ValueError, match=message):
            ask()
    for old, new in zip(before, weights_of(gan.generator), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("networks", ["mlp", "dcgan", "projection"])
def test_library_networks_know_their_classes(networks):
    generator, judge = {
        "mlp": lambda: (
            kg.networks.conditional_mlp_generator(2, 3, (4, 4, 1), 4, 4, 4),
            None,
        ),
        "dcgan": lambda: (
            kg.networks.conditional_dcgan_generator(2, 3, (8, 8, 1), base_filters=2),
            None,
        ),
        "projection": lambda: (
            # Halved once, so that no block takes the class.
            kg.networks.projection_generator(2, 3, (8, 8, 1), base_filters=2),
            kg.networks.projection_discriminator((8, 8, 1), 3, base_filters=2),
        ),
    }[networks]()
    for network in filter(None, (generator, judge)):
        assert NamedInputs(network, "images").class_counts() == {"labels": 3}


def test_a_prior_draws_classes_that_the_generator_knows():
    for prior, error, message in [
        (
            kg.priors.CategoricalPrior(4),
            ValueError,
            r"knows, 3 of them. Received: a prior of 4; pass .*CategoricalPrior\(3\)",
        ),
        (kg.priors.UniformPrior(1, 0.0, 3.0), TypeError, "must draw integers.*float32"),
    ]:
        with pytest.raises(error, match=message):
            conditional_gan(conditions={"labels": prior})
    assert conditional_gan(conditions={"labels": kg.priors.CategoricalPrior(2)})


@pytest.mark.parametrize("images", [IMAGES * 255, IMAGES * np.nan], ids=["far", "NaN"])
def test_what_is_judged_lies_in_the_range_of_generated_images(images):
    with pytest.raises(ValueError, match="All images must"):
        conditional_gan().discriminate(images, labels=LABELS)


@pytest.mark.parametrize("told", [{}, {"labels": 2}, {"labels": np.arange(4) % 3}])
def test_what_is_dealt_can_be_generated_from(told):
    gan = conditional_gan(conditions={"labels": kg.priors.CategoricalPrior(3)})
    made = gan.generate(gan.deal(4, seed=1, **told))
    np.testing.assert_allclose(made, gan.sample(4, seed=1, **told), rtol=1e-6)


def test_labels_are_given_once():
    with pytest.raises(ValueError, match="'labels' must be given once"):
        conditional_gan().fit({"images": IMAGES, "labels": LABELS}, LABELS, verbose=0)


def gan_told(make, name="c", **arguments):
    """A game on vectors whose generator makes features of one integer a row."""
    latents = keras.Input((3,), name="latents")
    told = keras.Input((), name=name, dtype="int32")
    rows = keras.layers.Concatenate()([latents, make(told)])
    return kg.GAN(
        keras.Model([latents, told], keras.layers.Dense(4)(rows)),
        keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)]),
        kg.priors.NormalPrior(3),
        **arguments,
    )


def table(rows=4):
    return keras.layers.Embedding(rows, 2)


@pytest.mark.parametrize(
    ("make", "values"),
    [
        (
            lambda c: table()(keras.layers.IntegerLookup(vocabulary=[10, 20, 30])(c)),
            [10, 20, 30],
        ),
        (lambda c: table()(keras.layers.Discretization([30, 45])(c)), [19, 40, 89]),
        (lambda c: table()(c + 1), [-1, 0, 2]),
        (lambda c: table()(c // 10), [0, 19, 39]),
    ],
    ids=["lookup", "bins", "sum", "quotient"],
)
def test_integers_of_which_layers_make_classes_are_any(make, values):
    gan = gan_told(make)
    gan.compile("sgd", "sgd", run_eagerly=True)
    data = {"vectors": np.zeros((9, 4), "float32"), "c": np.resize(values, 9)}
    gan.fit(data, verbose=0)
    assert gan.sample(3, seed=0, c=np.array(values)).shape == (3, 4)


@pytest.mark.parametrize(
    "passed",
    [
        keras.layers.Identity(),
        keras.layers.Reshape((1,)),
        lambda c: keras.ops.expand_dims(c, -1),
        lambda c: keras.ops.cast(c, "int64"),
    ],
)
def test_what_passes_integers_on_leaves_them_classes(passed):
    gan = gan_told(lambda c: keras.layers.Flatten()(table()(passed(c))))
    with pytest.raises(ValueError, match="`c` must lie in 0 to 3. Received: .*4"):
        gan.sample(2, c=np.array([0, 4]))


def test_a_network_that_zeros_stop_says_why():
    with pytest.raises(ValueError, match="with zeros for c. Received: .*says: indices"):
        gan_told(lambda years: table(10)(years - 1990))


@pytest.mark.parametrize("name", ["seed", "num_samples", "batch_size"])
def test_a_condition_has_no_name_of_an_argument(name):
    with pytest.raises(ValueError, match=rf"cannot be named \['{name}'\]"):
        gan_told(table(), name)


def test_the_only_input_of_a_generator_has_any_name():
    latents = keras.Input((3,), name="seed")
    gan = kg.GAN(
        keras.Model(latents, keras.layers.Dense(4)(latents)),
        keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)]),
        kg.priors.NormalPrior(3),
    )
    assert gan.sample(2, seed=0).shape == (2, 4)


def test_a_search_is_told_a_condition_called_images():
    gan = gan_told(table(), "images")
    vectors, classes = np.zeros((2, 4), "float32"), np.array([1, 3])
    found = kg.inference.invert(
        gan, vectors, images=classes, num_steps=2, restarts=1, verbose=0
    )
    np.testing.assert_allclose(
        gan.generate({"latents": found.latents, "images": classes}),
        found.reconstructions,
        atol=1e-6,
    )


def test_rows_of_one_number_are_judged_in_either_shape():
    gan = kg.GAN(
        keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]),
        keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]),
        kg.priors.NormalPrior(3),
    )
    rows = np.linspace(-1, 1, 5, dtype="float32")
    np.testing.assert_array_equal(
        gan.discriminate(rows), gan.discriminate(rows[:, None])
    )
    found = [
        kg.inference.invert(gan, one, num_steps=2, restarts=1, verbose=0).latents
        for one in (rows, rows[:, None])
    ]
    np.testing.assert_array_equal(*found)
