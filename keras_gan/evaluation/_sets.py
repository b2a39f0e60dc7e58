"""Real and generated samples, with features computed once, when asked for."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_gan._types import Array
from keras_gan._validation import check_seed
from keras_gan.datasets.mixtures import GaussianMixture
from keras_gan.evaluation._arrays import flat_rows
from keras_gan.evaluation._labels import check_labels
from keras_gan.evaluation._sample_parts import Samples, is_stream
from keras_gan.evaluation.features import Features, extract_features, features_name
from keras_gan.evaluation.label_classifier import Predict, training_for
from keras_gan.evaluation.parzen_points import ParzenPoints


class RealSets:
    """Real samples, for all calls of an `Evaluator`, whose arguments these are."""

    def __init__(
        self,
        real: Array,
        held_out: Array,
        network: Callable[[Any], Any] | None,
        value_range: tuple[float, float],
        seed: int,
        labels: Array | None,
        held_out_labels: Array | None,
        parzen: ParzenPoints | None,
        mixture: GaussianMixture | None,
    ) -> None:
        self.images, self.held_out_images = np.asarray(real), np.asarray(held_out)
        for name, images in (("real", real), ("held_out", held_out)):
            flat_rows(name, images)
        self.labels = _checked("labels", labels, self.images)
        self.held_out_labels = _checked(
            "held_out_labels", held_out_labels, self.held_out_images
        )
        self.network = network
        self.value_range = value_range
        self.seed = check_seed("seed", seed)
        self.mixture = mixture
        self.parzen = parzen or ParzenPoints.of_held_out(self.held_out_images)

    @property
    def classes(self) -> Array | None:
        """Classes of the training samples, ascending, where their labels are known."""
        return None if self.labels is None else np.unique(self.labels)

    @property
    def features_name(self) -> str:
        """Name of the features, which may not be computed."""
        return features_name(self.images, self.network)

    @functools.cached_property
    def training(self) -> Features:
        """Features of what the generator was trained on."""
        return extract_features(self.images, self.network)

    @functools.cached_property
    def held_out(self) -> Features:
        """Features of what it was not."""
        return extract_features(self.held_out_images, self.network)

    @functools.cached_property
    def classifier(self) -> tuple[str, Predict]:
        """Name and function of a classifier that learned the training samples."""
        labels = np.asarray(self.labels)
        training = training_for(self.images, labels)
        return training.name, training.train(self.images, labels, self.seed)

    def knows_classes(self) -> bool:
        """Whether the network tells as many classes apart as the labels name."""
        probabilities = self.training.probabilities
        num_classes = int(np.max(np.asarray(self.labels))) + 1
        return probabilities is not None and probabilities.shape[1] == num_classes


class Sets:
    """What a measure may look at in one call of an `Evaluator`.

    Args:
        reals: `RealSets`.
        samples: array or stream, generated.
        labels: integer array `[num_samples]`, the classes that they were asked for, or
            `None`.
        verbose: int, 1 shows how far a stream is.
    """

    def __init__(
        self, reals: RealSets, samples: Samples, labels: Array | None, verbose: int
    ) -> None:
        self.reals = reals
        self.samples = samples if is_stream(samples) else np.asarray(samples)
        self.labels = (
            None if labels is None else _checked("labels", labels, self.images)
        )
        self.seed = reals.seed
        self.verbose = verbose if is_stream(samples) else 0

    @property
    def images(self) -> Array:
        """The samples as one array."""
        if isinstance(self.samples, np.ndarray):
            return self.samples
        raise ValueError(
            "`images` must be an array: of these measures only the Parzen ones read a "
            f"stream. Received: {type(self.samples).__name__}"
        )

    @functools.cached_property
    def fake(self) -> Features:
        """Features of the samples."""
        return extract_features(self.images, self.reals.network)

    @functools.cached_property
    def real(self) -> Features:
        """Of the training samples, as many as there are generated ones."""
        training = self.reals.training
        if len(self.fake) >= len(training):
            return training
        rows = np.random.default_rng(self.seed).permutation(len(training))
        rows = rows[: len(self.fake)]
        return Features(training.values[rows], training.name)

    @functools.cached_property
    def predicted(self) -> tuple[str, Array]:
        """Name of the classifier, and the classes `[num]` that it finds samples in."""
        if self.reals.knows_classes():
            return self.fake.name, np.asarray(self.fake.probabilities).argmax(axis=1)
        name, predict = self.reals.classifier
        return name, predict(self.images)


def _checked(name: str, labels: Array | None, samples: Array) -> Array | None:
    return None if labels is None else check_labels(name, labels, len(samples))
