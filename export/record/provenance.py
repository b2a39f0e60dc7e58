"""What a run says of its model, for those who get an artefact of it."""

import json

from export.contract.metadata import Provenance
from keras_gan._types import Config
from keras_gan.runs import Run, RunDirectory


def provenance_of(run: Run, licence: str | None = None) -> Provenance:
    """Returns what a run says of its model.

    Args:
        run: `Run`, of whichever epoch; what it does not say stays unknown.
        licence: as in `Provenance`. Defaults to `None`.
    """
    epochs = int(run.gan.epochs_completed.numpy())
    return Provenance(
        value_range=run.value_range,
        dataset=run.record.get("dataset", {}).get("name"),
        recipe=run.config.get("recipe"),
        seed=run.gan.seed,
        epochs=epochs,
        licence=licence,
        evaluation=_evaluation_after(run.directory, epochs),
    )


def _evaluation_after(run: RunDirectory, epochs: int) -> Config | None:
    """The recorded scores, unless they are those of another epoch."""
    if not run.evaluation.is_file():
        return None
    evaluation: Config = json.loads(run.evaluation.read_text(encoding="utf-8"))
    same_epoch = evaluation["model"]["epochs"] == epochs
    return evaluation if same_epoch and "report" in evaluation else None
