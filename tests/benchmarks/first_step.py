"""How long it takes from a command to the first step, for every recipe.

Each recipe is played in a process of its own on noise of the shape of its data. Columns
are seconds since the process was asked for until Keras and keras_gan are imported,
until the recipe's networks are built, and until the first step ends, which is traced
and, where XLA compiles it, compiled before it runs; then the second step, as one of all
that follow. Where several steps are one execution, the first one is the end of all of
these, and the second an average.

    python tests/benchmarks/first_step.py --output-dir runs/bench
"""

# A process loads this script too: whatever stands here is not measured.
import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

MOMENTS = ("imported", "built", "first step")
SECOND = "second step"
FEWEST_ROWS = 600  # some of each class, and enough for what looks at data first
MOST_MOVES = 5  # of a discriminator in a step, each on rows of its own


# ----------------------------------------------------------- what a process is timed at


def play(name: str, started: float) -> dict[str, float]:
    """Seconds until each moment, and the length of the second step."""
    import keras
    from _recipes import built, noise_for

    import keras_gan as kg

    moments = {MOMENTS[0]: time.time() - started}
    ends: list[float] = []

    class Ends(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            ends.append(time.time() - started)

    recipe = kg.recipes.get(name)
    most = max(2 * MOST_MOVES * recipe.batch_size, FEWEST_ROWS)
    rows = noise_for(recipe.data, most)
    recipe = recipe.for_data(rows)
    rows = recipe.prepared(rows)
    gan = built(recipe, rows)
    moments[MOMENTS[1]] = time.time() - started
    of_a_step = recipe.batch_size * gan.rules.discriminator_steps
    size = 2 * of_a_step * gan.steps_per_execution
    labels = None if rows.train.labels is None else rows.train.labels[:size]
    two = kg.datasets.Split(rows.train.values[:size], labels, rows.train.data_name)
    gan.fit(two, batch_size=recipe.batch_size, verbose=0, callbacks=[Ends()])
    moments[MOMENTS[2]] = ends[0]
    moments[SECOND] = (ends[1] - ends[0]) / gan.steps_per_execution
    return moments


# ---------------------------------------------------------------- the process that asks


def in_fresh_process(name: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--play", name, "--started"]
    child = subprocess.run(
        [*command, repr(time.time())], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(child.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--recipes", nargs="*", metavar="NAME", help="default: all")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/bench"))
    # How the script starts itself: what to play, and when the process was asked for.
    parser.add_argument("--play", help=argparse.SUPPRESS)
    parser.add_argument("--started", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.play is not None:
        print(json.dumps(play(options.play, options.started)))
        return

    from keras_gan._environment import record_environment
    from keras_gan._files import write_json
    from keras_gan.recipes.listing import LISTED

    names = options.recipes or sorted(LISTED)
    rounds = options.rounds or (1 if options.quick else 3)
    columns = (*MOMENTS, SECOND)
    print(f"{'seconds, medians':44}" + "".join(f"{name:>13}" for name in columns))
    seconds: dict[str, dict[str, float]] = {}
    for name in names:
        found = [in_fresh_process(name) for _ in range(rounds)]
        seconds[name] = {
            column: statistics.median(one[column] for one in found)
            for column in columns
        }
        cells = "".join(f"{seconds[name][column]:13.2f}" for column in columns)
        print(f"{name:44}{cells}", flush=True)
    options.output_dir.mkdir(parents=True, exist_ok=True)
    record = {"rounds": rounds, "seconds": seconds, **record_environment()}
    write_json(options.output_dir / "first_step.json", record)


if __name__ == "__main__":
    main()
