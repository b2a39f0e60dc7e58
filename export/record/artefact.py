"""An artefact takes its final name only when it is whole and agrees with Keras."""

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

from export.contract.contents import Contents, contents_of
from export.contract.exportable import check_exportable
from export.contract.signature import prior_record
from export.parity.compare import TOLERANCE, ParityReport, compare
from export.record import model_card
from export.record.provenance import Provenance
from export.record.quality import Quality, quality_of
from keras_gan._files import replacing, write_json
from keras_gan._types import Config
from keras_gan.gan import GAN

# Of float16 and int8 weights, in parts of the images' range: gross errors only. What
# they cost is for measures of the images to say.
_TOLERANCES = {"float32": TOLERANCE, "float16": 0.05, "int8": 0.5}


def write_checked(
    gan: GAN,
    path: str | os.PathLike[str],
    write: Callable[[Path], None],
    *,
    weights: str = "float32",
    provenance: Provenance,
    quality: Quality | None = None,
    overwrite: bool = False,
) -> ParityReport:
    """Writes an artefact, compares it with Keras, and only then names it.

    Beside the artefact appear its record, `NAME.json`, its model card, `NAME.md`, and
    pictures that it drew itself, `NAME.png`.

    Args:
        gan: `GAN` whose generator is exported.
        path: final name of the artefact.
        write: function that writes the artefact to the path it is given.
        weights: `"float32"`, `"float16"` or `"int8"`; chooses the tolerance.
            Defaults to `"float32"`.
        provenance: `Provenance`.
        quality: as in `export_onnx`. Defaults to `None`.
        overwrite: bool, whether to replace what is there. Defaults to `False`.

    Returns:
        report: `ParityReport` of the artefact.

    Raises:
        FileExistsError: if something is at `path` and `overwrite` is `False`.
        ValueError: if the generator cannot be exported, or the artefact differs from
            Keras by more than the tolerance.
    """
    path = Path(path)
    check_exportable(gan)
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"`path` must be new. Received: {path}, which exists; overwrite=True "
            "(--overwrite) replaces it."
        )
    low, high = provenance.value_range or (0.0, 1.0)
    tolerance = _TOLERANCES[weights]
    if weights != "float32":
        tolerance *= high - low
    with replacing(path) as partial:
        write(partial)
        report, played = compare(gan, partial, tolerance=tolerance)
        if not report.passed:
            raise ValueError(f"{path} was not written: {report}")
        measured = quality_of(gan, partial, quality) if quality else None
        contents = contents_of(partial)
    record = _record(gan, provenance, contents, report, weights, measured)
    write_json(path.with_name(f"{path.name}.json"), record)
    images = model_card.pictures(gan, played)
    model_card.write(path, provenance, contents, record, images)
    return report


def _record(
    gan: GAN,
    provenance: Provenance,
    contents: Contents,
    report: ParityReport,
    weights: str,
    quality: Config | None,
) -> Config:
    return {
        "file": report.file,
        "latent_dim": gan.prior.latent_dim,
        "prior": prior_record(gan),
        "image_shape": gan.image_shape,
        "value_range": provenance.value_range,
        **contents.record(),
        "weights": weights,
        "metadata": provenance.metadata(),
        "parity": dataclasses.asdict(report),
        "quality": quality,
    }
