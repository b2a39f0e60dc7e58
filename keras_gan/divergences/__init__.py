"""Exact divergences of known distributions, and the theory of the game they play.

Everything here is computed from densities or probabilities, not estimated by a network:
use it on toy problems, where theory and training can be held side by side. Measures of
samples of images are in `keras_gan.evaluation`.
"""

from keras_gan.divergences.f_divergences import (
    js_divergence,
    kl_divergence,
    total_variation,
)
from keras_gan.divergences.game import (
    game_value,
    optimal_discriminator,
    optimal_value,
)
from keras_gan.divergences.transport import sliced_wasserstein, wasserstein_1

__all__ = [
    "game_value",
    "js_divergence",
    "kl_divergence",
    "optimal_discriminator",
    "optimal_value",
    "sliced_wasserstein",
    "total_variation",
    "wasserstein_1",
]
__dir__ = __all__.copy
