"""What a run says of its model, for those who get an artefact of it."""

from export.contract.metadata import Provenance
from keras_gan._files import parse_json
from keras_gan._types import Config
from keras_gan.runs import Run


def provenance_of(run: Run, license: str | None = None) -> Provenance:
    """Returns what a run says of its model.

    Args:
        run: `Run`, of whichever epoch; what it does not say stays unknown.
        license: as in `Provenance`. Defaults to `None`.
    """
    epochs = int(run.gan.epochs_completed.numpy())
    return Provenance(
        value_range=run.value_range,
        dataset=run.record.get("dataset", {}).get("name"),
        recipe=run.config.get("recipe"),
        seed=run.gan.seed,
        epochs=epochs,
        license=license,
        evaluation=_evaluation_of(run, epochs),
    )


def _evaluation_of(run: Run, epochs: int) -> Config | None:
    """The recorded scores, unless they are those of another epoch or another GAN."""
    path = run.directory.evaluation
    if not path.is_file():
        return None
    try:
        evaluation: Config = parse_json(path.read_text(encoding="utf-8"))
        held = evaluation["model"]["epochs"], evaluation["model"]["seed"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} must be what `keras-gan evaluate` writes. Received: "
            f"{type(error).__name__}: {error}. Evaluate once more, or remove the file."
        ) from error
    if held != (epochs, run.gan.seed) or "report" not in evaluation:
        return None
    # Of another training with the same seed the weights are others.
    judged = evaluation.get("weights_sha256")
    return evaluation if judged in (None, run.weights_digest) else None
