"""Games in the plane that find every mode of a mixture, in minutes on one core."""

import keras
import numpy as np

from keras_gan._replicas import num_replicas
from keras_gan._seeds import derived_seed, pair_of_seeds
from keras_gan._types import Tensor
from keras_gan._validation import check_integer
from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.layers import FourierFeatures
from keras_gan.priors import NormalPrior
from keras_gan.recipes._adam import along_cosine, pair_of_adams
from keras_gan.recipes._length import checked_steps
from keras_gan.recipes.fitting import of_points
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe
from keras_gan.terms import R1, R2

_BATCH_SIZE = 100
# A third and a sixth of them find all modes; the others bring those to their width.
_RING_EPOCHS, _GRID_EPOCHS = 30, 120
_HIDDEN_UNITS = (128, 128, 128, 128)
_LATENT_DIM = 2
# Wavelengths from 4 standard deviations of the data to a sixteenth: both papers' modes
# are 0.015 wide, and rectifiers of the plain coordinates see none that narrow.
_NUM_OCTAVES = 7
_DECAY = 0.5**0.5  # at equal amplitudes the modes are found far later
_PENALTY_WEIGHT = 0.05  # on slopes per standard deviation of the data
# Points, 10 steps: modes that move to and fro are narrower on average.
_EMA_HALF_LIFE = 1_000
# In networks so small a step costs less than its dispatch; of one device alone.
_STEPS_PER_EXECUTION = 50


def ring_of_gaussians(
    data: Dataset,
    seed: int = 0,
    num_steps: int | None = None,
    num_octaves: int = _NUM_OCTAVES,
) -> GAN:
    """Builds a GAN that draws all 8 modes of PacGAN's ring, compiled and untrained.

    Both networks have four hidden layers of 128 rectifiers; inside them the data have
    unit scale, outside they keep their own. Three things together find the modes and
    hold them: pairs of a real and a generated point are judged by their difference
    (relativistic pairing), R1 and R2 keep the discriminator flat around both, and the
    learning rate falls to a hundredth along half a cosine, which lets the thin modes
    sharpen. A fourth gives the modes their width: the discriminator sees the points in
    octaves of sines and cosines too, for rectifiers of the plain coordinates are too
    smooth to tell a thin mode from a thinner one.

    Train it in minibatches of 100, on 100,000 points 1,000 steps an epoch: 8.0 of 8
    modes and 98.4 +- 0.1 % good samples (five seeds; PacGAN2 has 7.9 and 95.6 %), in
    80 seconds of a core with AVX512 (examples/ring_of_gaussians.py).

    Args:
        data: `Dataset` of points in the plane, around the origin.
        seed: int, of weights, latents and data order. Defaults to `0`.
        num_steps: int, at least 1, of the training: where the learning rate ends.
            `None` is 30 passes over the points. Defaults to `None`.
        num_octaves: int, at least 0, in which the discriminator sees the points; with
            none it sees their coordinates alone. Defaults to `7`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if `num_steps` is below 1 or `num_octaves` below 0.

    Example:
    >>> from keras_gan.datasets import load_ring_of_gaussians
    >>> data = load_ring_of_gaussians(num_train=500)
    >>> gan = ring_of_gaussians(data, seed=0)
    >>> history = gan.fit(data.train.points, batch_size=100, verbose=0)
    >>> gan.sample(4, seed=1).shape
    (4, 2)

    References:
        Data and rule: Lin et al., PacGAN, 2018. https://arxiv.org/abs/1712.04086
        Game: Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024.
        https://arxiv.org/abs/2501.05441
    """
    num_steps = checked_steps(
        num_steps, data, epochs=_RING_EPOCHS, batch_size=_BATCH_SIZE
    )
    return _plane_gan(data, seed, num_steps, num_octaves, "ring_of_gaussians")


def grid_of_gaussians(
    data: Dataset,
    seed: int = 0,
    num_steps: int | None = None,
    num_octaves: int = _NUM_OCTAVES,
) -> GAN:
    """Builds a GAN that draws all 25 modes of PacGAN's grid, compiled and untrained.

    As `ring_of_gaussians`, for more steps: more borders between modes have to become
    thin. 25.0 of 25 modes and 97.4 +- 0.2 % good samples (five seeds; PacGAN2 has 23.8
    and 91.3 %), in five minutes of a core with AVX512 (examples/ring_of_gaussians.py).

    Args:
        data: `Dataset` of points in the plane, around the origin.
        seed: int, of weights, latents and data order. Defaults to `0`.
        num_steps: int, at least 1, of the training: where the learning rate ends.
            `None` is 120 passes over the points. Defaults to `None`.
        num_octaves: int, at least 0, in which the discriminator sees the points; with
            none it sees their coordinates alone. Defaults to `7`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if `num_steps` is below 1 or `num_octaves` below 0.

    Example:
    >>> from keras_gan.datasets import load_grid_of_gaussians
    >>> grid_of_gaussians(load_grid_of_gaussians(500)).generator.count_params()
    50178

    References:
        Lin et al., PacGAN, 2018. https://arxiv.org/abs/1712.04086
        Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024.
        https://arxiv.org/abs/2501.05441
    """
    num_steps = checked_steps(
        num_steps, data, epochs=_GRID_EPOCHS, batch_size=_BATCH_SIZE
    )
    return _plane_gan(data, seed, num_steps, num_octaves, "grid_of_gaussians")


def _plane_gan(
    data: Dataset, seed: int, num_steps: int, num_octaves: int, name: str
) -> GAN:
    check_integer("num_octaves", num_octaves, minimum=0)
    scale = float(np.sqrt(np.mean(np.square(data.train.values, dtype="float64"))))
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    gan = GAN(
        generator=_generator(scale, seed=generator_seed),
        discriminator=_discriminator(scale, num_octaves, seed=discriminator_seed),
        prior=NormalPrior(_LATENT_DIM),
        ema_half_life=_EMA_HALF_LIFE,
        seed=seed,
        name=name,
    )
    # A slope per data unit is smaller by `scale` than one per standard deviation.
    weight = _PENALTY_WEIGHT * scale**2
    rate = along_cosine(2e-3, num_steps, 0.01)
    gan.compile(
        *pair_of_adams(rate, beta_1=0.0, beta_2=0.99),
        objective="relativistic_pairing",
        terms=(R1(weight), R2(weight)),
        steps_per_execution=_STEPS_PER_EXECUTION if num_replicas() == 1 else 1,
    )
    return gan


def _generator(scale: float, seed: int) -> keras.Model:
    latents = keras.Input((_LATENT_DIM,), name="latents")
    hidden = _hidden(latents, seed)
    # Thin modes need float32 where the data have their own scale.
    outputs = _last(2, seed, "points_in_scale")(hidden)
    points = keras.layers.Rescaling(scale, dtype="float32", name="points")(outputs)
    return keras.Model(latents, points, name="generator")


def _discriminator(scale: float, num_octaves: int, seed: int) -> keras.Model:
    points = keras.Input((2,), name="points")
    outputs = keras.layers.Rescaling(1 / scale, name="points_in_scale")(points)
    if num_octaves:
        outputs = FourierFeatures(num_octaves, decay=_DECAY, dtype="float32")(outputs)
    logits = _last(1, seed, "logits")(_hidden(outputs, seed))
    return keras.Model(points, logits, name="discriminator")


def _hidden(outputs: Tensor, seed: int) -> Tensor:
    for index, units in enumerate(_HIDDEN_UNITS):
        outputs = keras.layers.Dense(
            units,
            activation="relu",
            kernel_initializer=keras.initializers.HeNormal(derived_seed(seed, index)),
            name=f"dense_{index}",
        )(outputs)
    return outputs


def _last(units: int, seed: int, name: str) -> keras.layers.Layer:
    initializer = keras.initializers.GlorotUniform(
        derived_seed(seed, len(_HIDDEN_UNITS))
    )
    return keras.layers.Dense(
        units, kernel_initializer=initializer, dtype="float32", name=name
    )


RING_OF_GAUSSIANS = Recipe(
    *LISTED["ring_of_gaussians"],
    build=ring_of_gaussians,
    batch_size=_BATCH_SIZE,
    epochs=_RING_EPOCHS,
    monitor="coverage",
    scheduled=True,
    value_range=None,
    fits=(of_points,),
)

GRID_OF_GAUSSIANS = Recipe(
    *LISTED["grid_of_gaussians"],
    build=grid_of_gaussians,
    batch_size=_BATCH_SIZE,
    epochs=_GRID_EPOCHS,
    monitor="coverage",
    scheduled=True,
    value_range=None,
    fits=(of_points,),
)
