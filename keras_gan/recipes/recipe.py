"""What a published configuration consists of."""

import dataclasses
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keras_gan.datasets.dataset import Dataset
    from keras_gan.gan import GAN


@dataclasses.dataclass(frozen=True)
class ParzenProtocol:
    """How a recipe's samples are scored.

    Args:
        num_samples: int, generated images that carry kernels.
        num_valid: int, validation images that choose the bandwidth.
        bandwidths: floats, the grid, in data units.
    """

    num_samples: int
    num_valid: int
    bandwidths: tuple[float, ...]


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A published configuration: data, networks, game and measure.

    The first three say what it is: a line of `keras_gan.recipes.listing`.

    Args:
        name: str, as on the command line.
        summary: str, one line.
        source: str, where the configuration is published.
        load_data: function of `data_dir` (a path or `None`) that loads the dataset.
        build: function of `(data, seed)` that returns a compiled, untrained `GAN`; it
            takes `simultaneous` where `can_alternate`, and `pretrained`, a `GAN`, where
            it `continues` another recipe.
        batch_size: int, rows of one minibatch.
        epochs: int, length of a run unless another is asked for.
        parzen: `ParzenProtocol`.
        passes_per_epoch: int, passes over the training images that count as one epoch:
            more than one where the dataset is small. Defaults to `1`.
        feature_network: function that returns the feature network of the measures, as
            `keras_gan.evaluation.extract_features` takes it; `None` for pixels.
            Defaults to `None`.
        can_alternate: bool, whether the players move at once but can be told to
            alternate. Defaults to `False`.
        continues: name of the recipe whose trained game `build` takes; `None` if it
            starts from nothing. Defaults to `None`.
    """

    name: str
    summary: str
    source: str
    load_data: "Callable[[str | os.PathLike[str] | None], Dataset]"
    build: "Callable[..., GAN]"
    batch_size: int
    epochs: int
    parzen: ParzenProtocol
    passes_per_epoch: int = 1
    feature_network: Callable[[], Callable[[Any], Any]] | None = None
    can_alternate: bool = False
    continues: str | None = None
