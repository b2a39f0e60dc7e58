"""keras_gan plays its game with TensorFlow; any other Keras backend is refused."""

import os
import sys
from pathlib import Path


def require_tensorflow_backend() -> None:
    """Raises unless Keras runs on TensorFlow; as a command, exits with status 2.

    It runs on import, before anything that needs TensorFlow. The command line cannot
    catch an error from its own package's import, so that case ends the process here.
    """
    backend = _keras_backend()
    if backend == "tensorflow":
        return
    message = (
        "keras_gan needs the Keras backend 'tensorflow'. Set the environment variable "
        f"KERAS_BACKEND=tensorflow. Received: backend={backend!r}"
    )
    if Path(sys.argv[0]).stem == "keras-gan" or sys.argv[0] == "-m":
        sys.stderr.write(f"keras-gan: error: {message}\n")
        raise SystemExit(2)
    raise ImportError(message)


def _keras_backend() -> str:
    try:
        import keras
    except ImportError:
        # Keras imports its backend: without that package its own import fails.
        requested = os.environ.get("KERAS_BACKEND", "tensorflow")
        if requested == "tensorflow":
            raise
        return requested
    return str(keras.backend.backend())
