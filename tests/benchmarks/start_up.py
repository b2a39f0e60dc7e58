"""How long it takes until something happens: imports, the first step, the first epoch.

Every figure is that of fresh processes, which start strictly in turns: seconds from the
moment at which the process is asked for. `import keras` is the base of the ratios. What
`import keras_gan` adds to it has a target; it is measured within one process too, since
two processes differ by more than it. Without Keras it does no work, and a command that
only answers takes little more than Python's own start.

The training is that of the `digits` recipe as `keras-gan train digits` plays it without
a run's files: images are loaded, networks built, the step traced (and compiled, with
XLA) before the first step ends.

    python tests/benchmarks/start_up.py --output-dir runs/bench
"""

# A process loads this script too: whatever stands here is not measured.
import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

IMPORT_KERAS, IMPORT_OURS = "import keras", "import keras_gan"
ITSELF = "of which keras_gan itself"
IMPORT_ALONE = "import keras_gan, nothing used"
ANSWERS = (["list"], ["--help"], ["train", "--help"], ["train", "digti"])
ANSWER_TARGET_SECONDS = 1.0
TARGET_SECONDS = 0.2  # that `import keras_gan` may add
OPTIONAL = (
    "tensorflow_probability",
    "matplotlib",
    "onnx",
    "onnxruntime",
    "tf2onnx",
    "sklearn",
    "scipy",
    "PIL",
)
ENDS = ("first step", "first epoch")


# ----------------------------------------------------------- what a process is timed at


def import_keras(started: float) -> dict[str, float]:
    import keras  # noqa: F401

    return {IMPORT_KERAS: time.time() - started}


def import_keras_gan(started: float) -> dict[str, float]:
    import keras  # noqa: F401

    with_keras = time.time()
    import keras_gan  # noqa: F401

    now = time.time()
    return {IMPORT_OURS: now - started, ITSELF: now - with_keras}


def import_keras_gan_alone(started: float) -> dict[str, float]:
    import keras_gan  # noqa: F401

    return {IMPORT_ALONE: time.time() - started}


def train_digits(started: float, jit_compile: bool) -> dict[str, float]:
    import keras

    import keras_gan as kg

    moments: dict[str, float] = {}

    class Moments(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            moments.setdefault(ENDS[0], time.time() - started)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            moments[ENDS[1]] = time.time() - started

    recipe = kg.recipes.get("digits")
    data = kg.datasets.load(recipe.data)
    gan = recipe.build(data, 0)
    gan.jit_compile = jit_compile
    rows = kg.datasets.Repeated(data.train, recipe.passes_per_epoch)
    gan.fit(rows, batch_size=recipe.batch_size, verbose=0, callbacks=[Moments()])
    kind = "with XLA" if jit_compile else "without XLA"
    return {f"digits, {end}, {kind}": seconds for end, seconds in moments.items()}


def take_stock(started: float) -> dict[str, list[str]]:
    """Top-level modules that either import brings into a process."""

    def present() -> set[str]:
        return {name.partition(".")[0] for name in sys.modules}

    bare = present()
    import_keras(started)
    with_keras = present()
    import_keras_gan(started)
    added = (with_keras - bare, present() - with_keras)
    kinds = (IMPORT_KERAS, IMPORT_OURS)
    return {kind: sorted(names) for kind, names in zip(kinds, added, strict=True)}


TIMED: dict[str, Callable[[float], dict[str, float]]] = {
    "import_keras": import_keras,
    "import_keras_gan": import_keras_gan,
    "import_keras_gan_alone": import_keras_gan_alone,
    "digits": lambda started: train_digits(started, jit_compile=False),
    "digits_xla": lambda started: train_digits(started, jit_compile=True),
}
STOCK = "stock"


# ---------------------------------------------------------------- the process that asks


def in_fresh_process(task: str) -> dict[str, Any]:
    """What a new process found, which is told when it was asked for."""
    command = [sys.executable, __file__, "--task", task, "--started"]
    child = subprocess.run(
        [*command, repr(time.time())], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(child.stdout.splitlines()[-1])


def answer(arguments: list[str]) -> dict[str, float]:
    """Seconds until a command that trains nothing has answered and ended."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "keras_gan", *arguments], capture_output=True)
    return {" ".join(["keras-gan", *arguments]): time.perf_counter() - started}


def measure(rounds: int) -> dict[str, list[float]]:
    """Seconds of each moment, one for each round; the first, from a cold disk, goes."""
    seconds: dict[str, list[float]] = {}
    for round_number in range(rounds + 1):
        found = [in_fresh_process(task) for task in TIMED]
        found += [answer(arguments) for arguments in ANSWERS]
        for name, moment in (pair for moments in found for pair in moments.items()):
            if round_number:
                seconds.setdefault(name, []).append(moment)
    return seconds


def optional_modules(stock: dict[str, list[str]]) -> dict[str, str]:
    """By which import each optional library comes, if by any."""
    return {
        name: next((kind for kind, names in stock.items() if name in names), "absent")
        for name in OPTIONAL
    }


def print_imports(
    seconds: dict[str, list[float]], added: list[float], stock: dict[str, list[str]]
) -> None:
    itself = 1e3 * statistics.median(seconds[ITSELF])
    print(
        f"\n{IMPORT_OURS}: {itself:.0f} ms after keras, target "
        f"{1e3 * TARGET_SECONDS:.0f}; whole processes differ by "
        f"{1e3 * statistics.median(added):.0f} ms ({1e3 * min(added):.0f} to "
        f"{1e3 * max(added):.0f})"
    )
    slowest = max(
        statistics.median(seconds[name]) for name in seconds if "keras-gan" in name
    )
    print(f"slowest answer: {slowest:.2f} s, target {ANSWER_TARGET_SECONDS:g}")
    print(f"modules that it adds: {', '.join(stock[IMPORT_OURS])}")
    for name, kind in optional_modules(stock).items():
        print(f"{name:44}{kind}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/bench"))
    # How the script starts itself: what to do, and when the process was asked for.
    parser.add_argument("--task", choices=(*TIMED, STOCK), help=argparse.SUPPRESS)
    parser.add_argument("--started", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.task is not None:
        task = take_stock if options.task == STOCK else TIMED[options.task]
        print(json.dumps(task(options.started)))
        return
    rounds = options.rounds or (1 if options.quick else 9)
    seconds, stock = measure(rounds), in_fresh_process(STOCK)
    pairs = zip(seconds[IMPORT_OURS], seconds[IMPORT_KERAS], strict=True)
    added = [ours - base for ours, base in pairs]

    from _turns import print_table, ratios, write_record

    print_table("from the start of a process", seconds, [IMPORT_KERAS])
    print_imports(seconds, added, stock)
    record = {
        "rounds": rounds,
        "seconds": seconds,
        "ratios": ratios(seconds, IMPORT_KERAS),
        "seconds_between_imports": added,
        "modules": stock,
        "optional_modules": optional_modules(stock),
    }
    write_record(options.output_dir / "start_up.json", record)


if __name__ == "__main__":
    main()
