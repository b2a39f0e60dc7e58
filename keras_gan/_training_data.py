"""What `GAN.fit` makes of the data that it is given."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._network_checks import check_image_shape
from keras_gan._types import Shape, Tensor


class EpochClock(keras.callbacks.Callback):
    """Counts completed epochs in the model and tells the pipeline the current one.

    Args:
        epoch: `tf.Variable` that the pipeline reads, or `None` where there is none.
            Defaults to `None`.
    """

    def __init__(self, epoch: tf.Variable | None = None) -> None:
        super().__init__()
        self._epoch = epoch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Shows the pipeline how many epochs are done."""
        # Read now: BackupAndRestore has restored the counter by this time.
        if self._epoch is not None:
            self._epoch.assign(self.model.epochs_completed.value)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Counts the epoch before any other callback saves the model."""
        self.model.epochs_completed.assign_add(1)


def is_array(x: Any) -> bool:
    """Whether `x` is images in memory rather than a dataset."""
    return isinstance(x, np.ndarray) or tf.is_tensor(x)


def check_dataset(dataset: Any, image_shape: Shape) -> None:
    """Raises if a `tf.data.Dataset` states another image shape."""
    if not isinstance(dataset, tf.data.Dataset):
        return
    spec = dataset.element_spec
    spec = spec[0] if isinstance(spec, tuple) else spec
    if spec.shape.rank is not None:
        check_image_shape(tuple(spec.shape[1:]), image_shape)


def refuse_weights(arguments: dict[str, Any]) -> None:
    """Raises if images are to count differently: the game has no place for it."""
    for name in ("sample_weight", "class_weight"):
        if arguments.get(name) is not None:
            raise ValueError(
                f"`{name}` has no meaning in the adversarial game: every image counts "
                f"once. Received: {name} of type {type(arguments[name]).__name__}"
            )


def num_rows(batch: Tensor) -> Tensor:
    """Rows of a batch whose size is known only when it comes."""
    return tf.shape(batch)[0]


def fresh_minibatches(images: Tensor, count: int) -> list[Tensor]:
    """Divides the rows of one step into `count` minibatches that share no row.

    The last, short batch of an epoch wraps around where `count` does not divide it.
    """
    if count == 1:
        return [images]
    total = num_rows(images)
    size = -(-total // count)
    return [
        tf.gather(images, (start * size + tf.range(size)) % total)
        for start in range(count)
    ]
