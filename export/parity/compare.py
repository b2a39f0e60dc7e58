"""Is the artefact the generator? Reload it elsewhere, feed it latents, compare."""

import dataclasses
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from export.contract.signature import GENERATE, IMAGES, LATENTS
from export.parity import player
from export.parity.cases import Case, cases_for
from keras_gan._types import FloatArray
from keras_gan._validation import MAX_SEED, check_integer, check_positive_integer
from keras_gan.gan import GAN

TOLERANCE = 1e-5
BATCH_SIZES = (1, 7, 64)
SEED = 20140610


@dataclasses.dataclass(frozen=True)
class ParityReport:
    """How far an artefact is from the Keras model it was made of.

    Args:
        file: str, name of the artefact.
        max_abs_error: float, largest absolute difference of a pixel, a latent or a
            probability; of bytes, in grey levels.
        mean_abs_error: float, mean absolute difference.
        tolerance: float, what the largest may be at most.
        batch_sizes: ints, compared in one call each.
        seed: int, of the inputs.
        num_bytes: int, size of the artefact on disk.
        endpoints: largest difference by endpoint.
    """

    file: str
    max_abs_error: float
    mean_abs_error: float
    tolerance: float
    batch_sizes: tuple[int, ...]
    seed: int
    num_bytes: int
    endpoints: dict[str, float]

    @property
    def passed(self) -> bool:
        """Whether the error is within the tolerance (a NaN is not)."""
        return self.max_abs_error <= self.tolerance

    def __str__(self) -> str:
        *others, last = map(str, self.batch_sizes)
        sizes = f"{', '.join(others)} and {last}" if others else last
        return (
            f"parity with Keras: largest difference {self.max_abs_error:.1e} "
            f"(tolerance {self.tolerance:g}) on inputs of seed {self.seed}, "
            f"batches of {sizes}; {self.num_bytes:,} bytes"
        )


def check_parity(
    gan: GAN,
    path: str | os.PathLike[str],
    batch_sizes: Sequence[int] = BATCH_SIZES,
    seed: int = SEED,
    tolerance: float = TOLERANCE,
) -> ParityReport:
    """Reloads an artefact in a fresh process and compares it with Keras.

    Every endpoint is compared. The process imports ONNX Runtime, LiteRT or TensorFlow,
    and nothing of ours.

    Args:
        gan: the `GAN` it was exported from.
        path: an `.onnx` file, a `.tflite` file, or the folder of a SavedModel, of one
            version or of all, of which the highest is taken.
        batch_sizes: ints, at least 1; two different ones show that the batch is
            dynamic. Defaults to `(1, 7, 64)`.
        seed: int, at least 0, of the inputs; with the largest batch size added it
            must stay below 2^31.
        tolerance: float. Defaults to `1e-5`; bytes get one grey level on top of it,
            where a value is rounded the other way.

    Returns:
        report: `ParityReport`; ask its `passed`.

    Raises:
        FileNotFoundError: if there is nothing at `path`.
        RuntimeError: if the artefact does not run.
        ValueError: if the format is unknown.
    """
    newest = player.newest_version(Path(path))
    report, _ = compare(gan, newest, batch_sizes, seed, tolerance)
    return report


def compare(
    gan: GAN,
    path: Path,
    batch_sizes: Sequence[int] = BATCH_SIZES,
    seed: int = SEED,
    tolerance: float = TOLERANCE,
) -> tuple[ParityReport, list[tuple[Case, Any]]]:
    """Returns the report of `check_parity`, and each case with what was played."""
    sizes = [check_positive_integer("batch_sizes", size) for size in batch_sizes]
    # Each batch size has a seed of its own, `seed + size`.
    check_integer("seed", seed, maximum=MAX_SEED - max(sizes))
    cases, as_bytes = cases_for(gan, path, sizes, seed)
    outputs = _play_elsewhere(path, cases)
    endpoints: dict[str, float] = {}
    means = []
    for case, played in zip(cases, outputs, strict=True):
        difference = np.abs(played.astype("float64") - case.expected)
        # NaN must win, and max() of Python would lose it.
        largest = np.max([endpoints.get(case.endpoint, 0.0), difference.max()])
        endpoints[case.endpoint] = float(largest)
        means.append(difference.mean())
    report = ParityReport(
        file=path.name,
        max_abs_error=float(np.max([*endpoints.values()])),
        mean_abs_error=float(np.mean(means)),
        tolerance=tolerance + (1.0 if as_bytes else 0.0),
        batch_sizes=tuple(sizes),
        seed=seed,
        num_bytes=num_bytes_of(path),
        endpoints=endpoints,
    )
    return report, [*zip(cases, outputs, strict=True)]


def run_artefact(path: str | os.PathLike[str], latents: FloatArray) -> FloatArray:
    """Returns an artefact's images for latents `[batch, latent_dim]`, in this process.

    Args:
        path: as in `check_parity`.
        latents: float32 array.

    Raises:
        FileNotFoundError: if there is nothing at `path`.
        ValueError: if the format is unknown.
    """
    play = player.player_of(player.newest_version(Path(path)))
    images: FloatArray = play(GENERATE, {LATENTS: np.asarray(latents, "float32")})[
        IMAGES
    ]
    return images


def num_bytes_of(path: Path) -> int:
    """Size of a file, or of all files in a folder."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


def _play_elsewhere(path: Path, cases: Sequence[Case]) -> list[Any]:
    with tempfile.TemporaryDirectory() as folder:
        inputs, outputs = Path(folder) / "inputs.npz", Path(folder) / "outputs.npz"
        arrays: Any = {
            f"{index}/{case.endpoint}/{name}": value
            for index, case in enumerate(cases)
            for name, value in case.inputs.items()
        }
        np.savez(inputs, **arrays)
        command = [sys.executable, "-I", player.__file__, path, inputs, outputs]
        finished = subprocess.run(
            [*map(str, command)],
            capture_output=True,
            text=True,
            # Keras's side is computed on the processor too: see cases_for.
            env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
        )
        if finished.returncode:
            raise RuntimeError(
                f"{path.name} does not run in a fresh process:\n"
                f"{finished.stderr.strip()[-2000:]}"
            )
        with np.load(outputs) as played:
            return [
                played[f"{index}/{case.endpoint}/{case.output}"]
                for index, case in enumerate(cases)
            ]
