"""Says when a game is lost: a discriminator that is certain, samples that are one."""

import math
import warnings
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import (
    check_between_0_and_1,
    check_integer,
    check_positive_integer,
    check_seed,
    invalid_argument,
)
from keras_gan.datasets._chunks import chunks_of
from keras_gan.training.class_rows import check_samples_untold, sample_in_rows

_CERTAIN = 0.01  # of a probability, from 0 and from 1
_STILL = 1e-6  # relative length of a player's move in an epoch
_GROWING = 1.2  # spread over that of `patience` epochs: untrained games begin alike

_SATURATED = "discriminator saturation"
_COLLAPSED = "mode collapse"
_VANISHED = "vanishing gradients"
_ADVICE = {
    _SATURATED: "The discriminator tells real from fake with certainty, so that the "
    "generator learns little; few such games recover. Lower the discriminator's "
    "learning rate or its steps, give it one-sided label smoothing, input noise "
    "(keras_gan.layers.GaussianInputNoise) or a penalty (keras_gan.terms.R1), or try "
    "another seed.",
    _COLLAPSED: "The generator draws nearly one sample from all latents. Go back to an "
    "earlier epoch, lower the generator's learning rate, let the discriminator see "
    "several samples at once (packing, "
    "keras_gan.layers.MinibatchStandardDeviation), or penalize its slope "
    "(keras_gan.terms.R1 or GradientPenalty).",
    _VANISHED: "Its gradients are zero, or its learning rate is. Look for units that "
    "are dead (smaller initial weights, a leaky rectifier) and at the schedule of the "
    "rate; against a discriminator that is certain, use the non-saturating objective.",
}


class CollapseMonitor(keras.callbacks.Callback):
    """Warns when a game is lost, in the field's words, with what to try.

    Looked at when an epoch ends, and told of, once, when it lasted `patience` epochs:

        discriminator saturation   d_real > 0.99 and d_fake < 0.01, of an objective
                                   whose logits are those of a probability
        mode collapse              spread of samples < spread_ratio * spread of data,
                                   and not growing by a fifth in `patience` epochs
        vanishing gradients        |w_t - w_(t-1)| < 1e-6 |w_(t-1)|, of either player

    The spread is the mean over all pixels of the standard deviation among samples of
    one seed. A game that recovers may be told of again. Nothing is changed: stop by
    `keras.callbacks.EarlyStopping` on a measure, or look at the pictures first. It
    draws `num_samples` each epoch and holds one copy of the trainable weights.

    Args:
        data: array `[num, …]` of at least 2 rows of real data, such as
            `data.train.images`, whose spread is compared with; `None` compares with
            the largest spread that samples had so far. Defaults to `None`.
        patience: int, at least 1, epochs in a row. Defaults to `5`.
        spread_ratio: float in (0, 1). Defaults to `0.1`.
        num_samples: int, at least 2. Defaults to `64`.
        seed: int, of the samples. Defaults to `0`.
        conditions: dict by name of what the generator is told, as `GAN.sample` takes
            it. One value for all samples shows whether latents still change what is
            made of it. What is not told comes from the GAN's priors.
            Defaults to `None`.

    Raises:
        ValueError: if an argument is out of its range; when training begins, if the
            generator is told a condition that neither `conditions` nor a prior of the
            GAN brings, or one does not fit.

    Warns:
        UserWarning: at the end of an epoch, for each kind of failure.

    Example:
    ```python
    monitor = kg.callbacks.CollapseMonitor(data.train.images)
    gan.fit(data.train, epochs=50, callbacks=[monitor])
    ```

    References:
        Goodfellow, NIPS 2016 Tutorial: Generative Adversarial Networks, sections 3.2.3
        and 5.1.1. https://arxiv.org/abs/1701.00160
        Arjovsky, Bottou, Towards Principled Methods for Training Generative Adversarial
        Networks, 2017. https://arxiv.org/abs/1701.04862
    """

    def __init__(
        self,
        data: Array | None = None,
        patience: int = 5,
        spread_ratio: float = 0.1,
        num_samples: int = 64,
        seed: int = 0,
        conditions: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.conditions = dict(conditions or {})
        self.patience = check_positive_integer("patience", patience)
        self.spread_ratio = check_between_0_and_1("spread_ratio", spread_ratio)
        self.num_samples = check_integer("num_samples", num_samples, minimum=2)
        self.seed = check_seed("seed", seed)
        self._of_data = 0.0 if data is None else _spread_of_data(data)
        self._largest = self._of_data
        self._lasted: dict[str, int] = {}
        self._recent: deque[float] = deque(maxlen=self.patience)  # spreads
        self._before: dict[str, FloatArray] = {}

    def on_train_begin(self, logs: Any = None) -> None:
        """Forgets an earlier training; raises where no sample can be drawn."""
        told = self.conditions
        check_samples_untold(
            self.model, told, ", or CollapseMonitor(…, conditions={…})"
        )
        if told:
            self.model.deal(self.num_samples, self.seed, **told)
        self._lasted, self._before = {}, {}
        self._largest = self._of_data
        self._recent.clear()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Looks at the logs, the samples and the weights."""
        failing = {
            **self._saturated(logs or {}),
            **self._collapsed(),
            **dict(self._still()),
        }
        self._lasted = {what: self._lasted.get(what, 0) + 1 for what in failing}
        for what, evidence in failing.items():
            if self._lasted[what] == self.patience:
                self._tell(epoch, what, evidence)

    def on_train_end(self, logs: Any = None) -> None:
        """Frees the copy."""
        self._before = {}

    def _tell(self, epoch: int, what: str, evidence: str) -> None:
        kind = what.partition(" of ")[0]
        warnings.warn(
            f"{what[0].upper()}{what[1:]} by epoch {epoch + 1}, for {self.patience} "
            f"epochs: {evidence}. {_ADVICE[kind]}",
            stacklevel=2,
        )

    def _saturated(self, logs: Mapping[str, Any]) -> dict[str, str]:
        # Logits of a critic or of a pair are no probabilities.
        if not self.model.rules.objective.has_log_odds:
            return {}
        real, fake = (float(logs.get(name, math.nan)) for name in ("d_real", "d_fake"))
        if not (real > 1 - _CERTAIN and fake < _CERTAIN):
            return {}
        return {_SATURATED: f"d_real={real:.4g}, d_fake={fake:.4g}"}

    def _collapsed(self) -> dict[str, str]:
        samples, _ = sample_in_rows(
            self.model, self.num_samples, self.seed, told=self.conditions
        )
        spread = _spread(samples)
        self._largest = self._of_data or max(self._largest, spread)
        self._recent.append(spread)
        is_growing = spread > _GROWING * self._recent[0]
        if is_growing or not spread < self.spread_ratio * self._largest:
            return {}
        whose = "the data" if self._of_data else "earlier samples"
        told = f"samples spread by {spread:.3g}, {whose} by {self._largest:.3g}"
        return {_COLLAPSED: told}

    def _still(self) -> Iterator[tuple[str, str]]:
        for player in ("generator", "discriminator"):
            weights = _trainable(getattr(self.model, player))
            before = self._before.get(player)
            self._before[player] = weights
            if before is None:
                continue
            move, length = np.linalg.norm(weights - before), np.linalg.norm(before)
            if move <= _STILL * length:
                told = f"its weights moved by {move:.3g} of {length:.3g}"
                yield f"{_VANISHED} of the {player}", told


def _spread_of_data(data: Array) -> float:
    data = np.asarray(data)
    if data.ndim < 2 or len(data) < 2 or data.dtype.kind not in "fiu":
        raise invalid_argument(
            "data", "an array [num, …] of at least 2 rows of numbers", data
        )
    spread = _spread(data)
    if not 0 < spread < math.inf:
        raise ValueError(
            "`data` must differ from row to row, and be finite. Received: rows that "
            f"spread by {spread}"
        )
    return spread


def _spread(rows: Array) -> float:
    """Mean of the columns' standard deviations, in float64 a few rows at a time."""
    blocks = [rows[part] for part in chunks_of(len(rows), rows.shape[1:])]
    mean = sum(block.sum(axis=0, dtype="float64") for block in blocks) / len(rows)
    squares = sum(np.square(block - mean).sum(axis=0) for block in blocks)
    return float(np.sqrt(squares / len(rows)).mean())


def _trainable(network: keras.Model) -> FloatArray:
    values = [variable.numpy().ravel() for variable in network.trainable_variables]
    return np.concatenate(values).astype("float32") if values else np.zeros(0, "f4")
