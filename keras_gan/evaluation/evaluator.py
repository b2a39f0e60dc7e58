"""Many measures of one set of samples, on features that are computed once."""

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import keras

from keras_gan._representation import representation
from keras_gan._types import Array, Config
from keras_gan._validation import check_known
from keras_gan.datasets.mixtures import GaussianMixture
from keras_gan.evaluation._measure import Measure
from keras_gan.evaluation._sample_parts import Samples, is_stream
from keras_gan.evaluation._sets import RealSets, Sets
from keras_gan.evaluation.measured_scores import MeasuredScores
from keras_gan.evaluation.measures import MEASURES
from keras_gan.evaluation.parzen_points import ParzenPoints
from keras_gan.evaluation.score import Score

OwnMeasure = Callable[..., Score]


class Evaluator:
    """Measures samples against real ones, with features computed once for all measures.

    Use it to judge several generators, or one over time
    (`keras_gan.callbacks.EvaluationMonitor`), by the same protocol. Features of real
    samples are computed once for all calls, those of generated ones once for all
    measures, and none that no measure looks at. Give it held-out real samples in the
    place of generated ones, and it says what a perfect generator would reach.

    Measures compare with as many of `real` as there are generated samples, drawn at
    random; `classifier_two_sample_test` with `held_out`, which no generator was trained
    on, and `memorization` with both, whole. Parzen kernels stand on the samples
    themselves: `parzen` scores the first 1,000 of `held_out`, on which it chooses the
    bandwidth; `parzen_log_likelihood` takes its place where test points are given.

    A conditional generator is judged by more: with `labels` and `held_out_labels` here,
    and in each call the labels that samples were asked for, `class_accuracy`
    (GAN-test), `gan_train`, `asked_coverage`, `class_frechet_distance` and
    `class_parzen`. Classes are told apart by the network, where it has as many class
    probabilities as there are classes, else by a classifier that is trained on `real`
    once.

    Args:
        real: array `[num_real, …]`, samples that the generator was trained on.
        held_out: array `[num_held_out, …]`, real samples that it was not.
        network: function or Keras model to features, as `extract_features` takes it,
            such as `load_digit_classifier()`; `None` takes pixels. Defaults to `None`.
        measures: names of measures, or a mapping from names to functions of `real=` and
            `fake=`, both `Features`, that return a `Score`; `None` takes all that suit
            the samples: without class probabilities no `inception_score` and no
            `class_coverage`, no `structural_diversity` of what is no image, no
            `frechet_distance` of more than 2,048 features.
            Defaults to `None`.
        value_range: pair of floats, range of the pixels. Defaults to `(0.0, 1.0)`.
        seed: int, of the measures that draw at random. Defaults to `0`.
        labels: integer array `[num_real]`, classes of `real`, for the measures of
            conditional generators. Defaults to `None`.
        held_out_labels: integer array `[num_held_out]`, likewise. Defaults to `None`.
        parzen: `ParzenPoints`, real points that the Parzen measures score, and
            bandwidths; `None` takes the first 1,000 of `held_out` as validation points
            and the grid of 2014. Defaults to `None`.
        mixture: `keras_gan.datasets.GaussianMixture` whose modes `mode_coverage` looks
            for, where it is known. Defaults to `None`.

    Raises:
        ValueError: if a measure is unknown or does not suit the samples, two of them
            give one value, or a set is empty or not finite.

    Example:
    >>> import numpy as np
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
        measures: Sequence[str] | Mapping[str, OwnMeasure] | None = None,
        value_range: tuple[float, float] = (0.0, 1.0),
        seed: int = 0,
        labels: Array | None = None,
        held_out_labels: Array | None = None,
        parzen: ParzenPoints | None = None,
        mixture: GaussianMixture | None = None,
    ) -> None:
        self._reals = RealSets(
            *(real, held_out, network, value_range, seed),
            *(labels, held_out_labels, parzen, mixture),
        )
        self._takes_all = measures is None
        if isinstance(measures, Mapping):
            self._measures = {name: _own(name, one) for name, one in measures.items()}
        else:
            self._measures = {name: MEASURES[name] for name in self._chosen(measures)}
        for measure in self._measures.values():
            for features in measure.reads:
                getattr(self._reals, features)  # computed now, not in the first epoch

    @property
    def classes(self) -> Array | None:
        """Classes of the real samples, ascending; `None` where they have no labels."""
        return self._reals.classes

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures."""
        return tuple(self._measures)

    def __repr__(self) -> str:
        return representation(self, self._description)

    def _description(self) -> Config:
        reals = self._reals
        return {
            "features": reals.features_name,
            "num_real": len(reals.images),
            "num_held_out": len(reals.held_out_images),
            "measures": self.measures,
        }

    def __call__(
        self,
        images: Samples,
        verbose: int = 0,
        *,
        labels: Array | None = None,
        measures: Sequence[str] | None = None,
    ) -> MeasuredScores:
        """Measures samples.

        Args:
            images: array `[num, …]`, generated samples, or real ones in their place;
                for Parzen measures alone, a stream of such arrays, as
                `ParzenWindow.fit` takes it.
            verbose: int, 1 shows a progress bar over the measures. Defaults to `0`.
            labels: integer array `[num]`, the classes that the samples were asked for;
                `None` where they were asked for none, which leaves out what is measured
                of them. Defaults to `None`.
            measures: names of some of the measures; `None` takes all.
                Defaults to `None`.

        Returns:
            scores: dict from the name of each measure to its `Score`, in notebooks a
            table.

        Raises:
            ValueError: if there is a stream, or there are no labels, for measures that
                were named and need more, or one of `measures` is none of these.
        """
        sets = Sets(self._reals, images, labels, verbose)
        chosen = self._answerable(measures, labels is not None)
        bar = keras.utils.Progbar(
            len(chosen), unit_name="measure", verbose=int(verbose > 0)
        )
        scores = {}
        for name, measure in chosen.items():
            score = self._score(name, measure, sets, is_named=measures is not None)
            if score is not None:
                scores[name] = score
            bar.add(1)
        num_samples = None if is_stream(images) else len(sets.images)
        return MeasuredScores(scores, self._reals.features_name, num_samples)

    def _score(
        self, name: str, measure: Measure, sets: Sets, is_named: bool
    ) -> Score | None:
        """The score; `None` of classes that do not suit a measure that nobody named."""
        if is_named or not (self._takes_all and measure.asks):
            return measure.compute(sets)
        try:
            return measure.compute(sets)
        except ValueError as error:
            warnings.warn(f"{name} is left out: {error}", stacklevel=3)
            return None

    def _answerable(
        self, measures: Sequence[str] | None, has_labels: bool
    ) -> dict[str, Measure]:
        names = self.measures if measures is None else measures
        for name in names:
            check_known("measures", name, self._measures)
        asking = [name for name in names if self._measures[name].asks]
        is_named = measures is not None or not self._takes_all
        if asking and not has_labels and is_named:
            raise ValueError(
                "`labels` must be the classes that the samples were asked for: "
                f"{', '.join(asking)} cannot do without. Received: labels=None"
            )
        return {
            name: self._measures[name]
            for name in names
            if has_labels or name not in asking
        }

    def _chosen(self, measures: Sequence[str] | None) -> Iterable[str]:
        if measures is None:
            return self._all_that_suit()
        for name in measures:
            check_known("measures", name, MEASURES)
            for text in self._lacks(name):
                raise ValueError(
                    f"`measures` must suit the samples: {name} needs {text}."
                )
        _check_distinct_values(measures)
        return measures

    def _all_that_suit(self) -> list[str]:
        suiting = [
            name
            for name, measure in MEASURES.items()
            if not self._lacks(name) and measure.is_quick(self._reals)
        ]
        if "parzen_log_likelihood" in suiting:
            suiting.remove("parzen")
        return suiting

    def _lacks(self, name: str) -> list[str]:
        """What a measure needs and the real samples do not give."""
        needs = MEASURES[name].needs
        return [need.text for need in needs if not need.is_met(self._reals)]


def _own(name: str, measure: OwnMeasure) -> Measure:
    def compute(sets: Sets) -> Score:
        score = measure(real=sets.real, fake=sets.fake)
        if not isinstance(score, Score):
            raise TypeError(
                f"`measures[{name!r}]` must return a keras_gan.evaluation.Score. "
                f"Received: {type(score).__name__}"
            )
        return score

    return Measure(compute, Score)


def _check_distinct_values(measures: Sequence[str]) -> None:
    counts = Counter(
        quantity.name
        for name in dict.fromkeys(measures)
        for quantity in MEASURES[name].score.quantities
    )
    (value, count), *_ = counts.most_common(1) or [("", 0)]
    if count > 1:
        raise ValueError(
            f"`measures` must give each value once. Received: {list(measures)}, of "
            f"which {count} give {value}"
        )
