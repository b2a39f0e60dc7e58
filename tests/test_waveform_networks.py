"""Networks, layers and features of waveforms."""

import keras
import numpy as np
import pytest
import scipy.signal
import scipy.stats
import tensorflow as tf

import keras_gan as kg
from keras_gan._quarterings import is_quartered, nearest_quartered
from keras_gan.evaluation import feature_networks

PHASES = np.arange(-2, 3)


def waves(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype("float32")


# ------------------------------------------------------------------ phase shuffle


def moved(inputs, shift):
    """By NumPy: outputs[t] = inputs[t - shift], reflected beyond the ends."""
    padded = np.pad(inputs, ((0, 0), (2, 2), (0, 0)), mode="reflect")
    return padded[:, 2 - shift : 2 - shift + inputs.shape[1]]


def shift_of(outputs, inputs):
    (found,) = [p for p in PHASES if np.array_equal(outputs, moved(inputs, p))]
    return found


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_batch_is_moved_by_one_of_all_shifts_equally_often(jit_compile):
    layer, inputs = kg.layers.PhaseShuffle(2, seed=3), waves(4, 9, 2)

    @tf.function(jit_compile=jit_compile)
    def play():
        return layer(inputs, training=True)

    shifts = [shift_of(play().numpy(), inputs) for _ in range(200)]
    counts = [shifts.count(p) for p in PHASES]
    assert scipy.stats.chisquare(counts).pvalue > 1e-3
    np.testing.assert_array_equal(layer(inputs, training=False), inputs)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_moved_batch_has_slopes_of_both_orders(jit_compile):
    layer, inputs = kg.layers.PhaseShuffle(2, seed=3), waves(1, 6, 1)
    weights = tf.constant(waves(6, 1, seed=1))

    @tf.function(jit_compile=jit_compile)
    def slopes():
        values = tf.constant(inputs)
        with tf.GradientTape() as outer:
            outer.watch(values)
            with tf.GradientTape() as inner:
                inner.watch(values)
                outputs = layer(values, training=True)
                loss = tf.reduce_sum(weights * outputs**3)
            slope = inner.gradient(loss, values)
            penalty = tf.reduce_sum(slope**2)
        return outputs, slope, outer.gradient(penalty, values)

    outputs, slope, second = (one.numpy().astype("float64") for one in slopes())
    # As a matrix M the move gives 3 M' (w (M x)^2), whose square has the slope
    # 12 M' (w (M x) (M s)).
    eye = np.eye(6)[..., None]
    matrix = moved(eye, shift_of(outputs.astype("float32"), inputs))[..., 0].T
    x, w = inputs.ravel().astype("float64"), weights.numpy().ravel()
    s = 3 * matrix.T @ (w * (matrix @ x) ** 2)
    np.testing.assert_allclose(slope.ravel(), s, rtol=1e-5, atol=1e-5)
    expected = 12 * matrix.T @ (w * (matrix @ x) * (matrix @ s))
    np.testing.assert_allclose(second.ravel(), expected, rtol=1e-4, atol=1e-4)


def test_what_cannot_be_moved_is_refused():
    with pytest.raises(ValueError, match="longer than max_shift=2"):
        kg.layers.PhaseShuffle(2)(waves(3, 2, 1))
    with pytest.raises(ValueError, match="`PhaseShuffle` needs inputs"):
        kg.layers.PhaseShuffle(2)(waves(3, 8))
    with pytest.raises(ValueError, match="`max_shift`"):
        kg.layers.PhaseShuffle(-1)


# ----------------------------------------------------------------------- networks


@pytest.mark.parametrize(
    ("length", "base_filters", "of_generator", "of_discriminator"),
    [
        # Counted in the published code (chrisdonahue/wavegan), and narrower.
        (16_384, 64, 19_065_345, 17_427_969),
        (8_192, 16, 1_295_489, 1_090_945),
        (4_096, 16, 476_161, 271_489),
    ],
)
def test_networks_have_the_published_number_of_weights(
    length, base_filters, of_generator, of_discriminator
):
    networks = kg.networks
    generator = networks.wavegan_generator(100, (length, 1), base_filters)
    discriminator = networks.wavegan_discriminator((length, 1), base_filters)
    assert generator.count_params() == of_generator
    assert discriminator.count_params() == of_discriminator


def test_networks_have_the_published_maps():
    generator = kg.networks.wavegan_generator(100, (16_384, 1))
    maps = [(16, 1024), (64, 512), (256, 256), (1024, 128), (4096, 64), (16_384, 1)]
    found = [
        layer.output.shape[1:]
        for layer in generator.layers
        if "start" in layer.name or "convolution" in layer.name
    ]
    assert found == maps
    discriminator = kg.networks.wavegan_discriminator((16_384, 1))
    names = [layer.name.rstrip("_0123456789") for layer in discriminator.layers]
    block = ["convolution", "leaky_relu", "phase_shuffle"]
    assert names[1:] == [*block * 4, *block[:2], "flatten", "logits"]
    found = [
        layer.output.shape[1:]
        for layer in discriminator.layers
        if "leaky" in layer.name
    ]
    assert found == [(4096, 64), (1024, 128), (256, 256), (64, 512), (16, 1024)]


def test_a_discriminator_goes_by_no_phase():
    quiet = kg.networks.wavegan_discriminator((256, 1), 4, max_shift=0)
    assert not any(isinstance(one, kg.layers.PhaseShuffle) for one in quiet.layers)
    network = kg.networks.wavegan_discriminator((256, 1), 4)
    some = waves(8, 256, 1)
    still = [network(some, training=False).numpy() for _ in range(2)]
    np.testing.assert_array_equal(*still)
    played = {network(some, training=True).numpy().tobytes() for _ in range(20)}
    assert 1 < len(played) <= len(PHASES)


@pytest.mark.parametrize("length", [1, 17, 101, 4_000, 11_025, 16_000])
def test_a_length_that_does_not_divide_is_refused_with_one_that_does(length):
    near = nearest_quartered(length)
    told = f"cut or pad the waveforms to {near}"
    with pytest.raises(ValueError, match=told):
        kg.networks.wavegan_generator(8, (length, 1))
    assert kg.networks.wavegan_discriminator((near, 1), 2).count_params() > 0
    others = (n for n in range(17, 40_000) if is_quartered(n))
    assert abs(near - length) == min(abs(n - length) for n in others)


@pytest.mark.parametrize("shape", [(64,), (64, 1, 1), 64, (0, 1), (64.0, 1)])
def test_a_shape_that_is_none_of_waveforms_is_refused(shape):
    with pytest.raises(ValueError, match="waveform_shape"):
        kg.networks.wavegan_discriminator(shape)


# ----------------------------------------------------------------------- features


def test_log_mel_statistics_are_those_of_scipy():
    waveforms = waves(3, 2_000, 1) * np.linspace(0, 1, 2_000)[:, None]
    network = kg.evaluation.log_mel_statistics(8_000, num_bands=20)
    found = kg.evaluation.extract_features(waveforms.astype("float32"), network)
    assert found.name == "log_mel_statistics_20_at_8000_hz"
    padded = np.pad(
        waveforms[..., 0].astype("float64"), ((0, 0), (128, 128)), "reflect"
    )
    window = scipy.signal.get_window("hann", 256)
    frames = np.lib.stride_tricks.sliding_window_view(padded, 256, axis=1)[:, ::64]
    power = np.abs(np.fft.rfft(frames * window)) ** 2  # [3, num_frames, 129]
    mel = tf.signal.linear_to_mel_weight_matrix(20, 129, 8_000, 40.0, 4_000.0).numpy()
    bands = np.log10(np.maximum(power @ mel, 1e-2))  # [3, num_frames, 20]
    expected = np.concatenate([bands.mean(axis=1), bands.std(axis=1)], axis=1)
    np.testing.assert_allclose(found.values, expected, rtol=2e-3, atol=2e-3)


def test_features_of_sound_do_not_depend_on_what_else_is_in_the_batch():
    network = kg.evaluation.log_mel_statistics()
    quiet, loud = 1e-3 * waves(1, 1_024, 1), waves(1, 1_024, 1, seed=1)
    beside = network(np.concatenate([quiet, loud])).numpy()[:1]
    np.testing.assert_allclose(beside, network(quiet).numpy(), atol=1e-5)


@pytest.mark.parametrize("name", ["harmonic_tones", "wave_folder"])
def test_sound_is_judged_by_them_in_every_range(name):
    of = kg.evaluation.feature_network_of
    waveforms = waves(4, 1_024, 1)
    expected = kg.evaluation.log_mel_statistics()(waveforms)
    for low, high in ((-1.0, 1.0), (0.0, 1.0), (0.0, 255.0)):
        shown = low + (high - low) * (waveforms + 1) / 2
        network = of(name, (1_024, 1), (low, high))()
        assert network.name.startswith("log_mel_statistics")
        np.testing.assert_allclose(network(shown), expected, atol=1e-3)
    assert of(name, (1_024, 2), (-1.0, 1.0)) is None  # of two channels


def test_sound_is_judged_by_the_bands_of_its_rate():
    of = feature_networks.feature_network_of
    network = of("wave_folder", (1_024, 1), (-1.0, 1.0), 16_000)
    assert feature_networks.name_of(network) == "log_mel_statistics"
    assert "16000_hz" in network().name
    expected = kg.evaluation.log_mel_statistics(16_000)(waves(4, 1_024, 1))
    np.testing.assert_array_equal(network()(waves(4, 1_024, 1)), expected)


@pytest.mark.parametrize(
    "arguments", [{"sampling_rate": 0}, {"num_bands": 0}, {"num_bands": 1.5}]
)
def test_bands_out_of_range_are_refused(arguments):
    (name,) = arguments
    with pytest.raises(ValueError, match=f"`{name}`"):
        kg.evaluation.log_mel_statistics(**arguments)


def test_layers_come_back_from_a_file(tmp_path):
    network = kg.networks.wavegan_discriminator((256, 1), 2, seed=5)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    layers = [one for one in loaded.layers if isinstance(one, kg.layers.PhaseShuffle)]
    assert [one.max_shift for one in layers] == [2]
    some = waves(2, 256, 1)
    np.testing.assert_array_equal(network(some), loaded(some))


# ------------------------------------------------------------------------ vocoders


def bands_of(waveforms, mel, window, hop):
    """By NumPy, in float64: [num, num_frames, num_bands]."""
    beyond = (window - hop) // 2
    padded = np.pad(waveforms[..., 0], ((0, 0), (beyond, beyond)), "reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, window, axis=1)[:, ::hop]
    hann = scipy.signal.get_window("hann", window)
    magnitudes = np.sqrt(np.abs(np.fft.rfft(frames * hann)) ** 2 + 1e-9)
    return np.log(np.maximum(magnitudes @ mel, 1e-5))


def mel_triangles(num_bands, window, rate, low, high):
    """Triangles of height 1 between points even on 1127 log(1 + f / 700)."""
    mel = 1127 * np.log1p(np.fft.rfftfreq(window, 1 / rate) / 700)
    ends = 1127 * np.log1p(np.array([low, high]) / 700)
    points = np.linspace(*ends, num_bands + 2)
    rising = (mel[:, None] - points[:-2]) / np.diff(points)[:-1]
    falling = (points[2:] - mel[:, None]) / np.diff(points)[1:]
    triangles = np.maximum(0, np.minimum(rising, falling))
    triangles[0] = 0  # TensorFlow leaves the constant out of all bands
    return triangles


@pytest.mark.parametrize(
    ("window", "hop", "low", "high"), [(256, 64, 0.0, None), (60, 30, 100.0, 3_000.0)]
)
def test_a_log_mel_spectrogram_is_that_of_numpy(window, hop, low, high):
    waveforms = waves(3, 20 * hop, 1) * np.linspace(0, 1, 20 * hop)[:, None]
    layer = kg.layers.LogMelSpectrogram(
        10, window, hop, min_frequency=low, max_frequency=high
    )
    found = layer(waveforms.astype("float32")).numpy()
    mel = mel_triangles(10, window, 8_000, low, high or 4_000)
    expected = bands_of(waveforms.astype("float64"), mel, window, hop)
    assert found.shape == (3, 20, 10)
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_spectra_have_slopes_in_silence_and_float32_in_half_precision():
    layer = kg.layers.LogMelSpectrogram(dtype="mixed_float16")
    silence = tf.zeros((1, 640, 1))
    with tf.GradientTape() as tape:
        tape.watch(silence)
        bands = layer(silence)
    assert bands.dtype == "float32"
    assert np.isfinite(tape.gradient(bands, silence)).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"hop_length": 63}, "both even"),
        ({"window_length": 257}, "both even"),
        ({"hop_length": 258}, "`hop_length` must be at most"),
        ({"max_frequency": 4_001.0}, "`max_frequency` must lie"),
        ({"min_frequency": 4_000.0}, "`max_frequency` must lie"),
        ({"num_bands": 0}, "`num_bands`"),
    ],
)
def test_spectra_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        kg.layers.LogMelSpectrogram(**arguments)


@pytest.mark.parametrize("shape", [(2, 100, 1), (2, 64, 1), (2, 640, 2), (2, 640)])
def test_waveforms_without_whole_frames_are_refused(shape):
    with pytest.raises(ValueError, match="`LogMelSpectrogram` needs waveforms"):
        kg.layers.LogMelSpectrogram()(waves(*shape))


def test_vocoders_have_the_published_number_of_weights():
    # 13.92 and 0.92 million in table 1 of the paper; weights of V1 without the lengths
    # of weight normalization.
    published = {512: 13_926_017, 128: 925_985}
    for base_filters, num_weights in published.items():
        network = kg.networks.hifigan_generator(80, (8, 8, 2, 2), base_filters)
        assert network.count_params() == num_weights


def test_vocoders_have_the_published_slopes():
    # models.py of jik876/hifi-gan: LRELU_SLOPE is 0.1, and the last call of leaky_relu
    # leaves it out, which is 0.01.
    network = kg.networks.hifigan_generator(5, (2, 3), 8, (3,), (1,))
    rectifiers = (keras.layers.LeakyReLU,)
    slopes = [
        one.negative_slope for one in network.layers if isinstance(one, rectifiers)
    ]
    assert slopes[-1] == 0.01 and set(slopes[:-1]) == {0.1}


def test_judges_have_the_weights_of_the_published_layers():
    # Taps, inputs and outputs of each convolution, and groups where it has several.
    of_period = [(5, 1, 32), (5, 32, 128), (5, 128, 512), (5, 512, 1024)]
    of_period += [(5, 1024, 1024), (3, 1024, 1)]
    of_scale = [(15, 1, 128), (41, 128, 128, 4), (41, 128, 256, 16), (41, 256, 512, 16)]
    of_scale += [(41, 512, 1024, 16), (41, 1024, 1024, 16), (5, 1024, 1024)]
    of_scale += [(3, 1024, 1)]
    for layers, judge in ((of_period, ((2,), 0)), (of_scale, ((), 1))):
        expected = sum(
            taps * inputs // (groups[0] if groups else 1) * outputs + outputs
            for taps, inputs, outputs, *groups in layers
        )
        network = kg.networks.hifigan_discriminator(8_192, *judge)
        assert network.count_params() == expected


def test_a_judge_of_a_period_sees_each_pth_sample_alone():
    network = kg.networks.hifigan_discriminator(50, (7,), num_scales=0, base_filters=1)
    logits = network(waves(1, 50, 1))["logits"][0].numpy()  # [1, rows, 7, 1]
    touched = waves(1, 50, 1)
    touched[0, 10] += 1.0  # the fourth of its seven
    other = network(touched)["logits"][0].numpy()
    changed = np.abs(other - logits).max(axis=(0, 1, 3))
    assert changed[3] > 0 and np.delete(changed, 3).max() == 0


def test_judges_of_scales_see_means():
    network = kg.networks.hifigan_discriminator(
        256, (), num_scales=3, base_filters=1, grouped=False
    )
    lengths = [maps.shape[1] for maps in network.output["logits"]]
    assert lengths == [4, 2, 1]  # of 256, 128 and 64 samples, shortened 64 times
    grouped = kg.networks.hifigan_discriminator(64, (), 1, base_filters=4)
    groups = [layer.groups for layer in grouped.layers if "convolution" in layer.name]
    assert groups == [1, 4, 16, 16, 16, 16, 1]


def test_a_generator_makes_waveforms_of_any_length():
    network = kg.networks.hifigan_generator(5, (2, 3), 8, (3,), (1,))
    for num_frames in (4, 9):
        assert network(waves(2, num_frames, 5)).shape == (2, 6 * num_frames, 1)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda kn: kn.hifigan_generator(base_filters=12), "`base_filters` must halve"),
        (lambda kn: kn.hifigan_generator(upsampling=(0, 2)), "upsampling"),
        (lambda kn: kn.hifigan_discriminator(64, (), 0), "must leave a discriminator"),
        (lambda kn: kn.hifigan_discriminator(62), "divisible by 4"),
        (lambda kn: kn.hifigan_discriminator(8, (11,), 1), "longer than each period"),
        (lambda kn: kn.hifigan_discriminator(64, (1,)), "`periods`"),
    ],
)
def test_vocoders_that_cannot_be_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build(kg.networks)


@pytest.mark.parametrize(
    ("build", "arguments"),
    [
        (kg.networks.hifigan_generator, {"dilations": (1, 1)}),
        (kg.networks.hifigan_generator, {"kernel_sizes": (3, 3)}),
        (
            lambda **periods: kg.networks.hifigan_discriminator(64, **periods),
            {"periods": (2, 2)},
        ),
    ],
)
def test_layers_that_are_named_by_their_sizes_have_different_ones(build, arguments):
    (name,) = arguments
    with pytest.raises(ValueError, match=f"`{name}` must differ"):
        build(**arguments)


def test_features_of_sound_do_not_depend_on_the_dtype_policy():
    waveforms = np.random.default_rng(0).normal(size=(3, 2_000, 1)).astype("float32")
    expected = kg.evaluation.log_mel_statistics()(waveforms)
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        received = kg.evaluation.log_mel_statistics()(waveforms)
    finally:
        keras.config.set_dtype_policy("float32")
    assert received.dtype == "float32"
    np.testing.assert_array_equal(received, expected)
