"""Who is shown what: the game says what a real and what a fake example is."""

from keras_gan.games.game import Game

__all__ = ["Game"]
