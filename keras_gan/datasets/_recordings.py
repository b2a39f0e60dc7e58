"""One recording as a signal: one channel, centered, at a stated rate and peak."""

import contextlib
import io
import math
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan.datasets._budget import Budget

SUFFIXES = frozenset({".wav"})
PEAK = 0.95
SILENT = 1e-4  # -80 dB of full scale: three steps of 16 bits, rounding and no sound
# 25 minutes at 44.1 kHz, 0.5 GB in float64 and 1 GB while resampled.
MAX_SAMPLES = 2**26
_AT_ONCE = Budget(MAX_SAMPLES)
MAX_RATE = 384_000  # that of the fastest converters; a filter has 20 taps for each Hz
_MAX_CHUNKS = 1_000  # a file of empty ones would take minutes


class UnreadableRecordingError(ValueError):
    """Why a recording cannot be read, without its name."""


class _Header(NamedTuple):
    """What is known of a file before its samples are read.

    Args:
        rate: int, in Hz.
        format: bytes of the chunk that describes the samples.
        start: int, offset of the samples in the file.
        size: int, bytes of the samples.
        num_samples: int, in all channels.
    """

    rate: int
    format: bytes
    start: int
    size: int
    num_samples: int


def rate_of(path: Path) -> int:
    """The sampling rate in Hz, by the header.

    Raises:
        UnreadableRecordingError: if the file has none, or more than `MAX_SAMPLES`.
    """
    with _damage_told(), open(path, "rb") as file:
        return _header(file).rate


def read_recording(path: Path, sampling_rate: int | None) -> FloatArray:
    """Returns a recording, its channels averaged, as one signal.

    Args:
        path: of the file.
        sampling_rate: int, in Hz, to which it is resampled; `None` leaves it.

    Returns:
        signal: float64 array `[num_samples]` with peak 0.95. Its mean is that of
        silence, 0, up to what resampling does at the ends.

    Raises:
        UnreadableRecordingError: if it is damaged, silent or too long.
    """
    # Numbers of any size may stand in a damaged file of floats.
    with _damage_told(), np.errstate(all="ignore"), open(path, "rb") as file:
        header = _header(file)
        with _AT_ONCE.taken(header.num_samples):
            signal = _centered(_decoded(file, header))
            if sampling_rate not in (None, header.rate):
                signal = _resampled(signal, header.rate, sampling_rate)
            return _leveled(signal)


@contextlib.contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, PermissionError, UnreadableRecordingError):
        raise
    # SciPy lets through whatever its parsing of damaged bytes ends in.
    except Exception as error:
        raise UnreadableRecordingError(f"damaged: {error!r}") from error


def _header(file: BinaryIO) -> _Header:
    """Where the samples are, once the header is known to be true of the file."""
    riff, _, wave = struct.unpack("<4sI4s", _read(file, 12))
    if (riff, wave) != (b"RIFF", b"WAVE"):
        raise UnreadableRecordingError("it is no RIFF WAVE file")
    chunks = _chunks(file)
    missing = [name for name in ("fmt ", "data") if name.encode() not in chunks]
    if missing:
        raise UnreadableRecordingError(f"it has no chunk {missing[0]!r}")
    start, size = chunks[b"fmt "]
    file.seek(start)
    # 40 bytes are all that any of its versions has.
    stated = _read(file, max(16, min(size, 40)))
    _, channels, rate, _, frame, bits = struct.unpack("<HHIIHH", stated[:16])
    _check_frames(channels, frame, bits)
    if not 1 <= rate <= MAX_RATE:
        raise UnreadableRecordingError(
            f"its sampling rate, {rate:,} Hz, is not from 1 to {MAX_RATE:,} Hz"
        )
    start, size = chunks[b"data"]
    there = os.fstat(file.fileno()).st_size - start
    if size > there:
        raise UnreadableRecordingError(
            f"it is cut: {size:,} bytes of samples are stated, {there:,} are there"
        )
    num_frames = size // frame
    if not num_frames:
        raise UnreadableRecordingError("it holds no samples")
    if num_frames * channels > MAX_SAMPLES:
        raise UnreadableRecordingError(
            f"its {num_frames * channels:,} samples are more than {MAX_SAMPLES:,}; "
            "divide it into shorter files"
        )
    return _Header(rate, stated, start, num_frames * frame, num_frames * channels)


def _read(file: BinaryIO, num_bytes: int) -> bytes:
    content = file.read(num_bytes)
    if len(content) < num_bytes:
        raise UnreadableRecordingError("it ends within its header")
    return content


def _chunks(file: BinaryIO) -> dict[bytes, tuple[int, int]]:
    """Offset and size of the chunks up to the one that completes what is needed."""
    found: dict[bytes, tuple[int, int]] = {}
    for _ in range(_MAX_CHUNKS):
        head = file.read(8)
        if len(head) < 8 or {b"fmt ", b"data"} <= found.keys():
            break
        name, size = struct.unpack("<4sI", head)
        found.setdefault(name, (file.tell(), size))
        file.seek(size + size % 2, os.SEEK_CUR)
    return found


def _check_frames(channels: int, frame: int, bits: int) -> None:
    """Raises unless samples of so many bits fill the bytes of a frame."""
    width = frame // channels if channels else 0  # 20 bits may lie in 3 or 4 bytes
    fits = channels * width == frame and 8 * width >= bits >= 1
    if not fits or width > 8 or (bits <= 8 and width > 1):
        raise UnreadableRecordingError(
            f"its header is damaged: {channels} channels of {bits} bits do not fill "
            f"frames of {frame} bytes"
        )


def _decoded(file: BinaryIO, header: _Header) -> Array:
    """Samples, `[num]` or `[num, channels]`, as SciPy reads them."""
    from scipy.io import wavfile

    file.seek(header.start)
    samples = _read(file, header.size)
    # Only what was measured is handed on: SciPy believes a size, and warns of the rest.
    parts = [b"WAVE", *_chunk(b"fmt ", header.format), *_chunk(b"data", samples)]
    content = b"".join([b"RIFF", struct.pack("<I", sum(map(len, parts))), *parts])
    _, decoded = wavfile.read(io.BytesIO(content))
    return decoded


def _chunk(name: bytes, content: bytes) -> tuple[bytes, ...]:
    return name, struct.pack("<I", len(content)), content, bytes(len(content) % 2)


def _centered(samples: Array) -> FloatArray:
    """One channel with mean 0, in units of full scale."""
    values = samples.astype("float64")
    if samples.dtype.kind == "u":
        values -= 128
        values /= 128
    elif samples.dtype.kind == "i":  # of 24 bits too, which SciPy shifts to the left
        values /= 2.0 ** (8 * samples.dtype.itemsize - 1)
    peak = np.abs(values).max()
    if not np.isfinite(peak):
        raise UnreadableRecordingError("it holds NaN or infinite samples")
    if peak > 1:
        values /= peak  # sums of the largest floats would not be finite
    mono = values if values.ndim == 1 else values.mean(axis=1)
    return mono - mono.mean()


def _leveled(signal: FloatArray) -> FloatArray:
    peak = np.abs(signal).max()
    if peak < SILENT:
        raise UnreadableRecordingError(
            f"it is silent: no sample is farther than {SILENT:g} of full scale "
            "from the mean"
        )
    return signal * (PEAK / peak)


def _resampled(signal: FloatArray, rate: int, sampling_rate: int) -> FloatArray:
    from scipy.signal import resample_poly

    divisor = math.gcd(rate, sampling_rate)
    up, down = sampling_rate // divisor, rate // divisor
    if len(signal) * up > MAX_SAMPLES * down:
        raise UnreadableRecordingError(
            f"from {rate:,} Hz it would be resampled to more than {MAX_SAMPLES:,} "
            "samples; divide it into shorter files"
        )
    return resample_poly(signal, up, down)
