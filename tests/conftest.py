"""What the tests share: small games, the embedded digits, and real data if named."""

import gc
import os
from collections import Counter
from pathlib import Path

from keras_gan._processor import turn_onednn_on

# As the command line does; without it XLA would compile every larger game.
turn_onednn_on()

import keras  # noqa: E402
import pytest  # noqa: E402
import tensorflow as tf  # noqa: E402
import threadpoolctl  # noqa: E402
from games import make_tiny_gan  # noqa: E402

import keras_gan as kg  # noqa: E402
from keras_gan._replicas import named_strategy  # noqa: E402

# Two devices on any machine, before TensorFlow has looked for any.
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0],
    [tf.config.LogicalDeviceConfiguration()] * 2,
)


# Files that take a minute or so: begun last, one would keep a single worker busy.
SLOW_FILES = (
    "test_examples",
    "test_multi_worker",
    "test_variable_order",
    "test_strategies",
    "test_recorded_games",
    "test_conformance",
    "test_commands",
    "test_keras_machinery",
    "test_readme",
    "test_lazy_import",
    "test_stacked_mnist",
    "test_callbacks",
)


@pytest.hookimpl(tryfirst=True)  # before pytest deselects by marks
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.stem not in SLOW_FILES)
    cases = Counter()
    for item in items:
        one_in = item.get_closest_marker("one_in")
        if one_in is None:
            continue
        test = (item.path, item.originalname)
        if cases[test] % one_in.args[0]:
            item.add_marker(pytest.mark.exhaustive)
        cases[test] += 1


def pytest_collection_finish():
    # Tracing a step allocates millions of objects; looking through all modules and
    # tests again and again for what may be freed took a fifth of the suite's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # Python's own: 700, 10, 10


@pytest.fixture(scope="session")
def digits():
    return kg.datasets.load_digits()


@pytest.fixture
def tiny_gan():
    return make_tiny_gan()


@pytest.fixture
def one_thread():
    """Small sets are slower to share among threads than to do at once."""
    with threadpoolctl.threadpool_limits(1):
        yield


@pytest.fixture
def real_data_dir() -> Path:
    named = os.environ.get("KERAS_GAN_DATA")
    if not named:
        pytest.skip("KERAS_GAN_DATA is unset: it names the folder with real datasets")
    return Path(named)


@pytest.fixture(scope="session")
def two_replicas():
    if tf.config.list_logical_devices("GPU"):
        return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    return named_strategy("mirrored")  # the one that the command line takes


@pytest.fixture
def play_here():
    """Parity plays artefacts in this process, as tests/exports.py has it."""
    from exports import played_here

    with played_here():
        yield


@pytest.fixture(scope="session")
def conditional_exports(tmp_path_factory):
    import exports

    return exports.conditional_exports(tmp_path_factory.mktemp("conditional"))


@pytest.fixture(scope="session")
def unconditional_exports(tmp_path_factory):
    import exports

    return exports.unconditional_exports(tmp_path_factory.mktemp("unconditional"))


@pytest.fixture
def dtype_policy():
    """Sets the global policy, until the test is over."""
    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)
