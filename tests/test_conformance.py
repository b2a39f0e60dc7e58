"""What must hold of every public object, whichever it is."""

import inspect
import json
import pkgutil
import subprocess
import sys

import keras
import numpy as np
import pytest
from catalog import SERIALIZABLE
from conftest import make_tiny_gan, tiny_images

import keras_gan as kg

ROOMS = (
    "augmentation",
    "constraints",
    "layers",
    "objectives",
    "optimizers",
    "penalties",
    "priors",
    "schedules",
)


@pytest.mark.parametrize("original", SERIALIZABLE, ids=lambda o: type(o).__name__)
def test_config_to_json_to_object(original):
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(original)))
    restored = keras.saving.deserialize_keras_object(config)
    assert type(restored) is type(original)
    assert restored.get_config() == original.get_config()
    assert dir(restored) == dir(original)


def test_no_public_class_is_missing_from_the_catalog():
    public = {
        value
        for room in ROOMS
        for name, value in vars(getattr(kg, room)).items()
        if inspect.isclass(value)
        and value.__module__.startswith(f"keras_gan.{room}")
        and not name.startswith("_")
        and not inspect.isabstract(value)
    }
    assert public == {type(entry) for entry in SERIALIZABLE}


def test_every_serializable_class_belongs_to_the_package():
    for entry in SERIALIZABLE:
        name = keras.saving.get_registered_name(type(entry))
        assert name == f"keras_gan>{type(entry).__name__}"


@pytest.mark.parametrize("objective", sorted(kg.objectives._BY_NAME))
@pytest.mark.parametrize("simultaneous", [False, True])
def test_every_objective_plays_saves_and_loads(objective, simultaneous, tmp_path):
    gan = make_tiny_gan(
        objective=objective,
        simultaneous=simultaneous,
        discriminator_constraint=kg.constraints.WeightClipping(0.5),
    )
    gan.fit(tiny_images(), batch_size=10, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras")
    assert type(loaded.objective) is type(gan.objective)
    np.testing.assert_array_equal(loaded.sample(3, seed=0), gan.sample(3, seed=0))


def test_a_saved_gan_loads_in_a_fresh_process(tmp_path):
    gan = make_tiny_gan()
    gan.save(tmp_path / "gan.keras")
    code = (
        "import sys, keras_gan as kg;"
        "print(kg.load(sys.argv[1]).sample(2, seed=1).ravel().tolist())"
    )
    output = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "gan.keras")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    np.testing.assert_allclose(
        json.loads(output), gan.sample(2, seed=1).ravel(), rtol=1e-6
    )


def test_public_names_are_documented_and_exist():
    modules = [kg, *(getattr(kg, name) for name in dir(kg) if name in ROOMS)]
    for module in modules:
        for name in getattr(module, "__all__", []):
            assert hasattr(module, name)
    for info in pkgutil.walk_packages(kg.__path__, "keras_gan."):
        assert __import__(info.name, fromlist=["_"]).__doc__, info.name


def test_importing_the_package_imports_no_optional_library():
    code = (
        # Keras itself imports some of them: only what we add counts.
        "import sys, keras, tensorflow; before = set(sys.modules); import keras_gan;"
        "heavy = {'tensorflow_probability', 'matplotlib', 'onnx', 'tf2onnx', "
        "'onnxruntime', 'sklearn', 'PIL'};"
        "print(sorted(heavy & (set(sys.modules) - before)))"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert output.strip() == "[]"


@pytest.mark.parametrize("backend", ["jax", "torch", "numpy"])
def test_another_backend_is_refused_at_import(backend, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", backend)
    result = subprocess.run(
        [sys.executable, "-c", "import keras_gan"], capture_output=True, text=True
    )
    assert result.returncode == 1
    assert f"Received: backend='{backend}'" in result.stderr.splitlines()[-1]
