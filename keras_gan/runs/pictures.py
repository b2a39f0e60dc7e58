"""What an evaluation draws of a run: walks between latents, and nearest neighbors."""

from pathlib import Path

import numpy as np

from keras_gan import visualization
from keras_gan._run_files import INTERPOLATIONS, NEAREST
from keras_gan._types import FloatArray
from keras_gan.gan import GAN
from keras_gan.priors import NormalPrior, SphericalPrior
from keras_gan.runs.run import Run

_NUM_WALKS, _NUM_STEPS = 6, 8
_NUM_NEIGHBORS, _NUM_COLUMNS = 8, 5
_SEED = 0
_MOST_SEARCHED = 20_000  # training pictures


def draw_pictures(run: Run) -> list[Path]:
    """Writes the pictures of an evaluation into the folder of a run.

    Interpolations go straight between latents of the prior, or along an arc where these
    are normal, whose lengths a straight line leaves. Neighbors are nearest by Euclidean
    distance of pixels, among the first 20,000 training pictures.

    Args:
        run: `Run` whose data are known.

    Returns:
        paths: of the pictures; none for data that are no images, or a generator that
        takes more than latents.
    """
    gan, shape = run.gan, run.gan.data_shape
    is_told_more = bool(gan.networks.told)
    if len(shape) != 3 or is_told_more:
        return []
    folder, value_range = run.directory.pictures, run.data.value_range
    walks, neighbors = folder / INTERPOLATIONS, folder / NEAREST
    images = gan.evaluation_generator.predict(
        interpolations(gan, _NUM_WALKS, _NUM_STEPS, _SEED), verbose=0
    )
    samples = gan.sample(_NUM_NEIGHBORS * _NUM_COLUMNS, seed=_SEED)
    # A generator without a last activation may leave the range of the data.
    images, samples = (np.clip(made, *value_range) for made in (images, samples))
    visualization.save_image_grid(walks, images, value_range, _NUM_STEPS + 1)
    visualization.save_nearest_neighbors(
        neighbors,
        samples,
        run.data.train.values[:_MOST_SEARCHED],
        value_range,
        _NUM_COLUMNS,
    )
    return [walks, neighbors]


def interpolations(gan: GAN, num_walks: int, num_steps: int, seed: int) -> FloatArray:
    """Latents `[num_walks * (num_steps + 1), latent_dim]`, walk by walk."""
    ends = np.asarray(gan.prior.sample(2 * num_walks, seed=seed))
    is_round = isinstance(gan.prior, NormalPrior | SphericalPrior)
    way = visualization.latent_arc if is_round else visualization.latent_path
    pairs = ends.reshape(num_walks, 2, -1)
    return np.concatenate([way(pair, num_steps) for pair in pairs])
