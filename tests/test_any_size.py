"""Axes of any size: trained on segments, a generator makes whole recordings."""

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from exports import Exports

import export
import keras_gan as kg

HOP, BANDS = 4, 3
RANDOM = np.random.default_rng(0)


def vocoder():
    """Frames of any number to four times as many samples."""
    frames = keras.Input((None, BANDS), name="spectrograms")
    maps = keras.layers.Conv1D(8, 3, padding="same", activation="relu")(frames)
    maps = keras.layers.Conv1DTranspose(4, 2 * HOP, HOP, padding="same")(maps)
    outputs = keras.layers.Conv1D(1, 3, padding="same", activation="tanh")(maps)
    return keras.Model(frames, outputs)


def judge_of_waveforms(length=None):
    waveforms = keras.Input((length, 1), name="waveforms")
    maps = keras.layers.Conv1D(4, 5, 2, "same", activation="leaky_relu")(waveforms)
    return keras.Model(waveforms, keras.layers.Conv1D(1, 3, padding="same")(maps))


def vocoder_gan(judge=None, terms=(), **arguments):
    keras.utils.set_random_seed(0)
    gan = kg.GAN(vocoder(), judge or judge_of_waveforms(), None, **arguments)
    adam = keras.optimizers.Adam
    gan.compile(adam(1e-2), adam(1e-3), objective="least_squares", terms=terms)
    return gan


def recordings(num_rows, num_frames, samples_per_frame=HOP):
    return {
        "waveforms": RANDOM.uniform(
            -1, 1, (num_rows, samples_per_frame * num_frames, 1)
        ).astype("float32"),
        "spectrograms": RANDOM.normal(size=(num_rows, num_frames, BANDS)).astype(
            "float32"
        ),
    }


def as_dataset(batches):
    """Batches whose sizes are known only when they come."""
    signature = {
        "waveforms": tf.TensorSpec((None, None, 1)),
        "spectrograms": tf.TensorSpec((None, None, BANDS)),
    }
    dataset = tf.data.Dataset.from_generator(
        lambda: batches, output_signature=signature
    )
    return dataset.apply(tf.data.experimental.assert_cardinality(len(batches)))


class Batches(keras.utils.PyDataset):
    def __init__(self, batches):
        super().__init__()
        self._batches = batches

    def __len__(self):
        return len(self._batches)

    def __getitem__(self, index):
        return self._batches[index]


def weights_of(gan):
    return gan.generator.get_weights() + gan.discriminator.get_weights()


# ----------------------------------------------------------------- training, sampling


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("brought", "term"),
    [
        pytest.param(as_dataset, kg.terms.Reconstruction(10.0), id="distance"),
        pytest.param(Batches, kg.terms.R1(1.0), id="penalty of data"),
        pytest.param(as_dataset, kg.terms.GradientPenalty(), id="penalty between"),
    ],
)
def test_each_batch_may_have_its_own_size(brought, term):
    batches = [recordings(4, num_frames) for num_frames in (8, 16, 5)]
    gan, expected = vocoder_gan(terms=[term]), vocoder_gan(terms=[term])
    gan.fit(brought(batches), epochs=1, verbose=0, shuffle=False)
    for batch in batches:
        expected.train_on_batch(batch)
    for mine, yours in zip(weights_of(gan), weights_of(expected), strict=True):
        np.testing.assert_allclose(mine, yours, rtol=1e-5, atol=1e-6)


def test_held_out_data_may_have_another_size():
    gan = vocoder_gan()
    longer = recordings(6, 20)
    history = gan.fit(
        recordings(8, 10), validation_data=longer, epochs=1, verbose=0
    ).history
    real = gan.discriminator.predict(longer["waveforms"], verbose=0)
    made = gan.generator.predict(longer["spectrograms"], verbose=0)
    fake = gan.discriminator.predict(made, verbose=0)
    # The objective of LSGAN: squares from 1 and from 0, halved.
    expected = 0.5 * np.mean((real - 1.0) ** 2) + 0.5 * np.mean(fake**2)
    np.testing.assert_allclose(history["val_d_loss"][0], expected, rtol=1e-4)


def test_segments_are_judged_and_recordings_made(tmp_path):
    gan = vocoder_gan(judge_of_waveforms(32), ema_half_life=20.0)
    assert gan.data_shape == (32, 1)
    gan.fit(recordings(12, 8), batch_size=4, epochs=1, verbose=0)
    frames = recordings(3, 21)["spectrograms"]
    made = gan.sample(3, spectrograms=frames)
    assert made.shape == (3, 84, 1)
    expected = gan.evaluation_generator.predict(frames, verbose=0)
    np.testing.assert_allclose(made, expected, atol=1e-6)
    assert gan.sample(2, spectrograms=frames[0]).shape == (2, 84, 1)
    gan.save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras")
    assert loaded.data_shape == (32, 1)
    np.testing.assert_array_equal(loaded.sample(3, spectrograms=frames), made)
    with pytest.raises(ValueError, match=r"must equal the data shape \(40, 1\)"):
        gan.fit(recordings(12, 10), epochs=1, verbose=0)


def test_a_subclass_judges_any_size():
    class Judge(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = judge_of_waveforms()

        def call(self, inputs, training=None):
            return self.inner(inputs, training=training)

    gan = vocoder_gan(Judge())
    assert gan.data_name == "signals"  # a subclass bears no name for them
    for num_frames in (8, 9):
        drawn = recordings(4, num_frames)
        gan.fit({"signals": drawn.pop("waveforms"), **drawn}, epochs=1, verbose=0)
    assert gan.data_shape == (None, 1)
    assert gan.discriminate(recordings(5, 7)["waveforms"]).shape == (5,)


def test_images_of_any_size_are_told_beside_latents():
    def images(name):
        return keras.Input((None, None, 1), name=name)

    latents = keras.Input((2,), name="latents")
    sketches = images("sketches")
    maps = keras.layers.Conv2D(4, 3, 2, "same", activation="relu")(sketches)
    maps = maps + keras.layers.Reshape((1, 1, 4))(keras.layers.Dense(4)(latents))
    made = keras.layers.Conv2DTranspose(1, 4, 2, "same", activation="sigmoid")(maps)
    seen = [images("images"), images("sketches")]
    patches = keras.layers.Conv2D(1, 3)(keras.layers.Concatenate()(seen))
    gan = kg.GAN(
        keras.Model([latents, sketches], made),
        keras.Model(seen, patches),
        kg.priors.NormalPrior(2),
    )
    assert gan.data_shape == (None, None, 1)
    gan.compile("adam", "adam")
    for height, width in ((6, 8), (10, 4)):
        drawn = RANDOM.uniform(size=(8, height, width, 1)).astype("float32")
        gan.fit({"images": drawn, "sketches": 1 - drawn}, epochs=1, verbose=0)
        assert gan.sample(8, sketches=drawn).shape == (8, height, width, 1)
        assert gan.discriminate(drawn, sketches=drawn).shape == (8,)


def test_an_encoder_reads_data_of_any_size():
    latents = keras.Input((2,), name="latents")
    frames = keras.Input((None, BANDS), name="spectrograms")
    added = keras.layers.Dense(BANDS)(latents)
    inner = vocoder()(frames + keras.layers.Reshape((1, BANDS))(added))
    waveforms = keras.Input((None, 1), name="waveforms")
    pooled = keras.layers.GlobalAveragePooling1D()(
        keras.layers.Conv1D(4, 5, activation="relu")(waveforms)
    )
    encoder = keras.Model(waveforms, keras.layers.Dense(2)(pooled))
    gan = kg.GAN(
        keras.Model([latents, frames], inner),
        judge_of_waveforms(),
        kg.priors.NormalPrior(2),
        game=kg.games.Game(encoder),
    )
    gan.compile("adam", "adam", terms=[kg.terms.LatentRegression()])
    gan.fit(as_dataset([recordings(4, 8), recordings(4, 6)]), epochs=1, verbose=0)
    assert gan.encode(recordings(3, 11)["waveforms"]).shape == (3, 2)


# ----------------------------------------------------------------------------- exports


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    return Exports(vocoder_gan(), tmp_path_factory.mktemp("vocoders"))


@pytest.mark.parametrize("name", ["onnx", "saved_model", "litert"])
def test_artefacts_make_data_of_any_size(exports, name):
    path, report, record, card = exports[name]
    assert report.passed
    assert record["data_shape"] == [None, 1]
    assert "Waveforms of any x 1" in card
    assert f"np.zeros((4, 64, {BANDS})" in card
    frames = recordings(5, 23)["spectrograms"]  # of no size that parity tried
    made = export.run_artefact(path, spectrograms=frames)
    expected = exports.gan.sample(5, spectrograms=frames)
    np.testing.assert_allclose(made, expected, atol=1e-5)


def test_onnx_names_the_axis(exports):
    session = onnxruntime.InferenceSession(exports["onnx"].path)
    shapes = {
        one.name: one.shape for one in (*session.get_inputs(), *session.get_outputs())
    }
    assert shapes == {
        "spectrograms": ["batch", "spectrograms_1", BANDS],
        "waveforms": ["batch", "waveforms_1", 1],
    }


# ---------------------------------------------------------------------------- refusals


def test_what_is_made_must_have_the_size_of_the_data():
    gan = vocoder_gan()
    wrong = recordings(4, 8, samples_per_frame=HOP + 1)
    before = weights_of(gan)
    with pytest.raises(ValueError, match=r"\(32, 1\) must equal .* \(40, 1\)"):
        gan.fit(wrong, epochs=1, verbose=0)
    with pytest.raises(ValueError, match=r"size of the data.*\[4 40 1\].*\[4 32 1\]"):
        gan.fit(as_dataset([wrong]), epochs=1, verbose=0)
    for weight, expected in zip(weights_of(gan), before, strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_conditions_have_the_axes_of_the_input():
    gan = vocoder_gan()
    with pytest.raises(ValueError, match=r"must be one value of shape \(None, 3\)"):
        gan.sample(2, spectrograms=np.ones((2, 7, BANDS + 1), "float32"))
    with pytest.raises(ValueError, match="must be batched|in batches"):
        gan.fit(as_dataset([recordings(4, 8)]).unbatch(), epochs=1, verbose=0)


def test_channels_have_a_number():
    frames = keras.Input((8, None), name="frames")
    with pytest.raises(ValueError, match="last axis must have a size"):
        kg.GAN(keras.Model(frames, frames * 1.0), judge_of_waveforms(), None)


def test_masks_are_drawn_for_data_of_one_size():
    known = keras.Input((None, 1), name="known")
    generator = keras.Model(known, keras.layers.Conv1D(1, 3, padding="same")(known))
    with pytest.raises(ValueError, match="Masks are drawn for data of one size"):
        kg.GAN(generator, judge_of_waveforms(), None, game=kg.games.Inpainting())


def test_packs_of_data_of_any_size():
    latents = keras.Input((4,), name="latents")
    frames = keras.Input((None, BANDS), name="spectrograms")
    added = keras.layers.Reshape((1, BANDS))(keras.layers.Dense(BANDS)(latents))
    made = keras.layers.Dense(1, "tanh")(frames + added)
    packs = keras.Input((None, 2), name="waveforms")
    pooled = keras.layers.GlobalAveragePooling1D()(packs)
    gan = kg.GAN(
        keras.Model([latents, frames], made),
        keras.Model(packs, keras.layers.Dense(1)(pooled)),
        kg.priors.NormalPrior(4),
        packing=2,
    )
    gan.compile("adam", "adam", terms=[kg.terms.GradientPenalty()])
    batches = [recordings(4, num, samples_per_frame=1) for num in (20, 24)]
    gan.fit(as_dataset(batches), epochs=1, verbose=0)
    drawn = batches[0]["waveforms"]
    side_by_side = np.concatenate([drawn[0::2], drawn[1::2]], axis=-1)
    logits = gan.discriminator.predict(side_by_side, verbose=0)[:, 0]
    np.testing.assert_allclose(
        gan.discriminate(drawn), 1 / (1 + np.exp(-logits)), atol=1e-6
    )
