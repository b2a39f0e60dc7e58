"""What must hold of every public object, whichever it is."""

import inspect
import json
import pkgutil
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from catalog import (
    CALLBACKS,
    EXEMPT,
    NETWORKS,
    PAIRS_OF_NETWORKS,
    SERIALIZABLE,
    data_for,
    entries_of,
    game_of_networks,
    game_with,
    name_of,
    teams,
)
from games import (
    assert_equal_state,
    assert_equal_weights,
    make_tiny_gan,
    tiny_images,
    weights_of,
)

import keras_gan as kg

# ----------------------------------------------------------------- nothing is missing


def public_names():
    """Every public object by its name under `keras_gan`, rooms opened."""
    found = {}
    for name in kg.__all__:
        value = getattr(kg, name)
        if inspect.ismodule(value):
            found |= {f"{name}.{one}": getattr(value, one) for one in names_of(value)}
        else:
            found[name] = value
    return found


def names_of(module):
    if hasattr(module, "__all__"):
        return module.__all__
    return [
        name
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__ and name[0] != "_"
    ]


def is_exempt(name):
    return name in EXEMPT or name.partition(".")[0] in EXEMPT


def test_every_public_name_has_an_entry_or_a_reason():
    classes = {type(entry) for entry in SERIALIZABLE}
    named = {**NETWORKS, **CALLBACKS}
    without = [
        name
        for name, value in public_names().items()
        if not (
            name in named
            or is_exempt(name)
            or (inspect.isclass(value) and value in classes)
        )
    ]
    assert not without, f"without an entry in tests/catalog.py: {without}"


def test_every_entry_and_every_reason_is_of_a_public_name():
    names = public_names()
    known = {*names, *kg.__all__}
    assert {*EXEMPT, *NETWORKS, *CALLBACKS} <= known
    assert all(reason for reason in EXEMPT.values())
    public = {value for value in names.values() if inspect.isclass(value)}
    assert {type(entry) for entry in SERIALIZABLE} <= public
    exempt = {id(names[name]) for name in names if is_exempt(name)}
    assert not exempt & {id(type(entry)) for entry in SERIALIZABLE}


def test_every_registered_class_has_an_entry():
    # Whatever room it stands in: a saved model may hold it.
    registered = {
        value
        for name, value in keras.saving.get_custom_objects().items()
        if name.startswith("keras_gan>") and inspect.isclass(value)
    }
    classes = {type(entry) for entry in SERIALIZABLE}
    assert classes <= registered
    rest = registered - classes
    assert not [one for one in rest if not issubclass(one, kg.GAN | kg.games.Game)]


@pytest.mark.parametrize("kind", dict.fromkeys(map(type, SERIALIZABLE)))
def test_entries_leave_no_argument_at_its_default(kind):
    entries = [entry for entry in SERIALIZABLE if type(entry) is kind]
    for name, parameter in inspect.signature(kind.__init__).parameters.items():
        if name == "self" or "VAR" in parameter.kind.name:
            continue
        values = [entry.get_config()[name] for entry in entries]
        assert any(value != parameter.default for value in values), name


def test_public_names_are_documented_and_exist():
    for name, value in public_names().items():
        if inspect.isclass(value) or inspect.isroutine(value):
            assert inspect.getdoc(value), name
    for info in pkgutil.walk_packages(kg.__path__, "keras_gan."):
        assert __import__(info.name, fromlist=["_"]).__doc__, info.name


# -------------------------------------------------------------------- configurations


@entries_of(object)
def test_config_to_json_to_object(entry):
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(entry)))
    restored = keras.saving.deserialize_keras_object(config)
    assert type(restored) is type(entry)
    assert as_json(restored.get_config()) == as_json(entry.get_config())
    assert dir(restored) == dir(entry)
    name = keras.saving.get_registered_name(type(entry))
    assert name == f"keras_gan>{type(entry).__name__}"


# ------------------------------------------------------------------------- in a game

GAMES = {
    **{
        f"{index} {name_of(*team)}": lambda team=team: game_with(team)
        for index, team in enumerate(teams())
    },
    **{
        " ".join(pair): lambda pair=pair: game_of_networks(*pair)
        for pair in PAIRS_OF_NETWORKS
    },
}


def test_every_entry_plays():
    playing = [id(entry) for team in teams() for entry in team]
    assert {*playing} == {id(entry) for entry in SERIALIZABLE}
    assert {name for pair in PAIRS_OF_NETWORKS for name in pair} == set(NETWORKS)


def assert_moved(gan, before):
    for player, old in zip((gan.generator, gan.discriminator), before, strict=True):
        assert any((a != b).any() for a, b in zip(old, weights_of(player), strict=True))


def as_json(config):
    return json.loads(json.dumps(config))


@pytest.mark.one_in(14)
@pytest.mark.parametrize("name", GAMES)
def test_plays_without_a_retrace_saves_and_loads(name, tmp_path):
    gan = GAMES[name]()
    before = [weights_of(player) for player in (gan.generator, gan.discriminator)]
    traces, play = [], gan.train_step
    gan.train_step = lambda data: traces.append(1) or play(data)
    data = data_for(gan, 20)  # the last batch is short
    logs = gan.fit(data, batch_size=8, epochs=2, verbose=0).history
    assert len(traces) <= 2
    assert np.isfinite(list(logs.values())).all()
    assert_moved(gan, before)
    gan.save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras")
    assert as_json(loaded.get_config()) == as_json(gan.get_config())
    assert as_json(loaded.get_compile_config()) == as_json(gan.get_compile_config())
    assert_equal_state(loaded, gan)
    np.testing.assert_array_equal(loaded.sample(3, seed=0), gan.sample(3, seed=0))


@entries_of(kg.objectives.Objective)
def test_both_players_may_move_at_once(entry):
    gan = make_tiny_gan(
        objective=entry,
        simultaneous=True,
        discriminator_constraint=kg.constraints.WeightClipping(0.5),
    )
    before = [weights_of(player) for player in (gan.generator, gan.discriminator)]
    assert np.isfinite(list(gan.train_step(tf.constant(tiny_images(6))).values())).all()
    assert_moved(gan, before)


def watched(*callbacks):
    # Eagerly: there is nothing to see in a graph, and tracing takes long.
    gan = make_tiny_gan(run_eagerly=True)
    logs = gan.fit(
        tiny_images(20), batch_size=20, epochs=2, callbacks=callbacks, verbose=0
    )
    assert np.isfinite(list(logs.history.values())).all()
    return gan


@pytest.fixture(scope="module")
def unwatched():
    return watched()


@pytest.mark.parametrize("name", CALLBACKS)
def test_callbacks_watch_and_change_nothing(name, unwatched, tmp_path):
    gan = watched(CALLBACKS[name](tmp_path))
    assert_equal_weights(gan.generator, unwatched.generator)
    assert_equal_weights(gan.discriminator, unwatched.discriminator)


# ------------------------------------------------------------------ a fresh process

# Keras itself imports some of them: only what we add counts.
FRESH = """
import json, sys
import keras, tensorflow
before = set(sys.modules)
import keras_gan as kg
added = sorted(set(sys.modules) - before)
told = {
    "added": added,
    "samples": kg.load(sys.argv[1]).sample(2, seed=1).ravel().tolist(),
    "latents": kg.priors.NormalPrior(2).sample(1, seed=3).numpy().tolist(),
}
print(json.dumps(told))
"""
OPTIONAL_LIBRARIES = {
    *("tensorflow_probability", "matplotlib", "onnx", "tf2onnx"),
    *("onnxruntime", "sklearn", "PIL"),
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A game and what a new process says that imports us and loads it."""
    gan = make_tiny_gan()
    path = tmp_path_factory.mktemp("saved") / "gan.keras"
    gan.save(path)
    command = [sys.executable, "-c", FRESH, str(path)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return gan, json.loads(output)


@pytest.mark.exhaustive
def test_a_saved_gan_loads_in_a_fresh_process(saved):
    gan, told = saved
    np.testing.assert_allclose(
        told["samples"], gan.sample(2, seed=1).ravel(), rtol=1e-6
    )


@pytest.mark.exhaustive
def test_a_seed_gives_the_same_latents_in_a_fresh_process(saved):
    _, told = saved
    latents = kg.priors.NormalPrior(2).sample(1, seed=3)
    np.testing.assert_array_equal(np.float32(told["latents"]), latents)


def test_importing_the_package_imports_no_optional_library(saved):
    _, told = saved
    assert "keras_gan" in told["added"]
    assert not OPTIONAL_LIBRARIES & set(told["added"])


# Torch would take seconds to import: Keras is told that it is not there.
@pytest.mark.parametrize(
    ("backend", "imports"),
    [
        ("jax", "keras_gan, keras"),
        ("torch", "keras_gan, keras"),
        ("numpy", "keras_gan, keras"),
        ("numpy", "keras_gan.gan"),
        ("jax", "keras_gan.priors"),
        ("jax", "keras_gan; keras_gan.GAN"),
    ],
)
def test_another_backend_is_refused_as_soon_as_keras_is_there(
    backend, imports, monkeypatch
):
    monkeypatch.setenv("KERAS_BACKEND", backend)
    code = f"import sys; sys.modules['torch'] = None; import {imports}"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert result.returncode == 1
    assert f"Received: backend='{backend}'" in result.stderr.splitlines()[-1]


def test_another_backend_is_refused_where_keras_came_first():
    code = """
import sys, types
keras = types.ModuleType("keras")
keras.backend = types.SimpleNamespace(backend=lambda: "jax")
sys.modules["keras"] = keras
import keras_gan
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert "Received: backend='jax'" in result.stderr.splitlines()[-1]
