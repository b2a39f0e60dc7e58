"""Both players are paid for images whose class can be told."""

from typing import Any

import keras

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_known, check_positive
from keras_gan.priors import CategoricalPrior
from keras_gan.terms._class_outputs import (
    CLASSES,
    LABELS,
    check_classes_output,
    cross_entropy,
    inputs_of,
)
from keras_gan.terms.term import Term

_JUDGED = {"both": ("real", "fake"), "real": ("real",)}


@keras.saving.register_keras_serializable(package="keras_gan")
class AuxiliaryClassifier(Term):
    """The discriminator names the class too, and the generator is paid for a clear one.

    AC-GAN. The discriminator needs no labels as an input; it returns a dict of outputs,
    `"logits"` and, without an activation, `"classes"` of shape `[batch, num_classes]`.
    The generator has an input `"labels"`; its images bear the labels of the minibatch.

        L_c(images) = mean_b -log softmax(classes(images_b))[labels_b]
        D loss + weight * (L_c(real) + L_c(fake))          # judges="both", the paper
        D loss + weight * L_c(real)                        # judges="real"
        G loss + generator_weight * L_c(fake)

    It makes classes easy to tell, at the price of variety within each.

    Args:
        weight: float, above 0, in the discriminator's loss. Defaults to `1.0`.
        generator_weight: float, above 0, in the generator's loss; the code of WGAN-GP
            has 0.1. Defaults to `1.0`.
        judges: `"both"`, or `"real"` as the code of WGAN-GP does: images that the
            discriminator learns classes from. Defaults to `"both"`.

    Raises:
        ValueError: if an argument is out of range, or, at compile time, if the
            discriminator has no output `"classes"` or the generator no input
            `"labels"`.

    Example:
    >>> images = keras.Input((8, 8, 1), name="images")
    >>> features = keras.layers.Dense(32, "relu")(keras.layers.Flatten()(images))
    >>> outputs = {
    ...     "logits": keras.layers.Dense(1)(features),
    ...     "classes": keras.layers.Dense(10)(features),
    ... }
    >>> discriminator = keras.Model(images, outputs)
    >>> AuxiliaryClassifier(generator_weight=0.1, judges="real").get_config()
    {'weight': 1.0, 'generator_weight': 0.1, 'judges': 'real'}

    References:
        Odena et al., Conditional Image Synthesis With Auxiliary Classifier GANs, 2017.
        https://arxiv.org/abs/1610.09585
        Gulrajani et al., Improved Training of Wasserstein GANs, 2017 (the published
        code, gan_cifar_resnet.py). https://arxiv.org/abs/1704.00028
    """

    players = ("discriminator", "generator")
    reads = (LABELS,)

    def __init__(
        self,
        weight: float = 1.0,
        generator_weight: float = 1.0,
        judges: str = "both",
    ) -> None:
        super().__init__(weight)
        self.generator_weight = check_positive("generator_weight", generator_weight)
        self.judges = check_known("judges", judges, _JUDGED)

    def check(self, gan: Any) -> None:
        """Raises where labels are drawn that the discriminator has no class for."""
        num_classes = _num_classes(gan.discriminator)
        prior = gan.conditions.get(LABELS)
        if isinstance(prior, CategoricalPrior) and prior.num_classes > num_classes:
            raise ValueError(
                "AuxiliaryClassifier needs an output 'classes' with one for each label "
                f"that is drawn. Received: {num_classes} of them, and {prior!r}"
            )

    def bind(self, generator: keras.Model, discriminator: keras.Model) -> None:
        """Raises unless the discriminator names classes and the generator is told."""
        self.num_classes = {LABELS: _num_classes(discriminator)}
        told = inputs_of(generator)
        if LABELS not in told:
            raise ValueError(
                "AuxiliaryClassifier needs a generator that is told the class, by an "
                f"input named {LABELS!r}. Received: inputs {told}. Declare it with "
                "keras.Input((), dtype='int32', name='labels')."
            )

    def __call__(self, round: Any, player: str) -> Tensor:
        """Returns the weighted cross-entropy of the classes."""
        if player == "generator":
            return self.generator_weight * _cross_entropy(round, "fake")
        kinds = _JUDGED[self.judges]
        return self.weight * sum(_cross_entropy(round, kind) for kind in kinds)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this term."""
        return {
            "weight": self.weight,
            "generator_weight": self.generator_weight,
            "judges": self.judges,
        }


def _num_classes(discriminator: keras.Model) -> int:
    return check_classes_output(
        "AuxiliaryClassifier",
        discriminator,
        "keras.Model(images, {'logits': …, 'classes': Dense(num_classes)(…)}).",
    )


def _cross_entropy(round: Any, kind: str) -> Tensor:
    labels, classes = round.shown(kind)[LABELS], round.said(kind)[CLASSES]
    if labels.shape.rank == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]  # [batch], where networks state [batch, 1]
    if labels.shape.rank != 1 or not labels.dtype.is_integer:
        raise ValueError(
            f"AuxiliaryClassifier needs {LABELS!r} of shape [batch], integers that "
            f"number the classes, and no packs. Received: shape {labels.shape}, dtype "
            f"{labels.dtype.name}"
        )
    return cross_entropy(labels, classes)
