"""LSGAN: DCGAN's networks, whose logits are regressed on codes."""

from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.recipes._unconditional import dcgan_game, image_recipe

_NAME = "lsgan"


def lsgan(data: Dataset, seed: int = 0) -> GAN:
    """Builds a least squares GAN, compiled and untrained.

    As published: the 0-1 coding of the paper's experiments (generated images are 0,
    data 1, and the generator wants 1; `keras_gan.objectives.LeastSquares` has the
    others, Pearson's among them), Adam with a rate of 0.001 and beta_1 of 0.5,
    minibatches of 64, images in [-1, 1], batch normalization in both networks but next
    to the images. In place of the paper's networks for scenes of 112x112, with latents
    of 1,024 numbers, these are those of `dcgan`, with its latents.

    On MNIST it reaches a Frechet distance of 4.15 +- 0.20 in features of the digit
    classifier, precision 0.624 and recall 0.774 (means of seeds 0 to 2; held-out digits
    have 0.10, 0.873 and 0.855); its 20 epochs take 13 minutes of two cores with AVX512
    (docs/results.md).

    Args:
        data: `Dataset` of images that halve to a small grid.
        seed: int, of weights, latents and data order. Defaults to `0`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if the images do not halve to a small grid.

    References:
        Mao et al., Least Squares Generative Adversarial Networks, 2017.
        https://arxiv.org/abs/1611.04076
        Code: https://github.com/xudonmao/LSGAN
    """
    return dcgan_game(
        data,
        seed,
        _NAME,
        learning_rate=1e-3,
        objective="least_squares",
    )


LSGAN = image_recipe(_NAME, lsgan, batch_size=64, epochs=20)
