"""The options of a game: each with its default, its check and its place in a file."""

import copy
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan import objectives
from keras_gan._rebuilding import check_rebuilds
from keras_gan._replicas import num_replicas
from keras_gan._types import Config, Tensor
from keras_gan._validation import check_positive_integer
from keras_gan.terms.term import PLAYERS, Term
from keras_gan.training.view import check_augmentation, check_noise_level

LOGGED = ("d_loss", "g_loss", "d_real", "d_fake", "penalty", "g_penalty")
"""Names of what every game logs; the last two where something is added to a loss."""


@dataclasses.dataclass(frozen=True)
class Rules:
    """What `GAN.compile` takes besides the optimizers; its docstring describes them."""

    objective: Any = "non_saturating"  # an `Objective` once it was checked
    terms: Sequence[Term] = ()
    discriminator_steps: int = 1
    generator_steps: int = 1
    simultaneous: bool = False
    fused_discriminator: bool = False
    augmentation: Callable[[Tensor, Tensor], Tensor] | None = None
    instance_noise: Any = 0.0
    discriminator_constraint: Any = None
    round_metrics: Sequence[keras.Metric] = ()

    def __post_init__(self) -> None:
        for name, check in _CHECKS.items():
            # The dataclass is frozen for its users, not for its own checks.
            object.__setattr__(self, name, check(name, getattr(self, name)))
        if self.simultaneous and (self.discriminator_steps, self.generator_steps) != (
            1,
            1,
        ):
            raise ValueError(
                "`simultaneous=True` moves each player once a step. Received: "
                f"discriminator_steps={self.discriminator_steps}, "
                f"generator_steps={self.generator_steps}; set both to 1."
            )

    def observe(self, round: Any) -> None:
        """Shows a round to the user's metrics, unless the generator alone moves."""
        if tuple(round.players) != ("generator",):
            for metric in self.round_metrics:
                metric.update_state(round)

    def observe_held_out(self, round: Any, num_rows: Tensor) -> None:
        """The same of held-out data, unless a strategy left this replica no row."""
        if num_replicas() == 1:
            self.observe(round)
        else:
            tf.cond(num_rows > 0, lambda: self.observe(round), lambda: None)

    def get_config(self) -> Config:
        """Returns every option as JSON holds it."""
        values = {field.name: getattr(self, field.name) for field in _FIELDS}
        return {
            name: keras.saving.serialize_keras_object(value)
            for name, value in values.items()
        }

    @staticmethod
    def options_of(config: Config) -> dict[str, Any]:
        """Returns the options that `get_config` wrote, as `compile` takes them."""
        return {
            field.name: keras.saving.deserialize_keras_object(config[field.name])
            for field in _FIELDS
            if field.name in config
        }


_FIELDS = dataclasses.fields(Rules)


def _checked_terms(name: str, terms: Any) -> tuple[Term, ...]:
    if not isinstance(terms, list | tuple):
        raise TypeError(
            f"`{name}` must be a list of keras_gan.terms.Term objects. Received: "
            f"{name}={terms!r}. Pass {name}=[term] for one, and {name}=[] for none."
        )
    for term in terms:
        if not isinstance(term, Term):
            raise TypeError(
                f"`{name}` must hold keras_gan.terms.Term objects. Received: {term!r}"
            )
        if not term.players or not set(term.players) <= set(PLAYERS):
            raise ValueError(
                f"The players of a term must be some of {PLAYERS}. Received: "
                f"{type(term).__name__} with players={term.players!r}"
            )
        check_rebuilds(name, term)
        if "generator" in term.players and term.interval > 1:
            raise ValueError(
                "Only the discriminator's terms can be lazy. Received: "
                f"{type(term).__name__} of the generator with interval="
                f"{term.interval}; set it to 1."
            )
    # A term holds the networks it is bound to: each GAN has its own.
    return tuple(copy.copy(term) for term in terms)


def _checked_metrics(name: str, metrics: Any) -> tuple[keras.Metric, ...]:
    if not isinstance(metrics, list | tuple) or not all(
        isinstance(metric, keras.Metric) for metric in metrics
    ):
        raise TypeError(
            f"`{name}` must be a list of keras.Metric objects, whose `update_state` "
            f"takes a round. Received: {name}={metrics!r}"
        )
    names = [metric.name for metric in metrics]
    taken = [name for name in names if name in LOGGED or names.count(name) > 1]
    if taken:
        raise ValueError(
            f"`{name}` must have names of their own, and none of the game's, "
            f"{', '.join(LOGGED)}: one would be logged in the other's place. Received: "
            f"{taken[0]!r}"
        )
    return tuple(metrics)


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "objective": lambda name, value: objectives.get(value),
    "terms": _checked_terms,
    "discriminator_steps": check_positive_integer,
    "generator_steps": check_positive_integer,
    "simultaneous": lambda name, value: bool(value),
    "fused_discriminator": lambda name, value: bool(value),
    "augmentation": lambda name, value: check_augmentation(value),
    "instance_noise": lambda name, value: check_noise_level(value),
    "discriminator_constraint": lambda name, value: keras.constraints.get(value),
    "round_metrics": _checked_metrics,
}
