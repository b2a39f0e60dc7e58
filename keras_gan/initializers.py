"""Initial weights that the papers need and Keras lacks."""

from typing import Any

import keras

from keras_gan._representation import representation
from keras_gan._seeds import derived_seed
from keras_gan._types import Config, Tensor
from keras_gan._validation import check_positive, check_positive_integer, check_seed

__all__ = ["SparseNormal"]
__dir__ = __all__.copy


@keras.saving.register_keras_serializable(package="keras_gan")
class SparseNormal(keras.initializers.Initializer):
    """Gives every unit the same number of normal weights; all its others are zero.

    For wide layers of saturating units: each unit looks at a few inputs with weights of
    a size that does not depend on the width.

        column = stddev * N(0, 1) at `num_nonzero` places without replacement, else 0

    Args:
        num_nonzero: int, at least 1. Nonzero weights of each column, at most the number
            of inputs.
        stddev: float, above 0, of the nonzero weights. Defaults to `1.0`.
        seed: int in [0, 2^31). Defaults to `0`.

    Raises:
        ValueError: if an argument is out of range, or, when called, if the kernel is
            not a matrix or has fewer rows than `num_nonzero`.

    Example:
    >>> kernel = SparseNormal(2, seed=1)((5, 3))
    >>> (kernel.numpy() != 0).sum(axis=0).tolist()
    [2, 2, 2]

    References:
        Martens, Deep learning via Hessian-free optimization, 2010, section 5; with 100
        weights in pretrain.yaml of Goodfellow et al. 2014.
    """

    def __init__(self, num_nonzero: int, stddev: float = 1.0, seed: int = 0) -> None:
        self.num_nonzero = check_positive_integer("num_nonzero", num_nonzero)
        self.stddev = check_positive("stddev", stddev)
        self.seed = check_seed("seed", seed)

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        """Returns a kernel `[inputs, units]`."""
        if len(shape) != 2 or shape[0] < self.num_nonzero:
            raise ValueError(
                f"`num_nonzero={self.num_nonzero}` needs a kernel [inputs, units] with "
                f"at least as many inputs. Received: shape={tuple(shape)}"
            )
        num_inputs, units = shape
        places_seed, weights_seed = (derived_seed(self.seed, part) for part in (0, 1))
        ranks = keras.random.uniform((units, num_inputs), seed=places_seed)
        rows = keras.ops.top_k(ranks, self.num_nonzero)[1]  # [units, num_nonzero]
        columns = keras.ops.broadcast_to(
            keras.ops.expand_dims(keras.ops.arange(units), 1), keras.ops.shape(rows)
        )
        weights = keras.random.normal(
            (units * self.num_nonzero,),
            stddev=self.stddev,
            dtype=dtype,
            seed=weights_seed,
        )
        places = keras.ops.stack(
            [keras.ops.reshape(rows, -1), keras.ops.reshape(columns, -1)], axis=1
        )
        return keras.ops.scatter(places, weights, shape)

    def __repr__(self) -> str:
        """Returns its name and what it was made with."""
        return representation(self)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this initializer."""
        return {
            "num_nonzero": self.num_nonzero,
            "stddev": self.stddev,
            "seed": self.seed,
        }
