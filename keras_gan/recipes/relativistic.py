"""R3GAN: pairs of a real and a generated image, R1 and R2, no normalization."""

from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.recipes._length import checked_steps
from keras_gan.recipes._pairs import relativistic_game
from keras_gan.recipes._unconditional import image_recipe

_NAME = "r3gan"
_BATCH_SIZE = 64
_EPOCHS = 24


def r3gan(data: Dataset, seed: int = 0, num_steps: int | None = None) -> GAN:
    """Builds a small R3GAN, compiled and untrained: the one to begin with.

    As published: each generated image is judged against a real one (relativistic
    pairing), R1 and R2 keep the discriminator flat around both at every step, networks
    are residual, without normalization, and start as Fix-up says, Adam has a beta_1 of
    0, latents are 64 normal numbers, samples come from a moving average of the
    generator. As in its run on stacked digits, the penalties' gamma falls from 1 to 0.1
    along half a cosine over the first fifth of the training.

    Scaled down for two cores: minibatches of 64 for the published 512, one block a
    stage with 32 filters next to the images for two with 768, 1.2 million images for
    10. So few ask for a rate that begins higher, 0.0005 for 0.0002, and falls to a
    tenth along half a cosine; beta_2 is 0.99 from the beginning (there it rises from
    0.9), and the average's half-life is a fiftieth of the training from the beginning
    (there it grows to a twentieth).

    On MNIST it reaches a Frechet distance of 0.87 +- 0.04 in features of the digit
    classifier, precision 0.777 and recall 0.840 (means of seeds 0 to 2; held-out digits
    have 0.10, 0.873 and 0.855); its 24 epochs take 39 minutes of two cores with AVX512
    (docs/results.md).

    Args:
        data: `Dataset` of images that halve to a small grid.
        seed: int, of weights, latents and data order. Defaults to `0`.
        num_steps: int, at least 1, of the training: where schedules end. `None` is the
            recipe's 24 epochs of these data. Defaults to `None`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if the images do not halve to a small grid, or `num_steps` is
            below 1.

    References:
        Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024, Table 9.
        https://arxiv.org/abs/2501.05441
        Code: https://github.com/brownvc/R3GAN
    """
    return relativistic_game(
        data,
        seed,
        _NAME,
        batch_size=_BATCH_SIZE,
        num_steps=checked_steps(
            num_steps, data, epochs=_EPOCHS, batch_size=_BATCH_SIZE
        ),
    )


R3GAN = image_recipe(
    _NAME, r3gan, batch_size=_BATCH_SIZE, epochs=_EPOCHS, scheduled=True
)
