"""What R3GAN and the recipes for your own pictures have in common."""

from typing import Any

from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.networks.r3gan import r3gan_discriminator, r3gan_generator
from keras_gan.priors import NormalPrior
from keras_gan.recipes._adam import Optimizers, along_cosine, pair_of_adams
from keras_gan.recipes._unconditional import BASE_FILTERS, image_game
from keras_gan.terms.gradients import R1, R2

LATENT_DIM = 64
_LEARNING_RATE, _FINAL_SHARE = 5e-4, 0.1
_BETA_2 = 0.99
_PENALTY_WEIGHT, _FINAL_WEIGHT_SHARE = 1.0, 0.1  # for images in [-1, 1]
_BURN_IN = 0.2  # of the updates
_AVERAGED = 0.02  # half-life, of the images that are seen


def relativistic_game(
    data: Dataset,
    seed: int,
    name: str,
    *,
    batch_size: int,
    num_steps: int,
    base_filters: int = BASE_FILTERS,
    **rules: Any,
) -> GAN:
    """A game of R3GAN's kind, compiled.

    Args:
        data: `Dataset` of images that halve to a small grid.
        seed: int, of weights, latents and data order.
        name: str, of the recipe.
        batch_size: int, rows of one minibatch.
        num_steps: int, of each player, after which rates stay.
        base_filters: int, filters next to the images. Defaults to `32`.
        **rules: what else `GAN.compile` takes.
    """
    return image_game(
        data,
        seed,
        name,
        generator=r3gan_generator,
        discriminator=r3gan_discriminator,
        prior=NormalPrior(LATENT_DIM),
        optimizers=relativistic_optimizers(num_steps),
        base_filters=base_filters,
        ema_half_life=averaged(num_steps, batch_size),
        **relativistic_rules(data, num_steps),
        **rules,
    )


def relativistic_optimizers(num_steps: int) -> Optimizers:
    """Adam for both players, its rate along half a cosine.

    Args:
        num_steps: int, of each player, after which rates stay.
    """
    rate = along_cosine(_LEARNING_RATE, num_steps, _FINAL_SHARE)
    return pair_of_adams(rate, beta_1=0.0, beta_2=_BETA_2)


def averaged(num_steps: int, batch_size: int) -> float:
    """Half-life of the averaged generator, in images."""
    return _AVERAGED * num_steps * batch_size


def relativistic_rules(data: Dataset, num_steps: int) -> dict[str, Any]:
    """What `GAN.compile` takes besides the optimizers.

    Args:
        data: `Dataset`; a slope per unit of another range is another number.
        num_steps: int, of each player; penalties fall within a fifth of them.
    """
    low, high = data.value_range
    weight = _PENALTY_WEIGHT * ((high - low) / 2) ** 2
    num_burned_in = max(1, round(_BURN_IN * num_steps))
    burn_in = along_cosine(1.0, num_burned_in, _FINAL_WEIGHT_SHARE)
    return {
        "objective": "relativistic_pairing",
        "terms": [R1(weight, schedule=burn_in), R2(weight, schedule=burn_in)],
    }
