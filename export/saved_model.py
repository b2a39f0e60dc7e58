"""The generator as a TensorFlow SavedModel."""

import json
import os
from pathlib import Path
from typing import Any

import tensorflow as tf

from export.contract.endpoints import (
    discriminate_function,
    generate_function,
    sample_function,
)
from export.contract.signature import (
    DISCRIMINATE,
    GENERATE,
    MAX_SAMPLES,
    SAMPLE,
    GeneratorSignature,
    generator_signature,
)
from export.parity.compare import ParityReport
from export.record.artefact import write_checked
from export.record.provenance import Provenance
from keras_gan._validation import check_positive_integer
from keras_gan.gan import GAN


def export_saved_model(
    gan: GAN,
    path: str | os.PathLike[str],
    *,
    version: int = 1,
    discriminator: bool = False,
    max_samples: int = MAX_SAMPLES,
    provenance: Provenance | None = None,
    overwrite: bool = False,
) -> ParityReport:
    """Exports the generator as a SavedModel that needs TensorFlow and no more.

    It is written to `path/version`, as TensorFlow Serving looks for it. Its signatures:

        generate(latents)            latents float32 [batch, latent_dim]; the default
        sample(num_samples, seed)    int32 scalars; the images of gan.sample
        discriminate(images)         on request; the probabilities of gan.discriminate

    `generate` and `sample` return `images`, float32 `[batch, height, width, channels]`,
    `discriminate` returns `probabilities` `[batch]`.

    Args:
        gan: `GAN`; its discriminator stays behind unless asked for.
        path: folder of the model; the version becomes a folder in it.
        version: int, at least 1. Defaults to `1`.
        discriminator: bool, whether to add `discriminate`. Defaults to `False`.
        max_samples: int, images that one call of `sample` draws at most; it fails for
            more before it asks for memory. Defaults to `1024`.
        provenance: `Provenance`, kept in `assets.extra/metadata.json` and on the model
            card. Defaults to `None`.
        overwrite: bool, whether to replace this version. Defaults to `False`.

    Returns:
        report: `ParityReport` of all signatures, from another process.

    Raises:
        FileExistsError: if the version is there and `overwrite` is `False`.
        TypeError: if `gan` is not a `GAN`.
        ValueError: if the generator cannot be exported, or the artefact differs from
            Keras by more than 1e-5.

    Example:
    ```python
    export_saved_model(gan, "digits").max_abs_error
    loaded = tf.saved_model.load("digits/1")
    sample = loaded.signatures["sample"]
    images = sample(num_samples=tf.constant(64), seed=tf.constant(1))["images"]
    ```
    """
    provenance = provenance or Provenance()
    check_positive_integer("version", version)

    def write(partial: Path) -> None:
        signature = generator_signature(gan, provenance, max_samples)
        _write(gan, signature, discriminator, partial)

    return write_checked(
        gan,
        Path(path) / str(version),
        write,
        provenance=provenance,
        overwrite=overwrite,
    )


def _write(
    gan: GAN, signature: GeneratorSignature, discriminator: bool, path: Path
) -> None:
    # A bare module: keras.export.ExportArchive stores every variable twice.
    module: Any = tf.Module()
    networks = [gan.evaluation_generator]
    functions = {
        GENERATE: generate_function(gan, signature),
        SAMPLE: sample_function(gan, signature),
    }
    if discriminator:
        networks.append(gan.discriminator)
        functions[DISCRIMINATE] = discriminate_function(gan, signature)
    module.weights = [
        variable.value for network in networks for variable in network.weights
    ]
    module.functions = functions
    endpoints = {
        name: function.get_concrete_function() for name, function in functions.items()
    }
    endpoints["serving_default"] = endpoints[GENERATE]
    tf.saved_model.save(module, str(path), endpoints)
    extra = path / "assets.extra"
    extra.mkdir()
    metadata = json.dumps(signature.metadata, indent=2) + "\n"
    (extra / "metadata.json").write_text(metadata, encoding="utf-8")
