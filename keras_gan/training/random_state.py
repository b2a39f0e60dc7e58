"""Randomness as a function of a seed and of counters that are saved with the model.

Keras saves weights and optimizers. It leaves out the states of random layers, so that
dropout would replay its masks after a resume; it counts neither steps nor epochs, and
knows nothing of terms with a memory. All are kept here.
"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._layers_of import settle
from keras_gan._types import Tensor
from keras_gan.training.network_checks import held_layers

_SEED_STATE = "seed_generator_state"  # Keras's name for the state of its generators
_TERM_STATE = "term_state"


def begin_counting(model: Any, seed: int) -> None:
    """Creates the counters and keys every random layer of a model by `seed`."""
    for name in ("train_steps", "test_steps", "epochs_completed"):
        setattr(model, name, _count(model, name, "int64"))
    key_random_layers(model, seed)


def key_random_layers(model: keras.Model, seed: int) -> None:
    """Lets every random layer of a model draw from its beginning, by a seed."""
    for index, state in enumerate(_seed_states(model)):
        key = np.random.SeedSequence([seed, index]).generate_state(1)[0]
        state.assign([int(key) % 2**31, 0])


def count_of_average(model: Any) -> keras.Variable | None:
    """Creates what the corrected average counts its shares with, if there is one."""
    if model.ema_discriminator is None:
        return None
    return _count(model, "averaged_share", "float32")


def _count(model: Any, name: str, dtype: str) -> keras.Variable:
    return model.add_weight(
        name=name,
        shape=(),
        dtype=dtype,
        initializer="zeros",
        trainable=False,
        aggregation="only_first_replica",
    )


def seed_of(seed: int, draw: int, step: keras.Variable) -> Tensor:
    """Key, integers `[2]`, of one draw of one step."""
    key = tf.constant([seed, draw], tf.int32)
    return tf.random.experimental.stateless_fold_in(key, tf.cast(step, tf.int64))


def unseen_state(model: Any) -> dict[str, keras.Variable]:
    """What Keras would not save of a model, by the names it is stored under."""
    seeds = {
        f"{_SEED_STATE}_{index}": state
        for index, state in enumerate(_seed_states(model))
    }
    # Terms are handed these alone; of others they are loaded with copies of their own.
    players = {
        id(variable)
        for network in (model.generator, model.discriminator)
        for variable in network.variables
    }
    memories = {
        f"{_TERM_STATE}_{index}_{place}": variable
        for index, term in enumerate(model.terms)
        for place, variable in enumerate(_held_by(term, players))
    }
    return seeds | memories


def _held_by(term: Any, players: set[int]) -> list[keras.Variable]:
    """State of a term, and weights of layers that it was given, each once.

    Args:
        term: `Term`.
        players: identities of the variables of those who play.
    """
    weights = [one for layer in held_layers(term).values() for one in layer.variables]
    others = [variable for variable in weights if id(variable) not in players]
    return [
        *{id(variable): variable for variable in (*term.variables, *others)}.values()
    ]


def save_variables(model: Any, store: Any) -> None:
    """Stores what Keras does not."""
    for name, variable in unseen_state(model).items():
        store[name] = variable.numpy()


def load_variables(model: Any, store: Any) -> dict[str, Any]:
    """Restores what `save_variables` stored, and returns the part that Keras reads."""
    state = unseen_state(model)
    missing = next((name for name in state if name not in store.keys()), None)
    if missing is not None and missing.startswith(_TERM_STATE):
        index = int(missing.removeprefix(f"{_TERM_STATE}_").split("_")[0])
        raise ValueError(
            "The file must hold the state of the terms that the GAN was compiled with. "
            f"Received: none of terms[{index}], a {type(model.terms[index]).__name__}; "
            "compile with the terms of the file, or load its weights before."
        )
    if missing is not None:
        held = sum(name.startswith(_SEED_STATE) for name in store.keys())
        raise ValueError(
            "The file must be of networks with as many random layers as these, those "
            f"of averages too. Received: {held} of {len(_seed_states(model))}; build "
            "the GAN as it was."
        )
    for name, variable in state.items():
        variable.assign(store[name])
    for term in model.terms:
        for layer in held_layers(term).values():
            settle(layer)
    unseen = (_SEED_STATE, _TERM_STATE)
    return {key: store[key] for key in store.keys() if not key.startswith(unseen)}


def _seed_states(model: keras.Model) -> list[keras.Variable]:
    return [one for one in model.variables if one.name == _SEED_STATE]
