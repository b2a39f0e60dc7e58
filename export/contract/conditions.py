"""What a generator is told besides its latents: the other inputs that it names."""

import dataclasses
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from export.contract.names import LATENTS, check_input_name
from keras_gan._types import Array, Config, Shape
from keras_gan.gan import GAN
from keras_gan.priors import CategoricalPrior, Prior
from keras_gan.training.class_counts import class_count
from keras_gan.training.named_inputs import TRIAL_SIZE


@dataclasses.dataclass(frozen=True)
class Condition:
    """One input of a generator besides its latents, such as labels.

    Args:
        name: str, of the generator's input.
        dtype: str, as NumPy names it, of what an artefact takes.
        shape: tuple of ints, of one example; `None` for an axis of any size.
        num_classes: int, how many classes there are, from 0; `None` where its values
            are no classes. Defaults to `None`.
        prior: `Prior` that the GAN states for it, which an artefact draws from where
            it is not told. Defaults to `None`.

    Example:
    >>> Condition("labels", "int32", (), 10).spec
    TensorSpec(shape=(None,), dtype=tf.int32, name='labels')
    """

    name: str
    dtype: str
    shape: Shape
    num_classes: int | None = None
    prior: Prior | None = None

    @property
    def spec(self) -> tf.TensorSpec:
        """`[batch, *shape]`, batch dynamic."""
        return tf.TensorSpec([None, *self.shape], self.dtype, name=self.name)

    @property
    def classes(self) -> range:
        """The classes that can be asked for; none where its values are no classes."""
        return range(self.num_classes or 0)

    def examples(self, num: int, seed: int, start: int = 0) -> Array:
        """Values `[num, *shape]` to try: classes in turn, shuffled; floats in [0, 1).

        Args:
            num: int, rows.
            seed: int.
            start: int, how many values were tried before: classes go on from there,
                and axes of any size are longer than they were. Defaults to `0`.
        """
        random = np.random.default_rng(seed)
        any_size = 2 * TRIAL_SIZE if start else TRIAL_SIZE
        shape = (num, *(size or any_size for size in self.shape))
        if self.num_classes is not None:
            in_turn = (start + np.arange(np.prod(shape))) % self.num_classes
            return random.permutation(in_turn).reshape(shape).astype(self.dtype)
        if self.dtype == "bool":
            return random.random(shape) < 0.5
        return random.random(shape).astype(self.dtype)

    def record(self) -> Config:
        """The same as JSON holds it, without the name."""
        return {
            "dtype": self.dtype,
            "shape": self.shape,
            "num_classes": self.num_classes,
            "prior": None if self.prior is None else prior_config(self.prior),
        }


def conditions_of(gan: GAN) -> tuple[Condition, ...]:
    """Returns what the evaluation generator is told besides `latents`, in its order.

    Raises:
        ValueError: if a condition has a name that an endpoint needs, or fewer classes
            than its prior draws.
    """
    told = gan.networks.told
    inputs = getattr(gan.evaluation_generator, "inputs", None) or []
    return tuple(_condition(gan, tensor) for tensor in inputs if tensor.name in told)


def draw_conditions(gan: GAN, num: int, seed: int, start: int = 0) -> dict[str, Array]:
    """Returns values `[num, ...]` of every condition, by name, to try an artefact with.

    Classes come in turn, so that enough rows ask for each. Other values come from the
    distribution that the GAN states under `conditions`, where it does.

    Args:
        gan: `GAN`.
        num: int, rows.
        seed: int.
        start: int, rows that were drawn before. Defaults to `0`.
    """
    check_conditions(gan)
    drawn = {}
    for condition in conditions_of(gan):
        if condition.prior is None or condition.num_classes is not None:
            drawn[condition.name] = condition.examples(num, seed, start)
        else:
            values = np.asarray(condition.prior.sample(num, seed=seed))
            drawn[condition.name] = values.astype(condition.dtype)
    return drawn


def draw_latents(gan: GAN, num: int, seed: int) -> dict[str, Array]:
    """Returns latents `[num, latent_dim]` of the prior under their name, if any.

    Args:
        gan: `GAN`.
        num: int, rows.
        seed: int.
    """
    if not gan.prior.latent_dim:
        return {}
    return {LATENTS: gan.prior.sample(num, seed=seed).numpy()}


def check_conditions(gan: GAN) -> None:
    """Raises unless every condition of a GAN's generator can be asked for.

    Raises:
        ValueError: as `conditions_of` does, if nothing says how many classes there
            are, or if names differ by capitals alone, which runtimes do not keep apart.
    """
    conditions = conditions_of(gan)
    names = dict.fromkeys([LATENTS, gan.data_name, *(one.name for one in conditions)])
    if len({name.lower() for name in names}) < len(names):
        raise ValueError(
            "Names of what is exported must differ by more than capitals. Received: "
            f"{', '.join(names)}. Give one of the inputs another name."
        )
    for condition in conditions:
        is_integer = np.issubdtype(np.dtype(condition.dtype), np.integer)
        if is_integer and condition.num_classes is None and condition.prior is None:
            raise ValueError(
                f"Input {condition.name!r} of the generator must say how many classes "
                "there are, so that the artefact can be compared with Keras. Received: "
                f"{condition.dtype} numbers that no Embedding, CategoryEncoding or "
                "keras.ops.one_hot reads. Feed it to one of them, or give the GAN "
                f"conditions={{{condition.name!r}: "
                "keras_gan.priors.CategoricalPrior(…)}."
            )


def prior_config(prior: Prior) -> Config:
    """A prior's name and what it says of itself, as JSON holds them."""
    return {"name": type(prior).__name__, **prior.description()}


def _condition(gan: GAN, tensor: Any) -> Condition:
    generator, prior = gan.evaluation_generator, gan.conditions.get(tensor.name)
    shape = tuple(tensor.shape[1:])
    check_input_name(tensor.name)
    dtype = keras.backend.standardize_dtype(tensor.dtype)
    num_classes = _num_classes(generator, tensor, prior)
    is_integer = num_classes is not None or np.issubdtype(np.dtype(dtype), np.integer)
    if is_integer and dtype not in ("int32", "int64"):
        dtype = "int32"  # the types that every runtime adds, whatever the network reads
    return Condition(tensor.name, dtype, shape, num_classes, prior)


def _num_classes(
    generator: keras.Model, tensor: Any, prior: Prior | None
) -> int | None:
    """As many as the prior draws, which binds `GAN.sample` too, else as layers say."""
    known = class_count(generator, tensor)
    if not isinstance(prior, CategoricalPrior):
        return known
    if known is not None and prior.num_classes > known:
        raise ValueError(
            f"`conditions[{tensor.name!r}]` must draw classes that the generator "
            f"knows, 0 to {known - 1}. Received: a prior of {prior.num_classes}"
        )
    return prior.num_classes
