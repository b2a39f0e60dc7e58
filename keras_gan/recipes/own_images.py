"""A game for your own pictures: what depends on them is chosen from them."""

import dataclasses
import functools

from keras_gan._types import Shape
from keras_gan.augmentation import DiffAugment
from keras_gan.datasets.dataset import Dataset
from keras_gan.datasets.resizing import resized
from keras_gan.gan import GAN
from keras_gan.recipes._choice import Choice, chosen_for
from keras_gan.recipes._length import checked_steps, steps_of_epoch
from keras_gan.recipes._pairs import relativistic_game
from keras_gan.recipes._unconditional import image_recipe
from keras_gan.recipes.fitting import LARGEST_SIDE, nearest_size, of_images
from keras_gan.recipes.recipe import Recipe

_NAME = "default"
_FEWEST = 2  # of one, nothing can be measured


def default(data: Dataset, seed: int = 0, num_steps: int | None = None) -> GAN:
    """Builds the GAN for your own pictures, compiled and untrained.

    The game of `r3gan`, whose width, minibatches, augmentation and length are chosen
    from the pictures; `keras_gan.recipes.for_data` says which and why.

    On MNIST it reaches a Frechet distance of 0.81 in features of the digit classifier,
    precision 0.782 and recall 0.856 (seed 0; held-out digits have 0.10, 0.873 and
    0.855); its 25 epochs take 58 minutes of two cores with AVX512 (docs/results.md).

    Args:
        data: `Dataset` of images that halve to a small grid.
        seed: int, of weights, latents and data order. Defaults to `0`.
        num_steps: int, at least 1, of the training: where schedules end. `None` is what
            is chosen for the pictures. Defaults to `None`.

    Returns:
        gan: compiled `GAN`.

    Raises:
        ValueError: if the images do not halve to a small grid, or `num_steps` is
            below 1.
    """
    return _build(data, seed, num_steps, choice=_chosen_for(data, data.image_shape))


def for_data(data: Dataset) -> Recipe:
    """The recipe for your own pictures, chosen from them.

    Args:
        data: `Dataset` of images, in any range.

    Returns:
        recipe: `Recipe`; its `reasons` say what was chosen and why. Images that do not
        halve to a small grid, or are above 256 pixels, `recipe.prepared(data)` resizes,
        unless they are streamed.

    Raises:
        ValueError: if the data are no images, or have fewer than two to learn from.

    Example:
    >>> from keras_gan.datasets import load_digits
    >>> recipe = for_data(load_digits())
    >>> print(recipe.reasons[0])
    32 filters next to the images: ...
    """
    if len(data.data_shape) != 3:
        raise ValueError(
            "`data` must be images: this recipe makes nothing else. Received: "
            f"{data.name}, {data.data_name} of shape {data.data_shape}"
        )
    if data.num_train < _FEWEST:
        raise ValueError(
            f"`data` must have at least {_FEWEST} training pictures, besides those "
            f"that validate and test. Received: {data}"
        )
    nearest = nearest_size(*data.image_shape[:2])
    recipe, reasons = _resizing(data, nearest)
    choice = _chosen_for(data, (*nearest, data.image_shape[-1]))
    return dataclasses.replace(
        recipe,
        build=functools.partial(_build, choice=choice),
        batch_size=choice.batch_size,
        epochs=choice.epochs,
        passes_per_epoch=choice.passes_per_epoch,
        monitor=choice.monitor,
        reasons=(*reasons, *choice.reasons),
        choose=None,
    )


def _resizing(
    data: Dataset, nearest: tuple[int, int]
) -> tuple[Recipe, tuple[str, ...]]:
    """The recipe that resizes images where it has to, and the reason."""
    size = data.image_shape[:2]
    # What is streamed keeps the size that it was written in; `obstacle` says so.
    if size == nearest or data.stream is not None:
        return DEFAULT, ()
    resizing = dataclasses.replace(
        DEFAULT,
        prepare=functools.partial(resized, image_size=nearest),
        fits=(of_images,),
    )
    obstacle = "do not halve to a small grid"
    if max(size) > LARGEST_SIDE:
        obstacle = f"have sides above {LARGEST_SIDE} pixels"
    return resizing, (
        f"images of {nearest[0]} x {nearest[1]}: those of {size[0]} x {size[1]} "
        f"{obstacle}, and are resized whole to a size near by that halves well",
    )


def _chosen_for(data: Dataset, image_shape: Shape) -> Choice:
    steps_of = functools.partial(steps_of_epoch, data)
    return chosen_for(data.num_train, image_shape, steps_of)


def _build(
    data: Dataset, seed: int, num_steps: int | None = None, *, choice: Choice
) -> GAN:
    augmentation = None
    if choice.policy is not None:
        augmentation = DiffAugment(choice.policy, data.value_range)
    return relativistic_game(
        data,
        seed,
        _NAME,
        batch_size=choice.batch_size,
        num_steps=checked_steps(
            num_steps,
            data,
            epochs=choice.epochs,
            batch_size=choice.batch_size,
            passes=choice.passes_per_epoch,
        ),
        base_filters=choice.base_filters,
        augmentation=augmentation,
    )


DEFAULT = image_recipe(
    _NAME,
    default,
    batch_size=64,
    epochs=24,
    scheduled=True,
    choose=for_data,
    length_by_time=True,
    fewest_rows=_FEWEST,  # minibatches are chosen, and passes
)
