"""Contestants that are timed strictly in turns, and the table of their ratios.

A machine that others share changes its speed from minute to minute. So every round
times each contestant for a few steps, one after the other in one process, and what
counts is the median over rounds of its time divided by that of the base in the same
round.

Who is about to be made or timed stands on the error stream: native code that crashes
says nothing else.
"""

import faulthandler
import itertools
import math
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from keras_gan._environment import record_environment
from keras_gan._files import write_json

# Returns the seconds of each step of one turn.
Contestant = Callable[[], Sequence[float]]

faulthandler.enable()

MOST_TO_COMPILE = 60.0  # seconds: XLA tries kernels out where it compiles for a GPU
_WARM_STEPS = 2  # of a turn: the other contestants' data leave the caches


class StepClock(keras.callbacks.Callback):
    """Seconds between the ends of the steps of one `fit`.

    With `steps_per_execution` Keras tells of the last step of each execution alone;
    the time since the one before is shared among its steps. On a GPU the end of a step
    is awaited.
    """

    def on_train_begin(self, logs: Any = None) -> None:
        self._steps: list[int] = []
        self._ends: list[float] = []
        self._on_gpu = bool(tf.config.list_logical_devices("GPU"))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._on_gpu:
            tf.test.experimental.sync_devices()
        self._steps.append(batch)
        self._ends.append(time.perf_counter())

    def seconds(self) -> list[float]:
        """Of each step, without the first ones of the turn."""
        moments = zip(differences(self._ends), differences(self._steps), strict=True)
        starts = self._steps[:-1]
        return [
            seconds / steps
            for start, (seconds, steps) in zip(starts, moments, strict=True)
            if start >= _WARM_STEPS
        ]


def differences(moments: Sequence[float]) -> list[float]:
    return [end - start for start, end in itertools.pairwise(moments)]


def fitted(model: keras.Model, images: Any, batch_size: int) -> Contestant:
    """A Keras model that is timed inside `fit`, one pass over `images` a turn."""

    def turn() -> Sequence[float]:
        clock = StepClock()
        model.fit(images, batch_size=batch_size, verbose=0, callbacks=[clock])
        return clock.seconds()

    return turn


def stepped(step: Callable[[int], Any], num_steps: int) -> Contestant:
    """A function of the step's number that makes the step and waits for its end."""

    def turn() -> Sequence[float]:
        moments = [time.perf_counter()]
        for index in range(num_steps + _WARM_STEPS):
            step(index)
            moments.append(time.perf_counter())
        return differences(moments)[_WARM_STEPS:]

    return turn


class Entry(NamedTuple):
    """A contestant, the operations that its game needs in a step, and their dtype.

    One with an `attempt` of a step is left out where that raises, or takes longer than
    `patience` seconds.
    """

    turn: Contestant
    flops: int
    dtype: str = "float32"
    attempt: Callable[[], Any] | None = None
    patience: float = math.inf


Maker = Callable[[], Entry]


def that_run(makers: dict[str, Maker]) -> tuple[dict[str, Entry], dict[str, str]]:
    """The entries that this machine can run, and why it cannot run the others."""
    kept, reasons = {}, {}
    for name, make in makers.items():
        announce(f"making {name}")
        entry = make()
        reason = reason_against(entry)
        if reason:
            reasons[name] = reason
            print(f"{name} is left out: {reason[:1000]}", flush=True)
        else:
            kept[name] = entry
    return kept, reasons


def announce(what: str) -> None:
    """Says on the error stream what begins, before it can crash."""
    print(what, file=sys.stderr, flush=True)


def reason_against(entry: Entry) -> str:
    """Why an entry cannot be measured, `""` if it can."""
    if entry.attempt is None:
        return ""
    try:
        seconds = seconds_of(entry.attempt)
        if seconds < MOST_TO_COMPILE:  # else compiling does not explain it
            seconds = seconds_of(entry.attempt)
    except Exception as error:  # whatever a compiler raises
        return f"{type(error).__name__}: {error}"
    return f"a step took {seconds:.1f} s" if seconds > entry.patience else ""


def seconds_of(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def in_turns(contestants: dict[str, Contestant], rounds: int) -> dict[str, list[float]]:
    """Median seconds of a step of each contestant, one for each round.

    The first turn of each, in which graphs are traced, is not counted.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for round_number in range(rounds + 1):
        for name, turn in contestants.items():
            announce(f"round {round_number} of {rounds}: {name}")
            steps = turn()
            if round_number:
                seconds[name].append(statistics.median(steps))
    return seconds


def ratios(seconds: dict[str, list[float]], base: str) -> dict[str, float]:
    """Median over rounds of each contestant's time divided by the base's."""
    return {
        name: statistics.median(
            one / other for one, other in zip(values, seconds[base], strict=True)
        )
        for name, values in seconds.items()
    }


def product_of(dtype: str) -> str:
    return f"one matrix product, {dtype}"


def peak_shares(
    entries: dict[str, Entry], seconds: dict[str, list[float]]
) -> dict[str, float]:
    """Operations a second that the game needs, divided by those of a product.

    The product of each dtype is an entry, named by `product_of`.
    """
    shares = {}
    for name, entry in entries.items():
        product = product_of(entry.dtype)
        slower = ratios({name: seconds[name], product: seconds[product]}, product)
        shares[name] = entry.flops / entries[product].flops / slower[name]
    return shares


def print_table(
    title: str, seconds: dict[str, list[float]], bases: Sequence[str]
) -> None:
    """One line for each contestant: milliseconds, and the ratio to each base."""
    print(f"\n{title}: median of {len(next(iter(seconds.values())))} rounds")
    columns = "".join(f"{f'/ {base}':>{_width(base)}}" for base in bases)
    print(f"{'':44}{'ms':>9}{'min':>9}{'max':>9}{columns}")
    shares = {base: ratios(seconds, base) for base in bases}
    for name, values in seconds.items():
        times = (statistics.median(values), min(values), max(values))
        cells = "".join(f"{1e3 * value:9.2f}" for value in times)
        cells += "".join(f"{shares[base][name]:{_width(base)}.2f}" for base in bases)
        print(f"{name:44}{cells}")


def _width(base: str) -> int:
    return len(base) + 5


def print_rates(seconds: dict[str, list[float]], shares: dict[str, float]) -> None:
    print(f"\n{'':44}{'steps/s':>9}{'% of peak':>11}")
    for name, values in seconds.items():
        rate = 1 / statistics.median(values)
        print(f"{name:44}{rate:9.1f}{100 * shares[name]:11.1f}")


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Writes the record with machine and versions."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {**record, "environment": record_environment()})
