"""What a run is to be: what was asked for, what it began with, what suits the data."""

import argparse
import os
from typing import TYPE_CHECKING, Any

import keras_gan as kg
from keras_gan._environment import jsonable
from keras_gan._types import Config
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.commands._shared import image_size_of, say, squared
from keras_gan.recipes.recipe import Recipe
from keras_gan.runs.directory import RunDirectory

if TYPE_CHECKING:
    from keras_gan.datasets import Dataset

_FOLDER = "image_folder"


def settled(
    args: argparse.Namespace,
    recipe: Recipe,
    directory: RunDirectory,
    held: Config,
    chief: bool,
) -> tuple["Dataset", Recipe, Config]:
    """The data, the recipe as they choose it, and the options; refused if unfit."""
    begun = held.get("config", {})
    config: Config = jsonable(_resolve(args, recipe, begun))
    kg.runs.check_rules(recipe, config)
    # Before the dataset is loaded, or even downloaded.
    if held:
        directory.check_continues(config)
    elif chief:
        directory.check_free()
    chosen = _size_of_own_pictures(recipe, config)
    source = kg.runs.DataSource.of(config | chosen)
    data = source.load(recipe, verbose=int(args.verbose == 1))
    if not held:
        kg.runs.check_begins(recipe, data)
    recipe = recipe.for_data(data)
    config = jsonable(_resolve(args, recipe, begun | chosen))
    if held:
        directory.check_continues(config)
    for reason in recipe.reasons:
        say(f"{recipe.name}: {reason}.")
    return data, recipe, config


def _resolve(args: argparse.Namespace, recipe: Recipe, held: Config) -> Config:
    """What was asked for, else what the run began with, else the recipe's default."""

    def choose(asked: Any, key: str, default: Any) -> Any:
        return held.get(key, default) if asked is None else asked

    return {
        "recipe": recipe.name,
        "recipe_file": args.recipe_file,
        "seed": check_seed("--seed", choose(args.seed, "seed", 0)),
        "epochs": check_positive_integer(
            "--epochs", choose(args.epochs, "epochs", recipe.epochs)
        ),
        "precision": choose(args.precision, "precision", "float32"),
        "data": choose(args.data, "data", recipe.data),
        "image_size": choose(image_size_of(args), "image_size", None),
        "on_damaged": choose(args.on_damaged, "on_damaged", None),
        "length": choose(args.length, "length", None),
        "sampling_rate": choose(args.sampling_rate, "sampling_rate", None),
        "alternating": choose(args.alternating, "alternating", False),
        "pretrained": choose(_absolute(args.pretrained), "pretrained", None),
        **_of_recipe(recipe, held),
        "data_dir": choose(_absolute(args.data_dir), "data_dir", None),
    }


def _of_recipe(recipe: Recipe, held: Config) -> Config:
    """What nobody is asked for; before the data are known, as the run began."""
    known = {
        "batch_size": recipe.batch_size,
        "passes_per_epoch": recipe.passes_per_epoch,
    }
    if recipe.choose is None:
        return known
    return {key: held.get(key, value) for key, value in known.items()}


def _absolute(path: str | None) -> str | None:
    return None if path is None else os.path.abspath(path)


def _size_of_own_pictures(recipe: Recipe, config: Config) -> Config:
    """The size of a recipe that chooses, where nobody said one; says what is there."""
    if config["data"] != _FOLDER:
        return {}
    survey = kg.datasets.survey_image_folder(config["data_dir"])
    say(f"{survey}.")
    if recipe.choose is None or config["image_size"]:
        return {}
    size, reason = survey.image_size()
    say(f"{recipe.name}: {reason}.")
    return {"image_size": squared(size)}
