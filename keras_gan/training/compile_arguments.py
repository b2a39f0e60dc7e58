"""Arguments that `keras.Model.compile` takes and a game has no place for."""

import functools
import inspect
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

from keras_gan.training.rules import Rules

# What a game, too, leaves to Keras.
_OF_KERAS = ("jit_compile", "run_eagerly", "steps_per_execution")

_LOSSES = "The game has a loss for each player: choose `objective`."
_METRICS = (
    "A game logs d_loss, g_loss, d_real and d_fake. Pass `round_metrics`, whose "
    "`update_state` takes a round, or give `fit` a callback such as "
    "keras_gan.callbacks.EvaluationMonitor that measures images."
)
_REMEDIES = {
    "optimizer": "Each player has its own: pass `generator_optimizer` and "
    "`discriminator_optimizer`.",
    "d_optimizer": "Here it is `discriminator_optimizer`.",
    "g_optimizer": "Here it is `generator_optimizer`.",
    "loss": _LOSSES,
    "loss_fn": _LOSSES,
    "loss_weights": "Each player has one loss; what is added to it has a weight of its "
    "own, e.g. terms=[keras_gan.terms.R1(weight=10.0)].",
    "metrics": _METRICS,
    "weighted_metrics": _METRICS,
    "auto_scale_loss": "Under mixed_float16 each optimizer gets a loss scaler of its "
    "own; pass keras.optimizers.LossScaleOptimizer objects for other ones.",
}


def takes_rules(compile_game: Callable[..., None]) -> Callable[..., None]:
    """Makes a `compile` take the options of a game, each written in `Rules` alone.

    Names that mean nothing in a game are refused around the function, not inside it:
    Python would first complain of the arguments that are missing, and never name the
    one that is wrong.

    Args:
        compile_game: method of `(self, generator_optimizer, discriminator_optimizer,
            rules, **of_keras)`.

    Returns:
        compile: method that takes every field of `Rules` in the place of `rules`; it
        raises a TypeError that says what to pass instead of a foreign name.
    """
    own = [*inspect.signature(compile_game).parameters.values()][:3]
    options = [*inspect.signature(Rules).parameters.values()]
    parameters = [one.replace(annotation=Any) for one in (*own, *options)]
    keras_own = inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)
    signature = inspect.Signature([*parameters, keras_own])
    known = (*(one.name for one in parameters[1:]), *_OF_KERAS)

    @functools.wraps(compile_game)
    def checked(*args: Any, **kwargs: Any) -> None:
        for name, value in kwargs.items():
            if name not in known:
                raise _foreign(name, value, known)
        given = signature.bind(*args, **kwargs).arguments
        of_keras = given.pop("kwargs", {})
        players = [given.pop(one.name) for one in own]
        compile_game(*players, Rules(**given), **of_keras)

    checked.__signature__ = signature  # type: ignore[attr-defined]
    return checked


def _foreign(name: str, value: Any, known: Sequence[str]) -> TypeError:
    nearest = get_close_matches(name, known, n=1)
    if name in _REMEDIES:
        remedy = _REMEDIES[name]
    elif nearest:
        remedy = f"Did you mean `{nearest[0]}`?"
    else:
        remedy = f"A game takes {', '.join(known)}."
    return TypeError(
        f"`{name}` has no meaning in the adversarial game. Received: {name}={value!r}. "
        f"{remedy}"
    )
