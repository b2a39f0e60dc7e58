"""Images completed where any part of them is given."""

import dataclasses
import math

from keras_gan._seeds import pair_of_seeds
from keras_gan.datasets.dataset import Dataset
from keras_gan.games import BlockMask, HalfMask, Inpainting, MaskMixture, PixelMask
from keras_gan.gan import GAN
from keras_gan.networks.inpainting import (
    inpainting_discriminator,
    inpainting_generator,
)
from keras_gan.priors import ConstantPrior, NormalPrior
from keras_gan.recipes._length import checked_steps
from keras_gan.recipes._pairs import (
    LATENT_DIM,
    averaged,
    relativistic_optimizers,
    relativistic_rules,
)
from keras_gan.recipes._pixels import output_activation_of
from keras_gan.recipes.fitting import halved, of_images
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe
from keras_gan.terms.mean_reconstruction import MeanReconstruction

_NAME = "inpainting"
_BATCH_SIZE = 64
_EPOCHS = 40
_EPOCHS_OF_FEW = 16  # the discriminator has learned few images by heart by then
_PIXELS_PER_EPOCH = 60_000 * 28 * 28  # those of MNIST
_RECONSTRUCTION_WEIGHT = 10.0  # beside a loss of the game of about 1
_FEW = 2_000  # images: too few for the Frechet distance of an epoch


def inpainting(data: Dataset, seed: int = 0, num_steps: int | None = None) -> GAN:
    """Builds a GAN that completes images, compiled and untrained.

    The generator is given any part of an image and makes the rest; the discriminator
    sees what was given. Each minibatch draws masks of four kinds: a block of half the
    height and width is missing (the hardest to fill in, twice as likely as any other),
    or one half of the image, or 50 to 95 percent of the pixels, or all of it, so that
    the generator draws whole images too: that is what `gan.sample` does. The game is
    that of `r3gan`: an image and its own completion are compared, with R1 and R2, and
    completions come from a moving average of the generator. The squared error of the
    mean of completions is added, ten times: without it the generator is slow to listen
    to what is given, and paid for each completion instead it would not listen to its
    latents.

    Args:
        data: `Dataset` of images that halve to a small grid.
        seed: int, of weights, latents, masks and data order. Defaults to `0`.
        num_steps: int, at least 1, of the training: where schedules end. `None` is what
            `for_data` says. Defaults to `None`.

    Returns:
        gan: compiled `GAN`, whose `complete` is there.

    Raises:
        ValueError: if the images do not halve to a small grid, or `num_steps` is
            below 1.

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014, section 7.
        https://arxiv.org/abs/1406.2661
        Belghazi et al., Learning about an exponential amount of conditional
        distributions, 2019. https://arxiv.org/abs/1902.08401
        Pathak et al., Context Encoders, 2016. https://arxiv.org/abs/1604.07379
        Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024.
        https://arxiv.org/abs/2501.05441
    """
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    shape = data.image_shape
    num_steps = checked_steps(
        num_steps,
        data,
        epochs=_epochs_of(data),
        batch_size=_BATCH_SIZE,
        passes=_passes_of(data),
    )
    gan = GAN(
        inpainting_generator(
            LATENT_DIM,
            shape,
            output_activation=output_activation_of(data),
            seed=generator_seed,
        ),
        inpainting_discriminator(shape, seed=discriminator_seed),
        NormalPrior(LATENT_DIM),
        game=Inpainting(_masks_of(shape)),
        conditions={
            "known": ConstantPrior(shape),
            "mask": ConstantPrior((*shape[:2], 1)),
        },
        ema_half_life=averaged(num_steps, _BATCH_SIZE),
        seed=seed,
        name=_NAME,
    )
    rules = relativistic_rules(data, num_steps)
    rules["terms"].append(MeanReconstruction(_RECONSTRUCTION_WEIGHT))
    gan.compile(*relativistic_optimizers(num_steps), **rules)
    return gan


def for_data(data: Dataset) -> Recipe:
    """The recipe for a dataset: epochs as long as MNIST's, in pixels.

    Args:
        data: `Dataset` of images.
    """
    if len(data.data_shape) != 3:
        return dataclasses.replace(INPAINTING, choose=None)  # `obstacle` tells why
    num_images, passes = data.num_train, _passes_of(data)
    monitor = "kernel_distance" if num_images < _FEW else INPAINTING.monitor
    epochs = _epochs_of(data)
    height, width = data.data_shape[:2]
    return dataclasses.replace(
        INPAINTING,
        epochs=epochs,
        passes_per_epoch=passes,
        monitor=monitor,
        reasons=(
            f"{epochs} epochs of {passes} passes over {num_images:,} images of "
            f"{height} x {width}: as many pixels as those of MNIST have",
        ),
        choose=None,
    )


def _epochs_of(data: Dataset) -> int:
    return _EPOCHS_OF_FEW if data.num_train < _FEW else _EPOCHS


def _passes_of(data: Dataset) -> int:
    num_pixels = data.num_train * math.prod(data.image_shape[:2])
    return max(1, round(_PIXELS_PER_EPOCH / num_pixels))


def _masks_of(image_shape: tuple[int, ...]) -> MaskMixture:
    height, width, _ = image_shape
    block = BlockMask([height // 2, width // 2])
    everything_asked_for = PixelMask(0.0, 0.0)
    others = [HalfMask(), PixelMask(0.05, 0.5), everything_asked_for]
    return MaskMixture([block, block, *others])


INPAINTING = Recipe(
    *LISTED[_NAME],
    build=inpainting,
    batch_size=_BATCH_SIZE,
    epochs=_EPOCHS,
    scheduled=True,
    fits=(of_images, halved),
    choose=for_data,
)
