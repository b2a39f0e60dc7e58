"""One game on several devices: what a replica draws and what it contributes.

Under a `tf.distribute` strategy every replica plays on its share of the batch and the
optimizer sums the gradients. A loss is therefore divided by the number of replicas, and
whatever is drawn for each row is drawn for the whole batch, of which every replica
takes its own rows: N replicas learn what one replica with the whole batch learns.
"""

import contextlib
import functools
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Tensor

_KEY_STRIDE = 1_000_003  # a prime: keys of neighboring layers stay apart
_thread = threading.local()


# One of a kind in a process: two strategies on the same devices would take each other's
# collectives for their own.
@functools.cache
def named_strategy(name: str) -> tf.distribute.Strategy:
    """The strategy of that name, on all devices it can have.

    Args:
        name: `"none"`, `"mirrored"` or `"multi_worker"`.

    Raises:
        ValueError: if `"multi_worker"` finds no TF_CONFIG.
    """
    if name == "multi_worker":
        if "TF_CONFIG" not in os.environ:
            raise ValueError(
                "`--strategy multi_worker` needs the environment variable TF_CONFIG, "
                "which names the workers and this one. Received: none."
            )
        return tf.distribute.MultiWorkerMirroredStrategy()
    if name == "mirrored":
        kinds = (tf.config.list_logical_devices(kind) for kind in ("GPU", "CPU"))
        devices = next(devices for devices in kinds if devices)
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    return tf.distribute.get_strategy()


def num_replicas() -> int:
    """Replicas that play in step; 1 without a strategy."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def without_strategy(strategy: tf.distribute.Strategy) -> bool:
    """Whether `strategy` is what stands for none, and no other is in force."""
    return not tf.distribute.has_strategy() and strategy is tf.distribute.get_strategy()


def num_workers() -> int:
    """Processes that play in step, each with replicas of its own."""
    strategy = tf.distribute.get_strategy()
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return 1
    return max(
        1, len(strategy.cluster_resolver.cluster_spec().as_dict().get("worker", ()))
    )


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Whether this process writes the files of a run that several workers share."""
    resolver = getattr(strategy, "cluster_resolver", None)
    if resolver is None or not resolver.cluster_spec():
        return True
    if "chief" in resolver.cluster_spec().jobs:
        return bool(resolver.task_type == "chief")
    return bool(resolver.task_id == 0)


def draw_rows(sample: Callable[[Tensor], Tensor], num_rows: Tensor) -> Tensor:
    """This replica's rows of one draw for the whole batch.

    Args:
        sample: function of a number of rows that draws them with a fixed seed.
        num_rows: int or integer scalar, rows of this replica, equal on all replicas.

    Returns:
        rows: what `sample` returned, or the replica's share of it.
    """
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return sample(num_rows)
    first = context.replica_id_in_sync_group * num_rows
    return sample(context.num_replicas_in_sync * num_rows)[first : first + num_rows]


def draw_like(images: Tensor, sample: Callable[[Tensor], Tensor]) -> Tensor:
    """One number for each entry of `images`, from one draw for the whole batch.

    Args:
        images: `[batch, ...]`, of this replica.
        sample: function of a shape that draws it with a fixed seed.
    """

    def rows(num_rows: Tensor) -> Tensor:
        return sample(tf.concat([[num_rows], tf.shape(images)[1:]], axis=0))

    return draw_rows(rows, tf.shape(images)[0])


def separate_draws(layers: Iterable[keras.layers.Layer]) -> None:
    """Lets random layers draw otherwise on every replica.

    Keras's dropout and noise have one state that all replicas mirror: they would drop
    the same units of each replica's rows. The replica's number joins the key that a
    layer draws from; without a strategy nothing changes. A layer that draws once for
    all replicas says so by an attribute `draws_for_all_replicas`.
    """
    for layer in layers:
        if getattr(layer, "draws_for_all_replicas", False):
            continue
        draw = _next_of_replica
        if hasattr(layer, "get_dropout_mask"):  # a recurrent cell
            draw = _next_of_cell
        # Keras names them `seed_generator`, and `generator` in layers of images.
        for generator in vars(layer).values():
            if isinstance(generator, keras.random.SeedGenerator):
                generator.next = functools.partial(draw, generator)


@contextlib.contextmanager
def outside_training(outside: Any) -> Iterator[None]:
    """Within it, where `outside` is true, dropout in recurrent cells leaves no trace.

    Keras draws its masks in inference, too, and passes them over: a look at samples
    would change the masks of the steps that follow.
    """
    before, _thread.is_outside = _is_outside(), bool(outside)
    try:
        yield
    finally:
        _thread.is_outside = before


def _is_outside() -> bool:
    return getattr(_thread, "is_outside", False)


def _next_of_cell(
    generator: keras.random.SeedGenerator, ordered: bool = True
) -> Tensor:
    if _is_outside():
        return tf.zeros([2], generator.state.dtype)  # for a mask that nothing reads
    return _next_of_replica(generator, ordered)


def _next_of_replica(
    generator: keras.random.SeedGenerator, ordered: bool = True
) -> Tensor:
    seed = type(generator).next(generator, ordered)
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return seed
    number = tf.cast(context.replica_id_in_sync_group, seed.dtype)
    return seed + tf.stack([_KEY_STRIDE * number, tf.zeros_like(number)])


def reducible(results: dict[str, Tensor]) -> dict[str, Tensor]:
    """Results of a step in the shape that Keras can reduce over workers.

    Keras 3 reduces them along axis 0 where a strategy spans several workers, which
    scalars do not have.
    """
    if num_workers() == 1:
        return results
    return {name: value[tf.newaxis] for name, value in results.items()}
