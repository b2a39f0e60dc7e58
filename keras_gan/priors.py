"""p(z): where the generator's latents come from.

A prior is a small serializable description; its TensorFlow Probability distribution is
built on use, so that `import keras_gan` does not import TFP.
"""

import abc
import math
import numbers
import statistics
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._representation import representation
from keras_gan._seeds import stateless_seed
from keras_gan._types import Array, Config, Tensor
from keras_gan._validation import (
    check_finite,
    check_nonnegative,
    check_positive,
    check_positive_integer,
    check_positive_integers,
    invalid_argument,
)

__all__ = [
    "CategoricalPrior",
    "ConstantPrior",
    "EmpiricalPrior",
    "GaussianMixturePrior",
    "NoPrior",
    "NormalPrior",
    "Prior",
    "SphericalPrior",
    "TruncatedNormalPrior",
    "UniformPrior",
]
__dir__ = __all__.copy

_ROUNDING = 1e-6  # of float32 numbers that add up to 1
_LARGEST_BOUND = 5.0  # beyond it, uniform numbers in float32 are too coarse


class Prior(abc.ABC):
    """Base class of the distributions over latents.

    A subclass states its parameters in `get_config` and builds its distribution, with
    event shape `[latent_dim]`, in `distribution`.

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
    """

    def __init__(self, latent_dim: int) -> None:
        self.latent_dim = check_positive_integer("latent_dim", latent_dim)

    @property
    @abc.abstractmethod
    def distribution(self) -> Any:
        """The `tfp.distributions.Distribution` with event shape `[latent_dim]`.

        Built anew at each use: one built while a graph is traced belongs to that graph.
        """

    def sample(self, num_samples: int | Tensor, seed: int | Tensor) -> Tensor:
        """Draws latents that depend on the seed alone, in every process and graph.

        But for graphs that XLA compiles, whose generators draw other numbers.

        Args:
            num_samples: int or scalar integer tensor.
            seed: int in [0, 2^31); a scalar int32 tensor, which draws what an int of
                its value does; or an integer tensor of shape `[2]` as in
                `tf.random.stateless_*`.

        Returns:
            latents: float32, shape `[num_samples, latent_dim]`.

        Raises:
            ValueError: if `num_samples` is below 1, or `seed` no such integer.
        """
        if isinstance(num_samples, numbers.Integral):
            check_positive_integer("num_samples", num_samples)
        return self._draw(num_samples, stateless_seed(seed))

    def _draw(self, num_samples: int | Tensor, seed: Tensor) -> Tensor:
        return self.distribution.sample(num_samples, seed=seed)

    def nearest(self, latents: Tensor) -> Tensor:
        """The nearest latents that the prior can draw: those given, by default.

        Args:
            latents: `[batch, latent_dim]`, such as a search arrives at.
        """
        return latents

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this prior."""
        return {"latent_dim": self.latent_dim}

    def description(self) -> Config:
        """Returns what records and model cards say of this prior: its arguments."""
        return self.get_config()

    def __repr__(self) -> str:
        return representation(self)

    @classmethod
    def from_config(cls, config: Config) -> "Prior":
        """Builds a prior from what `get_config` returned."""
        return cls(**config)


@keras.saving.register_keras_serializable(package="keras_gan")
class UniformPrior(Prior):
    """Independent uniform latents, z_i ~ U(low, high).

    The 2014 MNIST generator reads 100 numbers from U(-sqrt(3), sqrt(3)), which has unit
    variance.

        p(z) = (high - low) ** -latent_dim    for low <= z_i < high

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        low: float, lower bound. Defaults to `-1.0`.
        high: float, upper bound, above `low`. Defaults to `1.0`.

    Raises:
        ValueError: if `latent_dim` is below 1 or `low` is not below `high`.

    Example:
    >>> prior = UniformPrior(100, low=-1.0, high=1.0)
    >>> prior.sample(64, seed=1).shape
    TensorShape([64, 100])
    """

    def __init__(self, latent_dim: int, low: float = -1.0, high: float = 1.0) -> None:
        super().__init__(latent_dim)
        self.low = check_finite("low", low)
        self.high = check_finite("high", high)
        if self.low >= self.high:
            raise invalid_argument("high", f"a float above low={self.low}", high)

    @property
    def distribution(self) -> Any:
        """The `tfp.distributions.Sample` of `latent_dim` coordinates."""
        from tensorflow_probability import distributions as tfd

        coordinate = tfd.Uniform(self.low, self.high)
        return tfd.Sample(coordinate, sample_shape=[self.latent_dim])

    def nearest(self, latents: Tensor) -> Tensor:
        """The nearest latents within the bounds."""
        return tf.clip_by_value(latents, self.low, self.high)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this prior."""
        return {**super().get_config(), "low": self.low, "high": self.high}


@keras.saving.register_keras_serializable(package="keras_gan")
class NormalPrior(Prior):
    """Independent normal latents, z_i ~ N(mean, stddev^2).

    The usual prior of convolutional generators, and that of the 2014 TFD and CIFAR-10
    experiments.

        log p(z) = sum_i log N(z_i; mean, stddev^2)

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        mean: float. Defaults to `0.0`.
        stddev: float, above 0. Defaults to `1.0`.

    Raises:
        ValueError: if `latent_dim` is below 1 or `stddev` is not positive.

    Example:
    >>> prior = NormalPrior(2)
    >>> float(prior.distribution.log_prob([0.0, 0.0]))  # -log(2 pi), in nats
    -1.837...
    """

    def __init__(self, latent_dim: int, mean: float = 0.0, stddev: float = 1.0) -> None:
        super().__init__(latent_dim)
        self.mean = check_finite("mean", mean)
        self.stddev = check_positive("stddev", stddev)

    @property
    def distribution(self) -> Any:
        """The `tfp.distributions.Sample` of `latent_dim` coordinates."""
        from tensorflow_probability import distributions as tfd

        coordinate = tfd.Normal(self.mean, self.stddev)
        return tfd.Sample(coordinate, sample_shape=[self.latent_dim])

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this prior."""
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


@keras.saving.register_keras_serializable(package="keras_gan")
class TruncatedNormalPrior(Prior):
    """Independent standard normal latents without their tails, |z_i| <= bound.

    Use it where no latent may lie where few were in training. A generator that was
    trained with `NormalPrior` gives more typical and less varied samples with a low
    bound (the truncation trick).

        log p(z) = sum_i log N(z_i; 0, 1) - log(2 Phi(bound) - 1)    for |z_i| <= bound

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        bound: float in (0, 5], in standard deviations. Defaults to `2.0`.

    Raises:
        ValueError: if `latent_dim` is below 1 or `bound` out of its range.

    Example:
    >>> latents = TruncatedNormalPrior(100, bound=1.5).sample(64, seed=1)
    >>> bool(tf.reduce_max(abs(latents)) <= 1.5)
    True

    References:
        Brock et al., Large scale GAN training for high fidelity natural image
        synthesis, 2019, section 3.1. https://arxiv.org/abs/1809.11096
    """

    def __init__(self, latent_dim: int, bound: float = 2.0) -> None:
        super().__init__(latent_dim)
        self.bound = check_positive("bound", bound)
        if self.bound > _LARGEST_BOUND:
            raise invalid_argument("bound", f"a float in (0, {_LARGEST_BOUND}]", bound)

    @property
    def distribution(self) -> Any:
        """The `tfp.distributions.Sample` of `latent_dim` coordinates."""
        from tensorflow_probability import distributions as tfd

        coordinate = tfd.TruncatedNormal(0.0, 1.0, -self.bound, self.bound)
        return tfd.Sample(coordinate, sample_shape=[self.latent_dim])

    def _draw(self, num_samples: int | Tensor, seed: Tensor) -> Tensor:
        """By the inverse of the distribution function, which every runtime has."""
        mass = math.erf(self.bound / math.sqrt(2))
        shape = (num_samples, self.latent_dim)
        uniform = tf.random.stateless_uniform(shape, seed, -mass, mass)
        return tf.clip_by_value(_root_2_erfinv(uniform), -self.bound, self.bound)

    def nearest(self, latents: Tensor) -> Tensor:
        """The nearest latents within the bound."""
        return tf.clip_by_value(latents, -self.bound, self.bound)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this prior."""
        return {**super().get_config(), "bound": self.bound}


@keras.saving.register_keras_serializable(package="keras_gan")
class SphericalPrior(Prior):
    """Latents uniform on the unit sphere, norm(z) = 1.

    Nearly the normal law in many dimensions, without its few long and short latents:
    straight lines between latents leave it, great circles do not.

        p(z) = Gamma(d / 2) / (2 pi^(d / 2))    for norm(z) = 1, d = latent_dim

    Args:
        latent_dim: int, at least 2. Length of one latent vector.

    Raises:
        ValueError: if `latent_dim` is below 2.

    Example:
    >>> latents = SphericalPrior(3).sample(5, seed=1)
    >>> tf.norm(latents, axis=1).numpy().round(5).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]

    References:
        White, Sampling generative networks, 2016. https://arxiv.org/abs/1609.04468
    """

    def __init__(self, latent_dim: int) -> None:
        super().__init__(latent_dim)
        if latent_dim < 2:
            raise invalid_argument("latent_dim", "an integer of at least 2", latent_dim)

    @property
    def distribution(self) -> Any:
        """The `tfp.distributions.SphericalUniform`."""
        from tensorflow_probability import distributions as tfd

        return tfd.SphericalUniform(self.latent_dim)

    def nearest(self, latents: Tensor) -> Tensor:
        """The nearest latents on the sphere."""
        return tf.math.l2_normalize(latents, axis=1)


@keras.saving.register_keras_serializable(package="keras_gan")
class GaussianMixturePrior(Prior):
    """Equally likely, equally wide round Gaussians: latents with gaps between them.

    Use it for data of separate modes: a continuous generator must map something
    between the modes of what it makes, and this prior has next to nothing there.

        p(z) = mean_k N(z; centers[k], stddev^2 I)

    Args:
        centers: floats `[num_components, latent_dim]`, nested sequences or an array.
        stddev: float, above 0. Defaults to `0.1`.

    Raises:
        ValueError: if `centers` are no finite matrix or `stddev` is not positive.

    Example:
    >>> prior = GaussianMixturePrior([[-1.0, 0.0], [1.0, 0.0]])
    >>> prior.sample(4, seed=1).shape
    TensorShape([4, 2])

    References:
        Gurumurthy et al., DeLiGAN, 2017, section 3. https://arxiv.org/abs/1706.02071
    """

    def __init__(self, centers: Sequence[Sequence[float]], stddev: float = 0.1) -> None:
        rows = np.asarray(centers, dtype="float64")
        if rows.ndim != 2 or not rows.size or not np.isfinite(rows).all():
            expected = "finite numbers of shape [num_components, latent_dim]"
            raise invalid_argument("centers", expected, centers)
        super().__init__(rows.shape[1])
        self.centers = rows.tolist()
        self.stddev = check_positive("stddev", stddev)

    @property
    def distribution(self) -> Any:
        """The `tfp.distributions.MixtureSameFamily`."""
        from tensorflow_probability import distributions as tfd

        return tfd.MixtureSameFamily(
            tfd.Categorical(logits=[0.0] * len(self.centers)),
            tfd.MultivariateNormalDiag(
                self.centers, [[self.stddev] * self.latent_dim] * len(self.centers)
            ),
        )

    def _draw(self, num_samples: int | Tensor, seed: Tensor) -> Tensor:
        """From one draw, whose first column says the component."""
        num_components = len(self.centers)
        quantile = statistics.NormalDist().inv_cdf
        edges = [quantile(k / num_components) for k in range(1, num_components)]
        noise = tf.random.stateless_normal((num_samples, 1 + self.latent_dim), seed)
        is_beyond = noise[:, :1] > tf.constant(edges, shape=(1, len(edges)))
        component = tf.reduce_sum(tf.cast(is_beyond, "int32"), axis=1)
        centers = tf.gather(tf.constant(self.centers), component)
        return centers + self.stddev * noise[:, 1:]

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this prior."""
        return {"centers": self.centers, "stddev": self.stddev}


@keras.saving.register_keras_serializable(package="keras_gan")
class NoPrior(Prior):
    """No latents at all: what a generator makes is settled by what it is told.

    For generators of conditions alone, such as vocoders, image translation and
    super-resolution; `keras_gan.GAN(generator, discriminator, prior=None)` takes it.

    Example:
    >>> NoPrior().sample(4, seed=1).shape
    TensorShape([4, 0])
    """

    def __init__(self) -> None:
        self.latent_dim = 0

    @property
    def distribution(self) -> Any:
        """The `tfp.distributions.Sample` of no coordinate."""
        from tensorflow_probability import distributions as tfd

        return tfd.Sample(tfd.Deterministic(0.0), sample_shape=[0])

    def _draw(self, num_samples: int | Tensor, seed: Tensor) -> Tensor:
        return tf.zeros([num_samples, 0])

    def get_config(self) -> Config:
        """Returns no argument."""
        return {}


@keras.saving.register_keras_serializable(package="keras_gan")
class CategoricalPrior(Prior):
    """Labels 0 to num_classes - 1: p(c) where a conditional generator is not told c.

        p(c) = probabilities[c]

    Args:
        num_classes: int, at least 1.
        probabilities: floats, one for each class, at least 0 and with sum 1; `None`
            gives all classes the same. Defaults to `None`.

    Raises:
        ValueError: if `num_classes` is below 1, or `probabilities` are none.

    Example:
    >>> CategoricalPrior(10).sample(4, seed=1).dtype
    tf.int32
    >>> CategoricalPrior(2, [0.0, 1.0]).sample(3, seed=1).numpy()
    array([1, 1, 1], dtype=int32)
    """

    def __init__(
        self, num_classes: int, probabilities: Sequence[float] | None = None
    ) -> None:
        self.num_classes = check_positive_integer("num_classes", num_classes)
        self.probabilities = probabilities
        if probabilities is not None:
            given = tuple(check_nonnegative("probabilities", p) for p in probabilities)
            if len(given) != num_classes or not math.isclose(
                sum(given), 1.0, rel_tol=_ROUNDING
            ):
                expected = f"{num_classes} floats with sum 1"
                raise invalid_argument("probabilities", expected, probabilities)
            self.probabilities = given

    @property
    def distribution(self) -> Any:
        """The `tfp.distributions.Categorical` of int32 labels."""
        from tensorflow_probability import distributions as tfd

        equal = (1 / self.num_classes,) * self.num_classes
        return tfd.Categorical(probs=self.probabilities or equal)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this prior."""
        return {"num_classes": self.num_classes, "probabilities": self.probabilities}


@keras.saving.register_keras_serializable(package="keras_gan")
class ConstantPrior(Prior):
    """One value always: what a generator is told where nobody says anything.

    For conditions, such as `"known"` and `"mask"` of `keras_gan.games.Inpainting`:
    zeros for both let `gan.sample` make images of which nothing is given.

        p(c) = 1    for c = value everywhere

    Args:
        shape: ints, each at least 1, of one row.
        value: float. Defaults to `0.0`.

    Raises:
        ValueError: if `shape` is none, or `value` is not finite.

    Example:
    >>> ConstantPrior((28, 28, 1)).sample(3, seed=1).shape
    TensorShape([3, 28, 28, 1])
    """

    def __init__(self, shape: Sequence[int], value: float = 0.0) -> None:
        self.shape = list(check_positive_integers("shape", shape))
        self.value = check_finite("value", value)

    @property
    def distribution(self) -> Any:
        """The `tfp.distributions.Sample` of a `Deterministic` number."""
        from tensorflow_probability import distributions as tfd

        return tfd.Sample(tfd.Deterministic(self.value), sample_shape=self.shape)

    def _draw(self, num_samples: int | Tensor, seed: Tensor) -> Tensor:
        return tf.fill([num_samples, *self.shape], self.value)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this prior."""
        return {"shape": self.shape, "value": self.value}


@keras.saving.register_keras_serializable(package="keras_gan")
class EmpiricalPrior(Prior):
    """One of some given rows, all as likely: p(c) of conditions as the data have them.

    For conditions that no formula draws, such as spectrograms, thumbnails or tables of
    attributes, where a conditional generator is not told c. The rows are saved with the
    GAN: take some hundred, not all of the data.

        p(c) = mean_k [c = rows[k]]

    Args:
        rows: finite floats or integers `[num_rows, ...]`, nested sequences or an array.

    Raises:
        ValueError: if `rows` are none, or no finite numbers of float32 or int32.

    Example:
    >>> prior = EmpiricalPrior([[0.0, 1.0], [0.5, 0.5]])
    >>> prior.sample(3, seed=1).shape
    TensorShape([3, 2])
    """

    def __init__(self, rows: Any) -> None:
        values = np.asarray(rows)
        if values.dtype.kind not in "fiu" or not values.ndim or not values.size:
            expected = "numbers of shape [num_rows, ...], one row or more"
            raise invalid_argument("rows", expected, rows)
        self._is_float = values.dtype.kind == "f"
        dtype = np.finfo("float32") if self._is_float else np.iinfo("int32")
        # A comparison that NaN fails too.
        if not ((dtype.min <= values) & (values <= dtype.max)).all():
            raise invalid_argument("rows", f"finite numbers of {dtype.dtype}", rows)
        self._values = values.astype(dtype.dtype)

    @property
    def rows(self) -> Array:
        """What it draws from, `[num_rows, ...]`, float32 or int32."""
        return self._values

    @property
    def distribution(self) -> Any:
        """The `tfp.distributions.Empirical`."""
        from tensorflow_probability import distributions as tfd

        return tfd.Empirical(self._values, event_ndims=self._values.ndim - 1)

    def _draw(self, num_samples: int | Tensor, seed: Tensor) -> Tensor:
        """By a float, which runtimes can draw where integers they cannot."""
        num_rows = len(self._values)
        uniform = num_rows * tf.random.stateless_uniform([num_samples], seed)
        # 1 - 2**-24 times many rows may round up to their number.
        chosen = tf.minimum(tf.cast(uniform, tf.int32), num_rows - 1)
        return tf.gather(tf.constant(self._values), chosen)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this prior."""
        # The shortest decimals that are these float32 numbers: half as long a record.
        shortest = self._values.astype("U32").astype("float64")
        return {"rows": (shortest if self._is_float else self._values).tolist()}

    def __repr__(self) -> str:
        # The configuration would write all rows out first.
        return representation(self, lambda: {"rows": self._values})

    def description(self) -> Config:
        """Returns how many rows of which shape there are: they may be many."""
        num_rows, *shape = self._values.shape
        return {"num_rows": num_rows, "row_shape": shape}


# Giles's polynomials in w = -log(1 - x^2), from the highest power: of w - 2.5 below 5,
# of sqrt(w) - 3 above. Times sqrt(2) here: a factor outside would be moved in by the
# optimizer of graphs, which then round in another way than eager code.
_CENTRAL = (
    *(2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087),
    *(-0.00125372503, -0.00417768164, 0.246640727, 1.50140941),
)
_TAIL = (
    *(-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773),
    *(-0.0076224613, 0.00943887047, 1.00167406, 2.83297682),
)


def _root_2_erfinv(x: Tensor) -> Tensor:
    """sqrt(2) y with x = erf(y), of sums and products that every export has.

    References:
        Giles, Approximating the erfinv function, 2010.
        https://people.maths.ox.ac.uk/gilesm/files/gems_erfinv.pdf
    """
    central, tail = ([math.sqrt(2) * c for c in some] for some in (_CENTRAL, _TAIL))
    w = -tf.math.log((1 - x) * (1 + x))
    of_tail = tf.math.polyval(tail, tf.sqrt(w) - 3)
    return x * tf.where(w < 5, tf.math.polyval(central, w - 2.5), of_tail)
