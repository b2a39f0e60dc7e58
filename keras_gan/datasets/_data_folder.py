"""Where a dataset's files are."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import keras

DATA_VARIABLE = "KERAS_GAN_DATA"


def find_folder(
    dataset: str,
    names: Iterable[str],
    subfolder: str,
    data_dir: str | os.PathLike[str] | None,
    of_another: Callable[[Path], bool] = lambda _: False,
) -> Path | None:
    """Returns the folder that holds the files, or `None` where there is none.

    Without `data_dir` the folder that `KERAS_GAN_DATA` names is searched. Either may
    hold `subfolder` with the files, or its last part, or the files themselves.

    Args:
        dataset: name for the message.
        names: the files that must be there.
        subfolder: path below `data_dir`.
        data_dir: folder, or `None` to search.
        of_another: function of a folder, whether its files are another dataset's, with
            the same names; without `data_dir` it is passed over. Defaults to none.

    Raises:
        FileNotFoundError: if `data_dir` lacks a file, or a folder has some of them.
    """
    names = list(names)
    root = data_dir if data_dir is not None else os.environ.get(DATA_VARIABLE)
    if not root:
        return None
    parts = Path(subfolder).parts
    # In the folder itself files of these names may be another dataset's.
    candidates = [Path(root, *parts[at:]) for at in range(len(parts) + 1)]
    started = [
        folder
        for folder in candidates
        if any((folder / name).is_file() for name in names)
    ]
    if data_dir is None:
        started = [folder for folder in started if not of_another(folder)]
        if not started:
            return None
    folder = started[0] if started else Path(root)
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"`data_dir` must hold the files of {dataset}. Missing in {folder}: "
            f"{', '.join(missing)}"
        )
    return folder


def download(dataset: str, name: str, url: str, md5: str, cache: str) -> Path:
    """Returns a file in Keras's cache, into which it is downloaded once.

    Args:
        dataset: name for the message.
        name: of the file.
        url: where it is published.
        md5: its published digest.
        cache: folder below Keras's own, such as `"datasets/mnist"`.

    Raises:
        FileNotFoundError: if it cannot be had.
    """
    try:
        return Path(keras.utils.get_file(name, url, file_hash=md5, cache_subdir=cache))
    except Exception as error:
        # Keras tells of a failure in the network by an `Exception` of no other kind.
        if type(error) is not Exception and not isinstance(error, OSError):
            raise
        raise FileNotFoundError(
            f"The files of {dataset} could not be downloaded ({error}): name a folder "
            "that has them, `data_dir`, or --data-dir on the command line."
        ) from error
