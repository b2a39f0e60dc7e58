"""Ship the generator: artefacts that need neither keras_gan nor the discriminator."""

from export.by_format import export_generator
from export.contract.contents import Contents, Endpoint, TensorType, contents_from
from export.contract.export_format import ExportFormat
from export.contract.metadata import Provenance
from export.contract.pixels import PIXEL_FORMATS, PixelFormat
from export.contract.signature import (
    GeneratorSignature,
    generator_signature,
)
from export.formats import FORMATS, register_format
from export.functions import (
    export_litert,
    export_onnx,
    export_onnx_inference,
    export_onnx_prior,
    export_saved_model,
)
from export.litert import LITERT_WEIGHTS
from export.onnx.weights import ONNX_WEIGHTS
from export.parity.compare import check_parity, run_artefact
from export.parity.report import ParityReport
from export.record.provenance import provenance_of
from export.runs import export_run

__all__ = [
    "FORMATS",
    "LITERT_WEIGHTS",
    "ONNX_WEIGHTS",
    "PIXEL_FORMATS",
    "Contents",
    "Endpoint",
    "ExportFormat",
    "GeneratorSignature",
    "ParityReport",
    "PixelFormat",
    "Provenance",
    "TensorType",
    "check_parity",
    "contents_from",
    "export_generator",
    "export_litert",
    "export_onnx",
    "export_onnx_inference",
    "export_onnx_prior",
    "export_run",
    "export_saved_model",
    "generator_signature",
    "provenance_of",
    "register_format",
    "run_artefact",
]
