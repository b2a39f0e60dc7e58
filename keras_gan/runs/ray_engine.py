"""Several workers that Ray starts, watches and starts again."""

import contextlib
import importlib
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from keras_gan._validation import check_integer, check_positive_integer

_SECONDS_BETWEEN_LOOKS = 0.2  # at the log that is followed
_OF_A_WORKER = re.compile(r"worker_\d+\.(log|status)")  # of an earlier training


def train_with_ray(
    train_loop: Callable[[], int | None],
    num_workers: int,
    log_dir: str | os.PathLike[str],
    *,
    max_failures: int = 3,
    cpus_per_worker: int = 1,
    gpus_per_worker: int = 0,
    verbose: int = 1,
) -> int:
    """Plays a training loop in workers of Ray Train, again where one of them is lost.

    When to use it: where one machine is too slow, on a cluster that Ray runs, or to
    have lost workers started again. `keras-gan train RECIPE --engine ray --workers N`
    does it for a recipe.

    Ray writes `TF_CONFIG` for each worker, so that the loop builds its GAN in the scope
    of a `tf.distribute.MultiWorkerMirroredStrategy`. A worker that dies, or whose loop
    raises, ends them all; then all are started anew, and the loop has to go on from
    what it saved, in a folder that every worker can reach. With `SaveEachEpoch` and
    `kg.load` it ends in the bits of a run that nobody cut.

    Args:
        train_loop: function without arguments, which Ray sends to the workers. It
            returns an exit status, or `None` for 0.
        num_workers: int, at least 1.
        log_dir: folder for what each worker says, `worker_0.log` and so on, of which
            those of before are removed; as the run's own folder, on storage that all
            machines share.
        max_failures: int, at least 0, how often all may be started anew.
            Defaults to `3`.
        cpus_per_worker: int, at least 1. Defaults to `1`.
        gpus_per_worker: int, at least 0. Defaults to `0`.
        verbose: int, 1 shows what the first worker says. Defaults to `1`.

    Returns:
        status: int, the largest of the loop's.

    Raises:
        ImportError: if Ray is not installed.
        RuntimeError: if the workers were lost more than `max_failures` times.

    Example:
    ```python
    def loop():
        with tf.distribute.MultiWorkerMirroredStrategy().scope():
            gan = kg.load(path) if path.exists() else build()
        played = int(gan.epochs_completed.numpy())
        gan.fit(images, epochs=50, initial_epoch=played,
                callbacks=[kg.callbacks.SaveEachEpoch(path)])

    kg.runs.train_with_ray(loop, num_workers=4, log_dir="/shared/runs/faces/ray")
    ```

    References:
        https://docs.ray.io/en/latest/train/distributed-tensorflow-keras.html
    """
    check_positive_integer("num_workers", num_workers)
    check_integer("max_failures", max_failures)
    check_positive_integer("cpus_per_worker", cpus_per_worker)
    check_integer("gpus_per_worker", gpus_per_worker)
    train, trainers = _ray("train"), _ray("train.tensorflow")
    folder = Path(log_dir).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    _remove_what_workers_left(folder)
    resources = {"CPU": cpus_per_worker, "GPU": gpus_per_worker}
    trainer = trainers.TensorflowTrainer(
        _in_worker(train_loop, folder, Path.cwd()),
        scaling_config=train.ScalingConfig(
            num_workers=num_workers,
            use_gpu=gpus_per_worker > 0,
            resources_per_worker=resources,
        ),
        run_config=train.RunConfig(
            name="ray",
            storage_path=str(folder),
            failure_config=train.FailureConfig(max_failures=max_failures),
        ),
    )
    with started_ray("train"), _followed(folder / "worker_0.log", verbose):
        try:
            trainer.fit()
        except train.TrainingFailedError as error:
            raise RuntimeError(
                f"The workers were lost more than {max_failures} times; see what they "
                f"said in {folder}."
            ) from error
    return max(
        int((folder / f"worker_{rank}.status").read_text())
        for rank in range(num_workers)
    )


def _remove_what_workers_left(folder: Path) -> None:
    for path in folder.iterdir():
        if _OF_A_WORKER.fullmatch(path.name):
            path.unlink()


def _in_worker(
    train_loop: Callable[[], int | None], folder: Path, working_directory: Path
) -> Callable[[], None]:
    def play() -> None:
        from ray import train

        rank = train.get_context().get_world_rank()
        os.chdir(working_directory)
        # The process itself: TensorFlow writes past Python's streams.
        with (folder / f"worker_{rank}.log").open("ab") as log:
            for descriptor in (1, 2):
                os.dup2(log.fileno(), descriptor)
        status = train_loop() or 0
        (folder / f"worker_{rank}.status").write_text(str(status))

    return play


@contextlib.contextmanager
def started_ray(room: str) -> Iterator[Any]:
    """Ray as it runs, or one of this machine's own for as long as it is needed.

    Args:
        room: str, module of Ray that is needed too.

    Raises:
        ImportError: if Ray is not installed.
    """
    _ray(room)
    import ray

    if ray.is_initialized():
        yield ray
        return
    own = "RAY_ADDRESS" not in os.environ
    ray.init(
        include_dashboard=False if own else None,
        log_to_driver=False,
        configure_logging=False,
    )
    try:
        yield ray
    finally:
        ray.shutdown()


@contextlib.contextmanager
def _followed(path: Path, verbose: int) -> Iterator[None]:
    """Prints the lines of a file as they come."""
    if not verbose:
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_print_lines, args=(path, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _print_lines(path: Path, done: threading.Event) -> None:
    read = 0
    while True:
        is_last = done.wait(_SECONDS_BETWEEN_LOOKS)
        if path.exists():
            with path.open("rb") as file:
                file.seek(read)
                text = file.read()
            read += len(text)
            sys.stdout.write(text.decode(errors="replace"))
            sys.stdout.flush()
        if is_last:
            return


def _ray(room: str) -> Any:
    # It would tell its makers of each use.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        return importlib.import_module(f"ray.{room}")
    except ImportError as error:
        raise ImportError("This needs Ray: pip install keras-gan[ray]") from error
