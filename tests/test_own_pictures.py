"""From a folder of pictures, or a Python file, to a run: what the commands do."""

import json
import re
import shlex
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from games import assert_equal_weights, make_tiny_gan, small_game, tiny_images
from PIL import Image

import keras_gan as kg
from keras_gan._durations import parse_duration
from keras_gan._halvings import is_halved
from keras_gan.commands.main import main
from keras_gan.datasets import FolderSurvey, survey_image_folder

QUIET = ["--verbose", "0"]


def write_pictures(folder, sizes):
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    for number, size in enumerate(sizes):
        pixels = random.integers(0, 256, size, "uint8")
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return folder


@pytest.fixture
def pictures(tmp_path):
    """Twenty gray pictures of two sizes, and one that is none."""
    folder = write_pictures(tmp_path / "cats", [(9, 14), (7, 10)] * 10)
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


def small_game_in_range(data, seed):
    gan = small_game(data, seed)
    pixels = kg.networks.mlp_generator(
        3, data.image_shape, (16,), output_activation="tanh", seed=seed
    )
    gan = kg.GAN(pixels, gan.discriminator, gan.prior, seed=seed)
    gan.compile(keras.optimizers.Adam(), keras.optimizers.Adam(), run_eagerly=True)
    return gan


@pytest.fixture
def short(monkeypatch):
    """The recipe for own pictures with a small game and two steps an epoch."""
    monkeypatch.setattr("keras_gan.recipes._choice._STEPS_PER_EPOCH", 2)
    monkeypatch.setattr(
        "keras_gan.recipes.own_images.relativistic_game",
        lambda data, seed, name, **rules: small_game_in_range(data, seed),
    )


def record_of(run):
    return json.loads((run / "run.json").read_text())


# --------------------------------------------------------------------- the folder


def test_a_survey_says_what_the_folder_holds(pictures):
    survey = survey_image_folder(pictures)
    assert survey.sizes == [(7, 10), (9, 14)] and survey.channels == 1
    assert [path.name for path in survey.damaged] == ["broken.png"]
    assert str(survey) == (
        f"{pictures}: 20 pictures, 2 sizes from 7 x 10 to 9 x 14, in gray levels; 1 "
        "more cannot be read"
    )
    Image.new("RGB", (10, 7)).save(pictures / "color.png")
    survey = survey_image_folder(pictures)
    assert survey.channels == 3 and "21 pictures, 2 sizes" in str(survey)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(28, 28)], (28, 28)),  # as they are
        ([(128, 96)], (128, 96)),
        ([(256, 256)], (64, 64)),  # too large to stay
        ([(27, 30)], (28, 28)),  # halves to no small grid
        ([(300, 400), (600, 800), (900, 1200)], (48, 64)),
        ([(1000, 10)], (64, 12)),  # 16 x 3 places, where 64 x 6 leaves 96
    ],
)
def test_a_size_is_chosen_that_halves(sizes, expected):
    shapes = {Path(f"{index}.png"): (*size, 3) for index, size in enumerate(sizes)}
    size, reason = FolderSurvey(Path("cats"), shapes, {}).image_size()
    assert size == expected and is_halved(*size)
    assert f"images of {size[0]} x {size[1]}" in reason
    assert ("bilinear" in reason) == (sizes != [size])


def test_a_folder_without_a_readable_picture_has_no_size():
    with pytest.raises(ValueError, match="No picture in cats can be read"):
        FolderSurvey(Path("cats"), {}, {Path("a.png"): "damaged"}).image_size()


def test_damaged_pictures_are_for_folders():
    with pytest.raises(ValueError, match="`on_damaged` is for a folder of pictures"):
        kg.datasets.load("digits", on_damaged="skip")


# -------------------------------------------------------------------- a run of it


def test_a_folder_is_trained_on_and_a_run_goes_on(
    pictures, short, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    train = ["train", "cats", *QUIET, "--on-damaged", "skip"]
    with pytest.warns(UserWarning, match=r"1 picture .* left out(.|\n)*broken\.png"):
        assert main([*train, "--epochs", "1"]) == 0
    said = capsys.readouterr().out
    assert "20 pictures, 2 sizes from 7 x 10 to 9 x 14, in gray levels; 1 more" in said
    assert "default: images of 8 x 12: the pictures have 2 sizes" in said
    assert "default: minibatches of 32: there are fewer than 2,000 pictures." in said
    run = tmp_path / "runs" / "cats"
    config = record_of(run)["config"]
    assert config["recipe"] == "default" and config["data"] == "image_folder"
    assert config["image_size"] == [8, 12] and config["on_damaged"] == "skip"
    assert config["data_dir"] == str(pictures)
    with pytest.warns(UserWarning, match="1 picture in"):
        assert main(["resume", str(run), "--epochs", "2", *QUIET]) == 0
    said = capsys.readouterr().out
    assert "cats: 20 pictures" in said and "images of" not in said  # it is settled
    assert kg.load(run / "model.keras").epochs_completed == 2
    with pytest.warns(UserWarning, match="1 picture in"):
        data = kg.runs.load_run(run).data
    assert data.image_shape == (8, 12, 1) and len(data.train) == 16


def test_damaged_pictures_end_a_run_before_it_begins(
    pictures, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "cats", *QUIET]) == 2
    told = capsys.readouterr().err
    assert "broken.png: it is of no format" in told and "--on-damaged skip" in told
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["cats", "--data", "digits"], "must be left out where RECIPE is a folder"),
        (["./dogs"], "./dogs, where nothing is"),
        (["dogs.py"], "`RECIPE` must be there"),
        (["dogs"], "Invalid value for argument `recipe`"),
        (["digits", "--time", "soon"], "`--time` must be a span of time"),
        (
            ["digits", "--time", "1h", "--strategy", "multi_worker"],
            "`--time` is for one machine",
        ),
    ],
)
def test_what_is_asked_for_amiss_is_told(
    pictures, tmp_path, monkeypatch, capsys, arguments, told
):
    monkeypatch.chdir(tmp_path)
    assert main(["train", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


def test_a_dry_run_tells_and_writes_nothing(
    pictures, short, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (pictures / "broken.png").unlink()
    assert main(["train", "cats", "--dry-run", *QUIET]) == 0
    said = capsys.readouterr().out
    assert re.search(r"batch_size +32\n", said)
    assert re.search(r"data +Dataset\('cats', 16/2/2 images \(8, 12, 1\)", said)
    pattern = (
        r"Time, measured: .* a step, .* 12 after 3 .* 2 steps an epoch, .* for \d+"
    )
    assert re.search(pattern, said)
    # Data of 20 + 16 pictures, 4 bytes for each number.
    megabytes = 4 * (20 + 16) * 8 * 12 / 1e6
    assert f"Memory, computed: {megabytes:.1f} MB" in said
    assert "Memory, measured in those steps: " in said
    assert not (tmp_path / "runs").exists()


@pytest.mark.exhaustive
def test_a_run_ends_with_its_time_and_goes_on(short, pictures, tmp_path, capsys):
    (pictures / "broken.png").unlink()
    train = ["train", str(pictures), *QUIET, "--epochs", "3"]
    short_run, whole = tmp_path / "short", tmp_path / "whole"
    # Each look at it is two seconds later: epochs begin at 2, 6 and 10.
    clock = iter(range(0, 1000, 2))
    with pytest.MonkeyPatch.context() as patch:
        time = type("Clock", (), {"perf_counter": lambda: next(clock)})
        patch.setattr("keras_gan.commands._time_budget.time", time)
        assert main([*train, "--time", "9s", "--output-dir", str(short_run)]) == 0
    said = capsys.readouterr().out
    reason = "8 s of its 9 s were over, and an epoch takes 2 s"
    assert f"Stopped after epoch 2 of 3: {reason}." in said
    assert f"keras-gan resume {short_run}" in said
    record = record_of(short_run)
    assert record["status"] == "stopped" and record["epochs_completed"] == 2
    assert record["reason"] == f"{reason}, in epoch 2 of 3"
    assert main(["resume", str(short_run), "--time", "1h", *QUIET]) == 0
    assert record_of(short_run)["status"] == "finished"
    assert main([*train, "--output-dir", str(whole)]) == 0
    one, other = (kg.load(run / "model.keras") for run in (short_run, whole))
    assert_equal_weights(one, other)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("30min", 1800), ("2h5s", 7205)]
)
def test_spans_of_time(text, seconds):
    assert parse_duration("--time", text) == seconds


@pytest.mark.parametrize("text", ["", "30", "0s", "m", "1h30", "-5m", "1.5h"])
def test_what_is_no_span_of_time(text):
    with pytest.raises(ValueError, match="`--time` must be a span of time"):
        parse_duration("--time", text)


# ------------------------------------------------------------------ a Python file


@pytest.mark.parametrize("name", [*kg.recipes.RECIPES])
def test_a_copied_recipe_is_the_recipe(name, tmp_path, capsys):
    path = tmp_path / f"own_{name}.py"
    assert main(["copy-recipe", name, "--output", str(path)]) == 0
    assert f"keras-gan train {path}" in capsys.readouterr().out
    copy, recipe = kg.recipes.load_recipe(path), kg.recipes.get(name)
    assert copy.name == path.stem
    for field in ("summary", "source", "data", "batch_size", "epochs", "monitor"):
        assert getattr(copy, field) == getattr(recipe, field)
    assert copy.build is not recipe.build
    assert main(["copy-recipe", name, "--output", str(path)]) == 2  # it is there


def test_what_to_do_next_can_be_pasted_into_a_shell(tmp_path, capsys):
    path = tmp_path / "my own.py"
    assert main(["copy-recipe", "digits", "--output", str(path)]) == 0
    said = capsys.readouterr().out
    assert shlex.split(said.split("then: ")[1]) == ["keras-gan", "train", str(path)]


OWN = """
import keras
import keras_gan as kg

@keras.saving.register_keras_serializable("own")
class Doubled(keras.layers.Layer):
    def call(self, inputs):
        return 2 * inputs

def build(data, seed):
    generator = kg.networks.mlp_generator(3, data.image_shape, (8,), seed=seed)
    images = keras.Input(data.image_shape)
    logits = keras.layers.Dense(1)(keras.layers.Flatten()(Doubled()(images)))
    discriminator = keras.Model(images, logits)
    gan = kg.GAN(generator, discriminator, kg.priors.UniformPrior(3), seed=seed)
    gan.compile("adam", "adam", run_eagerly=True)
    return gan

RECIPE = kg.recipes.Recipe(
    name="", summary="Mine.", source="", data="digits", build=build, batch_size=600,
    epochs=1, value_range=(0.0, 0.5),
    parzen=kg.recipes.ParzenProtocol(70, 40, (0.25, 0.5)),
)
"""


@pytest.mark.exhaustive
def test_a_python_file_is_trained_resumed_and_judged(tmp_path, capsys):
    file, run = tmp_path / "mine.py", tmp_path / "run"
    file.write_text(OWN)
    assert main(["train", str(file), *QUIET, "--output-dir", str(run)]) == 0
    assert "mine: epochs 1 to 1, in " in capsys.readouterr().out
    config = record_of(run)["config"]
    assert config["recipe"] == "mine" and config["recipe_file"] == str(file)
    more = ["resume", str(run), "--epochs", "2", *QUIET]
    assert main(more) == 2
    assert "`--recipe` must name the Python file of the run" in capsys.readouterr().err
    assert main([*more, "--recipe", str(file)]) == 0
    measure = ["evaluate", str(run), "--measures", "frechet_distance", *QUIET]
    assert main(measure) == 0  # the range of the data is known from the record
    assert "digits, values in [0, 0.5]" in capsys.readouterr().out
    assert kg.runs.load_run(run).recipe is None
    protocol = kg.recipes.ParzenProtocol(70, 40, (0.25, 0.5))
    assert kg.runs.load_run(run).parzen == protocol
    recipe = kg.recipes.load_recipe(file)
    assert kg.runs.load_run(run, recipe=recipe).recipe is recipe


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1\nRECIPE = y\n", "line 2: NameError: name 'y' is not defined"),
        ("x = 1\nif x\n", "line 2: SyntaxError"),
        ("recipe = None\n", "must define `RECIPE`.* Received: None"),
        ("RECIPE = 'digits'\n", "must define `RECIPE`.* Received: 'digits'"),
    ],
)
def test_a_file_without_a_recipe_is_told(tmp_path, text, told):
    path = tmp_path / "mine.py"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"(?s){told}"):
        kg.recipes.load_recipe(path)
    with pytest.raises(FileNotFoundError, match="`recipe` must name a Python file"):
        kg.recipes.load_recipe(tmp_path / "other.py")


def test_a_run_of_a_program_is_not_resumed_by_the_command(tmp_path, capsys):
    (tmp_path / "run.json").write_text('{"seed": 0, "status": "finished"}')
    assert main(["resume", str(tmp_path)]) == 2
    assert "a program of its own trained" in capsys.readouterr().err


def test_a_recipe_file_may_import_its_neighbor(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.path", [*sys.path])
    (tmp_path / "neighbor_of_mine.py").write_text("NAME = 'digits'\n")
    path = tmp_path / "mine.py"
    path.write_text(
        "import neighbor_of_mine\nimport keras_gan as kg\n"
        "RECIPE = kg.recipes.get(neighbor_of_mine.NAME)\n"
    )
    recipe = kg.recipes.load_recipe(path)
    assert recipe.name == "mine" and recipe.epochs == kg.recipes.get("digits").epochs
    with pytest.raises(ValueError, match="Received: mine, for a run of digits"):
        config = dict.fromkeys(("data", "seed", "precision")) | {"recipe": "digits"}
        gan = make_tiny_gan(run_eagerly=True)
        run = tmp_path / "run"
        callbacks = [
            kg.callbacks.RunRecord(run, {"config": config}),
            kg.callbacks.SaveEachEpoch(run / "model.keras"),
        ]
        gan.fit(tiny_images(), verbose=0, callbacks=callbacks)
        kg.runs.load_run(run, recipe=recipe)
