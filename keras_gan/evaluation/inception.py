"""The Inception network of the FID, for who has its weights."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import keras
import tensorflow as tf

from keras_gan._types import FloatArray, Tensor
from keras_gan.evaluation._torch_file import read_torch_tensors
from keras_gan.evaluation.picture_network import (
    NORMALIZATION,
    PictureNetwork,
    Place,
    assign_tensors,
)

_SIZE, _NUM_CLASSES = 299, 1_008
_AVERAGE, _LARGEST = "average", "largest"  # what a branch pools, in place of a name


class _Convolution(NamedTuple):
    name: str
    filters: int
    kernel_size: tuple[int, int] = (1, 1)
    stride: int = 1
    padding: str = "same"


_Branch = tuple["_Convolution | str | tuple[_Convolution, ...]", ...]


def load_inception(path: str | os.PathLike[str]) -> PictureNetwork:
    """Loads the Inception network of 2015 by which the FID is defined, from a file.

    No package holds its weights: bring the file of `pytorch-fid`,
    `pt_inception-2015-12-05-6726825d.pth`, or another one with the same tensors, the
    state dict of torchvision's `inception_v3` without auxiliary classifier and with
    1,008 classes. Weights of `keras.applications.InceptionV3` are those of
    another network. The file is read as tensors, without running its pickle.

    Pictures in [0, 1] are resized to 299 pixels (bilinear, not antialiased) and scaled
    to [-1, 1], as `pytorch-fid` does; TensorFlow's code of 2017 resized a little
    otherwise. The published file's features are named `InceptionV3-6726825d`, after its
    SHA-256; with 50,000 pictures of each kind their Frechet distance is the FID.

    The published file itself was not at hand when this was written. Verified are both
    layouts of such files and, with made-up weights, the graph: its features agree with
    those of the code of `pytorch-fid` within 3e-5.

    Args:
        path: the `.pth` file.

    Returns:
        network: `PictureNetwork`, from pictures `[num_images, height, width, 3]` in
        [0, 1] to features `[num_images, 2048]`, `pool_3` of the original.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it holds anything but these tensors.

    Example:
    ```python
    network = kg.evaluation.load_inception("pt_inception-2015-12-05-6726825d.pth")
    real = kg.evaluation.extract_features(data.train.images, network)
    ```

    References:
        Heusel et al., GANs Trained by a Two Time-Scale Update Rule Converge to a Local
        Nash Equilibrium, 2017. https://arxiv.org/abs/1706.08500
        https://github.com/mseitzer/pytorch-fid
    """
    tensors = read_torch_tensors(path)
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    network = inception_network()
    assign_tensors(network, tensors, _places(), "InceptionV3")
    return PictureNetwork(network, f"InceptionV3-{digest[:8]}", _prepared)


def inception_network() -> keras.Model:
    """Builds the untrained network of `load_inception`.

    Averages pool without the padding; the last block takes the largest of three by
    three where its description has an average: so it was trained.

    Returns:
        network: `keras.Model` from images `[batch, 299, 299, 3]` in [-1, 1] to a dict
        of `"features"` `[batch, 2048]` and `"logits"` `[batch, 1008]`.
    """
    images = keras.Input((_SIZE, _SIZE, 3), dtype="float32", name="images")
    outputs = images
    for part in _STEM:
        outputs = _applied(outputs, "", part)
    for name, branches in _BLOCKS.items():
        outputs = _block(outputs, name, branches)
    features = keras.layers.GlobalAveragePooling2D(dtype="float32", name="features")(
        outputs
    )
    logits = keras.layers.Dense(_NUM_CLASSES, dtype="float32", name="fc")(features)
    outputs = {"features": features, "logits": logits}
    return keras.Model(images, outputs, name="inception")


def _block(inputs: Tensor, name: str, branches: tuple[_Branch, ...]) -> Tensor:
    ends = []
    for branch in branches:
        outputs = inputs
        for part in branch:
            if isinstance(part, tuple) and not isinstance(part, _Convolution):
                ends += [_applied(outputs, f"{name}.", fork) for fork in part]
                break
            outputs = _applied(outputs, f"{name}.", part)
        else:
            ends.append(outputs)
    return keras.layers.Concatenate(dtype="float32", name=name)(ends)


def _applied(inputs: Tensor, prefix: str, part: "_Convolution | str") -> Tensor:
    if part == _AVERAGE:
        return keras.layers.AveragePooling2D(3, 1, "same", dtype="float32")(inputs)
    if part == _LARGEST:
        return keras.layers.MaxPooling2D(3, 1, "same", dtype="float32")(inputs)
    if isinstance(part, str):  # halved
        return keras.layers.MaxPooling2D(3, 2, dtype="float32")(inputs)
    name = prefix + part.name
    outputs = keras.layers.Conv2D(
        part.filters,
        part.kernel_size,
        part.stride,
        part.padding,
        use_bias=False,
        dtype="float32",
        name=f"{name}.conv",
    )(inputs)
    outputs = keras.layers.BatchNormalization(
        epsilon=1e-3, dtype="float32", name=f"{name}.bn"
    )(outputs)
    return keras.layers.ReLU(dtype="float32", name=f"{name}.relu")(outputs)


def _prepared(images: FloatArray) -> Tensor:
    return 2 * tf.image.resize(images, (_SIZE, _SIZE), "bilinear") - 1


def _places() -> Iterator[Place]:
    for name in _names():
        yield Place(f"{name}.conv", f"{name}.conv", ("weight",))
        yield Place(f"{name}.bn", f"{name}.bn", NORMALIZATION)
    yield Place("fc", "fc", ("weight", "bias"))


def _names() -> Iterator[str]:
    yield from (part.name for part in _STEM if isinstance(part, _Convolution))
    for name, branches in _BLOCKS.items():
        parts = [part for branch in branches for part in branch]
        for part in parts:
            if isinstance(part, _Convolution):
                yield f"{name}.{part.name}"
            elif not isinstance(part, str):
                yield from (f"{name}.{fork.name}" for fork in part)


def _of_35(pooled: int) -> tuple[_Branch, ...]:
    doubled = "branch3x3dbl"
    return (
        (_Convolution("branch1x1", 64),),
        (_Convolution("branch5x5_1", 48), _Convolution("branch5x5_2", 64, (5, 5))),
        (
            _Convolution(f"{doubled}_1", 64),
            _Convolution(f"{doubled}_2", 96, (3, 3)),
            _Convolution(f"{doubled}_3", 96, (3, 3)),
        ),
        (_AVERAGE, _Convolution("branch_pool", pooled)),
    )


def _of_17(filters: int) -> tuple[_Branch, ...]:
    single, doubled, row, column = "branch7x7", "branch7x7dbl", (1, 7), (7, 1)
    return (
        (_Convolution("branch1x1", 192),),
        (
            _Convolution(f"{single}_1", filters),
            _Convolution(f"{single}_2", filters, row),
            _Convolution(f"{single}_3", 192, column),
        ),
        (
            _Convolution(f"{doubled}_1", filters),
            _Convolution(f"{doubled}_2", filters, column),
            _Convolution(f"{doubled}_3", filters, row),
            _Convolution(f"{doubled}_4", filters, column),
            _Convolution(f"{doubled}_5", 192, row),
        ),
        (_AVERAGE, _Convolution("branch_pool", 192)),
    )


def _of_8(pooling: str) -> tuple[_Branch, ...]:
    def fork(name: str) -> tuple[_Convolution, ...]:
        return (
            _Convolution(f"{name}a", 384, (1, 3)),
            _Convolution(f"{name}b", 384, (3, 1)),
        )

    return (
        (_Convolution("branch1x1", 320),),
        (_Convolution("branch3x3_1", 384), fork("branch3x3_2")),
        (
            _Convolution("branch3x3dbl_1", 448),
            _Convolution("branch3x3dbl_2", 384, (3, 3)),
            fork("branch3x3dbl_3"),
        ),
        (pooling, _Convolution("branch_pool", 192)),
    )


_HALVED = "halved"
_STEM: tuple[_Convolution | str, ...] = (
    _Convolution("Conv2d_1a_3x3", 32, (3, 3), 2, "valid"),
    _Convolution("Conv2d_2a_3x3", 32, (3, 3), 1, "valid"),
    _Convolution("Conv2d_2b_3x3", 64, (3, 3)),
    _HALVED,
    _Convolution("Conv2d_3b_1x1", 80),
    _Convolution("Conv2d_4a_3x3", 192, (3, 3), 1, "valid"),
    _HALVED,
)
_BLOCKS: dict[str, tuple[_Branch, ...]] = {
    "Mixed_5b": _of_35(32),
    "Mixed_5c": _of_35(64),
    "Mixed_5d": _of_35(64),
    "Mixed_6a": (
        (_Convolution("branch3x3", 384, (3, 3), 2, "valid"),),
        (
            _Convolution("branch3x3dbl_1", 64),
            _Convolution("branch3x3dbl_2", 96, (3, 3)),
            _Convolution("branch3x3dbl_3", 96, (3, 3), 2, "valid"),
        ),
        (_HALVED,),
    ),
    "Mixed_6b": _of_17(128),
    "Mixed_6c": _of_17(160),
    "Mixed_6d": _of_17(160),
    "Mixed_6e": _of_17(192),
    "Mixed_7a": (
        (
            _Convolution("branch3x3_1", 192),
            _Convolution("branch3x3_2", 320, (3, 3), 2, "valid"),
        ),
        (
            _Convolution("branch7x7x3_1", 192),
            _Convolution("branch7x7x3_2", 192, (1, 7)),
            _Convolution("branch7x7x3_3", 192, (7, 1)),
            _Convolution("branch7x7x3_4", 192, (3, 3), 2, "valid"),
        ),
        (_HALVED,),
    ),
    "Mixed_7b": _of_8(_AVERAGE),
    "Mixed_7c": _of_8(_LARGEST),
}
