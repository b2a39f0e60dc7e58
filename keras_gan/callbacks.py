"""What to do while a GAN learns: look, measure, keep."""

import os
from pathlib import Path
from typing import Any

import keras

from keras_gan._files import replacing
from keras_gan._types import FloatArray
from keras_gan._validation import check_integer, check_positive_integer
from keras_gan.evaluation.parzen import bandwidth_scores
from keras_gan.visualization import save_image_grid


class SampleGrid(keras.callbacks.Callback):
    """Writes a picture of the same latents' images after each epoch.

    Args:
        directory: folder for `epoch_0001.png` and so on.
        num_samples: int, at least 1. Images on the grid. Defaults to `64`.
        value_range: pair of floats, the generator's range. Defaults to `(0.0, 1.0)`.
        seed: int, of the latents. Defaults to `0`.

    Example:
    ```python
    gan.fit(images, callbacks=[kg.callbacks.SampleGrid("pictures")])
    ```
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        num_samples: int = 64,
        value_range: tuple[float, float] = (0.0, 1.0),
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.directory = Path(directory)
        self.num_samples = check_positive_integer("num_samples", num_samples)
        self.value_range = value_range
        self.seed = check_integer("seed", seed)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Draws the picture of this epoch."""
        images = self.model.sample(self.num_samples, seed=self.seed)
        path = self.directory / f"epoch_{epoch + 1:04d}.png"
        save_image_grid(path, images, self.value_range)


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


class SaveEachEpoch(keras.callbacks.Callback):
    """Saves the whole GAN after each epoch, so that a killed run can continue.

    The file is written beside its final name and then renamed: at any moment it holds
    one complete epoch.

    Args:
        path: the `.keras` file.

    Example:
    ```python
    gan.fit(images, epochs=5, callbacks=[kg.callbacks.SaveEachEpoch("gan.keras")])
    gan = kg.load("gan.keras")                  # epochs_completed tells where it is
    ```
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__()
        self.path = Path(path)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Replaces the file."""
        with replacing(self.path) as partial:
            self.model.save(partial)
