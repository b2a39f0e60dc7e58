import dataclasses
import json
import statistics

import numpy as np
import pytest

from keras_gan.evaluation import (
    DoubtfulScoreWarning,
    Features,
    Quantity,
    Score,
    extract_features,
    score_table,
)
from keras_gan.evaluation.features import check_two_sets
from keras_gan.evaluation.score import format_value, standard_error


@dataclasses.dataclass(frozen=True, kw_only=True)
class Length(Score):
    quantities = (
        Quantity("length", "mean", "error", better="higher"),
        Quantity("width", "width"),
    )
    mean: float
    error: float
    width: float
    num_samples: int


def make(mean=1.0, error=0.1, width=2.0, **arguments):
    return Length(mean=mean, error=error, width=width, num_samples=7, **arguments)


def test_a_score_knows_its_values_errors_and_protocol():
    score = make()
    assert score.values == {"length": 1.0, "width": 2.0}
    assert score.errors == {"length": 0.1}
    assert str(score) == "length 1.00 ± 0.10, width 2 (num_samples=7)"
    assert "warning: two few" in str(make(warnings=("two few",)))


def test_a_record_is_json_even_without_a_value():
    record = make(error=float("nan"), width=float("nan")).record()
    assert json.loads(json.dumps(record, allow_nan=False)) == {
        "measure": "Length",
        "warnings": [],
        "mean": 1.0,
        "error": None,
        "width": None,
        "num_samples": 7,
    }


def test_a_doubt_is_issued_and_stays():
    with pytest.warns(DoubtfulScoreWarning, match="Doubtful Length: few") as caught:
        score = make(warnings=("few",))
    assert score.record()["warnings"] == ("few",)
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (241.2345, 2.071, "241.2 ± 2.1"),
        (0.00123456, None, "0.001235"),
        (0.02227, 0.00015, "0.02227 ± 0.00015"),
        (1234.5, 120.0, "1234 ± 120"),
        (-3.0, 0.0, "-3"),
        (5.0, float("nan"), "5"),
        (5.0, float("inf"), "5"),
    ],
)
def test_values_have_as_many_figures_as_their_error_bears(value, error, text):
    assert format_value(value, error) == text


@pytest.mark.parametrize("size", [1e-300, 1.0, 1e300])
@pytest.mark.parametrize("values", [[1.0, -2.0, 4.0], [3.0, 3.0], [0.0, 0.0]])
def test_a_standard_error_is_as_large_as_its_values(values, size):
    expected = statistics.stdev(values) / len(values) ** 0.5 * size
    received = standard_error(size * np.array(values))
    assert received == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize("values", [[1.0], [1.0, np.inf], [np.nan, 1.0]])
def test_what_has_no_standard_error_is_nan(values):
    assert np.isnan(standard_error(np.array(values)))


def test_a_table_has_a_row_for_each_number_and_each_warning_once():
    doubt = ("few samples",)
    table = score_table(
        {"generated": [make(2.0, warnings=doubt)], "real": [make(warnings=doubt)]}
    )
    lines = table.splitlines()
    assert lines[0].split() == ["measure", "better", "generated", "real"]
    assert lines[1].split("  ")[0] == "length" and "2.00 ± 0.10" in lines[1]
    assert len({len(line) for line in lines[:3]}) == 1
    assert lines[3:] == ["warning (generated, real): Length: few samples"]


def test_features_are_computed_in_batches_that_do_not_change_them():
    images = np.random.default_rng(0).uniform(size=(23, 4, 4, 1)).astype("float32")

    def doubled(batch):
        assert len(batch) <= 5
        return {"features": 2 * batch, "probabilities": np.full((len(batch), 4), 0.25)}

    features = extract_features(images, doubled, batch_size=5)
    np.testing.assert_array_equal(features.values, 2 * images.reshape(23, 16))
    assert features.name == "doubled" and features.probabilities.shape == (23, 4)
    assert extract_features(images).name == "pixels"
    assert extract_features(images, doubled, name="own", batch_size=5).name == "own"


def test_two_sets_must_fit():
    real = Features(np.ones((5, 3)) * np.arange(5)[:, np.newaxis], "pixels")
    with pytest.raises(ValueError, match="one feature function.*'pixels'.*'other'"):
        check_two_sets(real, Features(real.values, "other"))
    with pytest.raises(ValueError, match="of one length.*real.dim=3, fake.dim=2"):
        check_two_sets(real, Features(real.values[:, :2], "pixels"))
    with pytest.raises(ValueError, match="`fake` must hold at least 2 rows"):
        check_two_sets(real, Features(real.values[:1], "pixels"))
    with pytest.raises(ValueError, match="`fake` must be finite"):
        check_two_sets(real, np.full((5, 3), np.nan))
    with pytest.raises(ValueError, match="`probabilities`.*sum to 1"):
        Features(real.values, probabilities=real.values)
    with pytest.raises(ValueError, match="one row for each sample"):
        Features(real.values, probabilities=np.full((4, 2), 0.5))


@pytest.mark.parametrize("name", ["pixels", "unnamed array"])
def test_ranges_that_cannot_be_one_are_told(name):
    values = np.random.default_rng(0).uniform(size=(40, 6))
    real, moved = Features(values, name), Features(2 * values - 1, name)
    for pair in ((real, moved), (moved, real)):
        *_, warnings = check_two_sets(*pair)
        assert "different value ranges" in warnings[0]
    assert check_two_sets(real, Features(0.9 * values, name))[2] == ()


def test_other_features_have_no_range_of_their_own():
    values = np.random.default_rng(0).normal(size=(40, 6))
    *_, warnings = check_two_sets(Features(values, "net"), Features(values + 9, "net"))
    assert warnings == ()
    assert check_two_sets(values, values + 9)[2] == ()


def test_constant_features_are_told():
    values = np.random.default_rng(0).normal(size=(40, 3))
    values[:, 1] = 5
    *_, warnings = check_two_sets(Features(values, "net"), Features(values, "net"))
    assert warnings[0] == "`real` has 1 constant features of 3."


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"generated": [make()], "real": []},
        {"generated": [make()] * 2, "b": [make()]},
    ],
)
def test_a_table_of_nothing_or_of_unequal_columns_is_refused(columns):
    with pytest.raises(ValueError, match="`columns` must hold at least one set"):
        score_table(columns)
