"""Decaying tones of known pitch as datasets: a first game with sound, without files."""

import math

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_integer, check_positive_integer, check_seed
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.datasets.points import sizes_and_seeds

LOWEST, HIGHEST = 80.0, 400.0
"""Bounds of the fundamentals, in Hz."""

_NUM_PARTIALS = 8
_TIME_CONSTANTS = (0.1, 0.4)  # seconds
_ATTACK = 0.005  # seconds: a tone that is there at once begins with a click
# The integral of sin(t) / t over [0, pi] bounds every sum of sin(k x) / k, k = 1..K.
_BOUND = 1.8519370519824662
_AMPLITUDE = 0.95 / _BOUND
_AT_ONCE = 2**16  # samples: the arrays of a chunk stay in the processor's cache


def load_harmonic_tones(
    num_train: int = 4_000,
    num_valid: int = 500,
    num_test: int = 500,
    seed: int = 0,
    length: int = 4_096,
    sampling_rate: int = 8_000,
) -> Dataset:
    """Draws decaying harmonic tones, whose pitch follows a known law.

    Use it for a first game with sound: it needs no file, and the fundamentals of
    generated tones can be held against their law, log-uniform from 80 to 400 Hz.
    `keras_gan.datasets.harmonic_tones` has the formula.

    Args:
        num_train: int, at least 1. Training tones. Defaults to `4_000`.
        num_valid: int, at least 1. Validation tones. Defaults to `500`.
        num_test: int, at least 1. Test tones. Defaults to `500`.
        seed: int in [0, 2^31), of the draws; the size of one split does not change
            another. Defaults to `0`.
        length: int, at least 1, samples of each tone. Defaults to `4_096`.
        sampling_rate: int, at least 801, in Hz. Defaults to `8_000`.

    Returns:
        data: `Dataset` called `"harmonic_tones"`, waveforms `[num_tones, length, 1]`
        in the range [-1, 1]. Labels 0..6 number the thirds of an octave above 80 Hz.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> data = load_harmonic_tones(num_train=1000, length=1024)
    >>> data
    Dataset('harmonic_tones', 1000/500/500 waveforms (1024, 1) in [-1, 1], 7 classes)
    >>> data.train.waveforms.shape
    (1000, 1024, 1)
    """
    sizes = (num_train, num_valid, num_test)
    splits = []
    for size, of_split in sizes_and_seeds(sizes, seed):
        tones, fundamentals = harmonic_tones(size, length, sampling_rate, of_split)
        splits.append(Split(tones, _thirds_of_an_octave(fundamentals), "waveforms"))
    train, valid, test = splits
    return Dataset(
        "harmonic_tones",
        train,
        valid,
        test,
        value_range=(-1.0, 1.0),
        sampling_rate=sampling_rate,
    )


def harmonic_tones(
    num: int, length: int = 4_096, sampling_rate: int = 8_000, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    """Draws decaying harmonic tones, and says how high each of them is.

    Use it where a measure needs the exact pitch of what it listens to. With n = 0, 1, …
    the sample and t = n / sampling_rate its time in seconds:

        f   = 80 * 5^u, u uniform in [0, 1)       # the fundamental in Hz, 80..400
        tau uniform in [0.1, 0.4)                 # the time constant in seconds
        x_n = a * min(1, t / 0.005) * exp(-t / tau)
                * sum_{k=1..K} sin(2 pi k f t) / k
        K   = 8, or as many as have k f < sampling_rate / 2
        a   = 0.95 / 1.8519… = 0.95 / (integral of sin(s) / s over [0, pi])

    All partials start at phase 0. The integral bounds the sum, whatever K is: no sample
    exceeds 0.95, and the level of a partial does not depend on the pitch.

    Args:
        num: int, at least 1, of tones.
        length: int, at least 1, samples of each. Defaults to `4_096`.
        sampling_rate: int, at least 801, in Hz: half of it lies above the highest
            fundamental. Defaults to `8_000`.
        seed: int in [0, 2^31); the same seed gives the same tones, and pitches that
            `length` and `sampling_rate` do not change. Defaults to `0`.

    Returns:
        waveforms: float32 array `[num, length, 1]` in [-0.95, 0.95].
        fundamentals: float64 array `[num]`, in Hz.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> waveforms, fundamentals = harmonic_tones(1000, length=512)
    >>> waveforms.shape, fundamentals.shape
    ((1000, 512, 1), (1000,))
    >>> bool(80 <= fundamentals.min() and fundamentals.max() <= 400)
    True
    """
    check_positive_integer("num", num)
    check_positive_integer("length", length)
    check_integer("sampling_rate", sampling_rate, minimum=math.floor(2 * HIGHEST) + 1)
    random_numbers = np.random.default_rng(check_seed("seed", seed))
    fundamentals = LOWEST * (HIGHEST / LOWEST) ** random_numbers.uniform(size=num)
    time_constants = random_numbers.uniform(*_TIME_CONSTANTS, size=num)
    times = np.arange(length) / sampling_rate  # [length]
    attack = _AMPLITUDE * np.minimum(1.0, times / _ATTACK)
    waveforms = np.empty((num, length, 1), "float32")
    rows = max(1, _AT_ONCE // length)
    for start in range(0, num, rows):
        chunk = slice(start, start + rows)
        tones = _sum_of_partials(fundamentals[chunk, None], times, sampling_rate)
        tones *= attack * np.exp(-times / time_constants[chunk, None])
        waveforms[chunk, :, 0] = tones
    return waveforms, fundamentals


def _sum_of_partials(
    fundamentals: FloatArray, times: FloatArray, sampling_rate: int
) -> FloatArray:
    """The sum over k of sin(2 pi k f t) / k, `[num, length]`, below half the rate."""
    angles = 2 * np.pi * fundamentals * times
    before, partial = np.zeros_like(angles), np.sin(angles)
    twice_cosine, total = 2 * np.cos(angles), partial.copy()
    for k in range(2, _NUM_PARTIALS + 1):
        # sin((k + 1) x) = 2 cos(x) sin(k x) - sin((k - 1) x): a quarter of the time.
        before, partial = partial, twice_cosine * partial - before
        total += partial * ((k * fundamentals < sampling_rate / 2) / k)
    return total


def _thirds_of_an_octave(fundamentals: FloatArray) -> Array:
    return np.floor(3 * np.log2(fundamentals / LOWEST)).astype("int32")
