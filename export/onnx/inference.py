"""An encoder, a classifier, or what completes, as an ONNX file."""

import dataclasses
from pathlib import Path

from export.contract.inference import (
    INFERENCE,
    check_endpoint,
    function_of,
    network_of,
)
from export.contract.metadata import Provenance
from export.contract.names import CLASSIFY, COMPLETE, ENCODE
from export.contract.signature import generator_signature
from export.onnx import selection
from export.onnx.graph import check_opset, save_onnx, to_onnx
from export.onnx.onnx_file import OnnxFile
from keras_gan._validation import check_known
from keras_gan.gan import GAN

_NAMES = {ENCODE: "encoder", COMPLETE: "completion", CLASSIFY: "classifier"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class OnnxInferenceFormat(OnnxFile):
    """One question: `export.export_onnx_inference` says what goes in and comes out.

    Args:
        endpoint: `"encode"`, `"complete"` or `"classify"`. Defaults to `"encode"`.
        opset: int or `None`. Defaults to `None`.
    """

    name: str = "onnx_encoder"
    file_name: str = "encoder.onnx"
    summary: str = "images to latents, of a GAN with an encoder"
    endpoint: str = ENCODE
    opset: int | None = None

    def __post_init__(self) -> None:
        check_known("endpoint", self.endpoint, INFERENCE)
        check_opset(self.opset, draws=False)

    def check(self, gan: GAN, provenance: Provenance) -> None:
        """Raises unless the GAN can be asked."""
        super().check(gan, provenance)
        check_endpoint(gan, self.endpoint)

    def write(self, gan: GAN, path: Path, provenance: Provenance) -> None:
        """Writes the file."""
        signature = generator_signature(gan, provenance)
        network = network_of(gan, self.endpoint)
        function = function_of(gan, signature, self.endpoint)
        opset = check_opset(self.opset, draws=False)
        model = to_onnx(function, network, opset, selection.handlers())
        save_onnx(model, _NAMES[self.endpoint], signature.facts, path)
