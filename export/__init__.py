"""Ship the generator: artefacts that need neither keras_gan nor the discriminator."""

from export.formats import FORMATS, ExportFormat, export_generator
from export.onnx_model import export_onnx
from export.parity import ParityReport, check_parity, run_artefact
from export.saved_model import export_saved_model
from export.signature import GeneratorSignature, generator_signature

__all__ = [
    "FORMATS",
    "ExportFormat",
    "GeneratorSignature",
    "ParityReport",
    "check_parity",
    "export_generator",
    "export_onnx",
    "export_saved_model",
    "generator_signature",
    "run_artefact",
]
