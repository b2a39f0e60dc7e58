"""What the recipes are called and what they are: read without loading any of them."""

from typing import NamedTuple

_PAPER = "Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661"


class Listing(NamedTuple):
    """What a list of recipes says of one.

    Args:
        name: str, as on the command line; the function that builds it bears it too.
        summary: str, one line.
        source: str, where the configuration is published.
        data: str, the dataset that it is published for, a key of
            `keras_gan.datasets.LOADERS`.
    """

    name: str
    summary: str
    source: str
    data: str


BY_MODULE: dict[str, tuple[Listing, ...]] = {
    "embedded_digits": (
        Listing(
            "digits",
            "Embedded 8x8 digits: the demonstration, about a minute on two cores.",
            "keras_gan; data of Alpaydin and Kaynak 1998 as shipped by scikit-learn",
            "digits",
        ),
    ),
    "mnist_2014": (
        Listing(
            "goodfellow2014_mnist",
            "MNIST as in Table 1 of 2014: maxout discriminator, momentum SGD.",
            _PAPER,
            "mnist",
        ),
    ),
    "mnist_stabilized": (
        Listing(
            "goodfellow2014_mnist_stabilized",
            "The same two networks with Adam, R1 and an averaged generator.",
            "Mescheder et al. 2018, https://arxiv.org/abs/1801.04406",
            "mnist",
        ),
    ),
    "tfd_2014": (
        Listing(
            "goodfellow2014_tfd_pretrain",
            "Toronto faces of 2014, first stage: sparse sigmoids, column norms.",
            _PAPER,
            "tfd",
        ),
        Listing(
            "goodfellow2014_tfd",
            "Toronto faces of 2014, second stage: on top of the first stage's run.",
            _PAPER,
            "tfd",
        ),
    ),
    "cifar10_2014": (
        Listing(
            "goodfellow2014_cifar10_fully_connected",
            "CIFAR-10 of 2014, fully connected, contrast-normalized images.",
            _PAPER,
            "cifar10",
        ),
        Listing(
            "goodfellow2014_cifar10_convolutional",
            "CIFAR-10 of 2014, convolutional maxout and an untied deconvolution.",
            _PAPER,
            "cifar10",
        ),
    ),
    "gaussian_mixtures": (
        Listing(
            "ring_of_gaussians",
            "8 modes on a ring in the plane, all of them found in minutes.",
            "Huang et al. 2024, https://arxiv.org/abs/2501.05441, of keras_gan's size",
            "ring_of_gaussians",
        ),
        Listing(
            "grid_of_gaussians",
            "25 modes on a grid in the plane, all of them found in minutes.",
            "Huang et al. 2024, https://arxiv.org/abs/2501.05441, of keras_gan's size",
            "grid_of_gaussians",
        ),
    ),
    "conditional_mlp_2014": (
        Listing(
            "mirza_osindero2014_mnist",
            "MNIST told the class, as published in 2014: maxout, momentum SGD.",
            "Mirza and Osindero 2014, https://arxiv.org/abs/1411.1784",
            "mnist",
        ),
    ),
    "dcgan_of_classes": (
        Listing(
            "conditional_dcgan",
            "DCGAN told the class, with R1 and an averaged generator.",
            "Mirza and Osindero 2014, Radford et al. 2016, of keras_gan's size",
            "mnist",
        ),
    ),
    "auxiliary_classifier": (
        Listing(
            "acgan",
            "DCGAN whose discriminator names the class, with R1 and an average.",
            "Odena et al. 2017, https://arxiv.org/abs/1610.09585, of keras_gan's size",
            "mnist",
        ),
    ),
    "projection": (
        Listing(
            "projection_gan",
            "Projection discriminator, conditional normalization, hinge.",
            "Miyato and Koyama 2018, https://arxiv.org/abs/1802.05637, of keras_gan's "
            "size",
            "mnist",
        ),
    ),
    "dcgan_2016": (
        Listing(
            "dcgan",
            "DCGAN: strided convolutions, batch normalization, images of many sizes.",
            "Radford et al. 2016, https://arxiv.org/abs/1511.06434, narrower",
            "mnist",
        ),
    ),
    "least_squares": (
        Listing(
            "lsgan",
            "DCGAN whose logits are regressed on codes.",
            "Mao et al. 2017, https://arxiv.org/abs/1611.04076, on DCGAN's networks",
            "mnist",
        ),
    ),
    "clipped_critic": (
        Listing(
            "wgan",
            "The first WGAN: clipped weights, RMSProp, five moves of the critic.",
            "Arjovsky et al. 2017, https://arxiv.org/abs/1701.07875, narrower",
            "mnist",
        ),
    ),
    "gradient_penalty": (
        Listing(
            "wgan_gp",
            "WGAN with a gradient penalty, without normalization.",
            "Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028, narrower",
            "mnist",
        ),
    ),
    "packed": (
        Listing(
            "pacgan",
            "DCGAN whose discriminator judges two images at a time.",
            "Lin et al. 2018, https://arxiv.org/abs/1712.04086, narrower",
            "mnist",
        ),
    ),
    "spectral": (
        Listing(
            "sngan",
            "Residual networks, spectral normalization, hinge.",
            "Miyato et al. 2018, https://arxiv.org/abs/1802.05957, of keras_gan's size",
            "mnist",
        ),
    ),
    "relativistic": (
        Listing(
            "r3gan",
            "Pairs of a real and a generated image, R1 and R2: the one to begin with.",
            "Huang et al. 2024, https://arxiv.org/abs/2501.05441, of keras_gan's size",
            "mnist",
        ),
    ),
    "bidirectional": (
        Listing(
            "bigan",
            "BiGAN: an encoder learns beside the generator, fully connected.",
            "Donahue et al. 2017, https://arxiv.org/abs/1605.09782, of keras_gan's "
            "size",
            "mnist",
        ),
        Listing(
            "bigan_reconstruction",
            "BiGAN that is also paid for near reconstructions: codes that keep most.",
            "Li et al. 2017, https://arxiv.org/abs/1709.01215, on bigan's networks",
            "mnist",
        ),
        Listing(
            "bigan_regression",
            "BiGAN whose encoder also learns the latents of generated images.",
            "Donahue et al. 2017, https://arxiv.org/abs/1605.09782, of keras_gan's "
            "size",
            "mnist",
        ),
    ),
    "completion": (
        Listing(
            "inpainting",
            "Completes images of which any part is given; draws whole ones too.",
            "Belghazi et al. 2019, https://arxiv.org/abs/1902.08401, of keras_gan's "
            "size",
            "mnist",
        ),
    ),
    "few_images": (
        Listing(
            "small_data",
            "A few hundred pictures, shown in another way every time, with R1 and R2.",
            "Zhao et al. 2020, https://arxiv.org/abs/2006.10738, on r3gan's networks",
            "olivetti",
        ),
    ),
    "salimans_2016": (
        Listing(
            "few_labels",
            "A classifier of 100 labelled images and all the others without a label.",
            "Salimans et al. 2016, https://arxiv.org/abs/1606.03498",
            "mnist",
        ),
    ),
    "waveforms": (
        Listing(
            "wavegan",
            "WaveGAN: short sounds from one-dimensional convolutions.",
            "Donahue et al. 2019, https://arxiv.org/abs/1802.04208, narrower",
            "harmonic_tones",
        ),
    ),
    "vocoder": (
        Listing(
            "hifigan",
            "HiFi-GAN: the vocoder, from spectrograms to waveforms of any length.",
            "Kong et al. 2020, https://arxiv.org/abs/2010.05646, narrower",
            "harmonic_tones",
        ),
    ),
    "own_images": (
        Listing(
            "default",
            "Your own pictures: width, minibatches, augmentation chosen from them.",
            "Huang et al. 2024, Zhao et al. 2020, of keras_gan's size",
            "mnist",
        ),
    ),
}
"""The recipes of each module of this room: a new one is a module and a line here."""

LISTED: dict[str, Listing] = {
    listing.name: listing for listings in BY_MODULE.values() for listing in listings
}
