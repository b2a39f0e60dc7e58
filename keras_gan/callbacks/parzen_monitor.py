"""The Parzen log-likelihood of validation images after each epoch."""

from typing import Any

import keras

from keras_gan._types import FloatArray
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.evaluation._arrays import flat_rows
from keras_gan.evaluation._sample_parts import SampleParts
from keras_gan.evaluation.parzen_bandwidth import bandwidth_scores, choose_bandwidth

PARZEN, PARZEN_AT_BEST_BANDWIDTH = "parzen", "parzen_at_best_bandwidth"


class ParzenMonitor(keras.callbacks.Callback):
    """Logs the Parzen log-likelihood of validation images, in nats.

    As `parzen` with the best bandwidth of a grid, and as `parzen_at_best_bandwidth`
    with the best of all, which tells epochs apart more finely: the grid of 2014 can
    miss it by nats that the samples are not to blame for.

    Other callbacks can watch both: list this one before them and state `mode="max"`.
    Bandwidths are the best on these same images at each epoch, so the values serve to
    follow one run; report `parzen_log_likelihood` on test images.

    Args:
        images: validation images, `[num_images, height, width, channels]`.
        num_samples: int, at least 1. Kernels. Defaults to `10000`.
        bandwidths: floats above 0, or `None` for the grid of 2014.
            Defaults to `None`.
        seed: int, of the samples. Defaults to `0`.
        best_bandwidth: bool, whether to look for the best of all, too.
            Defaults to `True`.

    Example:
    ```python
    monitor = kg.callbacks.ParzenMonitor(data.valid.images[:1000])
    stop = keras.callbacks.EarlyStopping(
        "parzen_at_best_bandwidth", mode="max", patience=10
    )
    gan.fit(images, callbacks=[monitor, stop])
    ```
    """

    def __init__(
        self,
        images: FloatArray,
        num_samples: int = 10_000,
        bandwidths: tuple[float, ...] | None = None,
        seed: int = 0,
        best_bandwidth: bool = True,
    ) -> None:
        super().__init__()
        self.images = images
        self.num_samples = check_positive_integer("num_samples", num_samples)
        self.bandwidths = bandwidths
        self.seed = check_seed("seed", seed)
        self.best_bandwidth = best_bandwidth

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Adds the values of this epoch to the logs."""
        samples = self.model.sample(self.num_samples, seed=self.seed)
        if logs is None:
            return
        if not self.best_bandwidth:
            scores = bandwidth_scores(samples, self.images, self.bandwidths)
            logs[PARZEN] = float(scores.max())
            return
        parts = SampleParts("samples", samples)
        images = flat_rows("images", self.images)
        choice = choose_bandwidth(parts, images, self.bandwidths)
        logs[PARZEN] = max(choice.valid_means)
        logs[PARZEN_AT_BEST_BANDWIDTH] = choice.best_valid_mean
