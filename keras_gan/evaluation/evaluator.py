"""Many measures of one set of samples, on features that are computed once."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from keras_gan._types import Array
from keras_gan._validation import check_known, check_seed
from keras_gan.evaluation.class_coverage import class_coverage
from keras_gan.evaluation.density_coverage import density_coverage
from keras_gan.evaluation.different_bins import different_bins
from keras_gan.evaluation.features import Features, extract_features
from keras_gan.evaluation.frechet import frechet_distance
from keras_gan.evaluation.inception_score import inception_score
from keras_gan.evaluation.kernel_distance import kernel_distance
from keras_gan.evaluation.memorization import memorization
from keras_gan.evaluation.precision_recall import precision_recall
from keras_gan.evaluation.score import Score
from keras_gan.evaluation.structural_diversity import structural_diversity
from keras_gan.evaluation.two_sample import classifier_two_sample_test


@dataclasses.dataclass(frozen=True)
class _Sets:
    """What a measure may look at; `real` are as many of `training` as `fake` are."""

    training: Features
    real: Features
    held_out: Features
    fake: Features
    images: Array
    value_range: tuple[float, float]
    seed: int


def _kernel_distance(sets: _Sets) -> Score:
    half = max(2, min(len(sets.real), len(sets.fake)) // 2)
    return kernel_distance(
        real=sets.real, fake=sets.fake, subset_size=min(1_000, half), seed=sets.seed
    )


def _different_bins(sets: _Sets) -> Score:
    enough = min(len(sets.real), len(sets.fake)) // 10  # some ten points in a bin
    num_bins = max(2, min(100, enough))
    return different_bins(
        real=sets.real, fake=sets.fake, num_bins=num_bins, seed=sets.seed
    )


def _structural_diversity(sets: _Sets) -> Score:
    return structural_diversity(
        images=sets.images,
        value_range=sets.value_range,
        num_pairs=max(1, min(1_000, len(sets.images) // 2)),
        seed=sets.seed,
    )


def _class_coverage(sets: _Sets) -> Score:
    probabilities = np.asarray(sets.fake.probabilities)  # [num, num_classes]
    labels, num_classes = probabilities.argmax(axis=1), probabilities.shape[1]
    return class_coverage(labels, num_classes, sets.fake.name)


_MEASURES: dict[str, Callable[[_Sets], Score]] = {
    "frechet_distance": lambda s: frechet_distance(real=s.real, fake=s.fake),
    "kernel_distance": _kernel_distance,
    "inception_score": lambda s: inception_score(fake=s.fake),
    "precision_recall": lambda s: precision_recall(real=s.real, fake=s.fake),
    "density_coverage": lambda s: density_coverage(real=s.real, fake=s.fake),
    "class_coverage": _class_coverage,
    "different_bins": _different_bins,
    "classifier_two_sample_test": lambda s: classifier_two_sample_test(
        real=s.held_out, fake=s.fake, seed=s.seed
    ),
    "memorization": lambda s: memorization(
        real=s.training, fake=s.fake, held_out=s.held_out
    ),
    "structural_diversity": _structural_diversity,
}
_OF_CLASSES = ("inception_score", "class_coverage")
_OF_IMAGES = ("structural_diversity",)
_SMALLEST_SIDE = 8  # that structural_diversity compares

Measure = Callable[..., Score]


class Evaluator:
    """Measures samples against real ones, with features computed once for all measures.

    Use it to judge several generators, or one over time
    (`keras_gan.callbacks.EvaluationMonitor`), by the same protocol. Features of real
    samples are computed once for all calls, those of generated ones once for all
    measures. Give it held-out real samples in the place of generated ones, and it says
    what a perfect generator would reach.

    Measures compare with as many of `real` as there are generated samples, drawn at
    random; `classifier_two_sample_test` with `held_out`, which no generator was trained
    on, and `memorization` with both, whole.

    Args:
        real: array `[num_real, …]`, samples that the generator was trained on.
        held_out: array `[num_held_out, …]`, real samples that it was not.
        network: function or Keras model to features, as `extract_features` takes it,
            such as `load_digit_classifier()`; `None` takes pixels. Defaults to `None`.
        measures: names of measures, or a mapping from names to functions of `real=` and
            `fake=`, both `Features`, that return a `Score`; `None` takes all that suit
            the samples: without class probabilities no `inception_score` and no
            `class_coverage`, no `structural_diversity` of what is no image.
            Defaults to `None`.
        value_range: pair of floats, range of the pixels. Defaults to `(0.0, 1.0)`.
        seed: int, of the measures that draw at random. Defaults to `0`.

    Raises:
        ValueError: if a measure is unknown or does not suit the samples, or a set is
            empty or not finite.

    Example:
    >>> points = np.random.default_rng(0).normal(size=(3, 300, 2))
    >>> train, held_out, generated = points
    >>> evaluator = Evaluator(
    ...     train, held_out, measures=["frechet_distance", "precision_recall"]
    ... )
    >>> scores = evaluator(generated)
    >>> sorted(scores)
    ['frechet_distance', 'precision_recall']
    >>> scores["precision_recall"].precision > 0.8
    True
    """

    def __init__(
        self,
        real: Array,
        held_out: Array,
        network: Callable[[Any], Any] | None = None,
        measures: Sequence[str] | Mapping[str, Measure] | None = None,
        value_range: tuple[float, float] = (0.0, 1.0),
        seed: int = 0,
    ) -> None:
        self.network = network
        self.value_range = value_range
        self.seed = check_seed("seed", seed)
        self._training = extract_features(real, network)
        self._held_out = extract_features(held_out, network)
        self._measures = self._choose(measures, np.shape(real))

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures."""
        return tuple(self._measures)

    def __call__(self, images: Array, verbose: int = 0) -> dict[str, Score]:
        """Measures samples.

        Args:
            images: array `[num, …]`, generated samples, or real ones in their place.
            verbose: int, 1 shows a progress bar over the measures. Defaults to `0`.

        Returns:
            scores: dict from the name of each measure to its `Score`.
        """
        images = np.asarray(images)
        fake = extract_features(images, self.network)
        sets = _Sets(
            training=self._training,
            real=self._as_many_as(fake),
            held_out=self._held_out,
            fake=fake,
            images=images,
            value_range=self.value_range,
            seed=self.seed,
        )
        bar = keras.utils.Progbar(
            len(self._measures), unit_name="measure", verbose=int(verbose > 0)
        )
        scores = {}
        for name, measure in self._measures.items():
            scores[name] = measure(sets)
            bar.add(1)
        return scores

    def _as_many_as(self, fake: Features) -> Features:
        """Of the training samples, as many as there are generated ones."""
        if len(fake) >= len(self._training):
            return self._training
        random = np.random.default_rng(self.seed)
        rows = random.permutation(len(self._training))[: len(fake)]
        return Features(self._training.values[rows], self._training.name)

    def _choose(
        self, measures: Sequence[str] | Mapping[str, Measure] | None, shape: Any
    ) -> dict[str, Callable[[_Sets], Score]]:
        if isinstance(measures, Mapping):
            return {name: _own(measure) for name, measure in measures.items()}
        suiting = self._suiting(shape)
        if measures is None:
            return {name: _MEASURES[name] for name in suiting}
        for name in measures:
            check_known("measures", name, _MEASURES)
            if name not in suiting:
                needed = "class probabilities from `network`"
                if name in _OF_IMAGES:
                    needed = f"images with sides of {_SMALLEST_SIDE} pixels or more"
                raise ValueError(
                    f"`measures` must suit the samples: {name} needs {needed}."
                )
        return {name: _MEASURES[name] for name in measures}

    def _suiting(self, shape: Any) -> list[str]:
        has_classes = self._training.probabilities is not None
        is_image = len(shape) == 4 and min(shape[1:3]) >= _SMALLEST_SIDE
        return [
            name
            for name in _MEASURES
            if (has_classes or name not in _OF_CLASSES)
            and (is_image or name not in _OF_IMAGES)
        ]


def _own(measure: Measure) -> Callable[[_Sets], Score]:
    return lambda sets: measure(real=sets.real, fake=sets.fake)
