"""What `keras-gan evaluate` measures, above all of conditional generators."""

import dataclasses
import json
import types

import keras
import numpy as np
import pytest

import keras_gan as kg
from keras_gan import _run_files, evaluation
from keras_gan.commands.main import main
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.evaluation.measures import MEASURES
from keras_gan.runs.evaluation import (
    GENERATED,
    HELD_OUT,
    RunEvaluator,
    _stream,
)
from keras_gan.runs.monitor import monitor_of
from keras_gan.runs.pictures import draw_pictures
from keras_gan.runs.score_records import records

pytestmark = pytest.mark.usefixtures("one_thread")

NUM_KERNELS, BANDWIDTHS = 60, (0.1, 0.2, 0.4)
OF_CLASSES = [
    "class_accuracy",
    "gan_train",
    "asked_coverage",
    "class_frechet_distance",
    "class_parzen",
]


@pytest.fixture(scope="module")
def data(digits):
    """Three classes of the digits."""

    def some(split, num):
        rows = np.flatnonzero(split.labels < 3)[:num]
        return Split(split.images[rows], split.labels[rows])

    sizes = {"train": 150, "valid": 60, "test": 50}
    splits = {name: some(getattr(digits, name), num) for name, num in sizes.items()}
    return Dataset("three_digits", **splits)


@pytest.fixture(autouse=True)
def few_updates(monkeypatch):
    """Three digits are soon told apart."""
    monkeypatch.setattr(evaluation.label_classifier, "_PERCEPTRON_UPDATES", 200)


def conditional_gan(labels="classes", **arguments):
    latents = keras.Input((3,), name="latents")
    if labels == "classes":
        condition = keras.Input((), name="labels", dtype="int32")
        shift = keras.layers.Embedding(3, 3)(condition)
    else:
        shift = condition = keras.Input((3,), name="labels")
    outputs = keras.layers.Dense(64, "sigmoid")(latents + shift)
    outputs = keras.layers.Reshape((8, 8, 1))(outputs)
    gan = kg.GAN(
        keras.Model([latents, condition], outputs),
        kg.networks.maxout_discriminator((8, 8, 1), (4,), seed=1),
        kg.priors.UniformPrior(3),
        **arguments,
    )
    gan.compile("sgd", "sgd")
    return gan


def plain_gan():
    generator = kg.networks.mlp_generator(3, (8, 8, 1), (5,), seed=0)
    discriminator = kg.networks.maxout_discriminator((8, 8, 1), (4,), seed=1)
    gan = kg.GAN(generator, discriminator, kg.priors.UniformPrior(3))
    gan.compile("sgd", "sgd")
    return gan


@pytest.fixture(scope="module")
def recipe(data):
    return dataclasses.replace(
        kg.recipes.get("digits"),
        build=lambda data, seed: conditional_gan(seed=seed),
        parzen=kg.recipes.ParzenProtocol(NUM_KERNELS, 40, BANDWIDTHS),
    )


@pytest.fixture(scope="module")
def gan():
    return conditional_gan()


@pytest.mark.parametrize(
    ("num_test", "left_out"),
    [
        (4, ["density_coverage"]),
        (3, ["precision_recall", "density_coverage", "classifier_two_sample_test"]),
        (6, []),
    ],
)
def test_of_few_data_what_needs_more_is_left_out(digits, num_test, left_out):
    some = {
        name: Split(getattr(digits, name).images[:num], np.arange(num))
        for name, num in {"train": 30, "valid": 6, "test": num_test}.items()
    }
    evaluator = RunEvaluator(
        Dataset("few", **some),
        parzen=kg.recipes.ParzenProtocol(NUM_KERNELS, 6, BANDWIDTHS),
    )
    scores = evaluator(plain_gan())
    measured = {*scores[GENERATED]}
    assert measured == {*scores[HELD_OUT]} and {"frechet_distance"} <= measured
    assert measured.isdisjoint(left_out)
    told = f"left out, for there are too few held-out images: {', '.join(left_out)}"
    assert (told in evaluator.summary(scores, plain_gan())) == bool(left_out)
    # Too few for each class, but this generator is asked for none.
    assert "class_frechet_distance" not in evaluator.summary(scores, plain_gan())
    named = RunEvaluator(evaluator.data, ["density_coverage"])
    if "density_coverage" in left_out:
        with pytest.raises(ValueError, match="must hold at least 6 rows"):
            named(plain_gan())


def test_a_conditional_run_is_asked_for_each_class(recipe, data, gan):
    measures = ["parzen_log_likelihood", "frechet_distance", *OF_CLASSES]
    evaluator = RunEvaluator(data, measures, parzen=recipe.parzen)
    scores = evaluator(gan)
    assert list(scores) == [GENERATED, HELD_OUT]
    assert set(scores[GENERATED]) == {
        *("parzen_log_likelihood", "frechet_distance"),
        *OF_CLASSES,
    }
    assert list(scores[GENERATED]) == list(scores[HELD_OUT])
    generated = scores[GENERATED]
    # One set of as many kernels of each class: Mirza and Osindero's protocol.
    kernels = gan.sample(NUM_KERNELS, seed=0, labels=np.arange(NUM_KERNELS) % 3)
    valid, test = data.valid, data.test
    assert generated["parzen_log_likelihood"] == evaluation.parzen_log_likelihood(
        kernels, valid.images[:40], test.images, BANDWIDTHS
    )
    assert generated["class_parzen"].num_samples_by_class == (20, 20, 20)
    # All others: as many samples as there are test images.
    asked = np.arange(50) % 3
    samples = gan.sample(50, seed=0, labels=asked)
    assert generated["class_accuracy"].num_by_class == (17, 17, 16)
    assert generated["class_frechet_distance"] == evaluation.class_frechet_distance(
        real=evaluation.extract_features(data.train.images),
        real_labels=data.train.labels,
        fake=evaluation.extract_features(samples),
        fake_labels=asked,
    )
    assert generated["gan_train"] == evaluation.gan_train(
        samples=samples,
        labels=asked,
        held_out=valid.images,
        held_out_labels=valid.labels,
    )


def test_real_images_stand_beside_them_with_their_own_labels(recipe, data, gan):
    measures = ["class_accuracy", "class_parzen", "gan_train"]
    real = RunEvaluator(data, measures, parzen=recipe.parzen)(gan)[HELD_OUT]
    assert real["class_accuracy"].accuracy > 0.95
    assert real["class_accuracy"].num_by_class == tuple(np.bincount(data.test.labels))
    assert real["gan_train"] == evaluation.gan_train(
        samples=data.test.images,
        labels=data.test.labels,
        held_out=data.valid.images,
        held_out_labels=data.valid.labels,
    )
    assert real["class_parzen"] == evaluation.class_parzen(
        samples=data.train.images[:NUM_KERNELS],
        labels=data.train.labels[:NUM_KERNELS],
        valid=data.valid.images[:40],
        valid_labels=data.valid.labels[:40],
        test=data.test.images,
        test_labels=data.test.labels,
        bandwidths=BANDWIDTHS,
    )


def test_a_stream_of_kernels_has_each_class_too(recipe, data, gan):
    measures = ["parzen_log_likelihood", "class_parzen"]
    scores = RunEvaluator(data, measures, num_kernels=90, parzen=recipe.parzen)(gan)
    streamed = scores[GENERATED]["parzen_log_likelihood"]
    assert streamed.num_samples == 90
    assert scores[GENERATED]["class_parzen"].num_samples_by_class == (20, 20, 20)


def test_parzen_kernels_stand_on_samples_of_all_classes_alike(data, gan, monkeypatch):
    monkeypatch.setattr("keras_gan.runs.evaluation._STREAM_CHUNK", 4)  # not of three
    asked = []

    def sample(num_samples, seed, labels):
        asked.extend(labels)
        return np.zeros((num_samples, *data.image_shape), "float32")

    monkeypatch.setattr(gan, "sample", sample)
    list(_stream(gan, 30, data.train.labels))
    assert np.bincount(asked).tolist() == [10, 10, 10]


def test_of_a_plain_run_no_classes_are_asked_for(recipe, data):
    evaluator, gan = RunEvaluator(data, parzen=recipe.parzen), plain_gan()
    scores = evaluator(gan)
    names = set(scores[GENERATED])
    assert not names & set(OF_CLASSES) and "parzen" not in names
    assert evaluator.protocol(gan)["asked_labels"] is None
    samples = gan.sample(50, seed=0)
    expected = evaluation.Evaluator(
        data.train.images, data.valid.images, measures=["kernel_distance"]
    )(samples)
    assert scores[GENERATED]["kernel_distance"] == expected["kernel_distance"]
    assert scores[GENERATED]["parzen_log_likelihood"] == (
        evaluation.parzen_log_likelihood(
            gan.sample(NUM_KERNELS, seed=0),
            data.valid.images[:40],
            data.test.images,
            BANDWIDTHS,
        )
    )
    with pytest.raises(
        ValueError,
        match="class_accuracy needs classes",
    ):
        RunEvaluator(data, ["class_accuracy"], parzen=recipe.parzen)(gan)


def test_classes_that_no_held_out_data_have_are_asked_for_and_not_judged(data, gan):
    # As the people of the Olivetti faces, of whom each is in one split alone.
    others = dataclasses.replace(data.test, labels=data.test.labels + 3)
    data = dataclasses.replace(data, valid=others, test=others)
    evaluator = RunEvaluator(data, parzen=kg.recipes.ParzenProtocol(30, 40, (0.2, 0.4)))
    scores = evaluator(gan)
    assert not set(scores[GENERATED]) & set(OF_CLASSES)
    assert evaluator.protocol(gan)["asked_labels"]["classes"] == [0, 1, 2]
    samples = gan.sample(50, seed=0, labels=np.arange(50) % 3)
    expected = evaluation.Evaluator(
        data.train.images, others.images, measures=["kernel_distance"]
    )(samples)
    assert scores[GENERATED]["kernel_distance"] == expected["kernel_distance"]
    with pytest.raises(ValueError, match="held-out images lack 3 classes, 0, 1, 2"):
        RunEvaluator(data, ["class_accuracy"])(gan)


def test_a_condition_that_is_no_class_is_drawn_from_its_prior(recipe, data):
    gan = conditional_gan("vectors", conditions={"labels": kg.priors.NormalPrior(3)})
    scores = RunEvaluator(data, ["frechet_distance"], parzen=recipe.parzen)(gan)
    rows = np.random.default_rng(0).permutation(len(data.train))[:50]
    assert scores[GENERATED]["frechet_distance"] == evaluation.frechet_distance(
        real=evaluation.extract_features(data.train.images[rows]),
        fake=evaluation.extract_features(gan.sample(50, seed=0)),
    )


def test_a_monitor_asks_for_each_class(data, gan):
    monitor = monitor_of("class_accuracy", data)
    monitor.set_model(gan)
    logs = {}
    monitor.on_epoch_end(0, logs)
    asked = np.arange(150) % 3
    evaluator = evaluation.Evaluator(
        data.train.images,
        data.valid.images,
        measures=["class_accuracy"],
        labels=data.train.labels,
    )
    scores = evaluator(gan.sample(150, seed=0, labels=asked), labels=asked)
    assert logs == scores["class_accuracy"].values
    monitor.set_model(plain_gan())
    with pytest.raises(ValueError, match="`labels` must be the classes that"):
        monitor.on_epoch_end(1, logs)


@pytest.fixture
def run(recipe, data, gan, tmp_path, monkeypatch):
    """A folder as `keras-gan train` leaves it."""
    monkeypatch.setitem(kg.recipes.RECIPES, "digits", recipe)
    monkeypatch.setitem(kg.datasets.LOADERS, "three", lambda data_dir: data)
    run = kg.runs.RunDirectory(tmp_path / "run")
    config = {"recipe": "digits", "data": "three"}
    record = {"seed": 0, "status": "finished", "config": config}
    _run_files.write_record(run.path, record)
    gan.save(run.model)
    return run


def test_the_command_prints_and_keeps_it(run, capsys):
    measures = ["class_accuracy", "class_parzen", "frechet_distance"]
    command = ["evaluate", str(run.path), "--verbose", "0", "--measures", *measures]
    assert main(command) == 0
    output = capsys.readouterr().out
    record = json.loads(run.evaluation.read_text())
    assert record["protocol"]["asked_labels"] == {
        "classes": [0, 1, 2],
        "order": "each in turn",
    }
    lines = output.splitlines()
    (heads,) = (line for line in lines if line.startswith("by class"))
    assert heads.split()[2:] == ["0", "1", "2"]
    accuracies = record["scores"][GENERATED]["class_accuracy"]["accuracies"]
    (row,) = (line for line in lines if line.startswith("class_accuracy, generated"))
    assert row.split()[2:] == [f"{value:.4g}" for value in accuracies]
    assert any(line.startswith("class_accuracy, held-out real") for line in lines)
    assert "class_accuracy: classes told apart by perceptron" in output
    assert output.startswith(record["report"])


def evaluate(run):
    return main(
        ["evaluate", str(run.path), "--verbose", "0", "--measures", "frechet_distance"]
    )


def test_who_stops_it_while_it_draws_is_told_that_scores_are_kept(
    run, monkeypatch, capsys
):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(kg.runs, "draw_pictures", interrupt)
    assert evaluate(run) == 130
    assert "interrupted; evaluation.json is written" in capsys.readouterr().err
    assert run.evaluation.is_file()
    monkeypatch.setattr(RunEvaluator, "__call__", interrupt)
    assert evaluate(run) == 130
    assert "interrupted; nothing was written" in capsys.readouterr().err


def test_without_pillow_the_report_is_written_all_the_same(run, monkeypatch):
    def need_pillow(run):
        raise ImportError("Pictures need Pillow: pip install keras-gan[pictures]")

    monkeypatch.setattr(kg.runs, "draw_pictures", need_pillow)
    with pytest.warns(UserWarning, match="No pictures were drawn: .* need Pillow"):
        assert evaluate(run) == 0
    assert "frechet_distance" in run.report.read_text("utf-8")


def test_records_are_json(recipe, data, gan):
    scores = RunEvaluator(data, ["asked_coverage"], parzen=recipe.parzen)(gan)
    record = json.loads(json.dumps(records(scores), allow_nan=False))
    assert (
        record[HELD_OUT]["asked_coverage"]["num_asked"]
        == np.bincount(data.test.labels).tolist()
    )


def test_classes_that_are_held_out_of_no_image_are_told(digits, gan):
    rows = {"train": 30, "valid": 6, "test": 6}
    some = {
        name: Split(
            getattr(digits, name).images[:num],
            np.arange(num) % (3 if name == "train" else 2),
        )
        for name, num in rows.items()
    }
    evaluator = RunEvaluator(
        Dataset("few", **some),
        parzen=kg.recipes.ParzenProtocol(NUM_KERNELS, 6, BANDWIDTHS),
    )
    scores = evaluator(gan)
    assert set(OF_CLASSES).isdisjoint(scores[GENERATED])
    told = "measures of classes are left out: held-out images lack class 2"
    assert told in evaluator.summary(scores, gan)
    assert told not in evaluator.summary(scores, plain_gan())
    named = RunEvaluator(evaluator.data, ["class_accuracy"])
    with pytest.raises(ValueError, match="cannot have class_accuracy: held-out imag"):
        named(gan)


@pytest.fixture
def few_measures():
    """Measures whose names are given alone; in the end all, in their order."""
    every = dict(MEASURES)

    def keep(*names):
        MEASURES.clear()
        MEASURES.update({name: every[name] for name in names})

    yield keep
    keep(*every)


def test_a_class_that_chooses_no_bandwidth_leaves_its_measure_out(
    data, gan, few_measures
):
    quick = {"frechet_distance", "class_frechet_distance"}
    few_measures(*quick, "class_parzen")
    # Validation images of class 2 come last, and the first 20 choose bandwidths.
    order = np.argsort(data.valid.labels == 2, kind="stable")
    assert 0 < np.count_nonzero(data.valid.labels == 2) < 40
    valid = Split(data.valid.images[order], data.valid.labels[order])
    data = dataclasses.replace(data, valid=valid)
    parzen = kg.recipes.ParzenProtocol(NUM_KERNELS, 20, BANDWIDTHS)
    evaluator = RunEvaluator(data, parzen=parzen)
    scores = evaluator(gan)
    assert {*scores[GENERATED]} == {*scores[HELD_OUT]} == quick
    told = (
        "class_parzen is left out: of the 20 validation images that choose bandwidths "
        "none is of class 2"
    )
    assert told in evaluator.summary(scores, gan)
    assert "class_parzen" not in evaluator.summary(scores, plain_gan())
    named = RunEvaluator(data, ["class_parzen"], parzen=parzen)
    with pytest.raises(ValueError, match="cannot have class_parzen: of the 20 valid"):
        named(gan)


def test_test_images_without_labels_are_judged_by_the_rest(data, gan, few_measures):
    quick = {"frechet_distance", "class_frechet_distance"}
    few_measures(*quick)
    data = dataclasses.replace(data, test=Split(data.test.images))
    scores = RunEvaluator(data)(gan)
    assert {*scores[GENERATED]} == quick
    assert {*scores[HELD_OUT]} == {"frechet_distance"}
    with pytest.raises(ValueError, match="`labels` must be .* class_frechet_distance"):
        RunEvaluator(data, [*quick])(gan)


def test_one_test_point_has_no_standard_error(digits):
    some = {
        name: Split(getattr(digits, name).images[:num])
        for name, num in {"train": 9, "valid": 2, "test": 1}.items()
    }
    evaluator = RunEvaluator(
        Dataset("few", **some),
        parzen=kg.recipes.ParzenProtocol(NUM_KERNELS, 2, BANDWIDTHS),
    )
    scores = evaluator(plain_gan())
    summary = evaluator.summary(scores, plain_gan())
    assert "±" not in summary and "1 test points" in summary
    (line,) = [one for one in summary.splitlines() if one.startswith("left out")]
    assert "frechet_distance" in line and "parzen" not in line
    assert "inception_score" not in line and "mode_coverage" not in line


def test_pictures_of_a_run_are_clipped_where_its_generator_leaves_the_range(tmp_path):
    generator = kg.networks.mlp_generator(
        3, (4, 4, 1), (8,), output_activation="linear", weight_range=9.0, seed=0
    )
    judge = kg.networks.maxout_discriminator((4, 4, 1), (4,))
    images = np.random.default_rng(0).uniform(size=(50, 4, 4, 1)).astype("float32")
    split = Split(images)
    run = types.SimpleNamespace(
        gan=kg.GAN(generator, judge, kg.priors.UniformPrior(3)),
        data=Dataset("noise", split, split, split),
        directory=types.SimpleNamespace(pictures=tmp_path),
    )
    assert np.ptp(run.gan.sample(9, seed=0)) > 3
    assert all(path.exists() for path in draw_pictures(run))
