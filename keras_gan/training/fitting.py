"""What `fit` and `evaluate` make of their data before Keras takes over."""

from types import GeneratorType
from typing import Any

import keras
import tensorflow as tf

from keras_gan._replicas import without_strategy
from keras_gan._validation import check_fraction, check_positive_integer
from keras_gan.datasets.pipeline import shuffled_batches
from keras_gan.training import network_checks
from keras_gan.training.batches import (
    EpochClock,
    evaluation_batches,
    image_dataset,
    is_array,
    refuse_labels_and_weights,
    told_of_bad_images,
    with_equal_shares,
)
from keras_gan.training.players import Players
from keras_gan.training.step_function import StepFunction

_BATCH_SIZE = 32  # Keras's


class FittedPlayers(Players):
    """Players that meet images in the order, the sizes and the shares of a game."""

    discriminator_steps: int
    train_function: Any

    def fit(
        self,
        x: Any = None,
        y: None = None,
        batch_size: int | None = None,
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        **kwargs: Any,
    ) -> keras.callbacks.History:
        """Plays the game; takes what `keras.Model.fit` takes.

        Args:
            x: images as an array `[num_images, height, width, channels]`, whose order
                is keyed by (seed, epoch); or a `tf.data.Dataset`,
                `keras.utils.PyDataset` or generator of images or of `(images, labels)`,
                whose labels are passed over: one element for each step, which is
                divided into `discriminator_steps` minibatches.
            y: `None`; labels are refused. Defaults to `None`.
            batch_size: int. Rows of one minibatch, for arrays; over all replicas of a
                strategy. Defaults to `32`.
            callbacks: list of Keras callbacks. Defaults to `None`.
            validation_split: float in [0, 1). Share of an array's last rows to hold
                out. Defaults to `0.0`.
            validation_data: as in Keras; losses on it are logged with prefix `val_`.
                Defaults to `None`.
            shuffle: bool, for arrays. Defaults to `True`.
            **kwargs: `epochs`, `verbose`, `initial_epoch` and the rest.

        Returns:
            history: `keras.callbacks.History`.

        Raises:
            ValueError: if images have another shape than generated ones, are not
                finite, lie far outside the generator's range, or come in batches that
                packs or groups do not divide; a dataset is checked as it is read;
                if `batch_size` or `validation_batch_size` is below 1.
            TypeError: if images are no floats.
        """
        refuse_labels_and_weights(y, kwargs)
        callbacks = list(callbacks or [])
        batch_size = _batch_size("batch_size", batch_size, _BATCH_SIZE)
        replicas = self.distribute_strategy.num_replicas_in_sync
        if is_array(x):
            split = check_fraction("validation_split", validation_split)
            num_train = len(x) - int(len(x) * split)
            if split:
                validation_data = (x[num_train:],)
            epoch = tf.Variable(self.epochs_completed.numpy(), trainable=False)
            callbacks.insert(0, EpochClock(epoch))
            x = self._training_batches(x[:num_train], batch_size, epoch, shuffle)
        else:
            callbacks.insert(0, EpochClock())
            reachable = network_checks.reachable_range(self.generator)
            x = image_dataset(x, self.image_shape, self._row_multiple, reachable)
        validation_size = _batch_size(
            "validation_batch_size",
            kwargs.pop("validation_batch_size", None),
            batch_size,
        )
        validation_data = evaluation_batches(validation_data, validation_size, replicas)
        x = with_equal_shares(x, self._rows_of_all())
        # These have an order of their own: Keras would warn that it keeps it.
        shuffle = shuffle and not isinstance(x, tf.data.Dataset | GeneratorType)
        with told_of_bad_images():
            return super().fit(
                x,
                callbacks=callbacks,
                validation_data=validation_data,
                shuffle=shuffle,
                **kwargs,
            )

    def evaluate(
        self,
        x: Any = None,
        y: None = None,
        batch_size: int | None = None,
        **kwargs: Any,
    ) -> Any:
        """Judges held-out images; takes what `keras.Model.evaluate` takes.

        Args:
            x: images as an array, or a dataset as `fit` takes it.
            y: `None`; labels are refused. Defaults to `None`.
            batch_size: int, for arrays. Defaults to `32`.
            **kwargs: `return_dict`, `verbose`, `callbacks` and the rest.

        Returns:
            values: means over all images, in the order of `metrics_names`, or a dict.

        Raises:
            ValueError: if `batch_size` is below 1.
        """
        refuse_labels_and_weights(y, kwargs)
        replicas = self.distribute_strategy.num_replicas_in_sync
        batch_size = _batch_size("batch_size", batch_size, _BATCH_SIZE)
        x = evaluation_batches(x, batch_size, replicas)
        return super().evaluate(x, **kwargs)

    def make_train_function(self, force: bool = False) -> Any:
        """Prepares one training step; Keras calls it."""
        if (
            self.run_eagerly
            or self.steps_per_execution > 1
            or not without_strategy(self.distribute_strategy)
        ):
            return super().make_train_function(force)
        if self.train_function is None or force:
            self.train_function = StepFunction(self.train_step, self.jit_compile)
        return self.train_function

    def _training_batches(
        self, images: Any, batch_size: int, epoch: tf.Variable, shuffle: bool
    ) -> tf.data.Dataset:
        network_checks.check_training_images(images, self.generator, self.image_shape)
        network_checks.check_batch_size(batch_size, self._row_multiple)
        rows_per_step = batch_size * self.discriminator_steps
        return shuffled_batches((images,), rows_per_step, self.seed, epoch, shuffle)

    @property
    def _row_multiple(self) -> int:
        """What must divide a minibatch: packs, and groups of packs."""
        return self.packing * network_checks.row_multiple(self.discriminator)

    def _rows_of_all(self) -> int:
        """What must divide a step's rows, so that replicas get equal shares."""
        replicas = self.distribute_strategy.num_replicas_in_sync
        if replicas == 1:
            return 1
        return replicas * self.discriminator_steps * self._row_multiple


def _batch_size(name: str, given: int | None, default: int) -> int:
    return default if given is None else check_positive_integer(name, given)
