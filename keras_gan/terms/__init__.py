"""Terms that a player's loss gets besides the objective: slopes, classes, latents.

A term is called with the round that is played and the player whose loss it joins, and
returns what is added to it, weight included.
"""

from keras_gan.terms.auxiliary_classifier import AuxiliaryClassifier
from keras_gan.terms.features import FeatureMatching, MomentMatching
from keras_gan.terms.gradients import (
    DRAGAN,
    R1,
    R2,
    GradientPenalty,
    SlopePenalty,
    squared_gradient_norms,
)
from keras_gan.terms.labelled_examples import LabelledExamples
from keras_gan.terms.latent_regression import LatentRegression
from keras_gan.terms.mean_reconstruction import MeanReconstruction
from keras_gan.terms.paired_features import PairedFeatureMatching
from keras_gan.terms.reconstruction import Reconstruction
from keras_gan.terms.term import Term
from keras_gan.terms.weights import HistoricalAveraging

__all__ = [
    "DRAGAN",
    "R1",
    "R2",
    "AuxiliaryClassifier",
    "FeatureMatching",
    "GradientPenalty",
    "HistoricalAveraging",
    "LabelledExamples",
    "LatentRegression",
    "MeanReconstruction",
    "MomentMatching",
    "PairedFeatureMatching",
    "Reconstruction",
    "SlopePenalty",
    "Term",
    "squared_gradient_norms",
]
__dir__ = __all__.copy
