"""What a generator is told besides its latents: the other inputs that it names."""

import dataclasses
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from export.contract.names import IMAGES, LATENTS, NUM_SAMPLES, SEED
from keras_gan._types import Array, Config, Shape
from keras_gan.gan import GAN

# Attributes of layers and operations that say how many integers they tell apart:
# Embedding, CategoryEncoding, keras.ops.one_hot.
_COUNTS = ("input_dim", "num_tokens", "num_classes")


@dataclasses.dataclass(frozen=True)
class Condition:
    """One input of a generator besides its latents, such as labels.

    Args:
        name: str, of the generator's input.
        dtype: str, as NumPy names it.
        shape: tuple of ints, of one example.
        num_classes: int, how many integers from 0 the generator's layers tell apart;
            `None` where they do not say. Defaults to `None`.

    Example:
    >>> Condition("labels", "int32", (), 10).spec
    TensorSpec(shape=(None,), dtype=tf.int32, name='labels')
    """

    name: str
    dtype: str
    shape: Shape
    num_classes: int | None = None

    @property
    def spec(self) -> tf.TensorSpec:
        """`[batch, *shape]`, batch dynamic."""
        return tf.TensorSpec([None, *self.shape], self.dtype, name=self.name)

    @property
    def is_integer(self) -> bool:
        """Whether its values are integers, which are classes."""
        return np.issubdtype(np.dtype(self.dtype), np.integer)

    def examples(self, num: int, seed: int) -> Array:
        """Values `[num, *shape]` to try: all classes, shuffled; floats in [0, 1)."""
        random = np.random.default_rng(seed)
        shape = (num, *self.shape)
        if self.num_classes is not None:
            values = random.permutation(np.arange(np.prod(shape)) % self.num_classes)
            return values.reshape(shape).astype(self.dtype)
        if self.dtype == "bool":
            return random.random(shape) < 0.5
        return random.random(shape).astype(self.dtype)

    def record(self) -> Config:
        """The same as JSON holds it, without the name."""
        record = dataclasses.asdict(self)
        del record["name"]
        return record


def conditions_of(generator: keras.Model) -> tuple[Condition, ...]:
    """Returns the inputs that a generator names besides `latents`, in their order.

    A generator of one input, whatever its name, has none.

    Raises:
        ValueError: if no input is `latents`, a condition has an axis of any size, or a
            name that an endpoint needs.
    """
    inputs = getattr(generator, "inputs", None) or []
    if len(inputs) < 2:
        return ()
    names = [tensor.name for tensor in inputs]
    if LATENTS not in names:
        raise ValueError(
            f"A generator of several inputs must name one of them {LATENTS!r}. "
            f"Received: inputs {', '.join(names)}. Name it: "
            f"keras.Input((latent_dim,), name={LATENTS!r})."
        )
    return tuple(
        _condition(generator, tensor) for tensor in inputs if tensor.name != LATENTS
    )


def draw_conditions(gan: GAN, num: int, seed: int) -> dict[str, Array]:
    """Returns values `[num, ...]` of every condition, by name, to try an artefact with.

    Classes come in turn, so that enough rows ask for each. Other values come from the
    distribution that the GAN states under `conditions`, where it does.
    """
    check_conditions(gan)
    drawn = {}
    for condition in conditions_of(gan.evaluation_generator):
        prior = _stated(gan).get(condition.name)
        if prior is None or condition.num_classes is not None:
            drawn[condition.name] = condition.examples(num, seed)
        else:
            values = np.asarray(prior.sample(num, seed=seed))
            drawn[condition.name] = values.astype(condition.dtype)
    return drawn


def check_conditions(gan: GAN) -> None:
    """Raises unless every condition of a GAN's generator can be asked for.

    Raises:
        ValueError: as `conditions_of` does, or if nothing says how many classes there
            are.
    """
    for condition in conditions_of(gan.evaluation_generator):
        unknown = condition.is_integer and condition.num_classes is None
        if unknown and condition.name not in _stated(gan):
            raise ValueError(
                f"Input {condition.name!r} of the generator must say how many classes "
                "there are, so that the artefact can be compared with Keras. Received: "
                f"{condition.dtype} numbers that no Embedding, CategoryEncoding or "
                "keras.ops.one_hot reads. Feed it to one of them."
            )


def _stated(gan: GAN) -> dict[str, Any]:
    return dict(gan.conditions)


def _condition(generator: keras.Model, tensor: Any) -> Condition:
    shape = tuple(tensor.shape[1:])
    if None in shape:
        raise ValueError(
            "A generator that is exported must know the shapes of its conditions. "
            f"Received: input {tensor.name!r} of shape {tuple(tensor.shape)}"
        )
    if tensor.name in (NUM_SAMPLES, SEED, IMAGES):
        raise ValueError(
            f"An exported generator has a {tensor.name!r} of its own. Received: a "
            "condition of that name. Give the input another one."
        )
    dtype = keras.backend.standardize_dtype(tensor.dtype)
    condition = Condition(tensor.name, dtype, shape)
    if not condition.is_integer:
        return condition
    return dataclasses.replace(condition, num_classes=_num_classes(generator, tensor))


def _num_classes(model: Any, tensor: Any) -> int | None:
    """The least count of those that read these integers, through other operations."""
    counts = []
    for node in tensor._keras_history.operation._outbound_nodes:
        reader = node.operation
        if reader not in model.operations:
            continue  # of another model with the same input
        inner = getattr(reader, "_functional", reader)  # what a Sequential holds
        if hasattr(inner, "operations"):
            position = [one is tensor for one in node.input_tensors].index(True)
            counts.append(_num_classes(inner, inner.inputs[position]))
            continue
        told = [getattr(reader, name, None) for name in _COUNTS]
        counts += told
        if not any(told):
            counts += [
                _num_classes(model, output)
                for output in node.output_tensors
                if keras.backend.is_int_dtype(output.dtype)
            ]
    return min((count for count in counts if count is not None), default=None)
