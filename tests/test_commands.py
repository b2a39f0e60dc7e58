import dataclasses
import inspect
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import (
    assert_equal_state,
    assert_equal_weights,
    make_tiny_gan,
    small_game,
    small_recipe,
)
from PIL import Image

import keras_gan as kg
from export import FORMATS
from keras_gan.commands._stop_between_steps import StopBetweenSteps
from keras_gan.commands.main import main
from keras_gan.runs.monitor import PARZEN, PARZEN_AT_BEST_BANDWIDTH

TRAIN = ["train", "digits", "--verbose", "0"]
SHORT_EPOCHS = Path(__file__).parent / "workers" / "short_epochs.py"


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    """One short training run that the tests look at."""
    path = tmp_path_factory.mktemp("runs") / "digits"
    with pytest.MonkeyPatch.context() as patch:
        make_small(patch)
        train = [*TRAIN, "--epochs", "2", "--seed", "3", "--output-dir", str(path)]
        assert main(train) == 0
    return path


@pytest.fixture
def small_digits(monkeypatch):
    """The digits recipe with a small game; in this process alone."""
    make_small(monkeypatch)


def make_small(monkeypatch, **changes):
    small = small_recipe("digits", **changes)
    monkeypatch.setitem(kg.recipes.RECIPES, "digits", small)


PASSES = 4  # of an epoch: long enough to be killed between two
UNCUT = [*TRAIN, "--epochs", "3", "--seed", "2", "--output-dir"]


@pytest.fixture(scope="module")
def uncut(tmp_path_factory):
    """A run of three short epochs that never stopped."""
    path = tmp_path_factory.mktemp("uncut") / "digits"
    with pytest.MonkeyPatch.context() as patch:
        make_small(patch, passes_per_epoch=PASSES)
        assert main([*UNCUT, str(path)]) == 0
    return path


def read_record(path):
    return json.loads((path / "run.json").read_text())


def read_history(path):
    """Rows without the seconds, which no two runs have in common."""
    lines = (path / "history.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert all(row.pop("seconds") > 0 for row in rows)
    return rows


def assert_equal_runs(one, two):
    for name in ("model.keras", "best.keras"):
        first, second = (kg.load(path / name) for path in (one, two))
        assert_equal_state(first, second)
    assert (one / "best.json").read_text() == (two / "best.json").read_text()
    assert read_history(one) == read_history(two)


def test_list_shows_every_recipe(capsys):
    assert main(["list"]) == 0
    output = capsys.readouterr().out
    for name, recipe in kg.recipes.RECIPES.items():
        said = (name, recipe.summary, recipe.source, f"data: {recipe.data}")
        assert all(text in output for text in said)


def test_list_shows_every_format(capsys):
    assert main(["list", "--formats"]) == 0
    lines = capsys.readouterr().out.splitlines()
    shown = dict(line.split(maxsplit=1) for line in lines)
    assert shown == {name: format.summary for name, format in FORMATS.items()}


def test_list_shows_every_dataset(capsys):
    assert main(["list", "--data"]) == 0
    lines = capsys.readouterr().out.splitlines()
    shown = dict(line.split(maxsplit=1) for line in lines)
    assert shown == {
        name: inspect.getdoc(loader).partition("\n")[0]
        for name, loader in kg.datasets.LOADERS.items()
    }
    assert shown["mnist"].startswith("Loads MNIST with the split of 2014")


def test_a_run_directory_holds_the_record(run_dir):
    record = read_record(run_dir)
    config = record["config"]
    assert config["recipe"] == "digits" and config["seed"] == record["seed"] == 3
    assert config["epochs"] == 2 and config["batch_size"] == 400
    assert config["data"] == "digits" and config["data_dir"] is None
    assert record["dataset"]["value_range"] == [0.0, 1.0]
    assert record["dataset"]["data_shape"] == [8, 8, 1]
    assert record["compile"]["objective"]["class_name"] == "NonSaturating"
    assert record["gan"]["prior"]["config"]["latent_dim"] == 3
    assert record["environment"]["tensorflow"] and record["replicas"] == 1
    assert record["status"] == "finished" and record["steps_completed"] == 6
    rows = read_history(run_dir)
    assert [row["epoch"] for row in rows] == [1, 2]
    logged = {"d_loss", "g_loss", "d_real", "d_fake", PARZEN, PARZEN_AT_BEST_BANDWIDTH}
    assert logged <= set(rows[0])
    for row in rows:
        assert row[PARZEN_AT_BEST_BANDWIDTH] >= row[PARZEN]
    pictures = sorted(path.name for path in (run_dir / "samples").iterdir())
    assert pictures == ["epoch_0001.png", "epoch_0002.png", "real.png"]
    page = (run_dir / "report.html").read_text("utf-8")
    assert "finished" in page and page.count("data-epoch=") == 2
    gan = kg.load(run_dir / "model.keras")
    assert gan.epochs_completed == 2 and gan.seed == 3
    assert json.loads((run_dir / "best.json").read_text())["epoch"] in (1, 2)


def test_evaluate_scores_the_model_beside_real_images(run_dir, capsys):
    measures = ["parzen_log_likelihood", "frechet_distance", "memorization"]
    measures += ["precision_recall", "structural_diversity"]
    assert main(["evaluate", str(run_dir), "--measures", *measures]) == 0
    record = json.loads((run_dir / "evaluation.json").read_text())
    generated, real = (
        record["scores"][name] for name in ("generated", "held-out real")
    )
    assert list(generated) == list(real) == measures
    parzen = generated["parzen_log_likelihood"]
    assert real["parzen_log_likelihood"]["mean"] > parzen["mean"]
    assert parzen["num_samples"] == 1000 and parzen["num_test"] == 300
    assert real["frechet_distance"]["value"] < generated["frechet_distance"]["value"]
    assert generated["frechet_distance"]["num_real"] == 300
    assert generated["memorization"]["num_real"] == 1197
    assert record["protocol"]["value_range"] == [0.0, 1.0]
    assert record["model"] == {"recipe": "digits", "seed": 3, "epochs": 2}
    assert record["weights_sha256"] == kg.runs.load_run(run_dir).weights_digest
    value = record["values"]["generated"]["parzen_log_likelihood"]
    assert value["value"] == parzen["mean"] and value["better"] == "higher"
    assert value["error"] == parzen["standard_error"]
    drawn = sorted(path.name for path in (run_dir / "pictures").iterdir())
    assert drawn == ["interpolations.png", "nearest_training.png"]
    page = (run_dir / "report.html").read_text("utf-8")
    assert "Nearest training pictures" in page and "Scores after epoch 2" in page
    digits = kg.datasets.load_digits()
    expected = kg.evaluation.parzen_log_likelihood(
        kg.load(run_dir / "model.keras").sample(1000, seed=0),
        digits.valid.images,
        digits.test.images,
        kg.recipes.get("digits").parzen.bandwidths,
    )
    np.testing.assert_allclose(parzen["mean"], expected.mean, rtol=1e-6)
    output = capsys.readouterr().out
    rows = dict(
        line.split(maxsplit=1)
        for line in output.splitlines()
        if len(line.split(maxsplit=1)) == 2
    )
    assert rows["measure"].split() == ["better", "generated", "held-out", "real"]
    error = expected.standard_error
    assert f"± {error:.1f}" in rows["parzen_log_likelihood"] or error < 1
    assert {"precision", "recall", "near_copies", "ms_ssim"} < set(rows)
    assert "digits, values in [0, 1], samples of seed 0" in output
    assert f"parzen_log_likelihood, generated: {expected}" in output
    assert "features pixels; 300 images of each kind" in output


@pytest.mark.exhaustive
def test_the_best_epoch_is_kept_and_taken(tmp_path, small_digits, capsys):
    path = tmp_path / "run"
    train = [*TRAIN, "--output-dir", str(path)]
    assert main([*train, "--epochs", "2"]) == 0
    record = json.loads((path / "best.json").read_text())
    assert record["value"] == max(row[record["monitor"]] for row in read_history(path))
    # No later epoch beats what the record says, whatever became of the history.
    higher = json.dumps({**record, "value": record["value"] + 1e6})
    (path / "best.json").write_text(higher)
    (path / "history.jsonl").unlink()
    before = (path / "best.keras").read_bytes()
    with pytest.warns(UserWarning, match="no line for epoch 1 to 2"):
        assert main([*train, "--epochs", "4", "--resume"]) == 0
    assert (path / "best.keras").read_bytes() == before
    assert (path / "best.json").read_text() == higher
    best = int(kg.load(path / "best.keras").epochs_completed)
    assert best == record["epoch"] <= 2
    measures = ["--measures", "parzen_log_likelihood"]
    for options, epochs in (([], 4), (["--best"], best)):
        assert main(["evaluate", str(path), *measures, *options]) == 0
        record = json.loads((path / "evaluation.json").read_text())
        assert record["model"]["epochs"] == epochs
    assert main(["export", str(path), "--format", "onnx", "--best"]) == 0
    card = (path / "exports" / "generator.onnx.md").read_text()
    assert f"- Epochs: {best}" in card and "parzen_log_likelihood" in card
    assert main(["sample", str(path), "--best", "--output", str(path / "x.png")]) == 0


@pytest.mark.exhaustive
def test_a_run_without_best_bandwidths_goes_on_as_it_began(
    tmp_path, small_digits, capsys
):
    path = tmp_path / "run"
    train = [*TRAIN, "--output-dir", str(path)]
    assert main([*train, "--epochs", "1"]) == 0
    assert "stays the epoch" not in capsys.readouterr().out
    (row,) = read_history(path)
    del row[PARZEN_AT_BEST_BANDWIDTH]
    (path / "history.jsonl").write_text(json.dumps({**row, "seconds": 1.0}) + "\n")
    (path / "best.json").unlink()
    assert main([*train, "--epochs", "3", "--resume"]) == 0
    output = capsys.readouterr().out
    assert "has no parzen_at_best_bandwidth: best.keras stays the epoch" in output
    history = read_history(path)
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert all(one.keys() == row.keys() for one in history)
    best = int(kg.load(path / "best.keras").epochs_completed)
    assert best == 1 + int(np.argmax([one[PARZEN] for one in history]))


@pytest.fixture
def small_recipes(monkeypatch):
    """Two stages on the digits, as the face recipes have them."""

    def build(data, seed, simultaneous=True, pretrained=None):
        gan = small_game(data, seed, simultaneous=simultaneous)
        if pretrained is not None:
            gan.generator.set_weights(pretrained.generator.get_weights())
        return gan

    first = small_recipe(
        "digits", name="small", build=build, epochs=1, can_alternate=True
    )
    second = dataclasses.replace(first, name="second", continues="small")
    for recipe in (first, second):
        monkeypatch.setitem(kg.recipes.RECIPES, recipe.name, recipe)


@pytest.mark.exhaustive
def test_a_second_stage_continues_a_run(tmp_path, small_recipes, capsys):
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    train = ["train", "--verbose", "0"]
    assert main([*train, "small", "--alternating", "--output-dir", one]) == 0
    assert not kg.load(tmp_path / "one" / "model.keras").rules.simultaneous
    second = [*train, "second", "--output-dir", two]
    assert main(second) == 2
    assert "second continues small: `--pretrained` must" in capsys.readouterr().err
    assert main([*second, "--pretrained", one, "--data", "digits"]) == 0
    assert kg.load(tmp_path / "two" / "model.keras").rules.simultaneous
    held = read_record(tmp_path / "two")["config"]
    assert held["pretrained"] == one and held["data"] == "digits"
    assert main([*second, "--pretrained", two, "--output-dir", one + "x"]) == 2
    assert "must be a run of small" in capsys.readouterr().err
    assert main([*train, "small", "--pretrained", one, "--output-dir", one + "x"]) == 2
    assert "is not for small" in capsys.readouterr().err
    # A resumed run keeps its order of play, and cannot change it.
    extend = [*train, "small", "--resume", "--output-dir", one, "--epochs", "2"]
    assert main(extend) == 0
    assert not kg.load(tmp_path / "one" / "model.keras").rules.simultaneous
    assert (
        main([*train, "second", "--resume", "--alternating", "--output-dir", two]) == 2
    )
    assert "with alternating=False" in capsys.readouterr().err


def test_alternation_is_for_games_that_move_at_once(tmp_path, capsys):
    path = str(tmp_path / "run")
    assert main([*TRAIN, "--alternating", "--output-dir", path]) == 2
    assert "whose players alternate already" in capsys.readouterr().err
    assert main([*TRAIN, "--data", "digit", "--output-dir", path]) == 2
    assert "Did you mean 'digits'" in capsys.readouterr().err


def test_evaluate_takes_some_measures(run_dir, capsys):
    command = ["evaluate", str(run_dir), "--verbose", "0", "--measures"]
    assert main([*command, "frechet_distance"]) == 0
    record = json.loads((run_dir / "evaluation.json").read_text())
    assert list(record["scores"]["generated"]) == ["frechet_distance"]
    capsys.readouterr()
    assert main([*command, "frechet_distance", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["scores"] == record["scores"]
    before = (run_dir / "evaluation.json").read_bytes()
    capsys.readouterr()
    assert main([*command, "frechet"]) == 2
    assert "Did you mean 'frechet_distance'?" in capsys.readouterr().err
    assert main([*command, "inception_score"]) == 2
    assert "needs class probabilities" in capsys.readouterr().err
    assert (run_dir / "evaluation.json").read_bytes() == before


def test_evaluate_streams_any_number_of_kernels(run_dir, capsys):
    command = ["evaluate", str(run_dir), "--measures", "parzen_log_likelihood"]
    assert main([*command, "--num-kernels", "2500", "--verbose", "1"]) == 0
    scores = json.loads((run_dir / "evaluation.json").read_text())["scores"]
    parzen = scores["generated"]["parzen_log_likelihood"]
    assert parzen["num_samples"] == 2500
    assert scores["held-out real"]["parzen_log_likelihood"]["num_samples"] == 1197
    assert "2500/2500" in capsys.readouterr().out
    digits = kg.datasets.load_digits()
    stream = kg.load(run_dir / "model.keras").sample_stream(2500, seed=0)
    expected = kg.evaluation.parzen_log_likelihood(
        np.concatenate(list(stream)),
        digits.valid.images,
        digits.test.images,
        kg.recipes.get("digits").parzen.bandwidths,
    )
    np.testing.assert_allclose(parzen["mean"], expected.mean, rtol=1e-6)
    assert main([*command, "--num-kernels", "0"]) == 2
    capsys.readouterr()
    others = ["evaluate", str(run_dir), "--measures", "frechet_distance"]
    assert main([*others, "--num-kernels", "7"]) == 2
    assert "`--num-kernels` is of parzen_log_likelihood" in capsys.readouterr().err


def test_samples_are_written_as_numbers_and_as_pictures_of_each(tmp_path, capsys):
    gan = make_tiny_gan()
    gan.save(tmp_path / "gan.keras")
    sample = ["sample", str(tmp_path / "gan.keras"), "--num", "5", "--seed", "2"]
    numbers, folder, empty = (tmp_path / name for name in ("a.npy", "new", "x.png"))
    empty.mkdir()
    for output in (str(numbers), f"{folder}/", str(empty)):
        assert main([*sample, "--output", output]) == 0
    written, expected = np.load(numbers), gan.sample(5, seed=2)
    assert written.dtype == "float32"
    np.testing.assert_array_equal(written, expected)
    for pictures in (folder, empty):
        names = [f"0000{index}.png" for index in range(5)]
        assert sorted(path.name for path in pictures.iterdir()) == names
        pixels = np.stack([np.asarray(Image.open(pictures / name)) for name in names])
        np.testing.assert_allclose(pixels, 255 * expected[..., 0], atol=0.51)
    capsys.readouterr()
    for output in (str(numbers), str(folder), f"{numbers}/"):
        assert main([*sample, "--num", "1", "--output", output]) == 2
        assert "`--output` must be new" in capsys.readouterr().err
    np.testing.assert_array_equal(np.load(numbers), expected)
    assert len([*folder.iterdir()]) == 5
    for name in ("a.npz", "samples"):
        assert main([*sample, "--output", str(tmp_path / name)]) == 2
        assert "must end in .png" in capsys.readouterr().err
    assert main([*sample, "--output", "."]) == 2
    assert "must name a folder to make" in capsys.readouterr().err


def test_sample_draws_a_picture_once(run_dir, tmp_path, capsys):
    output = tmp_path / "grid.png"
    command = ["sample", str(run_dir), "--num", "9", "--seed", "1", "--output"]
    assert main([*command, str(output)]) == 0
    before = output.read_bytes()
    assert main([*command, str(output)]) == 2
    assert "`--output` must be new" in capsys.readouterr().err
    assert output.read_bytes() == before
    assert main([*command, str(tmp_path / "grid.jpg")]) == 2
    assert "must end in .png" in capsys.readouterr().err
    assert main([*command, str(tmp_path / "other.png"), "--label", "3"]) == 2
    assert "`--label` is for generators" in capsys.readouterr().err


@pytest.fixture
def conditional_recipe(monkeypatch):
    """A recipe of a game that reads labels, small enough for seconds."""

    def build(data, seed):
        shape = data.image_shape
        gan = kg.GAN(
            kg.networks.conditional_mlp_generator(3, 10, shape, 4, 4, 4, seed=seed),
            kg.networks.conditional_maxout_discriminator(shape, 10, 4, 4, 4, seed=seed),
            kg.priors.UniformPrior(3),
            conditions={"labels": kg.priors.CategoricalPrior(10)},
            seed=seed,
        )
        gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
        return gan

    told = dataclasses.replace(
        kg.recipes.get("digits"),
        name="told",
        build=build,
        epochs=1,
        passes_per_epoch=2,
        scheduled=False,
    )
    monkeypatch.setitem(kg.recipes.RECIPES, "told", told)
    return told


@pytest.mark.exhaustive
def test_labels_are_learned_from_and_drawn_row_by_row(conditional_recipe, tmp_path):
    path = tmp_path / "run"
    train = ["train", "told", "--verbose", "0", "--output-dir", str(path)]
    assert main(train) == 0
    # The same game, fed by hand.
    data = kg.datasets.load_digits()
    by_hand = conditional_recipe.build(data, 0)
    images, labels = np.tile(data.train.images, (2, 1, 1, 1)), data.train.labels
    by_hand.fit(images, np.tile(labels, 2), conditional_recipe.batch_size, verbose=0)
    gan = kg.load(path / "model.keras")
    assert_equal_weights(gan.generator, by_hand.generator)
    sample = ["sample", str(path), "--seed", "5", "--output"]
    assert main([*sample, str(tmp_path / "all.png"), "--num", "25"]) == 0
    told = [*sample, str(tmp_path / "two.png"), "--num", "5", "--label", "3", "7"]
    assert main(told) == 0
    assert main([*sample, str(tmp_path / "one.png"), "--num", "4", "--label", "8"]) == 0
    pictures = [
        (path / "samples" / "epoch_0001.png", np.repeat(range(10), 6), 6, 0),
        (tmp_path / "all.png", np.repeat(range(10), 2), 2, 5),
        (tmp_path / "two.png", np.array([3, 3, 7, 7]), 2, 5),
        (tmp_path / "one.png", np.array([8, 8, 8, 8]), 2, 5),
    ]
    for file, asked, num_columns, seed in pictures:
        samples = gan.sample(len(asked), seed=seed, labels=asked)
        expected = kg.visualization.image_grid(samples, num_columns=num_columns)
        np.testing.assert_array_equal(np.asarray(Image.open(file)), expected)


def test_a_label_that_is_no_class_is_refused(run_dir, tmp_path, capsys):
    output = tmp_path / "grid.png"
    command = ["sample", str(run_dir), "--output", str(output), "--label", "3"]
    assert main(command) == 2
    assert "`--label` is for generators that are told" in capsys.readouterr().err
    assert not output.exists()


def test_export_writes_checked_artefacts(run_dir, capsys):
    command = ["export", str(run_dir), "--license", "mit", "--format", "onnx"]
    assert main([*command, "onnx_int8"]) == 0
    assert capsys.readouterr().out.count("largest difference") == 2
    exports = run_dir / "exports"
    record = json.loads((exports / "generator.onnx.json").read_text())
    assert record["parity"]["max_abs_error"] <= 1e-5
    assert record["metadata"]["recipe"] == "digits"
    assert record["metadata"]["license"] == "mit"
    assert record["quality"] is None
    quality = json.loads((exports / "generator_int8.onnx.json").read_text())["quality"]
    assert quality["keras"].keys() == quality["artefact"].keys()
    assert {"parzen_log_likelihood", "frechet_distance"} <= quality["keras"].keys()
    assert main(command) == 2
    elsewhere = [*command, "--output-dir", str(run_dir / "elsewhere"), "--opset", "15"]
    assert main(elsewhere) == 0
    assert (run_dir / "elsewhere" / "generator.onnx").is_file()
    assert main([*command, "--overwrite"]) == 0


@pytest.mark.exhaustive
def test_resume_begins_where_there_is_no_run_and_extends_a_finished_one(
    uncut, tmp_path, monkeypatch, capsys
):
    make_small(monkeypatch, passes_per_epoch=PASSES)
    path = tmp_path / "new"
    resume = [*TRAIN, "--resume", "--output-dir", str(path)]
    assert main([*resume, "--seed", "2", "--epochs", "1"]) == 0
    assert kg.load(path / "model.keras").epochs_completed == 1
    # The seed need not be repeated: the run remembers it.
    assert main([*resume, "--epochs", "3"]) == 0
    assert_equal_runs(uncut, path)
    before = (path / "model.keras").read_bytes()
    assert main(resume) == 0
    assert "has its 3 epochs already" in capsys.readouterr().out
    assert (path / "model.keras").read_bytes() == before


@pytest.mark.exhaustive
def test_a_killed_run_resumes_bit_equal(uncut, tmp_path, monkeypatch):
    make_small(monkeypatch, passes_per_epoch=PASSES)
    killed = tmp_path / "killed"
    process = subprocess.Popen(
        [sys.executable, SHORT_EPOCHS, str(PASSES), *UNCUT, str(killed)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(killed / "model.keras", process)
    time.sleep(0.2)  # into the next epoch
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    completed = int(kg.load(killed / "model.keras").epochs_completed.numpy())
    assert 1 <= completed < 3
    assert main([*UNCUT, str(killed), "--resume"]) == 0
    assert_equal_runs(uncut, killed)


def signal_self(number, epoch, batch):
    """A signal in the midst of a step, counted from 1."""

    class Signal(keras.callbacks.Callback):
        def on_train_batch_begin(self, at, logs=None):
            if (int(self.model.epochs_completed.numpy()) + 1, at + 1) == (epoch, batch):
                os.kill(os.getpid(), number)

    return Signal()


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("number", "status", "word"),
    [(signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "interrupted")],
)
@pytest.mark.parametrize(("batch", "completed"), [(2, 1), (3, 2)])
def test_a_signal_leaves_whole_epochs(
    number, status, word, batch, completed, tmp_path, small_digits, monkeypatch, capsys
):
    path = tmp_path / "run"
    train = [*TRAIN, "--epochs", "3", "--output-dir", str(path)]
    fit, handler = kg.GAN.fit, signal.getsignal(number)

    def with_signal(gan, *args, callbacks, **more):
        signaling = signal_self(number, epoch=2, batch=batch)  # of three batches
        return fit(gan, *args, callbacks=[*callbacks, signaling], **more)

    monkeypatch.setattr(kg.GAN, "fit", with_signal)
    assert main(train) == status
    told = capsys.readouterr().err
    assert told.startswith(f"keras-gan: {word}; ") and "--resume continues" in told
    assert signal.getsignal(number) is handler
    record = read_record(path)
    assert record["status"] == "interrupted"
    assert record["reason"] == {143: "SIGTERM", 130: "Ctrl-C"}[status]
    assert record["epochs_completed"] == completed
    assert kg.load(path / "model.keras").epochs_completed == completed
    assert not list(path.rglob(".*"))  # no lock, nothing half


def test_a_second_signal_stops_at_once():
    stop = StopBetweenSteps()
    with stop.listening():
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)


@pytest.mark.exhaustive
def test_a_run_that_is_trained_is_refused_and_untouched(run_dir, small_digits, capsys):
    command = "import sys, time; from pathlib import Path\n"
    command += "from keras_gan.runs import RunDirectory\n"
    command += "lock = RunDirectory(Path(sys.argv[1])).lock()\n"
    command += "print('locked', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", command, run_dir],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        other.stdout.readline()
        before = {path: path.read_bytes() for path in run_dir.glob("*.*")}
        assert main([*TRAIN, "--resume", "--output-dir", str(run_dir)]) == 2
        assert f"process {other.pid} on" in capsys.readouterr().err
        assert {path: path.read_bytes() for path in run_dir.glob("*.*")} == before
        other.stdin.close()


def wait_for(path: Path, process: subprocess.Popen, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert process.poll() is None, "the run ended before it was killed"
        assert time.monotonic() < deadline, f"no {path} after {seconds} s"
        time.sleep(0.02)


def test_a_run_that_diverged_says_so(tmp_path, monkeypatch, capsys):
    def build(data, seed):
        gan = small_game(data, seed)
        wild = (keras.optimizers.SGD(1e30) for _ in range(2))
        gan.compile(*wild, run_eagerly=True)
        return gan

    make_small(monkeypatch, build=build)
    assert main([*TRAIN, "--output-dir", str(tmp_path)]) == 1
    message = capsys.readouterr().err
    assert "=nan in epoch 1 by batch" in message and "try another seed" in message
    assert not (tmp_path / "model.keras").exists()
    assert [one.name for one in tmp_path.rglob("*.png")] == ["real.png"]
    record = read_record(tmp_path)
    assert record["status"] == "failed" and record["reason"] in message


# ------------------------------------------------------------------- mistakes

NO_RUN = "`RUN` must be a folder that holds a run"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "digit"], "Did you mean 'digits'"),
        (
            ["train", "goodfellow2014_mnist", "--data-dir", "nowhere"],
            "nowhere: train-im",
        ),
        (["train", "digits", "--epochs", "0"], "`--epochs`. Expected an integer"),
        (["train", "digits", "--seed", "-1"], "`--seed`. Expected an integer"),
        (["train", "digits", "--seed", str(2**31)], "`--seed`. Expected an integer"),
        (["sample", "x", "--seed", str(2**31), "--output", "x.png"], "`--seed`"),
        (["evaluate", "nowhere"], NO_RUN),
        (
            ["sample", "nowhere", "--output", "x.png"],
            NO_RUN,
        ),
        (["sample", "nowhere", "--num", "0", "--output", "x.png"], "`--num`"),
        (
            ["export", "nowhere", "--format", "onnx"],
            NO_RUN,
        ),
    ],
)
def test_mistakes_are_one_sentence_and_status_2(
    arguments, message, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error and error.startswith("keras-gan: error: ")
    assert "Traceback" not in error and len(error.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_directory_in_use_is_refused(run_dir, small_digits, capsys):
    before = (run_dir / "model.keras").read_bytes()
    assert main([*TRAIN, "--output-dir", str(run_dir)]) == 2
    assert "holds another run" in capsys.readouterr().err
    resume = [*TRAIN, "--resume", "--seed", "4", "--output-dir", str(run_dir)]
    assert main(resume) == 2
    assert "with seed=3" in capsys.readouterr().err
    resume = [*TRAIN, "--resume", "--precision", "mixed_bfloat16"]
    assert main([*resume, "--output-dir", str(run_dir)]) == 2
    assert "with precision='float32'" in capsys.readouterr().err
    assert (run_dir / "model.keras").read_bytes() == before


@pytest.mark.exhaustive
def test_precision_is_that_of_the_networks_and_of_nothing_else(tmp_path, small_digits):
    path = tmp_path / "half"
    arguments = [*TRAIN, "--precision", "mixed_bfloat16", "--output-dir", str(path)]
    assert main([*arguments, "--epochs", "1"]) == 0
    assert keras.config.dtype_policy().name == "float32"
    assert main([*TRAIN, "--epochs", "2", "--resume", "--output-dir", str(path)]) == 0
    gan = kg.load(path / "model.keras")
    assert gan.generator.get_layer("dense_1").compute_dtype == "bfloat16"
    assert gan.sample(2, seed=0).dtype == "float32"


def test_an_unknown_format_is_refused(run_dir, capsys):
    assert main(["export", str(run_dir), "--format", "onxx"]) == 2
    assert "Did you mean 'onnx'" in capsys.readouterr().err


def test_an_unknown_measure_is_refused_by_the_name_of_its_option(run_dir, capsys):
    assert main(["evaluate", str(run_dir), "--measures", "frechet"]) == 2
    error = capsys.readouterr().err
    assert "argument `--measures`" in error and "'frechet_distance'" in error
    assert len(error.splitlines()) == 1  # nothing was reckoned before


def test_a_page_over_something_else_is_refused(run_dir, capsys):
    record = run_dir / "run.json"
    before = record.read_bytes()
    assert main(["compare", str(run_dir), "--html", str(record)]) == 2
    assert "`--html` must end in .html" in capsys.readouterr().err
    assert record.read_bytes() == before


def test_a_run_without_a_complete_epoch_is_named(run_dir, tmp_path, capsys):
    (tmp_path / "run.json").write_text((run_dir / "run.json").read_text())
    assert main(["evaluate", str(tmp_path)]) == 2
    assert "holds no complete epoch yet" in capsys.readouterr().err


def test_debug_shows_the_traceback():
    with pytest.raises(ValueError, match="Did you mean"):
        main(["train", "digit", "--debug"])


@pytest.mark.exhaustive
def test_a_mirrored_run_resumes(tmp_path, small_digits):
    # That it equals the uncut one: tests/test_strategies.py.
    mirrored = [*TRAIN, "--strategy", "mirrored", "--output-dir", str(tmp_path)]
    assert main([*mirrored, "--epochs", "1"]) == 0
    assert read_record(tmp_path)["replicas"] == (
        len(tf.config.list_logical_devices("GPU")) or 2
    )
    assert main([*mirrored, "--epochs", "2", "--resume"]) == 0
    assert kg.load(tmp_path / "model.keras").epochs_completed == 2


def test_workers_must_be_named(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    command = [*TRAIN, "--strategy", "multi_worker", "--output-dir", str(tmp_path)]
    assert main(command) == 2
    assert "needs the environment variable TF_CONFIG" in capsys.readouterr().err
