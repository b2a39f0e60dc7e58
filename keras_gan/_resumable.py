"""A model whose randomness is a function of its seed and of counters it saves."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._types import Tensor

_SEED_STATE = "seed_generator_state"  # Keras's name for the state of its generators


class ResumableModel(keras.Model):
    """Keras model that continues exactly after it was saved, stopped and loaded.

    Keras saves weights and optimizers. It leaves out the states of random layers, so
    that dropout would replay its masks after a resume; and it counts neither steps nor
    epochs. Both are kept here.
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
        key = tf.constant([self.seed % 2**31, draw], tf.int32)
        return tf.random.experimental.stateless_fold_in(key, tf.cast(step, tf.int64))

    def save_own_variables(self, store: Any) -> None:
        """Stores the counters and the state of every random layer."""
        super().save_own_variables(store)
        for index, state in enumerate(self._seed_states()):
            store[f"{_SEED_STATE}_{index}"] = state.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Restores what `save_own_variables` stored."""
        own = {
            key: store[key] for key in store.keys() if not key.startswith(_SEED_STATE)
        }
        super().load_own_variables(own)
        for index, state in enumerate(self._seed_states()):
            state.assign(store[f"{_SEED_STATE}_{index}"])

    def _seed_states(self) -> list[keras.Variable]:
        return [variable for variable in self.variables if variable.name == _SEED_STATE]
