"""What a conditional generator is given in sampling: told, or drawn from a prior."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_gan._rebuilding import check_rebuilds
from keras_gan._seeds import stateless_seed
from keras_gan._types import Array, Tensor
from keras_gan.priors import CategoricalPrior, EmpiricalPrior, Prior
from keras_gan.training.class_counts import fewest
from keras_gan.training.data_checks import (
    check_in_classes,
    check_integers,
    fits,
    taken_back,
)
from keras_gan.training.examples import LATENTS, as_stated
from keras_gan.training.named_inputs import NamedInputs


class Conditions:
    """The inputs of a generator besides its latents.

    Args:
        inputs: of the generator.
        priors: by the name of a condition, where it comes from if nobody tells it;
            `None` stands for none.

    Raises:
        TypeError: if `priors` is no dict of priors.
        ValueError: if one is of no condition.
    """

    def __init__(self, inputs: NamedInputs, priors: Any = None) -> None:
        shapes = {LATENTS: (), **inputs.row_shapes()}
        del shapes[LATENTS]
        self._shapes = shapes
        self._dtypes: dict[str, Any] = {one: inputs.dtype_of(one) for one in shapes}
        self._num_classes = inputs.class_counts()
        self.priors = self._checked_priors(priors)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the conditions."""
        return tuple(self._shapes)

    def _checked_priors(self, priors: Any) -> dict[str, Prior]:
        if priors is None:
            return {}
        if not isinstance(priors, Mapping):
            raise TypeError(
                "`conditions` must be a dict of priors by name. Received: "
                f"conditions={priors!r}"
            )
        for name, prior in priors.items():
            if name not in self._shapes:
                raise ValueError(
                    f"`conditions` must name inputs of the generator, {self.names}. "
                    f"Received: {name!r}"
                )
            if not isinstance(prior, Prior):
                raise TypeError(
                    f"`conditions[{name!r}]` must be a keras_gan.priors.Prior. "
                    f"Received: {prior!r}"
                )
            check_rebuilds(f"conditions[{name!r}]", prior)
            drawn = as_stated(prior.sample(2, 0), self._shapes[name])
            if not fits(tuple(drawn.shape[1:]), self._shapes[name]):
                raise ValueError(
                    f"`conditions[{name!r}]` must draw rows of shape "
                    f"{self._shapes[name]}, as the input of that name states it. "
                    f"Received: {prior!r}, which draws {tuple(drawn.shape[1:])}"
                )
            self._check_drawn(name, prior, drawn.dtype)
        return dict(priors)

    def _check_drawn(self, name: str, prior: Prior, dtype: Any) -> None:
        if self._dtypes[name].is_integer and not dtype.is_integer:
            raise TypeError(
                f"`conditions[{name!r}]` must draw integers, as the input of that name "
                f"states it. Received: {prior!r}, which draws {dtype.name}"
            )
        known = self._num_classes.get(name)
        if known is not None and isinstance(prior, EmpiricalPrior):
            check_in_classes(f"conditions[{name!r}]", prior.rows, known)
        drawn = prior.num_classes if isinstance(prior, CategoricalPrior) else 0
        if known is not None and drawn > known:
            raise ValueError(
                f"`conditions[{name!r}]` must draw classes that the generator knows, "
                f"{known} of them. Received: a prior of {drawn}; pass "
                f"keras_gan.priors.CategoricalPrior({known})."
            )

    def given(
        self, num_rows: int, seed: int, told: Mapping[str, Any]
    ) -> dict[str, Array]:
        """Returns every condition for `num_rows` samples.

        Args:
            num_rows: int.
            seed: int in [0, 2^31); conditions that are not told depend on it.
            told: values by name, an array with `num_rows` rows or one value for all.

        Raises:
            ValueError: if one is unknown, misshapen, not finite, outside its classes or
                missing.
            TypeError: if integers are asked for and others given.
        """
        rows = self.told_rows(told, num_rows)
        values = {}
        for index, (name, shape) in enumerate(self._shapes.items()):
            if name in rows:
                values[name] = rows[name]
            elif name in self.priors:
                prior = self.priors[name]
                drawn = draw_condition(prior, index, num_rows, seed)
                values[name] = as_stated(drawn, shape)
            else:
                raise ValueError(
                    f"The generator takes {name!r}, and nobody says which. Pass "
                    f"{name}=…, or give the GAN conditions={{{name!r}: "
                    "keras_gan.priors.CategoricalPrior(…)}."
                )
        return values

    def told_rows(self, told: Mapping[str, Any], num_rows: int) -> dict[str, Array]:
        """Returns a row of each condition that is told; raises as `given` does."""
        unknown = [name for name in told if name not in self._shapes]
        if unknown:
            received = f"Received: {', '.join(unknown)}"
            if not self.names:
                raise ValueError(
                    f"The generator takes no condition. {received}; leave it out, or "
                    f"give the generator an input named {unknown[0]!r}."
                )
            takes = ", ".join(f"{name}=…" for name in self.names)
            raise ValueError(
                f"The generator takes {self.names}. {received}; pass {takes} instead."
            )
        rows = {name: self._rows_of(name, told[name], num_rows) for name in told}
        for name, values in rows.items():
            check_classes(name, values, self.priors.get(name))
            if name in self._num_classes:
                check_in_classes(name, values, self._num_classes[name])
        return rows

    def _rows_of(self, name: str, value: Any, num_rows: int) -> Array:
        shape, dtype = self._shapes[name], self._dtypes[name]
        classes = self._num_classes.get(name)
        given = np.asarray(value)
        rows = as_stated(given, shape)
        if fits(given.shape, shape):
            rows = np.broadcast_to(given, (num_rows, *given.shape))
        elif given.shape == () and shape == (1,):
            rows = np.broadcast_to(given, (num_rows, 1))
        if not fits(rows.shape, (num_rows, *shape)):
            raise ValueError(
                f"`{name}` must be one value of shape {shape}, or an array of shape "
                f"{(num_rows, *shape)}, one for each sample. Received: shape "
                f"{given.shape}{taken_back(name, given.shape, classes)}"
            )
        if dtype.is_integer:
            check_integers(name, given.dtype)
        if rows.dtype.kind == "f" and not np.isfinite(rows).all():
            raise ValueError(f"`{name}` must be finite. Received: NaN or infinity")
        return rows.astype(dtype.as_numpy_dtype)


def draw_condition(
    prior: Prior, index: int, num_rows: int | Tensor, seed: int | Tensor
) -> Tensor:
    """Draws what a generator is not told; an exported graph draws the same.

    Args:
        prior: of the condition.
        index: int, which of the generator's conditions it is, in the order of its
            inputs: they are drawn independently of each other and of the latents.
        num_rows: int or scalar integer tensor.
        seed: int in [0, 2^31), or a scalar int32 tensor.
    """
    return prior.sample(num_rows, stateless_seed(seed, stream=index + 1))


def check_classes(name: str, labels: Any, prior: Prior | None) -> None:
    """Raises where labels lie outside the classes that a prior knows."""
    if isinstance(prior, CategoricalPrior):
        check_in_classes(name, np.asarray(labels), prior.num_classes)


def num_classes_of(gan: Any, terms: Sequence[Any]) -> dict[str, int]:
    """How many classes each entry has that is the number of one, where anyone knows.

    Args:
        gan: `GAN`.
        terms: that are played; held-out data are judged without any.
    """
    of_priors = {
        name: prior.num_classes
        for name, prior in gan.conditions.items()
        if isinstance(prior, CategoricalPrior) and _numbers(gan, name)
    }
    of_terms = (term.num_classes for term in terms)
    return fewest(gan.networks.class_counts(), of_priors, *of_terms)


def _numbers(gan: Any, name: str) -> bool:
    """Whether the networks take an entry as the number of a class."""
    dtype = gan.networks.dtype_of(name)
    return dtype is None or bool(dtype.is_integer)
