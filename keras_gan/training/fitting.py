"""What `fit` and `evaluate` make of their data before Keras takes over."""

import dataclasses
from collections.abc import Mapping
from types import GeneratorType
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from keras_gan._types import Array
from keras_gan._validation import check_fraction, check_positive_integer
from keras_gan.datasets.pipeline import InTurn, Repeated, shuffled_batches
from keras_gan.datasets.stream import Stream
from keras_gan.training import data_checks
from keras_gan.training.batch_checks import CheckedBatches
from keras_gan.training.batches import (
    EpochClock,
    checked_dataset,
    is_array,
    named_batches,
    with_equal_shares,
)
from keras_gan.training.conditions import check_classes, num_classes_of
from keras_gan.training.examples import (
    LABELS,
    Entries,
    Shares,
    check_floats,
    each,
)
from keras_gan.training.fit_arguments import held_out, held_out_by, taken_apart
from keras_gan.training.last_activations import reachable_range
from keras_gan.training.streaming import judged, streamed

_BATCH_SIZE = 32  # Keras's


class FitData(NamedTuple):
    """What `keras.Model.fit` is given.

    Args:
        batches: one element for each step.
        clock: callback that counts epochs, before any other.
        validation_batches: held-out data, or `None`.
        shuffle: bool, whether Keras shuffles.
    """

    batches: Any
    clock: EpochClock
    validation_batches: Any
    shuffle: bool


def _data_of(gan: Any, x: Any, y: Any = None, terms: Any = None) -> Any:
    """Arrays by name, all that the game needs and no more; datasets as they are.

    Args:
        gan: the `GAN`.
        terms: that are played, `None` for all. Held-out data need none, and bring what
            terms read if they like.
        x: data, a dict of entries or a `Split`, as arrays, `Repeated` or not; or a
            dataset of entries.
        y: labels as an array, or `None`.

    Raises:
        ValueError: if arrays are empty or differ in length, data have another shape
            than generated ones, an array is missing or nobody reads it, or labels lie
            outside their classes.
        TypeError: if data are no floats, an entry has another dtype than the network's
            input, or what is `Repeated` is no array.
    """
    if isinstance(x, Repeated):
        return dataclasses.replace(x, arrays=_repeated_arrays(gan, x.arrays, y))
    x, y = taken_apart(gan, x, y)
    if not is_array(x) and not isinstance(x, Mapping):
        if y is not None:
            raise ValueError(
                "`y` must be None where `x` is a dataset: let its elements be pairs "
                f"({gan.data_name}, labels), or dicts. Received: y of type "
                f"{type(y).__name__}"
            )
        return x
    terms = gan.terms if terms is None else terms
    entries = gan.networks.entries(gan.game, terms)
    labels = None if y is None or is_array(y) else np.asarray(y)
    brought = entries.brought((x, y if labels is None else labels))
    for term in terms:
        brought = term.arrange(brought, gan.data_name)
    arrays = entries._replace(optional=gan.entries.needed).of(brought)
    unread = [name for name in brought if name not in arrays]
    if unread == [LABELS] and y is not None:
        raise ValueError(
            "`y` has no place in this game: neither a network nor a term reads labels. "
            f"Received: y of type {type(y).__name__}; leave it out, or give the "
            "networks an input named 'labels'. (Labels that come in a dataset of "
            f"({gan.data_name}, labels) are passed over.)"
        )
    if unread:
        raise ValueError(
            f"Nobody reads {unread} in this game. Received: {sorted(brought)}; leave "
            f"them out: it needs {list(entries.needed)}."
        )
    _check_rows(gan, arrays, num_classes_of(gan, terms))
    for name in entries.alike:
        if name in arrays and not isinstance(arrays[name], InTurn):
            data_checks.check_near(name, arrays[name], gan.generator, gan.data_shape)
    return arrays


def _repeated_arrays(gan: Any, x: Any, y: Any) -> dict[str, Array]:
    arrays = _data_of(gan, x, y)
    if not isinstance(arrays, dict):
        raise TypeError(
            "`Repeated` takes an array, a dict of arrays or a split. Received: "
            f"{type(x).__name__}; a dataset has a method `repeat`."
        )
    return arrays


def _check_rows(
    gan: Any, arrays: dict[str, Array], num_classes: dict[str, int]
) -> None:
    for name, array in arrays.items():
        if not is_array(array) or not array.shape:
            one = f"one value, {array}" if is_array(array) else type(array).__name__
            raise TypeError(f"`{name}` must be an array of rows. Received: {one}")
    data = arrays[gan.data_name]
    data_checks.check_data_shape(tuple(data.shape[1:]), gan.data_shape)
    check_floats(gan.data_name, data.dtype)
    lengths = {name: len(array) for name, array in arrays.items()}
    if not lengths[gan.data_name]:
        raise ValueError(
            f"There must be at least one row of {gan.data_name}. Received: shape "
            f"{tuple(data.shape)}"
        )
    if len(set(lengths.values())) > 1:
        raise ValueError(
            f"All entries must have one length. Received: {lengths}; pass one row of "
            f"each for every row of {gan.data_name}."
        )
    stated = gan.networks.stated_shapes()
    for name, array in arrays.items():
        if name != gan.data_name and not isinstance(array, InTurn):
            known = num_classes.get(name)
            data_checks.check_condition(name, array, stated.get(name), known)
        expected = gan.networks.dtype_of(name)
        # Terms read labels too, and state no dtype.
        are_classes = name == LABELS and len(array.shape) == 1
        integers = are_classes if expected is None else expected.is_integer
        if integers:
            data_checks.check_integers(name, array.dtype)
        check_classes(name, array, gan.conditions.get(name))
        # What goes in turn was looked at as it was arranged.
        if name in num_classes and not isinstance(array, InTurn):
            data_checks.check_in_classes(name, np.asarray(array), num_classes[name])


def prepare(
    gan: Any,
    x: Any,
    y: Any,
    batch_size: int | None,
    validation_split: float,
    validation_data: Any,
    shuffle: bool,
    rest: dict[str, Any],
) -> FitData:
    """Returns what Keras is given; raises as `GAN.fit` does.

    What is not Keras's business is taken out of `rest`, the other arguments of `fit`.
    """
    refuse_weights(rest)
    data = _data_of(gan, x, y)
    if data is None:
        raise TypeError(f"`x` must be {gan.data_name} to learn from. Received: x=None")
    data, num_passes = _passes_of(data)
    if not isinstance(data, dict):
        _refuse_split(data, validation_split)
    if not isinstance(data, dict | Stream):
        _refuse_batch_size("batch_size", data, batch_size)
    batch_size = _checked_size("batch_size", batch_size, _BATCH_SIZE)
    if isinstance(data, Stream):
        steps = rest.pop("steps_per_epoch", None)
        batches, clock = streamed(gan, data, batch_size, steps, shuffle)
    elif isinstance(data, dict):
        _refuse_both(validation_split, validation_data)
        train, last_rows = _held_back(gan, data, validation_split)
        validation_data = validation_data if last_rows is None else last_rows
        epoch = tf.Variable(gan.epochs_completed.numpy(), trainable=False)
        clock = EpochClock(epoch.assign)
        batches = _training_batches(gan, train, batch_size, epoch, shuffle, num_passes)
        batches = _shortened(batches, rest.pop("steps_per_epoch", None))
    else:
        batches, clock = _given_batches(gan, data, shuffle, rest)
    replicas = gan.distribute_strategy.num_replicas_in_sync
    steps, multiple = gan.rules.discriminator_steps, gan.networks.row_multiple
    shares = Shares(replicas, steps, multiple)
    batches = with_equal_shares(batches, gan.entries, shares)
    # These have an order of their own: Keras would warn that it keeps it.
    ordered = isinstance(batches, tf.data.Dataset | GeneratorType | CheckedBatches)
    name = "validation_batch_size"
    given = rest.pop(name, None)
    with held_out_by("validation_split" if validation_split else "validation_data"):
        judged = held_out(validation_data)
        validation_batches = _judged_in_batches(gan, *judged, name, given, batch_size)
    return FitData(batches, clock, validation_batches, shuffle and not ordered)


def _given_batches(
    gan: Any, data: Any, shuffle: bool, rest: dict[str, Any]
) -> tuple[Any, EpochClock]:
    """A user's batches, checked; those that are asked for by number in our order."""
    batches = _checked(gan, data, gan.entries, gan.networks.row_multiple, gan.terms)
    if not isinstance(batches, CheckedBatches) or batches.num_batches is None:
        return batches, EpochClock()
    steps = rest.pop("steps_per_epoch", None)
    if steps is not None:
        check_positive_integer("steps_per_epoch", steps)
    seed = gan.seed if shuffle else None
    return batches, EpochClock(batches.shuffled(seed, steps).begin_epoch)


def _checked(gan: Any, data: Any, entries: Entries, multiple: int, terms: Any) -> Any:
    reachable = reachable_range(gan.generator)
    num_classes = num_classes_of(gan, terms)
    return checked_dataset(
        data, entries, gan.data_shape, multiple, reachable, num_classes
    )


def _held_back(
    gan: Any, arrays: dict[str, Array], share: float
) -> tuple[dict[str, Array], dict[str, Array] | None]:
    """Rows to learn from, and the last ones to judge by, `None` for a share of 0."""
    share = check_fraction("validation_split", share)
    if not share:
        return arrays, None
    total = len(arrays[gan.data_name])
    num_train = total - int(total * share)
    if num_train == total:
        raise ValueError(
            "`validation_split` must hold out at least one row. Received: "
            f"validation_split={share} of {total} {gan.data_name}"
        )
    # What goes in turn beside the rows is learned from, never judged.
    judged_by = {k: rows for k, rows in arrays.items() if not isinstance(rows, InTurn)}
    train = each(lambda rows: rows[:num_train], arrays)
    for name, rows in arrays.items():
        if isinstance(rows, InTurn):
            _check_taught(name, rows, train[name], share)
    return train, each(lambda rows: rows[num_train:], judged_by)


def _check_taught(name: str, rows: InTurn, left: InTurn, share: float) -> None:
    """Raises where no row to learn from is left of a class."""
    if len(rows.shape) > 1:
        return
    known, taught = (np.asarray(one.array)[one.rows] for one in (rows, left))
    lost = np.setdiff1d(known, taught)
    if len(lost):
        raise ValueError(
            f"`validation_split` must leave {name} of each class to learn from. "
            f"Received: validation_split={share}, and all of {lost.tolist()} are among "
            "the last rows; shuffle the rows first, or give `validation_data`."
        )


def _refuse_split(data: Any, share: float) -> None:
    if check_fraction("validation_split", share):
        raise ValueError(
            "`validation_split` holds back the last rows of arrays; a dataset's rows "
            f"are not known beforehand. Received: validation_split={share} with "
            f"{type(data).__name__}; give `validation_data` instead."
        )


def _refuse_both(share: float, validation_data: Any) -> None:
    if share and validation_data is not None:
        raise ValueError(
            "`validation_split` and `validation_data` are two ways to hold out rows. "
            f"Received: validation_split={share} and validation_data; leave one out."
        )


def _refuse_batch_size(name: str, data: Any, batch_size: int | None) -> None:
    if batch_size is not None:
        raise ValueError(
            f"`{name}` is for arrays: a dataset's elements are batches already. "
            f"Received: {name}={batch_size} with {type(data).__name__}; leave it "
            "out, and let the dataset batch (`dataset.batch(64)`)."
        )


def evaluation_batches(gan: Any, x: Any, y: Any, batch_size: int | None) -> Any:
    """What `evaluate` judges, in batches; raises as it does."""
    if x is None:
        raise TypeError(f"`x` must be {gan.data_name} to judge. Received: x=None")
    return _judged_in_batches(gan, x, y, "batch_size", batch_size, _BATCH_SIZE)


def _judged_in_batches(
    gan: Any, x: Any, y: Any, size_name: str, given_size: int | None, size: int
) -> Any:
    """Arrays to judge in batches of which the first gives every replica as many rows.

    Keras 3 cannot begin with another one. The batches of a dataset are checked.
    """
    data = _data_of(gan, x, y, terms=())
    data, _ = _passes_of(data)  # one says what several would
    if data is None:
        return None
    if not isinstance(data, dict | Stream):
        _refuse_batch_size(size_name, data, given_size)
        return _checked(gan, data, gan.networks.held_out_entries(gan), 1, ())
    size = _checked_size(size_name, given_size, size)
    replicas = gan.distribute_strategy.num_replicas_in_sync
    num_rows = len(data if isinstance(data, Stream) else data[gan.data_name])
    size = min(size, max(num_rows // replicas, 1) * replicas)
    if isinstance(data, Stream):
        return judged(gan, data, size)
    name = gan.data_name
    data_checks.check_near(name, data[name], gan.generator, gan.data_shape)
    values = tuple(data.values())
    return named_batches(data, shuffled_batches(values, size, seed=0, shuffle=False))


def refuse_weights(arguments: dict[str, Any]) -> None:
    """Raises if data come with weights, which the game has no place for."""
    for name in ("sample_weight", "class_weight"):
        if arguments.get(name) is not None:
            raise ValueError(
                f"`{name}` has no meaning in the adversarial game: every row counts "
                f"once. Received: {name} of type {type(arguments[name]).__name__}"
            )


def _passes_of(data: Any) -> tuple[Any, int]:
    if isinstance(data, Repeated):
        return data.arrays, data.num_passes
    return data, 1


def _training_batches(
    gan: Any,
    arrays: dict[str, Array],
    batch_size: int,
    epoch: Any,
    shuffle: bool,
    num_passes: int,
) -> tf.data.Dataset:
    name = gan.data_name
    data_checks.check_training_data(name, arrays[name], gan.generator, gan.data_shape)
    multiple = gan.networks.row_multiple
    data_checks.check_batch_size(batch_size, multiple)
    data_checks.check_fills_a_pack(name, len(arrays[name]), multiple)
    rows_per_step = batch_size * gan.rules.discriminator_steps
    values = tuple(arrays.values())
    return named_batches(
        arrays,
        shuffled_batches(values, rows_per_step, gan.seed, epoch, shuffle, num_passes),
    )


def _shortened(batches: tf.data.Dataset, steps: int | None) -> tf.data.Dataset:
    """So many batches of each epoch, so that a resumed epoch begins as any does."""
    if steps is None:
        return batches
    available = int(batches.cardinality())
    if check_positive_integer("steps_per_epoch", steps) > available:
        raise ValueError(
            f"`steps_per_epoch` must be at most {available}, the batches of an epoch. "
            f"Received: {steps}; keras_gan.datasets.Repeated makes several passes one "
            "epoch."
        )
    return batches.take(steps)


def _checked_size(name: str, given: int | None, default: int) -> int:
    return default if given is None else check_positive_integer(name, given)
