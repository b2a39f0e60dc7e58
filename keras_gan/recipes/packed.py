"""PacGAN: DCGAN, whose discriminator judges two images at a time."""

from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.recipes._unconditional import dcgan_game, image_recipe

_NAME = "pacgan"
_PACKING = 2


def pacgan(data: Dataset, seed: int = 0) -> GAN:
    """Builds a PacDCGAN2, compiled and untrained.

    As published: the discriminator judges pairs of images, joined as channels, and so
    sees a lack of variety; nothing else of it changes but its first layer. 64 pairs
    are a minibatch, the generator moves twice for each move of the discriminator,
    latents are uniform in [-1, 1]^100, Adam has a rate of 0.0002 and a beta_1 of 0.5.
    The networks are those of `dcgan`, with 32 filters next to the images for the
    published 64; images lie in the range of the generator's tanh, [-1, 1] (those of
    the code in [0, 1]).

    On MNIST it reaches a Frechet distance of 5.03 +- 0.10 in features of the digit
    classifier, precision 0.588 and recall 0.784 (means of seeds 0 to 2; held-out digits
    have 0.10, 0.873 and 0.855); its 25 epochs take 19 minutes of two cores with AVX512
    (docs/results.md).

    Args:
        data: `Dataset` of images that halve to a small grid.
        seed: int, of weights, latents and data order. Defaults to `0`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if the images do not halve to a small grid.

    References:
        Lin et al., PacGAN: The power of two samples in generative adversarial networks,
        2018. https://arxiv.org/abs/1712.04086
        Code: https://github.com/fjxmlzn/PacGAN
    """
    return dcgan_game(
        data,
        seed,
        _NAME,
        learning_rate=2e-4,
        packing=_PACKING,
        objective="non_saturating",
        generator_steps=2,
    )


PACGAN = image_recipe(_NAME, pacgan, batch_size=64 * _PACKING, epochs=25)
