"""Load what `gan.save` wrote."""

import os
import warnings
import zipfile

import keras

from keras_gan.gan import GAN
from keras_gan.training.finite_weights import broken_weights


def load(path: str | os.PathLike[str]) -> GAN:
    """Loads a GAN that `gan.save` wrote, ready to sample from or to train on.

    Args:
        path: the `.keras` file.

    Returns:
        gan: the `GAN`, compiled as it was, both optimizers' state included.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is damaged.
        TypeError: if the file holds another kind of model.

    Warns:
        UserWarning: if weights are not finite, with their names.
    """
    if not os.path.isfile(path):
        raise FileNotFoundError(f"`path` must name a saved GAN. Received: path={path}")
    if not zipfile.is_zipfile(path):
        raise ValueError(
            f"`path` must be a whole .keras file. Received: {path}, which is damaged "
            "or of another kind."
        )
    model = keras.models.load_model(path)
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
