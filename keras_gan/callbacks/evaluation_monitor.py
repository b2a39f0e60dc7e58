"""Any measures of generated samples while a GAN learns."""

import math
import warnings
from collections import Counter
from collections.abc import Mapping
from typing import Any

import keras

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_integer, check_positive_integer, check_seed
from keras_gan.evaluation.evaluator import Evaluator
from keras_gan.evaluation.score import DoubtfulScoreWarning, Score
from keras_gan.training.asked_labels import sample_classes, takes_labels
from keras_gan.training.class_rows import check_samples_untold
from keras_gan.training.examples import LABELS


class EvaluationMonitor(keras.callbacks.Callback):
    """Logs the measures of an `Evaluator` at the end of epochs.

    Each measured number is logged under its own name, `frechet_distance`, `precision`,
    `recall`, `parzen` and so on, behind the measure's where measures of your own share
    one, `mine/frechet_distance`; list this callback before those that watch or record
    them. The samples are drawn from one seed, so that epochs differ by the generator
    alone; where the evaluator has labels and the generator is told them, each class is
    asked for as often. `keras_gan.runs.monitor_of` builds one for a single value.

    Between two measurements the last values are repeated, so that logs of all epochs
    have the same keys; the first epoch that this callback sees is always measured. A
    number without a value is left out. What makes a measure doubtful is told of once.

    Args:
        evaluator: `keras_gan.evaluation.Evaluator`. Choose few and fast measures.
        num_samples: int, at least 2. Defaults to `1000`.
        interval: int, at least 1: measures every so many epochs. Defaults to `1`.
        seed: int, of the samples. Defaults to `0`.
        conditions: dict by name of what the generator is told besides, as `GAN.sample`
            takes it. Defaults to `None`.

    Raises:
        TypeError: if `evaluator` is none.
        ValueError: when training begins, if the generator is told a condition that
            nobody brings, or one does not fit.

    Example:
    ```python
    evaluator = kg.evaluation.Evaluator(
        data.train.images[:1000],
        data.valid.images[:1000],
        measures=["parzen", "kernel_distance", "precision_recall"],
    )
    monitor = kg.callbacks.EvaluationMonitor(evaluator, interval=5)
    stop = keras.callbacks.EarlyStopping(
        "kernel_distance",
        mode=kg.evaluation.quantity_of("kernel_distance").mode,
        patience=10,
    )
    gan.fit(data.train.images, epochs=50, callbacks=[monitor, stop])
    ```
    """

    def __init__(
        self,
        evaluator: Evaluator,
        num_samples: int = 1_000,
        interval: int = 1,
        seed: int = 0,
        conditions: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.evaluator = evaluator
        self.num_samples = check_integer("num_samples", num_samples, minimum=2)
        self.interval = check_positive_integer("interval", interval)
        self.seed = check_seed("seed", seed)
        if not isinstance(evaluator, Evaluator):
            raise TypeError(
                "`evaluator` must be a keras_gan.evaluation.Evaluator, such as "
                "Evaluator(train_images, valid_images). Received: "
                f"{type(evaluator).__name__}"
            )
        self.conditions = dict(conditions or {})
        self._values: dict[str, float] = {}
        self._doubted: set[str] = set()

    def on_train_begin(self, logs: Any = None) -> None:
        """Raises where no sample could be drawn; forgets an earlier training."""
        self._values = {}
        gan, told = self.model, {*self.conditions}
        if self.evaluator.classes is not None and takes_labels(gan):
            told.add(LABELS)
        check_samples_untold(gan, told, ", or EvaluationMonitor(…, conditions={…})")
        if self.conditions:
            self._drawn()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Adds the values of this epoch to the logs."""
        if not self._values or epoch % self.interval == 0:
            self._values = _named(self._scores())
        if logs is not None:
            logs.update(self._values)

    def _drawn(self) -> tuple[FloatArray, Array | None]:
        classes, told = self.evaluator.classes, self.conditions
        return sample_classes(self.model, self.num_samples, self.seed, classes, told)

    def _scores(self) -> Mapping[str, Score]:
        samples, labels = self._drawn()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DoubtfulScoreWarning)
            scores = self.evaluator(samples, labels=labels)
        for name, score in scores.items():
            if score.warnings and name not in self._doubted:
                self._doubted.add(name)
                told = f"Doubtful {name}: {' '.join(score.warnings)}"
                warnings.warn(told, DoubtfulScoreWarning, stacklevel=2)
        return scores


def _named(scores: Mapping[str, Score]) -> dict[str, float]:
    """Finite values by name, with the measure's before it where two share one."""
    counts = Counter(name for score in scores.values() for name in score.values)
    return {
        name if counts[name] == 1 else f"{measure}/{name}": value
        for measure, score in scores.items()
        for name, value in score.values.items()
        if math.isfinite(value)
    }
