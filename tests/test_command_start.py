"""Commands answer at once, and say nothing but their own lines."""

import errno
import importlib
import os
import pkgutil
import subprocess
import sys

import pytest
import tensorflow as tf

import keras_gan as kg
from keras_gan import commands
from keras_gan.commands import COMMANDS
from keras_gan.commands import list as list_command
from keras_gan.commands._signals import Terminated
from keras_gan.commands.main import main

HEAVY = {"keras", "sklearn", "scipy", "tensorflow", "tensorflow_probability"}
STARTED = """
import sys
from keras_gan.commands.main import main
try:
    status = main(sys.argv[1:])
except SystemExit as end:
    status = end.code
print({heavy} & set(sys.modules))
sys.exit(status)
"""


def run(command, **environment):
    unset = {"TF_CPP_MIN_LOG_LEVEL", "KERAS_BACKEND", "CUDA_VISIBLE_DEVICES"}
    kept = {key: value for key, value in os.environ.items() if key not in unset}
    return subprocess.run(
        [sys.executable, *command],
        env={**kept, **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["list"], 0, "goodfellow2014_mnist"),
        (["--help"], 0, "train a recipe"),
        (["--version"], 0, f"keras-gan {kg.__version__}"),
        (["list", "--data"], 0, "olivetti"),
        (["list", "--formats"], 0, "onnx_uint8"),
        (["list", "--json"], 0, '"name": "goodfellow2014_mnist"'),
        *(
            ([command.replace("_", "-"), "--help"], 0, "--debug")
            for command in COMMANDS
        ),
        (["tarin"], 2, "invalid choice: 'tarin'"),
        (["train", "digti"], 2, "Did you mean 'digits'?"),
        (["evaluate", "nowhere"], 2, "holds a run"),
        (["sample", "nowhere", "--output", "x.png"], 2, "holds a run"),
        (["export", "nowhere", "--format", "onnx"], 2, "holds a run"),
        (["resume", "nowhere"], 2, "holds a run"),
        (["report", "nowhere"], 2, "holds a run"),
        (["compare", "nowhere"], 2, "holds a run"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_answers_need_no_tensorflow(arguments, status, told):
    result = run(["-c", STARTED.format(heavy=HEAVY), *arguments])
    assert result.returncode == status, result.stderr
    assert told in result.stdout + result.stderr
    assert result.stdout.splitlines()[-1] == "set()"


def test_a_module_is_a_command_too():
    result = run(["-m", "keras_gan", "list"])
    assert result.returncode == 0
    assert all(name in result.stdout for name in kg.recipes.RECIPES)


@pytest.mark.exhaustive
def test_training_says_nothing_but_its_own_lines(tmp_path):
    train = ["-m", "keras_gan", "train", "digits", "--epochs", "1"]
    result = run([*train, "--output-dir", str(tmp_path / "run")])
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    first, *_, last = result.stdout.splitlines()
    assert first.startswith("digits: epochs 1 to 1, in ")
    assert last.startswith("Trained: ")
    assert "\r" not in result.stdout and "\b" not in result.stdout  # a file, no bars
    export = ["-m", "keras_gan", "export", str(tmp_path / "run"), "--format"]
    result = run([*export, "onnx", "saved_model", "litert"])
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert result.stdout.count("Written: ") == 3


@pytest.mark.exhaustive
def test_a_level_of_the_user_shows_the_banner(tmp_path):
    sample = ["-m", "keras_gan", "sample", str(tmp_path), "--output", "x.png"]
    (tmp_path / "run.json").write_text('{"seed": 0, "status": "running"}')
    shown, hidden = (
        run(sample, TF_CPP_MIN_LOG_LEVEL=level).stderr.splitlines() for level in "02"
    )
    assert any("absl::InitializeLog" in line for line in shown)
    (only,) = hidden
    assert only.startswith("keras-gan: error: ") and "no complete epoch" in only


def test_what_is_held_back_is_shown_where_the_start_fails():
    code = """
import os
from keras_gan.commands._tensorflow import _held_back_stderr
with _held_back_stderr():
    os.write(2, b"of no failure\\n")
with _held_back_stderr():
    os.write(2, b"of a failure\\n")
    raise ValueError("failed")
"""
    result = run(["-c", code])
    assert result.returncode == 1
    assert result.stderr.startswith("of a failure\nTraceback")
    assert result.stderr.endswith("ValueError: failed\n")


@pytest.mark.exhaustive
def test_what_tensorflow_warns_of_later_is_written():
    code = """
from keras_gan.commands._tensorflow import start_tensorflow
start_tensorflow()
import tensorflow as tf
tf.get_logger().warning("retracing")
"""
    said = run(["-c", code]).stderr
    assert "retracing" in said and "Logging error" not in said


@pytest.mark.exhaustive
@pytest.mark.skipif(
    bool(tf.config.list_physical_devices("GPU")), reason="TensorFlow finds the GPU"
)
@pytest.mark.parametrize(("driver", "shown"), [(sys.prefix, True), ("nowhere", False)])
def test_a_gpu_that_is_not_found_is_told_of(driver, shown):
    code = f"""
import pathlib
from keras_gan.commands import _tensorflow
_tensorflow._NVIDIA_DRIVER = pathlib.Path({driver!r})
_tensorflow.start_tensorflow()
"""
    assert ("GPU will not be used" in run(["-c", code]).stderr) == shown


@pytest.mark.parametrize("backend", ["jax", "numpy"])
def test_another_backend_ends_a_command_with_status_2(backend):
    train = ["-m", "keras_gan", "train", "digits"]
    result = run(train, KERAS_BACKEND=backend)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "needs the Keras backend 'tensorflow'" in result.stderr.splitlines()[-1]


def test_every_command_is_listed():
    found = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    assert {name for name in found if name[0] != "_"} - {"main"} == set(COMMANDS)


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (tf.errors.UnavailableError(None, None, "gone\nlong ago"), 75, "lost (gone)"),
        (tf.errors.AbortedError(None, None, "reset"), 75, "lost (reset)"),
        (FloatingPointError("NaN"), 1, "training failed: NaN"),
        (tf.errors.ResourceExhaustedError(None, None, "full\nat"), 1, "failed: full"),
        (
            tf.errors.OutOfRangeError(None, None, "at /a/b; File too large [Op:Save]"),
            *(1, "failed: File too large: /a/b"),
        ),
        (KeyboardInterrupt(), 130, "interrupted; nothing was to be written"),
        (Terminated(), 143, "terminated; nothing was to be written"),
        (ImportError("no tf2onnx"), 2, "error: no tf2onnx"),
        (MemoryError(), 1, "failed: there is too little memory"),
        (OSError(errno.ENOSPC, "No space", "a.keras"), 1, "failed: No space: a.keras"),
        (OSError(errno.EFBIG, "File too large"), 1, "failed: File too large"),
        (OSError(errno.EROFS, "Read-only", "a"), 2, "error: Read-only: a"),
        (OSError(errno.ENAMETOOLONG, "Name too long", "a"), 2, "error: Name too long"),
        (PermissionError(errno.EACCES, "Denied", "a", None, "b"), 2, "Denied: a: b"),
        (OSError("in words\nof our own"), 1, "failed: in words of our own"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 1, "nobody reads stdout"),
    ],
)
def test_errors_have_exit_codes(error, status, told, monkeypatch, capsys):
    def fail(args):
        raise error

    monkeypatch.setattr(list_command, "run", fail)
    assert main(["list"]) == status
    message = capsys.readouterr().err
    assert told in message and len(message.splitlines()) == 1


def test_what_a_stopped_command_says_is_its_own():
    said = {
        name: importlib.import_module(f"keras_gan.commands.{name}").IF_STOPPED
        for name in COMMANDS
    }
    assert len(set(said.values())) == len(COMMANDS)
    assert [name for name in said if "--resume" in said[name]] == ["train"]


def open_without_reader():
    reads, writes = os.pipe()
    os.close(reads)
    return writes


@pytest.mark.parametrize(
    ("stdout", "told"),
    [
        (open_without_reader, "nobody reads stdout any more"),
        (lambda: os.open("/dev/full", os.O_WRONLY), "No space left on device"),
        (None, "stdout is closed"),
    ],
    ids=["pipe", "full", "closed"],
)
def test_stdout_that_nobody_can_write_to(stdout, told):
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no device that is always full")
    command = [sys.executable, "-m", "keras_gan", "list"]
    if stdout is None:
        command = ["sh", "-c", 'exec "$0" "$@" >&-', *command]
    descriptor = subprocess.DEVNULL if stdout is None else stdout()
    result = subprocess.run(
        command, stdout=descriptor, stderr=subprocess.PIPE, text=True
    )
    assert result.returncode == 1
    (only,) = result.stderr.splitlines()
    assert only.startswith("keras-gan: failed: ") and told in only


def test_warnings_are_one_line(tmp_path):
    code = """
import warnings
from keras_gan.commands import list as list_command
from keras_gan.commands.main import main
list_command.run = lambda args: warnings.warn("few rows")
main(["list"])
warnings.warn("afterwards")
"""
    first, second, *_ = run(["-c", code]).stderr.splitlines()
    assert first == "keras-gan: warning: few rows"
    assert second.endswith("UserWarning: afterwards")


@pytest.mark.parametrize(
    "error",
    [
        tf.errors.InvalidArgumentError(None, None, "shapes; Of no file"),
        KeyError("a bug"),
    ],
    ids=["TensorFlow", "KeyError"],
)
def test_a_bug_is_a_sentence_and_a_traceback_where_that_is_asked_for(
    error, monkeypatch, capsys
):
    def fail(args):
        raise error

    monkeypatch.setattr(list_command, "run", fail)
    assert main(["list"]) == 70
    told = capsys.readouterr().err
    assert f"internal error: {type(error).__name__}" in told and "--debug" in told
    with pytest.raises(type(error)):
        main(["list", "--debug"])
