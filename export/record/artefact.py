"""An artefact takes its final name only when it is whole and agrees with Keras."""

import dataclasses
from pathlib import Path

from export.contract.conditions import conditions_of, prior_config
from export.contract.contents import Contents
from export.contract.export_format import ExportFormat
from export.contract.exportable import check_exportable
from export.contract.metadata import Provenance
from export.contract.precision import in_float32
from export.parity.compare import compare
from export.parity.report import ParityReport
from export.record import model_card
from export.record.pictures import pictures_of
from export.record.quality import Quality, quality_of
from keras_gan._files import replacing, write_json
from keras_gan._types import Config
from keras_gan.gan import GAN
from keras_gan.training.last_activations import reachable_range


def write_checked(
    format: ExportFormat,
    gan: GAN,
    path: Path,
    *,
    provenance: Provenance | None = None,
    quality: Quality | None = None,
    overwrite: bool = False,
) -> tuple[Path, ParityReport]:
    """Writes an artefact, compares it with Keras, and only then names it.

    Beside the artefact appear its record, `NAME.json`, its model card, `NAME.md`, and
    pictures that it drew itself, `NAME.png`.

    Args:
        format: `ExportFormat` that writes it.
        gan: `GAN` whose generator is exported.
        path: name that an export is given; the format says where in it the artefact is.
        provenance: `Provenance`. Defaults to `None`.
        quality: as in `export_onnx`. Defaults to `None`.
        overwrite: bool, whether to replace what is there. Defaults to `False`.

    Returns:
        path, report: the artefact and its `ParityReport`.

    Raises:
        FileExistsError: if the artefact exists and `overwrite` is `False`.
        ValueError: if the generator cannot be exported, or the artefact differs from
            Keras by more than the tolerance.
    """
    gan = in_float32(check_exportable(gan))
    provenance = _in_its_range(provenance or Provenance(), gan)
    format.check(gan, provenance)
    path = format.place(path)
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"`path` must be new. Received: {path}, which exists; overwrite=True "
            "(--overwrite) replaces it."
        )
    # Without a known range: that of what Keras makes, where weights lose digits.
    is_open = format.loses and provenance.value_range is None
    tolerance = None if is_open else format.tolerance(provenance.value_range)
    with replacing(path) as partial:
        format.write(gan, partial, provenance)
        report, played = compare(gan, format, partial, tolerance=tolerance)
        if not report.passed:
            raise ValueError(f"{path} was not written: {report}")
        measured = quality_of(gan, format, partial, quality) if quality else None
        contents = format.contents(partial)
        record = _record(gan, provenance, contents, report, format.weights, measured)
        pictures = pictures_of(played, contents.data_name, gan.networks.made_shape)
        card = model_card.text(path, format, provenance, contents, record, pictures)
    write_json(path.with_name(f"{path.name}.json"), record)
    model_card.write(path, card, provenance, pictures)
    return path, report


def _in_its_range(provenance: Provenance, gan: GAN) -> Provenance:
    """With the range of the generator's last activation where nobody stated one."""
    if provenance.value_range is not None:
        return provenance
    value_range = reachable_range(gan.evaluation_generator)
    return dataclasses.replace(provenance, value_range=value_range)


def _record(
    gan: GAN,
    provenance: Provenance,
    contents: Contents,
    report: ParityReport,
    weights: str,
    quality: Config | None,
) -> Config:
    shape = gan.networks.made_shape
    return {
        "file": report.file,
        "latent_dim": gan.prior.latent_dim,
        "prior": prior_config(gan.prior),
        "conditions": _conditions(gan, contents),
        "data_name": gan.data_name,
        "data_shape": shape,
        # Under the name that pages in a browser read.
        **({"image_shape": shape} if len(shape) == 3 else {}),
        "value_range": provenance.value_range,
        **contents.record(),
        "weights": weights,
        "metadata": provenance.metadata(),
        "parity": dataclasses.asdict(report),
        "quality": quality,
    }


def _conditions(gan: GAN, contents: Contents) -> Config:
    """Those that the artefact takes or gives, in its own types."""
    tensors = [
        tensors for one in contents.endpoints.values() for tensors in reversed(one)
    ]
    return {
        one.name: one.record() | {"dtype": named[one.name].dtype}
        for one in conditions_of(gan)
        for named in tensors
        if one.name in named
    }
