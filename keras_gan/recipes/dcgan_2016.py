"""DCGAN: strided convolutions and batch normalization, for images of many sizes."""

from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.recipes._unconditional import dcgan_game, image_recipe

_NAME = "dcgan"


def dcgan(data: Dataset, seed: int = 0) -> GAN:
    """Builds a DCGAN, compiled and untrained.

    As published: strided and transposed convolutions of 5x5, batch normalization in
    both networks but next to the images, latents uniform in [-1, 1]^100, weights from
    N(0, 0.02^2), Adam with a rate of 0.0002 and beta_1 of 0.5, minibatches of 128,
    images in [-1, 1]. The players move once each, the discriminator first (the
    published code begins with the generator). Scaled down for two cores: 32 filters
    next to the images, where the published networks have 128 for faces and 64 for
    MNIST, and half as many layers for 28x28 as for 64x64. Left out: weight decay of
    1e-5, and labels, for which there is `conditional_dcgan`.

    On MNIST it reaches a Frechet distance of 5.57 +- 0.28 in features of the digit
    classifier, precision 0.585 and recall 0.762 (means of seeds 0 to 2; held-out digits
    have 0.10, 0.873 and 0.855); its 25 epochs take 13 minutes of two cores with AVX512
    (docs/results.md).

    Args:
        data: `Dataset` of images that halve to a small grid, such as 28x28, 32x32,
            64x64.
        seed: int, of weights, latents and data order. Defaults to `0`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if the images do not halve to a small grid.

    Example:
    >>> from keras_gan.datasets import load_digits
    >>> gan = dcgan(load_digits().in_range(-1, 1))
    >>> gan.generator.get_layer("grid").output.shape
    (None, 4, 4, 32)

    References:
        Radford et al., Unsupervised Representation Learning with Deep Convolutional
        Generative Adversarial Networks, 2016. https://arxiv.org/abs/1511.06434
        Code: https://github.com/Newmu/dcgan_code
    """
    return dcgan_game(
        data,
        seed,
        _NAME,
        learning_rate=2e-4,
        objective="non_saturating",
    )


DCGAN = image_recipe(_NAME, dcgan, batch_size=128, epochs=25)
