"""keras_gan plays its game with TensorFlow; any other Keras backend is refused."""

import os


def require_backend(backend: str, cause: Exception | None = None) -> None:
    """Raises unless Keras runs on TensorFlow.

    Args:
        backend: str, that Keras runs on or was asked to run on.
        cause: why it did not start. Defaults to `None`.

    Raises:
        ImportError: if it is another.
    """
    if backend != "tensorflow":
        raise ImportError(
            "keras_gan needs the Keras backend 'tensorflow'. Set the environment "
            f"variable KERAS_BACKEND=tensorflow. Received: backend={backend!r}"
        ) from cause


def requested_backend() -> str:
    """The backend that the environment asks Keras for."""
    return os.environ.get("KERAS_BACKEND") or "tensorflow"
