import json

import pytest

from keras_gan._environment import record_environment
from keras_gan.runs.directory import RunDirectory

CONFIG = {
    "recipe": "digits",
    "seed": 0,
    "batch_size": 50,
    "precision": "float32",
    "epochs": 3,
}


def test_a_new_run_takes_an_empty_folder(tmp_path):
    run = RunDirectory(tmp_path / "run")
    run.begin(CONFIG)
    assert run.read_config() == CONFIG


@pytest.mark.parametrize(
    ("name", "held"), [("config.json", "another run"), ("notes.txt", "other files")]
)
def test_a_folder_in_use_is_refused_and_untouched(tmp_path, name, held):
    (tmp_path / name).write_text("{}")
    with pytest.raises(FileExistsError, match=f"holds {held}"):
        RunDirectory(tmp_path).begin(CONFIG)
    assert (tmp_path / name).read_text() == "{}"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(FileExistsError, match="`--output-dir` must be new"):
        RunDirectory(tmp_path / "run").begin(CONFIG)


@pytest.mark.parametrize(("key", "value"), [("seed", 1), ("recipe", "other")])
def test_another_run_is_not_resumed(tmp_path, key, value):
    run = RunDirectory(tmp_path / "run")
    run.begin(CONFIG)
    with pytest.raises(FileExistsError, match=f"with {key}="):
        run.resume({**CONFIG, key: value})
    assert run.read_config() == CONFIG
    run.resume({**CONFIG, "epochs": 9})
    assert run.read_config()["epochs"] == 9


@pytest.mark.parametrize("held", ["", "epoch,d_loss\n", "epoch,d_loss\n0,1.5\n"])
def test_a_run_killed_in_its_first_epoch_has_no_history(tmp_path, held):
    run = RunDirectory(tmp_path)
    run.history.write_text(held)
    run.discard_after(0)
    assert not run.history.exists() and run.logged("d_loss") == []


def test_history_keeps_completed_epochs(tmp_path):
    run = RunDirectory(tmp_path)
    run.discard_after(2)  # nothing written yet
    run.history.write_text("epoch,d_loss\n0,1.5\n1,1.4\n2,1.3\n")
    assert run.logged("d_loss") == [1.5, 1.4, 1.3]
    (tmp_path / ".model.keras-x1.partial").mkdir()
    (tmp_path / ".model.keras-x1.partial" / "model.keras").write_bytes(b"half")
    run.discard_after(2)
    assert run.history.read_text().split() == ["epoch,d_loss", "0,1.5", "1,1.4"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["history.csv"]


def test_the_best_value_stands_beside_the_best_model(tmp_path):
    run = RunDirectory(tmp_path)
    run.history.write_text("epoch,parzen\n0,1.5\n1,nan\n2,inf\n3,1.25\n")
    assert run.best_value("parzen") is None  # there is no file that has it
    run.best_model.touch()
    assert run.best_value("parzen") == 1.5  # a run without a record
    run.best_record.write_text('{"epoch": 9, "monitor": "parzen", "value": 2.5}')
    assert run.best_value("parzen") == 2.5
    run.history.unlink()
    assert run.best_value("parzen") == 2.5
    assert run.best_value("precision") is None  # values of another measure


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"monitor": "parzen", "value": NaN}', '{"value": 1}']
)
def test_a_damaged_record_of_the_best_epoch_is_named(tmp_path, content):
    run = RunDirectory(tmp_path)
    run.best_model.touch()
    run.best_record.write_text(content)
    with pytest.raises(ValueError, match="best.json is damaged.*remove it"):
        run.best_value("parzen")


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"must hold a run \(config.json\)"):
        RunDirectory(tmp_path).read_config()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not a JSON object"),
        ("[1]", "Missing: batch_size"),
        ('{"recipe": "digits"}', "Missing: batch_size, precision, seed"),
        ("3", "is not a JSON object"),
    ],
)
def test_a_damaged_configuration_is_named(tmp_path, content, message):
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(ValueError, match=message):
        RunDirectory(tmp_path).read_config()


def test_the_environment_is_json_with_versions():
    record = json.loads(json.dumps(record_environment()))
    assert {"keras", "tensorflow", "numpy", "keras-gan", "python"} <= set(record)
