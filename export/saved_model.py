"""The generator as a TensorFlow SavedModel."""

import os
from pathlib import Path

import tensorflow as tf

from export.artefact import write_checked
from export.parity import ParityReport
from export.signature import (
    GENERATE,
    GeneratorSignature,
    generate_function,
    generator_signature,
)
from keras_gan._types import Config
from keras_gan.gan import GAN


def export_saved_model(
    gan: GAN,
    path: str | os.PathLike[str],
    metadata: Config | None = None,
    overwrite: bool = False,
) -> ParityReport:
    """Exports the generator alone as a SavedModel that needs TensorFlow and no more.

    Its signature `generate` (also `serving_default`) takes `latents`, float32
    `[batch, latent_dim]`, and returns `images`, float32
    `[batch, height, width, channels]`, for any batch.

    Args:
        gan: `GAN`; its discriminator stays behind.
        path: folder to create.
        metadata: unused by this format, which has no room for it. Defaults to `None`.
        overwrite: bool, whether to replace what is there. Defaults to `False`.

    Returns:
        report: `ParityReport` against Keras, on fresh latents at two batch sizes.

    Raises:
        FileExistsError: if something is at `path` and `overwrite` is `False`.
        ValueError: if the artefact differs from Keras by more than 1e-5.

    Example:
    ```python
    export_saved_model(gan, "saved_model").max_abs_error
    images = tf.saved_model.load("saved_model").signatures["generate"](latents=z)
    ```
    """
    signature = generator_signature(gan, metadata)
    return write_checked(
        gan, path, lambda partial: _write(gan, signature, partial), overwrite
    )


def _write(gan: GAN, signature: GeneratorSignature, path: Path) -> None:
    # A bare module: keras.export.ExportArchive stores every variable twice.
    module = tf.Module()
    module.weights = [variable.value for variable in gan.evaluation_generator.weights]
    module.generate = generate_function(gan, signature)
    endpoint = module.generate.get_concrete_function()
    tf.saved_model.save(
        module, str(path), {GENERATE: endpoint, "serving_default": endpoint}
    )
