"""TensorFlow for a command: loaded without its banner."""

import contextlib
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO, cast

from keras_gan.commands._shared import say

_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_ERRORS = 2  # and what is worse
# Errors that end something are exceptions of Python besides. The others frighten for
# nothing: that graphs with a convolution before a LeakyReLU could not be rewritten once
# more (oneDNN's remapper), at each training of a DCGAN.
_ONLY_THE_LAST_WORDS = 3
_VISIBLE = "CUDA_VISIBLE_DEVICES"  # where the user says which GPUs there are
_NVIDIA_DRIVER = Path("/proc/driver/nvidia")


def start_tensorflow(purpose: str = "") -> None:
    """Loads TensorFlow, and shows nothing of what it says itself, unless told to.

    Some lines come before TensorFlow heeds its level: which instructions it would use,
    and that there is no GPU. They are held back, and shown where the import fails or a
    GPU that the machine has is not found. The environment
    variable TF_CPP_MIN_LOG_LEVEL shows more: 2 errors, 0 or 1 all of it.

    Args:
        purpose: str, what it is loaded for, such as "to draw samples": said first, for
            commands that are silent for seconds after it. Defaults to `""`, silence.
    """
    if "tensorflow" in sys.modules:
        return
    if purpose:
        say(f"Loading TensorFlow {purpose}")
    if os.environ.setdefault(_LEVEL, str(_ONLY_THE_LAST_WORDS)) < str(_ERRORS):
        return
    with _held_back_stderr() as show:
        import keras  # noqa: F401
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
        expected = _NVIDIA_DRIVER.exists() and _VISIBLE not in os.environ
        if expected and not gpus:
            show()


@contextlib.contextmanager
def _held_back_stderr() -> Iterator[Callable[[], None]]:
    """Keeps what C++ writes to stderr, until told to show it or something raises.

    What Python writes goes on to be seen.
    """
    if sys.stderr is None:  # closed: there is nothing to hold back
        yield lambda: None
        return
    with tempfile.TemporaryFile() as held:

        def show() -> None:
            held.seek(0)
            shutil.copyfileobj(held, open_stderr.buffer)
            open_stderr.flush()

        python_stderr, descriptor = sys.stderr, os.dup(2)
        open_stderr = os.fdopen(descriptor, "w")
        os.dup2(held.fileno(), 2)
        if python_stderr.fileno() == 2:
            sys.stderr = open_stderr
        try:
            yield show
        except BaseException:
            show()
            raise
        finally:
            os.dup2(descriptor, 2)
            sys.stderr = python_stderr
            _redirect_loggers(open_stderr, python_stderr)
            open_stderr.close()


def _redirect_loggers(closing: TextIO, stderr: TextIO) -> None:
    """Lets what was imported meanwhile go on to log where it can be written."""
    for name in ("tensorflow", "absl"):
        for handler in logging.getLogger(name).handlers:
            if getattr(handler, "stream", None) is closing:
                cast(logging.StreamHandler[TextIO], handler).setStream(stderr)
