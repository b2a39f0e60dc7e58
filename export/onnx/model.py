"""The generator as an ONNX file."""

import dataclasses
from pathlib import Path

from export.contract.contents import OF_PRIOR
from export.contract.endpoints import generate_function, sample_function
from export.contract.metadata import Provenance
from export.contract.names import (
    NOISE,
    PIXELS,
    WEIGHTS,
)
from export.contract.pixels import PIXEL_FORMATS, pixel_format
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


@dataclasses.dataclass(frozen=True, kw_only=True)
class OnnxFormat(OnnxFile):
    """The generator: `export.export_onnx` says what goes in and comes out.

    Args:
        pixels: key of `PIXEL_FORMATS`. Defaults to `"float32"`.
        seeded: bool, whether the graph draws latents itself. Defaults to `False`.
        standard_noise: bool, whether latents are scaled to the prior in the graph.
            Defaults to `False`.
        weights: one of `ONNX_WEIGHTS`. Defaults to `"float32"`.
        opset: int or `None`. Defaults to `None`.
        max_samples: int, images that a seeded file draws at most in one call.
            Defaults to `1024`.
    """

    name: str = "onnx"
    file_name: str = "generator.onnx"
    summary: str = "latents to float images"
    pixels: str = "float32"
    seeded: bool = False
    standard_noise: bool = False
    weights: str = "float32"
    opset: int | None = None
    max_samples: int = MAX_SAMPLES

    def __post_init__(self) -> None:
        check_known("weights", self.weights, ONNX_WEIGHTS)
        check_known("pixels", self.pixels, PIXEL_FORMATS)
        check_opset(self.opset, draws=self.seeded)
        check_max_samples(self.max_samples)
        if self.seeded and self.standard_noise:
            raise ValueError(
                "`standard_noise` scales latents that are given. Received: "
                "seeded=True, with which none are"
            )

    def check(self, gan: GAN, provenance: Provenance) -> None:
        """Raises if pixels have no known range, or the prior no standard noise."""
        super().check(gan, provenance)
        pixel_format(self.pixels, provenance.value_range)
        if self.standard_noise:
            standard_noise_of(gan.prior)

    def write(self, gan: GAN, path: Path, provenance: Provenance) -> None:
        """Writes the file."""
        signature = generator_signature(gan, provenance, self.max_samples)
        pixel = pixel_format(self.pixels, provenance.value_range)
        noise = standard_noise_of(gan.prior) if self.standard_noise else None
        if self.seeded:
            function = sample_function(gan, signature, pixel)
        else:
            to_prior = noise.to_prior if noise else None
            function = generate_function(gan, signature, pixel, to_prior)
        opset = check_opset(self.opset, draws=self.seeded)
        model = to_onnx(function, gan.evaluation_generator, opset)
        metadata = signature.metadata | {
            PIXELS: self.pixels,
            WEIGHTS: self.weights,
            NOISE: noise.name if noise else OF_PRIOR,
        }
        name = gan.generator.name
        save_onnx(with_weights(model, self.weights), name, metadata, path)
