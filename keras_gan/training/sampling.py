"""Networks at work outside training."""

import functools
import random
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._logits import probability
from keras_gan._seeds import derived_seed
from keras_gan._types import Array, FloatArray, Tensor
from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.training import data_checks
from keras_gan.training.conditions import Conditions
from keras_gan.training.examples import (
    CLASSES,
    LATENTS,
    LOGITS,
    Entries,
    Example,
    as_stated,
    each,
)
from keras_gan.training.finite_weights import broken_weights
from keras_gan.training.given_data import check_rows, checked_entries
from keras_gan.training.last_activations import stated_outputs


class InBatches:
    """Outputs of a network for many rows, float32, by this process alone.

    `keras.Model.predict` divides rows among the workers of a strategy and waits for all
    of them, so that a chief could not sample by itself.

    Args:
        network: function of an example, called for a part of its rows at once.
        model: `keras.Model` whose weights it reads; where it has others than it had,
            as after `enable_lora` or `quantize`, the function is traced anew.
    """

    def __init__(
        self, network: Callable[[Example], Tensor], model: keras.Model
    ) -> None:
        self._network, self._model = network, model
        self._weights: list[keras.Variable] | None = None

    def _trace_anew(self) -> None:
        weights = self._model.weights
        known = self._weights
        if known is not None and [*map(id, weights)] == [*map(id, known)]:
            return
        self._weights = weights
        # TensorFlow counts the traces of one code, whose ever they are, and warns of
        # many: those of a partial object are its own.
        outputs_of = functools.partial(_outputs, self._network)
        self._outputs_of = tf.function(
            outputs_of, autograph=False, reduce_retracing=True
        )

    def __call__(self, example: Example, batch_size: int) -> FloatArray:
        """Returns the outputs for an example, computed `batch_size` rows at once."""
        check_positive_integer("batch_size", batch_size)
        self._trace_anew()
        example = each(_as_rows, example)
        total = len(next(iter(example.values())))
        if not total:
            raise ValueError(
                f"There must be at least one row of {', '.join(example)}. "
                "Received: none"
            )
        # Always of any number of rows: graphs of a known number may round otherwise,
        # and what a call returns would depend on those before it.
        outputs_of = self._outputs_of.get_concrete_function(each(_of_any_rows, example))
        return np.concatenate(
            [
                outputs_of(_rows(example, start, start + batch_size)).numpy()
                for start in range(0, total, batch_size)
            ]
        )


def _outputs(network: Callable[[Example], Tensor], example: Example) -> Tensor:
    return tf.cast(network(example), tf.float32)


def _as_rows(entry: Any) -> Any:
    """What rows are cut from: an array stays where it is, whatever its size."""
    return entry if tf.is_tensor(entry) else np.asarray(entry)


def _of_any_rows(entry: Any) -> tf.TensorSpec:
    one = tf.convert_to_tensor(entry[:1])
    return tf.TensorSpec([None, *one.shape[1:]], one.dtype)


def _rows(example: Example, start: int, stop: int) -> Example:
    return each(lambda entry: tf.convert_to_tensor(entry[start:stop]), example)


class Sampling:
    """What a GAN draws and judges outside training.

    Args:
        gan: the `GAN`, whose networks and prior are there.
        priors: of conditions that nobody tells, by name, or `None`.
    """

    def __init__(self, gan: Any, priors: Any) -> None:
        self._gan = gan
        self.conditions = Conditions(gan.networks.of_generator, priors)
        self._generate = InBatches(gan.generate, gan)
        self._probability = InBatches(
            lambda packs: probability(gan.judge(packs)[LOGITS]), gan
        )
        self._classes = InBatches(functools.partial(_classes, gan), gan)

    def draw(
        self,
        num_samples: int,
        seed: int | None,
        batch_size: int,
        told: Mapping[str, Any],
    ) -> FloatArray:
        """Returns samples; raises and warns as `GAN.sample` does."""
        check_positive_integer("num_samples", num_samples)
        check_positive_integer("batch_size", batch_size)
        example = self.dealt(num_samples, seed, told)
        samples = self._generate(example, batch_size)
        _warn_of_lost_samples(samples, self._gan.evaluation_generator)
        return samples

    def dealt(
        self, num_rows: int, seed: int | None, told: Mapping[str, Any]
    ) -> Example:
        """Returns latents and conditions, drawn by the seed where they are not told."""
        seed = random.randrange(2**31) if seed is None else check_seed("seed", seed)
        dealt = {
            LATENTS: self._gan.prior.sample(num_rows, seed),
            **self.conditions.given(num_rows, seed, told),
        }
        return each(tf.convert_to_tensor, dealt)

    def judged(
        self, data: Array, batch_size: int, others: Mapping[str, Array]
    ) -> FloatArray:
        """Returns D(x), `[packs]`; raises as `GAN.discriminate` does."""
        return self._probability(self._packs(data, others), batch_size)

    def classified(
        self, data: Array, batch_size: int, others: Mapping[str, Array]
    ) -> FloatArray:
        """Returns p(class | x), `[packs, classes]`; raises as `GAN.classify` does."""
        outputs = stated_outputs(self._gan.discriminator)
        if outputs is not None:  # a subclass is asked as it answers
            _check_says_classes(outputs if isinstance(outputs, dict) else [LOGITS])
        logits = self._classes(self._packs(data, others), batch_size)
        return tf.nn.softmax(logits).numpy()

    def _packs(self, data: Array, others: Mapping[str, Array]) -> Example:
        gan = self._gan
        data = data if tf.is_tensor(data) else np.asarray(data)
        data = as_stated(data, gan.data_shape)
        check_rows(gan.data_name, data, gan.data_shape)
        data_checks.check_near(gan.data_name, data, gan.generator, gan.data_shape)
        data_checks.check_whole_packs(gan.data_name, len(data), gan.packing)
        names = gan.networks.of_discriminator.names
        entries = checked_entries(gan, data, others, names)
        named = Entries(gan.data_name, names, gan.networks.row_shapes())
        example = named.of({gan.data_name: data, **entries})
        return each(gan.view.pack, each(tf.convert_to_tensor, example))


def _classes(gan: Any, packs: Example) -> Tensor:
    said = gan.judge(packs)
    _check_says_classes(said)
    return said[CLASSES]


def _check_says_classes(said: Iterable[str]) -> None:
    if CLASSES not in said:
        raise ValueError(
            "This GAN has no classes: its discriminator must have an output named "
            f"{CLASSES!r}. Make it with outputs={{{LOGITS!r}: …, {CLASSES!r}: …}}, as "
            "keras_gan.networks.classifying_discriminator does. Received: outputs "
            f"{sorted(said)}."
        )


class SampleStream:
    """Samples that are drawn anew, chunk by chunk, whenever they are read.

    Args:
        draw: function of `(num_samples, seed)`.
        num_samples: int, of all chunks together.
        seed: int.
        chunk_size: int, samples in a chunk.
    """

    def __init__(
        self,
        draw: Callable[[int, int], FloatArray],
        num_samples: int,
        seed: int,
        chunk_size: int,
    ) -> None:
        self._draw = draw
        self.num_samples = check_positive_integer("num_samples", num_samples)
        self.seed = check_seed("seed", seed)
        self.chunk_size = check_positive_integer("chunk_size", chunk_size)

    def __iter__(self) -> Iterator[FloatArray]:
        """Yields arrays `[at most chunk_size, …]`."""
        return map(self.chunk, range(self.num_chunks))

    @property
    def num_chunks(self) -> int:
        """Chunks of one reading."""
        return -(-self.num_samples // self.chunk_size)

    def chunk(self, index: int) -> FloatArray:
        """Draws one chunk, the same that a reading has at this place.

        Args:
            index: int, from 0 to `num_chunks - 1`.
        """
        start = index * self.chunk_size
        size = min(self.chunk_size, self.num_samples - start)
        return self._draw(size, derived_seed(self.seed, index))


def _warn_of_lost_samples(samples: FloatArray, generator: keras.Model) -> None:
    """Warns of samples, or weights of their generator, that are not finite."""
    broken = broken_weights(generator)  # rectifiers may hide them from the samples
    num_lost = int((~np.isfinite(samples).reshape(len(samples), -1).all(axis=1)).sum())
    if broken or num_lost:
        warnings.warn(
            f"The generator is lost: {num_lost} of {len(samples)} samples that it drew "
            f"are not finite, weights that are not: {broken or 'none'}",
            stacklevel=4,
        )
