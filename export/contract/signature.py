"""What an exported generator promises: names, shapes and bounds."""

import dataclasses
import json
from collections.abc import Sequence

import tensorflow as tf

from export.contract.conditions import Condition, conditions_of, prior_config
from export.contract.metadata import Provenance
from export.contract.names import (
    CONDITIONS,
    IMAGES,
    LARGEST_DRAW,
    LATENTS,
    NUM_SAMPLES,
    SEED,
)
from keras_gan._types import Config, Shape
from keras_gan._validation import check_positive_integer
from keras_gan.gan import GAN

MAX_SAMPLES = 1024


@dataclasses.dataclass(frozen=True)
class GeneratorSignature:
    """Endpoints of an exported generator, and what is written into the artefact.

    Args:
        latent_dim: int, length of one latent vector; 0 where the generator takes none.
        data_shape: tuple, shape of one row of what comes out, such as `(height, width,
            channels)`.
        max_samples: int, rows that one call of `sample` draws at most.
        facts: str values by key: the prior, and where the model comes from.
        conditions: `Condition` objects, inputs besides the latents. Defaults to `()`.
        data_name: str, what comes out: `"images"`, `"waveforms"`, `"points"` and so on.
            Defaults to `"images"`.

    Example:
    >>> GeneratorSignature(100, (28, 28, 1), 1024, {}).latents
    TensorSpec(shape=(None, 100), dtype=tf.float32, name='latents')
    """

    latent_dim: int
    data_shape: Shape
    max_samples: int
    facts: dict[str, str]
    conditions: tuple[Condition, ...] = ()
    data_name: str = IMAGES

    @property
    def metadata(self) -> dict[str, str]:
        """What is written into the artefact where it has room."""
        facts = self.facts
        if self.max_samples != MAX_SAMPLES:
            facts = {LARGEST_DRAW: str(self.max_samples), **facts}
        if not self.conditions:
            return facts
        conditions = json.dumps(conditions_record(self.conditions))
        return {CONDITIONS: conditions, **facts}

    @property
    def latents(self) -> tf.TensorSpec:
        """Latents `[batch, latent_dim]`, batch dynamic."""
        return tf.TensorSpec([None, self.latent_dim], tf.float32, name=LATENTS)

    @property
    def generate(self) -> list[tf.TensorSpec]:
        """What `generate` takes: latents, if any, and the conditions in their order."""
        return [self.latents, *self._given] if self.latent_dim else self._given

    @property
    def sample(self) -> list[tf.TensorSpec]:
        """What `sample` takes: number and seed, and the conditions in their order."""
        return [*self.draw, *self._given]

    @property
    def _given(self) -> list[tf.TensorSpec]:
        return [condition.spec for condition in self.conditions]

    @property
    def draw(self) -> list[tf.TensorSpec]:
        """Number of samples and seed, scalars."""
        return [tf.TensorSpec([], tf.int32, name=name) for name in (NUM_SAMPLES, SEED)]

    @property
    def data(self) -> tf.TensorSpec:
        """Data that are given, `[batch, *data_shape]`, batch dynamic."""
        return tf.TensorSpec([None, *self.data_shape], tf.float32, name=self.data_name)


def generator_signature(
    gan: GAN,
    provenance: Provenance | None = None,
    max_samples: int = MAX_SAMPLES,
    class_dtype: str | None = None,
) -> GeneratorSignature:
    """Returns the signature of a GAN's generator, from the inputs that it names.

    Args:
        gan: `GAN`.
        provenance: where the model comes from. Defaults to `None`: not known.
        max_samples: int, at least 1. Defaults to `1024`.
        class_dtype: `"int32"` or `"int64"`, of conditions that are classes, or `None`
            for that of the network's input. Defaults to `None`.
    """
    conditions = [
        dataclasses.replace(one, dtype=class_dtype)
        if class_dtype is not None and one.classes
        else one
        for one in conditions_of(gan)
    ]
    return GeneratorSignature(
        latent_dim=gan.prior.latent_dim,
        data_shape=gan.data_shape,
        max_samples=check_max_samples(max_samples),
        facts={
            "prior": json.dumps(prior_config(gan.prior)),
            **(provenance or Provenance()).metadata(),
        },
        conditions=tuple(conditions),
        data_name=gan.data_name,
    )


def conditions_record(conditions: Sequence[Condition]) -> Config:
    """What each condition is, by its name, as JSON holds it."""
    return {condition.name: condition.record() for condition in conditions}


def check_max_samples(max_samples: int) -> int:
    """Returns `max_samples`; raises unless it is an integer of at least 1."""
    return check_positive_integer("max_samples", max_samples)
