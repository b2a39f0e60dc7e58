"""Log-mel spectrogram: what a vocoder is told of a waveform."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan._validation import (
    check_nonnegative,
    check_positive,
    check_positive_integer,
)

_LEAST_POWER = 1e-9  # under the root, whose slope is infinite at 0
_LEAST_MAGNITUDE = 1e-5  # before the logarithm


@keras.saving.register_keras_serializable(package="keras_gan")
class LogMelSpectrogram(keras.layers.Layer):
    """Logarithms of how loud a waveform is in mel bands, frame by frame.

    Use it for what the generator of a vocoder is told, and for the distance of what it
    makes (`keras_gan.terms.Reconstruction(features=...)`). One frame stands for
    `hop_length` samples, so that a generator that lengthens frames by as much makes a
    waveform of the same length; slopes are finite in digital silence. What
    `keras.layers.MelSpectrogram` makes has a frame more, and decibels that depend on
    the loudest waveform of a batch.

        spectrum[t] = |FFT(hann * x[t hop - pad : t hop - pad + window])|
        outputs[t]  = log max(mel . spectrum[t], 1e-5),  pad = (window - hop) / 2

    Beyond the ends the waveform is reflected. The bands are triangles on the mel scale
    1127 log(1 + f / 700), with height 1.

    Args:
        num_bands: int, at least 1. Defaults to `40`.
        window_length: int, even, samples of a spectrum. Defaults to `256`.
        hop_length: int, even, samples from one frame to the next; at most
            `window_length`. Defaults to `64`.
        sampling_rate: float, above 0, samples a second. Defaults to `8000.0`.
        min_frequency: float, at least 0, in Hz, where the first band begins.
            Defaults to `0.0`.
        max_frequency: float, in Hz, where the last band ends; `None` for half the
            sampling rate. Defaults to `None`.
        **kwargs: what `keras.layers.Layer` takes.

    Input shape: `[batch, length, 1]`, the length a multiple of `hop_length`.

    Output shape: `[batch, length / hop_length, num_bands]`, float32.

    Raises:
        ValueError: if an argument lies outside its range, or, when it is built, the
            inputs are no waveforms of one channel or their length is no such multiple.

    Example:
    >>> layer = LogMelSpectrogram()
    >>> layer(tf.zeros((2, 4096, 1))).shape
    TensorShape([2, 64, 40])

    References:
        Kong et al., HiFi-GAN, 2020, and its code (meldataset.py).
        https://arxiv.org/abs/2010.05646
    """

    def __init__(
        self,
        num_bands: int = 40,
        window_length: int = 256,
        hop_length: int = 64,
        sampling_rate: float = 8_000.0,
        min_frequency: float = 0.0,
        max_frequency: float | None = None,
        **kwargs: Any,
    ) -> None:
        # Spectra of half precision have no quiet bands.
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.num_bands = check_positive_integer("num_bands", num_bands)
        self.window_length = check_positive_integer("window_length", window_length)
        self.hop_length = check_positive_integer("hop_length", hop_length)
        self.sampling_rate = check_positive("sampling_rate", sampling_rate)
        self.min_frequency = check_nonnegative("min_frequency", min_frequency)
        self.max_frequency = max_frequency
        if hop_length > window_length or window_length % 2 or hop_length % 2:
            raise ValueError(
                "`hop_length` must be at most `window_length`, and both even. Received:"
                f" hop_length={hop_length}, window_length={window_length}"
            )
        highest = self._highest()
        if not min_frequency < highest <= sampling_rate / 2:
            raise ValueError(
                "`max_frequency` must lie above `min_frequency` and at most at half the"
                f" sampling rate. Received: {min_frequency=}, {max_frequency=}, "
                f"{sampling_rate=}"
            )

    def _highest(self) -> float:
        if self.max_frequency is None:
            return self.sampling_rate / 2
        return check_positive("max_frequency", self.max_frequency)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Checks that the inputs are waveforms of whole frames."""
        if len(input_shape) != 3 or input_shape[2] != 1:
            raise ValueError(
                "`LogMelSpectrogram` needs waveforms [batch, length, 1]. Received: "
                f"input_shape={input_shape}"
            )
        length = input_shape[1]
        if length is not None and (
            length % self.hop_length or length <= self._padding()
        ):
            raise ValueError(
                "`LogMelSpectrogram` needs waveforms whose length is a multiple of "
                f"hop_length={self.hop_length} and above {self._padding()}. Received: "
                f"input_shape={input_shape}"
            )

    def _padding(self) -> int:
        return (self.window_length - self.hop_length) // 2

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the logarithms of the bands."""
        beyond = [self._padding()] * 2
        padded = tf.pad(inputs[..., 0], [[0, 0], beyond], mode="REFLECT")
        spectra = tf.signal.stft(
            padded, self.window_length, self.hop_length, self.window_length
        )  # [batch, num_frames, window_length // 2 + 1]
        power = tf.square(tf.math.real(spectra)) + tf.square(tf.math.imag(spectra))
        magnitudes = tf.sqrt(power + _LEAST_POWER)
        bands = tf.matmul(magnitudes, self.mel_matrix())
        return tf.math.log(tf.maximum(bands, _LEAST_MAGNITUDE))

    def mel_matrix(self) -> Tensor:
        """Returns the share of each frequency in each band, `[frequencies, bands]`."""
        return tf.signal.linear_to_mel_weight_matrix(
            self.num_bands,
            self.window_length // 2 + 1,
            self.sampling_rate,
            self.min_frequency,
            self._highest(),
        )

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns `(batch, length / hop_length, num_bands)`."""
        batch, length, _ = input_shape
        num_frames = None if length is None else length // self.hop_length
        return (batch, num_frames, self.num_bands)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this layer."""
        return {
            **super().get_config(),
            "num_bands": self.num_bands,
            "window_length": self.window_length,
            "hop_length": self.hop_length,
            "sampling_rate": self.sampling_rate,
            "min_frequency": self.min_frequency,
            "max_frequency": self.max_frequency,
        }
