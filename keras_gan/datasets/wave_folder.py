"""Your own recordings, from a folder."""

import functools
import os
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from keras_gan._types import FloatArray
from keras_gan._validation import check_integer, check_known, check_positive_integer
from keras_gan.datasets._folder import find_files, of_each, tell_of_damaged
from keras_gan.datasets._recordings import (
    MAX_RATE,
    SUFFIXES,
    UnreadableRecordingError,
    rate_of,
    read_recording,
)
from keras_gan.datasets._splitting import split_rows
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.datasets.image_folder import ON_DAMAGED, labels_of_kept

_WHAT = "recordings"


def load_wave_folder(
    data_dir: str | os.PathLike[str] | None,
    length: int = 4_096,
    sampling_rate: int | None = None,
    valid_fraction: float = 0.1,
    test_fraction: float = 0.1,
    seed: int = 0,
    verbose: int = 0,
    on_damaged: str = "raise",
) -> Dataset:
    """Loads the beginning of all WAV files below a folder, at one rate and one level.

    Use it for short recordings such as words, notes or beats, which begin where their
    file does; they fit into memory, 4 bytes for each sample. Integers of 8 to 32 bits
    and floats of 32 and 64 bits are read, compressed samples are not. Of a recording x:

        x <- mean of its channels
        x <- x - mean(x)
        x <- x resampled to `sampling_rate`, where it has another
        x <- 0.95 * x / max|x|
        the first `length` samples of x, or all of them and zeros after its end

    Mean and peak are those of the whole recording. Levels are made equal because a game
    would otherwise learn first how loud each recording is. Which split one is in
    depends on `seed` and on the names of all recordings that can be read.

    Args:
        data_dir: folder; its subfolders are searched too.
        length: int, at least 1, samples of each waveform. Defaults to `4_096`.
        sampling_rate: int from 1 to 384_000, in Hz, to which recordings of another rate
            are resampled with an antialiasing filter; `None` for that of the
            recordings, where all have one. Defaults to `None`.
        valid_fraction: float in [0, 1), share of recordings to validate on; at least
            one recording does. Defaults to `0.1`.
        test_fraction: float in [0, 1), likewise. Defaults to `0.1`.
        seed: int in [0, 2^31), of the split. Defaults to `0`.
        verbose: int. `1` shows progress. Defaults to `0`.
        on_damaged: str, `"raise"`, or `"skip"` to leave out, with a warning that lists
            them, recordings that cannot be read. Silent ones cannot, with a peak below
            1e-4 of full scale, nor those of more than 67,108,864 samples in all
            channels. Defaults to `"raise"`.

    Returns:
        data: `Dataset`, named as the folder, waveforms `[num_recordings, length, 1]`
        float32 in the range [-1, 1]. Labels number the subfolders in alphabetical
        order; there are none where a recording lies in `data_dir` itself. Its
        `sampling_rate` is that of the waveforms.

    Raises:
        FileNotFoundError: if `data_dir` is no folder.
        ValueError: if it has fewer than three recordings, if recordings cannot be read,
            all of which are listed, if rates differ and `sampling_rate` does not say
            which to take, or if the fractions leave nothing to train on.

    Warns:
        UserWarning: if there are files of other kinds, which are left out, or if
            recordings are skipped.

    Example:
    ```python
    data = kg.datasets.load_wave_folder("digits", length=8_192, sampling_rate=8_000)
    data.train.waveforms.shape     # (num_recordings, 8192, 1)
    ```
    """
    check_positive_integer("length", length)
    if sampling_rate is not None:
        check_integer("sampling_rate", sampling_rate, minimum=1, maximum=MAX_RATE)
    check_known("on_damaged", on_damaged, ON_DAMAGED)
    folder, paths, others = find_files(data_dir, _WHAT, SUFFIXES)
    if others is not None:
        warnings.warn(others, stacklevel=2)
    fractions = (valid_fraction, test_fraction, seed, _WHAT)
    split_rows(len(paths), *fractions)  # before they are read
    rates, damaged = of_each(paths, rate_of, unreadable=UnreadableRecordingError)
    # Where damage ends it all, the others are read to know of damage alone.
    if sampling_rate is None and not (damaged and on_damaged == "raise"):
        _check_one_rate(folder, rates.values())
    read = functools.partial(_beginning, length=length, sampling_rate=sampling_rate)
    signals, more = of_each(
        [*rates], read, verbose, UnreadableRecordingError, unit_name="recording"
    )
    tell_of_damaged(folder, damaged | more, on_damaged, _WHAT)
    kept = [*signals]
    splits = split_rows(len(kept), *fractions)
    values = np.empty((len(kept), length, 1), "float32")
    for row, path in enumerate(kept):
        values[row, :, 0] = signals.pop(path)
    labels = labels_of_kept(folder, paths, kept)
    train, valid, test = (
        Split(values[rows], None if labels is None else labels[rows], "waveforms")
        for rows in splits
    )
    return Dataset(
        folder.resolve().name,
        train,
        valid,
        test,
        value_range=(-1.0, 1.0),
        sampling_rate=sampling_rate or rates[kept[0]],
    )


def _beginning(path: Path, length: int, sampling_rate: int | None) -> FloatArray:
    """The first samples of a recording, zeros after its end, `[length]`."""
    beginning = np.zeros(length, "float32")
    signal = read_recording(path, sampling_rate)[:length]
    beginning[: len(signal)] = signal
    return beginning


def _check_one_rate(folder: Path, rates: Iterable[int]) -> None:
    found = sorted(set(rates))
    if len(found) > 1:
        raise ValueError(
            "`sampling_rate` must say at which rate the waveforms shall be: the "
            f"recordings in {folder} have {len(found)} rates, "
            f"{', '.join(map(str, found))} Hz. Give one of these, or any other; of a "
            "command it is --sampling-rate."
        )
