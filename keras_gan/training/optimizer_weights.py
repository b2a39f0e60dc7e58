"""Which weights an optimizer keeps state of, and which it decays.

Keras saves neither: an optimizer that is built anew for the weights that are trainable
by then finds no place for the state of those that were frozen since.
"""

from collections.abc import Sequence
from typing import Any

import keras

from keras_gan._types import Config
from keras_gan.optimizers._wrapped import wrapped

_BUILT_FOR, _UNDECAYED = "built_for", "not_decayed"


def weights_config(optimizer: Any, networks: Sequence[keras.Model]) -> Config:
    """Returns what differs from an optimizer that is built for what is trainable.

    Args:
        optimizer: `keras.optimizers.Optimizer`, built.
        networks: the models whose weights it moves.

    Returns:
        config: dict of lists of indices into all variables of the networks.
    """
    inner = wrapped(optimizer)
    places = {id(one): index for index, one in enumerate(_variables(networks))}
    # Keras has no public way to what an optimizer was built for.
    held = [one for one in inner._trainable_variables if id(one) in places]
    built_for = [places[id(one)] for one in held]
    moved = [one for part in networks for one in part.trainable_variables]
    trainable = [places[id(one)] for one in moved]
    config = {}
    # One that is built otherwise could not be compiled with these networks again.
    is_whole = len(held) == len(inner._trainable_variables)
    if is_whole and {*trainable} <= {*built_for} and built_for != trainable:
        config[_BUILT_FOR] = built_for
    undecayed = [places[id(one)] for one in held if not inner._use_weight_decay(one)]
    if undecayed:
        config[_UNDECAYED] = undecayed
    return config


def build_for_weights(
    optimizer: Any, networks: Sequence[keras.Model], config: Config
) -> None:
    """Builds an optimizer for the weights that `weights_config` wrote, if any.

    Args:
        optimizer: `keras.optimizers.Optimizer`, not built.
        networks: the models whose weights it moves.
        config: dict that `weights_config` returned.
    """
    variables = _variables(networks)
    if _UNDECAYED in config:
        undecayed = [variables[index] for index in config[_UNDECAYED]]
        wrapped(optimizer).exclude_from_weight_decay(var_list=undecayed)
    if _BUILT_FOR in config:
        optimizer.build([variables[index] for index in config[_BUILT_FOR]])


def _variables(networks: Sequence[keras.Model]) -> list[keras.Variable]:
    return [one for part in networks for one in part.variables]
