"""What a trained generator tells of given data: their latents, how strange they are."""

from keras_gan.inference.anomaly import AnomalyScores, anomaly_score
from keras_gan.inference.encoder import fit_encoder
from keras_gan.inference.inversion import Inversion, invert

__all__ = [
    "AnomalyScores",
    "Inversion",
    "anomaly_score",
    "fit_encoder",
    "invert",
]
__dir__ = __all__.copy
