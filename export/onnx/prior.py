"""The prior alone as an ONNX file."""

import dataclasses
from pathlib import Path

from export.contract.endpoints import prior_function
from export.contract.metadata import Provenance
from export.contract.signature import (
    MAX_SAMPLES,
    check_max_samples,
    generator_signature,
)
from export.onnx.graph import check_opset, save_onnx, to_onnx
from export.onnx.onnx_file import OnnxFile
from keras_gan.gan import GAN
from keras_gan.training.network_checks import check_has_latents


@dataclasses.dataclass(frozen=True, kw_only=True)
class OnnxPriorFormat(OnnxFile):
    """The prior: `export.export_onnx_prior` says what goes in and comes out.

    Args:
        max_samples: int, latents in one call at most. Defaults to `1024`.
    """

    name: str = "onnx_prior"
    file_name: str = "prior.onnx"
    summary: str = "a number of samples and a seed to latents"
    max_samples: int = MAX_SAMPLES

    def __post_init__(self) -> None:
        check_max_samples(self.max_samples)

    def check(self, gan: GAN, provenance: Provenance) -> None:
        """Raises if there are no latents to draw."""
        super().check(gan, provenance)
        check_has_latents(gan, "The format 'onnx_prior' draws")

    def write(self, gan: GAN, path: Path, provenance: Provenance) -> None:
        """Writes the file."""
        signature = generator_signature(gan, provenance, self.max_samples)
        model = to_onnx(
            prior_function(gan, signature),
            gan.evaluation_generator,
            check_opset(None, draws=True),
        )
        drawn = [one for one in signature.conditions if one.prior is not None]
        # The others are the generator's, which stays behind.
        told = dataclasses.replace(signature, conditions=tuple(drawn))
        save_onnx(model, "prior", told.metadata, path)
