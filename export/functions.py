"""The functions that export: one for each kind of file."""

import os
from pathlib import Path

from export.contract.metadata import Provenance
from export.contract.signature import MAX_SAMPLES
from export.litert import LiteRTFormat
from export.onnx.inference import OnnxInferenceFormat
from export.onnx.model import OnnxFormat
from export.onnx.prior import OnnxPriorFormat
from export.parity.report import ParityReport
from export.record.artefact import write_checked
from export.record.quality import Quality
from export.saved_model import SavedModelFormat
from keras_gan.gan import GAN


def export_onnx(
    gan: GAN,
    path: str | os.PathLike[str],
    *,
    pixels: str = "float32",
    seeded: bool = False,
    standard_noise: bool = False,
    weights: str = "float32",
    class_dtype: str | None = None,
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
    makes the images of `gan.sample(num_samples, seed=seed)`. Other data than images
    come out under their own name, such as `points` `[batch, 2]`, always as floats.

    What else the generator names as inputs, such as `labels`, follows, a row for each
    sample; classes are integers. A seeded file draws from the GAN's `conditions` what
    comes without any row. ONNX Runtime on a processor fails where a class is none of
    the generator's, at a node whose name says so, such as `labels_must_lie_in_0_to_9`.

    torch-fidelity reads `pixels="uint8_rgb_nchw", standard_noise=True,
    class_dtype="int64"`.

    Args:
        gan: `GAN`; its discriminator stays behind.
        path: file to create, ending in `.onnx`.
        pixels: `"float32"`, in the generator's range; `"uint8"` or `"uint8_nchw"`,
            bytes from 0 to 255, which the graph scales; `"uint8_rgb_nchw"`, the same
            with three channels, of images with one or three. Bytes need
            `provenance.value_range` where the last activation has no range.
            Defaults to `"float32"`.
        seeded: bool, whether the graph draws latents itself. Defaults to `False`.
        standard_noise: bool, whether `latents` are N(0, 1), for a normal prior, or
            U(0, 1), for a uniform one, which the graph scales to the prior.
            Defaults to `False`.
        weights: `"float32"`; `"float16"`; or `"int8"`, dynamic, which leaves transposed
            convolutions as they are. Defaults to `"float32"`.
        class_dtype: `"int32"` or `"int64"`, of conditions that are classes, or `None`
            for that of the network's input, `"int32"` where it is a float.
            Defaults to `None`.
        opset: int, 13 to 18, or `None` for 17, and 18 for a seeded file.
            Defaults to `None`.
        max_samples: int, rows that a seeded file draws at most in one call; it fails
            for more before it asks for memory. Defaults to `1024`.
        provenance: `Provenance` to store inside the file and on the model card.
            Defaults to `None`.
        quality: function from samples `[num, …]`, float32 in the generator's range, to
            measures by name, such as an `keras_gan.evaluation.Evaluator`; its values of
            Keras's and of the artefact's samples are recorded. Defaults to `None`.
        overwrite: bool, whether to replace what is there. Defaults to `False`.

    Returns:
        report: `ParityReport` against Keras on fresh latents, from another process.

    Raises:
        ImportError: if onnx, tf2onnx or onnxruntime is not installed.
        FileExistsError: if something is at `path` and `overwrite` is `False`.
        TypeError: if `gan` is not a `GAN`.
        ValueError: if the generator cannot be exported, ONNX lacks one of its
            operators, `standard_noise` is asked for and the generator is told more than
            one class, or the artefact differs from Keras by more than 1e-5 (float32).

    Example:
    ```python
    export_onnx(gan, "generator.onnx").max_abs_error
    session = onnxruntime.InferenceSession("generator.onnx")
    images = session.run(["images"], {"latents": latents})[0]
    ```
    """
    chosen = OnnxFormat(
        pixels=pixels,
        seeded=seeded,
        standard_noise=standard_noise,
        weights=weights,
        class_dtype=class_dtype,
        opset=opset,
        max_samples=max_samples,
    )
    _, report = write_checked(
        chosen,
        gan,
        Path(path),
        provenance=provenance,
        quality=quality,
        overwrite=overwrite,
    )
    return report


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
    float32 `[num_samples, latent_dim]`, equal to `gan.prior.sample`, and whatever the
    GAN has `conditions` for, such as `labels`. Beside a `generator.onnx` it gives a web
    page or a server the seeds of the training code.

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
    chosen = OnnxPriorFormat(
        max_samples=max_samples,
    )
    _, report = write_checked(
        chosen,
        gan,
        Path(path),
        provenance=provenance,
        overwrite=overwrite,
    )
    return report


def export_onnx_inference(
    gan: GAN,
    path: str | os.PathLike[str],
    endpoint: str,
    *,
    opset: int | None = None,
    provenance: Provenance | None = None,
    overwrite: bool = False,
) -> ParityReport:
    """Exports the encoder, the classifier, or what completes, as an ONNX file.

        encode(images)                      latents, those of gan.encode
        complete(latents, images, mask)     completions, as gan.complete makes them
        classify(images)                    class_probabilities, those of gan.classify

    All are float32 with a row for each image. The mask holds 1 where a pixel is given,
    which comes out bit for bit, and 0 where it is asked for, which may hold anything;
    another value makes the call fail. Other data than images have their own name.

    Args:
        gan: `GAN` with an encoder of data alone, or with a discriminator of data alone
            that tells classes apart, or that plays `Inpainting` and is told nothing
            else.
        path: file to create, ending in `.onnx`.
        endpoint: `"encode"`, `"complete"` or `"classify"`.
        opset: int, 13 to 18, or `None` for 17. Defaults to `None`.
        provenance: as in `export_onnx`. Defaults to `None`.
        overwrite: bool, whether to replace what is there. Defaults to `False`.

    Returns:
        report: `ParityReport` against Keras, from another process.

    Raises:
        ImportError: if onnx, tf2onnx or onnxruntime is not installed.
        FileExistsError: if something is at `path` and `overwrite` is `False`.
        ValueError: if `endpoint` is unknown, the GAN cannot be asked it, or the
            artefact differs from Keras by more than 1e-5.

    Example:
    ```python
    export_onnx_inference(gan, "encoder.onnx", "encode").max_abs_error
    session = onnxruntime.InferenceSession("encoder.onnx")
    latents = session.run(["latents"], {"images": images})[0]
    ```
    """
    chosen = OnnxInferenceFormat(endpoint=endpoint, opset=opset)
    _, report = write_checked(
        chosen,
        gan,
        Path(path),
        provenance=provenance,
        overwrite=overwrite,
    )
    return report


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
        encode(images)               where the GAN has an encoder of data alone: latents
        classify(images)             where it tells classes apart: probabilities
        complete(latents, images, mask)    where it plays Inpainting, told nothing else

    `generate` and `sample` return `images`, float32 `[batch, height, width, channels]`,
    `discriminate` returns `probabilities` `[batch]`. Other data than images go in and
    come out under their own name, such as `waveforms` `[batch, length, channels]`.

    `generate` and `sample` also take what else the generator names as inputs, such as
    `labels`, a row for each sample; classes are integers. `sample` draws from the GAN's
    `conditions` what comes without any row. A class that is none of the generator's
    ends the call with `tf.errors.InvalidArgumentError`, which says which there are.

    Args:
        gan: `GAN`; its discriminator stays behind unless asked for.
        path: folder of the model; the version becomes a folder in it.
        version: int, at least 1. Defaults to `1`.
        discriminator: bool, whether to add `discriminate`. Defaults to `False`.
        max_samples: int, rows that one call of `sample` draws at most; it fails for
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
    chosen = SavedModelFormat(
        version=version,
        discriminator=discriminator,
        max_samples=max_samples,
    )
    _, report = write_checked(
        chosen,
        gan,
        Path(path),
        provenance=provenance,
        overwrite=overwrite,
    )
    return report


def export_litert(
    gan: GAN,
    path: str | os.PathLike[str],
    *,
    weights: str = "float32",
    endpoint: str = "generate",
    provenance: Provenance | None = None,
    quality: Quality | None = None,
    overwrite: bool = False,
) -> ParityReport:
    """Exports the generator, or what encodes, completes or classifies, for LiteRT.

    Its signature `generate` takes `latents`, float32 `[batch, latent_dim]`, and returns
    `images`, float32 `[batch, height, width, channels]`, or other data under their own
    name, for any batch. What else the generator names as inputs, such as `labels`, it
    takes too, a row for each sample; classes are integers, and the interpreter fails
    where one is none of the generator's ("gather index out of bounds").

    Args:
        gan: `GAN`; its discriminator stays behind.
        path: file to create, ending in `.tflite`.
        weights: `"float32"`; `"float16"`; or `"int8"`, weights and activations alike,
            whose ranges are measured on latents of the prior, on every class, and on
            what else the generator is told, drawn from the GAN's `conditions`; numbers
            without a prior from 0 to 1, and others may be made badly.
            Defaults to `"float32"`.
        endpoint: `"generate"`; or `"encode"`, `"complete"` or `"classify"`, the one
            signature in its place, as in `export_onnx_inference`, without int8 weights.
            Defaults to `"generate"`.
        provenance: `Provenance` for the record and the model card.
            Defaults to `None`.
        quality: as in `export_onnx`. Defaults to `None`.
        overwrite: bool, whether to replace what is there. Defaults to `False`.

    Returns:
        report: `ParityReport` against Keras on fresh latents, from another process.

    Raises:
        ImportError: if ai-edge-litert is not installed.
        FileExistsError: if something is at `path` and `overwrite` is `False`.
        TypeError: if `gan` is not a `GAN`.
        ValueError: if the generator cannot be exported, LiteRT lacks one of its
            operators, or the artefact differs from Keras by more than 1e-5 (float32).

    Example:
    ```python
    export_litert(gan, "generator.tflite").max_abs_error
    interpreter = ai_edge_litert.interpreter.Interpreter("generator.tflite")
    images = interpreter.get_signature_runner("generate")(latents=latents)["images"]
    ```
    """
    chosen = LiteRTFormat(weights=weights, endpoint=endpoint)
    _, report = write_checked(
        chosen,
        gan,
        Path(path),
        provenance=provenance,
        quality=quality,
        overwrite=overwrite,
    )
    return report
