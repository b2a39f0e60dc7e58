"""`keras-gan copy-recipe`: a recipe as a Python file, to be changed and trained."""

import argparse
import importlib
import inspect
import shlex
from pathlib import Path

import keras_gan as kg
from keras_gan._files import replacing
from keras_gan._validation import check_known
from keras_gan._version import __version__
from keras_gan.commands._shared import say
from keras_gan.commands._tensorflow import start_tensorflow
from keras_gan.recipes.listing import BY_MODULE
from keras_gan.recipes.recipe import Recipe

SUMMARY = "write a recipe as a Python file that train takes"
IF_STOPPED = "no file was written"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan copy-recipe`."""
    parser.add_argument("recipe", metavar="NAME", help="see `keras-gan list`")
    parser.add_argument(
        "--output", metavar="FILE.py", help="a new file; default: my_NAME.py"
    )


def run(args: argparse.Namespace) -> None:
    """Writes it."""
    name = check_known("recipe", args.recipe, kg.recipes.RECIPES)
    path = Path(args.output or f"my_{name}.py")
    if path.suffix != ".py":
        raise ValueError(f"`--output` must end in .py. Received: {path}")
    if path.exists():
        raise FileExistsError(f"`--output` must be new. Received: {path}")
    start_tensorflow(f"to look {name} up")
    with replacing(path) as partial:
        partial.write_text(_source_of(name, path.name), encoding="utf-8")
    say(f"Written: {path}. Change it, then: keras-gan train {shlex.quote(str(path))}")


def _source_of(name: str, file: str) -> str:
    """The module of the recipe, which says where it is from and what it leaves."""
    module_name = next(
        module
        for module, listings in BY_MODULE.items()
        if name in {listing.name for listing in listings}
    )
    module = importlib.import_module(f"keras_gan.recipes.{module_name}")
    constant = next(
        key
        for key, value in vars(module).items()
        if isinstance(value, Recipe) and value.name == name
    )
    file = shlex.quote(file)
    return (
        f"# The recipe {name} of keras_gan {__version__}, a copy to change. It trains\n"
        f"# by: keras-gan train {file}\n"
        "# Modules whose names begin with an underscore may change with the version.\n"
        f"{inspect.getsource(module).rstrip()}\n\n"
        f"RECIPE = {constant}  # what `keras-gan train` takes, under the file's name\n"
    )
