"""The Toronto Face Database: five folds and a large unlabeled set."""

import os
from pathlib import Path

import numpy as np

from keras_gan._types import Array
from keras_gan._validation import check_integer, check_known
from keras_gan.datasets._data_folder import find_folder
from keras_gan.datasets._mat_file import read_mat
from keras_gan.datasets.dataset import Dataset, Split

TFD_FILE = "TFD_48x48.mat"
NUM_FOLDS = 5
_PARTS = {"unlabeled": 0, "train": 1, "valid": 2, "test": 3}  # values of `folds`
_EXPRESSIONS = range(1, 8)
_MOST_IMAGES = 200_000  # about twice as many as the dataset has
_MOST_NUMBERS = {
    "images": 48 * 48 * _MOST_IMAGES,
    "folds": NUM_FOLDS * _MOST_IMAGES,
    "labs_ex": _MOST_IMAGES,
}


def load_tfd(
    data_dir: str | os.PathLike[str] | None = None,
    fold: int = 0,
    train_on: str = "unlabeled",
) -> Dataset:
    """Loads one fold of the Toronto Face Database, 48 x 48 gray faces.

    The database has never had a public download; who was given `TFD_48x48.mat` puts it
    into `data_dir`, or into the folder that `KERAS_GAN_DATA` names, or a `tfd/` below.

    Args:
        data_dir: folder with the file, or `None` to search. Defaults to `None`.
        fold: int from 0 to 4, which validation and test images. Defaults to `0`.
        train_on: `"unlabeled"`, the set without labels that all folds share, as in
            2014, or `"train"`, the fold's labeled training images.
            Defaults to `"unlabeled"`.

    Returns:
        data: `Dataset`, images `[num_images, 48, 48, 1]` float32 in [0, 1], labels
        1..7 of the expression but for unlabeled images.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is damaged or lacks a field, a field has another layout,
            a label is none of the seven, `fold` is out of range, or a part of the fold
            is empty.

    Example:
    ```python
    data = kg.datasets.load_tfd("datasets/tfd", fold=2)
    data.image_shape               # (48, 48, 1)
    ```

    References:
        Susskind, Anderson, Hinton, The Toronto face dataset, 2010. Use: pretrain.yaml
        of Goodfellow et al. 2014.
    """
    check_known("train_on", train_on, ("unlabeled", "train"))
    check_integer("fold", fold, minimum=0, maximum=NUM_FOLDS - 1)
    folder = find_folder("the Toronto Face Database", [TFD_FILE], "tfd", data_dir)
    if folder is None:
        raise FileNotFoundError(
            "The Toronto Face Database has no public download: `data_dir` must name a "
            f"folder with {TFD_FILE}. Received: data_dir=None, and KERAS_GAN_DATA "
            "names none."
        )
    fields = _read(folder / TFD_FILE)
    part_of_row = fields["folds"][:, fold]
    train, valid, test = (
        _split(fields, part_of_row == _PARTS[part], part, fold)
        for part in (train_on, "valid", "test")
    )
    return Dataset(f"tfd, fold {fold}", train=train, valid=valid, test=test)


def _read(path: Path) -> dict[str, Array]:
    fields = read_mat(path, _MOST_NUMBERS)
    missing = sorted(set(_MOST_NUMBERS) - set(fields))
    if missing:
        raise ValueError(
            f"{path} must hold the fields images, folds and labs_ex. Missing: "
            f"{', '.join(missing)}"
        )
    images, folds = fields["images"], fields["folds"]
    labels = fields["labs_ex"] = fields["labs_ex"].reshape(-1)
    if (
        images.dtype != np.uint8
        or images.ndim != 3
        or images.shape[1:] != (48, 48)
        or folds.shape != (len(images), NUM_FOLDS)
        or labels.shape != (len(images),)
    ):
        raise ValueError(
            f"{path} must hold images uint8 [num, 48, 48], folds [num, 5] and labs_ex "
            f"[num]. Received: images {images.dtype} {images.shape}, folds "
            f"{folds.shape}, labs_ex {labels.shape}"
        )
    unknown = sorted(set(np.unique(folds)) - set(_PARTS.values()))
    if unknown:
        raise ValueError(
            f"{path}: `folds` must hold 0 (unlabeled), 1 (train), 2 (valid) and 3 "
            f"(test). Received: {unknown}"
        )
    known = labels[(folds != _PARTS["unlabeled"]).any(axis=1)]
    strange = known[~np.isin(known, _EXPRESSIONS)]
    if len(strange):
        raise ValueError(
            f"{path}: `labs_ex` must hold 1 to 7 where an image is labeled. Received: "
            f"{sorted({*strange.tolist()})[:5]}"
        )
    return fields


def _split(fields: dict[str, Array], rows: Array, part: str, fold: int) -> Split:
    if not rows.any():
        raise ValueError(
            f"Fold {fold} has no {part} rows: `folds[:, {fold}]` must hold "
            f"{_PARTS[part]} somewhere."
        )
    pixels = fields["images"][rows][..., np.newaxis]
    images = pixels.astype("float32") / np.float32(255)
    if part == "unlabeled":
        return Split(images)
    return Split(images, fields["labs_ex"][rows].astype("int32"))
