"""What stands in the place of RECIPE: a name, a Python file, a folder of pictures."""

import argparse
import os
from pathlib import Path
from typing import NamedTuple

import keras_gan as kg
from keras_gan._validation import check_known
from keras_gan.recipes.recipe import Recipe

_OF_PICTURES, _FOLDER = "default", "image_folder"


class Asked(NamedTuple):
    """What was asked for.

    Args:
        name: str, of a listed recipe; empty for a file.
        file: path of a Python file, or `None`.
        folder: path of a folder of pictures, or `None`.
    """

    name: str
    file: str | None = None
    folder: str | None = None

    def recipe(self) -> Recipe:
        """Returns it; of a file, by running that."""
        if self.file is not None:
            return kg.recipes.load_recipe(self.file)
        return kg.recipes.get(self.name)

    @property
    def label(self) -> str:
        """What the run is called by: the default of its folder."""
        if self.folder is not None:
            return Path(os.path.abspath(self.folder)).name
        return self.name if self.file is None else Path(self.file).stem


def asked_for(args: argparse.Namespace) -> Asked:
    """Returns it; a folder in the place of a recipe becomes `--data-dir`.

    Raises:
        FileNotFoundError: if it is a path where nothing is.
        ValueError: if it is no name of a recipe.
    """
    text = args.recipe
    if text in kg.recipes.RECIPES:
        return Asked(text)
    if text.endswith(".py"):
        if not Path(text).is_file():
            raise FileNotFoundError(f"`RECIPE` must be there. Received: {text}")
        return Asked("", file=os.path.abspath(text))
    if Path(text).is_dir():
        if args.data or args.data_dir:
            raise ValueError(
                f"`--data` and `--data-dir` must be left out where RECIPE is a folder "
                f"of pictures. Received: {text} and {args.data or args.data_dir}"
            )
        args.data, args.data_dir = _FOLDER, text
        return Asked(_OF_PICTURES, folder=text)
    if os.sep in text or text.startswith("."):
        raise FileNotFoundError(
            "`RECIPE` must be a recipe, a Python file or a folder of pictures. "
            f"Received: {text}, where nothing is"
        )
    return Asked(check_known("recipe", text, kg.recipes.RECIPES))
