"""The networks of 2014 for MNIST, with optimizers and stabilisers that came later."""

from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.recipes._adam import adam_along_cosine
from keras_gan.recipes._goodfellow2014 import MNIST_UNITS, mnist_players
from keras_gan.recipes._length import checked_steps, within_training
from keras_gan.recipes._parzen_of_2014 import PARZEN_OF_2014
from keras_gan.recipes.fitting import fully_connected, of_images
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe
from keras_gan.terms.gradients import R1

_BATCH_SIZE = 100
_EPOCHS = 16
_EMA_HALF_LIFE = 150_000  # images


def goodfellow2014_mnist_stabilized(
    data: Dataset, seed: int = 0, num_steps: int | None = None
) -> GAN:
    """Builds the MNIST networks of 2014 with today's rules, compiled and untrained.

    The networks, prior and minibatches of `goodfellow2014_mnist`, dropout included.
    What differs: the players take turns as in Algorithm 1; Adam moves them, with a rate
    that falls along half a cosine to a tenth within the training; the
    zero-centered gradient penalty R1 keeps the discriminator from winning; samples come
    from a moving average of the generator over three epochs, a fifth of
    the training at most.

    Args:
        data: `Dataset` with pixels in [0, 1]; the output bias starts at its pixel
            marginals.
        seed: int, of weights, latents, dropout and data order. Defaults to `0`.
        num_steps: int, at least 1, of the training: where schedules end. `None` is the
            recipe's 16 epochs of these data. Defaults to `None`.

    Returns:
        gan: compiled `GAN`.

    References:
        Mescheder et al., Which Training Methods for GANs do actually Converge?, 2018
        (R1, and the average of the generator). https://arxiv.org/abs/1801.04406
    """
    num_steps = checked_steps(num_steps, data, epochs=_EPOCHS, batch_size=_BATCH_SIZE)
    gan = GAN(
        **mnist_players(data, seed),
        ema_half_life=within_training(_EMA_HALF_LIFE, num_steps, _BATCH_SIZE),
        seed=seed,
        name="goodfellow2014_mnist_stabilized",
    )
    gan.compile(
        generator_optimizer=adam_along_cosine(1e-3, num_steps),
        discriminator_optimizer=adam_along_cosine(2e-3, num_steps),
        objective="non_saturating",
        terms=[R1(0.5)],
    )
    return gan


MNIST_STABILIZED = Recipe(
    *LISTED["goodfellow2014_mnist_stabilized"],
    build=goodfellow2014_mnist_stabilized,
    batch_size=_BATCH_SIZE,
    epochs=_EPOCHS,
    parzen=PARZEN_OF_2014,
    monitor="parzen_at_best_bandwidth",
    scheduled=True,
    fits=(of_images, fully_connected(MNIST_UNITS)),
)
