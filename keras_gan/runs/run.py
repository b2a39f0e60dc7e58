"""The dataset and the game of a run: as it begins, and as it was left."""

import dataclasses
import os
from pathlib import Path
from typing import Any, NamedTuple

import keras

from keras_gan import datasets, recipes
from keras_gan._types import Config
from keras_gan._validation import check_known
from keras_gan.datasets._fingerprint import differences, fingerprint
from keras_gan.datasets.dataset import Dataset
from keras_gan.gan import GAN
from keras_gan.recipes.recipe import Recipe
from keras_gan.runs.directory import RunDirectory
from keras_gan.saving import load


class Run(NamedTuple):
    """What a run of `keras-gan train` left.

    Args:
        gan: `GAN`, trained.
        data: `Dataset` that it was trained on.
        recipe: `Recipe`.
        config: what the run directory's `config.json` holds.
    """

    gan: GAN
    data: Dataset
    recipe: Recipe
    config: Config


def load_run(
    path: str | os.PathLike[str],
    best: bool = False,
    data_dir: str | os.PathLike[str] | None = None,
) -> Run:
    """Loads a run of `keras-gan train` with its data, to look at it from Python.

    Args:
        path: the run directory.
        best: bool. `True` takes the epoch with the best validation value instead of the
            last one. Defaults to `False`.
        data_dir: folder with the same dataset, where it was moved, or `None` for that
            of the training. Defaults to `None`.

    Returns:
        run: `Run`.

    Raises:
        FileNotFoundError: if the folder holds no run, or no complete epoch.
        ValueError: if its configuration is damaged, or the data are others than it
            was trained on.

    Example:
    ```python
    run = load_run("runs/mnist", best=True)
    samples = run.gan.sample(64, seed=0)
    ```
    """
    directory = RunDirectory(Path(path))
    config = directory.read_config()
    recipe = recipe_of(config)
    gan = load_model(directory, best)
    return Run(gan, data_of_run(recipe, config, data_dir), recipe, config)


def recipe_of(config: Config) -> Recipe:
    """The recipe of a run; without its feature network on data that are not its own."""
    recipe = recipes.get(config["recipe"])
    name = config.get("data")
    if name is None or datasets.LOADERS.get(name) is recipe.load_data:
        return recipe
    return dataclasses.replace(recipe, feature_network=None)


def load_data(
    recipe: Recipe, config: Config, data_dir: str | os.PathLike[str] | None
) -> Dataset:
    """The dataset that the configuration names, the recipe's if it names none."""
    name = config.get("data")
    if name is None:
        return recipe.load_data(data_dir)
    check_known("--data", name, datasets.LOADERS)
    return datasets.load(name, data_dir)


def data_of_run(
    recipe: Recipe, config: Config, data_dir: str | os.PathLike[str] | None
) -> Dataset:
    """The dataset that a run was trained on; raises as `check_data` does."""
    data = load_data(recipe, config, data_dir or config["data_dir"])
    check_data(config, data)
    return data


def check_data(config: Config, data: Dataset) -> Config:
    """Returns the data's fingerprint.

    Raises:
        ValueError: if the configuration, of a run that began, holds another one.
    """
    found = fingerprint(data)
    held = config.get("dataset", {}).get("fingerprint", found)
    different = differences(held, found)
    if different:
        raise ValueError(
            "`data_dir` must hold the data that the run was begun on, unchanged. "
            f"Received: {data.name} with {', '.join(different)}. Name the folder that "
            "has them, or train a new run on these. (If they differ by rounding alone, "
            "as prepared on another machine, remove `fingerprint` from config.json.)"
        )
    return found


def load_model(run: RunDirectory, best: bool) -> GAN:
    """The whole GAN after the last or the best epoch."""
    path = run.best_model if best else run.model
    if not path.exists():
        raise FileNotFoundError(
            f"{run.path} holds no complete epoch yet: train it with --resume."
        )
    return load(path)


def check_rules(recipe: Recipe, config: Config) -> None:
    """Raises where the configuration asks for what the recipe does not have."""
    if config["alternating"] and not recipe.can_alternate:
        raise ValueError(
            "`--alternating` is for recipes whose players move at once. Received: "
            f"{recipe.name}, whose players alternate already."
        )
    if recipe.continues and config["pretrained"] is None:
        raise ValueError(
            f"{recipe.name} continues {recipe.continues}: `--pretrained` must name a "
            "run of it."
        )
    if config["pretrained"] is not None and not recipe.continues:
        raise ValueError(
            f"`--pretrained` is not for {recipe.name}: it is no second stage."
        )


def build_game(recipe: Recipe, data: Dataset, config: Config) -> GAN:
    """The recipe's game, untrained, by the configuration's rules and precision."""
    rules: dict[str, Any] = {}
    if config["alternating"]:
        rules["simultaneous"] = False
    if recipe.continues:
        rules["pretrained"] = _pretrained(recipe.continues, config["pretrained"])
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(config["precision"])
    try:
        gan: GAN = recipe.build(data, config["seed"], **rules)
    finally:
        keras.config.set_dtype_policy(policy)
    return gan


def _pretrained(recipe_name: str, path: str) -> GAN:
    run = RunDirectory(Path(path))
    held = run.read_config()["recipe"]
    if held != recipe_name:
        raise ValueError(
            f"`--pretrained` must be a run of {recipe_name}. Received: {path}, a run "
            f"of {held}"
        )
    return load_model(run, best=False)
