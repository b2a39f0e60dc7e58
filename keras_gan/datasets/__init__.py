"""What is learned from: images in a stated range, and the order they come in."""

from keras_gan.datasets.digits import load_digits
from keras_gan.datasets.image_dataset import ImageDataset, ImageSplit
from keras_gan.datasets.mixtures import (
    GaussianMixture,
    gaussian_1d,
    grid_of_gaussians,
    ring_of_gaussians,
    swiss_roll,
)
from keras_gan.datasets.mnist import load_mnist
from keras_gan.datasets.pipeline import shuffled_batches
from keras_gan.datasets.stacked_mnist import load_stacked_mnist

__all__ = [
    "GaussianMixture",
    "ImageDataset",
    "ImageSplit",
    "gaussian_1d",
    "grid_of_gaussians",
    "load_digits",
    "load_mnist",
    "load_stacked_mnist",
    "ring_of_gaussians",
    "shuffled_batches",
    "swiss_roll",
]
