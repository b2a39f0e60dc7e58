"""A picture of the same latents after each epoch."""

import os
from pathlib import Path
from typing import Any

import keras

from keras_gan._replicas import is_chief
from keras_gan._validation import check_positive_integer, check_range, check_seed
from keras_gan.training.class_rows import check_samples_untold, sample_in_rows
from keras_gan.training.network_checks import reachable_range
from keras_gan.visualization import save_samples

_NUM_SAMPLES, _NUM_POINTS = 64, 1000


class SampleGrid(keras.callbacks.Callback):
    """Writes a picture of the same latents' samples after each epoch.

    Images make a grid, points in the plane a scatter plot, signals and other vectors
    lines, as `keras_gan.visualization.save_samples` draws them. A GAN with a prior of
    `labels` draws one class a row. Of several workers the chief alone draws it.

    Args:
        directory: folder for `epoch_0001.png` and so on, by `epochs_completed`.
        num_samples: int, at least 1; `None` draws 64 images, signals or vectors, and
            1,000 points; with classes, as many as fill whole columns.
            Defaults to `None`.
        value_range: pair of floats, black and white of images and the axes of plots;
            `None` takes the range of the generator's last activation, `(-1, 1)` for
            tanh and `(0, 1)` for sigmoid, or, after another one, the least and the
            greatest value of each picture. Defaults to `None`.
        seed: int, of the latents. Defaults to `0`.

    Raises:
        ValueError: when training begins, if the generator is told a condition that the
            GAN has no prior of.

    Example:
    ```python
    gan.fit(images, callbacks=[kg.callbacks.SampleGrid("pictures")])
    ```
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        num_samples: int | None = None,
        value_range: tuple[float, float] | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.directory = Path(directory)
        if num_samples is not None:
            check_positive_integer("num_samples", num_samples)
        self.num_samples = num_samples
        if value_range is not None:
            check_range("value_range", value_range)
        self.value_range = value_range
        self.seed = check_seed("seed", seed)

    def on_train_begin(self, logs: Any = None) -> None:
        """Raises where no sample could be drawn."""
        check_samples_untold(self.model)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Draws the picture of this epoch."""
        gan = self.model
        if not is_chief(gan.distribute_strategy):
            return
        default = _NUM_POINTS if gan.data_shape == (2,) else _NUM_SAMPLES
        samples, num_columns = sample_in_rows(
            gan, self.num_samples or default, self.seed
        )
        number = int(gan.epochs_completed.numpy())
        path = self.directory / f"epoch_{number:04d}.png"
        value_range = self.value_range or reachable_range(gan.generator)
        save_samples(path, samples, value_range, num_columns)
