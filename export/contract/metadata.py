"""What an artefact says of itself: what its weights cannot say."""

import dataclasses
import json

from keras_gan._types import Config
from keras_gan._validation import check_range
from keras_gan._version import __version__


@dataclasses.dataclass(frozen=True, kw_only=True)
class Provenance:
    """Facts that travel with an artefact: inside it, and on its model card.

    Args:
        value_range: pair of floats between which the generator's values lie, black and
            white of images; `None` takes the range of its last activation, where that
            has one. Pixels as bytes need it. Defaults to `None`.
        dataset: str, what the model was trained on, or `None`. Defaults to `None`.
        recipe: str, or `None`. Defaults to `None`.
        seed: int, of the training run, or `None`. Defaults to `None`.
        epochs: int, that the model was trained for, or `None`. Defaults to `None`.
        license: str, under which the artefact is given away, best an SPDX name, or
            `None` where nobody said. Defaults to `None`.
        evaluation: what `keras-gan evaluate` wrote of this very model, or `None`.
            Defaults to `None`.

    Raises:
        ValueError: if `value_range` is not a pair `(low, high)`.

    Example:
    >>> Provenance(dataset="mnist", value_range=(0.0, 1.0)).metadata()["value_range"]
    '[0.0, 1.0]'
    """

    value_range: tuple[float, float] | None = None
    dataset: str | None = None
    recipe: str | None = None
    seed: int | None = None
    epochs: int | None = None
    license: str | None = None
    evaluation: Config | None = None

    def __post_init__(self) -> None:
        if self.value_range is not None:
            low, high = check_range("value_range", self.value_range)
            object.__setattr__(self, "value_range", (float(low), float(high)))
        if self.evaluation is not None and "report" not in self.evaluation:
            raise ValueError(
                "`evaluation` must be what `keras-gan evaluate` wrote of the model. "
                f"Received: a dict of {sorted(self.evaluation)}, without 'report'"
            )

    def metadata(self) -> dict[str, str]:
        """Returns what is written into an artefact; what nobody stated is left out."""
        facts = {
            "value_range": self.value_range and json.dumps([*self.value_range]),
            "dataset": self.dataset,
            "recipe": self.recipe,
            "training_seed": self.seed,
            "training_epochs": self.epochs,
        }
        known = {key: str(fact) for key, fact in facts.items() if fact is not None}
        return {
            "producer": f"keras_gan {__version__}",
            **known,
            "license": self.license or "not stated",
        }
