"""How near reconstructions are to what they reconstruct."""

import dataclasses

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_seed
from keras_gan.evaluation._arrays import flat_rows
from keras_gan.evaluation.score import Quantity, Score, standard_error


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReconstructionError(Score):
    """What `reconstruction_error` measured.

    Args:
        distance: float, mean Euclidean distance of an image and its reconstruction.
        standard_error: float, of that mean, over images.
        shuffled_distance: float, the same for the reconstruction of another image.
        ratio: float, the first over the second.
        ratio_error: float, standard error of the ratio, that of `distance` alone.
        num_images: int.
        seed: int, of the shuffling.
    """

    quantities = (
        Quantity("reconstruction_distance", "distance", "standard_error"),
        Quantity("reconstruction_over_shuffled", "ratio", "ratio_error"),
    )

    distance: float
    standard_error: float
    shuffled_distance: float
    ratio: float
    ratio_error: float
    num_images: int
    seed: int


def reconstruction_error(
    *, images: Array, reconstructions: Array, seed: int = 0
) -> ReconstructionError:
    """Distance of images and reconstructions, over that of pairs that do not belong.

    The ratio is what means something: blurred reconstructions are near to any image. 1
    says that a reconstruction has nothing to do with its image, 0 that it is the image.

        ratio = mean_i ||x_i - r_i|| / mean_i ||x_i - r_p(i)||,    p(i) != i

    Args:
        images: array `[num_images, …]`, at least 2.
        reconstructions: array of the same shape.
        seed: int in [0, 2^31), of the pairs. Defaults to `0`.

    Returns:
        error: `ReconstructionError`.

    Raises:
        ValueError: if shapes differ, or there are less than 2 images that differ.

    Example:
    >>> images = np.eye(4)
    >>> error = reconstruction_error(images=images, reconstructions=0.5 * images)
    >>> round(error.distance, 3), round(error.ratio, 3)
    (0.5, 0.447)

    References:
        Donahue et al., Adversarial Feature Learning, 2017 (the log of the published
        code). https://arxiv.org/abs/1605.09782
    """
    check_seed("seed", seed)
    rows, again = (
        flat_rows("images", images),
        flat_rows("reconstructions", reconstructions),
    )
    if np.shape(images) != np.shape(reconstructions) or len(rows) < 2:
        raise ValueError(
            "`images` and `reconstructions` must have one shape, of at least 2 rows. "
            f"Received: {np.shape(images)} and {np.shape(reconstructions)}"
        )
    cycle = np.random.default_rng(seed).permutation(len(rows))
    distances = _distances(rows, again)
    shuffled = _distances(rows[cycle], again[np.roll(cycle, 1)])
    distance, other = float(distances.mean()), float(shuffled.mean())
    error = standard_error(distances)
    if not other:
        raise ValueError(
            "`images` must differ from each other, so that reconstructions can be held "
            f"against those of others. Received: {len(rows)} that are all alike"
        )
    return ReconstructionError(
        distance=distance,
        standard_error=error,
        shuffled_distance=other,
        ratio=distance / other,
        ratio_error=error / other,
        num_images=len(rows),
        seed=int(seed),
    )


def _distances(first: FloatArray, second: FloatArray) -> FloatArray:
    gaps = first.astype("float64") - second
    return np.asarray(np.sqrt(np.sum(np.square(gaps), axis=1)))
