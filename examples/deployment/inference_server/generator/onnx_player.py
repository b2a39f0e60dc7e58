"""Plays generator.onnx and prior.onnx with onnxruntime alone."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import onnxruntime

# Type and rank of every tensor of a file, but for a condition's.
GENERATOR = {"latents": ("tensor(float)", 2), "images": ("tensor(float)", 4)}
PRIOR = {
    "num_samples": ("tensor(int32)", 0),
    "seed": ("tensor(int32)", 0),
    "latents": ("tensor(float)", 2),
}

_EXPORT = "Export a run with `--format onnx onnx_prior` and name its folder."


@dataclasses.dataclass(frozen=True)
class Condition:
    """The class that a generator is told for each image.

    Args:
        name: str, such as `labels`.
        dtype: str, as NumPy names it.
        num_classes: int; classes are 0 to `num_classes - 1`.
        is_drawn: bool, whether prior.onnx draws classes where nobody asks for one.
    """

    name: str
    dtype: str
    num_classes: int
    is_drawn: bool

    @property
    def tensor(self) -> dict[str, tuple[str, int]]:
        """Its type and rank by its name."""
        return {self.name: (f"tensor({self.dtype})", 1)}


class OnnxPlayer:
    """The exported generator and its prior.

    Args:
        folder: folder that holds generator.onnx and prior.onnx.

    Raises:
        FileNotFoundError: if one of the files is missing.
        ValueError: if a file is of another kind, or they do not belong together.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "generator.onnx"
        self._generator = _session(path)
        self.condition = _condition(path, self._generator)
        told = self.condition.tensor if self.condition else {}
        _check(path, self._generator, GENERATOR | told)
        path = folder / "prior.onnx"
        self._prior = _session(path)
        drawn = told if self.condition and self.condition.is_drawn else {}
        _check(path, self._prior, PRIOR | drawn)
        _check_pair(self._generator, self._prior)
        self.latent_dim: int = _length(self._generator.get_inputs())
        self.image_shape: list[int] = self._generator.get_outputs()[0].shape[1:]
        self.metadata: dict[str, str] = {
            **_facts(self._prior),
            **_facts(self._generator),
        }
        self.value_range = _value_range(self.metadata)

    def draw(self, num_samples: int, seed: int) -> dict[str, np.ndarray]:
        """Returns what the prior draws for a seed, by name.

        `latents` `[num_samples, latent_dim]`, and classes `[num_samples]` where it
        draws them.
        """
        scalars = {"num_samples": num_samples, "seed": seed}
        feed = {key: np.array(value, np.int32) for key, value in scalars.items()}
        names = [output.name for output in self._prior.get_outputs()]
        return dict(zip(names, self._prior.run(names, feed), strict=True))

    def images(self, entries: dict[str, np.ndarray]) -> np.ndarray:
        """Returns float32 images `[n, height, width, channels]`.

        Args:
            entries: `latents`, and the classes `[n]` of a generator that is told them.
        """
        return self._generator.run(["images"], entries)[0]

    def pixels(self, images: np.ndarray) -> np.ndarray:
        """Returns uint8 pixels: the range of values spread over 0 to 255."""
        low, high = self.value_range
        scaled = (images - low) / (high - low)
        return np.round(255 * np.clip(scaled, 0, 1)).astype(np.uint8)


def _session(path: Path) -> onnxruntime.InferenceSession:
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. {_EXPORT}")
    options = onnxruntime.SessionOptions()
    # Requests run beside each other; the threads of one would only get in their way,
    # and sums that are split in one fixed way come out the same every time.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # ONNX Runtime's errors have no other class in common
        raise ValueError(f"{path} cannot be read: {error}. {_EXPORT}") from error


def _check(
    path: Path,
    session: onnxruntime.InferenceSession,
    expected: dict[str, tuple[str, int]],
) -> None:
    tensors = (*session.get_inputs(), *session.get_outputs())
    received = {tensor.name: (tensor.type, len(tensor.shape)) for tensor in tensors}
    if received != expected or _facts(session).get("noise", "prior") != "prior":
        raise ValueError(
            f"{path} must take and give {expected}, latents as the prior draws them. "
            f"Received: {received}. {_EXPORT}"
        )


def _condition(path: Path, session: onnxruntime.InferenceSession) -> Condition | None:
    """The class that the file says it is told, `None` where it is told nothing."""
    conditions = json.loads(_facts(session).get("conditions", "{}"))
    if not conditions:
        return None
    (name, one), *others = conditions.items()
    if others or one["shape"] or one["num_classes"] is None:
        raise ValueError(
            f"{path} must be told one class for each image at most. Received: "
            f"{', '.join(conditions)}, which this server cannot ask for."
        )
    is_drawn = one.get("prior") is not None
    return Condition(name, one["dtype"], one["num_classes"], is_drawn)


def _facts(session: onnxruntime.InferenceSession) -> dict[str, str]:
    return dict(session.get_modelmeta().custom_metadata_map)


def _check_pair(
    generator: onnxruntime.InferenceSession, prior: onnxruntime.InferenceSession
) -> None:
    expected = _length(generator.get_inputs())
    received = _length(prior.get_outputs())
    if received != expected:
        raise ValueError(
            f"prior.onnx must draw latents of length {expected} for this "
            f"generator.onnx. Received: {received}. {_EXPORT}"
        )
    priors = [_facts(session).get("prior") for session in (generator, prior)]
    known = [json.loads(text) for text in priors if text and text.startswith("{")]
    if len(known) == 2 and known[0] != known[1]:
        raise ValueError(
            f"generator.onnx was trained on {known[0]}. Received a prior.onnx of "
            f"{known[1]}. {_EXPORT}"
        )


def _length(tensors: list[onnxruntime.NodeArg]) -> int:
    (latents,) = (tensor for tensor in tensors if tensor.name == "latents")
    return latents.shape[1]


def _value_range(metadata: dict[str, str]) -> tuple[float, float] | None:
    if "value_range" not in metadata:
        return None
    low, high = json.loads(metadata["value_range"])
    return low, high
