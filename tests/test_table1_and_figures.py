"""The examples that look at finished runs, on runs of one short epoch."""

import dataclasses
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import scipy.io
import scipy.stats
import tensorflow as tf
from PIL import Image

import keras_gan as kg
from keras_gan.commands.main import main
from keras_gan.datasets import Dataset, Split
from keras_gan.recipes import ParzenProtocol
from keras_gan.runs import load_run

EXAMPLES = Path(__file__).parent.parent / "examples"


def pixels_of(path):
    with Image.open(path) as picture:
        return np.asarray(picture)


def small_mnist(data_dir=None):
    images = np.random.default_rng(0).uniform(size=(200, 28, 28, 1)).astype("float32")
    split = Split(images)
    return Dataset("mnist", split, split, split)


def small_game(data, seed, simultaneous=True):
    gan = kg.GAN(
        kg.networks.mlp_generator(5, data.image_shape, (6,), seed=seed),
        kg.networks.maxout_discriminator(data.image_shape, (4,), seed=seed),
        kg.priors.NormalPrior(5),
        ema_half_life=100.0,
        seed=seed,
    )
    optimizers = (
        kg.optimizers.MomentumSGD(0.1, kg.schedules.LinearPerEpoch(0.5, 0.7, 3, 2))
        for _ in range(2)
    )
    gan.compile(*optimizers, simultaneous=simultaneous)
    return gan


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run on digits and one on faces, under the names of the 2014 recipes."""
    root = tmp_path_factory.mktemp("runs")
    random = np.random.default_rng(0)
    faces = random.integers(0, 256, (4096, 400)).astype("uint8")
    scipy.io.savemat(root / "olivettifaces.mat", {"faces": faces})
    held = {}
    for name in ("goodfellow2014_mnist", "goodfellow2014_tfd_pretrain"):
        held[name] = kg.recipes.RECIPES[name]
        kg.recipes.RECIPES[name] = dataclasses.replace(
            held[name],
            build=small_game,
            parzen=ParzenProtocol(50, 40, (0.3, 0.5)),
        )
    loader = kg.datasets.LOADERS["mnist"]
    kg.datasets.LOADERS["mnist"] = small_mnist
    train = ["train", "--verbose", "0", "--epochs", "2"]
    mnist, tfd = str(root / "mnist"), str(root / "faces")
    assert main([*train, "goodfellow2014_mnist", "--output-dir", mnist]) == 0
    olivetti = ["--data", "olivetti", "--data-dir", str(root), "--output-dir", tfd]
    assert main([*train, "goodfellow2014_tfd_pretrain", *olivetti]) == 0
    yield {"mnist": mnist, "faces": tfd}
    kg.recipes.RECIPES.update(held)
    kg.datasets.LOADERS["mnist"] = loader


def import_example(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def example(monkeypatch):
    """Runs a script of examples/ in this process, where the recipes are small."""

    def run(name, *arguments):
        module = import_example(name)
        if name == "table1":
            module.NUM_SAMPLES = 60
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        module.main()

    return run


@pytest.mark.exhaustive
def test_table_1_marks_the_stand_in(runs, example, tmp_path, capsys):
    arguments = ("--mnist", runs["mnist"], "--faces", runs["faces"])
    example("table1", *arguments, "--output-dir", tmp_path)
    table = (tmp_path / "table1.md").read_text()
    assert "| Adversarial nets (paper) | 225 ± 2 | 2057 ± 26 |" in table
    assert "(stand-in: olivetti)" in table and table in capsys.readouterr().out
    rows = json.loads((tmp_path / "table1.json").read_text())["rows"]
    digits, faces = rows
    assert "across 5 folds" in faces["score"] and faces["stand_in"]
    run = load_run(runs["mnist"], best=True)
    expected = kg.evaluation.parzen_log_likelihood(
        run.gan.sample(60, seed=0),
        run.data.valid.images[:40],
        run.data.test.images,
    )
    assert digits["mean"] == pytest.approx(expected.mean, rel=1e-6)
    best_mean = digits["mean_at_best_bandwidth"]
    assert best_mean == pytest.approx(expected.mean_at_best_bandwidth, rel=1e-6)
    assert f"**, at the best bandwidth {best_mean:.1f} ± " in table
    assert digits["epoch"] == run.gan.epochs_completed
    assert pixels_of(tmp_path / "learning_curve.png").shape[1] > 500


def test_table_1_has_a_row_of_real_images():
    record = EXAMPLES / "records" / "table1"
    rows = json.loads((record / "table1.json").read_text())["rows"]
    table = import_example("table1").table_of(rows)
    real = (
        "| real training images | 241.2 ± 2.1, at the best bandwidth 243.2 ± 1.9 |  |"
    )
    assert real in table.splitlines()
    assert (record / "table1.md").read_text("utf-8") == table


def test_table_1_needs_a_run(example, capsys):
    with pytest.raises(SystemExit):
        example("table1")
    assert "name at least one run" in capsys.readouterr().err


@pytest.mark.exhaustive
def test_figure_2_has_a_panel_for_each_run(runs, example, tmp_path):
    options = ("--scale", 1, "--output-dir", tmp_path)
    example("figure2_samples", *runs.values(), *options)
    panel = pixels_of(tmp_path / "goodfellow2014_mnist.png")
    assert panel.shape == (4 * 30 + 2, 6 * 30 + 2, 3)
    faces = pixels_of(tmp_path / "goodfellow2014_tfd_pretrain.png")
    assert faces.shape == (4 * 50 + 2, 6 * 50 + 2, 3)


@pytest.mark.exhaustive
def test_figure_3_walks_from_digit_to_digit(runs, example, tmp_path):
    options = (
        "--num-steps",
        3,
        "--num-candidates",
        50,
        "--digits",
        1,
        5,
        1,
        "--scale",
        1,
    )
    example("figure3_interpolation", runs["mnist"], *options, "--output-dir", tmp_path)
    strip = pixels_of(tmp_path / "figure3.png")
    assert strip.shape == (2 * 30 + 2, 4 * 30 + 2, 3)
    # From the surest 1 to the surest 5 and back: the ends of the rows are equal.
    first, last = strip[2:30, 2:30], strip[32:60, 92:120]
    np.testing.assert_array_equal(first, last)


def test_play_on_begins_at_the_momentum_and_a_multiple_of_the_rate():
    decay = kg.schedules.FlooredExponentialDecay(0.1, 1.01)
    momentum = kg.schedules.LinearPerEpoch(0.5, 0.7, 3, updates_per_epoch=40)
    optimizer = kg.optimizers.MomentumSGD(decay, momentum)
    optimizer.build([keras.Variable([1.0])])
    optimizer.iterations.assign(50)  # the second epoch of three
    cooled = import_example("play_on").at_other_rates(optimizer, 20, 3.0, factor=8.0)
    cooled.build([keras.Variable([1.0])])
    rates = []
    for updates in (0, 10, 20):
        cooled.iterations.assign(updates)
        rates.append(float(cooled.learning_rate))
    start = 3 * 0.1 / 1.01**50
    np.testing.assert_allclose(rates, start / np.array([1, 8**0.5, 8]), rtol=1e-5)
    assert float(cooled.momentum) == pytest.approx(0.6)


def test_play_on_goes_on_from_the_last_epoch(runs, example, tmp_path):
    example("play_on", runs["mnist"], "--epochs", 2, "--output-dir", tmp_path)
    record = json.loads((tmp_path / "play_on.json").read_text())
    assert record["epochs_before"] == 2 and len(record["valid"]) == 3
    assert record["environment"]["keras-gan"] == kg.__version__
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []
    *_, last = kg.runs.RunDirectory(Path(runs["mnist"])).history()
    for key, name in (
        ("valid", "parzen"),
        ("valid_at_best_bandwidth", "parzen_at_best_bandwidth"),
    ):
        assert record[key][0] == pytest.approx(last[name], rel=1e-5)
        assert len(record[key]) == 3
    cooled = kg.load(tmp_path / "model.keras")
    assert cooled.epochs_completed == 4
    assert load_run(runs["mnist"]).gan.epochs_completed == 2
    score = kg.evaluation.parzen_log_likelihood(
        cooled.sample(50, seed=0),
        np.asarray(small_mnist().valid.images[:40]),
        small_mnist().test.images,
        (0.3, 0.5),
    )
    assert record["test"]["mean"] == pytest.approx(score.mean, rel=1e-5)


def test_play_on_is_copied_without_private_names():
    assert "keras_gan._" not in (EXAMPLES / "play_on.py").read_text("utf-8")


def test_play_on_averages_the_generator(runs, example, tmp_path):
    options = ("--epochs", 1, "--ema-half-life", 1000)
    example("play_on", runs["mnist"], *options, "--output-dir", tmp_path)
    assert json.loads((tmp_path / "play_on.json").read_text())["ema_half_life"] == 1e3
    before = load_run(runs["mnist"]).gan
    after = kg.load(tmp_path / "model.keras")
    assert after.epochs_completed == before.epochs_completed + 1
    assert after.train_steps == before.train_steps + 2
    networks = before.generator, after.generator, after.evaluation_generator
    old, new, average = (
        np.concatenate([np.ravel(weight) for weight in network.get_weights()])
        for network in networks
    )
    # Two steps from rest, the second 1.7 times the first: with decay d = .5 ** (1 / 10)
    # a step the average has gone (1 - d) (1 + d / 2.7) of the way.
    decay = 0.5**0.1
    share = np.dot(average - old, new - old) / np.sum((new - old) ** 2)
    assert share == pytest.approx((1 - decay) * (1 + decay / 2.7), rel=0.1)


@pytest.mark.exhaustive
def test_play_on_changes_the_order_of_play_and_the_momentum(runs, example, tmp_path):
    options = ("--epochs", 1, "--momentum", 0.9, "--alternating")
    example("play_on", runs["mnist"], *options, "--output-dir", tmp_path)
    record = json.loads((tmp_path / "play_on.json").read_text())
    assert record["momentum"] == pytest.approx(0.9) and not record["simultaneous"]
    after = kg.load(tmp_path / "model.keras")
    assert not after.rules.simultaneous
    for optimizer in (after.generator_optimizer, after.discriminator_optimizer):
        assert float(optimizer.momentum) == pytest.approx(0.9)


def test_whole_discriminator_trains_the_generator_without_dropout():
    images = small_mnist().train.images[:8]
    before = small_game(small_mnist(), seed=0)
    other_game = import_example("play_on").other_game
    gan = other_game(before, None, whole_discriminator=True, seed=0)
    rate = 1e3  # the discriminator begins so small that its gradients are, too
    gan.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(0.0))
    variables = gan.generator.trainable_variables
    old = [variable.numpy() for variable in variables]
    latents = gan.sample_latents(8, gan.seed_of(1))
    with tf.GradientTape() as tape:
        logits = gan.discriminator(gan.generator(latents), training=False)
        loss = tf.reduce_mean(tf.math.softplus(-logits))
    gradients = tape.gradient(loss, [variable.value for variable in variables])
    gan.fit(images, batch_size=8, epochs=1, verbose=0)
    for variable, start, gradient in zip(variables, old, gradients, strict=True):
        np.testing.assert_allclose(variable, start - rate * gradient, atol=1e-5)


@pytest.mark.exhaustive
def test_play_on_against_the_whole_discriminator_is_a_game_in_turns(
    runs, example, tmp_path
):
    options = ("--epochs", 1, "--whole-discriminator")
    example("play_on", runs["mnist"], *options, "--output-dir", tmp_path)
    record = json.loads((tmp_path / "play_on.json").read_text())
    assert record["whole_discriminator"] and not record["simultaneous"]
    assert kg.load(tmp_path / "model.keras").epochs_completed == 3


def test_play_on_refuses_a_factor_that_heats(runs, example, capsys):
    with pytest.raises(SystemExit):
        example("play_on", runs["mnist"], "--factor", 0.5)
    assert "--factor must be at least 1" in capsys.readouterr().err


@pytest.mark.exhaustive
def test_parzen_spread_is_that_of_other_samples(runs, example, tmp_path, monkeypatch):
    monkeypatch.setattr(kg.datasets, "load_mnist", small_mnist)
    paths = (Path(runs["mnist"]) / "model.keras", tmp_path / "longer.keras")
    longer = kg.load(paths[0])
    longer.fit(small_mnist().train.images, batch_size=100, epochs=3, verbose=0)
    longer.save(paths[1])
    options = ("--num-sets", 3, "--num-samples", 60, "--output-dir", tmp_path)
    example("parzen_spread", *paths, *options)
    record = json.loads((tmp_path / "parzen_spread.json").read_text())
    data = small_mnist()
    scores = [
        [
            kg.evaluation.parzen_log_likelihood(
                kg.load(path).sample(60, seed=seed), data.valid.images, data.test.images
            )
            for seed in range(3)
        ]
        for path in paths
    ]
    for suffix, field in (
        ("", "mean"),
        ("_at_best_bandwidth", "mean_at_best_bandwidth"),
    ):
        values = [[getattr(score, field) for score in sets] for sets in scores]
        for model, expected in zip(record["models"], values, strict=True):
            assert model[f"test_values{suffix}"] == pytest.approx(expected, rel=1e-6)
            assert model[f"test{suffix}"]["mean"] == pytest.approx(np.mean(expected))
        above = record["models"][1][f"above_first{suffix}"]
        differences = np.subtract(*values[::-1])
        assert above["mean"] == pytest.approx(differences.mean(), rel=1e-4)
        sem = scipy.stats.sem(differences)
        assert above["standard_error"] == pytest.approx(sem, rel=1e-3)


def test_parzen_spread_needs_two_sets(example, capsys):
    with pytest.raises(SystemExit):
        example("parzen_spread", "model.keras", "--num-sets", 1)
    assert "--num-sets must be at least 2" in capsys.readouterr().err


def test_load_run_takes_the_last_or_the_best_epoch(runs):
    last, best = (load_run(runs["mnist"], best=best) for best in (False, True))
    assert last.gan.epochs_completed == 2 and best.gan.epochs_completed in (1, 2)
    assert last.recipe.name == last.config["recipe"] == "goodfellow2014_mnist"


@pytest.mark.exhaustive
def test_the_conditional_table_reads_what_evaluations_hold(tmp_path):
    data = kg.datasets.load_digits()
    evaluator = kg.evaluation.Evaluator(
        data.train.images,
        data.valid.images,
        measures=["frechet_distance", "class_accuracy"],
        labels=data.train.labels,
        held_out_labels=data.valid.labels,
    )
    scores = evaluator(data.test.images, labels=data.test.labels)
    records = {name: score.record() for name, score in scores.items()}
    evaluation = {
        "model": {"recipe": "own", "epochs": 3, "seed": 5},
        "scores": {"generated": records, "held-out real": records},
    }
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "evaluation.json").write_text(json.dumps(evaluation))
    script = EXAMPLES / "conditional_table.py"
    command = [script, tmp_path / "run", "--output-dir", tmp_path]
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    table = (tmp_path / "conditional.md").read_text(encoding="utf-8").splitlines()
    accuracy = scores["class_accuracy"]
    expected = [
        "`own`, 3 epochs, seed 5",
        f"{scores['frechet_distance'].value:.3f}",
        f"{accuracy.accuracy:.3f} ± {accuracy.standard_error:.3f}",
    ]
    assert [cell.strip() for cell in table[2].split("|")[1:4]] == expected
    assert table[3].startswith("| held-out real data") and len(table) == 4


@pytest.mark.exhaustive
def test_the_family_table_has_a_row_for_each_recipe_and_real_data_last(tmp_path):
    for name, recipe, seed, distance in (
        ("first", "dcgan", 0, 4.0),
        ("second", "dcgan", 1, 6.0),
        ("third", "r3gan", 0, 1.5),
    ):
        generated = {
            "frechet_distance": {"value": distance},
            "precision_recall": {"precision": 0.75, "recall": 0.5},
        }
        real = {"frechet_distance": {"value": 0.125}}
        (tmp_path / name).mkdir()
        evaluation = {
            "model": {"recipe": recipe, "epochs": 2, "seed": seed},
            "scores": {"generated": generated, "held-out real": real},
        }
        path = tmp_path / name / "evaluation.json"
        path.write_text(json.dumps(evaluation))
        rows = [{"epoch": epoch, "seconds": 90.0} for epoch in (1, 2)]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / name / "history.jsonl").write_text(lines)
        record = {"seed": seed, "status": "complete", "version": 1}
        (tmp_path / name / "run.json").write_text(json.dumps(record))
    (tmp_path / "first" / "samples").mkdir()
    red = np.array([[[255, 0, 0]]], "uint8")
    Image.fromarray(red).save(tmp_path / "first" / "samples" / "epoch_0002.png")
    (tmp_path / "first" / "samples" / "real.png").write_bytes(b"no picture")
    runs = [tmp_path / name for name in ("first", "second", "third")]
    command = [EXAMPLES / "family_table.py", *runs, "--output-dir", tmp_path]
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    table = (tmp_path / "families.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table]
    assert [row[0] for row in cells[2:]] == ["`dcgan`", "`r3gan`", "held-out real data"]
    # 4 and 6: standard deviation 2^(1/2), of two values 1.
    assert cells[2][1:4] == ["5.000 ± 1.000", "0.750 ± 0.000", "0.500 ± 0.000"]
    assert cells[2][6:] == ["2", "0, 1", "3 ± 0"]
    assert cells[3][1] == "1.500" and cells[3][5] == "—"
    assert cells[4][1] == "0.125" and cells[4][8] == "—"
    record = json.loads((tmp_path / "families.json").read_text())
    assert record["second"]["minutes"] == 3.0
    assert record["third"]["generated"]["recall"] == 0.5
    is_red = np.all(pixels_of(tmp_path / "families.png")[..., :3] == red, axis=-1)
    assert 0.5 < is_red.mean() < 1  # the one run with samples


@pytest.mark.exhaustive
def test_runs_that_nobody_evaluated_are_named(tmp_path):
    command = [EXAMPLES / "family_table.py", tmp_path, "--output-dir", tmp_path]
    result = subprocess.run([sys.executable, *command], capture_output=True, text=True)
    assert result.returncode and "keras-gan evaluate" in result.stderr


def test_sums_of_latents_are_those_of_means_and_of_single_samples():
    arithmetic = import_example("latent_walk").arithmetic
    latents = np.random.default_rng(0).normal(size=(10, 3, 2))
    rows, of_means = arithmetic(latents, [(7, 1, 3)], num=2)
    mean = latents.mean(axis=1)
    np.testing.assert_allclose(of_means[0], mean[7] - mean[1] + mean[3])
    np.testing.assert_allclose(rows[:3], mean[[7, 1, 3]])
    np.testing.assert_allclose(rows[5], latents[7, 1] - latents[1, 1] + latents[3, 1])
    assert len(rows) == 3 + 1 + 2


def test_latents_are_walked_and_added(example, tmp_path, capsys):
    gan = small_game(small_mnist(), 0)
    path = tmp_path / "gan.keras"
    gan.save(path)
    small = ["--num-rows", "2", "--num-steps", "3", "--num-candidates", "50"]
    sums = ["--num", "2", "--num-averaged", "3", "--scale", "1", "--sums", "7-1+3"]
    example("latent_walk", path, *small, *sums, "--output-dir", tmp_path)
    assert pixels_of(tmp_path / "walk.png").shape[:2] == (2 * 30 + 2, 4 * 30 + 2)
    assert pixels_of(tmp_path / "arithmetic.png").shape[:2] == (30 + 2, 6 * 30 + 2)
    assert "7 - 1 + 3: taken for a" in capsys.readouterr().out


def test_labels_are_those_that_the_published_code_draws():
    labels = np.random.default_rng(0).integers(0, 3, size=60)
    few = import_example("few_labels").as_published(labels, 4, seed=2)
    # train_mnist_feature_matching.py: permuted by `seed_data`, the first of each class.
    rows = np.random.RandomState(2).permutation(60)
    drawn = np.concatenate([rows[labels[rows] == one][:4] for one in range(3)])
    np.testing.assert_array_equal(np.sort(drawn), np.flatnonzero(few >= 0))
    np.testing.assert_array_equal(few[drawn], np.repeat([0, 1, 2], 4))
