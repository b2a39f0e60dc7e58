"""Does to a run of the command line what may happen to it, and resumes it.

Whatever happened, the run that is resumed must end as the one that nothing happened to:
bit for bit in weights, optimizers and counters, line by line in its history. Children
are forked from a process that has loaded TensorFlow and not begun to use it.

    make chaos
    python tests/stress/chaos.py --faults kill call --trials 50

kill        SIGKILL at a random moment
call        SIGKILL before the n-th call that changes a file or a folder
term        SIGTERM at a random moment: exit 143, and nothing half
twice       two trainers at once: one of them is refused
full        files may have so many bytes and no more: exit 1
read_only   the folder belongs to somebody else: exit 2
vanished    the folder is renamed at a random moment: exit 1
"""

import argparse
import builtins
import collections
import io
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from child import fork, status_of

ROOT = Path(__file__).parent.parent
EPOCHS = 3
NOBODY = 65534
SMALLEST, LARGEST = 50, 60_000  # bytes: from the lock's to nearly those of a GAN
Setup = Callable[[], object]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=[*FAULTS])
    parser.add_argument("--trials", type=int, default=20, help="of each fault")
    parser.add_argument(
        "--first", type=int, default=0, help="number of the first trial"
    )
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    load()
    num_wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        uncut = Path(folder, "uncut")
        assert train(uncut) == 0
        for fault in args.faults:
            counts: collections.Counter = collections.Counter()
            for trial in range(args.first, args.first + args.trials):
                chance = random.Random(f"{fault}-{args.seed}-{trial}")
                run = Path(folder, f"{fault}-{trial}")
                told = FAULTS[fault](run, chance, trial)
                outcome = told or judged(run, uncut)
                counts[outcome] += 1
                print(f"{fault} {trial}: {outcome}", file=sys.stderr, flush=True)
                shutil.rmtree(run, ignore_errors=True)
            said = ", ".join(f"{what} {count}" for what, count in counts.items())
            print(f"{fault:<12}{args.trials} trials: {said}", flush=True)
            num_wrong += args.trials - counts["bit-equal"]
    return 1 if num_wrong else 0


def load() -> None:
    """Loads all that a training needs; nothing is computed, so that forks are free."""
    sys.path.insert(0, str(ROOT))
    from games import small_recipe

    from keras_gan.recipes import RECIPES

    RECIPES["digits"] = small_recipe("digits", passes_per_epoch=2)


def start(run: Path, setup: Setup = lambda: None) -> int:
    """Forks a trainer of a run; returns its process."""

    def work() -> int:
        os.setsid()
        setup()
        from keras_gan.commands.main import main as command

        train = ["train", "digits", "--verbose", "0", "--epochs", str(EPOCHS)]
        return command([*train, "--resume", "--output-dir", str(run)])

    return fork(work, Path(os.devnull))


def train(run: Path, setup: Setup = lambda: None) -> int:
    return status_of(start(run, setup))


def judged(run: Path, uncut: Path) -> str:
    """Resumes the run; what distinguishes it from the one that nothing happened to."""
    status = train(run)
    if status:
        return f"NOT RESUMED (exit {status})"
    left = [path.name for path in run.rglob(".*")]
    if left:
        return f"LEFT {left}"
    if history(run) != history(uncut):
        return "ANOTHER HISTORY"
    for name in ("model.keras", "best.keras"):
        if weights(run / name) != weights(uncut / name):
            return f"ANOTHER {name}"
    return "bit-equal"


def history(run: Path) -> list[dict]:
    lines = (run / "history.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return [{name: row[name] for name in row if name != "seconds"} for row in rows]


def weights(path: Path) -> dict[str, bytes]:
    import h5py

    arrays = {}
    with zipfile.ZipFile(path) as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content) as file:
        file.visititems(
            lambda name, item: (
                arrays.update({name: item[()].tobytes()})
                if hasattr(item, "dtype")
                else None
            )
        )
    assert len(arrays) > 10, f"too little to compare: {sorted(arrays)}"
    return arrays


# -------------------------------------------------- faults: `None`, or what was wrong


def kill(run: Path, chance: random.Random, trial: int) -> str | None:
    return signaled(run, chance, signal.SIGKILL, (-signal.SIGKILL, 0))


def term(run: Path, chance: random.Random, trial: int) -> str | None:
    wrong = signaled(run, chance, signal.SIGTERM, (143, 0))
    left = [path.name for path in run.rglob(".*")]
    return wrong or (f"LEFT {left}" if left else None)


def signaled(
    run: Path, chance: random.Random, number: int, allowed: tuple[int, ...]
) -> str | None:
    process = start(run)
    wait_for_a_moment(run, chance)
    try:
        os.kill(process, number)
    except ProcessLookupError:
        pass
    return unless(status_of(process), *allowed)


def call(run: Path, chance: random.Random, trial: int) -> str | None:
    return unless(train(run, lambda: kill_at_call(2 * trial + 1)), -signal.SIGKILL, 0)


def twice(run: Path, chance: random.Random, trial: int) -> str | None:
    first = start(run)
    time.sleep(chance.uniform(0, 1))
    second = start(run)
    statuses = sorted([status_of(first), status_of(second)])
    # The other may begin when the first has ended, or find that all is done.
    return None if statuses in ([0, 2], [0, 0]) else f"EXITS {statuses}"


def full(run: Path, chance: random.Random, trial: int) -> str | None:
    most = chance.randint(SMALLEST, LARGEST)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return unless(train(run, limit), 1)


def read_only(run: Path, chance: random.Random, trial: int) -> str | None:
    run.mkdir()
    run.parent.chmod(0o755)
    run.chmod(0o555)

    def become_nobody() -> None:
        if os.geteuid() == 0:
            os.setuid(NOBODY)

    status = train(run, become_nobody)
    run.chmod(0o755)
    return unless(status, 2)


def vanished(run: Path, chance: random.Random, trial: int) -> str | None:
    process, moved = start(run), run.with_name(f"{run.name}-moved")
    wait_for_a_moment(run, chance)
    run.rename(moved)
    status = status_of(process)
    if run.exists():
        return f"MADE ANEW {[path.name for path in run.rglob('*')]}"
    moved.rename(run)
    return unless(status, 0, 1)


def unless(status: int, *allowed: int) -> str | None:
    return None if status in allowed else f"EXIT {status}"


def wait_for_a_moment(run: Path, chance: random.Random) -> None:
    """Until the run has begun, and a random while more."""
    deadline = time.monotonic() + 60
    while not (run / "run.json").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(chance.uniform(0, 1.5))


def kill_at_call(number: int) -> None:
    """Ends this process before its n-th call that changes a folder or a file."""
    calls = 0

    def counted(function: Callable) -> Callable:
        def wrapper(*args, **more):
            nonlocal calls
            calls += 1
            if calls == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **more)

        return wrapper

    for name in ("mkdir", "replace", "rename", "fsync", "rmdir", "unlink"):
        setattr(os, name, counted(getattr(os, name)))
    opened = io.open

    def open_counted(file, mode="r", *args, **more):
        is_read = not set(mode) & set("wax+")
        return (opened if is_read else counted(opened))(file, mode, *args, **more)

    io.open = builtins.open = open_counted


FAULTS = {
    one.__name__: one for one in (kill, call, term, twice, full, read_only, vanished)
}


if __name__ == "__main__":
    sys.exit(main())
