"""A small game for hours: how its memory grows, without saves and with them.

    make stress-soak                              # an hour
    python tests/stress/soak.py                  # three
    python tests/stress/soak.py --minutes 20

A third of the time is warm-up (the allocator takes what it will hold, the caches of
Keras and TensorFlow fill), a third is played without saves, a third with a save each
epoch. Resident memory is read after every epoch of 4,000 steps; slopes are
least-squares lines, in MB an hour and, with saves, in kB a save, printed as each part
ends; a reading is printed every five minutes, so that a bend can be seen. Epochs are
long, as `keras.callbacks.History` and this script keep a row of each, which is no leak.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from memory import resident

ROOT = Path(__file__).parent.parent
STEPS, BATCH_SIZE = 4_000, 50
SECONDS_BETWEEN_PRINTS = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=180.0)
    parser.add_argument(
        "--most", type=float, default=1.0, help="MB an hour without saves"
    )
    args = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.path.insert(0, str(ROOT))
    import keras
    from games import make_tiny_gan, tiny_images

    import keras_gan as kg

    gan, images = make_tiny_gan(ema_half_life=100.0), tiny_images(STEPS * BATCH_SIZE)
    seconds = 20 * args.minutes
    with tempfile.TemporaryDirectory() as folder:
        saves = [kg.callbacks.SaveEachEpoch(Path(folder, "gan.keras"))]
        play("warm-up", keras, gan, images, seconds, [])
        without = play("without saves", keras, gan, images, seconds, [])
        slope, epochs = slope_of(without)
        print(f"without saves: {slope:.2f} MB an hour over {epochs} epochs", flush=True)
        with_saves = play("with saves", keras, gan, images, seconds, saves)
    slope_with, epochs = slope_of(with_saves)
    hours = (with_saves[-1][0] - with_saves[0][0]) / 3600
    per_save = 1000 * slope_with * hours / len(with_saves)
    print(
        f"with a save each epoch: {slope_with:.2f} MB an hour over {epochs} epochs, "
        f"{per_save:.1f} kB a save"
    )
    return int(slope > args.most)


def play(part, keras, gan, images, seconds, callbacks) -> list[tuple[float, float]]:
    """Plays for so long; returns seconds and MB after every epoch."""
    readings: list[tuple[float, float]] = []
    printed = -SECONDS_BETWEEN_PRINTS

    class Reading(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            nonlocal printed
            readings.append((time.monotonic(), resident()))
            played = time.monotonic() - begun
            if played >= printed + SECONDS_BETWEEN_PRINTS or played > seconds:
                printed = played
                memory = f"{readings[-1][1]:.2f} MB"
                print(f"{part}, minute {played / 60:.0f}: {memory}", flush=True)
            if played > seconds:
                self.model.stop_training = True

    begun = time.monotonic()
    gan.fit(
        images,
        batch_size=BATCH_SIZE,
        epochs=10**9,
        initial_epoch=0,
        callbacks=[*callbacks, Reading()],
        verbose=0,
    )
    return readings


def slope_of(readings: list[tuple[float, float]]) -> tuple[float, int]:
    """MB an hour, and the epochs that it is from."""
    times, memory = np.array(readings).T
    return float(np.polyfit(times / 3600, memory, 1)[0]), len(readings)


if __name__ == "__main__":
    sys.exit(main())
