"""Ship the generator: artefacts that need neither keras_gan nor the discriminator."""

from export.contract.pixels import PIXEL_FORMATS, PixelFormat
from export.contract.signature import GeneratorSignature, generator_signature
from export.formats import FORMATS, ExportFormat, export_generator
from export.litert import LITERT_WEIGHTS, export_litert
from export.onnx.model import export_onnx, export_onnx_prior
from export.onnx.weights import ONNX_WEIGHTS
from export.parity.compare import ParityReport, check_parity, run_artefact
from export.record.provenance import Provenance, provenance_of
from export.runs import export_run
from export.saved_model import export_saved_model

__all__ = [
    "FORMATS",
    "LITERT_WEIGHTS",
    "ONNX_WEIGHTS",
    "PIXEL_FORMATS",
    "ExportFormat",
    "GeneratorSignature",
    "ParityReport",
    "PixelFormat",
    "Provenance",
    "check_parity",
    "export_generator",
    "export_litert",
    "export_onnx",
    "export_onnx_prior",
    "export_run",
    "export_saved_model",
    "generator_signature",
    "provenance_of",
    "run_artefact",
]
