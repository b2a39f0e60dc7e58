"""Training that goes on where it stopped."""

from pathlib import Path

import keras
import numpy as np

BATCH_SIZE = 100


def train(
    model: keras.Model,
    rows: np.ndarray,
    folder: Path,
    optimizer: keras.optimizers.Optimizer,
    rates: np.ndarray,
) -> None:
    """Fits a model to rows, from the last epoch that is in the folder.

    Args:
        model: `keras.Model` with a `train_step`.
        rows: float32 array `[num_rows, …]`.
        folder: `Path`, for weights and the number of epochs.
        optimizer: `keras.optimizers.Optimizer`.
        rates: float array `[num_epochs]`, learning rate of each epoch.
    """
    model.compile(optimizer)
    model.fit(
        rows,
        batch_size=BATCH_SIZE,
        epochs=len(rates),
        callbacks=[
            keras.callbacks.LearningRateScheduler(lambda epoch: float(rates[epoch])),
            keras.callbacks.BackupAndRestore(folder, delete_checkpoint=False),
        ],
        verbose=2,
    )
