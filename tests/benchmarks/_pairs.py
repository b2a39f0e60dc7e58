"""Games of MNIST's size that several benchmarks play: Adam, latents from N(0, 1)."""

import keras

import keras_gan as kg

LATENT_DIM, IMAGE_SHAPE = 100, (28, 28, 1)
WIDTH = 1200  # of the generator's hidden layers in 2014
_UNITS_PER_WIDTH = 240 / 1200  # maxout units of the discriminator of 2014


def mnist_pair(width: int = WIDTH) -> kg.GAN:
    """The pair of 2014, or one with other widths in proportion."""
    units = round(width * _UNITS_PER_WIDTH)
    return compiled(
        kg.networks.mlp_generator(LATENT_DIM, IMAGE_SHAPE, (width, width)),
        kg.networks.maxout_discriminator(IMAGE_SHAPE, (units, units)),
    )


def dcgan_pair() -> kg.GAN:
    return compiled(
        kg.networks.dcgan_generator(LATENT_DIM, IMAGE_SHAPE),
        kg.networks.dcgan_discriminator(IMAGE_SHAPE),
    )


def compiled(generator: keras.Model, discriminator: keras.Model) -> kg.GAN:
    gan = kg.GAN(generator, discriminator, kg.priors.NormalPrior(LATENT_DIM))
    gan.compile(keras.optimizers.Adam(2e-4), keras.optimizers.Adam(2e-4))
    return gan
