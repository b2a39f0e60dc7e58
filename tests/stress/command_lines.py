"""Random command lines, and a disk that fails: a sentence and a status, no traceback.

Every command line runs in a child that is forked from a process that has loaded
TensorFlow and not begun to use it. What it says must be no traceback, and its status
one that the documentation lists.

    python tests/stress/command_lines.py
    python tests/stress/command_lines.py --lines 100 --seed 3
    python tests/stress/command_lines.py --lines 0 --show

The command lines put together commands, options and values that fit with others that do
not: paths that are missing, damaged, too long, of another kind, numbers out of range.
The disk's faults are those of `FAULTS`, for every command that reads or writes a run.
"""

import argparse
import collections
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from child import fork, status_of

ROOT = Path(__file__).parent.parent
STATUSES = {0, 1, 2, 75, 130, 143}
SECONDS = 300  # that a command may take
NOBODY = 65534
Setup = Callable[[], object]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="what each command says")
    args = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        run = folder / "run"
        status, said = said_by(["train", *TRAIN, "--output-dir", str(run)], folder)
        if status:
            raise SystemExit(f"the run that all begin with failed: {said}")
        damage(run, folder)
        kept = folder / "kept"
        shutil.copytree(run, kept)
        wrong = random_lines(args, folder, kept) + disk_faults(args, folder, kept)
    return 1 if wrong else 0


TRAIN = ("digits", "--verbose", "0", "--epochs", "2")


def load() -> None:
    """Loads all that a command needs; nothing is computed, so that forks are free."""
    sys.path.insert(0, str(ROOT))
    from games import small_recipe

    import keras_gan.commands.main
    import keras_gan.export  # noqa: F401
    from keras_gan.recipes import RECIPES

    RECIPES["digits"] = small_recipe("digits")


def said_by(
    arguments: list[str], folder: Path, setup: Setup = lambda: None
) -> tuple[int, str]:
    """Runs a command in a child; returns its exit status and what it says."""
    output = folder / "said.txt"

    def work() -> int:
        os.chdir(folder)
        signal.alarm(SECONDS)
        setup()
        from keras_gan.commands.main import main as command

        try:
            return command(arguments)
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 1

    status = status_of(fork(work, output))
    return status, output.read_text(errors="replace")


def judged(status: int, said: str) -> str:
    """What is wrong with what a command did, or that it is all right."""
    if "Traceback (most" in said:
        return "TRACEBACK"
    if status == -signal.SIGALRM:
        return f"MORE THAN {SECONDS} s"
    if status not in STATUSES:
        return f"EXIT {status}"
    return f"exit {status}"


# --------------------------------------------------------------- random command lines


def damage(run: Path, folder: Path) -> None:
    """Writes what commands are pointed at by mistake."""
    (folder / "empty").mkdir()
    (folder / "a file").write_text("no run")
    damaged = {"run.json": "{", "model.keras": "PK", "history.jsonl": "x"}
    for name, part in damaged.items():
        shutil.copytree(run, folder / f"damaged {name}")
        (folder / f"damaged {name}" / name).write_text(part)
    for name in ("run.json", "model.keras", "best.keras", "history.jsonl"):
        shutil.copytree(run, folder / f"without {name}")
        (folder / f"without {name}" / name).unlink()
    cut = folder / "cut.keras"
    cut.write_bytes((run / "model.keras").read_bytes()[:3_000])
    (folder / "mine.py").write_text("raise KeyError('mine')\n")
    (folder / "nothing.py").write_text("")


PATHS = [
    *("run", "empty", "a file", "missing", "run/model.keras", "run/best.keras"),
    *("damaged run.json", "damaged model.keras", "damaged history.jsonl"),
    *("without run.json", "without model.keras", "without best.keras"),
    *("without history.jsonl", "cut.keras", "mine.py", "nothing.py", "n" * 300),
    *("/dev/null", "/", "", ".", "\udcff", "é/ü", "run/../run", "https://x.invalid/r"),
]
NUMBERS = ["0", "1", "2", "-1", "3.5", "nan", "inf", "1e9", "many", "", "99999999999"]
SMALL = ["1", "2"]
WORDS = [
    *("digits", "mnist", "image_folder", "cifar10", "goodfellow2014_mnist", "r3gan"),
    *("onnx", "saved_model", "litert", "onnx_prior", "frechet_distance", "parzen", "?"),
]


def renew(folder: Path, kept: Path) -> None:
    """Leaves the next command what this one found."""
    shutil.rmtree(folder / "new", ignore_errors=True)
    shutil.rmtree(folder / "run", ignore_errors=True)
    shutil.copytree(kept, folder / "run")


def random_lines(args: argparse.Namespace, folder: Path, kept: Path) -> int:
    counts: collections.Counter = collections.Counter()
    wrong = 0
    for number in range(args.lines):
        chance = random.Random(f"{args.seed}-{number}")
        arguments = random_line(chance)
        status, said = said_by(arguments, folder)
        outcome = judged(status, said)
        counts[outcome] += 1
        is_wrong = not outcome.startswith("exit")
        wrong += is_wrong
        if is_wrong or args.show:
            print(f"{outcome}: keras-gan {arguments}\n{said[-2000:]}", flush=True)
        renew(folder, kept)
    print(f"{args.lines} command lines: {dict(sorted(counts.items()))}", flush=True)
    return wrong


def random_line(chance: random.Random) -> list[str]:
    """A command, and arguments of which most are options that it has."""
    commands = commands_with_options()
    command = chance.choice([*commands, "digits"])
    options = commands.get(command, {})
    fitting = {"list": [], "train": ["digits"], "copy-recipe": ["digits"]}
    line = [command, *fitting.get(command, ["run"])]
    if chance.random() < 0.4:
        line[1:] = chance.choices(PATHS + WORDS, k=chance.choice((0, 1, 1, 2)))
    some = min(len(options), chance.choice((0, 1, 1, 2, 3)))
    for option in chance.sample([*options], some):
        line.append(option)
        if options[option]:
            kind = chance.choice((PATHS, NUMBERS, WORDS, SMALL, SMALL))
            line.append(chance.choice(kind))
    if command == "train":  # what is right after all ends soon
        line += ["--epochs", "1", "--verbose", "0", "--output-dir", "new"]
    return line


def commands_with_options() -> dict[str, dict[str, bool]]:
    """Every command's options, and whether they take a value."""
    from keras_gan.commands.main import build_parser

    actions = build_parser()._subparsers._group_actions[0].choices
    return {
        name: {
            action.option_strings[-1]: action.nargs != 0
            for action in parser._actions
            if action.option_strings and action.dest not in ("help", "debug")
        }
        for name, parser in actions.items()
    }


# ------------------------------------------------------------------- faults of a disk


def limited(most: int) -> Setup:
    def setup() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return setup


def full_stdout() -> None:
    os.dup2(os.open("/dev/full", os.O_WRONLY), 1)


def closed_stdout() -> None:
    reading, writing = os.pipe()
    os.dup2(writing, 1)
    os.close(reading)
    os.close(writing)


def few_descriptors() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12))


def nobody() -> None:
    if os.geteuid() == 0:
        os.setuid(NOBODY)


FAULTS: dict[str, Setup] = {
    "files of 2 kB": limited(2_000),
    "files of 50 kB": limited(50_000),
    "full stdout": full_stdout,
    "closed stdout": closed_stdout,
    "another user": nobody,
    "12 descriptors": few_descriptors,
}
COMMANDS = {
    "train": ["train", *TRAIN, "--output-dir", "new"],
    "resume": ["train", "digits", "--epochs", "3", "--resume", "--output-dir", "run"],
    "evaluate": ["evaluate", "run"],
    "sample": ["sample", "run", "--output", "new/samples.png"],
    "export": ["export", "run", "--format", "onnx", "--output-dir", "new"],
    "report": ["report", "run"],
}


def disk_faults(args: argparse.Namespace, folder: Path, kept: Path) -> int:
    wrong = 0
    for name, setup in FAULTS.items():
        for command, arguments in COMMANDS.items():
            status, said = said_by(arguments, folder, setup)
            outcome = judged(status, said)
            wrong += not outcome.startswith("exit")
            print(f"{name:<16}{command:<10}{outcome}", flush=True)
            if args.show or not outcome.startswith("exit"):
                print(said[-2000:], flush=True)
            renew(folder, kept)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
