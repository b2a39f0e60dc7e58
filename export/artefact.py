"""An artefact takes its final name only when it is whole and agrees with Keras."""

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

from export.parity import ParityReport, check_parity
from keras_gan._files import replacing, write_json
from keras_gan.gan import GAN


def write_checked(
    gan: GAN,
    path: str | os.PathLike[str],
    write: Callable[[Path], None],
    overwrite: bool = False,
) -> ParityReport:
    """Writes an artefact, compares it with Keras, and only then names it.

    The report is written beside the artefact, as `NAME.parity.json`.

    Args:
        gan: `GAN` whose generator is exported.
        path: final name of the artefact.
        write: function that writes the artefact to the path it is given.
        overwrite: bool, whether to replace what is there. Defaults to `False`.

    Returns:
        report: `ParityReport` of the artefact.

    Raises:
        FileExistsError: if something is at `path` and `overwrite` is `False`.
        ValueError: if the artefact differs from Keras by more than the tolerance.
    """
    path = Path(path)
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"`path` must be new. Received: {path}, which exists; overwrite=True "
            "(--overwrite) replaces it."
        )
    with replacing(path) as partial:
        write(partial)
        report = check_parity(gan, partial)
        if not report.passed:
            raise ValueError(f"{path} was not written: {report}")
    write_json(path.with_name(f"{path.name}.parity.json"), dataclasses.asdict(report))
    return report
