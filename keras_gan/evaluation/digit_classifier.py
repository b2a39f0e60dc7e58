"""A small classifier of MNIST digits whose trained weights come with the package."""

import dataclasses
import hashlib
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_gan._files import parse_json, replacing, write_json
from keras_gan._size_limit import unpacked_size
from keras_gan._types import Array, Config, FloatArray, Shape, Tensor
from keras_gan._validation import check_seed
from keras_gan.evaluation._arrays import check_unit_range

IMAGE_SHAPE: Shape = (28, 28, 1)
NUM_CLASSES = 10
FEATURE_DIM = 64
_FILTERS = ((32, 5, True), (64, 3, True), (96, 3, False))  # channels, side, pooled
_DROPOUT = 0.3
_BATCH_SIZE = 500
_MAX_BYTES = 2**20
_SHIPPED_WEIGHTS = Path(__file__).parent / "weights" / "mnist_classifier.npz"


@dataclasses.dataclass(frozen=True, eq=False)
class DigitClassifier:
    """Features and class probabilities of 28x28 digits, for `extract_features`.

    Get one from `load_digit_classifier`. It never trains: the same images always have
    the same features.

    Args:
        network: `keras.Model` as `digit_network` builds it, with trained weights.
        name: str, that ends in the first digits of the weights' SHA-256: features of
            two trainings do not compare.
        record: dict, how the weights were trained and scored.

    Raises:
        ValueError: when called, if the images are not `[num_images, 28, 28, 1]`, are
            not finite or clearly have another range than [0, 1].
    """

    network: keras.Model
    name: str
    record: Config

    @property
    def accuracy(self) -> float:
        """Share of the official 10,000 test images that these weights read right."""
        return float(self.record["test_accuracy"])

    def __call__(self, images: Array) -> dict[str, FloatArray]:
        """Returns `"features"` `[num, 64]` and `"probabilities"` `[num, 10]`."""
        images = _check_images(images)
        batches = [
            self.network.predict_on_batch(images[start : start + _BATCH_SIZE])
            for start in range(0, len(images), _BATCH_SIZE)
        ]
        logits = np.concatenate([batch["logits"] for batch in batches])
        return {
            "features": np.concatenate([batch["features"] for batch in batches]),
            "probabilities": _softmax(logits),
        }


def load_digit_classifier(
    path: str | os.PathLike[str] | None = None,
) -> DigitClassifier:
    """Loads a trained digit classifier, by default the one shipped with the package.

    Use it as the feature network of MNIST-like samples: for the Frechet and kernel
    distances, for precision and recall, for the inception score, and to name the modes
    of stacked MNIST. Pass it to `extract_features`. Its features know digits only: a
    distance in them says nothing about other pictures.

    The weights are arrays without pickles, read into a network that is built in code,
    and their SHA-256 must be the one in the record beside them.

    Args:
        path: `.npz` file that `keras_gan.evaluation.train_digit_classifier` wrote, with
            its `.json` record beside it; `None` takes the shipped weights.
            Defaults to `None`.

    Returns:
        classifier: `DigitClassifier`, from images `[num_images, 28, 28, 1]` in [0, 1]
        to a dict of `"features"` `[num_images, 64]` and `"probabilities"`
        `[num_images, 10]`.

    Raises:
        FileNotFoundError: if the weights or their record are missing.
        ValueError: if either is damaged, or they do not belong together.

    Example:
    >>> classifier = load_digit_classifier()
    >>> classifier.accuracy > 0.992
    True
    >>> outputs = classifier(np.zeros((3, 28, 28, 1), "float32"))
    >>> outputs["features"].shape, outputs["probabilities"].shape
    ((3, 64), (3, 10))

    References:
        Data: LeCun, Cortes, Burges, The MNIST database of handwritten digits, 1998.
    """
    path = _SHIPPED_WEIGHTS if path is None else Path(path)
    record, content = _read(path)
    network = digit_network()
    _set_weights(network, _arrays(path, content), path)
    name = f"mnist_classifier-{record['sha256'][:12]}"
    return DigitClassifier(network=network, name=name, record=record)


def digit_network(seed: int = 0) -> keras.Model:
    """Builds the untrained network of `load_digit_classifier`.

    Three convolutions, each batch-normalized, the first two max-pooled, then 64
    batch-normalized rectifiers, the features, and 10 logits.

    Args:
        seed: int, of the initial weights and dropout masks. Defaults to `0`.

    Returns:
        network: `keras.Model` from images `[batch, 28, 28, 1]` in [0, 1] to a dict of
        `"features"` `[batch, 64]` and `"logits"` `[batch, 10]`.

    Example:
    >>> network = digit_network(seed=0)
    >>> network.count_params()
    131498
    """
    layer_seeds = _layer_seeds(check_seed("seed", seed))
    outputs = images = keras.Input(IMAGE_SHAPE, dtype="float32", name="images")
    for index in range(len(_FILTERS)):
        outputs = _convolution(outputs, index, layer_seeds[index])
    outputs = keras.layers.Flatten(dtype="float32", name="flatten")(outputs)
    outputs = keras.layers.Dropout(
        _DROPOUT, seed=layer_seeds[3], dtype="float32", name="dropout"
    )(outputs)
    outputs = keras.layers.Dense(
        FEATURE_DIM,
        use_bias=False,
        kernel_initializer=keras.initializers.HeNormal(layer_seeds[4]),
        dtype="float32",
        name="dense",
    )(outputs)
    features = _normalized_rectifier(outputs, "features")
    logits = keras.layers.Dense(
        NUM_CLASSES,
        kernel_initializer=keras.initializers.GlorotUniform(layer_seeds[5]),
        dtype="float32",
        name="logits",
    )(features)
    return keras.Model(
        images, {"features": features, "logits": logits}, name="digit_network"
    )


def save_digit_classifier(
    network: keras.Model, path: str | os.PathLike[str], record: Config
) -> None:
    """Writes the weights of a `digit_network` and, beside them, their record.

    Args:
        network: `keras.Model` as `digit_network` builds it.
        path: file ending in `.npz`; the record takes its name with `.json`.
        record: dict, ready for JSON, with at least `"test_accuracy"`; the file's
            `"sha256"` and `"num_bytes"` are added.

    Raises:
        ValueError: if `path` does not end in `.npz`.
    """
    path = check_weights_path(path)
    arrays: dict[str, Any] = {
        key: np.asarray(value) for key, value in _variables(network).items()
    }
    with replacing(path) as partial:
        np.savez_compressed(partial, **arrays)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    write_json(
        path.with_suffix(".json"),
        {"sha256": digest, "num_bytes": len(content), **record},
    )


def check_weights_path(path: str | os.PathLike[str]) -> Path:
    """Returns `path`; raises unless it ends in `.npz`."""
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(
            "The weights of a digit classifier are a file ending in `.npz`. Received: "
            f"{path}"
        )
    return path


def _convolution(inputs: Tensor, index: int, seed: int) -> Tensor:
    filters, side, pooled = _FILTERS[index]
    outputs = keras.layers.Conv2D(
        filters,
        side,
        use_bias=False,
        kernel_initializer=keras.initializers.HeNormal(seed),
        dtype="float32",
        name=f"convolution_{index}",
    )(inputs)
    if pooled:
        outputs = keras.layers.MaxPooling2D(
            2, dtype="float32", name=f"pooling_{index}"
        )(outputs)
    return _normalized_rectifier(outputs, f"{index}")


def _normalized_rectifier(inputs: Tensor, name: str) -> Tensor:
    normalized = keras.layers.BatchNormalization(
        momentum=0.98, dtype="float32", name=f"normalization_{name}"
    )(inputs)
    return keras.layers.ReLU(dtype="float32", name=f"rectifier_{name}")(normalized)


def _layer_seeds(seed: int) -> list[int]:
    # Neighboring seeds give the layers unrelated streams.
    states = np.random.SeedSequence([seed, 28]).generate_state(len(_FILTERS) + 3)
    return [int(state % 2**31) for state in states]


def _variables(network: keras.Model) -> dict[str, Tensor]:
    # Named by layer: the order of a model's weights is the version's own choice.
    return {
        f"{layer.name}/{variable.name}": variable
        for layer in network.layers
        for variable in layer.weights
    }


def _read(path: Path) -> tuple[Config, bytes]:
    record_path = check_weights_path(path).with_suffix(".json")
    for needed in (path, record_path):
        if not needed.is_file():
            raise FileNotFoundError(
                "A digit classifier is a `.npz` file and its `.json` record. Missing: "
                f"{needed}"
            )
    try:
        record = parse_json(record_path.read_text(encoding="utf-8"))
        expected, _ = str(record["sha256"]), float(record["test_accuracy"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{record_path} is not the record of a digit classifier ({error!r}); "
            "install the package or train the classifier again."
        ) from error
    content = path.read_bytes()
    received = hashlib.sha256(content).hexdigest()
    if received != expected:
        raise ValueError(
            f"{path} has SHA-256 {received}, but its record says {expected}: the file "
            "is damaged or another training's; install the package or train the "
            "classifier again."
        )
    return record, content


def _arrays(path: Path, content: bytes) -> dict[str, Array]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as members:
            num_bytes = unpacked_size(members)
        if num_bytes > _MAX_BYTES:  # of 131,498 weights, with their names
            raise ValueError(f"it unpacks to {num_bytes:,} bytes")
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return dict(archive)
    # NumPy lets through whatever its parsing of damaged bytes ends in.
    except Exception as error:
        raise ValueError(
            f"{path} is not an `.npz` file of plain arrays ({error})."
        ) from error


def _set_weights(network: keras.Model, arrays: dict[str, Array], path: Path) -> None:
    variables = _variables(network)
    expected = {key: tuple(variable.shape) for key, variable in variables.items()}
    received = {key: array.shape for key, array in arrays.items()}
    if received != expected:
        differing = sorted(
            key
            for key in expected.keys() | received.keys()
            if expected.get(key) != received.get(key)
        )
        raise ValueError(
            f"{path} holds the weights of another network. Missing, unknown or of "
            f"another shape: {', '.join(differing)}"
        )
    for key, array in arrays.items():
        if array.dtype != np.float32 or not np.isfinite(array).all():
            raise ValueError(f"{path} must hold finite float32 numbers in {key}.")
        variables[key].assign(array)


def _check_images(images: Array) -> FloatArray:
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1:] != IMAGE_SHAPE or not len(images):
        raise ValueError(
            "`images` must have the shape [num_images, 28, 28, 1] with at least one "
            f"image. Received: images.shape={images.shape}; classify the channels of "
            "stacked digits one by one."
        )
    check_unit_range("images", images)
    return images.astype("float32", copy=False)


def _softmax(logits: FloatArray) -> FloatArray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))  # [num, 10]
    return powers / powers.sum(axis=1, keepdims=True)
