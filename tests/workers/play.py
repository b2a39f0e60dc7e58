"""One worker of games on several: plays, saves each epoch, leaves its weights.

Called as `play.py EPOCHS FOLDER...`, with TF_CONFIG in the environment: one game for
each folder, the last of which may be cut.
"""

import os
import signal
import sys
from pathlib import Path

import tensorflow as tf

STRATEGY = tf.distribute.MultiWorkerMirroredStrategy()

import keras  # noqa: E402
import numpy as np  # noqa: E402

import keras_gan as kg  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent.parent))
from games import NUM_CLASSES, conditional_gan, everything_of, tiny_images  # noqa: E402


class KilledAtStep(keras.callbacks.Callback):
    """Ends this worker as a power cut would, where the environment asks for it."""

    def on_train_batch_end(self, batch, logs=None):
        step = int(os.environ.get("KILL_AT_STEP", "-1"))
        if self.model.train_steps.numpy() == step:
            os.kill(os.getpid(), signal.SIGKILL)


def play(folder: Path, epochs: int, *callbacks: keras.callbacks.Callback) -> None:
    path = folder / "gan.keras"
    number = STRATEGY.cluster_resolver.task_id
    with STRATEGY.scope():
        if path.exists():
            gan = kg.load(path)
        else:
            gan = conditional_gan(
                conditions={"labels": kg.priors.CategoricalPrior(NUM_CLASSES)},
                ema_half_life=50.0,
            )
            gan.compile(
                *[keras.optimizers.Adam(0.01) for _ in range(2)],
                terms=[kg.terms.R1(1.0, interval=3)],
                discriminator_steps=2,
            )
    history = gan.fit(
        tiny_images(90),
        np.arange(90) % NUM_CLASSES,
        batch_size=10,
        epochs=epochs,
        initial_epoch=int(gan.epochs_completed.numpy()),
        callbacks=[
            *callbacks,
            kg.callbacks.NaNGuard(),
            kg.callbacks.SaveEachEpoch(path),
            kg.callbacks.SampleGrid(folder / "samples", num_samples=4),
            kg.callbacks.RunRecord(folder / "record"),
        ],
        verbose=0,
    ).history
    logs = [history[name][-1] for name in sorted(history)]
    np.savez(folder / f"worker_{number}.npz", *everything_of(gan), np.array(logs))


def main(epochs: int, *folders: Path) -> None:
    for folder in folders[:-1]:
        play(folder, epochs)
    play(folders[-1], epochs, KilledAtStep())


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(Path, sys.argv[2:]))
