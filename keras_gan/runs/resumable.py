"""A training in a program of your own that goes on where it was stopped."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from keras_gan._run_files import MODEL
from keras_gan._types import Config
from keras_gan._validation import check_integer
from keras_gan.callbacks import RunRecord, SaveEachEpoch
from keras_gan.gan import GAN
from keras_gan.runs.directory import RunDirectory
from keras_gan.runs.endings import told_how_it_ended
from keras_gan.runs.report.callback import RunReport
from keras_gan.saving import load
from keras_gan.training.fit_arguments import checked_callbacks


def load_or_build(directory: str | os.PathLike[str], build: Callable[[], GAN]) -> GAN:
    """Loads the GAN of a run after its last complete epoch, or builds a new one.

    What a program of your own begins with, so that the same command goes on where it
    was stopped; `fit_to` trains what this returns.

    Args:
        directory: folder of the run; it need not exist.
        build: function without arguments that returns the compiled, untrained `GAN`.
            It is called where the folder holds no complete epoch.

    Returns:
        gan: `GAN`, as it was saved, optimizers and counters included, or as `build`
            returned it.

    Raises:
        ValueError: if the file of the run is damaged, or of classes unknown here.
        TypeError: if `build` returns something else than a `GAN`.

    Example:
    ```python
    gan = kg.runs.load_or_build("runs/first", build)
    kg.runs.fit_to(gan, "runs/first", images, epochs=50)
    ```
    """
    model = _model_in(directory)
    if model.exists():
        return load(model)
    gan = build()
    if not isinstance(gan, GAN):
        raise TypeError(
            f"`build` must return a compiled `GAN`. Received: {type(gan).__name__}"
        )
    return gan


def fit_to(
    gan: GAN,
    directory: str | os.PathLike[str],
    x: Any,
    y: Any = None,
    *,
    epochs: int,
    about: Config | None = None,
    callbacks: Any = None,
    **options: Any,
) -> keras.callbacks.History | None:
    """Trains until the GAN has completed `epochs`, and keeps each in a run's folder.

    `gan.fit` with what a long training in a program of your own needs: it begins after
    the epochs that are completed, writes `run.json`, `history.jsonl`, `model.keras` and
    `report.html` after each (`RunRecord`, `SaveEachEpoch`, `RunReport`), and does
    nothing where none is left. A training that was killed goes on exactly, to the same
    weights, when the program is started anew with `load_or_build`.

    Args:
        gan: compiled `GAN`, of `load_or_build`.
        directory: folder of the run; it is created.
        x: data, as `gan.fit` takes them.
        y: labels, as `gan.fit` takes them. Defaults to `None`.
        epochs: int, at least 1, that the GAN is to have completed in the end.
        about: dict, what else `run.json` is to say, as of `RunRecord`. Defaults to
            `None`.
        callbacks: Keras callback, or a list of them, called before those that keep the
            run, so that `history.jsonl` has what they log. Defaults to `None`.
        **options: others of `gan.fit`, such as `batch_size` and `verbose`.

    Returns:
        history: the `History` of `gan.fit`, of the epochs trained now, or `None` where
            all were completed before.

    Raises:
        ValueError: if `epochs` is below 1, or as `RunRecord` raises it.
        TypeError: if `options` hold `initial_epoch`, which the GAN counts.
        FileExistsError: if the folder holds another run, or another process trains in
            it.

    Example:
    ```python
    gan = kg.runs.load_or_build("runs/first", build)
    grid = kg.callbacks.SampleGrid("runs/first/samples")
    kg.runs.fit_to(gan, "runs/first", images, epochs=50, callbacks=[grid])
    ```
    """
    check_integer("epochs", epochs, minimum=1)
    if "initial_epoch" in options:
        raise TypeError(
            "`initial_epoch` must be left out: the GAN counts its epochs. Received: "
            f"initial_epoch={options['initial_epoch']!r}"
        )
    completed = int(gan.epochs_completed.numpy())
    run = RunDirectory(Path(directory))
    if completed >= epochs:
        run.state_finished()
        return None
    record, save = RunRecord(run.path, about), SaveEachEpoch(_model_in(directory))
    report = RunReport(run.path)
    with told_how_it_ended(record):
        return gan.fit(
            x,
            y,
            epochs=epochs,
            initial_epoch=completed,
            # The record just before the GAN: an epoch counts once it is saved.
            callbacks=[*checked_callbacks(callbacks), record, save, report],
            **options,
        )


def _model_in(directory: str | os.PathLike[str]) -> Path:
    """By its own name: another GAN in the folder is somebody else's."""
    return Path(directory) / MODEL
