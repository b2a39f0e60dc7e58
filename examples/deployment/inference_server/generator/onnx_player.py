"""Plays generator.onnx and prior.onnx with onnxruntime alone."""

import json
from pathlib import Path

import numpy as np
import onnxruntime

# Type and rank of every tensor of a file.
GENERATOR = {"latents": ("tensor(float)", 2), "images": ("tensor(float)", 4)}
PRIOR = {
    "num_samples": ("tensor(int32)", 0),
    "seed": ("tensor(int32)", 0),
    "latents": ("tensor(float)", 2),
}

_EXPORT = "Export a run with `--format onnx onnx_prior` and name its folder."


class OnnxPlayer:
    """The exported generator and its prior.

    Args:
        folder: folder that holds generator.onnx and prior.onnx.

    Raises:
        FileNotFoundError: if one of the files is missing.
        ValueError: if a file is of another kind, or they do not belong together.
    """

    def __init__(self, folder: Path) -> None:
        self._generator = _open(folder / "generator.onnx", GENERATOR)
        self._prior = _open(folder / "prior.onnx", PRIOR)
        _check_pair(self._generator, self._prior)
        self.latent_dim: int = self._generator.get_inputs()[0].shape[1]
        self.image_shape: list[int] = self._generator.get_outputs()[0].shape[1:]
        self.metadata: dict[str, str] = {
            **_facts(self._prior),
            **_facts(self._generator),
        }
        self.value_range = _value_range(self.metadata)

    def draw(self, num_samples: int, seed: int) -> np.ndarray:
        """Returns the prior's latents `[num_samples, latent_dim]` for a seed."""
        scalars = {"num_samples": num_samples, "seed": seed}
        feed = {key: np.array(value, np.int32) for key, value in scalars.items()}
        return self._prior.run(["latents"], feed)[0]

    def images(self, latents: np.ndarray) -> np.ndarray:
        """Returns float32 images `[n, height, width, channels]`."""
        return self._generator.run(["images"], {"latents": latents})[0]

    def pixels(self, images: np.ndarray) -> np.ndarray:
        """Returns uint8 pixels: the range of values spread over 0 to 255."""
        low, high = self.value_range
        scaled = (images - low) / (high - low)
        return np.round(255 * np.clip(scaled, 0, 1)).astype(np.uint8)


def _open(
    path: Path, expected: dict[str, tuple[str, int]]
) -> onnxruntime.InferenceSession:
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. {_EXPORT}")
    options = onnxruntime.SessionOptions()
    # Requests run beside each other; the threads of one would only get in their way,
    # and sums that are split in one fixed way come out the same every time.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        path, options, providers=["CPUExecutionProvider"]
    )
    tensors = (*session.get_inputs(), *session.get_outputs())
    received = {tensor.name: (tensor.type, len(tensor.shape)) for tensor in tensors}
    if received != expected or _facts(session).get("noise", "prior") != "prior":
        raise ValueError(
            f"{path} must take and give {expected}, latents as the prior draws them. "
            f"Received: {received}. {_EXPORT}"
        )
    return session


def _facts(session: onnxruntime.InferenceSession) -> dict[str, str]:
    return dict(session.get_modelmeta().custom_metadata_map)


def _check_pair(
    generator: onnxruntime.InferenceSession, prior: onnxruntime.InferenceSession
) -> None:
    expected = generator.get_inputs()[0].shape[1]
    received = prior.get_outputs()[0].shape[1]
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


def _value_range(metadata: dict[str, str]) -> tuple[float, float] | None:
    if "value_range" not in metadata:
        return None
    low, high = json.loads(metadata["value_range"])
    return low, high
