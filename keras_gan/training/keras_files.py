"""Which files of Keras's can hold a game."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from keras_gan._files import replacing


def check_holds_game(filepath: str | os.PathLike[str]) -> None:
    """Raises unless Keras can write a whole game to a file of this name.

    Raises:
        ValueError: if it is one of HDF5.
    """
    if str(filepath).endswith((".h5", ".hdf5")):
        raise ValueError(
            "`filepath` must end in .keras: Keras's older format has place for one "
            f"optimizer, and a game has two. Received: {filepath}"
        )


@contextlib.contextmanager
def whole_file(filepath: str | os.PathLike[str], overwrite: bool) -> Iterator[Any]:
    """Yields where to write a `.keras` file, which then appears as a whole.

    Args:
        filepath: its name. Any other, of which Keras makes what it likes, is yielded.
        overwrite: bool. `False` leaves it to Keras to ask.
    """
    path = os.fspath(filepath)
    is_remote = "://" in path
    if is_remote or not path.endswith(".keras") or not overwrite or Path(path).is_dir():
        yield filepath
        return
    with replacing(path) as partial:
        yield partial


def refuse_export(filepath: str | os.PathLike[str], file_format: str) -> NoReturn:
    """Raises, and names what ships a generator."""
    raise ValueError(
        "`GAN.export` would ship neither names nor priors of what a generator is given."
        " Use keras_gan.export.export_saved_model(gan, path), export_onnx or "
        f"export_litert. Received: {filepath}, format={file_format!r}"
    )
