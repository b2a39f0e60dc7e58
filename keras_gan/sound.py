"""Waveforms as files that one can listen to."""

import os

import numpy as np

from keras_gan._files import replacing
from keras_gan._types import FloatArray
from keras_gan._validation import check_nonnegative, check_positive_integer

__all__ = ["SAMPLING_RATE", "save_waveforms"]
__dir__ = __all__.copy

SAMPLING_RATE = 8_000
"""Samples a second where nobody says another number: that of telephones."""

_LARGEST = 32_767  # of 16 bits


def save_waveforms(
    path: str | os.PathLike[str],
    waveforms: FloatArray,
    sampling_rate: int = SAMPLING_RATE,
    pause: float = 0.25,
) -> None:
    """Writes waveforms one after the other into a WAV file of 16 bits.

    Use it to hear samples: a picture of a waveform hides what an ear finds at once.

    Args:
        path: of the file; its folder is created.
        waveforms: float array `[num, length, channels]` in [-1, 1], beyond which it is
            clipped.
        sampling_rate: int, at least 1, samples a second. Defaults to `8_000`.
        pause: float, at least 0, seconds of silence behind each. Defaults to `0.25`.

    Raises:
        TypeError: if `waveforms` are no floats.
        ValueError: if `waveforms` are of another shape, none, or not finite, or a
            number is too small.

    Example:
    ```python
    tones = kg.datasets.load_harmonic_tones(num_train=10)
    kg.sound.save_waveforms("tones.wav", tones.train.waveforms, sampling_rate=8_000)
    ```
    """
    from scipy.io import wavfile

    waveforms = np.asarray(waveforms)
    check_positive_integer("sampling_rate", sampling_rate)
    num_silent = round(check_nonnegative("pause", pause) * sampling_rate)
    if waveforms.ndim != 3 or not waveforms.size:
        raise ValueError(
            "`waveforms` must have shape [num, length, channels] with at least one row."
            f" Received: waveforms.shape={waveforms.shape}"
        )
    if waveforms.dtype.kind != "f":
        raise TypeError(
            "`waveforms` must be floats in [-1, 1]. Received: dtype="
            f"{waveforms.dtype}; divide integers of 16 bits by 32768."
        )
    if not np.isfinite(waveforms).all():
        raise ValueError("`waveforms` must be finite. Received: NaN or infinite values")
    # In float16 32767 is 32768, which wraps.
    clipped = np.clip(waveforms.astype("float32"), -1.0, 1.0)
    levels = np.round(_LARGEST * clipped).astype("int16")
    silent = ((0, 0), (0, num_silent), (0, 0))
    frames = np.pad(levels, silent).reshape(-1, levels.shape[2])
    with replacing(path) as partial:
        wavfile.write(partial, sampling_rate, frames)
