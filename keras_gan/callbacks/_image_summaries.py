"""Pictures where TensorBoard shows them."""

import importlib.util
import os
from pathlib import Path
from typing import Any

import tensorflow as tf


class ImageSummaries:
    """Writes pictures as image summaries, epoch by epoch, for TensorBoard.

    Args:
        directory: folder of the event files, created with the first picture.
        name: str, what TensorBoard calls the pictures.

    Raises:
        ImportError: if TensorBoard is not installed.
    """

    def __init__(self, directory: str | os.PathLike[str], name: str) -> None:
        if not importlib.util.find_spec("tensorboard"):
            raise ImportError(
                "Summaries of pictures need TensorBoard: pip install tensorboard"
            )
        self._directory = os.fspath(directory)
        self._name = name
        self._writer: Any = None

    def write(self, path: Path, epoch: int) -> None:
        """Adds the picture in a PNG file, as that of an epoch."""
        if self._writer is None:
            self._writer = tf.summary.create_file_writer(self._directory)
        picture = tf.io.decode_png(path.read_bytes())  # [height, width, channels]
        # Keras's callback leaves its own condition, steps that it logs, switched on.
        with tf.summary.record_if(True), self._writer.as_default():
            tf.summary.image(self._name, picture[tf.newaxis], step=epoch)
        self._writer.flush()

    def close(self) -> None:
        """Ends the event file; a later picture begins another one."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
