"""A picture of the same latents after each epoch."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan._replicas import is_chief
from keras_gan._run_files import REAL
from keras_gan._types import Array
from keras_gan._validation import check_positive_integer
from keras_gan.callbacks._epoch_pictures import EpochPictures
from keras_gan.callbacks._image_summaries import ImageSummaries
from keras_gan.training.class_rows import (
    check_samples_untold,
    rows_in_grid,
    sample_in_rows,
)
from keras_gan.training.data_checks import check_data_shape
from keras_gan.visualization import save_samples

_NUM_SAMPLES, _NUM_POINTS = 64, 1000


class SampleGrid(EpochPictures):
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
        conditions: dict by name of what the generator is told, as `GAN.sample` takes
            it: an array with `num_samples` rows, or one value for all. What is not told
            comes from the GAN's priors. Defaults to `None`.
        real: array of data, or a pair of it and its labels, whose first rows are drawn
            once, in the layout of the samples, as `real.png`, when training begins;
            `None` draws none. Defaults to `None`.
        tensorboard_dir: folder of event files, into which the pictures also go as the
            image summary `samples`, with the epochs of `keras.callbacks.TensorBoard`,
            which count from 0; `None` writes none. Defaults to `None`.

    Raises:
        ImportError: if `tensorboard_dir` is given and TensorBoard is not installed.
        ValueError: when training begins, if the generator is told a condition that
            neither `conditions` nor a prior of the GAN brings, or one does not fit.

    Example:
    ```python
    gan.fit(images, callbacks=[kg.callbacks.SampleGrid("pictures")])
    # A game that is told the edges of what it draws: these sixteen, epoch by epoch.
    told = {"edges": valid_edges[:16]}
    grid = kg.callbacks.SampleGrid("pictures", num_samples=16, conditions=told)
    gan.fit({"images": images, "edges": edges}, callbacks=[grid])
    # Pictures and losses in one place: `tensorboard --logdir board`.
    grid = kg.callbacks.SampleGrid("pictures", tensorboard_dir="board")
    gan.fit(images, callbacks=[grid, keras.callbacks.TensorBoard("board")])
    ```
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        num_samples: int | None = None,
        value_range: tuple[float, float] | None = None,
        seed: int = 0,
        conditions: Mapping[str, Any] | None = None,
        real: Array | tuple[Array, Array | None] | None = None,
        tensorboard_dir: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__(directory, value_range, seed)
        self.conditions = dict(conditions or {})
        if num_samples is not None:
            check_positive_integer("num_samples", num_samples)
        self.num_samples = num_samples
        self.real = real if real is None or isinstance(real, tuple) else (real,)
        self._summaries: ImageSummaries | None = None
        if tensorboard_dir is not None:
            self._summaries = ImageSummaries(tensorboard_dir, "samples")

    def on_train_begin(self, logs: Any = None) -> None:
        """Raises where no sample could be drawn."""
        gan, told = self.model, self.conditions
        if len(gan.data_shape) not in (1, 2, 3):
            raise ValueError(
                "SampleGrid draws images, signals and vectors, rows of 1, 2 or 3 axes. "
                f"Received: {gan.data_name} of shape {gan.data_shape}; draw what "
                "gan.sample returns in a callback of your own."
            )
        check_samples_untold(gan, told, ", or SampleGrid(…, conditions={…})")
        if told:
            gan.deal(self._num_asked, self.seed, **told)
        if self.real is not None and is_chief(gan.distribute_strategy):
            self._draw_real(*self.real)

    def _draw_real(self, data: Array, labels: Array | None = None) -> None:
        data, gan = np.asarray(data), self.model
        check_data_shape(tuple(data.shape[1:]), gan.data_shape)
        rows, num_columns = rows_in_grid(gan, labels, min(self._num_asked, len(data)))
        path = self.directory / REAL
        save_samples(path, data[rows], self.shown_range, num_columns)

    @property
    def _num_asked(self) -> int:
        default = _NUM_POINTS if self.model.data_shape == (2,) else _NUM_SAMPLES
        return self.num_samples or default

    def draw(self, path: Path) -> None:
        """Draws samples of the GAN as it is now."""
        samples, num_columns = sample_in_rows(
            self.model, self._num_asked, self.seed, told=self.conditions
        )
        save_samples(path, samples, self.shown_range, num_columns)

    def show(self, path: Path, epoch: int) -> None:
        """Adds the picture to the summaries of TensorBoard, where they are wanted."""
        if self._summaries is not None:
            self._summaries.write(path, epoch)

    def on_train_end(self, logs: Any = None) -> None:
        """Ends the event file."""
        if self._summaries is not None:
            self._summaries.close()
