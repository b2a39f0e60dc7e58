"""Initial weights by the number of a layer's inputs, of their own for every layer."""

import keras

from keras_gan._seeds import derived_seed


class FanInWeights:
    """Normal initial weights for one layer of a network after the other.

    Args:
        seed: int, of the network.
    """

    def __init__(self, seed: int) -> None:
        self._seed, self._drawn = seed, 0

    def of_variance(self, gain_squared: float) -> keras.Initializer:
        """N(0, gain^2 / fan_in) for the next layer."""
        self._drawn += 1
        return keras.initializers.VarianceScaling(
            gain_squared,
            distribution="untruncated_normal",
            seed=derived_seed(self._seed, self._drawn),
        )
