"""The MNIST configuration of Goodfellow et al., 2014."""

from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.recipes._goodfellow2014 import (
    MNIST_UNITS,
    begin_game,
    mnist_players,
)
from keras_gan.recipes._parzen_of_2014 import PARZEN_OF_2014
from keras_gan.recipes.fitting import fully_connected, of_images
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe

_BATCH_SIZE = 100


def goodfellow2014_mnist(
    data: Dataset, seed: int = 0, simultaneous: bool = True
) -> GAN:
    """Builds the MNIST configuration of 2014, compiled and untrained.

    Generator 100 - 1200 - 1200 - 784 (rectifier, sigmoid), discriminator 784 - 240 x 5
    - 240 x 5 - 1 (maxout, dropout 0.2 and 0.5), both moved at once by momentum SGD, in
    minibatches of 100, as the published code does.

    Args:
        data: `Dataset` with pixels in [0, 1]; the output bias starts at its pixel
            marginals and the momentum counts its epochs.
        seed: int, of weights, latents, dropout and data order. Defaults to `0`.
        simultaneous: bool. `False` lets the players alternate, as Algorithm 1 of the
            paper does and its code does not. Defaults to `True`.

    Returns:
        gan: compiled `GAN`.

    References:
        https://arxiv.org/abs/1406.2661, section 5, and mnist.yaml of its code.
    """
    gan = GAN(**mnist_players(data, seed), seed=seed, name="goodfellow2014_mnist")
    return begin_game(gan, data, _BATCH_SIZE, 0.1, simultaneous)


MNIST = Recipe(
    *LISTED["goodfellow2014_mnist"],
    build=goodfellow2014_mnist,
    batch_size=_BATCH_SIZE,
    epochs=50,
    parzen=PARZEN_OF_2014,
    monitor="parzen_at_best_bandwidth",
    fits=(of_images, fully_connected(MNIST_UNITS)),
    can_alternate=True,
)
