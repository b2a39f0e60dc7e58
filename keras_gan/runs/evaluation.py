"""What `keras-gan evaluate` measures of a run, and writes beside it."""

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from keras_gan._types import Array, Config, FloatArray
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.evaluation._sample_parts import Samples
from keras_gan.evaluation.evaluator import Evaluator
from keras_gan.evaluation.feature_networks import FeatureNetwork
from keras_gan.evaluation.measures import MEASURES
from keras_gan.evaluation.parzen_points import ParzenPoints
from keras_gan.evaluation.score import Score
from keras_gan.gan import GAN
from keras_gan.recipes._parzen_of_2014 import PARZEN_OF_2014
from keras_gan.recipes.recipe import ParzenProtocol
from keras_gan.runs.run import Run
from keras_gan.runs.score_records import Scores
from keras_gan.training.asked_labels import sample_classes, takes_labels
from keras_gan.training.sampling import SampleStream

GENERATED, HELD_OUT = "generated", "held-out real"
PARZEN, CLASS_PARZEN = "parzen_log_likelihood", "class_parzen"
MEMORIZATION = "memorization"

_ON_KERNELS = ("parzen", PARZEN, CLASS_PARZEN)
_SAMPLE_SEED = 0
_LARGEST_SET = 10_000  # images of each kind, where the dataset has them
_STREAM_CHUNK = 1_000


class _Part(NamedTuple):
    """Measures of as many samples, and the real ones that take their place."""

    measures: list[str]
    num_samples: int
    real: Split
    is_stream: bool = False


@dataclasses.dataclass(frozen=True)
class RunEvaluator:
    """Scores generated images, and real ones in their place, by one protocol.

    Parzen: kernels on generated, or on real training images; test images are scored.
    All others: generated images, or test images, as many of either, are compared with
    as many training images, in `memorization` with all of them; where unseen real
    images are needed, these are validation images. A generator that is told classes is
    asked for each in turn, so that as many Parzen kernels stand on samples of each, and
    is judged by the measures of conditional generators, too, if there are held-out data
    of the same classes.

    Args:
        data: `Dataset` that the run was trained on.
        measures: names of the measures of `Evaluator`; `None` takes all that suit the
            data and the generator. Defaults to `None`.
        num_kernels: int, generated images that carry Parzen kernels, any number: they
            are streamed. `None` takes the protocol's number, as `class_parzen` always
            does. Defaults to `None`.
        feature_network: function that returns the feature network of the data, or
            `None` for the data themselves. Defaults to `None`.
        parzen: `ParzenProtocol`; `None` is that of 2014, for images, and leaves other
            data without Parzen values unless these are asked for. Defaults to `None`.
    """

    data: Dataset
    measures: Sequence[str] | None = None
    num_kernels: int | None = None
    feature_network: FeatureNetwork | None = None
    parzen: ParzenProtocol | None = None

    @classmethod
    def of(
        cls,
        run: Run,
        measures: Sequence[str] | None = None,
        num_kernels: int | None = None,
    ) -> "RunEvaluator":
        """The evaluator of a run, on its data and by its recipe's protocol."""
        return cls(run.data, measures, num_kernels, run.feature_network, run.parzen)

    def __call__(self, gan: GAN, verbose: int = 0) -> Scores:
        """Returns scores by `GENERATED` or `HELD_OUT`, then by the measure's name."""
        classes, unlike = self.classes_of(gan), self._unlike_classes(gan)
        named = [name for name in self.measures or () if MEASURES[name].asks]
        if unlike and named:
            raise ValueError(f"`measures` cannot have {', '.join(named)}: {unlike}.")
        if self._without_bandwidth and CLASS_PARZEN in named:
            raise ValueError(
                f"`measures` cannot have {CLASS_PARZEN}: {self._without_bandwidth}."
            )
        evaluator = self._evaluator(classes is not None and not unlike)
        draw = functools.cache(
            lambda num: sample_classes(gan, num, _SAMPLE_SEED, classes)
        )
        scores: Scores = {GENERATED: {}, HELD_OUT: {}}
        for part in self._parts(evaluator):
            asked, real_labels = None, None if classes is None else part.real.labels
            samples: Samples = _stream(gan, part.num_samples, classes)
            if not part.is_stream:
                samples, asked = draw(part.num_samples)
            for column, images, labels in (
                (GENERATED, samples, asked),
                (HELD_OUT, part.real.values, real_labels),
            ):
                names = self._answerable(part.measures, labels)
                scores[column] |= evaluator(
                    images, verbose, labels=labels, measures=names
                )
        return scores

    def of_images(self, images: FloatArray) -> dict[str, Score]:
        """Returns scores of generated images, as many of them as the protocol takes."""
        evaluator = self._evaluator(has_classes=False)
        scores: dict[str, Score] = {}
        for part in self._parts(evaluator):
            some = images[: part.num_samples]
            scores |= evaluator(some, measures=part.measures)
        return scores

    def protocol(self, gan: GAN) -> Config:
        """Returns what the values depend on besides each score's own record."""
        classes, what = self.classes_of(gan), self.data.data_name
        return {
            "dataset": self.data.name,
            "value_range": self.data.value_range,
            "sample_seed": _SAMPLE_SEED,
            "asked_labels": None
            if classes is None
            else {"classes": classes.tolist(), "order": "each in turn"},
            PARZEN: {
                GENERATED: f"generated {what} as kernels, test {what} scored",
                HELD_OUT: f"training {what} as kernels, test {what} scored",
            },
            "other measures": {
                GENERATED: f"{self._num_test()} generated against as many training",
                HELD_OUT: f"{self._num_test()} test against as many training",
                "memorization": f"against all training, beside validation {what}",
                "classifier_two_sample_test": f"against validation {what}",
                "class_frechet_distance": "against as many training of each class",
                "gan_train": f"tested on validation {what}",
            },
        }

    def summary(self, scores: Scores, gan: GAN) -> str:
        """Returns the protocol in a few lines, as it stands below the table."""
        (low, high), what = self.data.value_range, self.data.data_name
        generated = scores[GENERATED]
        lines = [
            f"{self.data.name}, values in [{low:g}, {high:g}], samples of seed "
            f"{_SAMPLE_SEED}"
        ]
        lines += [
            f"{PARZEN}, {column}: {measured[PARZEN]}"
            for column, measured in scores.items()
            if PARZEN in measured
        ]
        features = {
            score.features
            for name, score in generated.items()
            if name != PARZEN and hasattr(score, "features")
        }
        if features:
            lines.append(
                f"other measures: features {', '.join(sorted(features))}; "
                f"{self._num_test():,} {what} of each kind"
            )
        if MEMORIZATION in generated:
            lines[-1] += f", memorization against {self._compared_with()} {what}"
        lines += [
            f"{name}: classes told apart by {score.classifier}"
            for name, score in generated.items()
            if hasattr(score, "classes") and hasattr(score, "classifier")
        ]
        has_classes = self.classes_of(gan) is not None
        unlike = self._unlike_classes(gan)
        if unlike and self.measures is None:
            lines.append(f"measures of classes are left out: {unlike}")
        suiting = self._evaluator(has_classes and not unlike).measures
        if self._takes_parzen and self._without_bandwidth and CLASS_PARZEN in suiting:
            lines.append(f"{CLASS_PARZEN} is left out: {self._without_bandwidth}")
        left_out = [name for name in self._left_out() if name in suiting]
        if left_out:
            lines.append(
                f"left out, for there are too few held-out {what}: "
                f"{', '.join(left_out)}"
            )
        return "\n".join(lines)

    def _compared_with(self) -> str:
        num, num_train = len(self.data.train), self.data.num_train
        if num == num_train:
            return f"all {num:,} training"
        return f"{num:,} of {num_train:,} training"

    @functools.cached_property
    def network(self) -> Callable[[Any], Any] | None:
        """The feature network, loaded once; `None` for the data themselves."""
        return self.feature_network() if self.feature_network else None

    @property
    def set_sizes(self) -> tuple[int, int]:
        """Generated samples, as many as test ones, and held-out validation ones."""
        return self._num_test(), min(_LARGEST_SET, len(self.data.valid))

    def classes_of(self, gan: GAN) -> Array | None:
        """What the generator is asked for, where it is told and data have labels."""
        labels = self.data.train.labels
        return np.unique(labels) if takes_labels(gan) and labels is not None else None

    def _unlike_classes(self, gan: GAN) -> str:
        """Where held-out data have other classes than those asked for; else nothing."""
        classes = self.classes_of(gan)
        if classes is None:
            return ""
        for split in (self.data.valid, self.data.test):
            if split.labels is None:
                continue
            found = np.unique(split.labels)
            if len(missing := np.setdiff1d(classes, found)):
                return f"held-out {self.data.data_name} lack {_first_of(missing)}"
            if len(further := np.setdiff1d(found, classes)):
                return f"training {self.data.data_name} lack {_first_of(further)}"
        return ""

    @functools.cached_property
    def _without_bandwidth(self) -> str:
        """Where no validation image of a class chooses its bandwidth; else nothing."""
        labels = self.data.train.labels
        chosen_on = _first(self.data.valid, self._protocol.num_valid)
        if labels is None or chosen_on.labels is None:
            return ""
        missing = np.setdiff1d(labels, chosen_on.labels)
        if not len(missing):
            return ""
        return (
            f"of the {len(chosen_on):,} validation {self.data.data_name} that choose "
            f"bandwidths none is of {_first_of(missing)}"
        )

    def _answerable(self, measures: list[str], labels: Array | None) -> list[str]:
        """Without what nobody named and asks for labels, where there are none."""
        if self.measures is not None or labels is not None:
            return measures
        return [name for name in measures if not MEASURES[name].asks]

    def _parts(self, evaluator: Evaluator) -> list[_Part]:
        return [part for part in self._all_parts(evaluator) if part.measures]

    def _all_parts(self, evaluator: Evaluator) -> Iterator[_Part]:
        num_kernels, train = self._protocol.num_samples, self.data.train
        on_kernels = [name for name in evaluator.measures if name in _ON_KERNELS]
        streamed: list[str] = []
        if self.num_kernels is not None:
            streamed = [name for name in on_kernels if name != CLASS_PARZEN]
            num = self.num_kernels
            yield _Part(streamed, num, _first(train, num), is_stream=True)
        absent = [CLASS_PARZEN] if self._without_bandwidth else []
        whole = [name for name in on_kernels if name not in (*streamed, *absent)]
        if self._takes_parzen:
            yield _Part(whole, num_kernels, _first(train, num_kernels))
        left_out = {*on_kernels, *self._left_out()}
        others = [name for name in evaluator.measures if name not in left_out]
        num_test = self._num_test()
        yield _Part(others, num_test, _first(self.data.test, num_test))

    @property
    def _protocol(self) -> ParzenProtocol:
        return self.parzen or PARZEN_OF_2014

    @property
    def _takes_parzen(self) -> bool:
        of_images = len(self.data.data_shape) == 3
        return self.measures is not None or self.parzen is not None or of_images

    @functools.cached_property
    def _evaluators(self) -> dict[bool, Evaluator]:
        return {}  # features of real data are computed once

    def _evaluator(self, has_classes: bool) -> Evaluator:
        if has_classes not in self._evaluators:
            self._evaluators[has_classes] = self._new_evaluator(has_classes)
        return self._evaluators[has_classes]

    def _new_evaluator(self, has_classes: bool) -> Evaluator:
        protocol = self._protocol
        train, valid, test = self.data.train, self.data.valid, self.data.test
        held_out, chosen_on = (
            _first(valid, num) for num in (_LARGEST_SET, protocol.num_valid)
        )
        return Evaluator(
            train.values,
            held_out.values,
            network=self.network,
            measures=self.measures,
            value_range=self.data.value_range,
            seed=_SAMPLE_SEED,
            labels=train.labels if has_classes else None,
            held_out_labels=held_out.labels if has_classes else None,
            parzen=ParzenPoints(
                chosen_on.values,
                test.values,
                protocol.bandwidths,
                chosen_on.labels if has_classes else None,
                test.labels if has_classes else None,
            ),
            mixture=self.data.mixture,
        )

    def _left_out(self) -> list[str]:
        """Measures that nobody named, for which there are too few real samples."""
        if self.measures is not None:
            return []
        num = min(self._num_test(), len(self.data.valid))
        of_class = min(
            _smallest_class(_first(split, _LARGEST_SET))
            for split in (self.data.valid, self.data.test)
        )
        return [
            name
            for name, measure in MEASURES.items()
            if name not in _ON_KERNELS
            and (measure.least > num or measure.least_of_class > of_class)
        ]

    def _num_test(self) -> int:
        return min(_LARGEST_SET, len(self.data.test))


def _smallest_class(split: Split) -> int:
    """Rows of the class that has the fewest; all where there are no classes."""
    if split.labels is None:
        return len(split)
    return int(np.min(np.unique(split.labels, return_counts=True)[1]))


def _first(split: Split, num_rows: int) -> Split:
    labels = None if split.labels is None else split.labels[:num_rows]
    return dataclasses.replace(split, values=split.values[:num_rows], labels=labels)


def _stream(gan: GAN, num_samples: int, classes: Array | None) -> Samples:
    def draw(num: int, seed: int) -> FloatArray:
        return sample_classes(gan, num, seed, classes)[0]

    # Whole rounds of the classes, since each chunk begins with the first one again.
    turns = 1 if classes is None else len(np.unique(classes))
    chunk_size = -(-_STREAM_CHUNK // turns) * turns
    return SampleStream(draw, num_samples, _SAMPLE_SEED, chunk_size)


def _first_of(classes: Array) -> str:
    """Some of the classes, and how many there are."""
    some = ", ".join(map(str, classes[:5].tolist()))
    if len(classes) == 1:
        return f"class {some}"
    return f"{len(classes)} classes, {some}{', …' if len(classes) > 5 else ''}"
