"""Points of known mixtures as datasets: a game that is played in a minute."""

from keras_gan._seeds import derived_seed
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.datasets.dataset import SPLITS, Dataset, Split, symmetric_range
from keras_gan.datasets.mixtures import (
    GaussianMixture,
    grid_of_gaussians,
    ring_of_gaussians,
)


def load_ring_of_gaussians(
    num_train: int = 100_000,
    num_valid: int = 10_000,
    num_test: int = 10_000,
    seed: int = 0,
) -> Dataset:
    """Draws points of PacGAN's ring: 8 modes on a circle of radius 1, 0.01 wide.

    Use it for a first game without images, and to see whether every mode is found:
    `keras_gan.evaluation.mode_coverage` counts them.

    Args:
        num_train: int, at least 1. Training points. Defaults to `100_000`.
        num_valid: int, at least 1. Validation points. Defaults to `10_000`.
        num_test: int, at least 1. Test points. Defaults to `10_000`.
        seed: int in [0, 2^31), of the draws; the size of one split does not change
            another. Defaults to `0`.

    Returns:
        data: `Dataset` called `"ring_of_gaussians"`, points `[num_points, 2]`, labels
        0..7 of the mode that a point was drawn from. The value range is symmetric and
        reaches the farthest coordinate, rounded up to a tenth.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> data = load_ring_of_gaussians(num_train=1000)
    >>> data
    Dataset('ring_of_gaussians', 1000/10000/10000 points (2,) in [-1.1, 1.1], 8 classes)
    >>> data.train.points.shape
    (1000, 2)

    References:
        Lin et al., PacGAN, 2018. https://arxiv.org/abs/1712.04086
    """
    sizes = (num_train, num_valid, num_test)
    return _drawn_from(ring_of_gaussians(), "ring_of_gaussians", sizes, seed)


def load_grid_of_gaussians(
    num_train: int = 100_000,
    num_valid: int = 10_000,
    num_test: int = 10_000,
    seed: int = 0,
) -> Dataset:
    """Draws points of PacGAN's grid: 25 modes on a square, 2 apart and 0.05 wide.

    As `load_ring_of_gaussians`, with more modes to find.

    Args:
        num_train: int, at least 1. Training points. Defaults to `100_000`.
        num_valid: int, at least 1. Validation points. Defaults to `10_000`.
        num_test: int, at least 1. Test points. Defaults to `10_000`.
        seed: int in [0, 2^31), of the draws. Defaults to `0`.

    Returns:
        data: `Dataset` called `"grid_of_gaussians"`, points `[num_points, 2]`, labels
        0..24 of the mode that a point was drawn from.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> load_grid_of_gaussians(num_train=1000).train
    Split(1000 points (2,), 25 classes)

    References:
        Lin et al., PacGAN, 2018. https://arxiv.org/abs/1712.04086
    """
    sizes = (num_train, num_valid, num_test)
    return _drawn_from(grid_of_gaussians(), "grid_of_gaussians", sizes, seed)


def _drawn_from(
    mixture: GaussianMixture, name: str, sizes: tuple[int, int, int], seed: int
) -> Dataset:
    check_seed("seed", seed)
    splits = []
    for index, (split, size) in enumerate(zip(SPLITS, sizes, strict=True)):
        check_positive_integer(f"num_{split}", size)
        points, modes = mixture.sample_with_modes(size, derived_seed(seed, index))
        splits.append(Split(points, modes, "points"))
    train, valid, test = splits
    return Dataset(name, train, valid, test, symmetric_range(*splits), mixture)
