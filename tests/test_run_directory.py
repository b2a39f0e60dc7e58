import json

import pytest

from keras_gan import _run_files
from keras_gan._environment import record_environment
from keras_gan.runs.directory import RunDirectory, SavedFile, run_at

CONFIG = {
    "recipe": "digits",
    "seed": 0,
    "batch_size": 50,
    "precision": "float32",
    "data": "digits",
    "epochs": 3,
}


def begin(path, config=CONFIG, rows=()):
    record = {"seed": 0, "status": "running", "config": config}
    _run_files.write_record(path, record)
    _run_files.write_history(path, rows)
    return RunDirectory(path)


def test_a_new_run_takes_an_empty_folder(tmp_path):
    RunDirectory(tmp_path / "run").check_free()
    RunDirectory(tmp_path).check_free()
    run = begin(tmp_path)
    assert run.read()["config"] == CONFIG and run.holds_run()


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("run.json", "another run"),
        ("config.json", "another run"),
        ("notes.txt", "other files"),
    ],
)
def test_a_folder_in_use_is_refused_and_untouched(tmp_path, name, held):
    (tmp_path / name).write_text("{}")
    with pytest.raises(FileExistsError, match=f"holds {held}"):
        RunDirectory(tmp_path).check_free()
    assert (tmp_path / name).read_text() == "{}"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(FileExistsError, match="`--output-dir` must be new"):
        RunDirectory(tmp_path / "run").check_free()


@pytest.mark.parametrize(
    ("key", "value"), [("seed", 1), ("recipe", "other"), ("data", "mnist")]
)
def test_another_run_is_not_resumed(tmp_path, key, value):
    run = begin(tmp_path)
    with pytest.raises(FileExistsError, match=f"with {key}="):
        run.check_continues({**CONFIG, key: value})
    run.check_continues({**CONFIG, "epochs": 9})


@pytest.mark.parametrize(
    ("held", "given"), [([8, 8], 8), (8, 8), ([8, 12], (8, 12)), (None, None)]
)
def test_a_size_is_the_same_however_it_was_said(held, given, tmp_path):
    run = begin(tmp_path, {**CONFIG, "image_size": held})
    run.check_continues({**CONFIG, "image_size": given})
    with pytest.raises(FileExistsError, match="with image_size="):
        run.check_continues({**CONFIG, "image_size": (12, 8)})


def test_a_run_of_a_program_is_not_resumed_by_the_command(tmp_path):
    _run_files.write_record(tmp_path, {"seed": 0, "status": "running"})
    with pytest.raises(FileExistsError, match="which a program of its own trained"):
        RunDirectory(tmp_path).check_continues(CONFIG)


def test_what_a_killed_run_left_half_is_removed(tmp_path):
    run = begin(tmp_path)
    halves = ("model.keras", "samples/epoch_0001.png", "pictures/nearest.png")
    for name in (*halves, "exports/generator.onnx", "exports/page/index.html"):
        leave_half(tmp_path / name)
    run.take_up()
    files = [path.name for path in tmp_path.rglob("*") if not path.is_dir()]
    assert sorted(files) == ["history.jsonl", "run.json"]
    assert not [*tmp_path.rglob(".*")]


def leave_half(path):
    """What a process leaves that is killed before it renames a file."""
    workspace = path.parent / f".{path.name}-abcd1234.partial"
    workspace.mkdir(parents=True)
    (workspace / f"{path.name}.owner").touch()
    (workspace / path.name).write_bytes(b"half")


def test_a_run_begins_where_one_was_killed_before_its_record_was_whole(tmp_path):
    run = RunDirectory(tmp_path)
    leave_half(run.record)
    (tmp_path / ".lock").write_text("{}")
    assert not run.holds_run()
    run.check_free()
    (tmp_path / "notes.txt").touch()
    with pytest.raises(FileExistsError, match="holds other files"):
        run.check_free()


def test_the_model_is_the_only_file_of_a_gan(tmp_path):
    run = RunDirectory(tmp_path)
    assert run.model.name == "model.keras"  # where there is none yet
    (tmp_path / "gan.keras").touch()
    (tmp_path / "best.keras").touch()
    assert run.model.name == "gan.keras"
    (tmp_path / "later.keras").touch()
    assert run.model.name == "model.keras"  # none of both is meant
    (tmp_path / "model.keras").touch()
    assert run.model.name == "model.keras"


def test_a_file_is_a_run_without_a_record(tmp_path):
    path = tmp_path / "gan.keras"
    path.touch()
    run = run_at(path)
    assert isinstance(run, SavedFile) and run.read() == {}
    assert run.model == path and run.exports == tmp_path / "gan_exports"


def test_the_best_value_stands_beside_the_best_model(tmp_path):
    values = (1.5, None, 1.25)
    rows = [{"epoch": 1 + at, "parzen": value} for at, value in enumerate(values)]
    run = begin(tmp_path, rows=[*rows, {"epoch": 4}])
    assert run.best_value("parzen") is None  # there is no file that has it
    run.best_model.touch()
    assert run.best_value("parzen") == 1.5  # a run without a record of it
    run.best_record.write_text('{"epoch": 9, "monitor": "parzen", "value": 2.5}')
    assert run.best_value("parzen") == 2.5
    (tmp_path / "history.jsonl").unlink()
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


def test_a_value_that_is_not_finite_is_never_the_best_of_a_history(tmp_path):
    run = begin(tmp_path)
    run.best_model.touch()
    lines = ['{"epoch": 1, "parzen": 1.5}', '{"epoch": 2, "parzen": NaN}']
    for order in (lines, lines[::-1]):
        (tmp_path / "history.jsonl").write_text("\n".join(order))
        assert run.best_value("parzen") == 1.5


def test_a_folder_without_a_run_is_named(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(FileNotFoundError, match=r"holds a run \(run.json\)"):
            run_at(path)


@pytest.mark.parametrize("field", ["config", "dataset"])
def test_a_record_whose_fields_are_of_another_kind_is_named(tmp_path, field):
    _run_files.write_record(tmp_path, {"seed": 0, "status": "running", field: [1]})
    with pytest.raises(ValueError, match=f"`{field}` must be a JSON object"):
        RunDirectory(tmp_path).read()


@pytest.mark.parametrize("name", ["run.json", "config.json"])
@pytest.mark.parametrize(
    "content",
    ["{", "[1]", 100_000 * "[", '{"recipe": "digits", "status": "running"}', "3"],
    ids=["cut", "list", "nested", "incomplete", "number"],
)
def test_a_damaged_record_is_named(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=f"{name} is not (a JSON object|the record)"):
        RunDirectory(tmp_path).read()


def test_a_damaged_history_is_named(tmp_path):
    run = begin(tmp_path, rows=[{"epoch": 1}])
    with (tmp_path / "history.jsonl").open("a") as file:
        file.write('{"epoch": 2, "d_lo')
    with pytest.raises(ValueError, match="history.jsonl has a line that is not JSON"):
        run.history()


@pytest.mark.parametrize("row", [{"d_loss": 1.0}, [1], {"epoch": "1"}])
def test_a_line_without_its_epoch_is_named(tmp_path, row):
    run = begin(tmp_path, rows=[{"epoch": 1}, row])
    with pytest.raises(ValueError, match="`epoch` in each line.*in line 2"):
        run.history()


def test_missing_epochs_are_named_by_their_spans():
    rows = [{"epoch": epoch} for epoch in (1, 2, 5, 9)]
    missing = _run_files.missing_epochs(rows, 1, 10)
    assert _run_files.in_words(missing) == "3 to 4, 6 to 8, 10"
    assert _run_files.missing_epochs(rows, 9, 9) == []


# ------------------------------------------------------- folders as they were before

OLDER_HISTORY = """epoch,d_loss,parzen,val_d_loss
0,1.5,-54.2,NA
1,1.25,nan,NA,NA
"""


def write_older(path, **config):
    older = {**CONFIG, "data": None, **config}
    older |= {"dataset": {"value_range": [0.0, 1.0]}, "environment": {"keras": "3"}}
    (path / "config.json").write_text(json.dumps(older))
    (path / "history.csv").write_text(OLDER_HISTORY)
    return RunDirectory(path)


def test_a_folder_of_before_is_read_as_one_of_today(tmp_path):
    run = write_older(tmp_path, recipe="goodfellow2014_mnist")
    record = run.read()
    assert record["config"]["data"] == "mnist"  # the recipe's, which nobody named
    assert record["dataset"]["value_range"] == [0.0, 1.0]
    assert record["seed"] == 0 and record["epochs_completed"] == 2
    rows = [
        {"epoch": 1, "d_loss": 1.5, "parzen": -54.2},
        {"epoch": 2, "d_loss": 1.25, "parzen": None},
    ]
    assert run.history() == rows
    run.best_model.touch()
    assert run.best_value("parzen") == -54.2
    run.check_continues({**CONFIG, "recipe": "goodfellow2014_mnist", "data": "mnist"})
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    run.take_up()
    assert run.record.is_file() and run.history() == rows
    assert run.read()["environment"] == {"keras": "3"}
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert before.items() <= after.items()  # its own files stay


def test_a_folder_of_before_that_was_killed_in_its_first_epoch(tmp_path):
    run = write_older(tmp_path)
    for held in ("", "epoch,d_loss\n"):
        (tmp_path / "history.csv").write_text(held)
        assert run.history() == []
    (tmp_path / "history.csv").unlink()
    assert run.history() == [] and run.read()["epochs_completed"] == 0


@pytest.mark.parametrize(
    "content", ["d_loss,parzen\n1,2\n", "epoch,parzen\nfirst,2\n", "epoch,a\n0,b\n"]
)
def test_a_damaged_history_of_before_is_named(tmp_path, content):
    run = write_older(tmp_path)
    (tmp_path / "history.csv").write_text(content)
    with pytest.raises(ValueError, match="history.csv has a row"):
        run.history()
    (tmp_path / "history.csv").write_bytes(b"epoch,a\n0,\xff\n")
    with pytest.raises(ValueError, match="history.csv"):
        run.history()


def test_the_environment_is_json_with_versions():
    record = json.loads(json.dumps(record_environment()))
    assert {"keras", "tensorflow", "numpy", "keras-gan", "python"} <= set(record)
