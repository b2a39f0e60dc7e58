"""What is learned from: data in a stated range, and the order they come in."""

from typing import TYPE_CHECKING

from keras_gan._lazy import lazy_attributes
from keras_gan.datasets.registry import LOADERS, load
from keras_gan.datasets.registry import MODULES as _LOADED_BY

if TYPE_CHECKING:
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
    from keras_gan.datasets.resizing import resized
    from keras_gan.datasets.shards import stream_shards, write_shards
    from keras_gan.datasets.stacked_mnist import fresh_stacks
    from keras_gan.datasets.stream import Stream
    from keras_gan.datasets.tones import harmonic_tones

_MODULES = {
    "Dataset": "dataset",
    "FolderSurvey": "folder_survey",
    "GaussianMixture": "mixtures",
    "Repeated": "pipeline",
    "Split": "dataset",
    "Stream": "stream",
    "contrast_normalized": "contrast",
    "fresh_stacks": "stacked_mnist",
    "from_arrays": "arrays",
    "gaussian_1d": "mixtures",
    "global_contrast_normalization": "contrast",
    "grid_of_gaussians": "mixtures",
    "harmonic_tones": "tones",
    "hide_labels": "hidden_labels",
    "resized": "resizing",
    "ring_of_gaussians": "mixtures",
    "shuffled_batches": "pipeline",
    "stream_image_folder": "folder_stream",
    "stream_shards": "shards",
    "survey_image_folder": "folder_survey",
    "swiss_roll": "mixtures",
    "with_few_labels": "hidden_labels",
    "write_shards": "shards",
}

__all__ = [
    "LOADERS",
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
    "harmonic_tones",
    "hide_labels",
    "load",
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
__all__ += [f"load_{name}" for name in _LOADED_BY]

if not TYPE_CHECKING:
    # The training of any GAN imports a file of this room, and seldom all of them.
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            **{name: f"{__name__}.{module}" for name, module in _MODULES.items()},
            **{f"load_{name}": module for name, module in _LOADED_BY.items()},
        },
    )
