"""`import keras_gan` does no work, and Keras finds every class all the same."""

import importlib
import itertools
import math
import subprocess
import sys
import types
from pathlib import Path

import keras
import pytest
from games import make_tiny_gan

import keras_gan as kg
from keras_gan._lazy import LazyMapping

# `tf.keras` has no `saving`.
LOAD = """
for room in {keras.models, getattr(keras, "saving", keras.models)}:
    assert type(room.load_model(path)).__name__ == "GAN"
import keras
registered = keras.saving.get_custom_objects()
print(*sorted(name for name in registered if name.startswith("keras_gan>")))
"""
ORDERS = {
    "ours_first": "import keras_gan; import keras",
    "keras_first": "import keras; import keras_gan",
    "tensorflow_between": "import keras_gan; import tensorflow as tf; keras = tf.keras",
    "a_name_of_keras": "import keras_gan; from keras import layers; import keras",
    "a_room_alone": "from keras_gan.priors import UniformPrior; import keras",
    "a_file_alone": "from keras_gan.datasets.mnist import load_mnist; import keras",
    "the_game_alone": "from keras_gan.gan import GAN; import keras",
    "an_attribute": "import keras_gan as kg; kg.objectives; import keras",
    "another_thread": """
import keras_gan, threading
thread = threading.Thread(target=__import__, args=("keras",))
thread.start(); thread.join()
import keras""",
}


def run(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "gan.keras"
    make_tiny_gan(terms=[kg.terms.R1(1.0)]).save(path)
    return path


# Keras imports them where they are, for seconds, and does without.
WITHOUT = """
import sys
sys.modules |= dict.fromkeys(("matplotlib", "sklearn"))
path = sys.argv[1]
"""


@pytest.mark.one_in(9)
@pytest.mark.parametrize("order", ORDERS)
def test_keras_loads_a_game_and_knows_every_class_in_every_order(order, saved):
    result = run(f"{WITHOUT}\n{ORDERS[order]}\n{LOAD}", saved)
    assert result.returncode == 0, result.stderr
    registered = keras.saving.get_custom_objects()
    ours = sorted(name for name in registered if name.startswith("keras_gan>"))
    assert len(ours) > 30
    assert result.stdout.split() == ours


def test_importing_does_no_work():
    code = """
import sys, keras_gan
heavy = {"keras", "tensorflow", "sklearn", "scipy", "tensorflow_probability"}
heavy |= {"export", "onnx", "onnxruntime", "tf2onnx"}
print(heavy & set(sys.modules), len(dir(keras_gan)) > 20, keras_gan.__version__)
"""
    result = run(code)
    assert result.stdout.split() == ["set()", "True", kg.__version__], result.stderr


@pytest.mark.exhaustive
def test_beside_keras_come_the_files_that_register_and_few_others():
    code = """
import keras, keras_gan, sys
print(*(name for name in sys.modules if name.startswith("keras_gan")))
"""
    result = run(code)
    imported = set(result.stdout.split())
    root = Path(kg.__file__).parent
    registering = {
        ".".join(("keras_gan", *path.relative_to(root).with_suffix("").parts))
        for path in root.rglob("*.py")
        if "register_keras_serializable(" in path.read_text()
    }
    assert len(registering) > 30 and registering <= imported, result.stderr
    rooms = {name.split(".")[1] for name in imported if "." in name}
    assert not rooms & {"callbacks", "commands", "evaluation", "export", "networks"}
    assert not rooms & {"divergences", "inference", "recipes", "runs"}


@pytest.mark.exhaustive
def test_keras_looks_as_if_nobody_had_watched():
    code = """
import sys
import keras_gan
assert [one for one in sys.meta_path if "keras_gan" in type(one).__module__]
import keras
loaders = {type(one.__loader__).__name__ for one in (keras, keras_gan.gan)}
assert not [one for one in sys.meta_path if "keras_gan" in type(one).__module__]
print(*loaders, type(keras.__spec__.loader).__name__)
"""
    result = run(code)
    assert result.stdout.split() == ["SourceFileLoader"] * 2, result.stderr


def test_public_names_come_when_asked_for():
    for module in (kg, kg.recipes, kg.runs):
        assert set(module.__all__) <= set(dir(module))
        for name in module.__all__:
            assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = kg.nothing


ROOMS = sorted({*kg.__all__, "gan", "saving"} - {"GAN", "__version__", "load"})


@pytest.mark.parametrize("room", ["", *ROOMS])
def test_own_names_alone_complete(room):
    module = importlib.import_module(f"keras_gan.{room}".rstrip("."))
    names = dir(module)
    assert names == sorted(set(module.__all__))
    for name in names:
        value = getattr(module, name)
        assert room == "" or not isinstance(value, types.ModuleType)
        if isinstance(value, type | types.FunctionType):
            assert value.__module__.startswith(("keras_gan.", "export"))


@pytest.mark.parametrize("room", [one for one in ROOMS if one != "export"])
def test_what_a_file_defines_completes(room):
    module = importlib.import_module(f"keras_gan.{room}")
    own = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and getattr(value, "__module__", None) == module.__name__
        and isinstance(value, type | types.FunctionType)
    }
    assert own <= set(dir(module))


@pytest.mark.exhaustive
def test_a_builder_is_no_module(tmp_path):
    # A file of a builder's name would take the builder's place once it is imported.
    code = """
import keras_gan as kg
from keras_gan._lazy import LazyMapping
for name in list(kg.recipes.RECIPES): kg.recipes.RECIPES[name]
print(all(callable(getattr(kg.recipes, name)) for name in kg.recipes.RECIPES))
"""
    assert run(code).stdout == "True\n"


def test_recipes_say_what_the_list_says():
    for name, listing in kg.recipes.LISTED.items():
        recipe = kg.recipes.RECIPES[name]
        said = (recipe.name, recipe.summary, recipe.source, recipe.data)
        assert said == listing and recipe.data in kg.datasets.LOADERS
        assert name == recipe.build.__name__
    named = itertools.chain(*kg.recipes.listing.BY_MODULE.values())
    assert [one.name for one in named] == list(kg.recipes.RECIPES)


def test_a_lazy_mapping_imports_what_is_taken_and_can_be_changed():
    taken = []

    def find(module, name):
        taken.append(name)
        return getattr(module, name)

    values = LazyMapping({"pi": "math", "e": "math", "tau": "math"}, find)
    assert [*values] == ["pi", "e", "tau"] and "pi" in values and taken == []
    assert values["pi"] == values["pi"] == math.pi and taken == ["pi"]
    values["e"], values["one"] = 3, 1
    del values["tau"]
    assert dict(values) == {"pi": math.pi, "e": 3, "one": 1} and taken == ["pi"]
    with pytest.raises(KeyError, match="tau"):
        _ = values["tau"]
