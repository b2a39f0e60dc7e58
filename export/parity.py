"""Is the artefact the generator? Reload it, feed it fresh latents, compare."""

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf

from export.signature import GENERATE, IMAGES, LATENTS
from keras_gan._types import FloatArray
from keras_gan._validation import invalid_argument
from keras_gan.gan import GAN

TOLERANCE = 1e-5
BATCH_SIZES = (7, 64)
_SEED = 20140610


@dataclasses.dataclass(frozen=True)
class ParityReport:
    """How far an artefact is from the Keras generator it was made of.

    Args:
        file: str, name of the artefact.
        max_abs_error: float, largest absolute difference of a pixel.
        tolerance: float, what it may be at most.
        batch_sizes: ints, latents compared in one call each.
        seed: int, of the latents.
        num_bytes: int, size of the artefact on disk.
    """

    file: str
    max_abs_error: float
    tolerance: float
    batch_sizes: tuple[int, ...]
    seed: int
    num_bytes: int

    @property
    def passed(self) -> bool:
        """Whether the error is within the tolerance (a NaN is not)."""
        return self.max_abs_error <= self.tolerance

    def __str__(self) -> str:
        sizes = " and ".join(map(str, self.batch_sizes))
        return (
            f"parity with Keras: largest difference {self.max_abs_error:.1e} "
            f"(tolerance {self.tolerance:g}) on latents of seed {self.seed}, "
            f"batches of {sizes}; {self.num_bytes:,} bytes"
        )


def check_parity(
    gan: GAN,
    path: str | os.PathLike[str],
    batch_sizes: Sequence[int] = BATCH_SIZES,
    seed: int = _SEED,
    tolerance: float = TOLERANCE,
) -> ParityReport:
    """Reloads an artefact and compares its images with those of Keras.

    An ONNX file runs in ONNX Runtime, a SavedModel in TensorFlow.

    Args:
        gan: the `GAN` it was exported from.
        path: an `.onnx` file or a SavedModel folder.
        batch_sizes: ints, at least 1; two different ones show that the batch is
            dynamic. Defaults to `(7, 64)`.
        seed: int, of the latents.
        tolerance: float. Defaults to `1e-5`.

    Returns:
        report: `ParityReport`; ask its `passed`.

    Raises:
        FileNotFoundError: if there is nothing at `path`.
        ValueError: if the format is unknown.
    """
    path = Path(path)
    errors = []
    for index, batch_size in enumerate(batch_sizes):
        latents = gan.prior.sample(batch_size, seed=seed + index).numpy()
        expected = gan.evaluation_generator(latents, training=False).numpy()
        errors.append(np.abs(run_artefact(path, latents) - expected).max())
    return ParityReport(
        file=path.name,
        # NaN must win, and max() of Python would lose it.
        max_abs_error=float(np.max(errors)),
        tolerance=tolerance,
        batch_sizes=tuple(batch_sizes),
        seed=seed,
        num_bytes=_num_bytes(path),
    )


def run_artefact(path: str | os.PathLike[str], latents: FloatArray) -> FloatArray:
    """Returns an artefact's images for latents `[batch, latent_dim]`."""
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"`path` must name an artefact. Received: path={path}")
    if path.suffix == ".onnx":
        return _run_onnx(path, latents)
    if (path / "saved_model.pb").is_file():
        return _run_saved_model(path, latents)
    raise invalid_argument("path", "an .onnx file or a SavedModel folder", str(path))


def _run_onnx(path: Path, latents: FloatArray) -> FloatArray:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run([IMAGES], {LATENTS: latents})[0]


def _run_saved_model(path: Path, latents: FloatArray) -> FloatArray:
    # The loaded object owns the variables: it must outlive the call.
    loaded = tf.saved_model.load(os.fspath(path))
    endpoint = loaded.signatures[GENERATE]
    return endpoint(**{LATENTS: tf.constant(latents)})[IMAGES].numpy()


def _num_bytes(path: Path) -> int:
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())
