"""What `fit` makes of a stream: batches from where the run is in its order."""

from typing import Any

import tensorflow as tf

from keras_gan._types import Tensor
from keras_gan._validation import check_positive_integer
from keras_gan.datasets.stream import Stream
from keras_gan.training import data_checks
from keras_gan.training.batches import EpochClock, named_batches, told
from keras_gan.training.conditions import num_classes_of
from keras_gan.training.examples import LABELS

_LOOKED_AT = 64  # images whose range is checked before training


class StreamClock(EpochClock):
    """Tells the pipeline how many rows the run has read.

    Args:
        rows_per_step: int.
    """

    def __init__(self, rows_per_step: int) -> None:
        super().__init__()
        self.rows_per_step = rows_per_step
        self.start = tf.Variable(0, dtype=tf.int64, trainable=False)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Shows the pipeline where the order goes on."""
        super().on_epoch_begin(epoch, logs)
        self.start.assign(int(self.model.train_steps.numpy()) * self.rows_per_step)


def streamed(
    gan: Any,
    stream: Stream,
    batch_size: int,
    num_batches: int | None,
    shuffle: bool = True,
) -> tuple[tf.data.Dataset, StreamClock]:
    """Batches of one epoch as dicts or images, and the clock that they go by.

    Args:
        gan: the `GAN`.
        stream: `Stream`.
        batch_size: int, rows of one minibatch.
        num_batches: int, steps of an epoch; `None` for one pass, as nearly as whole
            steps come to.
        shuffle: bool, which must be `True`. Defaults to `True`.

    Raises:
        ValueError: if `shuffle` is false, images have another shape than generated ones
            or lie outside the generator's range, or the game needs entries that no
            stream has.
    """
    if not shuffle:
        raise ValueError(
            "`shuffle` must be True with a stream, whose order is that of the GAN's "
            "seed. Received: shuffle=False; pass stream.in_order(batch_size)."
        )
    rows_per_step = batch_size * gan.rules.discriminator_steps
    data_checks.check_batch_size(batch_size, gan.networks.row_multiple)
    if num_batches is None:
        num_batches = max(1, round(len(stream) / rows_per_step))
    check_positive_integer("steps_per_epoch", num_batches)
    needed = _needed(gan, stream, gan.entries)
    clock = StreamClock(rows_per_step)
    batches = stream.batches(rows_per_step, num_batches, gan.seed, clock.start)
    return _named(needed, batches, num_classes_of(gan, gan.terms)), clock


def judged(gan: Any, stream: Stream, batch_size: int) -> tf.data.Dataset:
    """Every image of a stream once, in batches as `evaluate` judges them.

    Raises:
        ValueError: as `streamed`; terms need nothing here.
    """
    needed = _needed(gan, stream, gan.networks.entries(gan.game, ()))
    return _named(needed, stream.in_order(batch_size), num_classes_of(gan, ()))


def _named(
    needed: list[str], batches: tf.data.Dataset, num_classes: dict[str, int]
) -> tf.data.Dataset:
    if len(needed) == 1:
        return batches.map(_images_alone)

    @tf.autograph.experimental.do_not_convert
    def checked(images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        return images, told(LABELS, labels, num_classes.get(LABELS))

    return named_batches(needed, batches.map(checked))


def _needed(gan: Any, stream: Stream, entries: Any) -> list[str]:
    """Names of what is needed of a stream that can be learned from."""
    images, _ = stream.take(min(_LOOKED_AT, len(stream)))
    data_checks.check_training_data(
        gan.data_name, images, gan.generator, gan.data_shape
    )
    needed = list(entries.needed)
    has = [gan.data_name, *[LABELS] * stream.has_labels]
    if not set(needed) <= set(has):
        raise ValueError(
            f"The networks, the game or its terms name {needed}, and this stream has "
            f"{has}. Received: {stream!r}"
        )
    return sorted(needed, key=has.index)


@tf.autograph.experimental.do_not_convert
def _images_alone(images: Tensor, labels: Tensor) -> Tensor:
    return images
