"""How the digit classifier that comes with the package was trained, to run again."""

import hashlib
import math
import os
import time

import keras
import numpy as np
import tensorflow as tf

from keras_gan._environment import record_environment
from keras_gan._seeds import pair_of_seeds
from keras_gan._types import Array, Config, FloatArray, Tensor
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.datasets.pipeline import shuffled_batches
from keras_gan.evaluation.digit_classifier import (
    IMAGE_SHAPE,
    NUM_CLASSES,
    DigitClassifier,
    check_weights_path,
    digit_network,
    load_digit_classifier,
    save_digit_classifier,
)

_EPOCHS = 12
_BATCH_SIZE = 128
_LEARNING_RATE = 2e-3
_ROTATION = 12 / 360  # of a turn, either way
_SHIFT = 2.5 / 28  # of the image's side, each way


def untrained_digit_classifier(
    data: Dataset, seed: int = 0, epochs: int = _EPOCHS
) -> keras.Model:
    """Builds the classifier with its augmentation and optimizer, untrained.

    In training each image is turned by up to 12 degrees and shifted by up to 2.5 pixels
    along each axis; in inference it is left alone. Adam's learning rate falls from
    0.002 to 0 along half a cosine. `train_digit_classifier` trains, scores and saves.

    Args:
        data: `Dataset` of labelled 28x28 digits in [0, 1]; its size and `epochs`
            say where the learning rate ends.
        seed: int, of weights, dropout and augmentation. Defaults to `0`.
        epochs: int, at least 1, that the model will be trained for. Defaults to `12`.

    Returns:
        model: compiled `keras.Model` from images `[batch, 28, 28, 1]` to logits
        `[batch, 10]`; its layer `"digit_network"` holds all weights.

    Raises:
        ValueError: if the images have another shape or range, or labels are missing.

    Example:
    >>> split = Split(np.zeros((9, 28, 28, 1), "float32"), np.arange(9))
    >>> data = Dataset("zeros", train=split, valid=split, test=split)
    >>> untrained_digit_classifier(data, seed=0).output_shape
    (None, 10)
    """
    _check_digits(data)
    check_seed("seed", seed)
    check_positive_integer("epochs", epochs)
    return _compiled(epochs * _num_batches(data.train), seed)


def fit_digit_network(
    images: FloatArray, labels: Array, seed: int, epochs: int
) -> keras.Model:
    """Trains the classifier on images `[num, 28, 28, 1]` in [0, 1] and digits."""
    split = Split(images, labels)
    model = _compiled(epochs * _num_batches(split), seed)
    _fit(model, split, seed, epochs, verbose=0)
    return model


def _compiled(num_updates: int, seed: int) -> keras.Model:
    images = keras.Input(IMAGE_SHAPE, name="images")
    logits = digit_network(seed)(_augmented(images, seed))["logits"]
    model = keras.Model(images, logits, name="digit_classifier")
    rate = keras.optimizers.schedules.CosineDecay(_LEARNING_RATE, num_updates)
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def _augmented(images: Tensor, seed: int) -> Tensor:
    rotation_seed, translation_seed = pair_of_seeds(seed)
    turned = keras.layers.RandomRotation(
        _ROTATION,
        fill_mode="constant",
        seed=rotation_seed,
        dtype="float32",
        name="rotation",
    )(images)
    return keras.layers.RandomTranslation(
        _SHIFT,
        _SHIFT,
        fill_mode="constant",
        seed=translation_seed,
        dtype="float32",
        name="translation",
    )(turned)


def train_digit_classifier(
    data: Dataset,
    output_path: str | os.PathLike[str],
    seed: int = 0,
    epochs: int = _EPOCHS,
    verbose: str | int = 0,
) -> DigitClassifier:
    """Trains the digit classifier, scores it once on the test images and saves it.

    Nothing is chosen on validation or test images: the last epoch's weights are the
    result. With one seed two runs on one machine write the same weights.

    Args:
        data: `Dataset` of labelled 28x28 digits in [0, 1], as `load_mnist` has.
        output_path: file ending in `.npz`; the record is written beside it as `.json`.
        seed: int, of weights, dropout, augmentation and data order. Defaults to `0`.
        epochs: int, at least 1. Defaults to `12`.
        verbose: as in `keras.Model.fit`. Defaults to `0`.

    Returns:
        classifier: `DigitClassifier` with the saved weights, read back.

    Raises:
        ValueError: if the images have another shape or range, labels are missing, or
            `output_path` does not end in `.npz`.

    Example:
    ```python
    data = kg.datasets.load_mnist()
    classifier = kg.evaluation.train_digit_classifier(data, "digits/classifier.npz")
    classifier.accuracy
    ```
    """
    check_weights_path(output_path)
    model = untrained_digit_classifier(data, seed, epochs)
    started = time.perf_counter()
    history = _fit(model, data.train, seed, epochs, verbose)
    seconds = time.perf_counter() - started
    record = {
        **_scores(model, data),
        "num_parameters": model.count_params(),
        "training": {
            "dataset": data.name,
            "num_train": len(data.train),
            "seed": seed,
            "epochs": epochs,
            "batch_size": _BATCH_SIZE,
            "learning_rate": f"Adam, {_LEARNING_RATE} to 0 along half a cosine",
            "augmentation": "rotation to 12 degrees, shift to 2.5 pixels",
            "chosen_on": "nothing: the weights after the last epoch",
            "seconds": round(seconds, 1),
        },
        "data_md5": {
            name: _md5(getattr(data, name)) for name in ("train", "valid", "test")
        },
        "environment": record_environment(),
        "history": history,
    }
    save_digit_classifier(model.get_layer("digit_network"), output_path, record)
    return load_digit_classifier(output_path)


def _fit(
    model: keras.Model, split: Split, seed: int, epochs: int, verbose: str | int
) -> Config:
    current_epoch = tf.Variable(0, trainable=False)
    history = model.fit(
        shuffled_batches(
            (split.images, split.labels), _BATCH_SIZE, seed, current_epoch
        ),
        epochs=epochs,
        verbose=verbose,
        shuffle=False,  # the batches are
        callbacks=[
            keras.callbacks.LambdaCallback(
                on_epoch_begin=lambda epoch, logs: current_epoch.assign(epoch)
            )
        ],
    )
    return {
        name: [round(float(value), 6) for value in values]
        for name, values in history.history.items()
    }


def _scores(model: keras.Model, data: Dataset) -> Config:
    valid_errors, test_errors = (
        _num_errors(model, split) for split in (data.valid, data.test)
    )
    return {
        "test_accuracy": 1 - test_errors / len(data.test),
        "test_errors": test_errors,
        "num_test": len(data.test),
        "valid_accuracy": 1 - valid_errors / len(data.valid),
        "num_valid": len(data.valid),
    }


def _num_errors(model: keras.Model, split: Split) -> int:
    logits = model.predict(split.images, batch_size=500, verbose=0)  # [num, 10]
    return int(np.sum(logits.argmax(axis=1) != split.labels))


def _num_batches(split: Split) -> int:
    return math.ceil(len(split) / _BATCH_SIZE)


def _md5(split: Split) -> str:
    """Of the float32 pixels followed by the int32 labels."""
    digest = hashlib.md5(split.images.tobytes(), usedforsecurity=False)
    digest.update(np.asarray(split.labels, "int32").tobytes())
    return digest.hexdigest()


def _check_digits(data: Dataset) -> None:
    if data.image_shape != IMAGE_SHAPE or data.value_range != (0.0, 1.0):
        raise ValueError(
            "`data` must hold 28x28 digits in [0, 1] with one channel. Received: "
            f"image_shape={data.image_shape}, value_range={data.value_range}"
        )
    for name in ("train", "valid", "test"):
        labels = getattr(data, name).labels
        if labels is None or labels.min() < 0 or labels.max() >= NUM_CLASSES:
            raise ValueError(
                f"`data.{name}.labels` must be digits 0 to 9, one for each image. "
                f"Received: {'none' if labels is None else np.unique(labels)}"
            )
