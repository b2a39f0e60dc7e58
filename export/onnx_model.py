"""The generator as an ONNX file."""

import os
from pathlib import Path
from typing import Any

from export.artefact import write_checked
from export.parity import ParityReport
from export.signature import (
    GeneratorSignature,
    generate_function,
    generator_signature,
)
from keras_gan._types import Config
from keras_gan.gan import GAN

_OPSET = 17
_BATCH = "batch"


def export_onnx(
    gan: GAN,
    path: str | os.PathLike[str],
    metadata: Config | None = None,
    overwrite: bool = False,
) -> ParityReport:
    """Exports the generator alone as an ONNX file that any ONNX runtime plays.

    Its input `latents` is float32 `[batch, latent_dim]`, its output `images` float32
    `[batch, height, width, channels]`, for any batch.

    Args:
        gan: `GAN`; its discriminator stays behind.
        path: file to create, ending in `.onnx`.
        metadata: facts to store inside the file, e.g. the recipe. The package version
            and the prior are always there. Defaults to `None`.
        overwrite: bool, whether to replace what is there. Defaults to `False`.

    Returns:
        report: `ParityReport` against Keras, on fresh latents at two batch sizes.

    Raises:
        ImportError: if onnx, tf2onnx or onnxruntime is not installed.
        FileExistsError: if something is at `path` and `overwrite` is `False`.
        ValueError: if the artefact differs from Keras by more than 1e-5.

    Example:
    ```python
    export_onnx(gan, "generator.onnx").max_abs_error
    session = onnxruntime.InferenceSession("generator.onnx")
    images = session.run(["images"], {"latents": latents})[0]
    ```
    """
    if Path(path).suffix != ".onnx":
        raise ValueError(f"`path` must end in .onnx. Received: path={str(path)!r}")
    signature = generator_signature(gan, metadata)
    return write_checked(
        gan, path, lambda partial: _write(gan, signature, partial), overwrite
    )


def _write(gan: GAN, signature: GeneratorSignature, path: Path) -> None:
    try:
        import onnx
        import onnxruntime  # noqa: F401 (parity needs it)
        import tf2onnx
    except ImportError as error:
        raise ImportError(
            f"ONNX export needs {error.name}: pip install keras-gan[export]"
        ) from error

    model, _ = tf2onnx.convert.from_function(
        generate_function(gan, signature), [signature.input_spec], opset=_OPSET
    )
    _name_batch_axis(model)
    for key, value in signature.metadata.items():
        model.metadata_props.add(key=key, value=value)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def _name_batch_axis(model: Any) -> None:
    # tf2onnx numbers unknown axes; readers of the file should see what it is.
    for tensor in (*model.graph.input, *model.graph.output):
        tensor.type.tensor_type.shape.dim[0].dim_param = _BATCH
