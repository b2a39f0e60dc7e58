"""What `GAN.fit` makes of the data that it is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._types import Shape, Tensor
from keras_gan.datasets.pipeline import shuffled_batches
from keras_gan.training.batch_checks import (
    BatchCheck,
    checked_batches,
    quoted_complaint,
)
from keras_gan.training.network_checks import (
    FAR_OUT,
    NOT_FINITE,
    SCALE_FIRST,
    check_batch_size,
    check_image_shape,
    is_near,
)


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
            self._epoch.assign(int(self.model.epochs_completed.numpy()))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Counts the epoch before any other callback saves the model."""
        self.model.epochs_completed.assign_add(1)


def is_array(x: Any) -> bool:
    """Whether `x` is images in memory rather than a dataset."""
    return isinstance(x, np.ndarray) or tf.is_tensor(x)


def refuse_labels_and_weights(labels: Any, arguments: dict[str, Any]) -> None:
    """Raises if images come with what the game has no place for."""
    if labels is not None:
        raise ValueError(
            "`y` has no place in this game: nothing here learns from labels. Received: "
            f"y of type {type(labels).__name__}; leave it out. (Labels that come in a "
            "dataset of (images, labels) are passed over.)"
        )
    for name in ("sample_weight", "class_weight"):
        if arguments.get(name) is not None:
            raise ValueError(
                f"`{name}` has no meaning in the adversarial game: every image counts "
                f"once. Received: {name} of type {type(arguments[name]).__name__}"
            )


def image_dataset(
    dataset: Any,
    image_shape: Shape,
    multiple: int,
    reachable: tuple[float, float] | None,
) -> Any:
    """A user's dataset as images alone, checked; other kinds are returned as they are.

    Args:
        dataset: `tf.data.Dataset`, `keras.utils.PyDataset` or generator, of images or
            of `(images, labels)`.
        image_shape: tuple, shape of one generated image.
        multiple: int, that must divide the rows of an element whose size is known.
        reachable: pair of floats, the generator's range, or `None`. Pixels that miss it
            by more than its width, as 0 to 255 do, stop the training.

    Raises:
        ValueError: if the dataset states another shape or an unfit batch size.
        TypeError: if it states that images are no floats.
    """
    if not isinstance(dataset, tf.data.Dataset):
        return checked_batches(dataset, BatchCheck(image_shape, multiple, reachable))
    spec = dataset.element_spec
    spec = spec[0] if isinstance(spec, tuple) else spec
    if not spec.dtype.is_floating:
        raise TypeError(
            "Training images must be floats in the generator's range. Received: a "
            f"dataset of {spec.dtype.name}. Convert and scale them first."
        )
    if spec.shape.rank is not None:
        check_image_shape(tuple(spec.shape[1:]), image_shape)
        if spec.shape[0] is not None:
            check_batch_size(spec.shape[0], multiple)

    def images_of(*element: Tensor) -> Tensor:
        images = tf.debugging.check_numerics(element[0], NOT_FINITE)
        if reachable is None:
            return images
        extremes = [tf.reduce_min(images), tf.reduce_max(images)]
        near = tf.reduce_all(is_near(reachable, images))
        check = tf.debugging.Assert(near, [FAR_OUT, *extremes])
        with tf.control_dependencies([check]):
            return tf.identity(images)

    return dataset.map(images_of).prefetch(tf.data.AUTOTUNE)


def with_equal_shares(dataset: Any, rows: int) -> Any:
    """A dataset whose elements have a multiple of `rows`: each replica gets as many.

    A strategy would leave a replica without a row of the last, short batch, and the
    mean of nothing is NaN. The batch's first rows are shown twice instead.
    """
    if rows == 1 or not isinstance(dataset, tf.data.Dataset):
        return dataset
    return dataset.map(lambda *element: full_rows(element[0], rows))


def evaluation_batches(data: Any, batch_size: int, replicas: int) -> Any:
    """Arrays to judge in batches of which the first gives every replica as many rows.

    Keras 3 cannot begin with another one. What is no array is returned as it is.

    Args:
        data: images as an array, alone or the first of a tuple; or anything else.
        batch_size: int, at least 1.
        replicas: int, at least 1.
    """
    images = data[0] if isinstance(data, tuple | list) and data else data
    if not is_array(images):
        return data
    full = max(len(images) // replicas, 1) * replicas
    return shuffled_batches((images,), min(batch_size, full), seed=0, shuffle=False)


@contextmanager
def told_of_bad_images() -> Iterator[None]:
    """Turns what stops the pipeline into the errors that arrays get at once."""
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        complaint = quoted_complaint(str(error))
        if complaint is not None:
            raise complaint from error
        if NOT_FINITE in str(error):
            raise ValueError(
                f"{NOT_FINITE} Received: NaN or infinity in a batch of the dataset."
            ) from error
        if FAR_OUT in str(error):
            raise ValueError(
                f"{FAR_OUT} Received: a batch of the dataset far outside of it. "
                f"{SCALE_FIRST}"
            ) from error
        raise


def num_rows(batch: Tensor) -> Tensor:
    """Rows of a batch whose size is known only when it comes."""
    return tf.shape(batch)[0]


def full_rows(images: Tensor, multiple: int) -> Tensor:
    """Images with their first rows repeated until `multiple` divides their number."""
    if multiple == 1:
        return images
    total = num_rows(images)
    return tf.gather(images, tf.range(-(-total // multiple) * multiple) % total)


def never_empty(images: Tensor) -> Tensor:
    """Images, or one of zeros where a strategy left this replica none."""
    spare = tf.zeros([1, *images.shape[1:]], images.dtype)
    return tf.concat([images, spare], axis=0)[: tf.maximum(num_rows(images), 1)]


def fresh_minibatches(images: Tensor, count: int, multiple: int = 1) -> list[Tensor]:
    """Divides the rows of one step into `count` minibatches that share no row.

    The last, short batch of an epoch wraps around where `count` or `multiple`, which
    divides the rows of every minibatch, does not divide it.
    """
    if count == 1 and multiple == 1:
        return [images]
    return tf.split(full_rows(images, count * multiple), count)
