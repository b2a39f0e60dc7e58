"""Load what `gan.save` wrote."""

import io
import os
import warnings
import zipfile
from typing import Any

import keras

from keras_gan._size_limit import TooLargeError, check_content_size, unpacked_size
from keras_gan.gan import GAN
from keras_gan.training.finite_weights import broken_weights

__all__ = ["load"]
__dir__ = __all__.copy

_WEIGHTS = "model.weights.h5"  # as Keras calls the member


def load(path: str | os.PathLike[str]) -> GAN:
    """Loads a GAN that `gan.save` wrote, ready to sample from or to train on.

    Args:
        path: the `.keras` file.

    Returns:
        gan: the `GAN`, compiled as it was, both optimizers' state included.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is damaged, holds what cannot be built here, or states
            more than `KERAS_GAN_MAX_BYTES` once it is unpacked, by default 4 GiB.
        TypeError: if the file holds another kind of model.

    Warns:
        UserWarning: if weights are not finite, with their names.
    """
    if not os.path.isfile(path):
        raise FileNotFoundError(f"`path` must name a saved GAN. Received: path={path}")
    model = _model(path)
    if not isinstance(model, GAN):
        raise TypeError(
            f"`path` must hold a GAN. Received: {path} with a {type(model).__name__}"
        )
    broken = broken_weights(model)
    if broken:
        warnings.warn(
            f"{path} holds a GAN whose weights are not finite, in {broken}: it draws "
            "no images, and cannot be trained. Load a file of an earlier epoch.",
            stacklevel=2,
        )
    return model


def _model(path: str | os.PathLike[str]) -> Any:
    try:
        with zipfile.ZipFile(path) as archive:
            check_content_size(path, unpacked_size(archive))
            _check_weights_are_held(archive)
        return keras.models.load_model(path)
    except (PermissionError, MemoryError, TooLargeError):
        raise
    except zipfile.BadZipFile as error:
        raise ValueError(
            f"`path` must be a whole .keras file. Received: {path}, which is damaged "
            f"or of another kind ({error})."
        ) from error
    # Of a damaged file Keras, HDF5 and JSON raise what they stumble over.
    except Exception as error:
        raise ValueError(
            f"`path` must be a whole .keras file of classes that are known here. "
            f"Received: {path}, of which this came: {type(error).__name__}: {error}"
        ) from error


def _check_weights_are_held(archive: zipfile.ZipFile) -> None:
    """Raises where arrays of weights are larger than the file that holds them.

    Keras writes them as they are; what is packed, or is not there, fills the memory.
    """
    if _WEIGHTS not in archive.namelist():
        return
    content = archive.read(_WEIGHTS)
    stated = _stated_bytes(content)
    if stated > len(content):
        raise ValueError(
            f"its weights are said to have {stated:,} bytes, and {_WEIGHTS} has "
            f"{len(content):,}"
        )


def _stated_bytes(content: bytes) -> int:
    import h5py  # Keras's; not when keras_gan is imported

    sizes: list[int] = []

    def add(_: str, held: Any) -> None:
        if isinstance(held, h5py.Dataset):
            sizes.append(held.nbytes)

    with h5py.File(io.BytesIO(content)) as weights:
        weights.visititems(add)
    return sum(sizes)
