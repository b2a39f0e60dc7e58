"""Layers that the papers need and Keras lacks."""

from keras_gan.layers.dropout import Dropout
from keras_gan.layers.gaussian_input_noise import GaussianInputNoise
from keras_gan.layers.maxout import Maxout
from keras_gan.layers.minibatch_discrimination import MinibatchDiscrimination
from keras_gan.layers.minibatch_standard_deviation import MinibatchStandardDeviation
from keras_gan.layers.reference_batch import DropReferenceBatch, ReferenceBatch
from keras_gan.layers.spectral_normalization import SpectralNormalization
from keras_gan.layers.virtual_batch_normalization import VirtualBatchNormalization

__all__ = [
    "DropReferenceBatch",
    "Dropout",
    "GaussianInputNoise",
    "Maxout",
    "MinibatchDiscrimination",
    "MinibatchStandardDeviation",
    "ReferenceBatch",
    "SpectralNormalization",
    "VirtualBatchNormalization",
]
