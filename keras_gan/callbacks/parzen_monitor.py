"""The Parzen log-likelihood of validation images after each epoch."""

from typing import Any

import keras

from keras_gan._types import FloatArray
from keras_gan._validation import check_integer, check_positive_integer
from keras_gan.evaluation.parzen_protocol import bandwidth_scores


class ParzenMonitor(keras.callbacks.Callback):
    """Logs the Parzen log-likelihood of validation images as `parzen`, in nats.

    Other callbacks can watch it: list this one before them and state `mode="max"`. The
    bandwidth is the best on these same images at each epoch, so the value serves to
    follow one run; report `parzen_log_likelihood` on test images.

    Args:
        images: validation images, `[num_images, height, width, channels]`.
        num_samples: int, at least 1. Kernels. Defaults to `10000`.
        bandwidths: floats above 0, or `None` for the grid of 2014.
            Defaults to `None`.
        seed: int, of the samples. Defaults to `0`.

    Example:
    ```python
    monitor = kg.callbacks.ParzenMonitor(data.valid.images[:1000])
    stop = keras.callbacks.EarlyStopping("parzen", mode="max", patience=10)
    gan.fit(images, callbacks=[monitor, stop])
    ```
    """

    def __init__(
        self,
        images: FloatArray,
        num_samples: int = 10_000,
        bandwidths: tuple[float, ...] | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.images = images
        self.num_samples = check_positive_integer("num_samples", num_samples)
        self.bandwidths = bandwidths
        self.seed = check_integer("seed", seed)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Adds the value of this epoch to the logs."""
        samples = self.model.sample(self.num_samples, seed=self.seed)
        if logs is not None:
            scores = bandwidth_scores(samples, self.images, self.bandwidths)
            logs["parzen"] = float(scores.max())
