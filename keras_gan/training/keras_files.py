"""Which files of Keras's can hold a game."""

import os
from typing import NoReturn


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


def refuse_export(filepath: str | os.PathLike[str], file_format: str) -> NoReturn:
    """Raises, and names what ships a generator."""
    raise ValueError(
        "`GAN.export` would ship neither names nor priors of what a generator is given."
        " Use keras_gan.export.export_saved_model(gan, path), export_onnx or "
        f"export_litert. Received: {filepath}, format={file_format!r}"
    )
