"""What is learned from: images in a stated range, and the order they come in."""

from keras_gan.datasets.digits import load_digits
from keras_gan.datasets.image_dataset import ImageDataset, ImageSplit
from keras_gan.datasets.mnist import load_mnist
from keras_gan.datasets.pipeline import shuffled_batches

__all__ = [
    "ImageDataset",
    "ImageSplit",
    "load_digits",
    "load_mnist",
    "shuffled_batches",
]
