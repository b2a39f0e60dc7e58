"""Which of TensorFlow's kernels Keras's layers train by."""

from collections.abc import Iterable
from typing import Any

import keras

from keras_gan._layers_of import layers_of
from keras_gan.layers.fused_normalization import fuse_normalization
from keras_gan.layers.small_map_gradients import quicken_kernel_gradients


def choose_kernels(networks: Iterable[keras.Model], jit_compile: Any) -> None:
    """Lets layers of Keras's own train by faster kernels than Keras asks for.

    Args:
        networks: that are trained.
        jit_compile: what Keras is told, see `chosen_compilation`.
    """
    for network in networks:
        layers = layers_of(network)
        fuse_normalization(layers)
        quicken_kernel_gradients(layers, jit_compile)
