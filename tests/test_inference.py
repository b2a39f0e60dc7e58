"""Encoders of finished generators, inversion, anomaly scores."""

import json
import subprocess
import sys

import keras
import numpy as np
import pytest
from catalog import tiny_encoder
from games import (
    completing_gan,
    conditional_gan,
    make_tiny_gan,
    tiny_images,
    weights_of,
)
from test_latent_regression import linear_encoder, linear_gan

import keras_gan as kg
from keras_gan.evaluation import anomaly_detection

IMAGES = tiny_images(6)
QUICK = {"num_steps": 40, "restarts": 3, "verbose": 0}

# --------------------------------------------------------------------- fit_encoder


@pytest.mark.exhaustive
def test_fit_encoder_finds_the_inverse_of_a_linear_generator():
    gan = linear_gan()
    losses = kg.inference.fit_encoder(
        gan,
        linear_encoder(),
        num_steps=300,
        optimizer=keras.optimizers.Adam(0.05),
        verbose=0,
    )
    points = np.linspace(-3, 3, 50, dtype="float32")[:, None]
    assert len(losses) == 300 and losses[-1] < 1e-2 < losses[0]
    np.testing.assert_allclose(gan.encode(points), points / 2, atol=0.02)


def fitted(seed=0, dropout=False):
    keras.utils.set_random_seed(2)
    gan, encoder = make_tiny_gan(), tiny_encoder()
    if dropout:
        dropped = keras.layers.Dropout(0.3)(encoder.output)
        encoder = keras.Model(encoder.input, dropped)
    before = weights_of(gan.generator)
    losses = kg.inference.fit_encoder(gan, encoder, 5, seed=seed, verbose=0)
    for one, other in zip(before, weights_of(gan.generator), strict=True):
        np.testing.assert_array_equal(one, other)
    return gan, losses


@pytest.mark.exhaustive
def test_the_seed_alone_decides_what_an_encoder_learns():
    gan, losses = fitted(dropout=True)
    twin, same_losses = fitted(dropout=True)
    assert losses == same_losses != fitted(seed=1, dropout=True)[1]
    np.testing.assert_array_equal(gan.encode(IMAGES), twin.encode(IMAGES))


@pytest.mark.exhaustive
def test_an_encoder_that_was_fitted_is_saved_and_the_game_goes_on(tmp_path):
    gan, _ = fitted(dropout=True)
    arguments = {"batch_size": 3, "verbose": 0}
    gan.fit(IMAGES, **arguments)
    gan.save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras")
    np.testing.assert_array_equal(loaded.encode(IMAGES), gan.encode(IMAGES))
    for one in (gan, loaded):
        one.fit(IMAGES, epochs=2, initial_epoch=1, **arguments)
    np.testing.assert_array_equal(loaded.sample(3, seed=1), gan.sample(3, seed=1))


def test_an_encoder_learns_on_but_no_other_takes_its_place():
    gan, losses = fitted()
    more = kg.inference.fit_encoder(gan, None, 5, seed=1, verbose=0)
    assert more[0] < losses[0]
    before = weights_of(gan.game.encoder)
    with pytest.raises(ValueError, match="`encoder` must be that of the GAN"):
        kg.inference.fit_encoder(gan, tiny_encoder(), 5, verbose=0)
    for one, other in zip(before, weights_of(gan.game.encoder), strict=True):
        np.testing.assert_array_equal(one, other)


def test_regularizers_of_an_encoder_join_its_loss():
    def fitted_kernel(regularizer, num_steps):
        images = keras.Input((4, 4, 1))
        dense = keras.layers.Dense(
            3,
            kernel_initializer=keras.initializers.GlorotUniform(1),
            kernel_regularizer=regularizer,
        )
        encoder = keras.Model(images, dense(keras.layers.Flatten()(images)))
        options = {"optimizer": keras.optimizers.SGD(0.01), "verbose": 0}
        kg.inference.fit_encoder(make_tiny_gan(), encoder, num_steps, **options)
        return dense.kernel.numpy()

    # One step of gradient descent further by rate * d/dw (4 w^2) = 0.01 * 8 w.
    start = keras.initializers.GlorotUniform(1)((16, 3)).numpy()
    gap = fitted_kernel(None, 1) - fitted_kernel(keras.regularizers.L2(4.0), 1)
    np.testing.assert_allclose(gap, 0.08 * start, rtol=1e-4, atol=1e-7)


def test_what_cannot_be_fitted_is_refused():
    gan = make_tiny_gan()
    active = keras.layers.Dense(3, activity_regularizer="l2")
    pixels = keras.Input((4, 4, 1))
    active = keras.Model(pixels, active(keras.layers.Flatten()(pixels)))
    with pytest.raises(ValueError, match="`activity_regularizer` must be None"):
        kg.inference.fit_encoder(gan, active, verbose=0)
    images = keras.Input((4, 4, 1))
    wide = keras.Model(images, keras.layers.Dense(9)(keras.layers.Flatten()(images)))
    for arguments, message in [
        ({"encoder": None}, "`encoder` must be a keras.Model"),
        ({"encoder": wide}, r"latents of shape \[batch, 3\]"),
        ({"encoder": tiny_encoder(), "num_steps": 0}, "`num_steps`"),
        ({"encoder": tiny_encoder(), "batch_size": 1.5}, "`batch_size`"),
        ({"encoder": tiny_encoder(), "seed": -1}, "`seed`"),
    ]:
        with pytest.raises(ValueError, match=message):
            kg.inference.fit_encoder(gan, **arguments)
    assert gan.game.encoder is None
    with pytest.raises(TypeError, match="`encoder` must be a keras.Model"):
        kg.inference.fit_encoder(gan, "encoder")


# -------------------------------------------------------------------------- invert


def test_inversion_solves_least_squares_of_a_linear_generator():
    # G(z) = W z with W of full rank: the best z is W's pseudo-inverse times x.
    keras.utils.set_random_seed(0)
    latents, points = keras.Input((2,)), keras.Input((5,))
    gan = kg.GAN(
        keras.Model(latents, keras.layers.Dense(5, use_bias=False)(latents)),
        keras.Model(points, keras.layers.Dense(1)(points)),
        kg.priors.NormalPrior(2),
    )
    kernel = gan.generator.get_weights()[0].astype("float64")  # [2, 5]
    targets = np.random.default_rng(1).normal(size=(7, 5)).astype("float32")
    found = kg.inference.invert(gan, targets, num_steps=400, restarts=2, verbose=0)
    exact = targets @ np.linalg.pinv(kernel)
    np.testing.assert_allclose(found.latents, exact, atol=1e-3)
    gaps = np.mean((targets - exact @ kernel) ** 2, axis=1)
    np.testing.assert_allclose(found.distances, gaps, atol=1e-5)
    np.testing.assert_allclose(found.reconstructions, exact @ kernel, atol=1e-3)

    # The pull towards the prior makes it ridge regression: -log p = ||z||^2 / 2 + c.
    pulled = kg.inference.invert(gan, targets, 400, 2, prior_weight=3.0, verbose=0)
    ridge = np.linalg.solve(kernel @ kernel.T + 1.5 * np.eye(2), kernel @ targets.T)
    np.testing.assert_allclose(pulled.latents, ridge.T, atol=1e-3)


def test_the_generator_s_own_images_are_found_again():
    gan = make_tiny_gan()
    images = gan.sample(5, seed=4)
    found = kg.inference.invert(gan, images, num_steps=200, restarts=4, verbose=0)
    assert found.distances.max() < 1e-4
    np.testing.assert_allclose(found.reconstructions, images, atol=0.05)
    assert np.abs(found.latents).max() <= 1  # the box of the uniform prior


def test_more_restarts_are_never_worse_and_each_image_is_on_its_own():
    gan = make_tiny_gan()
    one = kg.inference.invert(gan, IMAGES, 40, 1, seed=3, verbose=0)
    four = kg.inference.invert(gan, IMAGES, 40, 4, seed=3, verbose=0)
    alone = kg.inference.invert(gan, IMAGES[2:3], 40, 4, seed=3, verbose=0)
    parts = kg.inference.invert(gan, IMAGES, 40, 4, seed=3, batch_size=4, verbose=0)
    assert set(one.best_restarts) == {0} and set(four.best_restarts) <= set(range(4))
    np.testing.assert_allclose(alone.latents, four.latents[2:3], atol=1e-4)
    np.testing.assert_allclose(parts.latents, four.latents, atol=1e-4)
    starts = gan.generator(gan.prior.sample(4, seed=3)).numpy()
    gaps = ((IMAGES[:, None] - starts[None]) ** 2).mean(axis=(2, 3, 4))
    assert (four.distances <= gaps.min(axis=1) + 1e-6).all()


def test_inversion_is_told_conditions():
    gan = conditional_gan()
    labels = np.arange(6) % 3
    images = gan.sample(6, seed=2, labels=labels)
    found = kg.inference.invert(gan, images, 100, 3, verbose=0, labels=labels)
    assert found.distances.max() < 1e-3
    with pytest.raises(ValueError, match="Received: nothing for labels"):
        kg.inference.invert(gan, images, **QUICK)


def test_inversion_of_no_image_is_refused():
    gan = conditional_gan()
    with pytest.raises(ValueError, match="`images` must hold at least one row"):
        kg.inference.invert(gan, gan.sample(2, seed=1, labels=0)[:0], labels=[])


FRESH = """
import json, sys
import keras_gan as kg, numpy as np
gan = kg.load(sys.argv[1])
images = np.load(sys.argv[2])
found = kg.inference.invert(gan, images, num_steps=40, restarts=3, seed=5, verbose=0)
print(json.dumps([found.latents.tolist(), gan.encode(images).tolist()]))
"""


@pytest.mark.exhaustive
def test_a_fresh_process_encodes_and_inverts_alike(tmp_path):
    gan, _ = fitted()
    gan.save(tmp_path / "gan.keras")
    np.save(tmp_path / "images.npy", IMAGES)
    command = [sys.executable, "-c", FRESH, *map(str, sorted(tmp_path.iterdir()))]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    latents, codes = json.loads(output.splitlines()[-1])
    found = kg.inference.invert(gan, IMAGES, **QUICK, seed=5)
    np.testing.assert_allclose(latents, found.latents, atol=1e-5)
    np.testing.assert_allclose(codes, gan.encode(IMAGES), atol=1e-6)


@pytest.mark.parametrize(
    ("prior", "low", "high"),
    [
        (kg.priors.UniformPrior(2, 0.0, 0.5), 0, 0.5),
        (kg.priors.TruncatedNormalPrior(2, bound=0.5), -0.5, 0.5),
    ],
)
def test_latents_stay_where_the_prior_draws_them(prior, low, high):
    np.testing.assert_array_equal(
        prior.nearest(np.float32([[-3, 0.25], [9, 0.125]])),
        [[low, 0.25], [high, 0.125]],
    )


def test_the_nearest_latents_on_a_sphere_have_length_one():
    nearest = kg.priors.SphericalPrior(2).nearest(np.float32([[3, 4]]))
    np.testing.assert_allclose(nearest, [[0.6, 0.8]], rtol=1e-6)
    far = np.float32([[30.0, -40.0]])
    np.testing.assert_array_equal(kg.priors.NormalPrior(2).nearest(far), far)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"images": IMAGES * 255}, r"`images` must lie in.*\[0, 1\].*Received"),
        ({"images": IMAGES - 0.5}, r"`images` must lie in"),
        ({"images": np.full_like(IMAGES, np.nan)}, "`images` must be finite"),
        ({"images": IMAGES[:, :3]}, r"`images` must have shape \[batch, 4, 4, 1\]"),
        ({"num_steps": 0}, "`num_steps`"),
        ({"restarts": 0}, "`restarts`"),
        ({"learning_rate": float("nan")}, "`learning_rate`"),
        ({"prior_weight": -1.0}, "`prior_weight`"),
        ({"batch_size": 0}, "`batch_size`"),
        ({"seed": 2**31}, "`seed`"),
        ({"labels": 3}, "takes no condition.*labels; leave it out"),
    ],
)
def test_what_cannot_be_inverted_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        asked = {"images": IMAGES, **QUICK, **change}
        kg.inference.invert(make_tiny_gan(), asked.pop("images"), **asked)


def test_encoders_are_asked_for_images_of_the_generator_s_range():
    gan, _ = fitted()
    for ask in (gan.encode, gan.reconstruct):
        with pytest.raises(ValueError, match="`images` must lie in"):
            ask(IMAGES * 255)
        with pytest.raises(ValueError, match="`images` must be finite"):
            ask(np.full_like(IMAGES, np.inf))
        shape = r"`images` must have shape \[batch, 4, 4, 1\].*\(6, 3, 4, 1\)"
        with pytest.raises(ValueError, match=shape):
            ask(IMAGES[:, :3])
        with pytest.raises(ValueError, match="`images` must hold at least one row"):
            ask(IMAGES[:0])
        for unreal in (IMAGES.astype("complex64"), IMAGES.astype(str)):
            with pytest.raises(TypeError, match="`images` must be floats.*dtype="):
                ask(unreal)


@pytest.mark.parametrize(
    ("images", "remedy"),
    [
        (IMAGES[:, :3], "Bring images to it as the training data were"),
        (IMAGES[..., 0], r"images\[..., None\]"),
        (IMAGES[0], r"images\[None\]"),
    ],
)
def test_who_judges_says_which_shape_images_must_have(images, remedy):
    shape = r"`images` must have shape \[batch, 4, 4, 1\]. Received: images.shape="
    with pytest.raises(ValueError, match=f"{shape}.*{remedy}"):
        make_tiny_gan().discriminate(images)
    with pytest.raises(TypeError, match="All images must be floats"):
        make_tiny_gan().discriminate(IMAGES.astype("complex64"))


@pytest.mark.parametrize("make", [make_tiny_gan, conditional_gan, completing_gan])
def test_a_gan_without_classes_says_so_before_all_else(make):
    # Neither what the discriminator names besides, nor what the images are.
    with pytest.raises(ValueError, match="This GAN has no classes.*'classes'.*logits"):
        make().classify(IMAGES[:, :3])


# --------------------------------------------------------------------- anomaly_score


def test_scores_are_the_weighted_distances():
    gan, _ = fitted()
    latents = gan.encode(IMAGES)
    again = gan.generator(latents).numpy()
    gaps = np.abs(IMAGES - again).reshape(len(IMAGES), -1).mean(axis=1)
    means = np.abs((IMAGES - again).mean(axis=(1, 2))).mean(axis=1)
    scores = kg.inference.anomaly_score(
        gan, IMAGES, features=lambda x: x.mean(axis=(1, 2)), feature_weight=0.25
    )
    np.testing.assert_allclose(scores.distances, gaps, rtol=1e-5)
    np.testing.assert_allclose(scores.feature_distances, means, rtol=1e-4)
    np.testing.assert_allclose(scores.scores, 0.75 * gaps + 0.25 * means, rtol=1e-4)
    plain = kg.inference.anomaly_score(gan, IMAGES, latents, feature_weight=0.0)
    np.testing.assert_array_equal(plain.scores, plain.distances)
    assert not plain.feature_distances.any()


def test_features_are_what_the_discriminator_s_last_layer_sees():
    gan = make_tiny_gan()
    latents = gan.prior.sample(6, seed=1).numpy()
    again = gan.generator(latents).numpy()
    hidden = keras.Model(gan.discriminator.input, gan.discriminator.layers[-1].input)
    gaps = np.abs(hidden(IMAGES).numpy() - hidden(again).numpy()).mean(axis=1)
    scores = kg.inference.anomaly_score(gan, IMAGES, latents, batch_size=4)
    np.testing.assert_allclose(scores.feature_distances, gaps, rtol=1e-4)


def test_without_an_encoder_latents_are_searched_for():
    gan = make_tiny_gan()
    images = gan.sample(4, seed=4)
    scores = kg.inference.anomaly_score(gan, images, verbose=0)
    found = kg.inference.invert(gan, images, verbose=0)
    gaps = np.abs(images - found.reconstructions).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(scores.distances, gaps, rtol=1e-4, atol=1e-7)


def test_what_cannot_be_scored_is_refused():
    gan = make_tiny_gan()
    with pytest.raises(ValueError, match=r"`latents` must have shape \(6, 3\)"):
        kg.inference.anomaly_score(gan, IMAGES, latents=np.zeros((6, 2)))
    with pytest.raises(ValueError, match="`feature_weight`"):
        kg.inference.anomaly_score(gan, IMAGES, feature_weight=1.0)
    packed = make_tiny_gan(packing=2)
    with pytest.raises(ValueError, match="`features` must be given"):
        kg.inference.anomaly_score(packed, IMAGES, latents=np.zeros((6, 3)))


def test_the_area_under_the_roc_counts_pairs():
    random = np.random.default_rng(0)
    normal, anomalous = random.integers(9, size=50), random.integers(4, 12, size=30)
    pairs = anomalous[:, None] - normal[None]
    expected = np.mean(pairs > 0) + np.mean(pairs == 0) / 2
    score = anomaly_detection(normal=normal, anomalous=anomalous)
    np.testing.assert_allclose(score.auroc, expected, rtol=1e-12)
    assert (score.num_normal, score.num_anomalous) == (50, 30)
    # Mann and Whitney's variance where both have one law: (m + n + 1) / (12 m n).
    chance = anomaly_detection(normal=[0.0, 1.0] * 40, anomalous=[0.0, 1.0] * 60)
    np.testing.assert_allclose(
        chance.standard_error, np.sqrt(201 / (12 * 80 * 120)), rtol=1e-12
    )


@pytest.mark.parametrize("wrong", [[], [[0.5]], [float("nan")]])
def test_scores_are_finite_vectors(wrong):
    with pytest.raises(ValueError, match="`anomalous` must be a vector"):
        anomaly_detection(normal=[0.1], anomalous=wrong)


def conditional_parts(asked):
    """A GAN whose encoder or discriminator alone is told labels."""
    encoder = tiny_labelled(keras.layers.Dense(3))
    judge = tiny_labelled(keras.layers.Dense(1))
    plain = make_tiny_gan()
    return kg.GAN(
        plain.generator,
        judge if asked == "discriminator" else plain.discriminator,
        plain.prior,
        game=kg.games.Game(encoder) if asked == "encoder" else None,
    )


def tiny_labelled(last):
    images = keras.Input((4, 4, 1), name="images")
    labels = keras.Input((), dtype="int32", name="labels")
    rows = [keras.layers.Flatten()(images), keras.layers.Embedding(3, 2)(labels)]
    return keras.Model([images, labels], last(keras.layers.Concatenate()(rows)))


@pytest.mark.parametrize("asked", ["encoder", "discriminator"])
def test_scores_hand_each_network_the_conditions_that_it_names(asked):
    gan, images = conditional_parts(asked), tiny_images(4)
    latents = {} if asked == "encoder" else {"latents": np.zeros((4, 3))}
    of_one = [
        kg.inference.anomaly_score(gan, images, labels=label, **latents).scores
        for label in (0, np.zeros(4, int), 1)
    ]
    np.testing.assert_array_equal(of_one[0], of_one[1])
    # The discriminator's last layer sees the same label beside both images.
    assert (of_one[0] != of_one[2]).all() == (asked == "encoder")
    with pytest.raises(ValueError, match=r"\['labels'\] besides images. Received"):
        kg.inference.anomaly_score(gan, images, **latents)


def test_features_are_asked_for_where_the_discriminator_has_none():
    shape, networks = (8, 8, 1), kg.networks
    gan = kg.GAN(
        networks.projection_generator(2, 3, shape, 2, output_activation="sigmoid"),
        networks.projection_discriminator(shape, 3, base_filters=2),
        kg.priors.NormalPrior(2),
    )
    images = np.zeros((3, *shape), "float32")
    options = {"latents": gan.prior.sample(3, 1), "labels": [0, 1, 2]}
    with pytest.raises(ValueError, match="`features` must be given.*feature_weight=0"):
        kg.inference.anomaly_score(gan, images, **options)
    scores = kg.inference.anomaly_score(gan, images, feature_weight=0, **options)
    assert scores.distances.shape == (3,)


def test_an_encoder_of_what_nothing_draws_cannot_be_fitted():
    gan = conditional_parts("encoder")
    with pytest.raises(ValueError, match="what the generator is told of them"):
        kg.inference.fit_encoder(gan, num_steps=1, verbose=0)


def test_a_game_whose_terms_would_train_it_takes_no_encoder():
    gan = conditional_gan()
    gan.compile("adam", "adam", terms=[kg.terms.Reconstruction(1.0)])
    images = keras.Input((4, 4, 1))
    encoder = keras.Model(images, keras.layers.Dense(2)(keras.layers.Flatten()(images)))
    with pytest.raises(ValueError, match="compiled with Reconstruction. Make the GAN"):
        kg.inference.fit_encoder(gan, encoder, num_steps=1, verbose=0)
    assert gan.game.encoder is None


@pytest.mark.parametrize("shape", [(5,), (5, 1)])
def test_given_labels_come_in_either_shape_in_any_order(shape):
    gan = conditional_parts("encoder")
    labels = np.arange(5) % 3
    expected = gan.encode(tiny_images(5), labels=labels)
    received = gan.encode(tiny_images(5), labels=labels.reshape(shape))
    np.testing.assert_array_equal(received, expected)


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (np.full(5, 0.5), TypeError, "`labels` must be integers"),
        (np.array(list("abcde")), TypeError, "`labels` must be numbers"),
        (np.zeros((5, 2), int), ValueError, "`labels` must have rows of shape"),
        (np.zeros(4, int), ValueError, "There must be a row for each of 5"),
        (None, ValueError, r"name \['labels'\] besides images"),
    ],
)
def test_given_labels_that_do_not_fit_are_refused(labels, error, message):
    told = {} if labels is None else {"labels": labels}
    with pytest.raises(error, match=message):
        conditional_parts("encoder").encode(tiny_images(5), **told)
    with pytest.raises(error, match=message):
        conditional_parts("discriminator").discriminate(tiny_images(5), **told)
