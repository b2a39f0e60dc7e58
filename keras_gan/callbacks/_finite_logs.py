"""An epoch that lost its losses or weights leaves no trace in a run directory."""

from typing import Any

import keras
import numpy as np

from keras_gan.training.finite_weights import broken_weights


class FiniteLogs(keras.callbacks.Callback):
    """Ends a run at the end of an epoch whose logs or weights are not finite.

    `NaNGuard` does more, for a copy of the game in memory and a look after each batch.
    Stands before the callbacks that write.

    Raises:
        FloatingPointError: at the end of such an epoch.
    """

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Looks at the means over the epoch, in which a NaN stays, and at weights.

        These may break in the last step, while its losses were finite still.
        """
        lost = {
            name: float(value)
            for name, value in (logs or {}).items()
            if not np.isfinite(value)
        }
        values = ", ".join(f"{name}={value}" for name, value in lost.items())
        values = values or broken_weights(self.model)
        if values:
            raise FloatingPointError(
                f"epoch {epoch + 1} diverged ({values}); nothing of it was kept, and "
                "resuming would end the same way. Try another --seed, or the recipe "
                "from Python with lower learning rates, clipnorm or "
                "keras_gan.terms.R1"
            )
