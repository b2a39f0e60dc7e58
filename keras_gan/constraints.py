"""Constraints on the discriminator's weights, as Keras constraints."""

import keras

from keras_gan._representation import representation
from keras_gan._types import Config, Tensor
from keras_gan._validation import check_positive

__all__ = ["WeightClipping"]
__dir__ = __all__.copy


@keras.saving.register_keras_serializable(package="keras_gan")
class WeightClipping(keras.constraints.Constraint):
    """Clips every weight to [-limit, limit] after each move of the discriminator.

    The Lipschitz control of the first WGAN. Give it to
    `gan.compile(discriminator_constraint=...)`, which lays it on every trainable
    variable of the discriminator, biases included. A gradient penalty reaches further.

    Args:
        limit: float, above 0. The paper's c. Defaults to `0.01`.

    Raises:
        ValueError: if `limit` is not positive.

    Example:
    >>> WeightClipping(0.01)(keras.ops.array([-3.0, 0.005])).numpy().tolist()
    [-0.009999999776482582, 0.004999999888241291]

    References:
        Arjovsky, Chintala, Bottou, Wasserstein GAN, 2017, Algorithm 1.
        https://arxiv.org/abs/1701.07875
    """

    def __init__(self, limit: float = 0.01) -> None:
        self.limit = check_positive("limit", limit)

    def __call__(self, w: Tensor) -> Tensor:
        """Returns the clipped weight."""
        return keras.ops.clip(w, -self.limit, self.limit)

    def __repr__(self) -> str:
        """Returns its name and what it was made with."""
        return representation(self)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this constraint."""
        return {"limit": self.limit}
