"""What the feature networks of pictures have in common."""

import dataclasses
from collections.abc import Callable, Iterable
from typing import NamedTuple

import keras
import numpy as np

from keras_gan._types import Array, FloatArray, Tensor
from keras_gan.evaluation._arrays import check_unit_range

NORMALIZATION = ("weight", "bias", "running_mean", "running_var")
_BATCH_SIZE = 100


@dataclasses.dataclass(frozen=True, eq=False)
class PictureNetwork:
    """Features of pictures, for `extract_features`.

    Get one from `load_efficientnet_lite0` or `load_inception`. The networks know color
    pictures; of gray ones they see three equal channels.

    Args:
        network: `keras.Model` from prepared pictures to a dict with `"features"`.
        name: str, of the network, its weights and what else its features depend on:
            those of different names do not compare.
        prepare: function from pictures in [0, 1] to what the network takes.

    Raises:
        ValueError: when called, if the pictures are not `[num_images, height, width,
            3]`, or 1, are not finite or clearly have another range than [0, 1].
    """

    network: keras.Model
    name: str
    prepare: Callable[[FloatArray], Tensor]

    def __call__(self, images: Array) -> FloatArray:
        """Returns features `[num_images, dim]`."""
        images = _checked(images)
        batches = [
            self.network.predict_on_batch(
                self.prepare(images[start : start + _BATCH_SIZE])
            )
            for start in range(0, len(images), _BATCH_SIZE)
        ]
        return np.concatenate([batch["features"] for batch in batches])


class Place(NamedTuple):
    """Where tensors of a PyTorch network go.

    Args:
        layer: str, name of the Keras layer.
        owner: str, what their names begin with there.
        tensors: tuple of str, the rest of their names, in the layer's order.
    """

    layer: str
    owner: str
    tensors: tuple[str, ...]


def assign_tensors(
    network: keras.Model, tensors: dict[str, Array], places: Iterable[Place], name: str
) -> None:
    """Assigns the tensors of a PyTorch network, each to its place.

    Raises:
        ValueError: if one is missing, left over or of another shape.
    """
    left = {
        key: value
        for key, value in tensors.items()
        if not key.endswith("num_batches_tracked")
    }
    for place in places:
        needed = [f"{place.owner}.{tensor}" for tensor in place.tensors]
        missing = [key for key in needed if key not in left]
        if missing:
            raise ValueError(f"The weights of {name} need {', '.join(missing)}.")
        layer = network.get_layer(place.layer)
        layer.set_weights([_as_of_keras(layer, left.pop(key)) for key in needed])
    if left:
        raise ValueError(f"{name} has no {', '.join(sorted(left))}.")


def _as_of_keras(layer: keras.layers.Layer, tensor: Array) -> Array:
    if tensor.ndim == 4:  # out, in, height, width; of a depthwise one, in is 1
        is_depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        return tensor.transpose((2, 3, 0, 1) if is_depthwise else (2, 3, 1, 0))
    return tensor.T


def _checked(images: Array) -> FloatArray:
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[3] not in (1, 3) or not images.size:
        raise ValueError(
            "`images` must have the shape [num_images, height, width, 3], or 1, with "
            f"at least one picture. Received: images.shape={images.shape}"
        )
    check_unit_range("images", images)
    images = images.astype("float32", copy=False)
    return images if images.shape[3] == 3 else images.repeat(3, axis=3)
