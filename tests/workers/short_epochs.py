"""The command line, with digits as a small game: PASSES_PER_EPOCH ARGUMENTS..."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from games import small_recipe

from keras_gan.commands.main import main
from keras_gan.recipes import RECIPES

if __name__ == "__main__":
    RECIPES["digits"] = small_recipe("digits", passes_per_epoch=int(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
