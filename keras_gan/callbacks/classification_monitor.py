"""How well the discriminator classifies, while it learns."""

from typing import Any

import keras

from keras_gan._types import Array
from keras_gan.evaluation.classification_errors import classification_errors


class ClassificationMonitor(keras.callbacks.Callback):
    """Logs how many held-out images `GAN.classify` puts into the wrong class.

    For discriminators that tell classes apart, as those of
    `keras_gan.terms.LabelledExamples` and `keras_gan.terms.AuxiliaryClassifier`. Where
    the discriminator is averaged, the average classifies. Epochs are not to be chosen
    by labels that training was not given.

    Args:
        images: array `[num_images, height, width, channels]`.
        labels: integer array `[num_images]`, their classes.

    Raises:
        TypeError: if labels are not integers.
        ValueError: if there is not one label for each image; when training begins, if
            the discriminator cannot classify them, as `GAN.classify` says.

    Example:
    ```python
    monitor = kg.callbacks.ClassificationMonitor(data.valid.images, data.valid.labels)
    gan.fit(images, few_labels, epochs=30, callbacks=[monitor])
    monitor.model.history.history["num_errors"]
    ```
    """

    def __init__(self, images: Array, labels: Array) -> None:
        super().__init__()
        self.images, self.labels = images, labels
        classification_errors(predicted=labels, labels=labels)  # checks both
        if len(images) != len(labels):
            raise ValueError(
                "`labels` must be one for each image. Received: "
                f"{len(labels)} labels of {len(images)} images"
            )

    def on_train_begin(self, logs: Any = None) -> None:
        """Raises where the images could not be classified."""
        self.model.classify(self.images[: self.model.packing])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Adds `num_errors` and `error_rate` to the logs."""
        errors = classification_errors(
            predicted=self.model.classify(self.images), labels=self.labels
        )
        if logs is not None:
            logs.update(errors.values)
