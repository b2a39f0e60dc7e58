"""The whole GAN in one file whenever a logged value is the best so far."""

import math
import os
from pathlib import Path
from typing import Any

import keras

from keras_gan._files import replacing
from keras_gan._replicas import is_chief
from keras_gan._validation import check_known


class SaveBestEpoch(keras.callbacks.Callback):
    """Saves the whole GAN after each epoch whose value beats all before it.

    To choose the epoch by validation data and report another measure, or the same one
    on test data: list it after the callback that logs the value. Unlike
    `keras.callbacks.ModelCheckpoint` it writes beside the final name and renames, so
    that a killed run keeps the best epoch whole; a value of NaN is never the best. Of
    several workers the chief alone writes the file.

    Args:
        path: the `.keras` file.
        monitor: str, key of the logs. `"parzen_at_best_bandwidth"` of `ParzenMonitor`
            is finer than its `"parzen"`. Defaults to `"parzen"`.
        mode: str, `"max"` or `"min"`, which values are better. Defaults to `"max"`.
        best: float, the value to beat, when a run continues; `None` for any.
            Defaults to `None`.

    Raises:
        KeyError: at the end of an epoch whose logs lack `monitor`.

    Example:
    ```python
    monitor = kg.callbacks.ParzenMonitor(data.valid.images[:1000])
    best = kg.callbacks.SaveBestEpoch("best.keras", "parzen_at_best_bandwidth")
    gan.fit(images, epochs=50, callbacks=[monitor, best])
    ```
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        monitor: str = "parzen",
        mode: str = "max",
        best: float | None = None,
    ) -> None:
        super().__init__()
        self.path = Path(path)
        self.monitor = monitor
        self._sign = 1.0 if check_known("mode", mode, ("max", "min")) == "max" else -1.0
        self.best = -self._sign * math.inf if best is None else float(best)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Replaces the file if this epoch is the best."""
        value = (logs or {}).get(self.monitor)
        if value is None:
            raise KeyError(
                f"`monitor` must be one of the logs: {list(logs or {})}. Received: "
                f"{self.monitor!r}; list the callback that logs it before this one."
            )
        if self._sign * float(value) > self._sign * self.best:
            self.best = float(value)
            if is_chief(self.model.distribute_strategy):
                with replacing(self.path) as partial:
                    self.model.save(partial)
