"""The generator as an ONNX file."""

import dataclasses
from pathlib import Path

from export.contract.conditions import conditions_of
from export.contract.contents import OF_PRIOR
from export.contract.endpoints import generate_function, sample_function
from export.contract.metadata import Provenance
from export.contract.names import (
    NOISE,
    PIXELS,
    WEIGHTS,
)
from export.contract.pixels import PIXEL_FORMATS, check_pixels, pixel_format
from export.contract.signature import (
    MAX_SAMPLES,
    check_max_samples,
    generator_signature,
)
from export.onnx.graph import check_opset, save_onnx, to_onnx
from export.onnx.onnx_file import OnnxFile
from export.onnx.standard_noise import standard_noise_of
from export.onnx.weights import ONNX_WEIGHTS, with_weights
from keras_gan._validation import check_known
from keras_gan.gan import GAN
from keras_gan.training.network_checks import check_has_latents


@dataclasses.dataclass(frozen=True, kw_only=True)
class OnnxFormat(OnnxFile):
    """The generator: `export.export_onnx` says what goes in and comes out.

    Args:
        pixels: key of `PIXEL_FORMATS`. Defaults to `"float32"`.
        seeded: bool, whether the graph draws latents itself. Defaults to `False`.
        standard_noise: bool, whether latents are scaled to the prior in the graph.
            Defaults to `False`.
        weights: one of `ONNX_WEIGHTS`. Defaults to `"float32"`.
        class_dtype: `"int32"` or `"int64"`, of conditions that are classes, or `None`
            for that of the network's input. Defaults to `None`.
        opset: int or `None`. Defaults to `None`.
        max_samples: int, rows that a seeded file draws at most in one call.
            Defaults to `1024`.
    """

    name: str = "onnx"
    file_name: str = "generator.onnx"
    summary: str = "latents to float images"
    pixels: str = "float32"
    seeded: bool = False
    standard_noise: bool = False
    weights: str = "float32"
    class_dtype: str | None = None
    opset: int | None = None
    max_samples: int = MAX_SAMPLES

    def __post_init__(self) -> None:
        check_known("weights", self.weights, ONNX_WEIGHTS)
        check_known("pixels", self.pixels, PIXEL_FORMATS)
        check_opset(self.opset, draws=self.seeded)
        if self.class_dtype is not None:
            check_known("class_dtype", self.class_dtype, ("int32", "int64"))
        check_max_samples(self.max_samples)
        if self.seeded and self.standard_noise:
            raise ValueError(
                "`standard_noise` scales latents that are given. Received: "
                "seeded=True, with which none are"
            )

    def check(self, gan: GAN, provenance: Provenance) -> None:
        """Raises if pixels have no known range, or the prior no standard noise."""
        super().check(gan, provenance)
        check_pixels(self.pixels, gan.data_name, gan.data_shape)
        pixel_format(self.pixels, provenance.value_range)
        if self.seeded and not any(one.prior for one in conditions_of(gan)):
            check_has_latents(gan, "A seeded file draws")
        if self.standard_noise:
            standard_noise_of(gan.prior)
            _check_told_by_others(gan)

    def write(self, gan: GAN, path: Path, provenance: Provenance) -> None:
        """Writes the file."""
        signature = generator_signature(
            gan, provenance, self.max_samples, self.class_dtype
        )
        pixel = pixel_format(self.pixels, provenance.value_range)
        noise = standard_noise_of(gan.prior) if self.standard_noise else None
        if self.seeded:
            function = sample_function(gan, signature, pixel)
        else:
            to_prior = noise.to_prior if noise else None
            function = generate_function(gan, signature, pixel, to_prior)
        opset = check_opset(self.opset, draws=self.seeded)
        drawn = [one.name for one in signature.conditions if self.seeded and one.prior]
        model = to_onnx(function, gan.evaluation_generator, opset, may_be_empty=drawn)
        metadata = signature.metadata | {
            **({PIXELS: self.pixels} if len(gan.data_shape) == 3 else {}),
            WEIGHTS: self.weights,
            NOISE: noise.name if noise else OF_PRIOR,
        }
        name = gan.generator.name
        save_onnx(with_weights(model, self.weights), name, metadata, path)


def _check_told_by_others(gan: GAN) -> None:
    """Raises unless a tool that draws noise by itself can draw what else is told."""
    conditions = conditions_of(gan)
    if any(one.shape or not one.classes for one in conditions) or len(conditions) > 1:
        names = ", ".join(f"{one.name} of shape {one.shape}" for one in conditions)
        raise ValueError(
            "`standard_noise` is for tools, such as torch-fidelity, that draw all that "
            "a generator is given, and they know noise and a class, (), an image. "
            f"Received: a generator that is told {names}. Take standard_noise=False, "
            "the format 'onnx_uint8_nchw' say, and draw by the prior."
        )
