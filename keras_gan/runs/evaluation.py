"""What `keras-gan evaluate` measures of a run, and writes beside it."""

import dataclasses
from collections.abc import Mapping, Sequence

from keras_gan._types import Config, FloatArray
from keras_gan.datasets.dataset import Dataset
from keras_gan.evaluation._sample_parts import Samples, is_stream
from keras_gan.evaluation.evaluator import Evaluator
from keras_gan.evaluation.parzen_protocol import parzen_log_likelihood
from keras_gan.evaluation.score import Score
from keras_gan.gan import GAN
from keras_gan.recipes.recipe import Recipe

GENERATED, HELD_OUT = "generated", "held-out real"
PARZEN = "parzen_log_likelihood"

_SAMPLE_SEED = 0
_LARGEST_SET = 10_000  # images of each kind, where the dataset has them

Scores = dict[str, dict[str, Score]]


@dataclasses.dataclass(frozen=True)
class RunEvaluator:
    """Scores generated images, and real ones in their place, by a recipe's protocol.

    Parzen: kernels on generated, or on real training images; test images are scored.
    All others: generated images, or test images, as many of either, are compared with
    as many training images, in `memorization` with all of them; where unseen real
    images are needed, these are validation images.

    Args:
        recipe: `Recipe`.
        data: `Dataset` that the run was trained on.
        measures: names of the measures of `Evaluator`, and `parzen_log_likelihood`;
            `None` takes all that suit the data.
        num_kernels: int, generated images that carry Parzen kernels, any number: they
            are streamed. `None` takes the recipe's.
    """

    recipe: Recipe
    data: Dataset
    measures: Sequence[str] | None = None
    num_kernels: int | None = None

    def __call__(self, gan: GAN, verbose: int = 0) -> Scores:
        """Returns scores by `GENERATED` or `HELD_OUT`, then by the measure's name."""
        scores: Scores = {GENERATED: {}, HELD_OUT: {}}
        if self._takes_parzen():
            scores[GENERATED][PARZEN] = self._parzen(self._kernels(gan), verbose)
            scores[HELD_OUT][PARZEN] = self._parzen(self._real_kernels(), verbose)
        if self._takes_others():
            evaluator, num_test = self._evaluator(), self._num_test()
            samples = gan.sample(num_test, seed=_SAMPLE_SEED)
            scores[GENERATED] |= evaluator(samples, verbose)
            scores[HELD_OUT] |= evaluator(self.data.test.values[:num_test], verbose)
        return scores

    def of_images(self, images: FloatArray) -> dict[str, Score]:
        """Returns scores of generated images, as many of them as the protocol takes."""
        scores: dict[str, Score] = {}
        if self._takes_parzen():
            kernels = images[: self.num_kernels or self.recipe.parzen.num_samples]
            scores[PARZEN] = self._parzen(kernels, verbose=0)
        if self._takes_others():
            scores |= self._evaluator()(images[: self._num_test()])
        return scores

    def protocol(self) -> Config:
        """Returns what the values depend on besides each score's own record."""
        return {
            "dataset": self.data.name,
            "value_range": self.data.value_range,
            "sample_seed": _SAMPLE_SEED,
            PARZEN: {
                GENERATED: "generated images as kernels, test images scored",
                HELD_OUT: "training images as kernels, test images scored",
            },
            "other measures": {
                GENERATED: f"{self._num_test()} generated against as many training",
                HELD_OUT: f"{self._num_test()} test against as many training",
                "memorization": "against all training, beside validation images",
                "classifier_two_sample_test": "against validation images",
            },
        }

    def summary(self, scores: Scores) -> str:
        """Returns the protocol in a few lines, as it stands below the table."""
        low, high = self.data.value_range
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
            for name, score in scores[GENERATED].items()
            if name != PARZEN and hasattr(score, "features")
        }
        if features:
            lines.append(
                f"other measures: features {', '.join(sorted(features))}; "
                f"{self._num_test():,} images of each kind, memorization against all "
                f"{len(self.data.train):,} training images"
            )
        return "\n".join(lines)

    def _takes_parzen(self) -> bool:
        return self.measures is None or PARZEN in self.measures

    def _takes_others(self) -> bool:
        return self.measures is None or {*self.measures} != {PARZEN}

    def _kernels(self, gan: GAN) -> Samples:
        if self.num_kernels is None:
            return gan.sample(self.recipe.parzen.num_samples, seed=_SAMPLE_SEED)
        return gan.sample_stream(self.num_kernels, seed=_SAMPLE_SEED)

    def _real_kernels(self) -> Samples:
        num_kernels = self.num_kernels or self.recipe.parzen.num_samples
        return self.data.train.values[:num_kernels]

    def _parzen(self, samples: Samples, verbose: int) -> Score:
        protocol, data = self.recipe.parzen, self.data
        return parzen_log_likelihood(
            samples,
            data.valid.values[: protocol.num_valid],
            data.test.values,
            protocol.bandwidths,
            verbose=verbose if is_stream(samples) else 0,
        )

    def _evaluator(self) -> Evaluator:
        others = [name for name in self.measures or () if name != PARZEN]
        network = self.recipe.feature_network
        return Evaluator(
            self.data.train.values,
            self.data.valid.values[:_LARGEST_SET],
            network=network() if network else None,
            measures=others or None,
            value_range=self.data.value_range,
            seed=_SAMPLE_SEED,
        )

    def _num_test(self) -> int:
        return min(_LARGEST_SET, len(self.data.test))


def records(scores: Scores) -> dict[str, dict[str, Config]]:
    """Returns scores as JSON holds them."""
    return {
        column: {name: score.record() for name, score in measured.items()}
        for column, measured in scores.items()
    }


def columns(scores: Scores) -> Mapping[str, list[Score]]:
    """Returns scores as `score_table` takes them."""
    return {column: list(measured.values()) for column, measured in scores.items()}
