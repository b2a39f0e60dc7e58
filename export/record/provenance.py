"""What a run directory says of its model, for those who get an artefact of it."""

import json
import os
from pathlib import Path

from export.contract.metadata import Provenance
from keras_gan._types import Config
from keras_gan.gan import GAN
from keras_gan.runs.directory import RunDirectory


def provenance_of(
    path: str | os.PathLike[str], gan: GAN, licence: str | None = None
) -> Provenance:
    """Returns what a run directory says of its model.

    Args:
        path: the run directory.
        gan: `GAN` that was loaded from it, after whichever epoch.
        licence: as in `Provenance`. Defaults to `None`.
    """
    run = RunDirectory(Path(path))
    config = run.read_config()
    epochs = int(gan.epochs_completed.numpy())
    low, high = config["dataset"]["value_range"]
    return Provenance(
        value_range=(low, high),
        dataset=config["dataset"]["name"],
        recipe=config["recipe"],
        seed=config["seed"],
        epochs=epochs,
        licence=licence,
        evaluation=_evaluation_after(run, epochs),
    )


def _evaluation_after(run: RunDirectory, epochs: int) -> Config | None:
    """The recorded scores, unless they are those of another epoch."""
    if not run.evaluation.is_file():
        return None
    evaluation: Config = json.loads(run.evaluation.read_text(encoding="utf-8"))
    same_epoch = evaluation["model"]["epochs"] == epochs
    return evaluation if same_epoch and "report" in evaluation else None
