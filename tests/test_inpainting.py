"""Completion: what is given stays, what is missing is made, in training and after."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import assert_equal_state, completing_gan, make_tiny_gan, tiny_images
from PIL import Image

import keras_gan as kg
from keras_gan.training.round import Round

IMAGES = tiny_images(40)
SEED = tf.constant([3, 4])


def test_both_examples_share_what_is_given():
    gan = completing_gan()
    round = Round(gan, {"images": tf.constant(IMAGES)}, ["discriminator"])
    real, fake = round.real, round.fake
    mask = fake["mask"].numpy()
    assert set(np.unique(mask)) == {0.0, 1.0} and 0.2 < mask.mean() < 0.8
    assert real["mask"] is fake["mask"] and real["known"] is fake["known"]
    np.testing.assert_array_equal(real["images"], IMAGES)
    np.testing.assert_array_equal(fake["known"], np.where(mask, IMAGES, 0))
    given = np.where(mask, fake["images"], 0)
    np.testing.assert_array_equal(given, fake["known"])
    assert (np.where(mask, 0, fake["images"]) != np.where(mask, 0, IMAGES)).any()


def test_given_pixels_are_returned_bit_for_bit_and_others_vary():
    gan = completing_gan()
    gan.fit(IMAGES, batch_size=10, epochs=1, verbose=0)
    mask = np.zeros((4, 4, 1))
    mask[:2] = 1
    hidden = IMAGES.copy()
    hidden[:, 2:] = np.nan  # what is asked for may hold anything
    completions = gan.complete(hidden, mask, num_samples=3, seed=5)
    assert completions.shape == (40, 3, 4, 4, 1)
    for index in range(3):
        np.testing.assert_array_equal(completions[:, index, :2], IMAGES[:, :2])
    assert np.isfinite(completions).all()
    assert (completions[:, 0, 2:] != completions[:, 1, 2:]).all()
    again = gan.complete(list(hidden), mask, num_samples=3, seed=5, batch_size=7)
    np.testing.assert_allclose(again, completions, atol=1e-6)


@pytest.mark.exhaustive
def test_stop_save_and_resume_with_masks(tmp_path):
    masks = kg.games.MaskMixture(
        [kg.games.PixelMask(0.2, 0.5), kg.games.BlockMask([2, 3]), kg.games.HalfMask()]
    )
    whole, cut = completing_gan(masks), completing_gan(masks)
    whole.fit(IMAGES, batch_size=10, epochs=2, verbose=0)
    cut.fit(IMAGES, batch_size=10, epochs=1, verbose=0)
    cut.save(tmp_path / "gan.keras")
    resumed = kg.load(tmp_path / "gan.keras")
    resumed.fit(IMAGES, batch_size=10, epochs=2, initial_epoch=1, verbose=0)
    assert_equal_state(whole, resumed)


def test_held_out_data_get_the_same_masks_each_time():
    gan = completing_gan()
    first = gan.evaluate(IMAGES, batch_size=10, return_dict=True, verbose=0)
    gan.train_steps.assign_add(1)
    second = gan.evaluate(IMAGES, batch_size=10, return_dict=True, verbose=0)
    assert first == second


def noisy_completions(term):
    """A game whose generator makes 0.2 + 0.3 z of every pixel, z ~ N(0, 1)."""
    latents = keras.Input((1,), name="latents")
    known = keras.Input((4, 4, 1), name="known")
    pixels = keras.layers.Dense(
        16,
        kernel_initializer=keras.initializers.Constant(0.3),
        bias_initializer=keras.initializers.Constant(0.2),
    )(latents)
    nothing = keras.layers.Rescaling(0.0)(known)
    made = keras.layers.Add()([keras.layers.Reshape((4, 4, 1))(pixels), nothing])
    gan = kg.GAN(
        keras.Model([latents, known], made),
        make_tiny_gan().discriminator,
        kg.priors.NormalPrior(1),
        game=kg.games.Inpainting(kg.games.HalfMask()),
    )
    gan.compile("sgd", "sgd", terms=[term])
    return gan


@pytest.mark.parametrize(
    ("term", "spread"),
    [(kg.terms.MeanReconstruction(4.0), 0.0), (kg.terms.Reconstruction(4.0), 0.09)],
)
def test_what_is_paid_is_the_distance_of_the_mean_or_of_each(term, spread):
    images = np.repeat(IMAGES, 2_000, axis=0)
    round = Round(noisy_completions(term), {"images": tf.constant(images)}, ())
    asked = 1 - round.real["mask"].numpy()
    # E (x - y)(x - y') = (x - .2)^2, and E (x - y)^2 has the variance of y besides.
    expected = 4 * np.mean(asked * ((images.astype("float64") - 0.2) ** 2 + spread))
    assert float(term(round, "generator")) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(
    ("kind", "pays_for_spread"),
    [(kg.terms.MeanReconstruction, False), (kg.terms.Reconstruction, True)],
)
def test_completions_whose_mean_is_paid_for_keep_their_spread(kind, pays_for_spread):
    images = np.repeat(IMAGES, 2_000, axis=0)
    gan = noisy_completions(kind(1.0))
    round = Round(gan, {"images": tf.constant(images)}, ["generator"])
    with tf.GradientTape() as tape:
        paid = gan.terms[0](round, "generator")
    of_spread, of_mean = tape.gradient(paid, gan.generator.trainable_variables)
    # d/da of the variance a^2 of each at a = .3, over the half that is asked for.
    expected = 2 * 0.3 / 2 if pays_for_spread else 0.0
    assert float(tf.reduce_sum(of_spread)) == pytest.approx(expected, abs=0.01)
    # d/db (x - b)^2 at b = .2, there too.
    asked = 1 - round.real["mask"].numpy()
    expected = -2 * np.mean(asked * (images.astype("float64") - 0.2))
    assert float(tf.reduce_sum(of_mean)) == pytest.approx(expected, rel=0.02)


def test_the_mean_is_of_completions():
    gan = make_tiny_gan()
    with pytest.raises(ValueError, match="that is told something.*Inpainting"):
        gan.compile("sgd", "sgd", terms=[kg.terms.MeanReconstruction()])


def test_pixels_are_given_as_often_as_their_share_says():
    mask = kg.games.PixelMask(0.3, 0.3)(tf.zeros((4, 100, 100, 3)), SEED).numpy()
    assert mask.shape == (4, 100, 100, 1)
    # Four standard deviations of a binomial share of 40,000 draws.
    assert abs(mask.mean() - 0.3) < 4 * np.sqrt(0.3 * 0.7 / mask.size)
    shares = kg.games.PixelMask(0.1, 0.9)(tf.zeros((500, 400)), SEED).numpy().mean(1)
    # A uniform share has mean 1/2 and variance (.9 - .1)^2 / 12.
    assert abs(shares.mean() - 0.5) < 0.05
    assert abs(shares.std() - 0.8 / np.sqrt(12)) < 0.02


def test_a_block_is_one_whole_rectangle_at_every_place():
    masks = kg.games.BlockMask([2, 3])(tf.zeros((300, 5, 4, 2)), SEED).numpy()
    corners = set()
    for mask in masks[..., 0]:
        rows, columns = np.nonzero(mask == 0)
        assert len(rows) == 6
        assert (np.ptp(rows), np.ptp(columns)) == (1, 2)
        corners.add((rows.min(), columns.min()))
    assert corners == {(row, column) for row in range(4) for column in range(2)}


def test_halves_are_the_four_of_an_image():
    masks = kg.games.HalfMask()(tf.zeros((64, 4, 4, 1)), SEED).numpy()[..., 0]
    upper = np.zeros((4, 4))
    upper[:2] = 1
    expected = {half.tobytes() for half in (upper, 1 - upper, upper.T, 1 - upper.T)}
    assert {mask.astype("float64").tobytes() for mask in masks} == expected


def test_two_replicas_draw_the_masks_of_one(two_replicas):
    whole = kg.games.PixelMask()(tf.zeros((8, 4, 4, 1)), SEED).numpy()

    def of_replica():
        return kg.games.PixelMask()(tf.zeros((4, 4, 4, 1)), SEED)

    shares = two_replicas.experimental_local_results(two_replicas.run(of_replica))
    np.testing.assert_array_equal(np.concatenate(shares), whole)


@pytest.mark.parametrize(
    ("images", "mask", "message"),
    [
        (IMAGES, np.full((4, 4, 1), 0.5), "1 where a pixel is given"),
        (IMAGES, np.ones((4, 4)), r"`mask` must have shape \(4, 4, 1\)"),
        (IMAGES * 255, np.ones((4, 4, 1)), r"generator's range, \[0, 1\]"),
        (
            IMAGES[:, :3],
            np.ones((4, 4, 1)),
            r"`images` must have shape \[batch, 4, 4, 1\]. Received: .*\(40, 3, 4, 1\)",
        ),
        (IMAGES[:0], np.ones((4, 4, 1)), "`images` must hold at least one row"),
    ],
)
def test_what_cannot_be_completed_is_refused(images, mask, message):
    with pytest.raises(ValueError, match=message):
        completing_gan().complete(images, mask)


@pytest.mark.parametrize(
    ("images", "mask", "message"),
    [
        (IMAGES, "upper", r"`mask` must be an array.*\(4, 4, 1\). Received: 'upper'"),
        (IMAGES, np.ones((4, 4, 1), "complex64"), "`mask` .*dtype=complex64"),
        (IMAGES.astype("complex64"), np.ones((4, 4, 1)), "`images` must be floats"),
    ],
)
def test_what_is_no_number_completes_nothing(images, mask, message):
    with pytest.raises(TypeError, match=message):
        completing_gan().complete(images, mask)


def labelled_completing_gan():
    """Pixels are the label / 2, whatever else the generator is told."""
    known = keras.Input((4, 4, 1), name="known")
    mask = keras.Input((4, 4, 1), name="mask")
    latents = keras.Input((2,), name="latents")
    labels = keras.Input((), dtype="int32", name="labels")
    of_labels = keras.layers.Embedding(3, 1)
    shade = keras.layers.Reshape((1, 1, 1))(of_labels(labels))
    of_others = keras.layers.Dense(1, kernel_initializer="zeros")
    rows = [keras.layers.Flatten()(one) for one in (latents, known, mask)]
    others = keras.layers.Reshape((1, 1, 1))(
        of_others(keras.layers.Concatenate()(rows))
    )
    sums = keras.layers.Add()([keras.layers.Add()([shade, others]), 0.0 * known])
    generator = keras.Model([latents, known, mask, labels], sums)
    of_labels.embeddings.assign([[0.0], [0.5], [1.0]])
    judge = kg.networks.maxout_discriminator((4, 4, 1), (4,))
    prior = kg.priors.NormalPrior(2)
    return kg.GAN(generator, judge, prior, game=kg.games.Inpainting())


def test_each_image_s_label_goes_with_all_its_completions():
    gan = labelled_completing_gan()
    images, nothing = IMAGES[:3], np.zeros((4, 4, 1))

    def shades(labels):
        made = gan.complete(images, nothing, num_samples=2, seed=1, labels=labels)
        return made[:, :, 0, 0, 0].tolist()

    assert shades([0, 1, 2]) == [[0.0, 0.0], [0.5, 0.5], [1.0, 1.0]]
    assert shades(1) == [[0.5, 0.5]] * 3
    with pytest.raises(ValueError, match=r"array of shape \(3,\).*shape \(6,\)"):
        shades([0, 1, 2, 0, 1, 2])


class Constant(kg.games.Mask):
    def __init__(self, value):
        self.value = value

    def draw(self, num_rows, shape, seed):
        return tf.fill([num_rows, *shape], self.value)

    def get_config(self):
        return {"value": self.value}


class OfImages(kg.games.Mask):
    def draw(self, num_rows, shape, seed):
        return tf.ones([num_rows, *shape[:-1]])


@pytest.mark.parametrize(
    ("masks", "message"),
    [
        (Constant(0.5), "must draw 1 .*Constant.draw.*values from 0.5 to 0.5"),
        (Constant(float("nan")), "must draw 1 .*Constant.draw.*values from nan"),
        (OfImages(), r"\[num_rows, 4, 4, 1\]. Received: OfImages.draw.*\(2, 4, 4\)"),
        (kg.games.MaskMixture([kg.games.HalfMask(), OfImages()]), "OfImages.draw"),
        (kg.games.BlockMask([1, 2, 3]), "one for each of 2 axes"),
    ],
)
def test_families_are_tried_when_the_gan_is_made(masks, message):
    with pytest.raises(ValueError, match=message):
        completing_gan(masks)


@pytest.mark.parametrize("given", [True, 1, 1.0], ids=str)
def test_masks_are_floats_whatever_a_family_draws(given):
    assert completing_gan(Constant(given)).game.masks(IMAGES, SEED).dtype == tf.float32


def test_games_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="completes nothing.*Inpainting"):
        make_tiny_gan().complete(IMAGES, np.ones((4, 4, 1)))
    with pytest.raises(TypeError, match="`masks` must be a keras_gan.games.Mask"):
        kg.games.Inpainting(np.ones((4, 4, 1)))
    tiny = make_tiny_gan()
    with pytest.raises(ValueError, match="inputs named 'known' and 'mask'"):
        kg.GAN(tiny.generator, tiny.discriminator, tiny.prior, kg.games.Inpainting())
    latents, known = keras.Input((2,), name="latents"), keras.Input((4, 4, 3))
    mask = keras.Input((4, 4, 3), name="mask")
    drawn = keras.layers.Reshape((1, 1, 1))(keras.layers.Dense(1)(latents))
    images = drawn * keras.layers.Concatenate()([known, mask])
    pixels = keras.layers.Conv2D(3, 1, activation="sigmoid")(images)
    known.name = "known"
    generator = keras.Model([latents, known, mask], pixels)
    judge = kg.networks.maxout_discriminator((4, 4, 3), (4,))
    prior = kg.priors.NormalPrior(2)
    with pytest.raises(ValueError, match=r"'mask' must have shape \(4, 4, 1\)"):
        kg.GAN(generator, judge, prior, kg.games.Inpainting())
    with pytest.raises(ValueError, match="one for each of 2 axes"):
        kg.games.BlockMask([1, 2, 3])(tf.zeros((2, 4, 4, 1)), SEED)


def test_the_picture_of_an_epoch_has_what_is_given_and_completions(tmp_path):
    gan = completing_gan(kg.games.HalfMask())
    grid = kg.callbacks.CompletionGrid(tmp_path, IMAGES[:3], num_samples=2, seed=5)
    gan.fit(IMAGES, batch_size=20, epochs=2, verbose=0, callbacks=[grid])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "epoch_0001.png",
        "epoch_0002.png",
    ]
    assert sorted(grid.mask.mean(axis=(1, 2, 3))) == [0.5] * 3  # drawn from the game's
    made = gan.complete(IMAGES[:3], grid.mask, 2, seed=5)
    given = np.where(grid.mask, IMAGES[:3], 0.5)
    rows = np.concatenate([IMAGES[:3, None], given[:, None], made], axis=1)
    picture = np.asarray(Image.open(tmp_path / "epoch_0002.png"))
    np.testing.assert_array_equal(
        picture,
        kg.visualization.image_grid(rows.reshape(-1, 4, 4, 1), num_columns=4),
    )


def test_completions_beyond_the_range_that_is_shown_are_clipped(tmp_path):
    gan = completing_gan(kg.games.HalfMask())
    shown = (0.4, 0.45)
    grid = kg.callbacks.CompletionGrid(tmp_path, IMAGES[:3], value_range=shown)
    gan.fit(IMAGES, batch_size=20, verbose=0, callbacks=[grid])
    picture = np.asarray(Image.open(tmp_path / "epoch_0001.png"))
    first = kg.visualization.image_grid(np.clip(IMAGES[:1], *shown), shown, padding=0)
    np.testing.assert_array_equal(picture[2:30, 2:30], first)


def test_pictures_of_completions_need_images_and_a_game_that_completes(
    tmp_path, tiny_gan
):
    with pytest.raises(ValueError, match=r"at least one image.*\(0, 4, 4, 1\)"):
        kg.callbacks.CompletionGrid(tmp_path, IMAGES[:0])
    with pytest.raises(ValueError, match=r"`mask` must have shape \(4, 4, 1\)"):
        kg.callbacks.CompletionGrid(tmp_path, IMAGES, np.ones((2, 4, 1)))
    grid = kg.callbacks.CompletionGrid(tmp_path, IMAGES)
    with pytest.raises(ValueError, match="a game of Game; `SampleGrid`"):
        tiny_gan.fit(IMAGES, verbose=0, callbacks=[grid])


@pytest.mark.parametrize(
    ("images", "message"),
    [(255 * IMAGES, "range"), (np.repeat(IMAGES, 2, axis=1), r"\[batch, 4, 4, 1\]")],
)
def test_what_cannot_be_completed_is_told_before_training(images, message, tmp_path):
    gan = completing_gan(kg.games.HalfMask())
    grid = kg.callbacks.CompletionGrid(tmp_path, images)
    with pytest.raises(ValueError, match=message):
        gan.fit(IMAGES, verbose=0, callbacks=[grid])
    assert gan.epochs_completed == 0


def test_the_picture_of_completions_tells_each_image_s_label(tmp_path):
    gan = labelled_completing_gan()
    told = {"labels": np.array([0, 1, 2])}
    grid = kg.callbacks.CompletionGrid(
        tmp_path, IMAGES[:3], np.zeros((4, 4, 1)), num_samples=2, conditions=told
    )
    grid.set_model(gan)
    grid.on_train_begin()
    grid.draw(tmp_path / "drawn.png")
    picture = np.asarray(Image.open(tmp_path / "drawn.png"))
    # Shades 0, 0.5 and 1 in the third and fourth columns.
    shades = [0.0, 0.5, 1.0]
    columns = np.stack([np.full((4, 4, 1), shade) for shade in shades for _ in "ab"])
    expected = kg.visualization.image_grid(columns, num_columns=2)
    np.testing.assert_array_equal(picture[:, -expected.shape[1] + 2 :], expected[:, 2:])
