"""A model whose randomness is a function of its seed and of counters it saves."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._types import Tensor

_SEED_STATE = "seed_generator_state"  # Keras's name for the state of its generators
_PENALTY_STATE = "penalty_state"


class ResumableModel(keras.Model):
    """Keras model that continues exactly after it was saved, stopped and loaded.

    Keras saves weights and optimizers. It leaves out the states of random layers, so
    that dropout would replay its masks after a resume; it counts neither steps nor
    epochs, and knows nothing of penalties with a memory. All are kept here.
    """

    def _begin_counting(self, seed: int) -> None:
        """Creates the counters and keys every random layer by `seed`."""
        self.seed = seed
        self.train_steps = self._add_counter("train_steps")
        self.test_steps = self._add_counter("test_steps")
        self.epochs_completed = self._add_counter("epochs_completed")
        for index, state in enumerate(self._seed_states()):
            key = np.random.SeedSequence([seed, index]).generate_state(1)[0]
            state.assign([int(key) % 2**31, 0])

    def _add_counter(self, name: str) -> keras.Variable:
        return self.add_weight(
            name=name,
            shape=(),
            dtype="int64",
            initializer="zeros",
            trainable=False,
            aggregation="only_first_replica",
        )

    def _seed_of(self, draw: int, step: keras.Variable) -> Tensor:
        """Seed, integers `[2]`, of one draw of one step."""
        key = tf.constant([self.seed, draw], tf.int32)
        return tf.random.experimental.stateless_fold_in(key, tf.cast(step, tf.int64))

    def save_own_variables(self, store: Any) -> None:
        """Stores the counters, the states of random layers and of penalties."""
        super().save_own_variables(store)
        for name, variable in self._unseen_state().items():
            store[name] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Restores what `save_own_variables` stored."""
        unseen = self._unseen_state()
        prefixes = (_SEED_STATE, _PENALTY_STATE)
        own = {key: store[key] for key in store.keys() if not key.startswith(prefixes)}
        super().load_own_variables(own)
        for name, variable in unseen.items():
            variable.assign(store[name])

    def _unseen_state(self) -> dict[str, keras.Variable]:
        """What Keras would not save, by the names it is stored under."""
        seeds = {
            f"{_SEED_STATE}_{index}": state
            for index, state in enumerate(self._seed_states())
        }
        memories = {
            f"{_PENALTY_STATE}_{index}_{place}": variable
            for index, penalty in enumerate(getattr(self, "terms", ()))
            for place, variable in enumerate(penalty.variables)
        }
        return seeds | memories

    def _seed_states(self) -> list[keras.Variable]:
        return [variable for variable in self.variables if variable.name == _SEED_STATE]
