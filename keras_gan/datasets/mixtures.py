"""Points from densities that are known exactly: toy data on which modes can be counted.

Published parameter sets, all with equal weights:

    PacGAN              ring_of_gaussians(8, 1.0, 0.01)
                        grid_of_gaussians(5, 2.0, 0.05)
    VEEGAN              8 on a ring, 25 on a grid (sizes not known); a sample counts for
                        the nearest mode, if within 3 standard deviations
    WGAN-GP             ring_of_gaussians(8, 2 / 1.414, 0.02 / 1.414)
                        grid_of_gaussians(5, 2 / 2.828, 0.05 / 2.828)
                        swiss_roll(num_points, noise=0.25)
"""

import dataclasses
from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import (
    check_finite,
    check_nonnegative,
    check_positive,
    check_positive_integer,
    check_seed,
    invalid_argument,
)

_SWISS_ROLL_SCALE = 7.5  # WGAN-GP's: brings the roll to about [-1.3, 1.9]


@dataclasses.dataclass(frozen=True, eq=False)
class GaussianMixture:
    """Equally likely, equally wide round Gaussians.

    Use it where a generator must be held against the truth: it draws training points,
    knows their density exactly and says where its modes are.

        p(x) = mean_k N(x; center_k, stddev^2 I)

    Args:
        centers: array `[num_modes, dim]`, finite, in data units. Kept in float64.
        stddev: float, above 0. Standard deviation of each mode along each axis, in
            data units.

    Raises:
        ValueError: if `centers` is not a finite array `[num_modes, dim]` with at least
            one mode, or `stddev` is not positive.

    Example:
    >>> mixture = GaussianMixture([[-1.0, 0.0], [1.0, 0.0]], stddev=0.1)
    >>> mixture.sample(500, seed=0).shape
    (500, 2)
    >>> mixture.log_prob(mixture.centers).round(4)  # log 1/2 - log(2 pi 0.01), in nats
    array([2.0741, 2.0741])
    """

    centers: FloatArray
    stddev: float

    def __post_init__(self) -> None:
        centers = np.array(self.centers, dtype="float64")
        if centers.ndim != 2 or not centers.size or not np.isfinite(centers).all():
            raise invalid_argument(
                "centers", "finite numbers of shape [num_modes, dim]", self.centers
            )
        centers.flags.writeable = False
        object.__setattr__(self, "centers", centers)
        object.__setattr__(self, "stddev", check_positive("stddev", self.stddev))

    @property
    def num_modes(self) -> int:
        """How many Gaussians are mixed."""
        return self.centers.shape[0]

    @property
    def dim(self) -> int:
        """Length of one point."""
        return self.centers.shape[1]

    def sample(self, num_samples: int, seed: int) -> FloatArray:
        """Draws points, each from a mode chosen at random.

        Args:
            num_samples: int, at least 1.
            seed: int in [0, 2^31); the same seed gives the same points.

        Returns:
            points: float32 array `[num_samples, dim]`, in data units.
        """
        return self.sample_with_modes(num_samples, seed)[0]

    def sample_with_modes(
        self, num_samples: int, seed: int
    ) -> tuple[FloatArray, Array]:
        """Draws the points of `sample`, with the mode that each of them comes from.

        Args:
            num_samples: int, at least 1.
            seed: int in [0, 2^31).

        Returns:
            points: float32 array `[num_samples, dim]`, in data units.
            modes: int32 array `[num_samples]`, rows of `centers`.
        """
        num_samples = check_positive_integer("num_samples", num_samples)
        random = np.random.default_rng(check_seed("seed", seed))
        modes = random.integers(self.num_modes, size=num_samples)  # [num_samples]
        noise = random.standard_normal((num_samples, self.dim))
        points = self.centers[modes] + self.stddev * noise  # [num_samples, dim]
        return points.astype("float32"), modes.astype("int32")

    def log_prob(self, x: Array) -> FloatArray:
        """Exact log density of each point.

        Args:
            x: array `[num_points, dim]`, in data units.

        Returns:
            log_probs: float64 array `[num_points]`, in nats.
        """
        points = np.asarray(x, dtype="float64")
        if points.ndim != 2 or points.shape[1] != self.dim:
            raise ValueError(
                f"`x` must have the shape [num_points, {self.dim}]. Received: "
                f"x.shape={points.shape}"
            )
        return self.distribution.log_prob(points).numpy()

    @property
    def distribution(self) -> Any:
        """The same density as a `tfp.distributions.Distribution`, in float64."""
        from tensorflow_probability import distributions as tfd

        return tfd.MixtureSameFamily(
            tfd.Categorical(logits=np.zeros(self.num_modes)),
            tfd.MultivariateNormalDiag(
                self.centers, np.full(self.centers.shape, self.stddev)
            ),
        )


def ring_of_gaussians(
    num_modes: int = 8, radius: float = 1.0, stddev: float = 0.01
) -> GaussianMixture:
    """Modes at equal angles on a circle in the plane, the first at angle 0.

    The defaults are those of PacGAN. The ring of unrolled GAN and of LSGAN is the same
    by its parameters, but its code places the last center on the first: it has one mode
    fewer, and one of twice the weight. WGAN-GP draws a ring of radius 2 with standard
    deviation 0.02 and divides both by 1.414.

    Args:
        num_modes: int, at least 1. Defaults to `8`.
        radius: float, above 0, in data units. Defaults to `1.0`.
        stddev: float, above 0, of each mode, in data units. Defaults to `0.01`.

    Returns:
        mixture: `GaussianMixture` with centers `[num_modes, 2]`.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> abs(ring_of_gaussians(num_modes=4, radius=2.0).centers.round(6)).tolist()
    [[2.0, 0.0], [0.0, 2.0], [2.0, 0.0], [0.0, 2.0]]

    References:
        Lin et al., PacGAN, 2018. https://arxiv.org/abs/1712.04086
        Srivastava et al., VEEGAN, 2017. https://arxiv.org/abs/1705.07761
        Gulrajani et al., Improved Training of Wasserstein GANs, 2017 (gan_toy.py).
        https://arxiv.org/abs/1704.00028
    """
    num_modes = check_positive_integer("num_modes", num_modes)
    angles = 2 * np.pi * np.arange(num_modes) / num_modes  # [num_modes]
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return GaussianMixture(check_positive("radius", radius) * directions, stddev)


def grid_of_gaussians(
    size: int = 5, spacing: float = 2.0, stddev: float = 0.05
) -> GaussianMixture:
    """Modes on a square grid in the plane, centered at the origin.

    The defaults are those of PacGAN: centers {-4, -2, 0, 2, 4}^2. WGAN-GP divides that
    grid by 2.828, standard deviation included.

    Args:
        size: int, at least 1. Modes along one side. Defaults to `5`.
        spacing: float, above 0, between neighbors, in data units. Defaults to `2.0`.
        stddev: float, above 0, of each mode, in data units. Defaults to `0.05`.

    Returns:
        mixture: `GaussianMixture` with centers `[size^2, 2]`.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> grid_of_gaussians(size=2).centers.tolist()
    [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]

    References:
        Lin et al., PacGAN, 2018. https://arxiv.org/abs/1712.04086
        Srivastava et al., VEEGAN, 2017. https://arxiv.org/abs/1705.07761
        Gulrajani et al., Improved Training of Wasserstein GANs, 2017 (gan_toy.py).
        https://arxiv.org/abs/1704.00028
    """
    size = check_positive_integer("size", size)
    side = check_positive("spacing", spacing) * (np.arange(size) - (size - 1) / 2)
    rows, columns = np.meshgrid(side, side, indexing="ij")
    centers = np.stack([rows.ravel(), columns.ravel()], axis=1)  # [size^2, 2]
    return GaussianMixture(centers, stddev)


def gaussian_1d(mean: float = 0.0, stddev: float = 1.0) -> GaussianMixture:
    """One Gaussian on the line: the smallest game whose answer is known.

    Args:
        mean: float, in data units. Defaults to `0.0`.
        stddev: float, above 0, in data units. Defaults to `1.0`.

    Returns:
        mixture: `GaussianMixture` with one center, `[1, 1]`.

    Raises:
        ValueError: if `mean` is not finite or `stddev` is not positive.

    Example:
    >>> gaussian_1d(4.0, 0.5).sample(3, seed=0).shape
    (3, 1)
    """
    return GaussianMixture(np.array([[check_finite("mean", mean)]]), stddev)


def swiss_roll(num_samples: int, noise: float = 0.25, seed: int = 0) -> FloatArray:
    """Points on a rolled-up sheet seen from the side: one thin, connected curve.

    scikit-learn's roll without its second axis, divided by 7.5, as WGAN-GP draws it.
    No exact density is known for it.

    Args:
        num_samples: int, at least 1.
        noise: float, at least 0. Standard deviation of the noise before the division,
            in scikit-learn's units. Defaults to `0.25`.
        seed: int in [0, 2^31); the same seed gives the same points. Defaults to `0`.

    Returns:
        points: float32 array `[num_samples, 2]`.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> swiss_roll(1000, seed=0).shape
    (1000, 2)

    References:
        Gulrajani et al., Improved Training of Wasserstein GANs, 2017 (gan_toy.py).
        https://arxiv.org/abs/1704.00028
    """
    import sklearn.datasets

    points, _ = sklearn.datasets.make_swiss_roll(
        check_positive_integer("num_samples", num_samples),
        noise=check_nonnegative("noise", noise),
        random_state=check_seed("seed", seed),
    )
    return (points[:, [0, 2]] / _SWISS_ROLL_SCALE).astype("float32")
