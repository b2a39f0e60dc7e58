"""p(z): where the generator's latents come from.

A prior is a small serialisable description; its TensorFlow Probability distribution is
built on use, so that `import keras_gan` does not import TFP.
"""

import abc
import math
import numbers
from collections.abc import Sequence
from typing import Any

import keras

from keras_gan._seeds import stateless_seed
from keras_gan._types import Config, Tensor
from keras_gan._validation import (
    check_finite,
    check_nonnegative,
    check_positive,
    check_positive_integer,
    invalid_argument,
)


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
        return self.distribution.sample(num_samples, seed=stateless_seed(seed))

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this prior."""
        return {"latent_dim": self.latent_dim}

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
            if len(given) != num_classes or not math.isclose(sum(given), 1.0):
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
