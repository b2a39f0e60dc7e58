"""Kills a game twenty times in a row and compares it with one that never stopped.

Every rule that has a memory is on: dropout, three discriminator steps, a lazy penalty,
the moving average. A child process plays; it is killed by SIGKILL at a random moment
after a random step, while it plays or while it saves, and started again from what it
left. At the end weights, average, both optimizers, counters and random states must be
bit for bit those of the uninterrupted game.

    make stress                               # every way of playing, twenty kills each
    python tests/stress/kill_and_resume.py --ways xla replicas --kills 5
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

WAYS = ("plain", "xla", "steps_per_execution", "replicas", "float16")
STEPS_PER_EPOCH = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    failed = [way for way in args.ways if not survives(way, args.kills, args.seed)]
    return 1 if failed else 0


def survives(way: str, kills: int, seed: int) -> bool:
    started = time.monotonic()
    chance = random.Random(f"{way}-{seed}")
    # Two epochs at most pass between two kills: the last one still has some to play.
    epochs = 2 * kills + 2
    with tempfile.TemporaryDirectory() as folder:
        whole, stopped = Path(folder, "whole.keras"), Path(folder, "stopped.keras")
        assert play(way, whole, epochs) == 0
        for kill in range(kills):
            step = chance.randint(1, 2 * STEPS_PER_EPOCH)
            status = play(way, stopped, epochs, step, chance.uniform(0, 0.1))
            assert status == -signal.SIGKILL, f"{way}: exit {status} at kill {kill}"
        assert play(way, stopped, epochs) == 0
        equal = compare(whole, stopped)
    verdict = "bit-equal" if equal else "DIFFERS"
    seconds = time.monotonic() - started
    print(f"{way:<20}{kills} kills, {epochs} epochs: {verdict} ({seconds:.0f} s)")
    sys.stdout.flush()
    return equal


def play(
    way: str, path: Path, epochs: int, kill_at: int = 0, delay: float = 0.0
) -> int:
    command = [sys.executable, __file__, way, path, epochs, kill_at, delay]
    return subprocess.run([str(part) for part in command], env=child_env()).returncode


def child_env() -> dict[str, str]:
    return {**os.environ, "KILL_AND_RESUME_CHILD": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}


def compare(first: Path, second: Path) -> bool:
    import h5py
    import numpy as np

    states = []
    for path in (first, second):
        with h5py.File(path.with_suffix(".weights.h5")) as file:
            arrays: dict[str, np.ndarray] = {}
            file.visititems(
                lambda name, item, arrays=arrays: (
                    arrays.update({name: item[()]}) if hasattr(item, "dtype") else None
                )
            )
            states.append(arrays)
    assert len(states[0]) > 30, f"too little to compare: {sorted(states[0])}"
    return states[0].keys() == states[1].keys() and all(
        np.array_equal(states[0][name], states[1][name]) for name in states[0]
    )


# ---------------------------------------------------------------- the child process


def child(way: str, path: Path, epochs: int, kill_at: int, delay: float) -> None:
    import keras
    import tensorflow as tf

    import keras_gan as kg

    # Replicas on devices that TensorFlow does not know would wait for ever.
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration()] * 2,
    )
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from games import make_tiny_gan, tiny_images

    class Killer(keras.callbacks.Callback):
        steps = 0

        def on_train_batch_end(self, batch, logs=None):
            self.steps = self.model.train_steps.numpy() - begun
            if kill_at and self.steps >= kill_at:
                kill = lambda: os.kill(os.getpid(), signal.SIGKILL)  # noqa: E731
                threading.Timer(delay, kill).start()

    keras.config.set_dtype_policy("mixed_float16" if way == "float16" else "float32")
    replicas = ["CPU:0", "CPU:1"] if way == "replicas" else ["CPU:0"]
    strategy = tf.distribute.MirroredStrategy(replicas)
    with strategy.scope() if way == "replicas" else tf.device("CPU:0"):
        if path.exists():
            gan = kg.load(path)
        else:
            gan = make_tiny_gan(
                discriminator_steps=3,
                terms=[kg.terms.R1(1.0, interval=4)],
                ema_half_life=50.0,
                jit_compile=way == "xla",
                steps_per_execution=4 if way == "steps_per_execution" else 1,
            )
    begun = int(gan.train_steps.numpy())
    gan.fit(
        tiny_images(12 * STEPS_PER_EPOCH - 1),
        batch_size=4,
        epochs=epochs,
        initial_epoch=int(gan.epochs_completed.numpy()),
        callbacks=[Killer(), kg.callbacks.SaveEachEpoch(path)],
        verbose=0,
    )
    if kill_at:
        time.sleep(1)  # the timer may still run
    gan.save_weights(path.with_suffix(".weights.h5"))


if __name__ == "__main__":
    if os.environ.get("KILL_AND_RESUME_CHILD"):
        way, path, epochs, kill_at, delay = sys.argv[1:]
        child(way, Path(path), int(epochs), int(kill_at), float(delay))
    else:
        sys.exit(main())
