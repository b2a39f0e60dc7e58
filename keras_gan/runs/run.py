"""What a run left, to look at it from Python; and how it begins."""

import dataclasses
import functools
import hashlib
import os
from pathlib import Path
from typing import Any

import keras

from keras_gan import recipes
from keras_gan._run_files import RECORD
from keras_gan._types import Config
from keras_gan.datasets.dataset import Dataset
from keras_gan.datasets.registry import LOADERS
from keras_gan.evaluation.feature_networks import FeatureNetwork, feature_network_of
from keras_gan.gan import GAN
from keras_gan.recipes.recipe import ParzenProtocol, Recipe
from keras_gan.runs.data import DataSource, check_data
from keras_gan.runs.directory import RunDirectory, SavedFile, run_at
from keras_gan.saving import load
from keras_gan.training.last_activations import reachable_range

RECIPE_FILE = "recipe_file"  # in the configuration: where the Python file of it was


@dataclasses.dataclass(frozen=True, eq=False)
class Run:
    """A trained GAN, and what is known of its training.

    Args:
        directory: `RunDirectory`, where it lies.
        gan: `GAN`, trained.
        record: dict, what `run.json` holds; empty for a lone file.
        source: `DataSource`, which dataset it was trained on, or `None` where nobody
            said, or said what no loader is called.
        named_recipe: `Recipe` of a file of yours, for a run of one, or `None`.
            Defaults to `None`.
    """

    directory: RunDirectory
    gan: GAN
    record: Config
    source: DataSource | None
    named_recipe: Recipe | None = None

    @property
    def config(self) -> Config:
        """What `keras-gan train` was asked for; empty for other runs."""
        return self.record.get("config", {})

    @property
    def recipe(self) -> Recipe | None:
        """The recipe of a run of `keras-gan train`, `None` of others.

        That of a Python file is known only where the file was named: none is run by
        itself.
        """
        name = self.config.get("recipe")
        if self.named_recipe is not None or name is None:
            return self.named_recipe
        return None if self.config.get(RECIPE_FILE) else recipes.get(name)

    @property
    def parzen(self) -> ParzenProtocol | None:
        """The Parzen protocol of its recipe, which the record holds too."""
        if self.recipe is not None:
            return self.recipe.parzen
        held = self.record.get("parzen")
        if held is None:
            return None
        try:
            return ParzenProtocol(**held | {"bandwidths": (*held["bandwidths"],)})
        except (KeyError, TypeError) as error:
            raise ValueError(
                f"{self.directory.path} must hold a `parzen` protocol in its {RECORD}. "
                f"Received: {held!r}"
            ) from error

    @property
    def weights_digest(self) -> str:
        """SHA-256 of the weights of the evaluation generator."""
        digest = hashlib.sha256()
        for weight in self.gan.evaluation_generator.get_weights():
            digest.update(weight.tobytes())  # bfloat16 has no buffer
        return digest.hexdigest()

    @property
    def value_range(self) -> tuple[float, float] | None:
        """The range of what the GAN makes, `None` where nobody said."""
        held = self.record.get("dataset", {}).get("value_range")
        if held is None:
            return reachable_range(self.gan.evaluation_generator)
        if not isinstance(held, list | tuple) or len(held) != 2:
            raise ValueError(
                f"{self.directory.path} must hold a `value_range` of two numbers in "
                f"its {RECORD}. Received: {held!r}"
            )
        low, high = held
        return low, high

    @property
    def sampling_rate(self) -> int | None:
        """The rate of waveforms, in Hz, `None` of other data or where nobody said."""
        return self.record.get("dataset", {}).get("sampling_rate")

    @property
    def feature_network(self) -> FeatureNetwork | None:
        """Who returns the feature network of its data, `None` for pixels."""
        name = self.source.name if self.source else None
        return feature_network_of(
            name, self.data.data_shape, self.data.value_range, self.data.sampling_rate
        )

    @functools.cached_property
    def data(self) -> Dataset:
        """The dataset, loaded when it is asked for.

        Raises:
            ValueError: if none is known, or it is not what the run was trained on.
        """
        if self.source is None:
            name = (self.record.get("dataset") or {}).get("name")
            said = "does not say what it was trained on"
            if name is not None:
                said = f"was trained on {name!r}, which no loader is called"
            raise ValueError(
                f"`data` (--data) must name a dataset: {self.directory.path} {said}. "
                f"Name one of {', '.join(LOADERS)}."
            )
        data = self.source.load(self.recipe)
        held = self.value_range
        if self.recipe is None and held is not None:
            data = data.in_range(*held)
        check_data(self.record, data)
        if data.data_shape != self.gan.data_shape:
            raise ValueError(
                "`data` (--data, with --image-size or --length) must have the shape "
                f"that the GAN makes, {self.gan.data_shape}. Received: {data.name} "
                f"with {data.data_shape}"
            )
        return data


def load_run(
    path: str | os.PathLike[str],
    best: bool = False,
    data: str | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    image_size: int | tuple[int, int] | None = None,
    recipe: Recipe | None = None,
    length: int | None = None,
    sampling_rate: int | None = None,
) -> Run:
    """Loads a run, to look at it from Python.

    Args:
        path: the folder of a run, of `keras-gan train` or of your own program with
            `keras_gan.callbacks.RunRecord` and `SaveEachEpoch`; or a `.keras` file.
        best: bool. `True` takes the epoch with the best validation value instead of the
            last one. Defaults to `False`.
        data: str, key of `keras_gan.datasets.LOADERS`, where the run does not say what
            it was trained on, or by another name than these. Defaults to `None`.
        data_dir: folder with the same dataset, where it was moved, or `None` for that
            of the training. Defaults to `None`.
        image_size: as in `keras_gan.datasets.load`, where the run does not say it.
            Defaults to `None`.
        recipe: `Recipe` of the file that the run was trained with
            (`keras_gan.recipes.load_recipe`), for what it says of data and measures.
            Defaults to `None`.
        length: as `image_size`, of sound, in samples. Defaults to `None`.
        sampling_rate: as `image_size`, of sound, in Hz. Defaults to `None`.

    Returns:
        run: `Run`; its `data` are loaded when they are asked for.

    Raises:
        FileNotFoundError: if nothing was trained there, or no epoch is complete.
        ValueError: if its record is damaged, or names other data or another recipe.

    Example:
    ```python
    run = load_run("runs/mnist", best=True)
    samples = run.gan.sample(64, seed=0)
    run.data.train.images                       # what it was trained on
    ```
    """
    directory = run_at(Path(path))
    record = directory.read()
    given = {
        "data": data,
        "data_dir": data_dir,
        "image_size": image_size,
        "length": length,
        "sampling_rate": sampling_rate,
    }
    config = record.get("config", {})
    trained_by = config.get("recipe")
    if recipe is not None and trained_by not in (None, recipe.name):
        raise ValueError(
            "`recipe` must be that of the run's file, by whose protocol it is judged. "
            f"Received: {recipe.name}, for a run of {trained_by}"
        )
    source = _source(config, _dataset_of(record), given)
    return Run(directory, load_model(directory, best), record, source, recipe)


def _dataset_of(record: Config) -> str | None:
    """The name that a program recorded, of a dataset that can be loaded by it."""
    dataset = record.get("dataset")
    name = dataset.get("name") if isinstance(dataset, dict) else None
    return name if name in [*LOADERS] else None


def _source(config: Config, recorded: str | None, given: Config) -> DataSource | None:
    """What is given here, else what the record says; `None` without a name.

    Raises:
        ValueError: if both name a dataset, and not the same one.
    """
    trained_on = config.get("data")
    if None not in (given["data"], trained_on) and given["data"] != trained_on:
        raise ValueError(
            f"`data` (--data) must name what the run was trained on, {trained_on!r}. "
            f"Received: {given['data']!r}; leave it out."
        )
    known = config | {key: given[key] or config.get(key) for key in given}
    known["data"] = known["data"] or recorded
    return None if known["data"] is None else DataSource.of(known)


def load_model(run: RunDirectory, best: bool) -> GAN:
    """The whole GAN after the last or the best epoch."""
    if best and isinstance(run, SavedFile):
        raise ValueError(
            f"`best` (--best) is for the folder of a run. Received: {run.path}, a file"
        )
    path = run.best_model if best else run.model
    if not path.exists():
        raise FileNotFoundError(
            f"{run.path} holds no complete epoch yet ({path.name}): train it with "
            "--resume, or name a .keras file."
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
    if recipe.scheduled:
        rules["num_steps"] = config["epochs"] * recipe.steps_per_epoch(data)
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
    run = run_at(Path(path))
    held = run.read().get("config", {}).get("recipe")
    if held != recipe_name:
        raise ValueError(
            f"`--pretrained` must be a run of {recipe_name}. Received: {path}, a run "
            f"of {held}"
        )
    return load_model(run, best=False)
