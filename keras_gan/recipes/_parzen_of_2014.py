"""How Table 1 of 2014 scores MNIST; other images are followed by it too."""

from keras_gan.evaluation.parzen_bandwidth import TABLE_1_BANDWIDTHS
from keras_gan.evaluation.parzen_points import NUM_VALID
from keras_gan.recipes.recipe import ParzenProtocol

PARZEN_OF_2014 = ParzenProtocol(10_000, NUM_VALID, TABLE_1_BANDWIDTHS)
