"""Arrays in, numbers out: what a generator learned. Knows no GAN."""

from keras_gan.evaluation.mode_coverage import ModeCoverage, mode_coverage
from keras_gan.evaluation.parzen import (
    TABLE_1_BANDWIDTHS,
    ParzenEstimate,
    ParzenWindow,
    bandwidth_scores,
    parzen_log_likelihood,
)

__all__ = [
    "TABLE_1_BANDWIDTHS",
    "ModeCoverage",
    "ParzenEstimate",
    "ParzenWindow",
    "bandwidth_scores",
    "mode_coverage",
    "parzen_log_likelihood",
]
