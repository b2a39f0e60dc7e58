"""Terms that a player's loss gets besides the game: on gradients, weights, features.

A penalty is called with the discriminator and one minibatch and returns what is added
to the loss, weight included.
"""

from keras_gan.terms.term import Term
from keras_gan.terms.features import FeatureMatching, MomentMatching
from keras_gan.terms.gradients import (
    DRAGAN,
    R1,
    R2,
    GradientPenalty,
    squared_gradient_norms,
)
from keras_gan.terms.weights import HistoricalAveraging

__all__ = [
    "DRAGAN",
    "R1",
    "R2",
    "FeatureMatching",
    "GradientPenalty",
    "HistoricalAveraging",
    "MomentMatching",
    "Term",
    "squared_gradient_norms",
]
