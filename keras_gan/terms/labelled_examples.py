"""A few labelled examples among many without a label: the discriminator classifies."""

from typing import Any

import keras
import numpy as np

from keras_gan._types import Array, Config, Tensor
from keras_gan.datasets._known_labels import UNKNOWN, known_labels
from keras_gan.datasets.pipeline import InTurn
from keras_gan.terms._class_outputs import (
    CLASSES,
    LABELS,
    check_classes_output,
    cross_entropy,
    inputs_of,
)
from keras_gan.terms.term import Term

_LABELLED = "labelled_images"


@keras.saving.register_keras_serializable(package="keras_gan")
class LabelledExamples(Term):
    """Teaches the discriminator classes from the few examples whose class is known.

    When to use it: to classify with a hundred labels, with what the game teaches of all
    the images. The discriminator returns a dict: `"classes"`, K logits l(x), and
    `"logits"`, their log-sum-exp, so that real images are those of some class
    (`keras_gan.networks.classifying_discriminator` is one):

        D(x) = Z(x) / (Z(x) + 1),   Z(x) = sum_k exp l_k(x)
        D loss + weight * mean -log softmax(l(x_labelled))[label]

    A minibatch brings `"labelled_images"` and their `"labels"`. `fit(images, labels)`
    with -1 for what has no label makes them: beside each minibatch of images as many
    labelled ones, in turn, so that each comes equally often.

    Args:
        weight: float, above 0, of the cross-entropy; the game of real and fake has 1.
            The paper has 1, its code 2. Defaults to `1.0`.

    Raises:
        ValueError: if `weight` is out of range; at compile time, if the discriminator
            has no output `"classes"`; in `fit`, if no label or none of a class is known
            or one lies outside the classes.

    Example:
    >>> import keras_gan as kg
    >>> data = kg.datasets.load_digits().train
    >>> labels = np.where(np.arange(len(data)) < 200, data.labels, -1)
    >>> gan = kg.GAN(
    ...     kg.networks.mlp_generator(10, (8, 8, 1), (32,)),
    ...     kg.networks.classifying_discriminator((8, 8, 1), 10, (32, 32)),
    ...     kg.priors.UniformPrior(10),
    ... )
    >>> gan.compile("adam", "adam", terms=[LabelledExamples()])
    >>> history = gan.fit(data.images, labels, batch_size=100, verbose=0)
    >>> gan.classify(data.images[:5]).shape
    (5, 10)

    References:
        Salimans et al., Improved Techniques for Training GANs, 2016, section 5, and the
        published code. https://arxiv.org/abs/1606.03498
    """

    reads = (_LABELLED, LABELS)
    reads_data = (_LABELLED,)

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__(weight)
        self.num_classes = {LABELS: 0}  # until `bind`

    def check(self, gan: Any) -> None:
        """Raises unless images are judged one by one."""
        if gan.packing != 1:
            raise ValueError(
                "LabelledExamples needs images that are judged one by one. Received: "
                f"packing={gan.packing}; set it to 1."
            )

    def bind(self, generator: keras.Model, discriminator: keras.Model) -> None:
        """Raises unless the discriminator names classes of images alone."""
        num_classes = check_classes_output(
            "LabelledExamples",
            discriminator,
            "keras_gan.networks.classifying_discriminator, or keras.Model(images, "
            "{'logits': …, 'classes': Dense(num_classes)(…)}).",
        )
        self.num_classes = {LABELS: num_classes}
        if len(discriminator.inputs) != 1:
            raise ValueError(
                "LabelledExamples needs a discriminator of images alone. Received: "
                f"inputs {inputs_of(discriminator)}"
            )
        told = inputs_of(generator)
        if LABELS in told:
            raise ValueError(
                "LabelledExamples needs a generator that is told no class: images and "
                f"{LABELS!r} of a minibatch do not belong together. Received: inputs "
                f"{told}"
            )

    def arrange(self, arrays: dict[str, Any], data_name: str) -> dict[str, Any]:
        """Takes the labelled rows out of labels with -1 and repeats them."""
        if _LABELLED in arrays or LABELS not in arrays or data_name not in arrays:
            return arrays
        data, labels = arrays[data_name], np.asarray(arrays[LABELS])
        self._check(labels, len(data))
        known = np.flatnonzero(labels != UNKNOWN)
        return {
            **arrays,
            _LABELLED: InTurn(data, known, len(data)),
            LABELS: InTurn(labels, known, len(data)),
        }

    def __call__(self, round: Any, player: str) -> Tensor:
        """Returns the weighted cross-entropy of the labelled examples."""
        said = round.said_of(round.batch[_LABELLED])
        return self.weight * cross_entropy(round.batch[LABELS], said[CLASSES])

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this term."""
        return {"weight": self.weight}

    def _check(self, labels: Array, num_rows: int) -> None:
        if labels.shape != (num_rows,) or labels.dtype.kind not in "iu":
            raise ValueError(
                f"`labels` must be one integer for each image, {UNKNOWN} where none "
                f"is known. Received: shape {labels.shape}, dtype {labels.dtype}, for "
                f"{num_rows} images"
            )
        known = known_labels(labels)
        if not len(known):
            raise ValueError(
                f"`labels` must name the class of some images. Received: {UNKNOWN} "
                f"for all {num_rows}; leave the term out to learn without labels."
            )
        classes = np.arange(self.num_classes[LABELS])
        if known.min() < 0 or known.max() >= len(classes):
            raise ValueError(
                f"`labels` must lie in 0 to {len(classes) - 1}, or be {UNKNOWN} where "
                f"none is known. Received: labels from {known.min()} to {known.max()}"
            )
        missing = np.setdiff1d(classes, known)
        if len(missing):
            raise ValueError(
                "`labels` must name at least one image of each class. Received: "
                f"{len(known)} labels, none of the classes {missing.tolist()}"
            )
