"""Any recipe's game without its data: built for noise of the shape of its dataset."""

from typing import Any

import numpy as np

import keras_gan as kg

# Of the datasets that recipes are made for; the others draw their points themselves.
SHAPES = {
    "cifar10": (32, 32, 3),
    "digits": (8, 8, 1),
    "mnist": (28, 28, 1),
    "olivetti": (48, 48, 1),
    "tfd": (48, 48, 1),
}


def noise_for(name: str, num_rows: int) -> Any:
    """Rows of the shape of a dataset, whose files are not needed."""
    if name not in SHAPES:
        return kg.datasets.load(name)
    random = np.random.default_rng(0)
    images = random.uniform(size=(num_rows, *SHAPES[name])).astype("float32")
    split = kg.datasets.Split(images, np.arange(num_rows) % 10)
    return kg.datasets.Dataset(name, split, split, split)


def built(recipe: Any, rows: Any) -> Any:
    """The recipe's game, after its first stage where it continues one."""
    if recipe.continues is None:
        return recipe.build(rows, 0)
    first = kg.recipes.get(recipe.continues).build(rows, 0)
    return recipe.build(rows, 0, pretrained=first)
