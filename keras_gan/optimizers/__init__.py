"""Optimizers of the papers where Keras's own differ from them."""

from keras_gan.optimizers.lazy_adam import lazy_adam_parameters
from keras_gan.optimizers.momentum_sgd import MomentumSGD

__all__ = ["MomentumSGD", "lazy_adam_parameters"]
