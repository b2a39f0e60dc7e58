"""The command line, with digits whose epochs are so many passes: PASSES ARGUMENTS..."""

import dataclasses
import sys

from keras_gan.commands.main import main
from keras_gan.recipes import RECIPES

if __name__ == "__main__":
    passes = int(sys.argv[1])
    RECIPES["digits"] = dataclasses.replace(RECIPES["digits"], passes_per_epoch=passes)
    sys.exit(main(sys.argv[2:]))
