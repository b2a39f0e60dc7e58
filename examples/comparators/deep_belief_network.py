"""A deep belief network of two layers: one Boltzmann machine on top of another."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from comparators.chains import Chains, Draws, run_chains
from comparators.restricted_boltzmann_machine import RestrictedBoltzmannMachine
from comparators.stack import stack_of
from comparators.training import train


class DeepBeliefNetwork:
    """Layers of binary units, trained one after the other from below.

    Each layer is a restricted Boltzmann machine over the chances of ones that the layer
    below has. Samples are chains in the uppermost machine, whose visible units are
    drawn and go down once; an image is the chances of its pixels.

    Args:
        num_pixels: int.
        num_hidden: ints, of each layer from below. Table 1 took its value from a paper
            whose sizes are not known to us: these are ours.
        seed: int. Defaults to `0`.

    References:
        Hinton, Osindero, Teh, A fast learning algorithm for deep belief nets, 2006.
    """

    title = "DBN"
    num_epochs = 30  # the usual number of each layer
    chains = Chains(num_chains=500, burn_in=1_000, interval=100)

    def __init__(
        self, num_pixels: int, num_hidden: Sequence[int] = (1_000, 1_000), seed: int = 0
    ) -> None:
        self.layers = stack_of(RestrictedBoltzmannMachine, num_pixels, num_hidden, seed)

    def train(self, images: np.ndarray, folder: Path, epochs: int) -> None:
        """Trains one layer after the other; goes on from what is in the folder.

        Args:
            images: float32 array `[num_images, num_pixels]`, in [0, 1].
            folder: `Path`, for what is needed to go on.
            epochs: int, of each layer.
        """
        means = images
        for number, layer in enumerate(self.layers):
            layer.start_from(means)
            # 0.05 / (1 - 0.9): half of the slope in the end, as momentum adds up.
            rates = 0.05 * (1 - np.arange(epochs) / epochs)
            optimizer = keras.optimizers.SGD(momentum=0.9)
            train(layer, means, folder / f"layer_{number}", optimizer, rates)
            means = layer.predict(means, batch_size=1_000, verbose=0)

    def sample(self, num_samples: int, images: np.ndarray, seed: int) -> Draws:
        """Draws images by chains in the uppermost layer.

        Args:
            num_samples: int.
            images: float32 array `[num_images, num_pixels]`, that chains start from.
            seed: int.
        """
        random = keras.random.SeedGenerator(seed)
        *below, top = self.layers
        visible = images[: self.chains.num_chains]
        for layer in below:
            visible = layer.draw(layer.hidden_means(visible), random)

        def images_of(state: Any) -> Any:
            (units,) = state
            for layer in reversed(below[1:]):
                units = layer.draw(layer.visible_means(units), random)
            return below[0].visible_means(units)

        return run_chains(
            lambda state: (top.gibbs_step(state[0], random),),
            images_of,
            (visible,),
            self.chains,
            num_samples,
        )
