"""Arguments that `keras.Model.compile` takes and a game has no place for."""

import functools
import inspect
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, ParamSpec, TypeVar

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

# What a game, too, leaves to Keras.
_OF_KERAS = ("jit_compile", "run_eagerly", "steps_per_execution")

_LOSSES = "The game has a loss for each player: choose `objective`."
_METRICS = (
    "A game logs d_loss, g_loss, d_real and d_fake; give `fit` a callback such as "
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


def refuse_foreign(
    compile_game: Callable[_Parameters, _Result],
) -> Callable[_Parameters, _Result]:
    """Makes a `compile` refuse arguments by names that mean nothing in a game.

    Around the function, not inside it: Python would first complain of the arguments
    that are missing, and never name the one that is wrong.

    Args:
        compile_game: method whose signature says which names it takes itself.

    Returns:
        checked: the method; it raises a TypeError that says what to pass instead.
    """
    signature = inspect.signature(compile_game).parameters.values()
    own = [one.name for one in signature if one.kind is one.POSITIONAL_OR_KEYWORD]
    known = (*own[1:], *_OF_KERAS)  # without `self`

    @functools.wraps(compile_game)
    def checked(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        for name, value in kwargs.items():
            if name not in known:
                raise _foreign(name, value, known)
        return compile_game(*args, **kwargs)

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
