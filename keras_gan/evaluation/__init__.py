"""Arrays in, numbers out: what a generator learned. Knows no GAN."""

from keras_gan.evaluation.class_coverage import (
    ClassCoverage,
    class_coverage,
    expected_coverage,
    stacked_labels,
)
from keras_gan.evaluation.features import Features, extract_features
from keras_gan.evaluation.frechet import (
    FrechetDistance,
    frechet_distance,
    gaussian_frechet_distance,
)
from keras_gan.evaluation.inception_score import InceptionScore, inception_score
from keras_gan.evaluation.kernel_distance import KernelDistance, kernel_distance
from keras_gan.evaluation.mode_coverage import ModeCoverage, mode_coverage
from keras_gan.evaluation.parzen import ParzenWindow
from keras_gan.evaluation.parzen_protocol import (
    TABLE_1_BANDWIDTHS,
    FoldedParzenEstimate,
    ParzenEstimate,
    bandwidth_scores,
    parzen_log_likelihood,
    parzen_log_likelihood_over_folds,
)
from keras_gan.evaluation.score import DoubtfulScoreWarning, Quantity, Score
from keras_gan.evaluation.structural_diversity import (
    StructuralDiversity,
    structural_diversity,
)

__all__ = [
    "TABLE_1_BANDWIDTHS",
    "ClassCoverage",
    "DoubtfulScoreWarning",
    "Features",
    "FoldedParzenEstimate",
    "FrechetDistance",
    "InceptionScore",
    "KernelDistance",
    "ModeCoverage",
    "ParzenEstimate",
    "ParzenWindow",
    "Quantity",
    "Score",
    "StructuralDiversity",
    "bandwidth_scores",
    "class_coverage",
    "expected_coverage",
    "extract_features",
    "frechet_distance",
    "gaussian_frechet_distance",
    "inception_score",
    "kernel_distance",
    "mode_coverage",
    "parzen_log_likelihood",
    "parzen_log_likelihood_over_folds",
    "stacked_labels",
    "structural_diversity",
]
