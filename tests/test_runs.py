"""A run knows its data again."""

import copy
import csv
import hashlib
import json
import shutil
import types
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
from games import assert_equal_state, small_game, small_recipe
from PIL import Image

import export.runs
import keras_gan as kg
from keras_gan.commands.main import main
from keras_gan.datasets._fingerprint import differences, fingerprint
from keras_gan.datasets.dataset import Dataset, Split
from keras_gan.evaluation import feature_networks
from keras_gan.runs import RunDirectory, check_data, load_run


def pictures(num_images=40):
    random = np.random.default_rng(0)
    return random.uniform(size=(num_images, 4, 4, 1)).astype("float32")


def split_of(images):
    labels = np.arange(len(images)) % 3
    splits = np.split(np.arange(len(images)), [-20, -10])
    train, valid, test = (Split(images[rows], labels[rows]) for rows in splits)
    return Dataset("arrays", train, valid, test)


def test_a_fingerprint_is_the_digest_of_the_arrays():
    images = pictures()
    record = json.loads(json.dumps(fingerprint(split_of(images))))
    assert record["valid"]["images"] == {
        "shape": [10, 4, 4, 1],
        "dtype": "float32",
        "sha256": hashlib.sha256(images[20:30].tobytes()).hexdigest(),
    }
    assert record["test"]["labels"]["shape"] == [10]
    # A view that is not contiguous holds the same numbers.
    turned = split_of(np.asfortranarray(images))
    assert differences(record, fingerprint(turned)) == []


@pytest.mark.parametrize("held", [{}, {"train": {}}, [1], {"train": None}])
def test_a_damaged_fingerprint_is_named(held):
    with pytest.raises(ValueError, match="under `dataset` the `fingerprint`"):
        check_data({"dataset": {"fingerprint": held}}, split_of(pictures()))


def one_pixel(images):
    images[3, 0, 0, 0] = np.nextafter(images[3, 0, 0, 0], np.float32(0))
    return images


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (one_pixel, ["other training images"]),
        (lambda images: images[[1, 0, *range(2, 40)]], ["other training images"]),
        (
            lambda images: images[[20, *range(1, 20), 0, *range(21, 40)]],
            ["other training images", "other validation images"],
        ),
        (lambda images: images[1:], ["19 training images instead of 20"]),
        (
            lambda images: images.reshape(40, 2, 8, 1),
            [
                f"{name} images of shape (2, 8, 1) instead of (4, 4, 1)"
                for name in ("training", "validation", "test")
            ],
        ),
    ],
)
def test_what_changed_is_named(change, told):
    held = fingerprint(split_of(pictures()))
    found = fingerprint(split_of(change(pictures())))
    assert [text for text in differences(held, found) if "labels" not in text] == told


def test_other_labels_are_other_data():
    data = split_of(pictures())
    held = fingerprint(data)
    data.test.labels[0] += 1
    assert differences(held, fingerprint(data)) == ["other test labels"]


# ------------------------------------------------------- runs of the command line


@pytest.fixture
def arrays(monkeypatch):
    """A dataset that is read from a folder, and the digits recipe with a small game."""

    def load(data_dir):
        return split_of(np.load(f"{data_dir}/images.npy"))

    monkeypatch.setitem(kg.recipes.RECIPES, "digits", small_recipe("digits"))
    monkeypatch.setitem(kg.datasets.LOADERS, "arrays", load)


def folder(path, images):
    path.mkdir()
    np.save(path / "images.npy", images)
    return str(path)


@pytest.mark.exhaustive
def test_a_run_goes_on_with_its_own_data_alone(arrays, tmp_path, capsys):
    one = folder(tmp_path / "one", pictures())
    grown = folder(tmp_path / "grown", pictures(41))
    run = tmp_path / "run"
    train = ["train", "digits", "--verbose", "0", "--output-dir", str(run)]
    assert main([*train, "--data", "arrays", "--data-dir", one, "--epochs", "1"]) == 0
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    resume = [*train, "--resume", "--epochs", "2", "--data-dir"]
    for command in (
        [*resume, grown],
        ["evaluate", str(run), "--data-dir", grown],
        ["export", str(run), "--format", "onnx_int8", "--data-dir", grown],
    ):
        assert main(command) == 2
        error = capsys.readouterr().err
        assert "`data_dir` must hold the data that the run was begun on" in error
        assert "21 training images instead of 20" in error
    after = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    assert after == before
    other = load_run(run, data_dir=grown)
    with pytest.raises(ValueError, match="21 training images instead of 20"):
        _ = other.data
    moved = folder(tmp_path / "moved", pictures())
    assert len(load_run(run, data_dir=moved).data.train) == 20
    assert main([*resume, moved]) == 0


def test_an_older_run_gets_a_fingerprint_when_it_goes_on(arrays, tmp_path):
    one = folder(tmp_path / "one", pictures())
    run = tmp_path / "run"
    train = ["train", "digits", "--verbose", "0", "--output-dir", str(run)]
    train += ["--data", "arrays", "--data-dir", one]
    assert main([*train, "--epochs", "1"]) == 0
    record = json.loads((run / "run.json").read_text())
    older = copy.deepcopy(record)
    del older["dataset"]["fingerprint"]
    (run / "run.json").write_text(json.dumps(older))
    assert len(load_run(run).data.train) == 20
    assert main([*train, "--epochs", "2", "--resume"]) == 0
    resumed = json.loads((run / "run.json").read_text())
    assert resumed["dataset"]["fingerprint"] == record["dataset"]["fingerprint"]
    check_data({}, split_of(pictures(41)))  # a run that begins has no data yet


def test_a_resume_that_does_not_fit_loads_no_data(arrays, tmp_path, capsys):
    one = folder(tmp_path / "one", pictures())
    run = tmp_path / "run"
    train = ["train", "digits", "--verbose", "0", "--output-dir", str(run)]
    train += ["--data", "arrays", "--epochs", "1"]
    assert main([*train, "--data-dir", one]) == 0
    # A folder that is nowhere would be told of, were it looked for.
    resume = [*train, "--resume", "--data-dir", str(tmp_path / "nowhere")]
    assert main([*resume, "--seed", "5"]) == 2
    assert "with seed=0. Received: seed=5" in capsys.readouterr().err
    assert main([*train, "--data-dir", str(tmp_path / "nowhere")]) == 2
    assert "must be new or empty" in capsys.readouterr().err


@pytest.mark.exhaustive
def test_a_run_of_before_goes_on(arrays, tmp_path):
    one = folder(tmp_path / "one", pictures())
    uncut, run = tmp_path / "uncut", tmp_path / "run"
    train = ["train", "digits", "--verbose", "0", "--data", "arrays"]
    train += ["--data-dir", one]
    assert main([*train, "--epochs", "3", "--output-dir", str(uncut)]) == 0
    assert main([*train, "--epochs", "2", "--output-dir", str(run)]) == 0
    make_older(run)
    evaluate = ["evaluate", str(run), "--verbose", "0", "--measures"]
    assert main([*evaluate, "frechet_distance"]) == 0
    assert load_run(run, best=True).config["data"] == "arrays"
    assert main([*train, "--epochs", "3", "--resume", "--output-dir", str(run)]) == 0
    assert_equal_state(kg.load(uncut / "model.keras"), kg.load(run / "model.keras"))
    assert (uncut / "best.json").read_text() == (run / "best.json").read_text()
    rows, expected = (RunDirectory(path).history() for path in (run, uncut))
    for row in (*rows, *expected):
        row.pop("seconds", None)
    assert rows == expected


def test_a_file_that_calls_terms_penalties_loads(tmp_path):
    digits, path = kg.datasets.load_digits(), tmp_path / "gan.keras"
    gan = small_game(digits, seed=0, terms=[kg.terms.R1(2.0, interval=3)])
    gan.save(path)
    older = tmp_path / "older.keras"
    with zipfile.ZipFile(path) as new, zipfile.ZipFile(older, "w") as old:
        for name in new.namelist():
            content = new.read(name)
            if name == "config.json":
                config = json.loads(content)
                rules = config["compile_config"]
                rules["penalties"] = rules.pop("terms")
                content = json.dumps(config)
            old.writestr(name, content)
    (term,) = kg.load(older).terms
    assert term.get_config() == gan.terms[0].get_config()


def make_older(run):
    """Turns a run directory into what was written before there was run.json."""
    record = json.loads((run / "run.json").read_text())
    rows = RunDirectory(run).history()
    facts = ("dataset", "gan", "compile", "environment", "replicas")
    config = {key: value for key, value in record["config"].items()}
    del config["image_size"]
    config |= {key: record[key] for key in facts}
    (run / "config.json").write_text(json.dumps(config))
    with (run / "history.csv").open("w", newline="") as file:
        names = [name for name in rows[0] if name != "seconds"]
        writer = csv.DictWriter(file, [*names, "val_d_loss"], extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            old = {**row, "epoch": row["epoch"] - 1, "val_d_loss": "NA"}
            writer.writerow(old)
    for name in ("run.json", "history.jsonl"):
        (run / name).unlink()


def test_exports_are_judged_as_the_run_is(arrays, tmp_path, monkeypatch):
    # By no network that was trained on the recipe's own data, where these are others.
    def feature_network():
        raise AssertionError("the recipe's network judged other data")

    network = feature_networks.Entry(feature_network, (4, 4, 1))
    monkeypatch.setitem(feature_networks.FEATURE_NETWORKS, "digits", network)
    run = tmp_path / "run"
    one = folder(tmp_path / "one", pictures(400))
    train = ["train", "digits", "--verbose", "0", "--output-dir", str(run)]
    train += ["--data", "arrays", "--data-dir", one]
    assert main([*train, "--epochs", "1"]) == 0
    scores = export.runs._quality(load_run(run))(pictures(30))
    assert scores["frechet_distance"].features == "pixels"


# ------------------------------------------- runs of a program, and files of GANs alone


@pytest.fixture(scope="module")
def of_a_program(tmp_path_factory):
    """What a program leaves that knows of no recipe."""
    folder, digits = tmp_path_factory.mktemp("own"), kg.datasets.load_digits()
    gan = small_game(digits, seed=4)
    callbacks = [
        kg.callbacks.RunRecord(folder),
        kg.callbacks.SaveEachEpoch(folder / "gan.keras"),
    ]
    gan.fit(digits.train.images, batch_size=100, verbose=0, callbacks=callbacks)
    return folder


@pytest.mark.one_in(2)
@pytest.mark.parametrize("what", ["folder", "file"])
def test_commands_take_what_a_program_saved(of_a_program, what, tmp_path, capsys):
    folder = Path(shutil.copytree(of_a_program, tmp_path / "own"))
    path = folder if what == "folder" else folder / "gan.keras"
    prefix = "" if what == "folder" else "gan_"
    run = load_run(path)
    assert run.recipe is None and run.config == {} and run.gan.seed == 4
    picture = str(tmp_path / "grid.png")
    assert main(["sample", str(path), "--num", "4", "--output", picture]) == 0
    export_onnx = ["export", str(path), "--format", "onnx", "onnx_uint8"]
    assert main(export_onnx) == 0  # bytes: the range is that of the last activation
    exports = folder / f"{prefix}exports"
    record = json.loads((exports / "generator.onnx.json").read_text())
    assert record["metadata"]["training_seed"] == "4"
    assert "dataset" not in record["metadata"]
    evaluate = ["evaluate", str(path), "--verbose", "0", "--measures"]
    evaluate += ["frechet_distance"]
    capsys.readouterr()
    assert main(evaluate) == 2
    error = capsys.readouterr().err
    assert "`data` (--data) must name a dataset" in error and "fashion_mnist" in error
    assert main([*evaluate, "--data", "ring_of_gaussians"]) == 2
    assert (
        "must have the shape that the GAN makes, (8, 8, 1). Rec"
        in capsys.readouterr().err
    )
    assert main([*evaluate, "--data", "digits"]) == 0
    record = json.loads((folder / f"{prefix}evaluation.json").read_text())
    assert record["model"] == {"recipe": None, "seed": 4, "epochs": 1}
    expected = kg.evaluation.Evaluator(
        kg.datasets.load_digits().train.images,
        kg.datasets.load_digits().valid.images,
        measures=["frechet_distance"],
    )(run.gan.sample(300, seed=0))
    found = record["scores"]["generated"]["frechet_distance"]["value"]
    assert found == pytest.approx(expected["frechet_distance"].value, rel=1e-6)


def test_data_of_a_file_are_brought_to_the_range_of_its_generator(tmp_path):
    digits = kg.datasets.load_digits()
    of_tanh = kg.networks.mlp_generator(
        3, digits.image_shape, (4,), output_activation="tanh"
    )
    judge = kg.networks.maxout_discriminator(digits.image_shape, (4,))
    gan = kg.GAN(of_tanh, judge, kg.priors.UniformPrior(3))
    gan.save(tmp_path / "gan.keras")
    run = load_run(tmp_path / "gan.keras", data="digits")
    assert run.data.value_range == run.value_range == (-1.0, 1.0)
    assert run.data.train.images.min() == -1


def test_a_file_of_resized_images_is_judged_by_such_images(tmp_path, capsys):
    path = tmp_path / "gan.keras"
    small_game(kg.datasets.load("digits", image_size=6), seed=0).save(path)
    evaluate = ["evaluate", str(path), "--verbose", "0", "--data", "digits"]
    evaluate += ["--measures", "frechet_distance"]
    assert main(evaluate) == 2
    told = "that the GAN makes, (6, 6, 1). Received: digits with (8, 8, 1)"
    assert told in capsys.readouterr().err
    assert main([*evaluate, "--image-size", "6"]) == 0
    assert "digits, resized to 6 x 6, values in [0, 1]" in capsys.readouterr().out


def test_a_file_has_no_best_epoch(of_a_program, capsys):
    path = str(of_a_program / "gan.keras")
    assert main(["sample", path, "--best", "--output", "x.png"]) == 2
    assert "`best` (--best) is for the folder of a run" in capsys.readouterr().err
    assert main(["sample", str(of_a_program), "--best", "--output", "x.png"]) == 2
    assert "holds no complete epoch yet (best.keras)" in capsys.readouterr().err


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_weights_have_a_digest_whatever_their_type(dtype):
    generator = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(2, dtype=dtype)]
    )
    weights = [np.arange(6).reshape(2, 3).T, np.array([0.5, -1.0])]
    generator.set_weights(weights)
    kept = [np.asarray(one, "float32") for one in weights]
    if dtype == "bfloat16":  # the upper half of a float32; these need no more
        kept = [(one.view("uint32") >> 16).astype("uint16") for one in kept]
    gan = types.SimpleNamespace(evaluation_generator=generator)
    digest = kg.runs.Run(None, gan, {}, None).weights_digest
    assert digest == hashlib.sha256(b"".join(map(np.ndarray.tobytes, kept))).hexdigest()


def test_data_that_a_program_recorded_are_known_again(tmp_path):
    digits = kg.datasets.load_digits()
    about = {"dataset": kg.runs.described(digits)}
    record = kg.callbacks.RunRecord(tmp_path, about)
    save = kg.callbacks.SaveEachEpoch(tmp_path / "model.keras")
    small_game(digits, seed=0).fit(
        digits.train.images[:50], verbose=0, callbacks=[record, save]
    )
    for named in (None, "digits"):
        assert len(load_run(tmp_path, data=named).data.train) == 1197
    assert load_run(tmp_path).value_range == (0.0, 1.0)
    held = json.loads((tmp_path / "run.json").read_text())
    held["dataset"]["fingerprint"]["train"]["labels"]["sha256"] = "another"
    (tmp_path / "run.json").write_text(json.dumps(held))
    with pytest.raises(ValueError, match="digits with other training labels"):
        _ = load_run(tmp_path).data
    held["dataset"]["name"] = "my own"
    (tmp_path / "run.json").write_text(json.dumps(held))
    with pytest.raises(ValueError, match="was trained on 'my own', which no loader is"):
        _ = load_run(tmp_path).data


# ------------------------------------------------------------------ games in the plane


@pytest.mark.exhaustive
def test_a_ring_is_trained_drawn_judged_and_exported(tmp_path, monkeypatch, play_here):
    def few_points(num_train=600):
        return kg.datasets.load_ring_of_gaussians(num_train, 300, 300)

    monkeypatch.setitem(kg.datasets.LOADERS, "ring_of_gaussians", few_points)
    path = tmp_path / "run"
    train = ["train", "ring_of_gaussians", "--verbose", "0", "--output-dir", str(path)]
    assert main([*train, "--epochs", "1"]) == 0
    assert main([*train, "--epochs", "2", "--resume"]) == 0
    rows = RunDirectory(path).history()
    assert [row["epoch"] for row in rows] == [1, 2] and "coverage" in rows[1]
    with Image.open(path / "samples" / "epoch_0002.png") as picture:
        assert min(picture.size) > 100  # a plot, not a grid of pixels
    measures = ["--verbose", "0", "--measures", "mode_coverage"]
    assert main(["evaluate", str(path), *measures]) == 0
    record = json.loads((path / "evaluation.json").read_text())
    mixture = kg.datasets.ring_of_gaussians()
    for column, points in (
        ("generated", kg.load(path / "model.keras").sample(300, seed=0)),
        ("held-out real", few_points().test.points),
    ):
        expected = kg.evaluation.mode_coverage(points, mixture.centers, mixture.stddev)
        found = record["scores"][column]["mode_coverage"]
        assert found == json.loads(json.dumps(expected.record()))
    assert main(["evaluate", str(path), "--verbose", "0"]) == 0
    record = json.loads((path / "evaluation.json").read_text())
    names = set(record["scores"]["generated"])
    assert "mode_coverage" in names and "parzen_log_likelihood" not in names
    assert main(["export", str(path), "--format", "onnx"]) == 0


def test_modes_are_counted_where_the_mixture_is_known():
    data = kg.datasets.load_ring_of_gaussians(9, 9, 9)
    assert data.mixture.num_modes == data.in_range(0, 1).mixture.num_modes == 8
    points = data.train.points
    with pytest.raises(
        ValueError, match="mode_coverage needs the mixture that samples"
    ):
        kg.evaluation.Evaluator(points, points, measures=["mode_coverage"])
