"""Two contractive autoencoders, one on the codes of the other."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from comparators.chains import Chains, Draws, run_chains
from comparators.contractive_autoencoder import ContractiveAutoencoder
from comparators.stack import stack_of
from comparators.training import train
from keras import ops


class StackedContractiveAutoencoder:
    """Contractive autoencoders, trained one after the other from below.

    Samples are chains. With h the uppermost codes, J = dh/dx through all layers and g
    the decoders, from the uppermost to the lowest,

        x <- g(h(x) + noise J J' alpha),    alpha ~ N(0, I)

    J J' turns alpha into directions in which codes move when pixels do.

    Args:
        num_pixels: int.
        num_hidden: ints, of each layer from below. Table 1 took its value from a paper
            whose sizes are not known to us: these are ours.
        noise: float, how far codes are moved. Defaults to `2.0`.
        seed: int. Defaults to `0`.

    References:
        Rifai, Bengio, Dauphin, Vincent, A generative process for sampling contractive
        auto-encoders, 2012. https://arxiv.org/abs/1206.6434
    """

    title = "Stacked CAE"
    num_epochs = 30  # the usual number of each layer
    chains = Chains(num_chains=500, burn_in=200, interval=20)

    def __init__(
        self,
        num_pixels: int,
        num_hidden: Sequence[int] = (1_000, 1_000),
        noise: float = 2.0,
        seed: int = 0,
    ) -> None:
        self.noise = noise
        self.layers = stack_of(ContractiveAutoencoder, num_pixels, num_hidden, seed)

    def train(self, images: np.ndarray, folder: Path, epochs: int) -> None:
        """Trains one layer after the other; goes on from what is in the folder.

        Args:
            images: float32 array `[num_images, num_pixels]`, in [0, 1].
            folder: `Path`, for what is needed to go on.
            epochs: int, of each layer.
        """
        codes = images
        for number, layer in enumerate(self.layers):
            rates = np.full(epochs, 1e-3)
            optimizer = keras.optimizers.Adam()
            train(layer, codes, folder / f"layer_{number}", optimizer, rates)
            codes = layer.predict(codes, batch_size=1_000, verbose=0)

    def sample(self, num_samples: int, images: np.ndarray, seed: int) -> Draws:
        """Draws images by chains.

        Args:
            num_samples: int.
            images: float32 array `[num_images, num_pixels]`, that chains start from.
            seed: int.
        """
        random = keras.random.SeedGenerator(seed)

        def transition(state: Any) -> Any:
            codes = self.encode(state[0])
            alpha = keras.random.normal(ops.shape(codes[-1]), seed=random)
            return (self.walk(codes, self.noise * alpha),)

        start = (images[: self.chains.num_chains],)
        return run_chains(
            transition, lambda state: state[0], start, self.chains, num_samples
        )

    def encode(self, images: tf.Tensor) -> list[tf.Tensor]:
        """The codes of all layers, from the lowest."""
        codes = [images]
        for layer in self.layers:
            codes.append(layer(codes[-1]))
        return codes[1:]

    def walk(self, codes: list[tf.Tensor], alpha: tf.Tensor) -> tf.Tensor:
        """Images whose codes are moved by J J' alpha.

        Args:
            codes: `encode` of images.
            alpha: `[num_images, num_hidden]`, of the uppermost layer.
        """
        moves = alpha
        for layer, of_layer in zip(self.layers[::-1], codes[::-1], strict=True):
            moves = layer.moved_back(of_layer, moves)
        for layer, of_layer in zip(self.layers, codes, strict=True):
            moves = layer.moved_codes(of_layer, moves)
        images = codes[-1] + moves
        for layer in self.layers[::-1]:
            images = layer.decode(images)
        return images
