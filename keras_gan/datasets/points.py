"""Points of known mixtures as datasets: a game that is played in a minute."""

from collections.abc import Iterator

from keras_gan._seeds import derived_seed
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.datasets.dataset import SPLITS, Dataset, Split, symmetric_range
from keras_gan.datasets.mixtures import (
    GaussianMixture,
    grid_of_gaussians,
    ring_of_gaussians,
    swiss_roll,
)


def load_ring_of_gaussians(
    num_train: int = 100_000,
    num_valid: int = 10_000,
    num_test: int = 10_000,
    seed: int = 0,
    radius: float = 1.0,
    stddev: float = 0.01,
) -> Dataset:
    """Draws points of PacGAN's ring: 8 modes on a circle of radius 1, 0.01 wide.

    Use it for a first game without images, and to see whether every mode is found:
    `keras_gan.evaluation.mode_coverage` counts them. The 8 Gaussians of WGAN-GP are
    those of `radius=2 / 1.414, stddev=0.02 / 1.414`.

    Args:
        num_train: int, at least 1. Training points. Defaults to `100_000`.
        num_valid: int, at least 1. Validation points. Defaults to `10_000`.
        num_test: int, at least 1. Test points. Defaults to `10_000`.
        seed: int in [0, 2^31), of the draws; the size of one split does not change
            another. Defaults to `0`.
        radius: float, above 0, in data units. Defaults to `1.0`.
        stddev: float, above 0, of each mode, in data units. Defaults to `0.01`.

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
        Gulrajani et al., Improved Training of Wasserstein GANs, 2017 (gan_toy.py).
        https://arxiv.org/abs/1704.00028
    """
    mixture = ring_of_gaussians(radius=radius, stddev=stddev)
    sizes = (num_train, num_valid, num_test)
    return _drawn_from(mixture, "ring_of_gaussians", sizes, seed)


def load_grid_of_gaussians(
    num_train: int = 100_000,
    num_valid: int = 10_000,
    num_test: int = 10_000,
    seed: int = 0,
    spacing: float = 2.0,
    stddev: float = 0.05,
) -> Dataset:
    """Draws points of PacGAN's grid: 25 modes on a square, 2 apart and 0.05 wide.

    As `load_ring_of_gaussians`, with more modes to find. The 25 Gaussians of WGAN-GP
    are those of `spacing=2 / 2.828, stddev=0.05 / 2.828`.

    Args:
        num_train: int, at least 1. Training points. Defaults to `100_000`.
        num_valid: int, at least 1. Validation points. Defaults to `10_000`.
        num_test: int, at least 1. Test points. Defaults to `10_000`.
        seed: int in [0, 2^31), of the draws. Defaults to `0`.
        spacing: float, above 0, between neighbors, in data units. Defaults to `2.0`.
        stddev: float, above 0, of each mode, in data units. Defaults to `0.05`.

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
        Gulrajani et al., Improved Training of Wasserstein GANs, 2017 (gan_toy.py).
        https://arxiv.org/abs/1704.00028
    """
    mixture = grid_of_gaussians(spacing=spacing, stddev=stddev)
    sizes = (num_train, num_valid, num_test)
    return _drawn_from(mixture, "grid_of_gaussians", sizes, seed)


def load_swiss_roll(
    num_train: int = 100_000,
    num_valid: int = 10_000,
    num_test: int = 10_000,
    seed: int = 0,
    noise: float = 0.25,
) -> Dataset:
    """Draws points of WGAN-GP's Swiss roll: one thin curve, rolled up in the plane.

    Use it for data without modes, on which a critic shows whether it follows a shape.

    Args:
        num_train: int, at least 1. Training points. Defaults to `100_000`.
        num_valid: int, at least 1. Validation points. Defaults to `10_000`.
        num_test: int, at least 1. Test points. Defaults to `10_000`.
        seed: int in [0, 2^31), of the draws; the size of one split does not change
            another. Defaults to `0`.
        noise: float, at least 0. Standard deviation around the curve, in the units of
            scikit-learn, which are 7.5 times those of the data. Defaults to `0.25`.

    Returns:
        data: `Dataset` called `"swiss_roll"`, points `[num_points, 2]` without labels.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> load_swiss_roll(num_train=1000).train
    Split(1000 points (2,))

    References:
        Gulrajani et al., Improved Training of Wasserstein GANs, 2017 (gan_toy.py).
        https://arxiv.org/abs/1704.00028
    """
    sizes = (num_train, num_valid, num_test)
    train, valid, test = (
        Split(swiss_roll(size, noise, of_split), data_name="points")
        for size, of_split in sizes_and_seeds(sizes, seed)
    )
    value_range = symmetric_range(train, valid, test)
    return Dataset("swiss_roll", train, valid, test, value_range)


def _drawn_from(
    mixture: GaussianMixture, name: str, sizes: tuple[int, int, int], seed: int
) -> Dataset:
    splits = []
    for size, of_split in sizes_and_seeds(sizes, seed):
        points, modes = mixture.sample_with_modes(size, of_split)
        splits.append(Split(points, modes, "points"))
    train, valid, test = splits
    return Dataset(name, train, valid, test, symmetric_range(*splits), mixture)


def sizes_and_seeds(
    sizes: tuple[int, int, int], seed: int
) -> Iterator[tuple[int, int]]:
    """The checked size of each split, and the seed of its draws."""
    check_seed("seed", seed)
    for index, (split, size) in enumerate(zip(SPLITS, sizes, strict=True)):
        yield check_positive_integer(f"num_{split}", size), derived_seed(seed, index)
