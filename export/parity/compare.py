"""Reload an artefact in its own runtime, feed it what Keras gets, compare."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from export.contract.conditions import conditions_of
from export.contract.contents import Contents
from export.contract.export_format import TOLERANCE, ExportFormat
from export.contract.names import (
    GENERATE,
    LATENTS,
)
from export.contract.precision import in_float32
from export.formats import find_artefact
from export.parity.cases import Case, cases_for
from export.parity.differences import (
    largest,
    largest_by_class,
    what_became_of_strangers,
)
from export.parity.elsewhere import play_elsewhere
from export.parity.player import REFUSAL
from export.parity.report import ParityReport
from keras_gan._types import Array, FloatArray
from keras_gan._validation import MAX_SEED, check_integer, check_positive_integer
from keras_gan.gan import GAN

T = TypeVar("T")

BATCH_SIZES = (1, 7, 64)
SEED = 20140610


def check_parity(
    gan: GAN,
    path: str | os.PathLike[str],
    batch_sizes: Sequence[int] = BATCH_SIZES,
    seed: int = SEED,
    tolerance: float = TOLERANCE,
) -> ParityReport:
    """Reloads an artefact in a fresh process and compares it with Keras.

    Every endpoint is compared, on every class of each condition that is one. The
    process imports the artefact's runtime, such as ONNX Runtime, LiteRT or TensorFlow,
    and nothing of ours.

    Args:
        gan: the `GAN` it was exported from.
        path: artefact of any of `FORMATS`: an `.onnx` file, a `.tflite` file, the
            folder of a SavedModel, of one version or of all, of which the highest is
            taken.
        batch_sizes: ints, at least 1; two different ones show that the batch is
            dynamic. Defaults to `(1, 7, 64)`.
        seed: int, at least 0, of the inputs; with the largest batch size added it
            must stay below 2^31.
        tolerance: float, in the units of the generator. Defaults to `1e-5`; bytes get
            one gray level on top of it, where a value is rounded the other way, and
            float32 data beyond 1 so many times as much as the largest of them.

    Returns:
        report: `ParityReport`; ask its `passed`.

    Raises:
        FileNotFoundError: if there is nothing at `path`.
        RuntimeError: if the artefact does not run.
        ValueError: if the format is unknown, or the artefact is damaged.
    """
    format, artefact = find_artefact(Path(path))
    gan = in_float32(gan)  # as exports compute
    report, _ = compare(gan, format, artefact, batch_sizes, seed, tolerance)
    return report


def compare(
    gan: GAN,
    format: ExportFormat,
    path: Path,
    batch_sizes: Sequence[int] = BATCH_SIZES,
    seed: int = SEED,
    tolerance: float | None = TOLERANCE,
) -> tuple[ParityReport, list[tuple[Case, Any]]]:
    """Returns the report of `check_parity`, and each case with what was played.

    A tolerance of `None` is that of the format for the range of what Keras made.
    """
    sizes = [check_positive_integer("batch_sizes", size) for size in batch_sizes]
    # Each batch size has a seed of its own, `seed + size`.
    check_integer("seed", seed, maximum=MAX_SEED - max(sizes))
    contents = contents_of(format, path)
    cases, as_bytes = cases_for(gan, contents, sizes, seed)
    outputs = play_elsewhere(format, path, cases)
    played = [*zip(cases, outputs, strict=True)]
    compared = [(case, output) for case, output in played if case.output != REFUSAL]
    differences = [
        (case, np.abs(output.astype("float64") - case.expected))
        for case, output in compared
    ]
    made = [one.expected for one, _ in compared if one.output == contents.data_name]
    if tolerance is None:
        ends = [float(end(one)) for one in made for end in (np.min, np.max)]
        tolerance = format.tolerance((min(ends), max(ends)) if made else None)
    elif not (as_bytes or format.loses):  # these state theirs for the whole range
        tolerance *= max([1.0, *(float(np.abs(one).max()) for one in made)])
    endpoints = largest((case.endpoint, one) for case, one in differences)
    report = ParityReport(
        file=path.name,
        max_abs_error=float(np.max([*endpoints.values()])),
        mean_abs_error=float(np.mean([one.mean() for _, one in differences])),
        tolerance=_in_gray_levels(tolerance, contents) if as_bytes else tolerance,
        batch_sizes=tuple(sizes),
        seed=seed,
        num_bytes=num_bytes_of(path),
        endpoints=endpoints,
        classes=largest_by_class(conditions_of(gan), differences),
        outside=what_became_of_strangers(
            (case, str(output)) for case, output in played if case.output == REFUSAL
        ),
    )
    return report, compared


def _in_gray_levels(tolerance: float, contents: Contents) -> float:
    """With one on top, where a value is rounded the other way."""
    low, high = contents.value_range or (0.0, 1.0)
    return 255 / (high - low) * tolerance + 1.0


def run_artefact(
    path: str | os.PathLike[str],
    latents: FloatArray | None = None,
    **conditions: Array,
) -> FloatArray:
    """Returns what an artefact makes of latents `[batch, latent_dim]`, in this process.

    Args:
        path: as in `check_parity`.
        latents: float32 array, or `None` for a generator of conditions alone.
            Defaults to `None`.
        **conditions: arrays `[batch, ...]` by name, of the generator's other inputs, in
            any type of numbers.

    Raises:
        FileNotFoundError: if there is nothing at `path`.
        ValueError: if the format is unknown, or the artefact is damaged or does
            something else, such as to draw its latents itself.
    """
    format, artefact = find_artefact(Path(path))
    contents = contents_of(format, artefact)
    if GENERATE not in contents.endpoints:
        raise ValueError(
            "`path` must be an artefact that makes data of latents that it is given. "
            f"Received: {artefact}, which can {', '.join(contents.endpoints)}"
        )
    play = _of_whole(format, artefact, format.player)
    noise = {} if latents is None else {LATENTS: latents}
    entries = contents.endpoints[GENERATE].typed({**noise, **conditions})
    made: FloatArray = play(GENERATE, entries)[str(contents.data_name)]
    return made


def contents_of(format: ExportFormat, path: Path) -> Contents:
    """Returns what an artefact takes and gives.

    Raises:
        ValueError: if it is damaged.
    """
    contents = _of_whole(format, path, format.contents)
    if not all(endpoint.outputs for endpoint in contents.endpoints.values()):
        raise ValueError(
            f"`path` must be {format.kind} that is whole. Received: {path}, which "
            "gives nothing"
        )
    return contents


def _of_whole(format: ExportFormat, path: Path, read: Callable[[Path], T]) -> T:
    try:
        return read(path)
    except (ImportError, PermissionError, MemoryError):
        raise
    # Each runtime has errors of its own for bytes that it cannot parse.
    except Exception as error:
        raise ValueError(
            f"`path` must be {format.kind} that is whole. Received: {path}, of which "
            f"this came: {type(error).__name__}: {error}"
        ) from error


def num_bytes_of(path: Path) -> int:
    """Size of a file, or of all files in a folder."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())
