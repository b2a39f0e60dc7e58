"""Layers that the papers need and Keras lacks."""

from keras_gan.layers.maxout import Maxout

__all__ = ["Maxout"]
