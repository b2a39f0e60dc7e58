"""What is learned from: data in a stated range, and the order they come in."""

from keras_gan.datasets.arrays import from_arrays
from keras_gan.datasets.contrast import (
    contrast_normalized,
    global_contrast_normalization,
)
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.datasets.folder_stream import stream_image_folder
from keras_gan.datasets.folder_survey import FolderSurvey, survey_image_folder
from keras_gan.datasets.hidden_labels import hide_labels, with_few_labels
from keras_gan.datasets.mixtures import (
    GaussianMixture,
    gaussian_1d,
    grid_of_gaussians,
    ring_of_gaussians,
    swiss_roll,
)
from keras_gan.datasets.pipeline import Repeated, shuffled_batches
from keras_gan.datasets.registry import *  # noqa: F403 (every loader, listed there)
from keras_gan.datasets.registry import __all__ as _registered
from keras_gan.datasets.resizing import resized
from keras_gan.datasets.shards import stream_shards, write_shards
from keras_gan.datasets.stacked_mnist import fresh_stacks
from keras_gan.datasets.stream import Stream

__all__ = [
    "Dataset",
    "FolderSurvey",
    "GaussianMixture",
    "Repeated",
    "Split",
    "Stream",
    "contrast_normalized",
    "fresh_stacks",
    "from_arrays",
    "gaussian_1d",
    "global_contrast_normalization",
    "grid_of_gaussians",
    "hide_labels",
    "resized",
    "ring_of_gaussians",
    "shuffled_batches",
    "stream_image_folder",
    "stream_shards",
    "survey_image_folder",
    "swiss_roll",
    "with_few_labels",
    "write_shards",
]
__all__ += _registered
