"""A run's record and page say how its training ended, whatever ended it."""

import contextlib
from collections.abc import Iterator

from keras_gan._replicas import is_chief
from keras_gan.callbacks import RunRecord
from keras_gan.runs.directory import RunDirectory
from keras_gan.runs.report.page import write_report


@contextlib.contextmanager
def told_how_it_ended(record: RunRecord) -> Iterator[None]:
    """Lets a record state what ended a training, which Keras tells no callback.

    The page about the run is renewed once more, and the folder is free for others.

    Args:
        record: `RunRecord` among the callbacks of the training in the block.
    """
    try:
        yield
    except BaseException as error:
        _tell(record, error)
        _renew_report(record)
        raise


def _tell(record: RunRecord, error: BaseException) -> None:
    if isinstance(error, KeyboardInterrupt):
        record.stop(str(error) or "Ctrl-C")
    elif isinstance(error, Exception):
        with contextlib.suppress(OSError):  # of the disk that is full already
            record.fail(str(error))


def _renew_report(record: RunRecord) -> None:
    directory = RunDirectory(record.directory)
    model = record.model
    if model and is_chief(model.distribute_strategy) and directory.holds_run():
        with contextlib.suppress(OSError, ValueError):  # of the disk that is full
            write_report(directory)
