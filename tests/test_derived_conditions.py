"""What is told is made of the data by fixed functions, within the step."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import assert_equal_state, make_tiny_gan, tiny_images

import keras_gan as kg
from export import export_onnx, export_saved_model
from keras_gan.training.data_checks import of_one_size
from keras_gan.training.round import Round

IMAGES = tiny_images(40)


def halves(images):
    """By NumPy: means of 2 x 2 pixels."""
    return images.reshape(-1, 2, 2, 2, 2, 1).mean(axis=(2, 4))


def halving():
    images = keras.Input((4, 4, 1), name="images")
    return keras.Model(images, keras.layers.AveragePooling2D(2)(images))


def upscaling_gan(game=None, prior=None, packing=1, terms=(), **arguments):
    """Told the halved images, makes whole ones; both are shown to the judge."""
    keras.utils.set_random_seed(1)
    small = keras.Input((2, 2, 1), name="small")
    inputs = [small] if prior is None else [keras.Input((2,), name="latents"), small]
    rows = [keras.layers.Flatten()(one) for one in inputs]
    rows = rows[0] if len(rows) == 1 else keras.layers.Concatenate()(rows)
    pixels = keras.layers.Dense(16, "sigmoid")(rows)
    generator = keras.Model(inputs, keras.layers.Reshape((4, 4, 1))(pixels))
    seen = [
        keras.Input((4, 4, packing), name="images"),
        keras.Input((2, 2, packing), name="small"),
    ]
    rows = keras.layers.Concatenate()([keras.layers.Flatten()(one) for one in seen])
    hidden = keras.layers.Dense(8, "tanh")(rows)
    discriminator = keras.Model(seen, keras.layers.Dense(1)(hidden))
    gan = kg.GAN(
        generator, discriminator, prior, game=game, packing=packing, **arguments
    )
    optimizers = [keras.optimizers.Adam(1e-2) for _ in range(2)]
    gan.compile(*optimizers, terms=[kg.terms.Reconstruction(3.0), *terms])
    return gan


def deriving():
    return kg.games.DerivedConditions({"small": halving()})


def test_both_examples_hold_what_the_source_makes_of_the_data():
    gan = upscaling_gan(deriving())
    assert gan.entries.needed == ("images",)
    round = Round(gan, {"images": tf.constant(IMAGES)}, ["discriminator"])
    np.testing.assert_allclose(round.real["small"], halves(IMAGES), rtol=1e-6)
    np.testing.assert_array_equal(round.real["images"], IMAGES)
    assert round.fake["small"] is round.real["small"]
    made = gan.generator([halves(IMAGES)]).numpy()
    np.testing.assert_allclose(round.fake["images"], made, rtol=1e-5)


@pytest.mark.parametrize(
    ("prior", "packing", "terms"),
    [
        (None, 1, ()),
        (kg.priors.NormalPrior(2), 1, (kg.terms.R1(2.0),)),
        (None, 2, ()),
    ],
    ids=["no latents", "latents and R1", "packs"],
)
def test_a_game_learns_as_one_that_is_brought_the_conditions(prior, packing, terms):
    derived = upscaling_gan(deriving(), prior, packing, terms, ema_half_life=40.0)
    brought = upscaling_gan(None, prior, packing, terms, ema_half_life=40.0)
    derived.fit(IMAGES, batch_size=10, epochs=2, verbose=0)
    pairs = {"images": IMAGES, "small": halving().predict(IMAGES, verbose=0)}
    brought.fit(pairs, batch_size=10, epochs=2, verbose=0)
    for one, other in (
        (derived.generator, brought.generator),
        (derived.discriminator, brought.discriminator),
    ):
        for weight, same in zip(one.weights, other.weights, strict=True):
            np.testing.assert_allclose(weight, same, atol=1e-6)


def test_nothing_trains_a_source():
    images = keras.Input((4, 4, 1), name="images")
    source = keras.Model(images, keras.layers.Conv2D(1, 2, 2)(images))
    gan = upscaling_gan(kg.games.DerivedConditions({"small": source}))
    before = [weight.numpy() for weight in source.weights]
    gan.fit(IMAGES, batch_size=10, epochs=2, verbose=0)
    for weight, old in zip(source.weights, before, strict=True):
        np.testing.assert_array_equal(weight, old)


def test_conditions_of_data_are_those_that_samples_are_told():
    gan = upscaling_gan(deriving())
    gan.fit(IMAGES, batch_size=10, epochs=1, verbose=0)
    told = gan.game.conditions_of(gan, IMAGES, batch_size=7)
    np.testing.assert_allclose(told["small"], halves(IMAGES), rtol=1e-6)
    samples = gan.sample(len(IMAGES), **told)
    np.testing.assert_allclose(samples, gan.generator([told["small"]]), atol=1e-6)
    with pytest.raises(ValueError, match="shape"):
        gan.game.conditions_of(gan, IMAGES[:, :2])
    with pytest.raises(ValueError, match="range"):
        gan.game.conditions_of(gan, IMAGES + 1)


def test_held_out_data_are_judged_with_theirs():
    gan = upscaling_gan(deriving())
    history = gan.fit(
        IMAGES[:20], batch_size=10, validation_data=IMAGES[20:], verbose=0
    )
    assert np.isfinite(history.history["val_d_loss"]).all()


@pytest.mark.exhaustive
def test_stop_save_and_resume(tmp_path):
    whole, cut = (upscaling_gan(deriving(), kg.priors.NormalPrior(2)) for _ in range(2))
    whole.fit(IMAGES, batch_size=10, epochs=2, verbose=0)
    cut.fit(IMAGES, batch_size=10, epochs=1, verbose=0)
    cut.save(tmp_path / "gan.keras")
    resumed = kg.load(tmp_path / "gan.keras")
    assert isinstance(resumed.game, kg.games.DerivedConditions)
    assert resumed.game.makes == ("small",)
    resumed.fit(IMAGES, batch_size=10, epochs=2, initial_epoch=1, verbose=0)
    assert_equal_state(whole, resumed)


def test_exports_are_told_the_conditions(tmp_path):
    gan = upscaling_gan(deriving())
    report = export_onnx(gan, tmp_path / "upscaler.onnx")
    assert report.max_abs_error <= 1e-5


@pytest.mark.exhaustive
def test_a_saved_model_draws_conditions_of_any_size_from_rows(tmp_path):
    # Rows of a prior have one size, what the generator is told may have any.
    gan = vocoder_gan()
    report = export_saved_model(gan, tmp_path / "vocoder")
    served = tf.saved_model.load(str(tmp_path / "vocoder" / report.file))
    told = tf.zeros((0, 8, 5))  # none
    drawn = served.signatures["sample"](
        num_samples=tf.constant(3), seed=tf.constant(5), frames=told
    )
    (waveforms,) = drawn.values()
    np.testing.assert_allclose(waveforms, gan.sample(3, seed=5), atol=1e-5)


def vocoder_gan():
    frames = np.random.default_rng(0).normal(size=(4, 8, 5))
    waveforms = keras.Input((None, 1), name="waveforms")
    bands = kg.layers.LogMelSpectrogram(5, 16, 8, sampling_rate=100.0)(waveforms)
    return kg.GAN(
        kg.networks.hifigan_generator(5, (2, 4), 4, (3,), (1,)),
        kg.networks.hifigan_discriminator(64, (3,), 0, base_filters=2),
        prior=None,
        game=kg.games.DerivedConditions({"frames": keras.Model(waveforms, bands)}),
        conditions={"frames": kg.priors.EmpiricalPrior(frames)},
    )


def test_what_is_sampled_does_not_depend_on_samples_before():
    # A graph of a known number of rows may round otherwise than one of any.
    fresh, asked = vocoder_gan(), vocoder_gan()
    asked.sample(20, seed=1), asked.sample(7, seed=1)
    np.testing.assert_array_equal(fresh.sample(3, seed=0), asked.sample(3, seed=0))


@pytest.mark.parametrize(
    ("sources", "error", "message"),
    [
        ({}, ValueError, "`sources` must be a dict from names of conditions"),
        (None, ValueError, "`sources` must be a dict from names of conditions"),
        ({"small": len}, TypeError, r"`sources\['small'\]` must be a keras.Model"),
    ],
)
def test_what_is_no_source_is_refused(sources, error, message):
    with pytest.raises(error, match=message):
        kg.games.DerivedConditions(sources)


def wrong_source(shape_in, shape_out):
    rows = keras.layers.Flatten()(inputs := keras.Input(shape_in))
    outputs = keras.layers.Dense(int(np.prod(shape_out)))(rows)
    return keras.Model(inputs, keras.layers.Reshape(shape_out)(outputs))


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ({"tiny": halving()}, r"has inputs for, \['small'\]. Received: 'tiny'"),
        ({"images": halving()}, "Received: 'images'"),
        ({"latents": halving()}, "Received: 'latents'"),
        ({"small": wrong_source((4, 4, 3), (2, 2, 1))}, "must take the images"),
        (
            {"small": wrong_source((4, 4, 1), (3, 2, 1))},
            r"state, \(2, 2, 1\). Received: \(3, 2, 1\)",
        ),
    ],
)
def test_a_source_that_does_not_fit_is_refused(sources, message):
    with pytest.raises(ValueError, match=message):
        upscaling_gan(kg.games.DerivedConditions(sources))


def test_a_generator_that_is_told_nothing_has_nothing_derived():
    with pytest.raises(ValueError, match=r"has inputs for, \[\]. Received: 'small'"):
        make_tiny_gan(game=deriving())


def test_a_vocoder_is_told_the_bands_of_its_data():
    tones = kg.datasets.load_harmonic_tones(8, 2, 1, length=512, sampling_rate=16_000)
    game = kg.recipes.hifigan(tones, seed=0).game
    assert game.sources["frames"].get_layer("frames").sampling_rate == 16_000


@pytest.mark.exhaustive
def test_a_vocoder_comes_nearer_to_the_spectra_it_is_told():
    tones = kg.datasets.load_harmonic_tones(64, 16, 16, length=1_024)
    gan = kg.recipes.hifigan(tones, seed=0)
    before = distance_of_spectra(gan, tones.test.waveforms)
    gan.fit(tones.train.waveforms, batch_size=16, epochs=10, verbose=0)
    after = distance_of_spectra(gan, tones.test.waveforms)
    assert after < 0.9 * before
    # Longer ones than any that it learned from.
    longer, _ = kg.datasets.harmonic_tones(4, length=4_096, seed=9)
    assert distance_of_spectra(gan, longer) < before


def distance_of_spectra(gan, waveforms):
    told = gan.game.conditions_of(gan, waveforms)
    made = gan.game.conditions_of(gan, gan.sample(len(waveforms), **told))
    return np.abs(made["frames"] - told["frames"]).mean()


def test_sources_are_traced_once():
    traced = []

    @keras.saving.register_keras_serializable("test_derived_conditions")
    class Halving(keras.layers.AveragePooling2D):
        def call(self, inputs):
            traced.append(1)
            return super().call(inputs)

    images = keras.Input((4, 4, 1), name="images")
    source = keras.Model(images, Halving(2)(images))
    gan = upscaling_gan(kg.games.DerivedConditions({"small": source}))
    gan.game.conditions_of(gan, IMAGES)
    num_traces = len(traced)
    for rows in (3, 17, 40):
        gan.game.conditions_of(gan, IMAGES[:rows])
    assert len(traced) == num_traces


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("made", [(8, 8), (6, 9)])
def test_data_of_another_size_are_refused_under_xla_too(jit_compile, made):
    any_size = tf.TensorSpec([None, None, None, 1])

    @tf.function(jit_compile=jit_compile, input_signature=[any_size, any_size])
    def checked(data, made):
        return tf.reduce_sum(of_one_size(data, made))

    data = tf.ones((2, 9, 9, 1))
    assert checked(data, data).numpy() == 2 * 81
    with pytest.raises(tf.errors.InvalidArgumentError):
        checked(data, tf.ones((2, *made, 1)))
