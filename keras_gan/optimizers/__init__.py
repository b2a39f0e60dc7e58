"""Optimizers of the papers where Keras's own differ from them."""

from keras_gan.optimizers.lazy_adam import lazy_adam_parameters
from keras_gan.optimizers.momentum_sgd import MomentumSGD
from keras_gan.optimizers.root_epsilon_adam import RootEpsilonAdam

__all__ = ["MomentumSGD", "RootEpsilonAdam", "lazy_adam_parameters"]
__dir__ = __all__.copy
