"""The dataset of a run: which one it is, and whether it is still the same."""

import dataclasses
import os
from typing import NoReturn

from keras_gan import datasets, recipes
from keras_gan._types import Config
from keras_gan._validation import check_known
from keras_gan.datasets._fingerprint import differences, fingerprint
from keras_gan.datasets.dataset import Dataset
from keras_gan.recipes.recipe import Recipe


@dataclasses.dataclass(frozen=True)
class DataSource:
    """Where a dataset comes from.

    Args:
        name: str, key of `keras_gan.datasets.LOADERS`.
        data_dir: folder with its files, or `None` to search. Defaults to `None`.
        image_size: int, or ints `(height, width)`, to which images are resized; `None`
            leaves them. Defaults to `None`.
        on_damaged: str, as in `keras_gan.datasets.load`. Defaults to `None`.
        length: int, of sound, in samples; likewise. Defaults to `None`.
        sampling_rate: int, of sound, in Hz; likewise. Defaults to `None`.
    """

    name: str
    data_dir: str | os.PathLike[str] | None = None
    image_size: int | tuple[int, int] | None = None
    on_damaged: str | None = None
    length: int | None = None
    sampling_rate: int | None = None

    @classmethod
    def of(cls, config: Config) -> "DataSource":
        """The source that a run's configuration names, as `"data"` and by its own keys.

        Args:
            config: dict; what it does not say is `None`.
        """
        options = (field.name for field in dataclasses.fields(cls)[1:])
        return cls(config["data"], **{key: config.get(key) for key in options})

    def load(self, recipe: Recipe | None = None, verbose: int = 0) -> Dataset:
        """Loads the data, as a recipe prepares them.

        Args:
            recipe: `Recipe`, or `None` to leave the data as they are.
                Defaults to `None`.
            verbose: int. `1` shows the progress of what may take long.
                Defaults to `0`.

        Raises:
            ValueError: if there is no such dataset, or the recipe cannot learn from it.
        """
        check_known("--data", self.name, datasets.LOADERS)
        data = datasets.load(**vars(self), verbose=verbose)
        if recipe is None:
            return data
        check_fits(recipe, data)
        return recipe.prepared(data)


def check_fits(recipe: Recipe, data: Dataset) -> None:
    """Raises, naming a recipe that can, unless a recipe can learn from a dataset."""
    obstacle = recipe.obstacle(data)
    if obstacle is not None:
        _refuse(recipe, data, obstacle)


def check_begins(recipe: Recipe, data: Dataset) -> None:
    """The same for a new run, where the dataset has too few rows for a step.

    A run of before that has them, too, goes on.
    """
    rows = data.num_train
    if rows < recipe.fewest_rows:
        there = "there is 1" if rows == 1 else f"there are {rows}"
        needed = f"it wants {recipe.fewest_rows} {data.data_name} to learn from"
        _refuse(recipe, data, f"{needed}, and {there}")


def _refuse(recipe: Recipe, data: Dataset, obstacle: str) -> NoReturn:
    # First the one for data of a user's own.
    names = sorted(recipes.RECIPES, key=lambda name: name != "default")
    others = (one for one in map(recipes.get, names) if not one.continues)
    able = (
        one.name
        for one in others
        if data.num_train >= one.fewest_rows and one.obstacle(data) is None
    )
    other = next(able, None)
    advice = f"the recipe {other} can" if other else "no recipe here can"
    raise ValueError(
        f"{recipe.name} cannot learn from {data.name}: {obstacle}; {advice}."
    )


def described(data: Dataset, digests: Config | None = None) -> Config:
    """What a record says of a dataset: `RunRecord(…, about={"dataset": …})`.

    Args:
        data: the dataset.
        digests: what `check_data` returned, or `None` to compute it.
            Defaults to `None`.
    """
    return {
        "name": data.name,
        "data_name": data.data_name,
        "data_shape": data.data_shape,
        "value_range": data.value_range,
        "num_train": data.num_train,
        "num_valid": len(data.valid),
        "num_test": len(data.test),
        "sampling_rate": data.sampling_rate,
        "fingerprint": digests or fingerprint(data),
    }


def check_data(record: Config, data: Dataset) -> Config:
    """Returns the data's fingerprint.

    Raises:
        ValueError: if the record, of a run that began, holds another one.
    """
    found = fingerprint(data)
    held = record.get("dataset", {}).get("fingerprint", found)
    try:
        different = differences(held, found)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            "The run's record must hold under `dataset` the `fingerprint` that was "
            f"written there. Received: {held!r:.80}; remove it, if the data are the "
            "same."
        ) from error
    if different:
        raise ValueError(
            "`data_dir` must hold the data that the run was begun on, unchanged. "
            f"Received: {data.name} with {', '.join(different)}. Name the folder that "
            "has them, or train a new run on these. (If they differ by rounding alone, "
            "as prepared on another machine, remove `fingerprint` from the run's "
            "record.)"
        )
    return found
