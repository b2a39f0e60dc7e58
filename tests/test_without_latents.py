"""Generators without latents: all that they make is settled by what they are told."""

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from exports import Exports

import export
import keras_gan as kg

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.uniform(size=(40, 8, 8, 1)).astype("float32")
SMALL = IMAGES.reshape(40, 4, 2, 4, 2, 1).mean(axis=(2, 4))
PAIRS = {"images": IMAGES, "small": SMALL}


def upscaler():
    small = keras.Input((4, 4, 1), name="small")
    maps = keras.layers.Conv2D(8, 3, padding="same", activation="relu")(small)
    maps = keras.layers.Conv2DTranspose(8, 4, 2, "same", activation="relu")(maps)
    outputs = keras.layers.Conv2D(1, 3, padding="same", activation="sigmoid")(maps)
    return keras.Model(small, outputs)


def judge_of_pairs():
    """A map of logits on large images beside the small ones that they come from."""
    images = keras.Input((8, 8, 1), name="images")
    small = keras.Input((4, 4, 1), name="small")
    large = keras.layers.UpSampling2D()(small)
    maps = keras.layers.Concatenate()([images, large])
    maps = keras.layers.Conv2D(8, 3, 2, "same", activation="leaky_relu")(maps)
    return keras.Model([images, small], keras.layers.Conv2D(1, 3)(maps))


def upscaling_gan(terms=(), **arguments):
    keras.utils.set_random_seed(0)
    gan = kg.GAN(upscaler(), judge_of_pairs(), None, ema_half_life=100.0, **arguments)
    adam = keras.optimizers.Adam
    gan.compile(adam(1e-2), adam(1e-3), terms=terms, discriminator_steps=2)
    return gan


def weights_of(gan):
    return [variable.numpy() for variable in gan.variables]


# ----------------------------------------------------------------- training, sampling


@pytest.mark.exhaustive
def test_what_is_told_settles_what_is_made():
    gan = upscaling_gan()
    gan.fit(PAIRS, batch_size=10, epochs=1, verbose=0)
    made = gan.sample(40, seed=1, small=SMALL)
    assert made.shape == (40, 8, 8, 1)
    np.testing.assert_array_equal(gan.sample(40, seed=2, small=SMALL), made)
    expected = gan.evaluation_generator.predict(SMALL, verbose=0)
    np.testing.assert_allclose(made, expected, atol=1e-6)
    assert gan.discriminate(IMAGES, small=SMALL).shape == (40,)


def test_reconstruction_in_pairs_is_the_mean_distance_row_by_row():
    gan = upscaling_gan()
    gan.compile("sgd", "adam", terms=[kg.terms.Reconstruction(3.0, "absolute")])
    made = gan.generator.predict(SMALL, verbose=0)
    history = gan.fit(PAIRS, batch_size=40, epochs=1, verbose=0)
    expected = 3.0 * np.abs(made.astype("float64") - IMAGES).mean()
    found = history.history["g_penalty"][0]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.exhaustive
def test_training_by_pairs_beats_repeated_pixels():
    gan = upscaling_gan([kg.terms.Reconstruction(100.0)])
    # Waves whose pixels the small picture tells.
    places = np.arange(8) + 8 * RANDOM.uniform(size=(200, 1))
    waves = 0.5 + 0.5 * np.sin(2 * np.pi * places / 8)
    images = np.einsum("ni,nj->nij", waves, waves)[..., None].astype("float32")
    small = images.reshape(200, 4, 2, 4, 2, 1).mean(axis=(2, 4))
    gan.fit({"images": images, "small": small}, batch_size=20, epochs=40, verbose=0)
    made = gan.sample(200, small=small)
    repeated = small.repeat(2, axis=1).repeat(2, axis=2)
    error, rival = (((x - images) ** 2).mean() for x in (made, repeated))
    assert error < rival / 2


def test_a_stopped_run_goes_on_bit_for_bit(tmp_path):
    whole = upscaling_gan([kg.terms.Reconstruction()])
    whole.fit(PAIRS, batch_size=10, epochs=2, verbose=0)
    part = upscaling_gan([kg.terms.Reconstruction()])
    part.fit(PAIRS, batch_size=10, epochs=1, verbose=0)
    part.save(tmp_path / "part.keras")
    loaded = kg.load(tmp_path / "part.keras")
    assert isinstance(loaded.prior, kg.priors.NoPrior)
    loaded.fit(PAIRS, batch_size=10, epochs=2, initial_epoch=1, verbose=0)
    for one, other in zip(weights_of(whole), weights_of(loaded), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_condition_with_a_prior_is_drawn_by_the_seed():
    gan = upscaling_gan(conditions={"small": kg.priors.ConstantPrior((4, 4, 1), 0.5)})
    half = np.full((3, 4, 4, 1), 0.5, "float32")
    np.testing.assert_array_equal(
        gan.sample(3, seed=1), gan.sample(3, seed=1, small=half)
    )


def test_completions_without_latents_are_all_alike():
    known = keras.Input((8, 8, 1), name="known")
    mask = keras.Input((8, 8, 1), name="mask")
    maps = keras.layers.Concatenate()([known, mask])
    generator = keras.Model(
        [known, mask], keras.layers.Conv2D(1, 5, padding="same")(maps)
    )
    images = keras.Input((8, 8, 1))
    logit = keras.layers.Dense(1)(keras.layers.Flatten()(images))
    game = kg.games.Inpainting()
    gan = kg.GAN(generator, keras.Model(images, logit), None, game=game)
    gan.compile("adam", "adam", terms=[kg.terms.Reconstruction()])
    gan.fit(IMAGES, batch_size=10, epochs=1, verbose=0)
    upper = np.zeros((8, 8, 1))
    upper[:4] = 1
    first, second = gan.complete(IMAGES, upper, num_samples=2).swapaxes(0, 1)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first[:, :4], IMAGES[:, :4])
    with pytest.raises(ValueError, match="generator takes none"):
        kg.inference.invert(gan, IMAGES, verbose=0)


# ----------------------------------------------------------------------------- exports


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    return Exports(upscaling_gan(), tmp_path_factory.mktemp("upscalers"))


@pytest.mark.parametrize("name", ["onnx", "onnx_float16", "saved_model", "litert"])
def test_artefacts_take_what_is_told_and_nothing_else(exports, name):
    path, report, record, card = exports[name]
    assert report.passed
    assert [*record["endpoints"]["generate"]["inputs"]] == ["small"]
    assert "latent numbers" not in card
    assert "from `small`" in card
    if name != "onnx_float16":
        made = export.run_artefact(path, small=SMALL)
        expected = exports.gan.sample(40, small=SMALL)
        np.testing.assert_allclose(made, expected, atol=1e-5)


def test_int8_activations_are_measured_on_what_is_told(exports):
    assert exports["litert_int8"].report.passed


def test_an_onnx_session_needs_the_condition_alone(exports):
    session = onnxruntime.InferenceSession(exports["onnx"].path)
    assert [one.name for one in session.get_inputs()] == ["small"]
    (made,) = session.run(["images"], {"small": SMALL[:3]})
    np.testing.assert_allclose(made, exports.gan.sample(3, small=SMALL[:3]), atol=1e-5)


def test_sample_of_a_saved_model_is_told_too(exports):
    loaded = tf.saved_model.load(str(exports["saved_model"].path))
    entries = {"num_samples": 3, "seed": 1, "small": SMALL[:3]}
    tensors = {name: tf.constant(value) for name, value in entries.items()}
    made = loaded.signatures["sample"](**tensors)["images"]
    np.testing.assert_allclose(made, exports.gan.sample(3, small=SMALL[:3]), atol=1e-5)


def test_files_that_draw_are_refused_where_nothing_is_drawn(tmp_path):
    gan = upscaling_gan()
    with pytest.raises(ValueError, match="A seeded file draws latents"):
        export.export_onnx(gan, tmp_path / "seeded.onnx", seeded=True)
    with pytest.raises(ValueError, match="'onnx_prior' draws latents"):
        export.export_onnx_prior(gan, tmp_path / "prior.onnx")
    assert not any(tmp_path.iterdir())


def test_a_seeded_file_draws_conditions_that_have_a_prior(tmp_path):
    gan = upscaling_gan(conditions={"small": kg.priors.ConstantPrior((4, 4, 1), 0.5)})
    report = export.export_onnx(gan, tmp_path / "seeded.onnx", seeded=True)
    assert report.passed


# ---------------------------------------------------------------------------- refusals


def test_inputs_must_bear_the_names_of_entries():
    unnamed = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.UpSampling2D()])
    with pytest.raises(ValueError, match="must name what it is told"):
        kg.GAN(unnamed, judge_of_pairs(), None)


def test_latents_need_a_prior():
    generator = kg.networks.mlp_generator(3, (8, 8, 1), (4,))
    with pytest.raises(ValueError, match="Pass a prior where it takes latents"):
        kg.GAN(generator, judge_of_pairs(), None)


def test_a_prior_needs_latents():
    one, other = keras.Input((3,), name="one"), keras.Input((3,), name="other")
    generator = keras.Model([one, other], keras.layers.Add()([one, other]))
    judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="Pass prior=None"):
        kg.GAN(generator, judge, kg.priors.NormalPrior(3))


@pytest.mark.parametrize(
    "prior", [None, kg.priors.NormalPrior(2)], ids=["told_alone", "with_latents"]
)
def test_the_generator_is_not_told_the_data(prior):
    points = keras.Input((2,), name="points")
    inputs, outputs = [points], points
    if prior is not None:
        latents = keras.Input((2,), name="latents")
        inputs, outputs = [points, latents], keras.layers.Add()([points, latents])
    generator = keras.Model(inputs, keras.layers.Dense(2)(outputs))
    judge = keras.Model(points, keras.layers.Dense(1)(points))
    with pytest.raises(ValueError, match="must not be told the data, 'points'"):
        kg.GAN(generator, judge, prior)


def test_an_encoder_has_nothing_to_make():
    encoder = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(2)]
    )
    with pytest.raises(ValueError, match="An encoder makes latents"):
        kg.GAN(upscaler(), judge_of_pairs(), None, game=kg.games.Game(encoder))


class Batches(keras.utils.PyDataset):
    def __init__(self, arrays):
        super().__init__()
        self._arrays = arrays

    def __len__(self):
        return 4

    def __getitem__(self, index):
        rows = slice(10 * index, 10 * index + 10)
        return {name: array[rows] for name, array in self._arrays.items()}


@pytest.mark.parametrize(
    "brought",
    [
        dict,
        lambda arrays: tf.data.Dataset.from_tensor_slices(arrays).batch(10),
        Batches,
    ],
    ids=["arrays", "tf_data", "py_dataset"],
)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_conditions_must_be_finite(brought, value):
    small = SMALL.copy()
    small[25, 1, 2] = value
    gan = upscaling_gan()
    before = weights_of(gan)
    with pytest.raises(ValueError, match="All small must be finite"):
        gan.fit(brought({**PAIRS, "small": small}), epochs=1, verbose=0)
    if brought is dict:  # the others find it in the third batch
        for one, other in zip(before, weights_of(gan), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("shape", [(40, 8, 8, 1), (40, 16), (40, 4, 4, 3)])
def test_conditions_must_have_the_shape_of_the_input(shape):
    pairs = {**PAIRS, "small": np.zeros(shape, "float32")}
    with pytest.raises(
        ValueError, match=r"`small` must have rows of shape \(4, 4, 1\)"
    ):
        upscaling_gan().fit(pairs, verbose=0)


def test_samples_are_told_finite_numbers():
    with pytest.raises(ValueError, match="`small` must be finite"):
        upscaling_gan().sample(2, small=np.full((4, 4, 1), np.nan))


@pytest.mark.exhaustive
def test_an_axis_of_one_may_be_left_out():
    pairs = {**PAIRS, "small": SMALL[..., 0]}
    upscaling_gan().fit(pairs, batch_size=20, verbose=0)


def test_what_the_batch_lacks_is_named():
    with pytest.raises(ValueError, match="small"):
        upscaling_gan().fit(IMAGES, batch_size=10, verbose=0)


def test_reconstruction_of_nothing_told_is_refused():
    gan = kg.GAN(
        kg.networks.mlp_generator(3, (8, 8, 1), (4,)),
        kg.networks.maxout_discriminator((8, 8, 1), (4,)),
        kg.priors.NormalPrior(3),
    )
    with pytest.raises(ValueError, match="told nothing"):
        gan.compile("sgd", "sgd", terms=[kg.terms.Reconstruction()])
    with pytest.raises(ValueError, match="one of latents alone"):
        gan.compile("sgd", "sgd", terms=[kg.terms.MeanReconstruction()])
