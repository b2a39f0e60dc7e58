"""Two contractive autoencoders, one on the codes of the other."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from comparators.chains import Chains, Draws, run_chains
from comparators.contractive_autoencoder import ContractiveAutoencoder
from comparators.training import train


class StackedContractiveAutoencoder:
    """Contractive autoencoders, trained one after the other from below.

    Samples are chains of the uppermost one over the codes of the one below; images are
    what those codes are decoded to.

    Args:
        num_pixels: int.
        num_hidden: ints, of each layer from below. Table 1 took its value from a paper
            whose sizes are not known to us: these are ours.
        noise: float, standard deviation of what moves the codes. Defaults to `2.0`.
        seed: int. Defaults to `0`.

    References:
        Rifai, Bengio, Dauphin, Vincent, A generative process for sampling contractive
        auto-encoders, 2012. https://arxiv.org/abs/1206.6434
    """

    title = "Stacked CAE"
    chains = Chains(num_chains=500, burn_in=200, interval=20)

    def __init__(
        self,
        num_pixels: int,
        num_hidden: Sequence[int] = (1_000, 1_000),
        noise: float = 2.0,
        seed: int = 0,
    ) -> None:
        self.noise = noise
        sizes = (num_pixels, *num_hidden)
        self.layers = [
            ContractiveAutoencoder(below, above, seed=seed + number)
            for number, (below, above) in enumerate(
                zip(sizes, num_hidden, strict=False)
            )
        ]

    def train(self, images: np.ndarray, folder: Path, epochs: int = 30) -> None:
        """Trains one layer after the other; goes on from what is in the folder.

        Args:
            images: float32 array `[num_images, num_pixels]`, in [0, 1].
            folder: `Path`, for what is needed to go on.
            epochs: int, of each layer. Defaults to `30`.
        """
        codes = images
        for number, layer in enumerate(self.layers):
            rates = np.full(epochs, 1e-3)
            optimizer = keras.optimizers.Adam()
            train(layer, codes, folder / f"layer_{number}", optimizer, rates)
            codes = layer.predict(codes, batch_size=1_000, verbose=0)

    def sample(self, num_samples: int, images: np.ndarray, seed: int) -> Draws:
        """Draws images by chains over the codes below the uppermost ones.

        Args:
            num_samples: int.
            images: float32 array `[num_images, num_pixels]`, that chains start from.
            seed: int.
        """
        random = keras.random.SeedGenerator(seed)
        *below, top = self.layers
        codes = images[: self.chains.num_chains]
        for layer in below:
            codes = layer(codes)
        shape = (len(codes), top.kernel.shape[1])

        def transition(state: Any) -> Any:
            noise = keras.random.normal(shape, stddev=self.noise, seed=random)
            return (top.walk(state[0], noise),)

        def images_of(state: Any) -> Any:
            (codes,) = state
            for layer in reversed(below):
                codes = layer.decode(codes)
            return codes

        return run_chains(transition, images_of, (codes,), self.chains, num_samples)
