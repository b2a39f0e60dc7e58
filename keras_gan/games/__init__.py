"""Who is shown what: the game says what a real and what a fake example is."""

from keras_gan.games.bidirectional import Bidirectional
from keras_gan.games.derived_conditions import DerivedConditions
from keras_gan.games.game import Game
from keras_gan.games.inpainting import Inpainting
from keras_gan.games.masks import BlockMask, HalfMask, Mask, MaskMixture, PixelMask

__all__ = [
    "Bidirectional",
    "BlockMask",
    "DerivedConditions",
    "Game",
    "HalfMask",
    "Inpainting",
    "Mask",
    "MaskMixture",
    "PixelMask",
]
__dir__ = __all__.copy
