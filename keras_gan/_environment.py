"""Where and when something was made: versions, machine, time, and configs as JSON."""

import datetime
import importlib.metadata
import json
import os
import platform
from typing import Any

from keras_gan._version import __version__

_PACKAGES = ("keras", "tensorflow", "tensorflow-probability", "numpy", "scikit-learn")


def record_environment() -> dict[str, str]:
    """Returns versions and machine, as a run record keeps them.

    Example:
    >>> sorted(record_environment())[:3]
    ['date', 'keras', 'keras-gan']
    """
    versions = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {
        **versions,
        "keras-gan": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "num_cpus": str(os.cpu_count()),
        "date": timestamp(),
    }


def timestamp() -> str:
    """Returns the present second in UTC, as ISO 8601 writes it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def jsonable(value: Any) -> Any:
    """Returns a copy of a Keras config that JSON can hold."""
    return json.loads(json.dumps(value, default=str))
