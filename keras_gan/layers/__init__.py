"""Layers that the papers need and Keras lacks."""

from keras_gan.layers.ceil_max_pooling import CeilMaxPooling2D
from keras_gan.layers.conditional_batch_normalization import (
    ConditionalBatchNormalization,
)
from keras_gan.layers.dropout import Dropout
from keras_gan.layers.fourier_features import FourierFeatures
from keras_gan.layers.gaussian_input_noise import GaussianInputNoise
from keras_gan.layers.log_mel_spectrogram import LogMelSpectrogram
from keras_gan.layers.maxout import Maxout
from keras_gan.layers.maxout_convolution import MaxoutConv2D
from keras_gan.layers.minibatch_discrimination import MinibatchDiscrimination
from keras_gan.layers.minibatch_standard_deviation import MinibatchStandardDeviation
from keras_gan.layers.phase_shuffle import PhaseShuffle
from keras_gan.layers.projection_head import ProjectionHead
from keras_gan.layers.reference_batch import DropReferenceBatch, ReferenceBatch
from keras_gan.layers.spectral_normalization import SpectralNormalization
from keras_gan.layers.untied_bias import UntiedBias
from keras_gan.layers.virtual_batch_normalization import VirtualBatchNormalization
from keras_gan.layers.weight_normalization import (
    WeightNormalization,
    initialize_from_data,
)

__all__ = [
    "CeilMaxPooling2D",
    "ConditionalBatchNormalization",
    "DropReferenceBatch",
    "Dropout",
    "FourierFeatures",
    "GaussianInputNoise",
    "LogMelSpectrogram",
    "Maxout",
    "MaxoutConv2D",
    "MinibatchDiscrimination",
    "MinibatchStandardDeviation",
    "PhaseShuffle",
    "ProjectionHead",
    "ReferenceBatch",
    "SpectralNormalization",
    "UntiedBias",
    "VirtualBatchNormalization",
    "WeightNormalization",
    "initialize_from_data",
]
__dir__ = __all__.copy
