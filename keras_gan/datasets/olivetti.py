"""The Olivetti faces: a small public stand-in for the Toronto Face Database."""

import math
import os
from pathlib import Path

import numpy as np

from keras_gan._types import FloatArray
from keras_gan._validation import check_integer, check_size
from keras_gan.datasets._data_folder import find_folder
from keras_gan.datasets._mat_file import read_mat
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.datasets.resizing import resized_images

OLIVETTI_FILE = "olivettifaces.mat"
NUM_FOLDS = 5
_NUM_SUBJECTS, _IMAGES_EACH = 40, 10
_NUM_TRAIN_SUBJECTS = 20
_FOLD_SUBJECTS = (_NUM_SUBJECTS - _NUM_TRAIN_SUBJECTS) // NUM_FOLDS


def load_olivetti(
    data_dir: str | os.PathLike[str] | None = None,
    fold: int = 0,
    image_size: int | tuple[int, int] = 48,
) -> Dataset:
    """Loads the 400 Olivetti faces of 40 people, of whom each is in one split alone.

    The first 20 people train in every fold, as the unlabeled Toronto faces do; of the
    five groups of four others, group `fold` tests and the rest validate.

    Args:
        data_dir: folder with `olivettifaces.mat`, or an `olivetti/` with it; `None`
            searches where `KERAS_GAN_DATA` names. Defaults to `None`.
        fold: int from 0 to 4. Defaults to `0`.
        image_size: pair of ints, height and width, or one int for a square, to which
            the 64 x 64 pictures are resized with antialiasing. Defaults to `48`, that
            of the Toronto faces.

    Returns:
        data: `Dataset`, images `[num_images, height, width, 1]` float32 in [0, 1],
        labels 0..39 of the person; 200 train, 160 valid, 40 test.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if `fold` is out of range, the file is damaged or has another
            layout, or its values are no gray levels: integers from 0 to 255, floats of
            that range, or floats in [0, 1].

    Example:
    ```python
    data = kg.datasets.load_olivetti("datasets")
    len(data.train)                # 200
    ```

    References:
        Samaria and Harter, Parameterisation of a stochastic model for human face
        identification, 1994; AT&T Laboratories Cambridge.
    """
    size = check_size("image_size", image_size)
    check_integer("fold", fold, minimum=0, maximum=NUM_FOLDS - 1)
    folder = find_folder("Olivetti faces", [OLIVETTI_FILE], "olivetti", data_dir)
    if folder is None:
        raise FileNotFoundError(
            f"`data_dir` must name a folder with {OLIVETTI_FILE}. Received: "
            "data_dir=None, and KERAS_GAN_DATA names none."
        )
    faces = _read(folder / OLIVETTI_FILE)
    images = faces.T.reshape(-1, 64, 64).transpose(0, 2, 1)  # stored column by column
    people = np.arange(len(images), dtype="int32") // _IMAGES_EACH
    trains = people < _NUM_TRAIN_SUBJECTS
    tests = (people - _NUM_TRAIN_SUBJECTS) // _FOLD_SUBJECTS == fold
    resized = np.clip(resized_images(images[..., np.newaxis], size), 0.0, 1.0)
    train, valid, test = (
        Split(resized[rows], people[rows]) for rows in (trains, ~trains & ~tests, tests)
    )
    name = f"olivetti, fold {fold}"
    return Dataset(name=name, train=train, valid=valid, test=test)


def _read(path: Path) -> FloatArray:
    """Faces `[4096, 400]` in [0, 1]."""
    shape = (64 * 64, _NUM_SUBJECTS * _IMAGES_EACH)
    faces = read_mat(path, {"faces": math.prod(shape)}).get("faces")
    if faces is None or faces.shape != shape:
        raise ValueError(
            f"{path} must hold `faces` (4096, 400). Received: "
            f"{None if faces is None else faces.shape}"
        )
    low, high = faces.min(), faces.max()
    if not (low >= 0 and high <= 255):  # NaN lies nowhere
        raise ValueError(
            f"{path} must hold `faces` from 0 to 255, or floats in [0, 1]. Received: "
            f"values from {low} to {high}"
        )
    white = 1.0 if faces.dtype.kind == "f" and high <= 1 else 255.0
    return faces.astype("float32") / np.float32(white)
