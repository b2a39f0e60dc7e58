"""What is learned from: data in a stated range, and the order they come in."""

from keras_gan.datasets.arrays import from_arrays
from keras_gan.datasets.cifar10 import load_cifar10
from keras_gan.datasets.contrast import (
    contrast_normalized,
    global_contrast_normalization,
)
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.datasets.digits import load_digits
from keras_gan.datasets.image_folder import load_image_folder
from keras_gan.datasets.mixtures import (
    GaussianMixture,
    gaussian_1d,
    grid_of_gaussians,
    ring_of_gaussians,
    swiss_roll,
)
from keras_gan.datasets.mnist import load_fashion_mnist, load_mnist
from keras_gan.datasets.olivetti import load_olivetti
from keras_gan.datasets.pipeline import Repeated, shuffled_batches
from keras_gan.datasets.points import load_grid_of_gaussians, load_ring_of_gaussians
from keras_gan.datasets.registry import LOADERS, load
from keras_gan.datasets.stacked_mnist import load_stacked_mnist
from keras_gan.datasets.tfd import load_tfd

__all__ = [
    "LOADERS",
    "Dataset",
    "GaussianMixture",
    "Repeated",
    "Split",
    "contrast_normalized",
    "from_arrays",
    "gaussian_1d",
    "global_contrast_normalization",
    "grid_of_gaussians",
    "load",
    "load_cifar10",
    "load_digits",
    "load_fashion_mnist",
    "load_grid_of_gaussians",
    "load_image_folder",
    "load_mnist",
    "load_olivetti",
    "load_ring_of_gaussians",
    "load_stacked_mnist",
    "load_tfd",
    "ring_of_gaussians",
    "shuffled_batches",
    "swiss_roll",
]
