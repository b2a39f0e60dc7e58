"""The generator as an ONNX file."""

import os
from pathlib import Path

from export.contract.contents import OF_PRIOR
from export.contract.endpoints import generate_function, prior_function, sample_function
from export.contract.pixels import pixel_format
from export.contract.signature import (
    MAX_SAMPLES,
    NOISE,
    PIXELS,
    WEIGHTS,
    generator_signature,
)
from export.onnx.graph import check_opset, save_onnx, to_onnx
from export.onnx.standard_noise import standard_noise_of
from export.onnx.weights import ONNX_WEIGHTS, with_weights
from export.parity.compare import ParityReport
from export.record.artefact import write_checked
from export.record.provenance import Provenance
from export.record.quality import Quality
from keras_gan._validation import check_known
from keras_gan.gan import GAN


def export_onnx(
    gan: GAN,
    path: str | os.PathLike[str],
    *,
    pixels: str = "float32",
    seeded: bool = False,
    standard_noise: bool = False,
    weights: str = "float32",
    opset: int | None = None,
    max_samples: int = MAX_SAMPLES,
    provenance: Provenance | None = None,
    quality: Quality | None = None,
    overwrite: bool = False,
) -> ParityReport:
    """Exports the generator alone as an ONNX file that any ONNX runtime plays.

    Its input `latents` is float32 `[batch, latent_dim]`, its output `images` float32
    `[batch, height, width, channels]`, for any batch. With `seeded=True` its inputs are
    the int32 scalars `num_samples` and `seed`: the graph draws the prior itself, and
    makes the images of `gan.sample(num_samples, seed=seed)`.

    torch-fidelity reads `pixels="uint8_rgb_nchw", standard_noise=True`.

    Args:
        gan: `GAN`; its discriminator stays behind.
        path: file to create, ending in `.onnx`.
        pixels: `"float32"`, in the generator's range; `"uint8"` or `"uint8_nchw"`,
            bytes from 0 to 255, which the graph scales; `"uint8_rgb_nchw"`, the same
            with three channels. Bytes need `provenance.value_range`.
            Defaults to `"float32"`.
        seeded: bool, whether the graph draws latents itself. Defaults to `False`.
        standard_noise: bool, whether `latents` are N(0, 1), for a normal prior, or
            U(0, 1), for a uniform one, which the graph scales to the prior.
            Defaults to `False`.
        weights: `"float32"`; `"float16"`; or `"int8"`, dynamic, which leaves transposed
            convolutions as they are. Defaults to `"float32"`.
        opset: int, 13 to 18, or `None` for 17, and 18 for a seeded file.
            Defaults to `None`.
        max_samples: int, images that a seeded file draws at most in one call; it fails
            for more before it asks for memory. Defaults to `1024`.
        provenance: `Provenance` to store inside the file and on the model card.
            Defaults to `None`.
        quality: function from images `[num, height, width, channels]`, float32 in the
            generator's range, to measures by name, such as an
            `keras_gan.evaluation.Evaluator`; its values of Keras's and of the
            artefact's images are recorded. Defaults to `None`.
        overwrite: bool, whether to replace what is there. Defaults to `False`.

    Returns:
        report: `ParityReport` against Keras on fresh latents, from another process.

    Raises:
        ImportError: if onnx, tf2onnx or onnxruntime is not installed.
        FileExistsError: if something is at `path` and `overwrite` is `False`.
        TypeError: if `gan` is not a `GAN`.
        ValueError: if the generator cannot be exported, ONNX lacks one of its
            operators, or the artefact differs from Keras by more than 1e-5 (float32).

    Example:
    ```python
    export_onnx(gan, "generator.onnx").max_abs_error
    session = onnxruntime.InferenceSession("generator.onnx")
    images = session.run(["images"], {"latents": latents})[0]
    ```
    """
    provenance = provenance or Provenance()
    check_known("weights", weights, ONNX_WEIGHTS)
    pixel = pixel_format(pixels, provenance.value_range)
    chosen_opset = check_opset(opset, draws=seeded)
    if seeded and standard_noise:
        raise ValueError(
            "`standard_noise` scales latents that are given. Received: seeded=True, "
            "with which none are"
        )

    noise = standard_noise_of(gan.prior) if standard_noise else None

    def write(partial: Path) -> None:
        signature = generator_signature(gan, provenance, max_samples)
        function = (
            sample_function(gan, signature, pixel)
            if seeded
            else generate_function(gan, signature, pixel, noise)
        )
        model = to_onnx(function, gan.evaluation_generator, chosen_opset)
        metadata = signature.metadata | {
            PIXELS: pixels,
            WEIGHTS: weights,
            NOISE: noise.name if noise else OF_PRIOR,
        }
        name = gan.generator.name
        save_onnx(with_weights(model, weights), name, metadata, partial)

    return write_checked(
        gan,
        _onnx_path(path),
        write,
        weights=weights,
        provenance=provenance,
        quality=quality,
        overwrite=overwrite,
    )


def export_onnx_prior(
    gan: GAN,
    path: str | os.PathLike[str],
    *,
    max_samples: int = MAX_SAMPLES,
    provenance: Provenance | None = None,
    overwrite: bool = False,
) -> ParityReport:
    """Exports the prior alone: for programs that seed latents and then move them.

    Its inputs are the int32 scalars `num_samples` and `seed`, its output `latents`
    float32 `[num_samples, latent_dim]`, equal to `gan.prior.sample`. Beside a
    `generator.onnx` it gives a web page or a server the seeds of the training code.

    Args:
        gan: `GAN`; its networks stay behind.
        path: file to create, ending in `.onnx`.
        max_samples: int, latents in one call at most. Defaults to `1024`.
        provenance: `Provenance` to store inside the file. Defaults to `None`.
        overwrite: bool, whether to replace what is there. Defaults to `False`.

    Returns:
        report: `ParityReport` of the latents.

    Raises:
        ImportError: if onnx, tf2onnx or onnxruntime is not installed.
        FileExistsError: if something is at `path` and `overwrite` is `False`.
    """
    provenance = provenance or Provenance()

    def write(partial: Path) -> None:
        signature = generator_signature(gan, provenance, max_samples)
        model = to_onnx(
            prior_function(gan, signature),
            gan.evaluation_generator,
            check_opset(None, draws=True),
        )
        save_onnx(model, "prior", signature.metadata, partial)

    return write_checked(
        gan, _onnx_path(path), write, provenance=provenance, overwrite=overwrite
    )


def _onnx_path(path: str | os.PathLike[str]) -> Path:
    path = Path(path)
    if path.suffix != ".onnx":
        raise ValueError(f"`path` must end in .onnx. Received: path={str(path)!r}")
    return path
