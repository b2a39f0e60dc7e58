"""Features of sound: what its spectrum is like, and how much it changes."""

import keras

from keras_gan._validation import check_positive, check_positive_integer

_WINDOW, _HOP = 256, 64  # samples: 32 and 8 ms at 8 kHz
_LOWEST = 40.0  # Hz, below every voice
# Of a tone of half the range 50 dB below: what is quieter counts as silence, which no
# generator reaches in every band.
_LEAST_POWER = 1e-2
_BEL = 2.302585092994046  # log 10: features are in bels, a tenfold power each


def log_mel_statistics(
    sampling_rate: float = 8_000.0, num_bands: int = 40
) -> keras.Model:
    """Builds the feature network of waveforms: mean and deviation of log-mel bands.

    Use it for the Frechet and kernel distances, for precision and recall of sound:
    waveforms that sound alike differ at every place, so that distances of the samples
    themselves say little. It has no weights that were trained. Pass it to
    `extract_features`.

        band[k, t] = log10 max(mel[k] . |STFT(x)[t]|^2, 0.01)
        features   = (mean over t of band[k, t], standard deviation over t), k = 1 ... K

    Spectra are of 256 samples under a Hann window, 64 apart; the bands lie evenly on
    the mel scale from 40 Hz to half the sampling rate.

    Args:
        sampling_rate: float, above 0, samples a second. Defaults to `8000.0`.
        num_bands: int, at least 1: K. Defaults to `40`.

    Returns:
        network: `keras.Model` from waveforms `[batch, length, 1]` in [-1, 1], of more
        than 128 samples, to `[batch, 2 num_bands]` features.

    Raises:
        ValueError: if an argument is out of its range.

    Example:
    >>> import numpy as np
    >>> network = log_mel_statistics()
    >>> silence = np.zeros((1, 1_024, 1), "float32")
    >>> features = network(silence).numpy()
    >>> features.shape, features.min().item(), features.max().item()
    ((1, 80), -2.0, 0.0)

    References:
        Stevens, Volkmann, Newman, A scale for the measurement of the psychological
        magnitude pitch, 1937.
    """
    check_positive("sampling_rate", sampling_rate)
    check_positive_integer("num_bands", num_bands)
    # In float32 whatever the dtype policy is: features are compared by their name.
    waveforms = keras.Input((None, 1), dtype="float32", name="waveforms")
    power = keras.layers.MelSpectrogram(
        _WINDOW,
        _HOP,
        sampling_rate=sampling_rate,
        num_mel_bins=num_bands,
        min_freq=_LOWEST,
        max_freq=sampling_rate / 2,
        power_to_db=False,  # Keras's decibels depend on the loudest of a batch
        dtype="float32",
        name="mel",
    )(waveforms[..., 0])  # [batch, num_bands, num_frames]
    bands = keras.ops.log(keras.ops.maximum(power, _LEAST_POWER)) / _BEL
    mean = keras.ops.mean(bands, axis=2)
    deviation = keras.ops.std(bands, axis=2)
    joined = keras.layers.Concatenate(dtype="float32", name="features")
    features = joined([mean, deviation])
    name = f"log_mel_statistics_{num_bands}_at_{sampling_rate:g}_hz"
    return keras.Model(waveforms, features, name=name)
